"""Lesson 1: the length of a step, and the edge past which descent flies off. Pure."""

from __future__ import annotations

from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import Question, how_it_ends
from lrviz.race import Race
from lrviz.scenario import Scenario


def check(scenario: Scenario) -> list[Question]:
    """How the run ends with other rates, and on a steeper bowl."""
    return [
        how_it_ends(scenario, "With twice this rate, how does the run end?", {"alpha": 2}),
        how_it_ends(scenario, "With a tenth of this rate?", {"alpha": 0.1}),
        how_it_ends(scenario, "With this rate, on a bowl twice as steep?", {"kappa": 2}),
    ]


def lacks(race: Race) -> str:
    """It is about the rate and the bowl."""
    if not race.first.optimizer_row.has_rate:
        return f"{race.first.optimizer_row.name} has no learning rate, and this lesson is about the rate."
    if race.first.surface != "bowl":
        return f"This lesson is about a bowl, and this link shows another map: {race.first.surface_row.name}."
    return ""


LESSON = Lesson(
    key="how_long",
    question="How long is a step?",
    teaser="Too short, just right, too long: find the rate at which descent turns into flight.",
    race=Race(Scenario(surface="bowl", alpha=0.19, steps=60)),
    cases={
        "": Case(
            "Bowl",
            presets=(
                Preset(
                    "Too short",
                    {"alpha": "0.002"},
                    "It is still far away at the last step.",
                    "See how short the arrows are.",
                ),
                Preset(
                    "Just right", {"alpha": "0.18"}, "It arrives.", "Each swing is a bit smaller than the last one."
                ),
                Preset(
                    "On the edge", {"alpha": "0.2"}, "It swings for ever.", "No swing is smaller than the one before."
                ),
                Preset("Too long", {"alpha": "0.21"}, "It flies off.", "Each swing is larger than the one before."),
            ),
        )
    },
    predict="The bowl is ten times steeper across than along. What will this run do?",
    prediction=how_it_ends,
    check=check,
    lacks=lacks,
    answers=(
        Answer(
            5,
            "What happens when the rate is too high, too low, just right?",
            "Up to 1/L the run glides down, up to 2/L it swings and shrinks, past 2/L it flies off.",
            changes={"alpha": "0.21"},
        ),
    ),
)
