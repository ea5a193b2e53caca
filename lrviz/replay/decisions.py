"""What a plateau rule decides on recorded values, exact in every epoch; Keras's EarlyStopping; and what other settings
would have decided.

The improvements are found first, in one pass, for only the best value sets the bar; then the cuts, by jumps from one
due epoch to the next. The same rules one epoch at a time, as the engine compiles them, are in ``plateau``; a test holds
both to the same decisions.

Values that are to rise are negated and the result is negated back. That is exact: -a < -b is a > b, and rounding is
symmetric.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lrviz.replay.rules import RULES, TOLERANCE, Machine, Numbers, keras


class Decisions(NamedTuple):
    """What a rule decided, each (n,), an entry an epoch.

    learning_rate, best, wait, cooldown: after the epoch's decision; wait is PyTorch's ``num_bad_epochs`` and optax's
    ``plateau_count``. threshold: what the value had to be below (above in mode max). due: bad epochs enough for a cut,
    whether or not it was made. seen: what the rule looked at, the value or optax's mean; NaN where it did not look.
    """

    learning_rate: np.ndarray
    best: np.ndarray
    threshold: np.ndarray
    wait: np.ndarray
    cooldown: np.ndarray
    improved: np.ndarray
    due: np.ndarray
    cut: np.ndarray
    seen: np.ndarray


@np.errstate(all="ignore")  # what overflows is inf, as in the frameworks
def decide(
    framework: str,
    values: np.ndarray,
    numbers: Numbers,
    rate: float,
    *,
    rising: bool = False,
    float32: bool = False,
    resume_after: int | None = None,
) -> Decisions:
    """What the rule decides in each epoch.   values: (n,) float64.

    numbers: a value for each knob of the rule. rising: mode max. resume_after: after so many epochs a fresh rule goes
    on: the rate stays, best and wait are forgotten; but optax keeps the scale with them, and the rate is the first one
    again.
    """
    rule = RULES[framework]
    values = np.asarray(values, float)
    sign = -1.0 if rising else 1.0
    if rising and numbers.get("threshold_mode") == "rel":
        numbers = {**numbers, "threshold": -numbers["threshold"]}  # best (1 + threshold), negated
    parts: list[Decisions] = []
    for begin, end in pairwise(_ends(len(values), resume_after)):
        machine = rule.machine(numbers, rate, float32)
        size = int(numbers.get("accumulation_size", 1))
        parts.append(_by_groups(machine, sign * values[begin:end], size, float32))
        if not rule.restart and end > begin:
            rate = float(parts[-1].learning_rate[-1])
    whole = Decisions(*(np.concatenate(fields) for fields in zip(*parts, strict=True)))
    return whole._replace(best=sign * whole.best, threshold=sign * whole.threshold, seen=sign * whole.seen)


def _ends(n: int, resume_after: int | None) -> tuple[int, ...]:
    """Where a rule begins or ends among n epochs."""
    return (0, *((resume_after,) if resume_after and resume_after < n else ()), n)


def improvements(machine: Machine, values: np.ndarray) -> tuple[list[int], list[float]]:
    """The epochs that improve, and the bars: before the first of them and after each."""
    seen = machine.seen(values).tolist()

    def bar_of(epoch: int) -> float:
        return float(machine.bar(values[epoch : epoch + 1])[0])

    after: Callable[[int], float] = bar_of if machine.one_by_one else machine.bar(values).tolist().__getitem__
    found, bars, bar = [], [], machine.first
    if bar is None:
        bar = math.inf
        if seen:
            found, bars, bar = [0], [math.inf], after(0)
    bars.append(bar)
    for epoch in range(len(found), len(seen)):
        if seen[epoch] < bar:
            bar = after(epoch)
            found.append(epoch)
            bars.append(bar)
    return found, bars


def due_epochs(machine: Machine, bad: np.ndarray) -> tuple[list[int], list[float]]:
    """The epochs in which a cut is due, and the levels: the first and the one after each.

    bad: (n,), how many epochs in a row, up to each, were no improvement.
    """
    n, jump = len(bad), machine.pause + max(machine.needed, 1) - 1
    ready = bad >= machine.needed if machine.needed else bad == 0
    nearest = np.minimum.accumulate(np.where(ready, np.arange(n), n)[::-1])[::-1].tolist()
    nearest += [n] * (jump + machine.needed)  # nearest[t]: the first epoch from t on that has enough bad ones behind it
    due, level, levels, changes = [], machine.level, [machine.level], True
    epoch = nearest[max(machine.needed - 1, 0)] if n else n
    while epoch < n:
        if changes:  # a level that a due cut leaves as it is stays for good
            lower = machine.lower(level)
            if lower is None:
                break
            changes, level = lower != level, lower
        due.append(epoch)
        levels.append(level)
        epoch = nearest[epoch + jump]
    return due, levels


def bad_in_a_row(found: Sequence[int], n: int) -> np.ndarray:
    """How many epochs in a row, up to each, were no improvement, if those found were.   -> (n,)"""
    epochs = np.arange(n)
    last = np.full(n, -1)
    last[found] = found
    return epochs - np.maximum.accumulate(last)


def _epoch_by_epoch(machine: Machine, values: np.ndarray) -> Decisions:
    """The decisions where every value is one epoch and lower is better."""
    n = len(values)
    epochs = np.arange(n)
    found, bars = improvements(machine, values)
    bad = bad_in_a_row(found, n)
    due, levels = due_epochs(machine, bad)
    improved, is_due = np.zeros(n, bool), np.zeros(n, bool)
    improved[found], is_due[due] = True, True

    cuts, bests = np.cumsum(is_due), np.cumsum(improved)
    since = epochs - np.array([-machine.pause, *due])[cuts]  # epochs since the last due one
    wait = np.where(is_due, 0, np.clip(np.minimum(bad, since - machine.pause + 1), 0, None))
    first = math.nan if machine.first is None else math.inf
    best = np.concatenate([[first], machine.stored(values[found])])
    thresholds = np.array(bars)
    if machine.threshold is not None:
        thresholds[1:] = machine.threshold(best[1:])
    stairs = np.array(levels)
    lowered = np.append(False, stairs[1:] != stairs[:-1])
    return Decisions(
        learning_rate=machine.rate(stairs)[cuts],
        best=best[bests],
        threshold=thresholds[bests - improved],
        wait=wait,
        cooldown=np.where(cuts > 0, np.clip(machine.cooldown - since, 0, None), 0),
        improved=improved,
        due=is_due,
        cut=is_due & lowered[cuts],
        seen=values,
    )


def _by_groups(machine: Machine, values: np.ndarray, size: int, float32: bool) -> Decisions:
    """The same where only the mean of so many values is looked at; between, everything stays as it is."""
    if size == 1:
        return _epoch_by_epoch(machine, values)
    groups = len(values) // size
    decided = _epoch_by_epoch(machine, _means(values[: groups * size].reshape(groups, size), float32))
    done, left = np.divmod(np.arange(len(values)) + 1, size)  # groups that are complete, values of the next one
    first = (machine.rate(np.array([machine.level]))[0], math.inf, machine.first, 0, 0, False, False, False, math.nan)
    held = Decisions(*(np.concatenate([[begin], field])[done] for begin, field in zip(first, decided, strict=True)))
    ends = left == 0
    happened = {name: ends & getattr(held, name) for name in ("improved", "due", "cut")}
    return held._replace(**happened, seen=np.where(ends, held.seen, math.nan))


def _means(groups: np.ndarray, float32: bool) -> np.ndarray:
    """The running mean of each row as optax computes it: mean <- (count mean + value)/(count + 1).   (g, k) -> (g,)

    Compiled code rounds count mean + value once, which shows from the fourth value on.
    """
    kind = np.float32 if float32 else np.float64
    groups = groups.astype(kind)
    mean = groups[:, 0]
    for count in range(1, groups.shape[1]):
        total = kind(count) * mean + groups[:, count]
        if count > 2:
            finite = np.isfinite(total)
            pairs = zip(mean[finite].tolist(), groups[finite, count].tolist(), strict=True)
            total[finite] = [float(count * Fraction(one) + Fraction(value)) for one, value in pairs]
        mean = total / kind(count + 1)
    return mean.astype(float)


@np.errstate(all="ignore")
def stop_epoch(
    values: np.ndarray,
    patience: int,
    min_delta: float,
    start_from_epoch: int,
    rising: bool,
    float32: bool,
    resume_after: int | None = None,
) -> int | None:
    """The epoch, from 0, after which Keras's EarlyStopping ends the training; None if it does not.

    It judges as ReduceLROnPlateau, from ``start_from_epoch`` on, and ends where that would cut first. Where a training
    is stopped and goes on (``fit(initial_epoch=...)``) it begins anew. keras.callbacks.EarlyStopping, 3.15.
    """
    numbers = {"factor": 0.5, "patience": patience, "cooldown": 0, "min_lr": 0.0, "min_delta": min_delta}
    machine = keras(numbers, 1.0, float32)
    low = (-1.0 if rising else 1.0) * np.asarray(values, float)
    for begin, end in pairwise(_ends(len(low), resume_after)):
        first = max(begin, start_from_epoch)
        seen = low[first:end]
        found, _ = improvements(machine, seen)
        due, _ = due_epochs(machine, bad_in_a_row(found, len(seen)))
        if due:
            return first + due[0]
    return None


class WhatIf(NamedTuple):
    """What other settings would have made of the same values: cuts and the first cut's epoch from 0, -1 for none.

    Each (patiences, tolerances).
    """

    cuts: np.ndarray
    first: np.ndarray


@np.errstate(all="ignore")
def what_if(
    framework: str,
    values: np.ndarray,
    numbers: Numbers,
    rate: float,
    patiences: Sequence[int],
    tolerances: Sequence[float],
    *,
    rising: bool = False,
    float32: bool = False,
    resume_after: int | None = None,
) -> WhatIf:
    """How often the rule would have cut under each patience and tolerance, all else as it is.

    The improvements depend on the tolerance alone and are found once for each.
    """
    rule, sign = RULES[framework], -1.0 if rising else 1.0
    upside_down = sign if numbers.get("threshold_mode") == "rel" else 1.0
    size = int(numbers.get("accumulation_size", 1))
    values, parts = sign * np.asarray(values, float), []
    for begin, end in pairwise(_ends(len(values), resume_after)):
        part = values[begin:end]
        if size > 1:
            groups = len(part) // size
            part = _means(part[: groups * size].reshape(groups, size), float32)
        parts.append((begin, part))
    cuts, first = np.zeros((2, len(patiences), len(tolerances)), int)
    for column, tolerance in enumerate(tolerances):
        own = {**numbers, TOLERANCE[framework]: upside_down * tolerance}
        machine = rule.machine(own, rate, float32)
        bad = [bad_in_a_row(improvements(machine, part)[0], len(part)) for _, part in parts]
        for row, patience in enumerate(patiences):
            made, now = [], rate
            for (begin, _), bad_ones in zip(parts, bad, strict=True):
                machine = rule.machine({**own, "patience": patience}, now, float32)
                due, levels = due_epochs(machine, bad_ones)
                changes = zip(due, pairwise(levels), strict=True)
                made += [begin + (epoch + 1) * size - 1 for epoch, (old, new) in changes if new != old]
                if not rule.restart:
                    now = levels[-1]
            cuts[row, column] = len(made)
            first[row, column] = made[0] if made else -1
    return WhatIf(cuts, first)
