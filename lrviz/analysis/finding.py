"""How a good rate is found: what is read from one run whose rate grows, and which of two knobs matters. Pure.

The range test is that of Smith (2017), arXiv 1506.01186. Its four suggestions, the smoothing, the stop and what is left
out at both ends are those of ``Learner.lr_find`` in fastai 2 (``fastai/callback/schedule.py``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lrviz.trajectory import Trajectory

SMOOTHING = 0.98
"""The weight of what was before in the smoothed loss."""
STOPS_ABOVE = 4.0
"""The test ends where the smoothed loss is so many times its lowest so far."""
SKIPPED_PART, SKIPPED_LAST = 10, 5
"""Before a rate is suggested a tenth of the steps is left out at the beginning, and five at the end."""
SLIDE_GAP, SLIDE_THRESHOLD = 15, 0.005
FEWEST = 3
"""From fewer steps nothing is suggested."""


# The range test -------------------------------------------------------------------------------------------------------


class Sweep(NamedTuple):
    """What a range test sees, step by step, as long as it goes on.   all (n,)

    rates; losses: above the floor, where the gradient of the step was taken; smooth: the same, smoothed. steps: of the
    whole test, of which the rest is not taken.
    """

    rates: np.ndarray
    losses: np.ndarray
    smooth: np.ndarray
    steps: int

    @property
    def used(self) -> slice:
        """What suggestions are made from."""
        return slice(self.steps // SKIPPED_PART, max(len(self.rates) - SKIPPED_LAST, 0))


def smoothed(losses: np.ndarray, weight: float = SMOOTHING) -> np.ndarray:
    """s_t = v_t/(1 - w^(t+1)) with v_t = w v_{t-1} + (1 - w) l_t, v_{-1} = 0.   (n,) -> (n,)"""
    held, found = 0.0, np.empty(len(losses))
    for t, loss in enumerate(losses.tolist()):
        held = weight * held + (1 - weight) * loss
        found[t] = held / (1 - weight ** (t + 1))
    return found


def sweep(run: Trajectory, floor: float) -> Sweep:
    """The range test that this run is: up to the first step whose smoothed loss is above ``STOPS_ABOVE`` times the
    lowest so far, or is no number."""
    rates, losses = run.learning_rate, run.loss[:-1] - floor
    with np.errstate(over="ignore", invalid="ignore"):
        smooth = smoothed(losses)
        lowest = np.minimum.accumulate(np.where(np.isnan(smooth), np.inf, smooth))
        beyond = np.flatnonzero(~(smooth <= STOPS_ABOVE * lowest))
    end = int(beyond[0]) + 1 if beyond.size else run.steps
    finite = end - (not np.isfinite(smooth[end - 1]))
    return Sweep(rates[:finite], losses[:finite], smooth[:finite], run.steps)


def steep(rates: np.ndarray, losses: np.ndarray) -> float:
    """Where the loss falls fastest: argmin_i (l_{i+1} - l_i)/(log r_{i+1} - log r_i)."""
    return float(rates[np.argmin(np.diff(losses) / np.diff(np.log(rates)))])


def minimum(rates: np.ndarray, losses: np.ndarray) -> float:
    """A tenth of the rate at which the loss is lowest."""
    return float(rates[np.argmin(losses)]) / 10


def valley(rates: np.ndarray, losses: np.ndarray) -> float:
    """Half of the way down the longest falling row of losses, others left out: one and a half thirds after its
    beginning."""
    ends: list[float] = []  # minus the highest loss that ends a falling row of 1, 2, ... losses
    first = last = 0
    for i, loss in enumerate(losses.tolist()):
        count = bisect_left(ends, -loss) + 1
        if count > max(len(ends), 1):
            first, last = i - count, i
        ends[count - 1 : count] = [-loss]
    third = (last - first) / 3
    return float(rates[first + int(third) + int(third / 2)])


def slide(rates: np.ndarray, losses: np.ndarray) -> float:
    """Two points, ``SLIDE_GAP`` apart, go back together from the end while the slopes of the loss there, a step each,
    differ by more than ``SLIDE_THRESHOLD``; the rate of the left one then. The first rate where there is no room."""
    slope, right = np.gradient(losses), len(losses) - 1
    found = float(rates[max(right - SLIDE_GAP, 0)])
    while right >= SLIDE_GAP and abs(slope[right] - slope[right - SLIDE_GAP]) > SLIDE_THRESHOLD:
        found = float(rates[right - SLIDE_GAP])
        right -= 1
    return found


SUGGESTIONS: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], float]]] = {
    "steep": ("Steepest", steep),
    "minimum": ("Minimum / 10", minimum),
    "valley": ("Valley", valley),
    "slide": ("Slide", slide),
}
"""By fastai's name: the name on the page, and the function of rates (n,) and losses (n,)."""


def suggestions(seen: Sweep) -> dict[str, float]:
    """The rates that are read from a range test, by the keys of ``SUGGESTIONS``; none from too few steps."""
    rates, losses = seen.rates[seen.used], seen.smooth[seen.used]
    if len(rates) < FEWEST:
        return {}
    return {key: suggest(rates, losses) for key, (_, suggest) in SUGGESTIONS.items()}


# One of two knobs -----------------------------------------------------------------------------------------------------


class Effects(NamedTuple):
    """Of the variance of what a map shows: the share that goes with x alone, with y alone, and with both together."""

    x: float
    y: float
    both: float


def effects(values: np.ndarray) -> Effects:
    """How much of a map z (ny, nx) each axis explains: Var_x(mean_y z)/Var z, Var_y(mean_x z)/Var z, and the rest.

    The functional analysis of variance of a full grid; Hutter, Hoos & Leyton-Brown (2014), An Efficient Approach for
    Assessing Hyperparameter Importance. All 0 where z is the same everywhere.
    """
    whole = float(np.var(values))
    if not whole:
        return Effects(0.0, 0.0, 0.0)
    x, y = float(np.var(values.mean(axis=0))) / whole, float(np.var(values.mean(axis=1))) / whole
    return Effects(x, y, max(1 - x - y, 0.0))
