"""Questions about the run on a page, answered by running it. Pure: a page asks and shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lrviz.knob import Knob, Value, digits
from lrviz.once import made_once_for
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.training import Training
from lrviz.trajectory import Trajectory

ARRIVED = 1e-3
"""Part of the first loss (above the floor) below which a run has arrived."""

QUESTIONS = 64
"""Of each kind are remembered."""

VERDICTS = {
    "arrives": "It arrives at the bottom",
    "crawls": "It goes down, but does not arrive in time",
    "swings": "It swings and does not come to rest",
    "leaves": "It gets worse than at the start",
}

NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Question:
    """text, choices; right: the index of the right choice; because: what was run and what came out, one sentence.
    tries: the run that it is about, to be tried out on the stage; None where there is none but the one on the page."""

    text: str
    choices: Sequence[str]
    right: int
    because: str
    tries: Scenario | Training | None = None


def verdict(scenario: Scenario, run: Trajectory) -> str:
    """How a run ended: a key of VERDICTS.

    With l = loss - floor: ``leaves`` if l(N) > l(0) or it is not finite; ``arrives`` if l(N) <= ARRIVED l(0); else
    ``swings`` if more than half of the last 20 steps turned back on the one before (their product is negative); else
    ``crawls``.
    """
    above = run.loss - scenario.surface_row.floor(scenario.coef)
    if run.diverged is not None or above[-1] > above[0]:
        return "leaves"
    if above[-1] <= ARRIVED * above[0]:
        return "arrives"
    late = run.dx[-21:]
    turned = np.sum(late[1:] * late[:-1], axis=1) < 0
    return "swings" if len(turned) and np.mean(turned) > 0.5 else "crawls"


@made_once_for(QUESTIONS)
def how_it_ends(scenario: Scenario, what: str = "", times: Mapping[str, float] = NONE, **changes: Value) -> Question:
    """How does this run end, with these changes and with these knobs so many times as large? Graded by running it."""
    larger = {key: _within(scenario.knob(key), float(scenario[key]) * by) for key, by in times.items()}  # type: ignore[arg-type]
    changed = scenario.having(**{**changes, **larger})
    run = simulate(changed)
    keys = list(VERDICTS)
    right = keys.index(verdict(changed, run))
    return Question(what, list(VERDICTS.values()), right, f"We ran it: after {run.steps} steps {_ended(run)}.", changed)


def _within(knob: Knob, value: float) -> float:
    return min(max(value, knob.low), knob.high)


@made_once_for(QUESTIONS)
def which_ends_lowest(scenario: Scenario, what: str, options: Mapping[str, Mapping[str, Value]]) -> Question:
    """Which of these changes ends with the lowest loss? Graded by running all of them."""
    runs = [simulate(scenario.having(**changes)) for changes in options.values()]
    ends = [run.loss[-1] if np.isfinite(run.loss[-1]) else np.inf for run in runs]
    listed = "; ".join(f"{label}: {digits(float(end))}" for label, end in zip(options, ends, strict=True))
    return Question(
        what, list(options), int(np.argmin(ends)), f"We ran all of them. Loss at the end: {listed}.", scenario
    )


def how_many(
    what: str, count: int, because: str, most: int | None = None, tries: Scenario | Training | None = None
) -> Question:
    """Which number is it? Three in a row, of which the count is the first, the middle or the last; none above ``most``,
    of which there are."""
    least = count - count % 3
    if most is not None:
        least = min(least, most - 2)
    return Question(what, [str(least + more) for more in range(3)], count - least, because, tries)


def _ended(run: Trajectory) -> str:
    if run.diverged is not None:
        return f"it is no longer finite, from step {run.diverged} on"
    return f"the loss is {digits(float(run.loss[-1]))}; at the start it was {digits(float(run.loss[0]))}"
