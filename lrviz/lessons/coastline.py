"""Lesson 11: the edge between the runs that come down and those that do not, seen ever closer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lrviz import turns
from lrviz.analysis.coastline import Boxes, boxes
from lrviz.analysis.sentences import Statement
from lrviz.columns import LAST, MAX_LOSS
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.maps.axis import Axis
from lrviz.maps.grid import LEVELS, TILES, Place
from lrviz.maps.map import Map
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import ALPHA, Scenario
from lrviz.simulation import simulate_many
from lrviz.trajectory import Trajectory

NEIGHBOURS = 64
"""Rates side by side, evenly from a bit below to a bit above that of the run."""
WITHIN = (1e-2, 1e-4, 1e-6)
"""How far below and above, as a part of the rate."""
MOST_STEPS = 1000
ZOOMS = (1, 10, 100, 1000)
CELLS = LEVELS[1]
"""A side, of the maps on which boxes are counted."""
LINE = 1.1
"""A dimension below this is that of a line."""


# Neighbouring rates ---------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """rates (R,), rising; down (R,): does the run with this rate come down?"""

    rates: np.ndarray
    down: np.ndarray

    @property
    def changes(self) -> int:
        """How often that changes from one rate to the next."""
        return int(np.sum(self.down[1:] != self.down[:-1]))


def comes_down(run: Trajectory, floor: float) -> bool:
    """As the map says it (`lrviz.columns`, convergence): is the mean loss before the last 20 steps below the first?"""
    above = np.where(np.isfinite(run.loss), run.loss - floor, np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        return bool(np.mean(np.minimum(above[:-1][-LAST:] / above[0], MAX_LOSS)) < 1)


@made_once_for(QUESTIONS)
def neighbours(scenario: Scenario, within: float, times: float = 1.0) -> Row:
    """``NEIGHBOURS`` rates around so many times that of the run."""
    rate = float(scenario.alpha or 0) * times
    rates = np.clip(np.linspace(rate * (1 - within), rate * (1 + within), NEIGHBOURS), ALPHA.low, ALPHA.high)
    floor = scenario.surface_row.floor(scenario.coef)
    runs = simulate_many(scenario, alpha=rates.tolist())
    return Row(rates, np.array([comes_down(run, floor) for run in runs]))


# The map --------------------------------------------------------------------------------------------------------------

PLANES = {
    "himmelblau": (Axis("alpha", 0.002, 0.06), Axis("momentum", 0, 0.99)),
    "bowl": (Axis("alpha", 0.002, 0.6), Axis("momentum", 0, 0.99)),
}
"""What is seen before any zoom: the rate across, the momentum up."""


def plane(scenario: Scenario) -> Map:
    """The map on which the lesson looks at the edge."""
    return Map(scenario, *PLANES[scenario.surface], show="convergence")


def zoomed(scenario: Scenario, times: float) -> Map:
    """So many times closer, around the place of the case's own run, on the edge; within the plane."""
    whole, at = plane(scenario), LESSON.case_race(LESSON.case(scenario)).first
    if times == 1:
        return whole
    ends = []
    for axis in (whole.x, whole.y):
        half = (axis.high - axis.low) / times / 2
        middle = min(max(float(at[axis.key]), axis.low + half), axis.high - half)  # type: ignore[arg-type]
        ends.append((middle - half, middle + half))
    return whole.zoomed(*ends)


@made_once_for(8)
def counted(scenario: Scenario) -> list[Boxes]:
    """Boxes over the edge at each of ``ZOOMS``, on ``CELLS`` x ``CELLS`` runs each."""
    found = []
    for times in ZOOMS:
        turns.still_wanted()
        found.append(boxes(TILES.tile(zoomed(scenario, times), Place(CELLS)).values < 0))
    return found


# Words ----------------------------------------------------------------------------------------------------------------


def story(scenario: Scenario) -> list[Statement]:
    """What the neighbours of the run on the stage do, ever nearer to it."""
    statements = []
    for within in WITHIN:
        row = neighbours(scenario, within)
        texts = {"within": f"{100 * within:g}%", "changes": _changes(row.changes)}
        statements.append(Statement(("coastline.row",), {"all": NEIGHBOURS, "down": int(row.down.sum())}, texts))
    return statements


def judged(found: Sequence[Boxes]) -> Statement:
    """What the count says of the edge."""
    if not all(np.isfinite(one.dimension) for one in found):
        return Statement(("coastline.none",), {})
    low, high = (pick(one.dimension for one in found) for pick in (min, max))
    numbers = {"low": low, "high": high, "cells": CELLS}
    return Statement(("coastline.line" if high < LINE else "coastline.ragged",), numbers)


# The lesson -----------------------------------------------------------------------------------------------------------

OFTEN = ("Once or never", "Two to eight times", "More than eight times")
SHARES = ("None of them", "Some of them", "All of them")


def _often(changes: int) -> int:
    return 0 if changes < 2 else 1 if changes <= 8 else 2


def _how_often(scenario: Scenario, what: str, within: float, times: float = 1.0) -> Question:
    row = neighbours(scenario, within, times)
    because = f"We ran all {NEIGHBOURS}: {int(row.down.sum())} come down, and the outcome {_changes(row.changes)}."
    return Question(what, OFTEN, _often(row.changes), because, scenario.having(alpha=float(row.rates[0])))


def _changes(count: int) -> str:
    return {0: "never changes", 1: "changes once"}.get(count, f"changes {count} times")


def predict(scenario: Scenario) -> Question:
    """How often the outcome changes among rates within 1%."""
    return replace(_how_often(scenario, "", WITHIN[0]), tries=None)


def check(scenario: Scenario) -> list[Question]:
    """The same much closer, next to the very rate, and far from the edge."""
    within = neighbours(scenario, WITHIN[2])
    down = int(within.down.sum())
    return [
        _how_often(
            scenario, f"The {NEIGHBOURS} rates within 0.01% of α: how often does the outcome change?", WITHIN[1]
        ),
        Question(
            f"Of the {NEIGHBOURS} rates within a millionth of α: which come down?",
            SHARES,
            0 if down == 0 else 2 if down == NEIGHBOURS else 1,
            f"{down} of {NEIGHBOURS} come down.",
            scenario.having(alpha=float(within.rates[-1])),
        ),
        _how_often(scenario, f"And the {NEIGHBOURS} rates within 1% of α/2?", WITHIN[0], 0.5),
    ]


def lacks(race: Race) -> str:
    """It is about momentum on a bowl and on Himmelblau's surface."""
    first = race.first
    if first.optimizer != "momentum" or first.surface not in PLANES:
        return "This lesson is about momentum on a bowl and on Himmelblau's map, and this link shows another run."
    if first.steps > MOST_STEPS:
        return f"A run in this lesson has {MOST_STEPS} steps at most."
    return ""


LESSON = Lesson(
    key="coastline",
    question="The edge is a coastline",
    teaser="Zoom into the edge between what comes down and what flies off. On a bowl it is a line. Elsewhere?",
    race=Race(
        Scenario("himmelblau", optimizer="momentum", alpha=0.03318938194, steps=200, values={"momentum": 0.5287689})
    ),
    cases={
        "himmelblau": Case(
            "Himmelblau",
            presets=(
                Preset(
                    "On the edge", {"alpha": "0.03318938194"}, "It comes down.", "A millionth beside it, most do not."
                ),
                Preset("A third less", {"alpha": "0.022"}, "It comes down.", "So do all of its neighbours."),
            ),
        ),
        "bowl": Case(
            "Bowl",
            changes={"surface": "bowl", "x": "-4", "y": "2", "alpha": "0.2997530664", "momentum": "0.5"},
            presets=(
                Preset(
                    "On the edge",
                    {"alpha": "0.2997530664"},
                    "It ends about as high as it began.",
                    "Its neighbours change once.",
                ),
                Preset("A third less", {"alpha": "0.2"}, "It comes down.", "So do all of its neighbours."),
            ),
        ),
    },
    predict=f"We try {NEIGHBOURS} rates from 1% below this one to 1% above. Going up, how often does the outcome change"
    " between coming down and not?",
    prediction=predict,
    check=check,
    live=("alpha", "momentum"),
    case_of=lambda scenario: scenario.surface,
    lacks=lacks,
    answers=(
        Answer(
            20,
            "A map of all rates: what does it look like at its edge?",
            "On a bowl the edge is a line; elsewhere it is a coastline, ragged at every zoom, so stay well below it.",
        ),
    ),
)
