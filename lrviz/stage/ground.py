"""The landscape as the browser draws it: a small grid of heights for shade and 3D; contour lines, sharp at any zoom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import contourpy
import numpy as np

LEVELS = 24
SHADE = 96  # cells a side: shade is soft, the lines carry the detail
FULL = 65535


@dataclass(frozen=True)
class Landscape:
    """A loss over a rectangle.

    grid (ny, nx) with rows along x1; domain (x0 low, x0 high, x1 low, x1 high); minima (m, 2).
    `key` names the picture: two with the same key are the same. The browser is sent a key once, and where the grid is a
    function it is called only then.
    `floor` is the lowest loss there is, from which log scales count.
    """

    key: str
    domain: tuple[float, float, float, float] = field(compare=False)
    grid: np.ndarray | Callable[[], np.ndarray] = field(compare=False)
    minima: np.ndarray = field(compare=False)
    floor: float = field(default=0.0, compare=False)


def height_scale(grid: np.ndarray, floor: float) -> dict[str, float]:
    """h(z) = (log(z - floor + soft) - low) / (high - low): 0 at the lowest point of the map, 1 at the highest."""
    above = np.asarray(grid, float) - floor
    above = np.where(np.isfinite(above), np.maximum(above, 0.0), np.nan)
    top = float(np.nanmax(above)) or 1.0
    soft = max(float(np.nanquantile(above, 0.02)), 1e-9 * top)
    low, high = np.log(np.nanmin(above) + soft), np.log(top + soft)
    return {"floor": float(floor), "soft": soft, "low": float(low), "high": float(high if high > low else low + 1.0)}


def _straighten(line: np.ndarray, tolerance: float) -> np.ndarray:
    """Drop points that lie within tolerance of the chord between their neighbours, several passes, ends kept."""
    for _ in range(3):
        if len(line) < 5:
            break
        before, at, after = line[:-2], line[1:-1], line[2:]
        chord = after - before
        beside = at - before
        offset = np.abs(chord[:, 0] * beside[:, 1] - chord[:, 1] * beside[:, 0]) / np.maximum(np.hypot(*chord.T), 1e-12)
        droppable = offset < tolerance
        droppable[1::2] = False
        line = line[np.concatenate([[True], ~droppable, [True]])]
    return line


@lru_cache(maxsize=32)
def ground_arrays(landscape: Landscape) -> tuple[dict, dict[str, np.ndarray]]:
    """-> meta and arrays: `heights` (SHADE, SHADE); `line_xy` (P, 2) over the domain; `line_size`, `line_level` (L,).

    All are whole numbers, the first two from 0 to FULL.
    """
    grid = np.asarray(landscape.grid() if callable(landscape.grid) else landscape.grid, float)
    ny, nx = grid.shape
    scale = height_scale(grid, landscape.floor)
    with np.errstate(invalid="ignore", over="ignore"):
        above = np.log(np.maximum(grid - scale["floor"], 0.0) + scale["soft"])
        height = (above - scale["low"]) / (scale["high"] - scale["low"])
    height = np.where(np.isfinite(height), np.clip(height, 0.0, 1.0), 1.0)

    rows, columns = np.linspace(0, ny - 1, SHADE), np.linspace(0, nx - 1, SHADE)
    small = np.stack([np.interp(columns, np.arange(nx), row) for row in height])
    small = np.stack([np.interp(rows, np.arange(ny), column) for column in small.T]).T

    lines = contourpy.contour_generator(np.arange(nx), np.arange(ny), height)
    points, sizes, levels = [], [], []
    for index in range(1, LEVELS):
        for line in map(np.asarray, lines.lines(index / LEVELS)):
            if len(line) < 3:
                continue
            straight = _straighten(line, 0.03)
            points.append(straight / [nx - 1, ny - 1] * FULL)
            sizes.append(len(straight))
            levels.append(index)
    xy = np.concatenate(points) if points else np.zeros((0, 2))
    meta = {
        "key": landscape.key,
        "domain": [float(v) for v in landscape.domain],
        "minima": np.asarray(landscape.minima, float).reshape(-1, 2).tolist(),
        "scale": scale,
        "levels": LEVELS,
    }
    return meta, {
        "heights": np.round(small * FULL).astype(np.uint16),
        "line_xy": np.round(xy).astype(np.uint16),
        "line_size": np.asarray(sizes, np.uint16),
        "line_level": np.asarray(levels, np.uint8),
    }
