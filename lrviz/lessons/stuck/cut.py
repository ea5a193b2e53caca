"""The cuts of a run: what each did to rate and loss, what "reduce" means, and what a fresh callback forgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.analysis.resume import Resumed, resumed, two_memories
from lrviz.analysis.sentences import Statement, sentences
from lrviz.analysis.verdicts import levels, next_rate
from lrviz.knob import apart, digits, enough_digits
from lrviz.lessons.hyperparameter import jobs
from lrviz.once import made_once_for
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.trajectory import Trajectory

MOST_LISTED = 6
"""So many steps or rates a sentence lists."""


@dataclass(frozen=True)
class Cut:
    """One cut: after which step, the rate before and after, the mean loss on the stair before and on the one after.

    Each mean is over the second half of a stair, when it has settled; nan if no step follows the cut.
    """

    step: int
    old: float
    new: float
    loss_before: float
    loss_after: float


def cuts(run: Trajectory) -> list[Cut]:
    """Every cut of a run."""
    stairs = jobs(run)
    settled = [float(np.mean(run.loss[stair.end - stair.steps // 2 : stair.end + 1])) for stair in stairs]
    found = [
        Cut(after.begin, before.rate, after.rate, settled[i], settled[i + 1])
        for i, (before, after) in enumerate(pairwise(stairs))
        if after.begin in run.cuts
    ]
    if len(run.cuts) and run.cuts[-1] == run.steps:  # after the last step
        found.append(Cut(run.steps, stairs[-1].rate, float(run.epochs.learning_rate[-1]), settled[-1], float("nan")))
    return found


def reduced(scenario: Scenario, run: Trajectory) -> str:
    """What "reduce" means, with the numbers of the run."""
    factor, known = float(scenario["factor"]), levels(scenario, run)  # type: ignore[arg-type]
    if not len(run.cuts):
        rate = float(known[0])
        lower = next_rate(scenario, rate)
        if lower >= rate:
            return Statement(("reduce.lowest",), {"rate": rate, "lowest": lower}).sentence
        before, after = apart(rate, lower)
        return Statement(("reduce.would",), {}, {"before": before, "after": after}).sentence

    def adds_up(rounded: Sequence[float], significant: int) -> bool:
        return rounded[1] == factor and digits(rounded[0] * factor, significant) == digits(rounded[2], significant)

    rates = [float(known[0]), *known[1:][run.epochs.cut].tolist()]
    old, times, product = enough_digits((rates[0], factor, rates[0] * factor), adds_up)
    rows = ("reduce.first", *(("reduce.held",) if rates[1] > rates[0] * factor else ()), "reduce.chain")
    texts = {
        "warm": ", of what the warm-up rises to" if scenario["warmup_steps"] else "",
        "old": old, "times": times, "product": product,
        "chain": " → ".join(apart(*rates[:MOST_LISTED])),
        "more": f" and {len(rates) - MOST_LISTED} more" if len(rates) > MOST_LISTED else "",
    }  # fmt: skip
    return Statement(rows, {"lowest": rates[1]}, texts).sentence


@made_once_for(64)
def forgotten(scenario: Scenario) -> tuple[Resumed | None, tuple[str, ...]]:
    """This run stopped one epoch before its first cut and resumed with a fresh callback, and what that tells."""
    run = simulate(scenario)
    found = resumed(scenario, run)
    return found, tuple(sentences(two_memories(run, found))) if found else ()


def predicted_floor(scenario: Scenario, rate: float) -> float | None:
    """The mean loss at which plain descent with this rate stays: the sum over both axes of a sigma^2/(2 (2 - a L)).

    None where that is not so: for another optimizer, without noise, past an edge. Bottou, Curtis & Nocedal (2018).
    """
    if scenario.optimizer != "gradient_descent" or not scenario.noise or scenario.surface != "bowl":
        return None
    lowest = scenario.surface_row.minima(scenario.coef)[0]
    curvatures = scenario.surface_row.curvature(scenario.coef, lowest)[0]
    if rate * float(curvatures.max()) >= 2:
        return None
    return float(sum(rate * scenario.noise**2 / (2 * (2 - rate * curvature)) for curvature in curvatures))
