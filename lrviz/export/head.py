"""The head of a picture: its title, the step, and the markers and names of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.text import Text

from lrviz.export.canvas import Canvas

MARGIN = 10.0
TITLE = 15
"""Pixels of the title's letters, where it fits beside the step."""
STEP = 150
"""Pixels that the step takes: step 20000 / 20000."""


class Head(NamedTuple):
    """step: the words that change. bottom: where the panels begin."""

    step: Text
    bottom: float


def head(canvas: Canvas, title: str, runs: Sequence[tuple[str, int]]) -> Head:
    """Draw it, the runs, (name, colour), in as many rows as they need."""
    words = canvas.words(MARGIN + 2, 17, title, bold=True, size=TITLE)
    words.set_fontsize(float(words.get_fontsize()) * min(1, (canvas.width - 2 * MARGIN - STEP) / canvas.wide(words)))
    step = canvas.words(canvas.width - MARGIN - 4, 17, "", size=13, colour=canvas.palette.soft, across="right")
    canvas.moving.append(step)
    x, y = MARGIN + 8, 41.0
    for name, colour in runs:
        label = canvas.words(x + 12, y, name, bold=True)
        wide = canvas.wide(label) + 36
        if x + wide > canvas.width - MARGIN and x > MARGIN + 8:
            x, y = MARGIN + 8, y + 20
            label.set_position((x + 12, y))
        canvas.fixed_marker(colour, x, y, 5)
        x += wide
    return Head(step, y + 13)
