"""The landscape as the browser draws it: a small grid of heights for shade and 3D; contour lines, sharp at any zoom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import contourpy
import numpy as np

LEVELS = 24
SHADE = 96  # points a side: shade is soft, the lines carry the detail
FINE = 2 * SHADE - 1
"""Points a side of the grid that the lines are taken from: every other one is a point of the shade."""
FULL = 65535
TONE = 1 / 500
"""What the height of a point may be off by where many landscapes travel as sums of a few; a shade has 256 tones."""
STEEP = 2e4
"""A loss in units of a height at the lowest point, above which a float32 is off by more than half a tone there."""


@dataclass(frozen=True)
class Landscape:
    """A loss over a rectangle.

    grid (ny, nx) with rows along x1; domain (x0 low, x0 high, x1 low, x1 high); minima (m, 2).
    `key` names the picture: two with the same key are the same. The browser is sent a key once, and where the grid is a
    function it is called only then.
    `floor` is the lowest loss there is, from which log scales count. `found`: the minima are not known, but found.
    """

    key: str
    domain: tuple[float, float, float, float] = field(compare=False)
    grid: np.ndarray | Callable[[], np.ndarray] = field(compare=False)
    minima: np.ndarray = field(compare=False)
    floor: float = field(default=0.0, compare=False)
    found: bool = field(default=False, compare=False)


def height_scale(grid: np.ndarray, floor: float) -> dict[str, float]:
    """h(z) = (log(z - floor + soft) - low) / (high - low): 0 at the lowest point of the map, 1 at the highest.

    Of the points at which the loss is finite; where there is none, any scale will do."""
    with np.errstate(invalid="ignore", over="ignore"):
        above = np.asarray(grid, float) - floor
    above = np.where(np.isfinite(above), np.maximum(above, 0.0), np.nan)
    if np.isnan(above).all():
        above = np.zeros(1)
    top = float(np.nanmax(above)) or 1.0
    soft = max(float(np.nanquantile(above, 0.02)), 1e-9 * top)
    low, high = np.log(np.nanmin(above) + soft), np.log(top + soft)
    return {"floor": float(floor), "soft": soft, "low": float(low), "high": float(high if high > low else low + 1.0)}


def _heights(loss: np.ndarray, scale: dict[str, float]) -> np.ndarray:
    """h of `height_scale`, from 0 to 1; 1 where the loss is not finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        above = np.log(np.maximum(loss - scale["floor"], 0.0) + scale["soft"])
        height = (above - scale["low"]) / (scale["high"] - scale["low"])
    return np.where(np.isfinite(height), np.clip(height, 0.0, 1.0), 1.0)


def _grid(landscape: Landscape) -> np.ndarray:
    return np.asarray(landscape.grid() if callable(landscape.grid) else landscape.grid, float)


def _shaded(grid: np.ndarray) -> np.ndarray:
    """The loss at the points of the shade (SHADE, SHADE), between those of the grid where it has other ones."""
    ny, nx = grid.shape
    if (ny - 1) % (SHADE - 1) == 0 == (nx - 1) % (SHADE - 1):
        return grid[:: (ny - 1) // (SHADE - 1), :: (nx - 1) // (SHADE - 1)]
    rows, columns = np.linspace(0, ny - 1, SHADE), np.linspace(0, nx - 1, SHADE)
    wide = np.stack([np.interp(columns, np.arange(nx), row) for row in grid])
    return np.stack([np.interp(rows, np.arange(ny), column) for column in wide.T]).T


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
def landscape_arrays(landscape: Landscape) -> tuple[dict, dict[str, np.ndarray]]:
    """-> meta and arrays: `heights` (SHADE, SHADE); `line_xy` (P, 2) over the domain; `line_size`, `line_level` (L,).

    All are whole numbers, the first two from 0 to FULL.
    """
    grid = _grid(landscape)
    ny, nx = grid.shape
    shaded = _shaded(grid)
    scale = height_scale(shaded, landscape.floor)
    height = _heights(grid, scale)
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
        "found": landscape.found,
        "scale": scale,
        "levels": LEVELS,
    }
    return meta, {
        "heights": np.round(_heights(shaded, scale) * FULL).astype(np.uint16),
        "line_xy": np.round(xy).astype(np.uint16),
        "line_size": np.asarray(sizes, np.uint16),
        "line_level": np.asarray(levels, np.uint8),
    }


def low_rank_arrays(landscapes: Sequence[Landscape]) -> dict[str, np.ndarray]:
    """K landscapes that have much in common, such as those of a slider's stops, as sums of r pictures.

    loss_k = sum_i weight[k, i] basis[i], with r as small as leaves every height right to TONE.
    -> weight (K, r); basis (r, SHADE * SHADE) float32; scale (K, 4) as `height_scale`: floor, soft, low, high;
    minima (K, m, 2), those that one lacks NaN. Eckart & Young (1936), doi 10.1007/BF02288367: no other r pictures
    come closer. high (1,): 1 where the sums are heights themselves, as losses that are too large to be told apart in a
    float32 beside small ones, or are not finite, cannot be added up.
    """
    loss = np.stack([_shaded(_grid(landscape)).ravel() for landscape in landscapes])
    scales = [height_scale(row, landscape.floor) for row, landscape in zip(loss, landscapes, strict=True)]
    unit = np.array([[scale["soft"] * (scale["high"] - scale["low"])] for scale in scales])  # of loss, to a height
    high = not (np.isfinite(loss).all() and np.abs(parts := loss / unit).max() < STEEP)
    if high:
        unit = np.ones_like(unit)
        parts = np.stack([_heights(row, scale) for row, scale in zip(loss, scales, strict=True)])
    _, shares = np.linalg.eigh(parts @ parts.T)  # its left singular vectors, the weakest first
    shares = shares[:, ::-1]
    basis = shares.T @ parts
    close = (r for r in range(len(parts)) if np.abs(parts - shares[:, :r] @ basis[:r]).max() <= TONE)
    r = next(close, len(parts))
    most = max(len(landscape.minima) for landscape in landscapes)
    minima = np.full((len(landscapes), most, 2), np.nan)
    for row, landscape in zip(minima, landscapes, strict=True):
        row[: len(landscape.minima)] = np.reshape(landscape.minima, (-1, 2))
    return {
        "weight": (shares * unit)[:, :r],
        "basis": basis[:r].astype(np.float32),
        "scale": np.array([[scale[name] for name in ("floor", "soft", "low", "high")] for scale in scales]),
        "minima": minima,
        "high": np.array([high], np.uint8),
    }
