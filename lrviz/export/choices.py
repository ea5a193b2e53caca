"""What can be chosen of a picture or film. It stands apart so that nobody loads matplotlib to know it."""

from __future__ import annotations

from typing import Literal

PanelName = Literal["all", "landscape", "slice", "3d", "loss", "rate"]
PANELS: tuple[PanelName, ...] = ("all", "landscape", "slice", "3d", "loss", "rate")
SMALLEST, LARGEST = 200, 4000
"""Pixels of a side."""
DELAY = 40
"""Milliseconds of a film's frame."""
USUAL_FRAMES = 200
"""Eight seconds."""
MOST_FRAMES = 1000
