"""The plateau rules once more, as the loops of the frameworks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Epoch(NamedTuple):
    """One look of the rule: what it saw, what that had to be below, what it made of it; the rate before and after."""

    step: int
    now: float
    best: float
    bar: float
    improved: bool
    counted: int
    cut: bool
    dropped: bool
    old: float
    new: float


def looked(scenario, run):
    """The rule over the losses of a run, in plain Python. keras.callbacks and torch.optim.lr_scheduler."""
    keras, length = scenario.framework == "keras", scenario.steps_per_epoch
    patience, cooldown = scenario["patience"], scenario["cooldown"]
    tolerance = scenario["min_delta" if keras else "threshold"]
    rate, best, wait, cooldown_left, rows = scenario.alpha, None if keras else np.inf, 0, 0, []
    for k in range(scenario.steps // length):
        losses = run.loss[k * length : (k + 1) * length + 1]
        now = float(losses[-1]) if scenario.monitor == "val_loss" else summed(losses[:-1]) / length
        if scenario.on_top:  # the schedule has moved it
            rate = float(run.learning_rate[(k + 1) * length - 1])
        lower = max(rate * scenario["factor"], scenario["min_lr"])
        before, counted, cut, dropped = best, 0, False, False
        if keras:
            bar = np.inf if best is None else best - tolerance
            if cooldown_left > 0:
                cooldown_left, wait = cooldown_left - 1, 0
            improved = best is None or now + tolerance < best
            if improved:
                best, wait = now, 0
            elif cooldown_left <= 0:
                wait += 1
                counted = wait
                if wait >= patience and np.float32(rate) > np.float32(scenario["min_lr"]):
                    cut, cooldown_left, wait = True, cooldown, 0
        else:
            bar = best * (1 - tolerance) if scenario["threshold_mode"] == "rel" else best - tolerance
            improved = now < bar
            best, wait = (now, 0) if improved else (best, wait + 1)
            if cooldown_left > 0:
                cooldown_left, wait = cooldown_left - 1, 0
            counted = wait
            if wait > patience:
                cut = rate - lower > scenario["eps"]
                dropped = not cut and rate > lower
                cooldown_left, wait = cooldown, 0
        rows.append(
            Epoch((k + 1) * length, now, np.nan if before is None else before, bar, improved, counted, cut, dropped,
                  rate, lower if cut else rate)
        )  # fmt: skip
        rate = rows[-1].new
    return rows


def summed(losses):
    """One after the other, as a running mean does."""
    total = 0.0
    for loss in losses:
        total += float(loss)
    return total
