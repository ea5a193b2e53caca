"""Where a run leaves the map, and the part of a step that is on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.surfaces import Domain
from lrviz.trajectory import Trajectory


class Departure(NamedTuple):
    """Where a run leaves the map: the first step that ends outside, the point on the edge, when it comes back."""

    step: int
    edge: tuple[float, float]
    loss: float
    returns: int | None


def departure(run: Trajectory, domain: Domain) -> Departure | None:
    """None if the run stays on the map."""
    low, high = np.array(domain[0::2]), np.array(domain[1::2])
    inside = np.all((run.x >= low) & (run.x <= high), axis=1)  # what is not finite is not inside
    if inside.all():
        return None
    step = int(np.argmin(inside))
    back = np.flatnonzero(inside[step:])
    before, after = run.x[max(step - 1, 0)], run.x[step]
    if step == 0:
        edge = np.clip(after, low, high)
    elif np.isfinite(after).all():
        edge = np.clip(before + span(before, after, low, high)[1] * (after - before), low, high)
    else:
        edge = before
    return Departure(
        step, (float(edge[0]), float(edge[1])), float(run.loss[step]), step + int(back[0]) if back.size else None
    )


def span(before: np.ndarray, after: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """The part of the segment that lies in the box, as two fractions; the first is the larger if none does."""
    begin, end = 0.0, 1.0
    for axis in (0, 1):
        way = after[axis] - before[axis]
        if way == 0:
            if not low[axis] <= before[axis] <= high[axis]:
                return 1.0, 0.0
            continue
        one, other = (low[axis] - before[axis]) / way, (high[axis] - before[axis]) / way
        begin, end = max(begin, min(one, other)), min(end, max(one, other))
    return float(begin), float(end)
