"""What counted as an improvement, and what did not."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from lrviz.knob import apart, digits
from lrviz.replay.findings.case import Case, Finding, rounded_down

LONE = 3.0
"""A best is alone if it lies so many times the usual step below all that follow."""


def _relative_below_zero(case: Case) -> Iterator[Finding]:
    """best (1 - threshold) lies above a negative best."""
    at = np.flatnonzero(case.made.improved & np.isfinite(case.before) & (case.low >= case.before))
    if not at.size:
        return
    times = f"{at.size} {case.unit}{'s' * (at.size > 1)} counted as better without a {case.better} {case.monitor}"
    sign = "+" if case.replay.rising and case.framework == "pytorch" else "−"
    formula = f"best × (1 {sign} {case.tolerance})"
    yield Finding(
        "relative_below_zero",
        int(at[0]) + 1,
        f"{times}: {formula} is easier to beat than a negative best, so a flat {case.monitor} is never cut.",
        'Set threshold_mode="abs".' if case.framework == "pytorch" else "Set rtol=0 and an atol above 0.",
    )


def _fell_too_little(case: Case) -> Iterator[Finding]:
    """A cut in an epoch that was better than the best, by less than is asked for."""
    at = [epoch for epoch in case.cuts if case.low[epoch] < case.before[epoch] and not case.made.improved[epoch]]
    if not at:
        return
    epoch, key = at[0], case.tolerance
    best, now = apart(case.sign * float(case.before[epoch]), case.value(epoch))
    gain = float(case.before[epoch] - case.low[epoch])
    verb = "rose" if case.replay.rising else "fell"
    relative = key == "rtol" or case.numbers.get("threshold_mode") == "rel"
    largest = gain / abs(float(case.before[epoch])) if relative and case.before[epoch] else gain
    part = " of the best" if relative else ""
    more = f" So did {len(at) - 1} more." if len(at) > 1 else ""
    yield Finding(
        "improvement_too_small",
        epoch + 1,
        f"The cut after {case.when(epoch + 1)} came while {case.monitor} {verb} from {best} to {now}: that is less"
        f" than {key}, {digits(float(case.numbers[key]))}{part}, and so no improvement.{more}",
        f"Set {key} to {rounded_down(largest)} or less.",
    )


def _lone_best(case: Case) -> Iterator[Finding]:
    """A best far below all that follows, without which the first cuts would not have come."""
    usual = _median(np.abs(np.diff(case.low)))
    bests = np.flatnonzero(case.made.improved)
    for epoch in case.cuts[:3]:
        best = int(bests[np.searchsorted(bests, epoch, side="right") - 1]) if bests.size else 0
        if not 0 < best < epoch:
            continue
        after = case.low[best + 1 : epoch + 1]
        after = after[np.isfinite(after)]
        gap = float(after.min() - case.low[best]) if after.size else 0.0
        if not LONE * max(usual, _median(np.abs(np.diff(after)))) < gap < math.inf:
            continue
        without = case.replay.history.values.copy()
        without[best] = math.nan
        other = case.decided_on(without)
        if not other.cut[epoch]:
            later = np.flatnonzero(other.cut[epoch:])
            then = f"come after {case.when(int(later[0]) + epoch + 1)}" if later.size else "not come"
            yield Finding(
                "lone_best",
                best + 1,
                f"The best, {digits(case.value(best))} in {case.when(best + 1)}, is alone: the next {epoch - best} are"
                f" {digits(gap)} {case.worse} or more. Without it the cut after {case.when(epoch + 1)} would {then}.",
                f"Monitor a smoother value, such as a mean over {case.unit}s, or set a larger patience.",
            )
            return


def _median(values: np.ndarray) -> float:
    """Of those that are finite, 0 if none is."""
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else 0.0


def _best_beyond_beating(case: Case) -> Iterator[Finding]:
    """NaN as Keras's first best, or an infinite one: nothing is ever better."""
    best = case.sign * case.made.best
    stuck = np.isneginf(best) | (np.isnan(best) if case.framework == "keras" else False)
    if np.any(stuck):
        epoch = int(np.argmax(stuck))
        yield Finding(
            "best_beyond_beating",
            epoch + 1,
            f"Since {case.when(epoch + 1)} the best is {digits(float(case.made.best[epoch]))}: nothing is"
            f" {case.better}.",
            "Find out where it comes from, and start the rule after it.",
        )


KINDS = (_relative_below_zero, _fell_too_little, _lone_best, _best_beyond_beating)
