"""Where the sharpness of a loss goes while a network trains, beside the edge that its rate sets. Pure.

Descent on the whole data, and with momentum, is stable on a quadratic whose curvature is below bound/rate. A network's
sharpness, the largest curvature of its loss, rises to that edge by itself and stays about there. Cohen, Kaur, Li,
Kolter & Talwalkar (2021), Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability,
arXiv 2103.00065.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

LAST_PART = 4
"""What a stretch ends with is measured over its last quarter."""
TOLERANCE = 0.1
"""Within this part of the edge the sharpness is at it."""

Where = Literal["below", "hovers", "above", "gone"]


class Stretch(NamedTuple):
    """Epochs, from 1, that follow each other with one rate, and the sharpness after each.

    first: the sharpness after epoch ``begin``. edge: bound/rate. reached: the first epoch after which it is at the edge
    or above; None if there is none. counted: epochs of the last part; mean, spread: over these, of sharpness times
    rate, and its standard deviation; nan where one of these is not finite.
    """

    begin: int
    end: int
    rate: float
    bound: float
    first: float
    reached: int | None
    counted: int
    mean: float
    spread: float

    @property
    def edge(self) -> float:
        """The sharpness at which this rate is at its limit."""
        return self.bound / self.rate

    @property
    def height(self) -> float:
        """The mean of the sharpness over the last part."""
        return self.mean / self.rate

    @property
    def where(self) -> Where:
        """At the edge, below or above it in the last part; gone where that has no numbers."""
        if not np.isfinite(self.mean):
            return "gone"
        part = self.mean / self.bound
        return "below" if part < 1 - TOLERANCE else "above" if part > 1 + TOLERANCE else "hovers"


def turns_of(rate: np.ndarray) -> list[int]:
    """The places at which a rate is another one than before, the first among them.   rate: (E,)"""
    return [0, *(1 + np.flatnonzero(np.diff(rate))).tolist()]


def stretches(rate: np.ndarray, sharpness: np.ndarray, bound: float) -> list[Stretch]:
    """A training cut where its rate changes.   rate (E,); sharpness (E,): nan where it was not computed, inf where the
    training has left the finite"""
    begins = turns_of(rate)
    ends = [*begins[1:], len(rate)]
    return [_stretch(begin, end, float(rate[begin]), sharpness, bound) for begin, end in zip(begins, ends, strict=True)]


def _stretch(begin: int, end: int, rate: float, sharpness: np.ndarray, bound: float) -> Stretch:
    known = begin + np.flatnonzero(np.isfinite(sharpness[begin:end]))
    at_edge = known[sharpness[known] * rate >= bound]
    count = max((end - begin) // LAST_PART, 1)
    late = sharpness[end - count : end]
    late = late[~np.isnan(late)] * rate
    fine = len(late) and np.isfinite(late).all()
    return Stretch(
        begin + 1,
        end,
        rate,
        bound,
        first=float(sharpness[known[0]]) if len(known) else np.nan,
        reached=int(at_edge[0]) + 1 if len(at_edge) else None,
        counted=count,
        mean=float(late.mean()) if fine else np.nan,
        spread=float(late.std()) if fine else np.nan,
    )
