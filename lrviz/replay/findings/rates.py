"""The rate at its floor, and cuts that change nothing or are dropped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import digits, enough_digits
from lrviz.replay.findings.case import Case, Finding, rounded_down
from lrviz.replay.result import SAME_RATE


def _dropped(case: Case) -> Iterator[Finding]:
    """PyTorch makes no cut by eps or less; from the first such on it drops all."""
    if case.framework != "pytorch":
        return
    factor, min_lr, eps = (float(case.numbers[key]) for key in ("factor", "min_lr", "eps"))
    for epoch in np.flatnonzero(case.made.due & ~case.made.cut).tolist()[:1]:
        rate = float(case.made.learning_rate[epoch])
        lower = max(rate * factor, min_lr)
        if lower < rate * (1 - SAME_RATE):  # else it is at its floor, but for rounding
            old, new, bound = _dropped_digits(rate, lower, eps)
            yield Finding(
                "eps",
                epoch + 1,
                f"From {case.when(epoch + 1)} on PyTorch drops each cut: from {old} to {new} is no more than eps,"
                f" {bound}.",
                f"Set eps to {rounded_down(rate - lower)} or less.",
            )


def _dropped_digits(rate: float, lower: float, eps: float) -> list[str]:
    """In as many digits as it takes for what is said to hold."""
    return enough_digits((rate, lower, eps), lambda rounded, _: 0 < rounded[0] - rounded[1] <= rounded[2] == eps)


def _floor(case: Case) -> Iterator[Finding]:
    """Since when is the rate as low as it may be?"""
    key = "min_scale" if case.framework == "optax" else "min_lr"
    low = float(case.numbers[key]) * (case.replay.rate if case.framework == "optax" else 1.0)
    at = np.flatnonzero(case.made.learning_rate <= low * (1 + SAME_RATE))
    if not low or not at.size:
        return
    epoch = int(at[0])
    lowest = "its lowest" if case.framework == "optax" else key
    if case.replay.rate <= low * (1 + SAME_RATE):
        sentence = f"The rate begins at {lowest}, {digits(low)}, or below it: there is never a cut."
    else:
        sentence = f"The rate is at {lowest}, {digits(low)}, since {case.when(epoch + 1)}."
    yield Finding("floor", epoch + 1, sentence, f"Set a lower {key}, a factor nearer to 1 or a larger patience.")


def _rounded_floor(case: Case) -> Iterator[Finding]:
    """A cut that float32 alone makes: the rate was rounded to a little above its floor."""
    rates = np.concatenate([[case.replay.rate], case.made.learning_rate])
    for epoch in case.cuts:
        if case.framework == "keras" and rates[epoch + 1] > rates[epoch] * (1 - SAME_RATE):
            yield Finding(
                "float32_floor",
                epoch + 1,
                f"The cut announced after {case.when(epoch + 1)} changes nothing but rounding: in float32 the rate"
                f" stood a little above min_lr, {digits(float(case.numbers['min_lr']))}.",
                "There is nothing to set: it is the last one.",
            )


KINDS = (_dropped, _floor, _rounded_floor)
