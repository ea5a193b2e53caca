"""A canvas in pixels, y downwards, with the marks of the stage: a run's marker and dash, the mark of a cut, arrows,
labels. Only this module knows matplotlib.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TypeVar

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from lrviz.export.geometry import Box
from lrviz.palette import PALETTES, Palette, Theme

USUAL = (800, 500)
"""Pixels for which the sizes of letters and lines are meant: larger pictures have larger ones."""
LABEL = 11
"""Pixels of the letters of a label, where they fit."""
PT = 0.72
"""Points a pixel, at the 100 dots an inch of the usual size."""
DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3.5), (11, 4, 2, 4), (4, 3), (14, 5))
SHAPES = (("o", 2.0), ("s", 1.8), ("^", 2.2), ("D", 1.75), ("P", 2.4), ("X", 2.3))
"""Marker, and its size in radii, by a run's colour number."""
CUT = Path([(0, 2), (5.5, 12), (-5.5, 12), (0, 2)], closed=True)
A = TypeVar("A", bound=Artist)
UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\u2fff]")


def mixed(one: str, other: str, part: float) -> tuple[float, ...]:
    """Between two colours."""
    return tuple(a + (b - a) * part for a, b in zip(to_rgb(one), to_rgb(other), strict=True))


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


class Canvas:
    """``size``: the pixels of the picture; ``width`` and ``height``: those that are drawn in, always near the usual."""

    def __init__(self, size: tuple[int, int], theme: Theme) -> None:
        self.size = size
        self.unit = min(size[0] / USUAL[0], size[1] / USUAL[1])
        self.width, self.height = size[0] / self.unit, size[1] / self.unit
        self.theme: Theme = theme
        self.palette: Palette = PALETTES[theme]
        self.figure = Figure(figsize=(self.width / 100, self.height / 100), dpi=100 * self.unit)
        self.agg = FigureCanvasAgg(self.figure)
        self.figure.set_facecolor(self.palette.paper)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)
        self.axes.set_axis_off()
        self.axes.set_autoscale_on(False)
        self.moving: list[Artist] = []
        """What changes with the cursor, in the order of drawing."""
        self._order = 2.0

    # What stays -------------------------------------------------------------------------------------------------------

    def words(
        self, x: float, y: float, text: str, *, size: float = 12, colour: str | None = None, bold: bool = False,
        across: str = "left", down: str = "center_baseline",
    ) -> Text:  # fmt: skip
        """Words; nothing in them is markup."""
        return self.axes.text(
            x, y, plain(text), fontsize=size * PT, color=colour or self.palette.ink, ha=across, va=down,
            fontweight="bold" if bold else "normal", parse_math=False, clip_on=False,
        )  # fmt: skip

    def wide(self, text: Text) -> float:
        """How wide the words are."""
        with _quiet():
            return float(text.get_window_extent(self.agg.get_renderer()).width) / self.unit

    def lines(self, segments: Sequence[np.ndarray], colour: str, width: float) -> None:
        """Thin lines of the background: segments (n, 2) in pixels."""
        order = self._next()
        self.axes.add_collection(
            LineCollection(list(segments), colors=colour, linewidths=width * PT, zorder=order, capstyle="butt"),
            autolim=False,
        )

    def shade(self, heights: np.ndarray, box: Box) -> None:
        """Heights (rows upwards, columns), 0-1, in the tones of the landscape, filling the box."""
        tones = LinearSegmentedColormap.from_list("landscape", [self.palette.low, self.palette.high])
        self.axes.imshow(
            heights, cmap=tones, vmin=0, vmax=1, extent=(box.left, box.right, box.bottom, box.top), origin="lower",
            aspect="auto", interpolation="bicubic", zorder=self._next(),
        )  # fmt: skip
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)

    def shapes(
        self, outlines: Sequence[np.ndarray], faces: Sequence[object], edges: Sequence[object], widths: Sequence[float]
    ) -> None:
        """Many shapes, each over those before: outlines (n, 2) in pixels, colours and a width for each."""
        self.axes.add_collection(
            PathCollection(
                [Path(outline) for outline in outlines], facecolors=list(faces), edgecolors=list(edges),
                linewidths=[width * PT for width in widths], transform=self.axes.transData,
                offset_transform=IdentityTransform(),
                zorder=self._next(), joinstyle="round",
            ),
            autolim=False,
        )  # fmt: skip

    def fixed_marker(self, shape: int, x: float, y: float, radius: float) -> None:
        """A run's marker that stays, in its colour."""
        marker = self.marker(shape, radius, moving=False)
        marker.set_data([x], [y])

    # What moves -------------------------------------------------------------------------------------------------------

    def line(
        self, colour: str, width: float, *, run: int | None = None, faint: float = 1, moving: bool = True
    ) -> Line2D:
        """An empty line, dashed as the run is."""
        line = Line2D([], [], color=colour, linewidth=width * PT, alpha=faint, solid_joinstyle="round")
        if run is not None and DASHES[run]:
            line.set_linestyle((0, [part / width for part in DASHES[run]]))
            line.set_dash_capstyle("butt")
        line.set_solid_capstyle("butt")
        return self._add(line, True)

    def marker(self, shape: int, radius: float, *, moving: bool = True) -> Line2D:
        """A run's marker, with a ring of paper around it, nowhere yet."""
        sign, size = SHAPES[shape]
        line = Line2D(
            [], [], linestyle="none", marker=sign, markersize=(size * radius + 2) * PT, markeredgewidth=2 * PT,
            markerfacecolor=self.palette.runs[shape], markeredgecolor=self.palette.paper,
        )  # fmt: skip
        return self._add(line, moving)

    def image(self, box: Box, *, smooth: bool = True) -> AxesImage:
        """A picture that fills the box, its rows upwards; empty yet."""
        image = self.axes.imshow(
            np.tile(to_rgb(self.palette.paper), (2, 2, 1)), extent=(box.left, box.right, box.bottom, box.top),
            origin="lower", aspect="auto", interpolation="bilinear" if smooth else "nearest", zorder=self._next(),
        )  # fmt: skip
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)
        self.moving.append(image)
        return image

    def dots(
        self, places: np.ndarray, colours: np.ndarray, radius: float, *, hollow: bool, outlined: bool = False
    ) -> None:
        """Full circles with a ring of paper, or hollow squares, over all that moves before them; outlined: full ones in
        a line of ink, both.   (n, 2), (n, 3)"""
        paper, ink = (np.array(to_rgb(colour)) for colour in (self.palette.paper, self.palette.ink))
        rows = [np.broadcast_to(one, colours.shape) for one in (
            paper if hollow and not outlined else colours, ink if outlined else colours if hollow else paper
        )]  # fmt: skip
        faces, edges = (list(map(tuple, one)) for one in rows)
        self.moving.append(self.axes.scatter(
            places[:, 0], places[:, 1], s=(2 * radius * PT) ** 2, marker="s" if hollow else "o", zorder=self._next(),
            facecolors=faces, edgecolors=edges,
            linewidths=(1.6 if hollow else 0.8) * PT,
        ))  # fmt: skip

    def cuts(self, shape: int) -> Line2D:
        """Where cuts fell: each points at the curve from above."""
        line = Line2D(
            [], [], linestyle="none", marker=CUT, markersize=24 * PT, markeredgewidth=1.2 * PT,
            markerfacecolor=self.palette.runs[shape], markeredgecolor=self.palette.paper,
        )  # fmt: skip
        return self._add(line, True)

    def arrow(self, colour: str) -> Polygon:
        """An arrow, nowhere yet; `geometry.arrow_shape` is its outline."""
        shape = Polygon(
            np.zeros((1, 2)), closed=True, facecolor=colour, edgecolor=self.palette.paper, linewidth=1.3 * PT,
            joinstyle="round",
        )  # fmt: skip
        return self._add(shape, True)

    def band(self) -> PolyCollection:
        """Rectangles of a faint grey."""
        return self._add(
            PolyCollection([], facecolors=mixed(self.palette.paper, self.palette.ink, 0.5), alpha=0.16), True
        )

    def label(self, colour: str) -> Text:
        """Words in a box of their own, empty yet."""
        text = self.words(0, 0, "", bold=True, across="left", down="center", size=LABEL)
        text.set_bbox({"boxstyle": "square,pad=0.25", "fc": self.palette.paper, "ec": colour, "lw": PT, "alpha": 0.9})
        self.moving.append(text)
        text.set_zorder(self._next() + 50)
        return text

    def place(self, label: Text, text: str, x: float, y: float, box: Box, taken: list[Box]) -> None:
        """Put words into a label inside the box, beside those that are there."""
        if label.get_text() != plain(text):
            label.set_text(plain(text))
            label.set_fontsize(LABEL * PT)
            if (room := box.width - 14) < self.wide(label):
                label.set_fontsize(LABEL * PT * room / self.wide(label))
        wide, high = self.wide(label) + 10, 21.0
        left = max(min(x - wide / 2, box.right - wide - 2), box.left + 2)
        top = min(max(y - high / 2, box.top + 2), box.bottom - high - 2)
        for other in taken:
            if left < other.right and other.left < left + wide and abs(top - other.top) < high + 1:
                top = other.top + (high + 2 if other.top + 2 * high + 4 < box.bottom else -high - 2)
        taken.append(Box(left, top, left + wide, top + high))
        label.set_position((left + 5, top + high / 2))

    # Out --------------------------------------------------------------------------------------------------------------

    def pixels(self) -> np.ndarray:
        """(height, width, 4) of what has been drawn, a view."""
        return np.asarray(self.agg.buffer_rgba())

    def redraw(self) -> None:
        """Everything but what moves, if that is animated."""
        with _quiet():
            self.agg.draw()

    def over(self, background: object) -> None:
        """What moves, over a copy of the background."""
        self.agg.restore_region(background)
        with _quiet():
            for artist in self.moving:
                if artist.get_visible() and not (isinstance(artist, Line2D) and not np.size(artist.get_xdata())):
                    self.axes.draw_artist(artist)

    def save(self, target: IO[bytes], kind: str, title: str) -> None:
        """PNG or SVG; the same drawing gives the same bytes."""
        metadata = {"Title": plain(title)} | ({"Date": None, "Creator": "learning-rate lab"} if kind == "svg" else {})
        with _quiet(), rc_context({"svg.hashsalt": "lrviz"}):
            self.figure.savefig(
                target, format=kind, metadata=metadata, dpi=self.figure.dpi, facecolor=self.palette.paper
            )

    def _next(self) -> float:
        self._order += 0.01
        return self._order

    def _add(self, artist: A, moving: bool) -> A:
        artist.set_zorder(self._next())
        artist.set_transform(self.axes.transData)
        self.axes.add_artist(artist)
        artist.set_clip_on(False)
        if moving:
            self.moving.append(artist)
        return artist


def plain(text: str) -> str:
    """What the letters of the drawing can show."""
    return UNPRINTABLE.sub("?", text)
