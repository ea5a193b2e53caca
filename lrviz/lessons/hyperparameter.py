"""A run with plateau cuts as a chain of jobs with constant rates, one after the other. Pure.

chain(scenario).apart("fresh")   how far the chain strays from the run, if each job starts a fresh optimizer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from lrviz.knob import digits
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.once import made_once_for
from lrviz.scenario import Scenario, retrace, simulate
from lrviz.trajectory import Trajectory, unjudged

MOST_JOBS = 100
SAME = 1e-9
"""Points that are no further apart are the same path: rounding, not another way."""


@dataclass(frozen=True)
class Job:
    """The steps begin + 1 to end, all at one rate. start: the point from which they go."""

    begin: int
    end: int
    rate: float
    start: tuple[float, float]

    @property
    def steps(self) -> int:
        return self.end - self.begin


def jobs(run: Trajectory) -> list[Job]:
    """The run cut where its rate changes: as many jobs as stairs."""
    rate = run.learning_rate
    bounds = [0, *(np.flatnonzero(rate[1:] != rate[:-1]) + 1).tolist(), len(rate)]
    return [
        Job(begin, end, float(rate[begin]), (float(run.x[begin, 0]), float(run.x[begin, 1])))
        for begin, end in pairwise(bounds)
    ]


@dataclass(frozen=True, eq=False)
class Chain:
    """The run with the callback, its jobs, and the jobs run one after the other, twice.

    handed_on: the optimizer's state goes from job to job, so it is one run whose rates are a given vector; the plateau
    rule has no part in it. fresh: each job is a run of its own, from the point where the last one ended, with the noise
    of its own steps. None of both where there are too many jobs.
    """

    run: Trajectory
    jobs: Sequence[Job]
    handed_on: Trajectory | None
    fresh: Trajectory | None

    def apart(self, other: Trajectory) -> float:
        """The largest distance between two points of the same step; inf where only one of them is finite."""
        return float(self._away(other).max())

    def parts(self, other: Trajectory) -> int | None:
        """The first step whose end is not the same point; None if there is none."""
        at = np.flatnonzero(self._away(other) > SAME)
        return int(at[0]) if at.size else None

    def _away(self, other: Trajectory) -> np.ndarray:
        finite = [np.isfinite(run.x).all(axis=1) for run in (self.run, other)]
        with np.errstate(over="ignore", invalid="ignore"):
            away = np.hypot(*(other.x - self.run.x).T)
        return np.select([finite[0] & finite[1], finite[0] == finite[1]], [away, 0.0], np.inf)


def chain(scenario: Scenario) -> Chain:
    """Run the scenario, and its jobs."""
    return _chain(scenario.to_json())


@lru_cache(maxsize=64)
def _chain(scenario_json: str) -> Chain:
    scenario = Scenario.from_json(scenario_json)
    run = simulate(scenario)
    found = jobs(run)
    if len(found) > MOST_JOBS:
        return Chain(run, found, None, None)
    handed_on = retrace(scenario, run.learning_rate)
    parts: list[Trajectory] = []
    for job in found:
        start = parts[-1].x[-1] if parts else run.x[0]
        parts.append(retrace(scenario, np.full(job.steps, job.rate), start, job.begin))
    return Chain(run, found, handed_on, joined(scenario, parts))


def joined(scenario: Scenario, parts: Sequence[Trajectory]) -> Trajectory:
    """Runs of which each begins where the last one ended, as one."""

    def points(name: str) -> np.ndarray:
        return np.concatenate([getattr(parts[0], name)[:1], *(getattr(part, name)[1:] for part in parts)])

    def steps(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    terms = {name: np.concatenate([part.terms[name] for part in parts]) for name in parts[0].terms}
    loss, rate = points("loss"), steps("learning_rate")
    epochs = unjudged(loss, rate, scenario.steps_per_epoch, scenario.monitor == "val_loss")
    return Trajectory(
        points("x"), loss, points("grad"), rate, steps("dx"), steps("used_grad"), terms, epochs, plateau=False
    )


# In words -------------------------------------------------------------------------------------------------------------


def measured(links: Chain) -> list[str]:
    """How far each of the two chains is from the run with the callback."""
    if links.handed_on is None or links.fresh is None:
        return [f"There are {len(links.jobs)} jobs: too many to run as a chain."]
    return [
        _measured("With the optimizer's state handed on", links, links.handed_on),
        _measured("With a fresh optimizer in each job", links, links.fresh),
    ]


def _measured(which: str, links: Chain, other: Trajectory) -> str:
    apart, parts = links.apart(other), links.parts(other)
    ends = f"loss at the end {digits(float(other.loss[-1]))} and {digits(float(links.run.loss[-1]))}"
    if apart == 0:
        return f"{which}, the chain is the run and lies under it: largest distance 0; {ends}."
    if parts is None:
        return f"{which}, the chain is the run but for rounding: largest distance {digits(apart)}; {ends}."
    return f"{which}, the paths part at step {parts}: largest distance {digits(apart)}; {ends}."


def one_setting(scenario: Scenario, links: Chain) -> str:
    """What was set before the run, and what came of it."""
    rates = list(dict.fromkeys(digits(job.rate) for job in links.jobs))
    shown = ", ".join(rates[:6]) + (f" and {len(rates) - 6} more" if len(rates) > 6 else "")
    lengths = ", ".join(str(job.steps) for job in links.jobs[:6]) + (" … " if len(links.jobs) > 6 else "")
    values = ", ".join(f"{scenario.knob(key).label.lower()} {digits(float(scenario[key]))}" for key in SET)  # type: ignore[arg-type]
    used = f"the rate{'s' * (len(rates) > 1)} {shown} for {lengths.rstrip()} steps"
    return f"This run used {used}. It had one setting: {values}."


SET = ("alpha", "factor", "patience", "min_lr")


@made_once_for(QUESTIONS)
def does_it_retrace(scenario: Scenario, what: str = "", **changes: str) -> Question:
    """Does the chain of jobs, each with a fresh optimizer, retrace the run? Graded by running the chain."""
    links = chain(scenario.having(**changes))
    if links.fresh is None:
        return Question(what, CHOICES, 1, f"There are {len(links.jobs)} jobs.")
    parts = links.parts(links.fresh)
    apart = digits(links.apart(links.fresh))
    because = f"We ran {_count(links)}: the largest distance between the two paths is {apart}."
    return Question(what, CHOICES, 0 if parts is None else 1, because)


CHOICES = ("The same path", "Another path")


@made_once_for(QUESTIONS)
def how_many_jobs(scenario: Scenario) -> Question:
    """Of how many jobs with a constant rate is this run made?"""
    links = chain(scenario)
    cuts = len(links.jobs) - 1
    because = f"The rate changed {cuts} time{'s' * (cuts != 1)} on the way, so there are {_count(links)}."
    return how_many("How many jobs with a constant rate make up this run?", len(links.jobs), because)


@made_once_for(QUESTIONS)
def last_rate(scenario: Scenario) -> Question:
    """Which rate does the last step have?"""
    run = chain(scenario).run
    first, last = float(run.learning_rate[0]), float(run.learning_rate[-1])
    factor = float(scenario["factor"])  # type: ignore[arg-type]
    choices = [last]
    for slip in (first, first * factor, last * factor, first * factor**3):
        if len(choices) < 3 and digits(slip) not in [digits(choice) for choice in choices]:
            choices.append(slip)
    choices.sort()
    because = f"It starts with {digits(first)} and is cut {len(run.cuts)} times; the last step has {digits(last)}."
    what = f"The first rate is set to {digits(first)}. Which rate does the last step of this run have?"
    return Question(what, [digits(choice) for choice in choices], choices.index(last), because)


def _count(links: Chain) -> str:
    return f"{len(links.jobs)} job{'s' * (len(links.jobs) != 1)}"
