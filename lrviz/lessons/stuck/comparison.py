"""The same run with the callback and without: which ends lower, and with noise how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.analysis.verdicts import remarks
from lrviz.analysis.waste import last_steps, outcome
from lrviz.knob import digits
from lrviz.lessons.pairs import pairs
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.once import made_once_for
from lrviz.scenario import Scenario
from lrviz.simulation import simulate, simulate_many
from lrviz.trajectory import Trajectory

SAME = 0.01
"""Two losses above the floor that differ by less than this part of the larger are the same."""
SEEDS = 64
"""With noise, so many runs say whether the callback helps."""


@dataclass(frozen=True)
class Compared:
    """The loss at the end with the callback and with a constant rate, each the mean of the last ``steps`` steps; with
    noise the medians over ``seeds`` noises. lower, higher: for how many of these it is so with the callback. sure: not
    by chance.

    outcome: ``better`` (lower with the callback), ``worse`` or ``same``, also where it may be chance.
    """

    with_it: float
    without: float
    steps: int
    outcome: str
    seeds: int
    lower: int
    higher: int
    sure: bool


def at_the_end(run: Trajectory) -> float:
    """The mean loss of the last tenth of the steps; inf where it is not finite."""
    return float(outcome(run.loss))


@made_once_for(64)
def compare(scenario: Scenario) -> Compared:
    """The same run with the callback and without."""
    both = [_ends(one) for one in (scenario, scenario.having(schedule="constant"))]
    ends = [float(np.median(found)) for found in both]
    floor = scenario.surface_row.floor(scenario.coef)
    with_it, without = (end - floor for end in ends)
    differ = abs(with_it - without) > SAME * max(with_it, without) if np.isfinite(ends).any() else False
    found = pairs(*both)
    sure = not scenario.noise or found.lower is not None
    outcome = "same" if not (differ and sure) else "better" if with_it < without else "worse"
    return Compared(
        ends[0], ends[1], last_steps(scenario.steps), outcome, len(both[0]), found.first, found.second, sure
    )


def _ends(scenario: Scenario) -> np.ndarray:
    """The mean loss at the end: of each of ``SEEDS`` noises, or of the one run without noise."""
    runs = simulate_many(scenario, seed=range(SEEDS)) if scenario.noise else [simulate(scenario)]
    return np.array([at_the_end(run) for run in runs])


OUTCOMES = {
    "better": "It ends lower with the callback",
    "worse": "It ends higher with the callback",
    "same": "It makes no clear difference",
}


@made_once_for(QUESTIONS)
def does_it_help(scenario: Scenario, what: str = "") -> Question:
    """Does the callback help this run? Graded by running it with and without."""
    compared = compare(scenario)
    of = f"Median loss at the end over {compared.seeds} noises" if compared.seeds > 1 else "Loss at the end"
    ends = f"{digits(compared.with_it)} with it, {digits(compared.without)} without"
    because = f"We ran both. {of}: {ends}.{how_often(compared)}"
    return Question(what, list(OUTCOMES.values()), list(OUTCOMES).index(compared.outcome), because)


def how_often(found: Compared) -> str:
    """With noise: for how many noises the callback helped, and whether that may be chance; after another sentence."""
    if found.seeds == 1:
        return ""
    counts = {"lower": found.lower, "higher": found.higher, "the same": found.seeds - found.lower - found.higher}
    (how, first), *others = [(how, count) for how, count in counts.items() if count]
    more = "".join(f", {count} {how}" for how, count in others)
    chance = "" if found.sure or not (found.lower or found.higher) else ": that may be chance"
    return f" Of {found.seeds} runs, {first} end{'s' * (first == 1)} {how} with it{more}{chance}."


def never_cut(scenario: Scenario, run: Trajectory) -> str:
    """Where the callback never cut: that, and what is found first of its settings; '' where it did."""
    if len(run.cuts):
        return ""
    never = "The run on the stage was never cut, so the run without the callback lies under it."
    return " ".join([never, *remarks(scenario, run)[:1]])
