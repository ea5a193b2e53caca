"""Pictures of what the stage shows, drawn without a browser: PNG and SVG of any panel.

>>> draw(message, "png", panel="landscape", theme="dark")  # doctest: +SKIP
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

from lrviz.export import training_message
from lrviz.export.canvas import Canvas
from lrviz.export.choices import SIZES, PanelName, TrainingPanel
from lrviz.export.geometry import Box
from lrviz.export.head import MARGIN, head
from lrviz.export.message import Message, read
from lrviz.export.panels import Landscape, Panel, Profile, Series, Surface
from lrviz.export.training_picture import TrainingPicture
from lrviz.palette import Theme

PLANES: dict[str, Callable[[Canvas, Message, Box], Panel]] = {"landscape": Landscape, "slice": Profile, "3d": Surface}


class Picture:
    """A canvas with panels on it. `at` moves all of them."""

    def __init__(self, message: Message, panel: PanelName, theme: Theme, size: tuple[int, int]) -> None:
        self.message, self.title, self.n = message, message.label, message.n
        self.canvas = Canvas(size, theme)
        b = self.canvas
        self.step, top = head(b, message.label, [(run.name, run.colour) for run in message.shown])
        whole = Box(MARGIN - 4, top, b.width - MARGIN + 4, b.height - 6)
        self.panels: list[Panel] = []
        if panel == "all":
            middle = whole.left + whole.width * 0.565
            half = whole.top + whole.height * 0.55
            self.panels = [
                Landscape(b, message, Box(whole.left, whole.top, middle, whole.bottom)),
                Series(b, message, Box(middle + 2, whole.top - 6, whole.right, half), "loss"),
                Series(b, message, Box(middle + 2, half - 2, whole.right, whole.bottom), "rate"),
            ]
        elif panel in ("loss", "rate"):
            self.panels = [Series(b, message, whole, panel)]
        else:
            self.panels = [PLANES[panel](b, message, whole)]

    def at(self, cursor: float) -> None:
        """Show the runs at this step."""
        self.step.set_text(f"step {int(cursor)} / {self.message.n}")
        for panel in self.panels:
            panel.at(cursor)


def picture_of(
    message: bytes, panel: PanelName | TrainingPanel, theme: Theme, size: tuple[int, int]
) -> Picture | TrainingPicture:
    """The picture of a packed message, of a race or of trainings, at no step yet."""
    if panel == "training":
        return TrainingPicture(training_message.read(message), theme, size)
    return Picture(read(message), panel, theme, size)


def draw(
    message: bytes,
    kind: Literal["png", "svg"],
    *,
    panel: PanelName | TrainingPanel = "all",
    theme: Theme = "light",
    size: tuple[int, int] = SIZES["png"],
    step: int | None = None,
) -> bytes:
    """The picture of a packed message, at its last step or another one."""
    picture = picture_of(message, panel, theme, size)
    picture.at(picture.n if step is None else min(max(step, 0), picture.n))
    target = io.BytesIO()
    picture.canvas.save(target, kind, picture.title)
    return target.getvalue()
