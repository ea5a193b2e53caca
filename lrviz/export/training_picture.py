"""Trainings drawn without a browser: left what the model of the first has learnt, right the curves, in one epoch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from contourpy import contour_generator
from matplotlib.colors import to_rgb

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box, clipped, linear, nice_ticks
from lrviz.export.head import MARGIN, head
from lrviz.export.message import Bests, Run
from lrviz.export.panels import Panel, Series
from lrviz.export.panels.marks import frame, grid
from lrviz.export.training_message import Trained, Trainings
from lrviz.palette import Theme

CLASSES = (2, 3, 4, 5, 0, 1)
"""A class -> its place in the palette's runs, as in web/pictures.js; so are the numbers below."""
SIDE, LINE = 56, 160
SURE = 0.34
MANY = 700
Draw = Callable[[np.ndarray], None]
"""Draws the model by its weights (P,)."""
TILE, GAP, MOST_TILES, MISTAKES = 8, 4, 16, 5


def outputs(run: Trained, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the model computes, before any sigmoid or softmax (`training.models.Shape.at`, without JAX).

    weights (P,), x (n, d) -> (n, outputs)
    """
    at = 0
    sizes = run.row["sizes"]
    for layer, (inputs, units) in enumerate(pairwise(sizes), start=1):
        kernel = weights[at : at + inputs * units].reshape(inputs, units)
        at += inputs * units
        x = x @ kernel + weights[at : at + units]
        at += units
        if layer < len(sizes) - 1:
            x = np.tanh(x) if run.row["activation"] == "tanh" else np.maximum(x, 0)
    return x


def readings(run: Trained, z: np.ndarray) -> np.ndarray:
    """The outputs as they are read: of two classes the probability of the second, of more that of each, of numbers the
    number.   (n, outputs) -> the same"""
    if run.row["loss"] == "binary":
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    if run.row["loss"] == "categorical":
        odds = np.exp(z - z.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)
    return np.clip((z + 1) / 2, 0, 1) if run.row["picture"]["classes"] else z


def class_of(run: Trained) -> np.ndarray:
    """The class of each row by its number, (n,)."""
    y = np.asarray(run.data["y"])
    return (y > 0).astype(int) if run.row["loss"] == "squared_error" else y.astype(int)


class TrainingPicture:
    """A canvas with the model and the curves on it. `at` moves all of them."""

    def __init__(self, message: Trainings, theme: Theme, size: tuple[int, int]) -> None:
        self.message, self.title, self.n = message, message.label, message.n
        self.canvas = b = Canvas(size, theme)
        names = [(run.row["name"], place) for place, run in enumerate(message.runs)]
        first = message.runs[0]
        lines = [("loss", 0), ("val_loss", 1)][: 1 + first.row["validates"]]
        self.step, top = head(b, message.label, lines if len(names) == 1 else names)
        whole = Box(MARGIN - 4, top, b.width - MARGIN + 4, b.height - 6)
        middle = whole.left + whole.width * 0.5
        seen = message.runs[message.chosen]
        what = seen.row["picture"]["note"] + (f": {seen.row['name']}" if len(names) > 1 else "")
        self.panels: list[Panel] = [_Model(b, seen, Box(whole.left, whole.top, middle - 8, whole.bottom), what)]
        charts = _charts(message)
        high = whole.height / (len(charts) + 0.6)
        end = whole.top
        for place, (chart, kind, name, log) in enumerate(charts):
            begin, end = end, end + high * (1 if place else 1.6)
            inside = Box(middle, begin - 4, whole.right, end)
            self.panels.append(Series(b, chart, inside, kind, name=name, log=log, unit="epoch"))

    def at(self, cursor: float) -> None:
        """Show this epoch, which may lie between two."""
        self.step.set_text(f"epoch {int(cursor)} / {self.n}")
        for panel in self.panels:
            panel.at(cursor)


@dataclass(frozen=True)
class _Chart:
    """What a panel of curves draws (`Charted`)."""

    runs: list[Run]
    n: int
    lead: Run | None = None
    floor: float = 0.0

    @property
    def shown(self) -> list[Run]:
        return self.runs


def _charts(message: Trainings) -> list[tuple[_Chart, str, str, bool]]:
    """The panels of curves from above: what is drawn, its kind, its name, is its axis logarithmic. Of one training all
    lines, of a race one each."""
    first = message.runs[0]
    prefixes = ["", "val_"][: 1 + first.row["validates"]]
    alone = len(message.runs) == 1
    drawn = prefixes if alone else prefixes[-1:]
    charts = [([f"{prefix}loss" for prefix in drawn], "loss", "Loss", True)]
    if first.row["picture"]["classes"]:
        charts.append(([f"{prefix}accuracy" for prefix in drawn], "loss", "Accuracy", False))
    charts.append((["rate"], "rate", "Learning rate α", True))
    if np.isfinite(first.curves["sharpness"]).any():
        edge = first.row["edge"][0]
        name = f"Sharpness, and {edge} dashed" if alone else "Sharpness"
        charts.append((["sharpness", edge][: 1 + alone], "loss", name, True))
    return [(_chart(message, names), kind, name, log) for names, kind, name, log in charts]


def _chart(message: Trainings, names: list[str]) -> _Chart:
    runs = [_run(one, name, place + line) for place, one in enumerate(message.runs) for line, name in enumerate(names)]
    watched = [run for run, name in zip(runs, names, strict=False) if name == message.runs[0].row["monitor"]]
    return _Chart(runs, message.n, watched[0] if watched else None)


def _run(one: Trained, name: str, colour: int) -> Run:
    """A line over epochs as a run's over steps; there is no number of epoch 0."""
    curves, watched = one.curves, one.row["watched"]
    cuts = 1 + np.flatnonzero(curves["cut"]) if watched and name in ("rate", one.row["monitor"]) else np.zeros(0, int)
    bests = None
    if name == one.row["monitor"]:
        bests = Bests(np.arange(1, one.n + 1), curves["best"], curves["threshold"])
    values = np.append(np.nan, curves[name])
    return Run(one.row["name"], colour, True, np.zeros((0, 2)), values, curves["rate"], cuts, bests, True)


class _Model:
    """What the model has learnt by an epoch."""

    def __init__(self, canvas: Canvas, run: Trained, box: Box, what: str) -> None:
        self.canvas, self.run = canvas, run
        self.shown: int | None = None
        picture = run.row["picture"]
        note = canvas.words(box.left + 8, box.top + 10, what, bold=True, size=12)
        note.set_fontsize(float(note.get_fontsize()) * min(1, (box.width - 8) / canvas.wide(note)))
        self.box = Box(box.left + 48, box.top + 24, box.right - 4, box.bottom - 58)
        self.hues = [np.array(to_rgb(canvas.palette.runs[place])) for place in CLASSES]
        self.paper = np.array(to_rgb(canvas.palette.paper))
        self.classes = len(picture["classes"])
        self._draw = {"line": self._line, "plane": self._plane, "digits": self._digits}[picture["kind"]]()
        self._legend(box, picture["kind"])

    def at(self, cursor: float) -> None:
        """Show the model after this epoch."""
        epoch = int(cursor)
        if epoch != self.shown:
            self.shown = epoch
            weights = self.run.weights_at(epoch)
            if np.isfinite(weights).all():
                self._draw(weights)

    def _read(self, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return readings(self.run, outputs(self.run, weights, x))

    def _axes(self) -> None:
        """The scales, and numbers in the features' own units."""
        place, box = np.asarray(self.run.data["place"], float), self.box
        low, high = place.min(axis=0), place.max(axis=0)
        pad = 0.08 * np.where(high > low, high - low, 1.0)
        self.low, self.high = low - pad, high + pad
        self.across = linear(self.low[0], self.high[0], box.left, box.right)
        self.up = linear(self.low[1], self.high[1], box.bottom, box.top)
        ticks = []
        for k, (scale, count) in enumerate(((self.across, 5), (self.up, 6))):
            axis = self.run.row["picture"]["axes"][k]
            low, high = (end * axis["spread"] + axis["mean"] for end in (self.low[k], self.high[k]))
            values = nice_ticks(low, high, count)
            ticks.append([(v, float(scale(np.array((v - axis["mean"]) / axis["spread"])))) for v in values])
        grid(self.canvas, box, *ticks)
        frame(self.canvas, box)
        across, up = (axis["name"] for axis in self.run.row["picture"]["axes"])
        soft = self.canvas.palette.soft
        self.canvas.words((box.left + box.right) / 2, box.bottom + 28, across, colour=soft, across="center", size=11)
        words = self.canvas.words(box.left - 40, (box.top + box.bottom) / 2, up, colour=soft, across="center", size=11)
        words.set_rotation(90)

    def _points(self) -> None:
        """Rows that train are full circles, rows that validate hollow squares."""
        data = self.run.data
        place, train = np.asarray(data["place"], float), np.asarray(data["train"], bool)
        spots = np.stack([self.across(place[:, 0]), self.up(place[:, 1])], axis=1)
        colours = np.array(self.hues)[class_of(self.run) % len(CLASSES)] if self.classes else self._shades()
        radius = 2.4 if len(place) > MANY else 3.6
        outlined = not self.classes and self.run.row["picture"]["kind"] == "plane"  # pale ones would not be seen
        for rows, hollow in ((train, False), (~train, True)):
            self.canvas.dots(spots[rows], colours[rows], radius, hollow=hollow, outlined=outlined)

    def _shades(self) -> np.ndarray:
        y = np.asarray(self.run.data["y"], float)
        if self.run.row["picture"]["kind"] == "line":
            return np.tile(to_rgb(self.canvas.palette.runs[1]), (len(y), 1))
        return self._shade(y, 1)

    def _shade(self, values: np.ndarray, most: float) -> np.ndarray:
        """Of numbers: below the middle of the data one hue, above it another.   (n,) -> (n, 3)"""
        y = np.asarray(self.run.data["y"], float)
        t = np.clip((values - y.min()) / ((y.max() - y.min()) or 1.0), 0, 1)
        hue = np.where((t < 0.5)[:, None], self.hues[0], self.hues[1])
        return self.paper + (hue - self.paper) * (most * np.abs(2 * t - 1))[:, None]

    def _line(self) -> Draw:
        self._axes()
        self._points()
        x = np.linspace(self.low[0], self.high[0], LINE)
        width = self.run.row["sizes"][-1]
        palette = self.canvas.palette
        colours = [palette.runs[CLASSES[j % len(CLASSES)]] for j in range(width)] if width > 1 else [palette.runs[0]]
        lines = [self.canvas.line(colour, 3) for colour in colours]

        def draw(weights: np.ndarray) -> None:
            read = self._read(weights, x[:, None])
            for j, line in enumerate(lines):
                line.set_data(*clipped(np.stack([self.across(x), self.up(read[:, j])], axis=1), self.box).T)

        return draw

    def _plane(self) -> Draw:
        self._axes()
        image = self.canvas.image(self.box)
        edge = self.canvas.line(self.canvas.palette.ink, 2)
        self._points()
        sides = [np.linspace(self.low[k], self.high[k], SIDE) for k in (0, 1)]
        u, v = np.meshgrid(*sides)
        x = np.stack([u.ravel(), v.ravel()], axis=1) @ np.asarray(self.run.data["basis"], float)

        def draw(weights: np.ndarray) -> None:
            read = self._read(weights, x)
            image.set_data(np.clip(self._tones(read), 0, 1).reshape(SIDE, SIDE, 3))
            if self.classes == 2:
                likely = read[:, -1].reshape(SIDE, SIDE)
                pieces = contour_generator(self.across(sides[0]), self.up(sides[1]), likely).lines(0.5)
                gap = np.full((1, 2), np.nan)
                joined = [part for piece in pieces for part in (np.asarray(piece), gap)]
                edge.set_data(*np.concatenate([*joined, gap]).T)

        return draw

    def _tones(self, read: np.ndarray) -> np.ndarray:
        """How sure the model is of which class; or the number.   (n, outputs) -> (n, 3)"""
        if not self.classes:
            return self._shade(read[:, 0], 0.6)
        if read.shape[1] == 1:
            best, sure = (read[:, 0] > 0.5).astype(int), np.abs(2 * read[:, 0] - 1)
        else:
            best = read.argmax(axis=1)
            sure = 0.25 + 0.75 * (read.max(axis=1) - 1 / self.classes) / (1 - 1 / self.classes)
        hue = np.array(self.hues)[best % len(CLASSES)]
        return self.paper + (hue - self.paper) * (SURE * sure)[:, None]

    def _digits(self) -> Draw:
        units = int(self.run.row["sizes"][1])
        direct = len(self.run.row["sizes"]) == 2
        count = min(units, MOST_TILES)
        columns = -(-count // 2)
        names = self.run.row["picture"]["classes"] if direct else [f"unit {j + 1}" for j in range(count)]
        box = self.box._replace(left=self.box.left - 40, top=self.box.top + 6)
        above = _Tiles(self, box, columns, 2)
        below = _Tiles(self, box._replace(top=above.bottom + 30), MISTAKES, 1)
        caption = self.canvas.words(box.left, above.bottom + 16, "", bold=True, size=11)
        self.canvas.moving.append(caption)
        data = self.run.data
        held = ~np.asarray(data["train"], bool)
        rows = np.flatnonzero(held if held.any() else ~held)
        x, own = np.asarray(data["x"], float), class_of(self.run)
        pixels = (x * np.asarray(data["spread"]) + np.asarray(data["mean"])) / 16

        def draw(weights: np.ndarray) -> None:
            kernel = weights[: TILE * TILE * units].reshape(TILE * TILE, units).T[:count]
            above.draw(kernel / (np.abs(kernel).max() or 1.0), names)
            read = self._read(weights, x[rows])
            taken = read.argmax(axis=1)
            wrong = np.flatnonzero(taken != own[rows])
            wrong = wrong[np.argsort(read[wrong, own[rows[wrong]]])]
            caption.set_text(f"The worst of {len(wrong)} mistakes on {len(rows)} rows")
            few = wrong[:MISTAKES]
            below.draw(pixels[rows[few]], [f"{own[rows[k]]} read as {taken[k]}" for k in few])

        return draw

    def _legend(self, box: Box, kind: str) -> None:
        """Below the picture: what its markers mean."""
        palette, y, x = self.canvas.palette, box.bottom - 12, box.left + 10
        entries: list[tuple[str, str, bool]] = []
        if kind == "digits":
            entries = [(palette.runs[CLASSES[0]], "speaks against it", False),
                       (palette.runs[CLASSES[1]], "speaks for it", False)]  # fmt: skip
        else:
            entries.append((palette.soft, "training", False))
            if self.run.row["validates"]:
                entries.append((palette.soft, "validation", True))
            classes = self.run.row["picture"]["classes"][:4]
            entries += [(palette.runs[CLASSES[k]], name, False) for k, name in enumerate(classes)]
        for colour, name, hollow in entries:
            self.canvas.dots(np.array([[x, y]]), np.array([to_rgb(colour)]), 3.6, hollow=hollow)
            x += 24 + self.canvas.wide(self.canvas.words(x + 9, y, name, size=11, colour=palette.soft))


class _Tiles:
    """Rows of pictures of 8 x 8 numbers between -1 and 1, each with its name below."""

    def __init__(self, model: _Model, box: Box, columns: int, rows: int) -> None:
        self.model, self.columns, self.rows = model, columns, rows
        high = rows * (TILE + GAP)
        wide = columns * (TILE + GAP)
        cell = min(box.width / wide, 0.5 * box.height / high, 9.0)
        self.bottom = box.top + cell * high
        self.image = model.canvas.image(Box(box.left, box.top, box.left + cell * wide, self.bottom), smooth=False)
        self.names = []
        for j in range(columns * rows):
            x = box.left + cell * ((j % columns) * (TILE + GAP) + TILE / 2)
            y = box.top + cell * ((j // columns) * (TILE + GAP) + TILE + 1.6)
            self.names.append(model.canvas.words(x, y, "", size=9, colour=model.canvas.palette.soft, across="center"))
        model.canvas.moving += self.names

    def draw(self, tiles: np.ndarray, names: list[str]) -> None:
        """tiles: (count, 64)"""
        paper = self.model.paper
        whole = np.tile(paper, (self.rows * (TILE + GAP), self.columns * (TILE + GAP), 1))
        for j, tile in enumerate(tiles):
            hue = np.where((tile < 0)[:, None], self.model.hues[0], self.model.hues[1])
            colour = paper + (hue - paper) * np.clip(np.abs(tile), 0, 1)[:, None]
            top, left = (j // self.columns) * (TILE + GAP), (j % self.columns) * (TILE + GAP)
            whole[top : top + TILE, left : left + TILE] = np.clip(colour, 0, 1).reshape(TILE, TILE, 3)
        self.image.set_data(whole[::-1])
        for j, words in enumerate(self.names):
            words.set_text(names[j] if j < len(names) and j < len(tiles) else "")
