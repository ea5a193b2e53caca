"""The slice."""

from __future__ import annotations

import numpy as np

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box, clipped, linear, nice_ticks
from lrviz.export.message import Message
from lrviz.export.panels.marks import frame, grid
from lrviz.export.panels.paths import Paths


class Profile:
    """The slice: the loss along a line, and the runs bouncing on it."""

    def __init__(self, canvas: Canvas, message: Message, box: Box) -> None:
        p, cut = canvas.palette, message.slices[0]
        box = Box(box.left + 54, box.top + 4, box.right - 12, box.bottom - 42)
        self.box = box
        finite = cut.loss[np.isfinite(cut.loss)]
        low, high = float(finite.min()), float(finite.max())
        pad = ((high - low) or 1) * 0.07
        low, high = low - pad, high + pad
        across, up = linear(cut.s[0], cut.s[-1], box.left, box.right), linear(low, high, box.bottom, box.top)
        grid(canvas, box, [(v, float(across(np.array(v)))) for v in nice_ticks(cut.s[0], cut.s[-1], 6)],
              [(v, float(up(np.array(v)))) for v in nice_ticks(low, high, 6)])  # fmt: skip
        middle = (box.left + box.right) / 2
        canvas.words(middle, box.bottom + 32, f"position on the slice: {cut.label}", colour=p.soft, across="center")
        frame(canvas, box)
        canvas.lines([clipped(np.stack([across(cut.s), up(cut.loss)], axis=1), box)], p.ink, 1.8)
        with np.errstate(over="ignore", invalid="ignore"):
            points = [
                np.stack([across((run.x - cut.base) @ cut.direction), up(run.loss)], axis=1) for run in message.runs
            ]
        self.paths = Paths(canvas, message, box, points, touching=False, widths=(1.6, 1.6), arrows=False)
        self.at = self.paths.at
