"""The map."""

from __future__ import annotations

import numpy as np

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box, linear, nice_ticks
from lrviz.export.message import Message
from lrviz.export.panels.marks import frame, minimum, ring
from lrviz.export.panels.paths import Paths
from lrviz.knob import digits


class Landscape:
    """The map: shade, contour lines, minima, the start; runs with trail and head."""

    def __init__(self, canvas: Canvas, message: Message, box: Box) -> None:
        surface, p = message.surface, canvas.palette
        x0, x1, y0, y1 = surface.domain
        box = Box(box.left + 40, box.top + 4, box.right - 8, box.bottom - 24)
        self.box = box
        across, up = linear(x0, x1, box.left, box.right), linear(y0, y1, box.bottom, box.top)
        canvas.shade(surface.heights, box)
        for fifth in (False, True):
            lines = [
                np.stack([across(line[:, 0]), up(line[:, 1])], axis=1)
                for level, line in surface.lines
                if (level % 5 == 0) is fifth
            ]
            canvas.lines(lines, p.fifth if fifth else p.line, 1.1 if fifth else 0.9)
        for x, y in np.stack([across(surface.minima[:, 0]), up(surface.minima[:, 1])], axis=1):
            if box.has(np.array([x, y])):
                minimum(canvas, x, y, surface.found)
        frame(canvas, box)
        for v in nice_ticks(x0, x1, max(3, box.width / 110)):
            x = float(across(np.array(v)))
            canvas.lines([np.array([[x, box.bottom], [x, box.bottom + 4]])], p.soft, 1)
            canvas.words(x, box.bottom + 13, digits(v), colour=p.soft, across="center", size=11)
        for v in nice_ticks(y0, y1, max(3, box.height / 70)):
            y = float(up(np.array(v)))
            canvas.lines([np.array([[box.left - 4, y], [box.left, y]])], p.soft, 1)
            canvas.words(box.left - 7, y, digits(v), colour=p.soft, across="right", size=11)
        with np.errstate(over="ignore"):
            points = [np.stack([across(run.x[:, 0]), up(run.x[:, 1])], axis=1) for run in message.runs]
        start = np.array([float(across(np.array(message.start[0]))), float(up(np.array(message.start[1])))])
        if box.has(start):
            ring(canvas, float(start[0]), float(start[1]), 8)
        self.paths = Paths(canvas, message, box, points, touching=True, widths=(2.4, 2))
        self.at = self.paths.at
