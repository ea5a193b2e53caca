"""Lesson 4: schedules side by side, how each ends with this noise and over many, and questions about both. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.analysis.stability import edge
from lrviz.knob import digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import Question
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.schedules import SCHEDULES
from lrviz.simulation import simulate, simulate_many, survey

SEEDS = 64
"""So many runs, each with other noise, say how a schedule mostly ends."""


@dataclass(frozen=True, eq=False)
class Result:
    """loss: above the floor at the end of this run. losses (SEEDS,): with other noise, sorted; one where there is none.
    start: the loss above the floor before the first step.

    inf where a run is no longer finite.
    """

    schedule: str
    loss: float
    losses: np.ndarray
    start: float

    @property
    def name(self) -> str:
        return SCHEDULES[self.schedule].name

    @property
    def typical(self) -> float:
        """The median."""
        return float(self.losses[len(self.losses) // 2])

    @property
    def flies_off(self) -> bool:
        """Does it mostly end above its start?"""
        return not self.typical <= self.start

    @property
    def middle(self) -> tuple[float, float]:
        """The middle half of the runs lies between these."""
        quarter = len(self.losses) // 4
        return float(self.losses[quarter]), float(self.losses[-1 - quarter])


@made_once_for(256)
def result(scenario: Scenario) -> Result:
    """How this scenario ends, and how with other noise."""
    floor = scenario.surface_row.floor(scenario.coef)
    runs = [simulate(scenario)]
    many = simulate_many(scenario, seed=list(range(SEEDS))) if scenario.noise else runs
    ends = np.array([run.loss[-1] for run in (*runs, *many)]) - floor
    ends = np.where(np.isfinite(ends), np.maximum(ends, 0), np.inf)
    return Result(scenario.schedule, float(ends[0]), np.sort(ends[1:]), float(runs[0].loss[0]) - floor)


PARTS = ("In the first tenth of the run", "Between the first tenth and the middle", "After the middle")


def lowest(scenario: Scenario, what: str, schedules: Sequence[str], **changes: str | float) -> Question:
    """Which of these schedules ends lowest, with these changes? Graded by running them, with noise by the medians."""
    changed = scenario.having(**changes)
    rows = [result(changed.having(schedule=key)) for key in schedules]
    listed = "; ".join(f"{row.name}: {digits(row.typical)}" for row in rows)
    of = f"Median loss at the end over {SEEDS} noises" if changed.noise else "Loss at the end"
    right = int(np.argmin([row.typical for row in rows]))
    return Question(what, [row.name for row in rows], right, f"We ran all of them. {of}: {listed}.", changed)


def when_highest(scenario: Scenario, what: str, schedule: str) -> Question:
    """In which part of the run is the rate of this schedule highest?"""
    rates = scenario.having(schedule=schedule).rates()
    at = int(np.argmax(rates))
    part = at / max(len(rates), 1)
    right = 0 if part < 0.1 else 1 if part < 0.5 else 2
    name = SCHEDULES[schedule].name
    because = f"{name} is highest at step {at} of {len(rates)}, with a rate of {digits(float(rates[at]))}."
    return Question(what, PARTS, right, because, scenario.having(schedule=schedule))


# What fits when -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """A situation: in words, and the settings of the preset that shows it."""

    when: str
    changes: Mapping[str, str]


FITS = (
    Fit("the gradients are noisy", {"noise": "2", "alpha": "0.15"}),
    Fit("there is no noise and α is below 2/L", {"noise": "0", "alpha": "0.15"}),
    Fit("α begins past 2/L", {"noise": "0", "alpha": "0.21"}),
    Fit("α is far too small", {"noise": "0.5", "alpha": "0.01"}),
)


@dataclass(frozen=True)
class Fitting:
    """What fits a situation: what ends lowest of all that are offered, the constant rate, and why."""

    fit: Fit
    best: Result
    constant: Result
    because: Statement


def fits() -> list[Fitting]:
    """Each situation with what fits there."""
    rows = []
    for fit in FITS:
        there = LESSON.race.first.having(**fit.changes)
        ends = [result(there.having(schedule=key)) for key in OFFERED]
        best = min(ends, key=lambda row: row.typical)
        rows.append(Fitting(fit, best, ends[0], _because(there, best, ends)))
    return rows


def _because(there: Scenario, best: Result, ends: Sequence[Result]) -> Statement:
    """Why this one ends lowest, with the numbers of the runs."""
    constant, alpha = ends[0], float(there.alpha or 0)
    rates = there.having(schedule=best.schedule).rates()
    limit = edge(there)
    if constant.flies_off and limit is not None:
        below = int(np.flatnonzero(rates >= limit).max(initial=-1)) + 1
        return Statement(("fits.below",), {"step": below, "limit": limit, "rate": alpha})
    if best is constant:
        second = min(ends[1:], key=lambda row: row.typical)
        ways = {"way": float(rates.sum()), "shorter": float(there.having(schedule=second.schedule).rates().sum())}
        return Statement(("fits.furthest",), ways, {"second": second.name})
    last = max(1, len(rates) // 10)
    late = {"mean": float(rates[-last:].mean()), "last": last, "rate": alpha, "loss": constant.typical}
    return Statement(("fits.lower",), late)


# Which rate with how much noise ---------------------------------------------------------------------------------------

LEVELS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 4.5, 6.0)
"""Of the noise."""
TRIED = tuple(float(f"{rate:.3g}") for rate in np.geomspace(0.005, 0.195, 26))


@made_once_for(4)
def best_rates(steps: int) -> np.ndarray:
    """The constant rate with the lowest median loss at the end over ``SEEDS`` noises, for each of ``LEVELS``.
    -> (10,)"""
    plain = LESSON.race.first.having(schedule="constant", steps=steps)
    ends = survey(plain.having(noise=LEVELS[0]), noise=LEVELS, alpha=TRIED, seed=range(SEEDS))
    typical = np.median(ends.loss, axis=-1)
    return np.array(TRIED)[typical.argmin(axis=1)]


# The lesson -----------------------------------------------------------------------------------------------------------

OFFERED = ("constant", "step_decay", "exponential", "annealing", "cosine", "cosine_restarts", "one_cycle", "cyclical")
FIVE = ("constant", "step_decay", "exponential", "cosine", "one_cycle")
GROUPS = {
    "Five": FIVE,
    "Those that fall": OFFERED[:5],
    "Those that rise": ("constant", "cosine_restarts", "one_cycle", "cyclical"),
}
"""Races that a click sets up: more than six lines at once are hard to tell apart."""


def predict(scenario: Scenario) -> Question:
    """Which of five schedules ends lowest?"""
    return lowest(scenario, "", FIVE)


def check(scenario: Scenario) -> list[Question]:
    """About other noises, and about the shape of one cycle."""
    return [
        lowest(scenario, "Without noise: which ends lowest?", FIVE, noise=0),
        lowest(scenario, f"With noise 4: which has the lowest median over {SEEDS} noises?", FIVE, noise=4),
        when_highest(scenario, "When is the rate of one cycle highest?", "one_cycle"),
    ]


def lacks(race: Race) -> str:
    """It is about the rate."""
    if race.first.optimizer_row.has_rate:
        return ""
    return f"{race.first.optimizer_row.name} has no learning rate, so it has no schedule."


LESSON = Lesson(
    key="schedules",
    question="Which schedule fits when?",
    teaser="Step, exponential, cosine, restarts, one cycle: side by side on one budget. Then draw your own.",
    race=Race(
        Scenario(surface="bowl", alpha=0.15, steps=150, noise=2.0, seed=19),
        tuple({"schedule": key} for key in FIVE[1:]),
    ),
    cases={
        "": Case(
            "Bowl",
            presets=(
                Preset(
                    "Noise",
                    {"noise": "2"},
                    "All that come down end below the constant rate.",
                    "See the height at which each one stops falling.",
                ),
                Preset(
                    "No noise", {"noise": "0"}, "The constant rate ends lowest.", "Short steps only slow the others."
                ),
                Preset(
                    "Past the edge",
                    {"noise": "0", "alpha": "0.21"},
                    "The constant rate flies off.",
                    "The others come down in time and find the way back.",
                ),
                Preset(
                    "Too small",
                    {"noise": "0.5", "alpha": "0.01"},
                    "The constant rate ends lowest.",
                    "The others stop before they arrive.",
                ),
            ),
        )
    },
    predict=f"The gradients are noisy. Which schedule ends lowest, in the median of {SEEDS} noises?",
    prediction=predict,
    check=check,
    live=("alpha", "noise"),
    lacks=lacks,
    answers=(
        Answer(
            8,
            "Step decay, exponential, annealing, cyclical: which fits when?",
            "With noise, start long and end short; without noise and with a good rate, keep the rate constant.",
        ),
        Answer(
            11,
            "What does noise do to the rate that works?",
            "More noise wants a smaller rate, because the noise floor rises with both.",
            changes={"noise": "4"},
        ),
    ),
)
