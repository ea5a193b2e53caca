"""The surface in three dimensions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrviz.export.canvas import Canvas, mixed
from lrviz.export.geometry import Box, depth, projector
from lrviz.export.message import Message
from lrviz.export.panels.marks import minimum
from lrviz.export.panels.paths import Paths
from lrviz.knob import digits

CELLS = 46
"""Of the mesh, a side."""
LIFT = 0.012
"""How far a run lies above the mesh, as a part of its height."""


class Surface:
    """The surface in three dimensions: a mesh painted from far to near, the runs on it. Height is log loss."""

    def __init__(self, canvas: Canvas, message: Message, box: Box) -> None:
        p, surface = canvas.palette, message.surface
        self.box = box
        x0, x1, y0, y1 = surface.domain
        side = np.linspace(-0.5, 0.5, CELLS + 1)
        u, v = np.meshgrid(side, side)
        h = surface.height_at(x0 + (u + 0.5) * (x1 - x0), y0 + (v + 0.5) * (y1 - y0))
        project = _fitted(box, u, v, h)
        _mesh(canvas, project(u, v, h), h, side)
        for x, y in surface.minima:
            unit = (x - x0) / (x1 - x0) - 0.5, (y - y0) / (y1 - y0) - 0.5
            if max(map(abs, unit)) <= 0.5:
                at, up = project(*map(np.array, unit), surface.height_at(np.array(x), np.array(y)))
                minimum(canvas, at, up, surface.found)
        canvas.words(box.left + 8, box.top + 10, "height: log loss", colour=p.soft)
        for at, low, high, name in (((0, -0.58), x0, x1, "x₀"), ((0.58, 0), y0, y1, "x₁")):
            x, y = project(np.array(at[0]), np.array(at[1]), np.array(0.0))
            text = f"{name}  {digits(low)} … {digits(high)}"
            across = min(max(x, box.left + 60), box.right - 60)
            canvas.words(across, min(y + 6, box.bottom - 8), text, colour=p.soft, across="center")
        points = []
        for run in message.runs:
            with np.errstate(over="ignore", invalid="ignore"):
                place = (run.x - [x0, y0]) / [x1 - x0, y1 - y0] - 0.5
                on = (np.abs(place) <= 0.5).all(axis=1) & np.isfinite(run.loss)
                seen = project(place[:, 0], place[:, 1], surface.height(run.loss) + LIFT)
            points.append(np.where(on[:, None], seen, np.nan))
        self.paths = Paths(canvas, message, box, points, touching=False, widths=(2.4, 2.4))
        self.at = self.paths.at


def _fitted(box: Box, u: np.ndarray, v: np.ndarray, h: np.ndarray) -> Callable[..., np.ndarray]:
    """The view in which this surface fills the box."""
    view = projector(1, 1)
    corners = view(u, v, h).reshape(-1, 2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.array([box.width - 60, box.height - 44])
    scale = float((room / (high - low)).min())
    middle = np.array([(box.left + box.right) / 2, (box.top + box.bottom) / 2 - 6])
    return lambda u, v, h: (view(u, v, h) - (low + high) / 2) * scale + middle


def _mesh(canvas: Canvas, corners: np.ndarray, h: np.ndarray, side: np.ndarray) -> None:
    """Quads from far to near, every fourth line of the grid drawn with the cell beside it."""
    p = canvas.palette
    middle = (side[:-1] + side[1:]) / 2
    u, v = np.meshgrid(middle, middle)
    order = np.argsort(-depth(u, v), axis=None)
    shadow = (60 / 255, 48 / 255, 30 / 255) if canvas.theme == "light" else (0.0, 0.0, 0.0)
    slope = (h[:-1, 1:] - h[:-1, :-1] + h[1:, 1:] - h[1:, :-1]) * CELLS
    height = (h[:-1, :-1] + h[:-1, 1:] + h[1:, :-1] + h[1:, 1:]) / 4
    dark = np.clip(0.07 + slope * 0.025, 0, 0.16)
    outlines, faces, edges, widths = [], [], [], []
    for at in order:
        j, i = divmod(int(at), CELLS)
        tone = mixed(p.low, p.high, float(np.clip(height[j, i], 0, 1)))
        tone = tuple(a + (b - a) * float(dark[j, i]) for a, b in zip(tone, shadow, strict=True))
        quad = corners[[j, j, j + 1, j + 1, j], [i, i + 1, i + 1, i, i]]
        outlines.append(quad)
        faces.append((*tone, 1.0))
        edges.append((*tone, 1.0))
        widths.append(0.5)
        for on, a, b in ((i % 4 == 0, 0, 3), (i % 4 == 3, 1, 2), (j % 4 == 0, 0, 1), (j % 4 == 3, 3, 2)):
            if on:
                outlines.append(quad[[a, b]])
                faces.append((0.0, 0.0, 0.0, 0.0))
                edges.append((*mixed(p.fifth, p.fifth, 0), 1.0))
                widths.append(1.0)
    canvas.shapes(outlines, faces, edges, widths)
