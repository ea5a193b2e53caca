"""Wasted steps: those that are left when a run is first as low as it ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

LAST = 0.1
"""Of the steps: over these the loss at the end is a mean, for with noise a single one is chance."""
TAIL = 0.2
"""Of the steps: a run that is first as low as it ends in these has wasted none."""
PARTS = 20
"""A run in so many parts: the loss of each is its mean, for the same reason."""
ENOUGH = 1.25
"""A loss above the floor of up to so many times that of the end is as low as the end: a tenth of a decade, which nobody
sees in the log picture, and more than the mean of a noisy twentieth wanders."""
ROUNDING = 1e-12
"""Of the floor: nobody can tell losses apart that are so near to it."""
PATIENCE = 10
"""Epochs for which early stopping waits."""


class Wasted(NamedTuple):
    """outcome: the mean loss of the last tenth; settled: the first step of the first part whose mean loss is as low,
    None if there is none before the last fifth; steps: how many are left from there on; share: of all steps.

    A run that diverges is wasted from its start.
    """

    outcome: float
    settled: int | None
    steps: int
    share: float


def last_steps(steps: int) -> int:
    """Over how many points the outcome is a mean."""
    return max(1, round(LAST * steps))


def part_steps(steps: int) -> int:
    """How many points each part has; a shorter rest at the end is none."""
    return max(1, steps // PARTS)


def outcome(loss: np.ndarray) -> np.ndarray:
    """What came out: the mean of the last losses, inf where it is not finite.   loss: (N + 1, ...) -> (...)"""
    with np.errstate(all="ignore"):
        mean = loss[-last_steps(len(loss) - 1) :].mean(axis=0)
    return np.where(np.isfinite(mean), mean, np.inf)


def target(outcome: np.ndarray | float, floor: float) -> np.ndarray | float:
    """The mean loss at or below which a part of a run is as low as the end: floor + 1.25 (outcome - floor).

    outcome: see ``outcome``, of any shape; floor: the loss at the lowest known minimum. So a run needs no path: one
    pass for its outcome, a second one for the first part whose mean is at or below this.
    """
    rounding = ROUNDING * abs(floor)
    return floor + ENOUGH * np.maximum(np.asarray(outcome) - floor, 0.0) + rounding


def wasted(scenario: Scenario, run: Trajectory) -> Wasted:
    """The steps from the first part on that is as low as the end: see ``Wasted``. Points 1 to N are cut into parts."""
    end, n = float(outcome(run.loss)), run.steps
    if run.diverged is not None or not np.isfinite(end):
        return Wasted(np.inf, None, n, 1.0)
    size = part_steps(n)
    means = run.loss[1 : 1 + n // size * size].reshape(-1, size).mean(axis=1)
    low = means <= target(end, scenario.surface_row.floor(scenario.coef))
    begin = size * int(np.argmax(low)) if low.any() else n
    if begin >= n - round(TAIL * n):
        return Wasted(end, None, 0, 0.0)
    return Wasted(end, begin + 1, n - begin, (n - begin) / n)


def stopped(run: Trajectory, patience: int = PATIENCE) -> int | None:
    """The epoch, from 0, after which early stopping ends the run: ``patience`` epochs in a row without a new lowest
    monitored value. None if it does not.   keras.callbacks.EarlyStopping(patience=10), min_delta 0"""
    best, waited = np.inf, 0
    for epoch, value in enumerate(run.epochs.monitored):
        best, waited = (float(value), 0) if value < best else (best, waited + 1)
        if waited >= patience and epoch:
            return epoch
    return None


def waste(scenario: Scenario, run: Trajectory) -> list[Statement]:
    """How many steps were wasted, and how one would have known."""
    found = wasted(scenario, run)
    texts = {"steps": str(run.steps), "share": f"{found.share:.0%}"}
    if not np.isfinite(found.outcome):
        return [Statement(("waste.all",), {}, texts)]
    numbers = {"outcome": found.outcome, "last": float(last_steps(run.steps)), "wasted": float(found.steps)}
    if found.settled is None:
        return [Statement(("waste.none",), numbers, texts)]
    until = found.settled + part_steps(run.steps) - 1
    rows = ("waste.some",) if until > found.settled else ("waste.at_once",)
    statement = Statement(rows, numbers | {"settled": float(found.settled), "until": float(until)}, texts)
    epoch, numbers = stopped(run), {"patience": float(PATIENCE)}
    if epoch is None:
        return [statement, Statement(("early.goes_on",), numbers, {"monitor": scenario.monitor})]
    numbers |= {"stopped": float(run.epochs.step[epoch]), "best": float(run.epochs.monitored[: epoch + 1].min())}
    return [statement, Statement(("early.stops",), numbers, {"monitor": scenario.monitor})]
