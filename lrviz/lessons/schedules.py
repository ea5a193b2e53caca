"""Schedules side by side: how each ends with this noise, how it mostly ends, and questions about both. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lrviz.knob import digits
from lrviz.lessons.questions import Question, which_ends_lowest
from lrviz.scenario import Scenario, simulate, simulate_many
from lrviz.schedules import SCHEDULES

SEEDS = 20
"""So many runs, each with other noise, say how a schedule mostly ends."""


@dataclass(frozen=True, eq=False)
class Result:
    """loss: above the floor at the end of this run. losses (SEEDS,): with other noise, sorted; one where there is none.

    inf where a run is no longer finite.
    """

    schedule: str
    loss: float
    losses: np.ndarray

    @property
    def name(self) -> str:
        return SCHEDULES[self.schedule].name

    @property
    def typical(self) -> float:
        """The median."""
        return float(self.losses[len(self.losses) // 2])

    @property
    def middle(self) -> tuple[float, float]:
        """The middle half of the runs lies between these."""
        quarter = len(self.losses) // 4
        return float(self.losses[quarter]), float(self.losses[-1 - quarter])


def result(scenario: Scenario) -> Result:
    """How this scenario ends, and how with other noise."""
    return _result(scenario.to_json())


@lru_cache(maxsize=256)
def _result(scenario_json: str) -> Result:
    scenario = Scenario.from_json(scenario_json)
    floor = scenario.surface_row.floor(scenario.coef)
    runs = [simulate(scenario)]
    many = simulate_many(scenario, seed=list(range(SEEDS))) if scenario.noise else runs
    ends = np.array([run.loss[-1] for run in (*runs, *many)]) - floor
    ends = np.where(np.isfinite(ends), np.maximum(ends, 0), np.inf)
    return Result(scenario.schedule, float(ends[0]), np.sort(ends[1:]))


PARTS = ("In the first tenth of the run", "Between the first tenth and the middle", "After the middle")


def lowest(scenario: Scenario, what: str, schedules: Sequence[str], **changes: str | float) -> Question:
    """Which of these schedules ends lowest, with these changes? Graded by running them."""
    options = {SCHEDULES[key].name: {"schedule": key} for key in schedules}
    return which_ends_lowest(scenario.having(**changes), what, options)


def when_highest(scenario: Scenario, what: str, schedule: str) -> Question:
    """In which part of the run is the rate of this schedule highest?"""
    rates = scenario.having(schedule=schedule).rates()
    at = int(np.argmax(rates))
    part = at / max(len(rates), 1)
    right = 0 if part < 0.1 else 1 if part < 0.5 else 2
    name = SCHEDULES[schedule].name
    because = f"{name} is highest at step {at} of {len(rates)}, with a rate of {digits(float(rates[at]))}."
    return Question(what, PARTS, right, because)
