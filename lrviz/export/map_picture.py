"""A map drawn without a browser: PNG and SVG, from the message of `lrviz.play.map_tiles.whole`. What the page's map
shows, in the same colours: lines of equal value, what left the finite hatched, the best cell ringed, lines of theory.
"""

from __future__ import annotations

import io
import math
from typing import Any, Literal

import numpy as np
from contourpy import contour_generator
from matplotlib.colors import to_rgb

from lrviz.export.canvas import Canvas
from lrviz.export.choices import SIZES
from lrviz.export.geometry import Box, Scale, clipped, linear, log_ticks, logarithmic, nice_ticks
from lrviz.knob import digits
from lrviz.maps.scale import position
from lrviz.palette import MAP_COLOURS, PALETTES, Theme
from lrviz.stage.pack import unpack

HATCH = 9
"""Pixels from one line of the hatch to the next."""
LEGEND = 220.0
"""Pixels of the colour bar."""


def colours(values: np.ndarray, meta: dict[str, Any]) -> np.ndarray:
    """The colour of each cell.   values (ny, nx) -> (ny, nx, 3), 0 to 1"""
    show, span, c = meta["show"], meta["span"], MAP_COLOURS
    none = np.array(to_rgb(c.none))
    log = show["scale"] == "log"
    if show["palette"] == "kinds":
        return _kinds(values, none)
    if show["palette"] == "sides":
        converged = _ramp(1 - position(-values, span["low"], span["high"], True), c.scale)
        diverged = _ramp(1 - position(values, span["lost"][0], span["lost"][1], True), c.other)
        drawn = np.where((values > 0)[..., None], diverged, converged)
        return np.where(np.isnan(values)[..., None], none, drawn)
    place = position(values, span["low"], span["high"], log)
    drawn = _ramp(1 - place if show["palette"] == "better" else place, c.scale)
    missing = np.array(to_rgb(c.lost)) if show["lost"] else none
    return np.where(np.isfinite(values)[..., None], drawn, missing)


def _ramp(place: np.ndarray, table: tuple[str, ...]) -> np.ndarray:
    rows = np.array([to_rgb(colour) for colour in table])
    at = np.linspace(0, 1, len(rows))
    place = np.nan_to_num(place, nan=0.0, posinf=1.0, neginf=0.0)
    return np.stack([np.interp(place, at, rows[:, i]) for i in range(3)], axis=-1)


def _kinds(values: np.ndarray, none: np.ndarray) -> np.ndarray:
    rows = np.array([to_rgb(colour) for colour in KINDS])
    kinds = np.nan_to_num(values, nan=0.0).astype(int) % len(rows)
    return np.where(np.isnan(values)[..., None], none, rows[kinds])


KINDS = PALETTES["dark"].runs
"""Of minima, by their number: light enough that a dark number is read on each."""


def draw(
    message: bytes, kind: Literal["png", "svg"], theme: Theme = "light", size: tuple[int, int] = SIZES["png"]
) -> bytes:
    """The picture of a map, in pixels of this size."""
    meta, arrays = unpack(message)
    canvas = Canvas(size, theme)
    x, y, values = arrays["x"], arrays["y"], np.array(arrays["values"])
    title = canvas.words(12, 18, meta["title"], bold=True, size=15)
    title.set_fontsize(float(title.get_fontsize()) * min(1, (canvas.width - 24) / canvas.wide(title)))
    _legend(canvas, meta, values)
    box = Box(64, 66, canvas.width - 16, canvas.height - 46)
    across, up = _scale(meta["axes"]["x"], x, box.left, box.right), _scale(meta["axes"]["y"], y, box.bottom, box.top)
    _cells(canvas, meta, x, y, values, box)
    _iso(canvas, meta, across(x), up(y), values)
    for line in meta["lines"]:
        _theory(canvas, line, across, up, box)
    best = best_cell(values, meta["show"]["palette"])
    if best is not None:
        _ring(canvas, float(across(x[best[1]])), float(up(y[best[0]])))
    _frame(canvas, meta, box, across, up)
    target = io.BytesIO()
    canvas.save(target, kind, meta["title"])
    return target.getvalue()


def best_cell(values: np.ndarray, palette: str) -> tuple[int, int] | None:
    """Row and column of the best of (rows, columns) values; None where no end of the scale is better, or all are NaN.

    palette: "better" (small is better) or "sides" (negative is converged, and near 0 is better).
    """
    rated = {"better": values, "sides": np.where(values < 0, -values, np.nan)}.get(palette)
    if rated is None or not np.isfinite(rated).any():
        return None
    row, column = np.unravel_index(np.argmin(np.where(np.isfinite(rated), rated, np.inf)), rated.shape)
    return int(row), int(column)


def _half(axis: dict[str, Any], values: np.ndarray) -> float:
    """Beyond the outermost values of whole numbers their cells go on for half a one."""
    return 0.5 if axis["whole"] and axis["scale"] == "linear" and len(values) > 1 else 0.0


def _scale(axis: dict[str, Any], values: np.ndarray, first: float, last: float) -> Scale:
    half = _half(axis, values)
    low, high = axis["low"] - half, axis["high"] + half
    return (logarithmic if axis["scale"] == "log" else linear)(low, high, first, last)


def _cells(canvas: Canvas, meta: dict[str, Any], x: np.ndarray, y: np.ndarray, values: np.ndarray, box: Box) -> None:
    """Each cell as far as the middle between it and the next; what is no number of a loss is hatched."""
    wide, high = round(box.width * canvas.unit), round(box.height * canvas.unit)
    columns = _nearest(meta["axes"]["x"], x, wide)
    rows = _nearest(meta["axes"]["y"], y, high)[::-1]
    seen = values[np.ix_(rows, columns)]
    picture = colours(values, meta)[np.ix_(rows, columns)]
    if meta["show"]["lost"]:
        place = np.add.outer(np.arange(high), np.arange(wide)) % round(HATCH * canvas.unit)
        picture[~np.isfinite(seen) & (place < 1.6 * canvas.unit)] = to_rgb(MAP_COLOURS.hatch)
    canvas.axes.imshow(
        picture, extent=(box.left, box.right, box.bottom, box.top), aspect="auto", interpolation="nearest",
        zorder=canvas._next(),
    )  # fmt: skip
    canvas.axes.set_xlim(0, canvas.width)
    canvas.axes.set_ylim(canvas.height, 0)


def _nearest(axis: dict[str, Any], values: np.ndarray, pixels: int) -> np.ndarray:
    """The cell under each of so many pixels along an axis."""
    places = _scale(axis, values, 0, pixels)(values)
    return np.searchsorted((places[1:] + places[:-1]) / 2, np.arange(pixels) + 0.5)


def _iso(canvas: Canvas, meta: dict[str, Any], across: np.ndarray, up: np.ndarray, values: np.ndarray) -> None:
    """Lines of equal value; across a border to what is no number there are none."""
    show, span = meta["show"], meta["span"]
    if show["palette"] not in ("better", "count") or min(values.shape) < 2:
        return
    log = show["scale"] == "log"
    place = position(values, span["low"], span["high"], log)
    heights = np.where(np.isfinite(place), place, np.nan)
    lines = contour_generator(across, up, heights)
    for level in meta["levels"]:
        at = float(position(np.array(level), span["low"], span["high"], log))
        canvas.lines([np.asarray(line) for line in lines.lines(at)], "#00000066", 0.8)


def _theory(canvas: Canvas, line: dict[str, Any], across: Scale, up: Scale, box: Box) -> None:
    points = clipped(np.stack([across(np.array(line["x"])), up(np.array(line["y"]))], axis=1), box)
    seen = points[np.isfinite(points).all(axis=1)]
    if not len(seen):
        return
    canvas.lines([points], "#000000", 3.2)
    canvas.lines([points], "#ffffff", 1.6)
    x, y = seen[len(seen) // 2]
    label = canvas.label(canvas.palette.ink)
    canvas.place(label, line["name"], float(x), float(y), box, [])


def _ring(canvas: Canvas, x: float, y: float) -> None:
    for colour, width in (("#000000", 4.0), ("#ffffff", 2.0)):
        angle = np.linspace(0, 2 * math.pi, 48)
        canvas.lines([np.stack([x + 8 * np.cos(angle), y + 8 * np.sin(angle)], axis=1)], colour, width)


def _legend(canvas: Canvas, meta: dict[str, Any], values: np.ndarray) -> None:
    """Between title and map: the bar of colours with its numbers, and what has a colour of its own."""
    show, span, p = meta["show"], meta["span"], canvas.palette
    left, top, bottom = 14.0, 34.0, 46.0
    if show["palette"] == "kinds":
        for kind in range(int(span["high"]) + 1):
            if kind < 12:
                left = _patch(canvas, KINDS[kind % len(KINDS)], f"minimum {kind + 1}", left)
        _patch(canvas, MAP_COLOURS.none, show["never"], left)
        return
    low, high, log = span["low"], span["high"], show["scale"] == "log"
    ramp = np.linspace(0, 1, 256)
    drawn = _ramp(1 - ramp if show["palette"] != "count" else ramp, MAP_COLOURS.scale)
    canvas.axes.imshow(drawn[None], extent=(left, left + LEGEND, bottom, top), aspect="auto", zorder=canvas._next())
    canvas.axes.set_xlim(0, canvas.width)
    canvas.axes.set_ylim(canvas.height, 0)
    place = (logarithmic if log else linear)(low, high, left, left + LEGEND)
    for tick in log_ticks(low, high, 5) if log else nice_ticks(low, high, 5):
        label = f"{tick:.0%}" if show["unit"] == "%" else digits(tick)
        canvas.words(float(place(np.array(tick))), bottom + 9, label, size=11, colour=p.soft, across="center")
    left += LEGEND + 24
    if show["palette"] == "sides":
        left = _patch(canvas, MAP_COLOURS.other[2], "diverged", left)
    missing = ~np.isfinite(values)
    if missing.any():
        left = _patch(canvas, MAP_COLOURS.lost if show["lost"] else MAP_COLOURS.none, show["never"], left)
    if best_cell(values, show["palette"]) is not None:
        _ring(canvas, left + 8, 40)
        canvas.words(left + 22, 40, "best", size=12)


def _patch(canvas: Canvas, colour: str, name: str, left: float) -> float:
    """A field of a colour with its name; where the next begins."""
    canvas.shapes(
        [np.array([[left, 34], [left + 16, 34], [left + 16, 46], [left, 46]])], [colour], [canvas.palette.soft], [1]
    )
    return left + 38 + canvas.wide(canvas.words(left + 21, 40, name, size=12))


def _frame(canvas: Canvas, meta: dict[str, Any], box: Box, across: Scale, up: Scale) -> None:
    p = canvas.palette
    edge = np.array([[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]])
    canvas.lines([np.concatenate([edge, edge[:1]])], p.soft, 1)
    for name, scale in (("x", across), ("y", up)):
        axis = meta["axes"][name]
        count = 7 if name == "x" else 6
        ticks = (log_ticks if axis["scale"] == "log" else nice_ticks)(axis["low"], axis["high"], count)
        for tick in ticks:
            at = float(scale(np.array(tick)))
            if name == "x":
                canvas.lines([np.array([[at, box.bottom], [at, box.bottom + 4]])], p.soft, 1)
                canvas.words(at, box.bottom + 13, digits(tick), colour=p.soft, across="center", size=11)
            else:
                canvas.lines([np.array([[box.left - 4, at], [box.left, at]])], p.soft, 1)
                canvas.words(box.left - 7, at, digits(tick), colour=p.soft, across="right", size=11)
    x, y = meta["axes"]["x"], meta["axes"]["y"]
    canvas.words((box.left + box.right) / 2, box.bottom + 32, _named(x), across="center", size=13)
    text = canvas.words(16, (box.top + box.bottom) / 2, _named(y), across="center", size=13)
    text.set_rotation(90)


def _named(axis: dict[str, Any]) -> str:
    unit = f", {axis['unit']}" if axis["unit"] else ""
    return f"{axis['label']}{unit}" + (" (log)" if axis["scale"] == "log" else "")
