"""Pictures of what the stage shows, drawn without a browser: PNG and SVG of any panel.

>>> draw(message, "png", panel="landscape", theme="dark")  # doctest: +SKIP
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

from lrviz.export.canvas import Canvas
from lrviz.export.choices import SIZES, PanelName
from lrviz.export.geometry import Box
from lrviz.export.message import Message, read
from lrviz.export.panels import Landscape, Panel, Profile, Series, Surface
from lrviz.palette import Theme

MARGIN = 10.0
TITLE = 15
"""Pixels of the title's letters, where it fits beside the step."""
STEP = 150
"""Pixels that the step takes: step 20000 / 20000."""
PLANES: dict[str, Callable[[Canvas, Message, Box], Panel]] = {"landscape": Landscape, "slice": Profile, "3d": Surface}


class Picture:
    """A canvas with panels on it. `at` moves all of them."""

    def __init__(self, message: Message, panel: PanelName, theme: Theme, size: tuple[int, int]) -> None:
        self.message = message
        self.canvas = Canvas(size, theme)
        b = self.canvas
        top = self._head()
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

    def _head(self) -> float:
        """The title, the step, the runs' markers and names in as many rows as they need; returns where they end."""
        b = self.canvas
        title = b.words(MARGIN + 2, 17, self.message.label, bold=True, size=TITLE)
        title.set_fontsize(float(title.get_fontsize()) * min(1, (b.width - 2 * MARGIN - STEP) / b.wide(title)))
        self.step = b.words(b.width - MARGIN - 4, 17, "", size=13, colour=b.palette.soft, across="right")
        b.moving.append(self.step)
        x, y = MARGIN + 8, 41.0
        for run in self.message.shown:
            name = b.words(x + 12, y, run.name, bold=True)
            wide = b.wide(name) + 36
            if x + wide > b.width - MARGIN and x > MARGIN + 8:
                x, y = MARGIN + 8, y + 20
                name.set_position((x + 12, y))
            b.fixed_marker(run.colour, x, y, 5)
            x += wide
        return y + 13

    def at(self, cursor: float) -> None:
        """Show the runs at this step."""
        self.step.set_text(f"step {int(cursor)} / {self.message.n}")
        for panel in self.panels:
            panel.at(cursor)


def draw(
    message: bytes,
    kind: Literal["png", "svg"],
    *,
    panel: PanelName = "all",
    theme: Theme = "light",
    size: tuple[int, int] = SIZES["png"],
    step: int | None = None,
) -> bytes:
    """The picture of a packed message, at its last step or another one."""
    shown = read(message)
    picture = Picture(shown, panel, theme, size)
    picture.at(shown.n if step is None else min(max(step, 0), shown.n))
    target = io.BytesIO()
    picture.canvas.save(target, kind, shown.label)
    return target.getvalue()
