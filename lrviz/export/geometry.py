"""Scales, ticks, clipping: in pixels with y downwards, as web/scale.js, curves.js and view.js do it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

ROOM = 1e4
"""A run that grows past this many times its first loss leaves the axis."""
NOTHING = 1e-10
"""A loss below this part of the highest first one reads as 0."""
FAR, SELDOM = 1e-3, 0.05
"""An axis of rates reaches so far below the highest, and further only to rates that this part of the steps have."""
Scale = Callable[[np.ndarray], np.ndarray]


class Box(NamedTuple):
    """A plot's rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def has(self, points: np.ndarray) -> np.ndarray:
        """points (..., 2) -> (...): which are inside; what is no number is not."""
        x, y = points[..., 0], points[..., 1]
        return (x >= self.left) & (x <= self.right) & (y >= self.top) & (y <= self.bottom)


def linear(low: float, high: float, first: float, last: float) -> Scale:
    """Values to pixels."""
    return lambda v: first + (np.asarray(v, float) - low) * (last - first) / ((high - low) or 1.0)


def logarithmic(low: float, high: float, first: float, last: float) -> Scale:
    """The same for logarithms; zero and below lie at the low end."""
    inner = linear(math.log(low), math.log(high), first, last)

    def to(v: np.ndarray) -> np.ndarray:
        v = np.asarray(v, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return inner(np.where(v > 0, np.log(v), np.where(v <= 0, math.log(low), np.nan)))

    return to


def nice_ticks(low: float, high: float, count: float) -> list[float]:
    """Round numbers inside, about ``count`` of them."""
    if not (high > low and math.isfinite(high - low)):
        return []
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next((m for m in (1, 2, 5) if m * power >= raw * 0.999), 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Powers of ten inside, thinned to ``count``; with 2 and 5 between where there are few."""
    if not (0 < low < high):
        return []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 2:
        every = [float(f"{m}e{p}") for p in range(first - 1, last + 1) for m in (1, 2, 5)]
        inside = [tick for tick in every if low * 0.999 <= tick <= high * 1.001]
        return inside if len(inside) >= 2 else nice_ticks(low, high, 4)
    thin = max(1, math.ceil((last - first + 1) / count))
    return [float(f"1e{p}") for p in range(last, first - 1, -thin)][::-1]


def range_of(curves: Sequence[np.ndarray], kind: str = "loss") -> tuple[float, float]:
    """What a logarithmic axis shows of these losses or rates (``kind``), each (n,): of each curve no more than ROOM
    times its first, and down to where a loss reads as 0 or few steps have such a rate, as in web/curves.js.

    -> low, high; 1e-3 and 1 where nothing is positive and finite.
    """
    lows, highs = [], []
    for curve in curves:
        kept = curve[np.isfinite(curve) & (curve > 0)]
        if len(kept):
            lows.append(float(kept.min()))
            first = abs(float(curve[0])) * ROOM
            highs.append(min(float(kept.max()), first if first > 0 and math.isfinite(first) else math.inf))
    if not lows or max(highs) < min(lows):
        return 1e-3, 1.0
    high = max(highs)
    low = min(max(min(lows), _least(curves, high, kind)), high)
    pad = max((high / low) ** 0.06, 1.25)
    return low / pad, high * pad


def _least(curves: Sequence[np.ndarray], high: float, kind: str) -> float:
    first = [abs(float(curve[0])) for curve in curves if len(curve) and math.isfinite(curve[0])]
    if kind == "loss":
        return NOTHING * max(first, default=0.0)
    usual = [float(np.sort(curve)[int(SELDOM * len(curve))]) for curve in curves if len(curve)]
    return min(high * FAR, *(rate for rate in usual if rate > 0))


def clipped(points: np.ndarray, box: Box, *, touching: bool = False) -> np.ndarray:
    """A polyline's part inside the box (Liang and Barsky), pieces parted by nan.   (n, 2) -> (m, 2)

    In float64: a drawing library loses the coordinates of a diverging run, and with them the line. touching: without
    what only crosses the box, both ends outside.
    """
    if len(points) < 2:
        return points[box.has(points)] if len(points) else points
    seen = box.has(points)
    if seen.all():
        return points
    a, b = points[:-1], points[1:]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        d = b - a
        low, high = np.array([box.left, box.top]), np.array([box.right, box.bottom])
        to_low, to_high = (low - a) / d, (high - a) / d
        first, last = np.fmin(to_low, to_high), np.fmax(to_low, to_high)
        still = d == 0  # along an axis: in its range or not at all
        within = (a >= low) & (a <= high)
        first = np.where(still, np.where(within, -np.inf, np.inf), first)
        last = np.where(still, np.where(within, np.inf, -np.inf), last)
        t0, t1 = np.maximum(first.max(axis=1), 0.0), np.minimum(last.min(axis=1), 1.0)
        keep = np.isfinite(d).all(axis=1) & (t0 <= t1)
        if touching:
            keep &= seen[:-1] | seen[1:]
        begin, end = a + t0[:, None] * d, a + t1[:, None] * d
    kept = np.flatnonzero(keep)
    if not len(kept):
        return np.zeros((0, 2))
    begin, end = (np.clip(ends[kept], low, high) for ends in (begin, end))  # far ends are rounded coarsely
    fresh = np.append(True, (begin[1:] != end[:-1]).any(axis=1))  # where the pen is lifted: a gap, then both ends
    last = np.cumsum(np.where(fresh, 3, 1)) - 1
    line = np.full((last[-1] + 1, 2), np.nan)
    line[last] = end
    line[last[fresh] - 1] = begin[fresh]
    return line[1:]


class Exit(NamedTuple):
    """Where a run went out of the box: the point on the edge, the direction in radians, and the step."""

    x: float
    y: float
    angle: float
    step: int


def exit_of(points: np.ndarray, step: int, box: Box) -> Exit | None:
    """Where a run left the box, in its points (n, 2) in pixels, up to this step; None if it is inside there."""
    seen = box.has(points[: step + 1])
    if seen[-1]:
        return None
    inside = np.flatnonzero(seen)
    if not len(inside):
        return Exit((box.left + box.right) / 2, box.top, -math.pi / 2, 0)
    k = int(inside[-1]) + 1
    a, b = points[k - 1], points[k]
    piece = clipped(np.stack([a, b]), box)
    if not len(piece):
        d = a - points[k - 2] if k > 1 else np.array([0.0, -1.0])
        return Exit(float(a[0]), float(a[1]), math.atan2(d[1], d[0]), k)
    with np.errstate(over="ignore"):
        far = np.hypot(*(b - a))
    d = (b - a) / far if np.isfinite(far) else np.sign(b - a)
    return Exit(float(piece[-1, 0]), float(piece[-1, 1]), math.atan2(d[1], d[0]), k)


def head_at(points: np.ndarray, cursor: float) -> np.ndarray:
    """The position at a cursor between two steps.   points (n, 2) -> (2,)"""
    k = min(int(cursor), len(points) - 1)
    part = cursor - k if k < len(points) - 1 else 0.0
    return points[k] + (points[k + 1] - points[k]) * part if part else points[k]


def arrow_shape(x: float, y: float, dx: float, dy: float, width: float) -> np.ndarray:
    """The outline of an arrow from (x, y) by (dx, dy), (7, 2); nothing where it is too short to be seen."""
    length = math.hypot(dx, dy)
    if not (3 < length < math.inf):
        return np.zeros((0, 2))
    ux, uy = dx / length, dy / length
    barb = min(5 + width * 1.6, length * 0.7)
    across, half = barb * 0.52, width / 2
    along = [(0, half), (length - barb, half), (length - barb, across), (length, 0)]
    outline = [*along, *((s, -w) for s, w in reversed(along[:-1]))]
    return np.array([(x + s * ux - w * uy, y + s * uy + w * ux) for s, w in outline])


def projector(width: float, height: float, turn: float = -0.65, tilt: float = 0.62) -> Callable[..., np.ndarray]:
    """(u, v) on the floor of the unit cube, -0.5 to 0.5, and height h, 0-1 -> pixels (..., 2): a parallel view."""
    scale = min(width / 1.5, height / 1.16)
    ct, st, cp, sp = math.cos(turn), math.sin(turn), math.cos(tilt), math.sin(tilt)

    def project(u: np.ndarray, v: np.ndarray, h: np.ndarray) -> np.ndarray:
        side, depth, up = u * ct - v * st, u * st + v * ct, (h - 0.5) * 0.62
        return np.stack([width / 2 + side * scale, height / 2 - (depth * sp + up * cp) * scale], axis=-1)

    return project


def depth(u: np.ndarray, v: np.ndarray, turn: float = -0.65) -> np.ndarray:
    """How far away points of the floor are in the view of `projector`: larger is farther.   (...) -> (...)"""
    return u * math.sin(turn) + v * math.cos(turn)
