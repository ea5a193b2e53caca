"""The scale of a map's colours: from which value to which, and where its lines of equal value are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from lrviz.maps.shown import Shown

DECADES = 12
"""Of a logarithmic scale at most: 1e-12 of its upper end is the bottom, within rounding."""
OUTLIERS = 0.01
"""Part of the cells that may lie beyond either end."""


class Span(NamedTuple):
    """The ends of a scale. ``lost``, for two sides: those of the other one."""

    low: float
    high: float
    lost: tuple[float, float] | None = None


def span(shown: Shown, values: np.ndarray, start_loss: float) -> Span:
    """The ends that suit these cells. Of a logarithmic scale they are powers of ten, unless all cells lie closer."""
    if shown.palette == "sides":
        converged, diverged = _ends(-values[values < 0], True), _ends(values[values > 0], True)
        return Span(*converged, diverged)
    if shown.palette == "kinds":
        return Span(0, max(float(np.nanmax(values, initial=0)), 1))
    if shown.unit == "%":
        return Span(0, 1)
    seen = values[np.isfinite(values)]
    if shown.unit == "steps" and not seen.size:
        return Span(1, 10)  # of no use, but numbers of steps
    if shown.lost:
        seen = np.minimum(seen, start_loss)  # above it a run has left, or is about to
    return Span(*_ends(seen, shown.scale == "log"))


def _ends(seen: np.ndarray, log: bool) -> tuple[float, float]:
    seen = seen[seen > 0] if log else seen
    if not seen.size:
        return (1e-3, 1.0) if log else (0.0, 1.0)
    low, high = (float(end) for end in np.quantile(seen, (OUTLIERS, 1 - OUTLIERS)))
    if not log:
        return (low, high) if high > low else (low - 0.5, high + 0.5)
    if high < 10 * low:  # a part of one decade, deep in a zoom
        return (low, high) if high > low * (1 + 1e-6) else (low / 2, low * 2)
    top = 10.0 ** math.ceil(math.log10(high) - 1e-9)
    return max(10.0 ** math.floor(math.log10(low) + 1e-9), top * 10.0**-DECADES), top


def position(values: np.ndarray, low: float, high: float, log: bool) -> np.ndarray:
    """Where values lie between the ends, 0 to 1, held at both; nan and infinite ones stay."""
    if log:
        values = np.log10(np.maximum(values, low))
        low, high = math.log10(low), math.log10(high)
    place = (values - low) / (high - low)
    return np.where(np.isfinite(values), np.clip(place, 0, 1), values)


def levels(low: float, high: float, log: bool) -> list[float]:
    """Where lines of equal value are drawn: each power of ten inside, or about eight round numbers."""
    if log:
        first, last = math.ceil(math.log10(low) + 1e-9), math.floor(math.log10(high) - 1e-9)
        if last > first:
            return [10.0**k for k in range(first, last + 1)]
    step = 10.0 ** math.floor(math.log10((high - low) / 8))
    step *= next(m for m in (1, 2, 5, 10) if m * step >= (high - low) / 8 * 0.999)
    return [k * step for k in range(math.floor(low / step) + 1, math.ceil(high / step))]
