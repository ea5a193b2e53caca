"""Is each step short enough for the surface on which it is taken?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.analysis.path import FLAT, Path
from lrviz.analysis.stability import bound_of, dynamics_of, radius

TAIL = 12
"""Steps from which a contraction is measured."""


@dataclass(frozen=True)
class Gauge:
    """curvature (N,): the largest eigenvalue of the Hessian where each step begins; lowest (N,): the smallest, below 0
    where the surface curves downwards along some direction; product (N,): rate times curvature; most: the largest
    product of a step that begins on the map, of any step if none does, None if none is finite; limit: what
    the product must stay below for a quadratic to be stable, None for an optimizer without such a bound and where the
    gradient is clipped. It is for where the surface curves up: where it curves downwards, each step leads further away
    at any rate.
    predicted: what the slowest mode is multiplied by a step, at the last rate, on the quadratic that touches the
    surface at the end: the spectral radius of the update. measured: the same from the last steps of the run. Both None
    where that quadratic is no good description (see ``_trusted``), measured also where noise hides it. leaves: is a
    point of the run off the map?
    LeCun et al. (1998), Efficient BackProp; Cohen et al. (2021), arXiv 2103.00065, on the edge of stability.
    """

    curvature: np.ndarray
    lowest: np.ndarray
    product: np.ndarray
    most: float | None
    limit: float | None
    predicted: float | None
    measured: float | None
    leaves: bool

    @property
    def downwards(self) -> int:
        """At so many steps the surface curves downwards along some direction, and by more than rounding."""
        return int((self.lowest < -FLAT * np.abs(self.curvature)).sum())


def gauge(path: Path) -> Gauge:
    """The steps of a run measured against the surface below them."""
    scenario = path.scenario
    lowest, curvature = np.full((2, path.run.steps), np.nan)
    for values, known in ((lowest, path.values[:, 0]), (curvature, path.values[:, 1])):
        values[: len(known)] = known[: path.run.steps]
    chosen = dynamics_of(scenario)
    limit = bound_of(scenario)
    predicted = measured = None
    if path.n > 0 and _trusted(path):
        measured = _measured(path)
        if chosen is not None:
            predicted = float(radius(*chosen, path.rate[-1] * path.values[-1]).max())
    product = path.run.learning_rate * curvature
    off = ~((path.x >= path.low) & (path.x <= path.high))
    return Gauge(curvature, lowest, product, _most(path, product), limit, predicted, measured, bool(off.any()))


def _most(path: Path, product: np.ndarray) -> float | None:
    at = path.run.x[: len(product)]
    on_map = ((at >= path.low) & (at <= path.high)).all(axis=1)
    known = np.isfinite(product)
    chosen = product[known & on_map] if (known & on_map).any() else product[known]
    return float(chosen.max()) if chosen.size else None


def _trusted(path: Path) -> bool:
    """Does the quadratic that touches the surface at the end have a minimum, and the surface its curvature there?"""
    values, axes = path.values[-1], path.axes[-1]
    if not values[0] > 0:
        return False
    minimum = path.x[-1] - axes.T @ (axes @ path.grad[-1] / values)
    there, _ = path.scenario.surface_row.curvature(path.scenario.coef, minimum)
    return bool(np.allclose(there, values, rtol=0.01, atol=0))


def _measured(path: Path) -> float | None:
    """The largest factor a step among the modes of both axes, or None if the last steps are no such modes."""
    begin = path.n - int(np.argmax(np.append(path.rate[::-1] != path.rate[-1], True)))
    least = 1e-9 * float(np.hypot(*path.grad.T).max())
    tails = [_tail(path.grad[begin:] @ axis, least) for axis in path.axes[-1]]
    factors = [_factor(tail) for tail in tails if len(tail) >= TAIL // 2]  # an axis that dies sooner is the faster one
    found = [factor for factor in factors if factor is not None]
    return max(found) if found and len(found) == len(factors) else None


def _tail(slope: np.ndarray, least: float) -> np.ndarray:
    """The last ``TAIL`` steps before rounding shows: while the slope is above 1e-6 of its largest.   slope: (m,)"""
    sizes = np.abs(slope)
    if not sizes.max() > least:
        return slope[:0]
    last = int(np.flatnonzero(sizes >= 1e-6 * sizes.max())[-1])
    return slope[max(0, last - TAIL) : last + 1]


def _factor(slope: np.ndarray) -> float | None:
    """The larger |root| of the recurrence s[k + 1] = a s[k] + b s[k - 1] that the slopes obey, None if they do not.

    By least squares: two modes, real or turning, are found exactly. Prony's method.   slope: (m,)
    """
    slope = slope / np.abs(slope).max()
    lagged, ahead = np.stack([slope[1:-1], slope[:-2]], axis=1), slope[2:]
    (a, b), *_ = np.linalg.lstsq(lagged, ahead, rcond=1e-8)
    if np.abs(lagged @ (a, b) - ahead).max() > 1e-3 * np.abs(ahead).max():
        return None
    return float(np.abs(np.roots([1, -a, -b])).max())
