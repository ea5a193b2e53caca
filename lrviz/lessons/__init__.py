"""The lessons in their order: what each asks, and the race with which it opens.

Beside it is what they compute: the questions (`quiz`), chains of jobs, plateaus with and without a cut, tuned rates,
contests of schedules, valleys. All pure: the pages ask and show.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lrviz.race import Race
from lrviz.scenario import Scenario


@dataclass(frozen=True)
class Lesson:
    """key: the last part of its address and the name of its file. asks: its question, the title. teaser: one sentence
    for its card. race: what a visitor sees who comes without a link."""

    key: str
    asks: str
    teaser: str
    race: Race


LESSONS = {
    lesson.key: lesson
    for lesson in (
        Lesson(
            "how_long",
            "How long is a step?",
            "Too short, just right, too long: find the edge at which descent turns into flight.",
            Race(Scenario(surface="bowl", alpha=0.19, steps=60)),
        ),
        Lesson(
            "stuck",
            "Stuck: why go slower?",
            "The loss has stalled, and the callback makes the steps smaller. Look at it through a microscope.",
            Race(
                Scenario(
                    alpha=0.4,
                    schedule="plateau",
                    monitor="loss",
                    steps_per_epoch=10,
                    steps=300,
                    noise=2,
                    seed=17,
                    values={"kappa": 2, "factor": 0.5, "patience": 3, "min_lr": 0.01},
                )
            ),
        ),
        Lesson(
            "hyperparameter",
            "Is the learning rate a hyperparameter?",
            "One job with the callback, or several jobs with constant rates: is it the same?",
            Race(
                Scenario(
                    optimizer="momentum",
                    alpha=0.2,
                    schedule="plateau",
                    steps=100,
                    values={"factor": 0.5, "patience": 5, "min_lr": 0.01},
                )
            ),
        ),
        Lesson(
            "schedules",
            "Which schedule fits when?",
            "Step, exponential, cosine, restarts, one cycle: side by side on one budget. Then draw your own.",
            Race(
                Scenario(surface="bowl", alpha=0.15, steps=150, noise=2.0),
                tuple({"schedule": key} for key in ("step_decay", "exponential", "cosine", "one_cycle")),
            ),
        ),
        Lesson(
            "valleys",
            "Many valleys: what gets you out?",
            "Larger rates, restarts, noise, momentum: what leaves a local minimum, and what does not.",
            Race(Scenario(surface="twin_valleys", alpha=0.25, steps=80)),
        ),
        Lesson(
            "adaptive",
            "Do adaptive optimizers need a rate?",
            "Adam and its relatives adapt each step. Race them at one rate, then each at its own best.",
            Race(
                Scenario(surface="rosenbrock", alpha=0.002, steps=300),
                tuple({"optimizer": key} for key in ("momentum", "rmsprop", "adagrad", "adam", "newton")),
            ),
        ),
    )
}
"""By key, in the order in which they are taught."""


def card(key: str, theme: str) -> Path:
    """The picture (SVG) of the race with which a lesson opens. Kept as a file: drawn on the page, the first visitor of
    a server would wait for eight programs to compile. ``make cards`` draws them anew."""
    return Path(__file__).parent / "cards" / f"{key}-{theme}.svg"
