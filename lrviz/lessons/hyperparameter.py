"""Lesson 3: a run with plateau cuts as a chain of jobs with constant rates, one after the other. Pure.

chain(scenario).apart("fresh")   how far the chain strays from the run, if each job starts a fresh optimizer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset, lacks_callback
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import ALPHA, Scenario
from lrviz.simulation import retrace, simulate
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


@made_once_for(64)
def chain(scenario: Scenario) -> Chain:
    """Run the scenario, and its jobs."""
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
    row = "chain.same" if apart == 0 else "chain.rounding" if parts is None else "chain.parts"
    numbers = {"apart": apart, "end": float(other.loss[-1]), "run_end": float(links.run.loss[-1])}
    numbers |= {} if parts is None else {"step": float(parts)}
    return Statement((row, "chain.ends"), numbers, {"which": which}).sentence


def one_setting(scenario: Scenario, links: Chain) -> str:
    """What was set before the run, and what came of it."""
    rates = list(dict.fromkeys(digits(job.rate) for job in links.jobs))
    shown = ", ".join(rates[:6]) + (f" and {len(rates) - 6} more" if len(rates) > 6 else "")
    lengths = ", ".join(str(job.steps) for job in links.jobs[:6]) + (" … " if len(links.jobs) > 6 else "")
    values = ", ".join(f"{scenario.knob(key).label.lower()} {digits(float(scenario[key]))}" for key in SET)  # type: ignore[arg-type]
    used = f"the rate{'s' * (len(rates) > 1)} {shown} for {lengths.rstrip()} steps"
    return f"This run used {used}. Four values were fixed before the run: {values}."


SET = ("alpha", "factor", "patience", "min_lr")


@made_once_for(QUESTIONS)
def does_it_retrace(scenario: Scenario, what: str = "", **changes: str) -> Question:
    """Does the chain of jobs, each with a fresh optimizer, retrace the run? Graded by running the chain."""
    changed = scenario.having(**changes)
    links = chain(changed)
    if links.fresh is None:
        return Question(what, CHOICES, 1, f"There are {len(links.jobs)} jobs.", changed)
    parts = links.parts(links.fresh)
    apart = digits(links.apart(links.fresh))
    because = f"We ran {_count(links)}: the largest distance between the two paths is {apart}."
    return Question(what, CHOICES, 0 if parts is None else 1, because, changed)


CHOICES = ("The same path", "Another path")


@made_once_for(QUESTIONS)
def how_many_jobs(scenario: Scenario) -> Question:
    """Of how many jobs with a constant rate is this run made?"""
    links = chain(scenario)
    cuts = len(links.jobs) - 1
    because = f"The rate changed {cuts} time{'s' * (cuts != 1)} on the way, so there are {_count(links)}."
    return how_many("Of how many jobs with a constant rate is this run made?", len(links.jobs), because)


@made_once_for(QUESTIONS)
def last_rate(scenario: Scenario) -> Question:
    """Which rate does the last step have?"""
    run = chain(scenario).run
    first, last = float(run.learning_rate[0]), float(run.learning_rate[-1])
    factor = float(scenario["factor"])  # type: ignore[arg-type]
    choices = [last]
    for rate in (first, first * factor, last * factor, first * factor**3):
        if len(choices) < 3 and digits(rate) not in [digits(choice) for choice in choices]:
            choices.append(rate)
    choices.sort()
    because = f"It starts with {digits(first)} and is cut {len(run.cuts)} times; the last step has {digits(last)}."
    what = f"The first rate is set to {digits(first)}. Which rate does the last step of this run have?"
    return Question(what, [digits(choice) for choice in choices], choices.index(last), because)


def _count(links: Chain) -> str:
    return f"{len(links.jobs)} job{'s' * (len(links.jobs) != 1)}"


def compared(links: Chain) -> str:
    """Which chain ends lower, and why that is no rule; "" where they are one path or not finite."""
    if links.fresh is None or links.parts(links.fresh) is None:
        return ""
    run, fresh = float(links.run.loss[-1]), float(links.fresh.loss[-1])
    if not np.isfinite([run, fresh]).all() or run == fresh:
        return ""
    return Statement(("chain.lower" if fresh < run else "chain.higher",), {}).sentence


# The lesson -----------------------------------------------------------------------------------------------------------


def case_of(scenario: Scenario) -> str:
    """The cases are the optimizers."""
    return scenario.optimizer


def check(scenario: Scenario) -> list[Question]:
    """About the jobs, the last rate, and an optimizer with another memory."""
    plain = scenario.optimizer == "gradient_descent"
    other, name = ("adam", "Adam") if plain else ("gradient_descent", "plain descent")
    changes = {"optimizer": other}
    if len(chain(scenario.having(**changes)).jobs) == 1:  # one job is the run: nothing to ask
        changes["alpha"] = ALPHA.text(float(LESSON.race.first.alpha or 0))
        name += f" and α = {changes['alpha']}"
    what = f"The same with {name}: will fresh jobs follow the run's path?"
    return [how_many_jobs(scenario), last_rate(scenario), does_it_retrace(scenario, what, **changes)]


_FEW = Preset("Factor 0.1", {"factor": "0.1"}, "Fewer jobs.", "The first cut takes the rate to a tenth.")
_NOISE = Preset(
    "Noise",
    {"noise": "1", "alpha": "0.15"},
    "Both chains are still the run.",
    "They get the same noise at the same steps.",
)
_SLOW = Preset(
    "A small rate",
    {"alpha": "0.02", "patience": "1", "min_lr": "0.001"},
    "Now the fresh jobs end far higher.",
    "A restart throws away the speed.",
)

LESSON = Lesson(
    key="hyperparameter",
    question="Is the learning rate a hyperparameter?",
    teaser="One run with the callback, or several jobs with constant rates: is it the same?",
    race=Race(
        Scenario(
            optimizer="momentum",
            alpha=0.2,
            schedule="plateau",
            steps=100,
            values={"factor": 0.5, "patience": 5, "min_lr": 0.01},
        )
    ),
    cases={
        "momentum": Case("Momentum", "It remembers a speed.", {}, (_SLOW, _FEW)),
        "gradient_descent": Case(
            "Plain descent", "It remembers nothing.", {"optimizer": "gradient_descent"}, (_NOISE, _FEW)
        ),
        "adam": Case(
            "Adam",
            "It remembers two averages of the gradient.",
            {"optimizer": "adam"},
            (
                _FEW,
                Preset(
                    "Patience 2",
                    {"patience": "2"},
                    "The jobs are shorter.",
                    "On each axis, the first step of a fresh job is as long as its rate.",
                ),
            ),
        ),
    },
    predict=(
        "A job is a part of the run with one constant rate. Each job starts where the last ended, with a fresh"
        " optimizer. Will the chain of jobs follow the run's path?"
    ),
    prediction=does_it_retrace,
    check=check,
    live=("alpha", "factor", "patience"),
    case_of=case_of,
    lacks=lacks_callback,
    answers=(
        Answer(
            1,
            "Why is the rate called a hyperparameter, if the callback changes it?",
            "You fix the first rate, factor, patience and lowest rate before the run; the run makes the later rates.",
        ),
        Answer(
            3,
            "Is a run with the callback the same as several jobs with constant rates?",
            "For plain descent yes; with momentum or Adam only if the optimizer's memory is handed on too.",
            case="gradient_descent",
        ),
    ),
)
