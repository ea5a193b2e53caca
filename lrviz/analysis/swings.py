"""Where a run passes the floor of a valley: once, and again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lrviz.analysis.events import Event, event
from lrviz.analysis.path import Path

PERIODS = 3
"""So many full periods must a swing have to be one, twice as many if there is noise."""
STEADY, COARSE = 0.03, 0.2
"""The widths of a swing follow one ratio to within so much, as a part of each; with a period above 2, between whose
turning points and the nearest steps there is a gap, to within at most the larger."""
LARGEST, SMALLEST = 4.0, 0.25
"""From one swing to the next: what grows or shrinks faster is no swing to the eye."""
ALIKE = 0.1
"""Curvatures that differ by less than this part have no steep and no flat direction."""
TURN = 0.9
"""The cosine up to which two axes are the same direction."""


def _alike(values: np.ndarray) -> bool:
    return bool(abs(values[1] - values[0]) <= ALIKE * np.abs(values).max())


def overshoots(path: Path) -> Iterator[Event]:
    """The first step that passes the floor of a valley on the steep axis, and the first on the flat one.

    With the curvature between the ends of the step, plain descent passes the floor iff rate times curvature is above 1,
    on any surface: its slope is multiplied by 1 - alpha lambda.
    """
    plain = path.scenario.optimizer == "gradient_descent"
    for axis in (1, 0):
        at = np.flatnonzero((path.passed & (path.past > 0.01 * np.abs(path.moved)))[:, axis])
        if not at.size:
            continue
        k = int(at[0])
        where = "" if _alike(path.values[k]) else (" in its flat direction", " in its steep direction")[axis]
        numbers = {"past": float(path.past[k, axis]), "curvature": float(path.secant[k, axis])}
        product = float(path.rate[k]) * numbers["curvature"]
        rows: tuple[str, ...] = ("overshoot",)
        if plain and product > 1:
            numbers |= {"product": product, "bound": 1.0}
            rows += ("overshoot.bound",)
        yield event("overshoot", k + 1, None, rows, numbers, ("flat", "steep")[axis], where=where)


class Swing(NamedTuple):
    """The point of a swing where it first and last turns, its period in steps, the ratio of one width to the last."""

    begin: int
    end: int
    period: float
    ratio: float


def swings(path: Path) -> list[Event]:
    """Where the run passes the floor of a valley again and again, on each axis.

    A swing is measured by its turning points along one direction, an axis of the valley (``_curvatures``): the width
    is the distance from one to the next, the period the time of two of them. For descent on a quadratic they are
    multiplied by |1 - alpha lambda| and 2; with momentum by about r^(pi/theta) and 2 pi/theta, r e^(i theta) the
    eigenvalue of the update. Goh (2017).
    """
    found: list[Swing] = []
    events = []
    least = 2 * PERIODS * (1 + (path.scenario.noise > 0))
    for axis in (1, 0):
        for at in _episodes(path, axis, least + 1):
            begin, end = int(at[0]), int(at[-1]) + 2
            line = _nearest(_curvatures(path, path.x[begin:end]), path.axes[at, axis])
            swing = None if line is None else _swing(path.x[begin:end] @ line[1], begin, least)
            if swing is None or any(_same(swing, other) for other in found):
                continue
            curvatures = _curvatures(path, path.x[max(swing.begin - 1, 0) : swing.end + 2])
            which = _nearest(curvatures, line[1][None]) if line else None
            if which is not None:
                found.append(swing)
                events.append(_swing_event(swing, "" if _alike(curvatures[0]) else ("flat", "steep")[which[0]]))
    return events


def _nearest(curvatures: tuple[np.ndarray, np.ndarray], lines: np.ndarray) -> tuple[int, np.ndarray] | None:
    """The axis of a valley along which all these lines (k, 2) lie: which it is, and its direction; None if there is
    none, or the surface does not curve up along it."""
    values, axes = curvatures
    which = int(np.argmax(np.abs(axes.T @ lines[len(lines) // 2])))
    same = (np.abs(lines @ axes[:, which]) >= TURN).all()
    return (which, axes[:, which]) if values[which] > 0 and same else None


def _curvatures(path: Path, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curvatures and axes of the minimum about which these points lie, or in their middle where no minimum is known."""
    surface, coef, middle = path.scenario.surface_row, path.scenario.coef, points.mean(axis=0)
    known = np.array(surface.minima(coef), float).reshape(-1, 2)
    nearest = known[np.argmin(np.hypot(*(known - middle).T))]
    inside = np.hypot(*(nearest - middle)) <= np.hypot(*(points - middle).T).max()
    return surface.curvature(coef, nearest if inside else middle)


def _swing_event(swing: Swing, which: str) -> Event:
    begins = {"": "swing.round", "flat": "swing.along", "steep": "swing.across"}[which]
    detail = "steady" if abs(swing.ratio - 1) < 1e-3 else "growing" if swing.ratio > 1 else "shrinking"
    rows = (begins, "swing.period", "swing.steady" if detail == "steady" else "swing.ratio")
    numbers = {"period": swing.period, "ratio": swing.ratio}
    return event("oscillation", swing.begin, swing.end, rows, numbers, detail)


def _same(one: Swing, other: Swing) -> bool:
    apart = one.begin > other.end or other.begin > one.end
    return not apart and abs(one.period / other.period - 1) < 0.05


def _episodes(path: Path, axis: int, least: int) -> Iterator[np.ndarray]:
    """Steps that pass the floor on this axis, at about equal distances and in about one direction, at least so many."""
    at = np.flatnonzero(path.passed[:, axis])
    if len(at) < least:
        return
    gaps = np.diff(at)
    uneven = np.abs(np.diff(gaps)) > 1 + 0.5 * np.minimum(gaps[1:], gaps[:-1])
    lines = path.axes[at, axis]
    turned = np.abs(np.einsum("ti,ti->t", lines[1:], lines[:-1])) < TURN
    parts = np.split(at, sorted({*(np.flatnonzero(uneven) + 2), *(np.flatnonzero(turned) + 1)}))
    yield from (part for part in parts if len(part) >= least)


def _swing(place: np.ndarray, begin: int, least: int) -> Swing | None:
    """The longest part of these places along a line that swings steadily: ``least`` widths or more, None if there is no
    such part.   place: (m,), that of step ``begin`` first"""
    way = np.diff(place)
    turns = np.flatnonzero(way[1:] * way[:-1] < 0) + 1  # points, where the way turns round
    times = turns + way[turns - 1] / (way[turns - 1] - way[turns]) - 0.5  # as if its speed changed evenly
    if len(turns) <= least:
        return None
    widths = np.abs(np.diff(place[turns]))
    for size in range(len(widths), least - 1, -max(1, len(widths) // 16)):
        for first in range(0, len(widths) - size + 1, max(1, len(widths) // 16)):
            gaps = np.diff(times[first : first + size + 1])
            period = float(2 * gaps.mean())
            period = 2.0 if (np.diff(turns[first : first + size + 1]) == 1).all() else period
            ratio = _steady(widths[first : first + size], period)
            if ratio is not None and period >= 2 and gaps.max() <= 1.5 * max(gaps.min(), 1.0):
                return Swing(begin + int(turns[first]), begin + int(turns[first + size]), period, ratio)
    return None


def _steady(widths: np.ndarray, period: float) -> float | None:
    """The ratio of each width to the one before, if all follow one."""
    if not (widths > 0).all():
        return None
    sizes, k = np.log(widths), np.arange(len(widths))
    slope, level = np.polyfit(k, sizes, 1)
    allowed = min(STEADY + (1 - np.cos(np.pi / period)) * (period > 2), COARSE)
    ratio = float(np.exp(slope))
    fits = np.abs(sizes - level - slope * k).max() <= allowed
    return ratio if fits and SMALLEST <= ratio <= LARGEST else None
