"""The row of the lesson: what it asks and offers."""

from __future__ import annotations

from lrviz.lessons.lesson import Answer, Case, Lesson, Preset, lacks_callback
from lrviz.lessons.stuck.comparison import does_it_help
from lrviz.lessons.stuck.frameworks import carried
from lrviz.lessons.stuck.questions import check
from lrviz.race import Race
from lrviz.scenario import Scenario


def kind(scenario: Scenario) -> str:
    """Which of the lesson's cases this scenario shows."""
    return "shelf" if scenario.surface == "shelf" else "noise" if scenario.noise else "zigzag"


_PATIENT = Preset(
    "Patience 16", {"patience": "16"}, "The first cut comes late, or never.", "Most steps are taken at the first rate."
)
_SMALL = Preset("Factor 0.9", {"factor": "0.9"}, "Each cut is small.", "The floor sinks slowly.")
_SHORT = {"noise": "0", "steps_per_epoch": "1", "monitor": "val_loss", "seed": "0"}

LESSON = Lesson(
    key="stuck",
    question="Stuck: why go slower?",
    teaser="The loss has stalled, and the callback makes the steps smaller. When does that help?",
    race=Race(
        Scenario(
            alpha=0.4,
            schedule="plateau",
            monitor="loss",
            steps_per_epoch=10,
            steps=300,
            noise=2,
            seed=54,
            values={"kappa": 2, "factor": 0.5, "patience": 3, "min_lr": 0.01},
        )
    ),
    cases={
        "noise": Case("Noise floor", "Chance in each gradient makes the run wander.", {}, (_PATIENT, _SMALL)),
        "zigzag": Case(
            "Zig-zag",
            "The steps jump from wall to wall of a valley.",
            {**_SHORT, "kappa": "10", "alpha": "0.2", "steps": "100", "patience": "5", "min_lr": "0.05"},
            (
                Preset(
                    "Patience 30",
                    {"patience": "30"},
                    "The cut comes late, and the end is lower.",
                    "Few steps are taken at the lowest rate, which is slow.",
                ),
                Preset(
                    "A lowest rate of 0.2",
                    {"min_lr": "0.2"},
                    "It is never cut.",
                    "It jumps between the walls to the end.",
                ),
            ),
        ),
        "shelf": Case(
            "Shelf",
            "The ground is almost flat, but it is no minimum.",
            {
                **_SHORT,
                "surface": "shelf",
                "x": "-4.5",
                "y": "1.8",
                "slope": "0.01",
                "alpha": "0.8",
                "steps": "200",
                "patience": "5",
                "min_delta": "0.001",
                "min_lr": "0.001",
            },
            (
                Preset(
                    "Patience 60",
                    {"patience": "60"},
                    "It is never cut, and arrives.",
                    "The slow walk over the shelf ends at the drop.",
                ),
                Preset(
                    "min_delta 0",
                    {"min_delta": "0"},
                    "Each small fall counts as better.",
                    "No cut comes before the drop.",
                ),
            ),
        ),
    },
    predict="The loss of this run stalls. Will the callback ReduceLROnPlateau, which cuts the rate, help?",
    prediction=does_it_help,
    check=check,
    live=("alpha", "factor", "patience"),
    case_of=kind,
    carried=carried,
    lacks=lacks_callback,
    answers=(
        Answer(
            2,
            "Is lowering the rate the same as updating the weights?",
            "No: a step moves the weights, a cut moves nothing and makes the next step shorter.",
        ),
        Answer(
            4,
            "If learning has stalled, why take smaller steps?",
            "Because the steps may be too long, thrown about by noise or by steep walls; on a flat shelf it is worse.",
            case="shelf",
        ),
        Answer(
            6,
            "How many steps did nothing, and how would one have known earlier?",
            "Those between the last better loss and the cut: a shorter patience makes them fewer.",
            changes={"patience": "16"},
        ),
    ),
)
