"""The panels of the stage on a board: landscape, slice, 3D, loss and rate. Each draws its ground once and then follows
the cursor; where things stand and how they look is that of the panel of the same name in web/.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from lrviz.export.board import Board, mixed
from lrviz.export.geometry import (
    Box,
    Exit,
    arrow_shape,
    clipped,
    depth,
    exit_of,
    head_at,
    linear,
    log_ticks,
    logarithmic,
    nice_ticks,
    projector,
    range_of,
)
from lrviz.export.told import Told, ToldRun
from lrviz.knob import digits

CELLS = 46
LIFT = 0.012
NEAR = 9.0
"""Pixels between two notches at least."""


class Panel(Protocol):
    """A part of the picture."""

    def at(self, cursor: float) -> None:
        """Show the runs at this step, which may lie between two."""


def _beyond(loss: float) -> str:
    return f"loss {digits(loss)}" if math.isfinite(loss) else "loss beyond all numbers"


def _step(cursor: float, run: ToldRun) -> int:
    return min(int(cursor), run.n)


def _spaced(places: np.ndarray, box: Box) -> np.ndarray:
    """Of the notches those inside and far enough from the one before."""
    kept: list[np.ndarray] = []
    for place in places[box.has(places)]:
        if not kept or math.hypot(*(place - kept[-1])) >= NEAR:
            kept.append(place)
    return np.array(kept).reshape(-1, 2)


class _Paths:
    """Runs as points of a plane, with trail, notches, head, the step just taken, and the way out."""

    def __init__(
        self, board: Board, told: Told, box: Box, points: list[np.ndarray], *, touching: bool,
        widths: tuple[float, float], arrows: bool = True,
    ) -> None:  # fmt: skip
        self.board, self.told, self.box, self.touching = board, told, box, touching
        runs = list(zip(told.runs, points, strict=True))
        self.rows = [(run, place) for run, place in reversed(runs) if run.visible]
        self.lead = next((run for run in told.runs if run.visible), None)
        colours = board.palette.runs
        width = {id(run): widths[run is not self.lead] for run, _ in self.rows}
        self.faint = []
        for run, place in self.rows:
            line = board.line(colours[run.colour], 1.5, faint=0.34)
            line.set_data(*clipped(place, box).T)
            self.faint.append(line)
        self.trails = [board.line(colours[run.colour], width[id(run)], run=run.colour) for run, _ in self.rows]
        self.notches = [board.notches(run.colour) for run, _ in self.rows]
        self.exits = [board.arrow(colours[run.colour]) for run, _ in self.rows]
        self.step = board.arrow(colours[self.lead.colour]) if self.lead and arrows else None
        self.heads = [board.marker(run.colour, 6 if run is self.lead else 5) for run, _ in self.rows]
        self.slips = [board.slip(colours[run.colour]) for run, _ in self.rows]

    def at(self, cursor: float) -> None:
        taken: list[Box] = []
        for i, (run, points) in enumerate(self.rows):
            k = _step(cursor, run)
            self.faint[i].set_visible(cursor < run.n)
            head = head_at(points, min(cursor, run.n))
            drawn = np.concatenate([points[: k + 1], head[None]]) if cursor > k else points[: k + 1]
            self.trails[i].set_data(*clipped(drawn, self.box, touching=self.touching).T)
            self.notches[i].set_data(*_spaced(points[run.cuts[run.cuts <= cursor]], self.box).T)
            way = exit_of(points, k, self.box)
            self._leave(i, run, way, taken)
            if i == len(self.rows) - 1:  # the lead: drawn last, on top
                self._take_step(points, min(k, run.n - 1), way is not None)
            shown = way is None and bool(self.box.has(head))
            self.heads[i].set_data(*(head[:, None] if shown else ([], [])))

    def _take_step(self, points: np.ndarray, k: int, away: bool) -> None:
        if self.step is None:
            return
        outline = np.zeros((0, 2))
        if k >= 0 and not away and self.box.has(points[k : k + 2]).all():
            (x, y), (dx, dy) = points[k], points[k + 1] - points[k]
            outline = arrow_shape(x, y, dx, dy, 3)
        self.step.set_visible(len(outline) > 0)
        if len(outline):
            self.step.set_xy(outline)

    def _leave(self, i: int, run: ToldRun, way: Exit | None, taken: list[Box]) -> None:
        self.exits[i].set_visible(way is not None)
        self.slips[i].set_visible(way is not None)
        if way is None:
            return
        ux, uy = math.cos(way.angle), math.sin(way.angle)
        self.exits[i].set_xy(arrow_shape(way.x - ux * 30, way.y - uy * 30, ux * 28, uy * 28, 3.5))
        said = f"{run.name} leaves at step {way.step}, {_beyond(float(run.loss[way.step]))}"
        self.board.place(self.slips[i], said, way.x - ux * 52, way.y - uy * 52 - 6, self.box, taken)


class Landscape:
    """The map: shade, contour lines, minima, the start; runs with trail and head."""

    def __init__(self, board: Board, told: Told, box: Box) -> None:
        ground, p = told.ground, board.palette
        x0, x1, y0, y1 = ground.domain
        box = Box(box.left + 40, box.top + 4, box.right - 8, box.bottom - 24)
        self.box = box
        across, up = linear(x0, x1, box.left, box.right), linear(y0, y1, box.bottom, box.top)
        board.shade(ground.heights, box)
        for fifth in (False, True):
            lines = [
                np.stack([across(line[:, 0]), up(line[:, 1])], axis=1)
                for level, line in ground.lines
                if (level % 5 == 0) is fifth
            ]
            board.lines(lines, p.fifth if fifth else p.line, 1.1 if fifth else 0.9)
        for x, y in np.stack([across(ground.minima[:, 0]), up(ground.minima[:, 1])], axis=1):
            if box.has(np.array([x, y])):
                _minimum(board, x, y, ground.found)
        _frame(board, box)
        for v in nice_ticks(x0, x1, max(3, box.width / 110)):
            x = float(across(np.array(v)))
            board.lines([np.array([[x, box.bottom], [x, box.bottom + 4]])], p.soft, 1)
            board.words(x, box.bottom + 13, digits(v), colour=p.soft, across="center", size=11)
        for v in nice_ticks(y0, y1, max(3, box.height / 70)):
            y = float(up(np.array(v)))
            board.lines([np.array([[box.left - 4, y], [box.left, y]])], p.soft, 1)
            board.words(box.left - 7, y, digits(v), colour=p.soft, across="right", size=11)
        with np.errstate(over="ignore"):
            points = [np.stack([across(run.x[:, 0]), up(run.x[:, 1])], axis=1) for run in told.runs]
        start = np.array([float(across(np.array(told.start[0]))), float(up(np.array(told.start[1])))])
        if box.has(start):
            _ring(board, float(start[0]), float(start[1]), 8)
        self.paths = _Paths(board, told, box, points, touching=True, widths=(2.4, 2))
        self.at = self.paths.at


class Profile:
    """The slice: the loss along a line, and the runs bouncing on it."""

    def __init__(self, board: Board, told: Told, box: Box) -> None:
        p, cut = board.palette, told.slices[0]
        box = Box(box.left + 54, box.top + 4, box.right - 12, box.bottom - 42)
        self.box = box
        finite = cut.loss[np.isfinite(cut.loss)]
        low, high = float(finite.min()), float(finite.max())
        pad = ((high - low) or 1) * 0.07
        low, high = low - pad, high + pad
        across, up = linear(cut.s[0], cut.s[-1], box.left, box.right), linear(low, high, box.bottom, box.top)
        _grid(board, box, [(v, float(across(np.array(v)))) for v in nice_ticks(cut.s[0], cut.s[-1], 6)],
              [(v, float(up(np.array(v)))) for v in nice_ticks(low, high, 6)])  # fmt: skip
        middle = (box.left + box.right) / 2
        board.words(middle, box.bottom + 32, f"position on the slice: {cut.label}", colour=p.soft, across="center")
        _frame(board, box)
        board.lines([clipped(np.stack([across(cut.s), up(cut.loss)], axis=1), box)], p.ink, 1.8)
        with np.errstate(over="ignore", invalid="ignore"):
            points = [np.stack([across((run.x - cut.base) @ cut.direction), up(run.loss)], axis=1) for run in told.runs]
        self.paths = _Paths(board, told, box, points, touching=False, widths=(1.6, 1.6), arrows=False)
        self.at = self.paths.at


class Surface:
    """The surface in three dimensions: a mesh painted from far to near, the runs on it. Height is log loss."""

    def __init__(self, board: Board, told: Told, box: Box) -> None:
        p, ground = board.palette, told.ground
        self.box = box
        x0, x1, y0, y1 = ground.domain
        side = np.linspace(-0.5, 0.5, CELLS + 1)
        u, v = np.meshgrid(side, side)
        h = ground.height_at(x0 + (u + 0.5) * (x1 - x0), y0 + (v + 0.5) * (y1 - y0))
        project = _fitted(box, u, v, h)
        _mesh(board, project(u, v, h), h, side)
        for x, y in ground.minima:
            unit = (x - x0) / (x1 - x0) - 0.5, (y - y0) / (y1 - y0) - 0.5
            if max(map(abs, unit)) <= 0.5:
                at, up = project(*map(np.array, unit), ground.height_at(np.array(x), np.array(y)))
                _minimum(board, at, up, ground.found)
        board.words(box.left + 8, box.top + 10, "height: log loss", colour=p.soft)
        for at, low, high, name in (((0, -0.58), x0, x1, "x₀"), ((0.58, 0), y0, y1, "x₁")):
            x, y = project(np.array(at[0]), np.array(at[1]), np.array(0.0))
            said = f"{name}  {digits(low)} … {digits(high)}"
            across = min(max(x, box.left + 60), box.right - 60)
            board.words(across, min(y + 6, box.bottom - 8), said, colour=p.soft, across="center")
        points = []
        for run in told.runs:
            with np.errstate(over="ignore", invalid="ignore"):
                place = (run.x - [x0, y0]) / [x1 - x0, y1 - y0] - 0.5
                on = (np.abs(place) <= 0.5).all(axis=1) & np.isfinite(run.loss)
                seen = project(place[:, 0], place[:, 1], ground.height(run.loss) + LIFT)
            points.append(np.where(on[:, None], seen, np.nan))
        self.paths = _Paths(board, told, box, points, touching=False, widths=(2.4, 2.4))
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


def _mesh(board: Board, corners: np.ndarray, h: np.ndarray, side: np.ndarray) -> None:
    """Quads from far to near, every fourth line of the grid drawn with the cell beside it."""
    p = board.palette
    middle = (side[:-1] + side[1:]) / 2
    u, v = np.meshgrid(middle, middle)
    order = np.argsort(-depth(u, v), axis=None)
    shadow = (60 / 255, 48 / 255, 30 / 255) if board.theme == "light" else (0.0, 0.0, 0.0)
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
    board.shapes(outlines, faces, edges, widths)


class Series:
    """Loss or learning rate over steps, both logarithmic."""

    def __init__(self, board: Board, told: Told, box: Box, kind: str, titled: bool = True) -> None:
        self.board, self.told, self.kind = board, told, kind
        p = board.palette
        self.floor = told.ground.floor if kind == "loss" else 0.0
        above = f" {'+' if self.floor < 0 else '−'} {digits(abs(self.floor))}" if self.floor else ""
        name = "Learning rate α" if kind == "rate" else f"Loss{above}"
        if titled:
            title = board.words(box.left + 10, box.top + 12, name, bold=True, size=13)
            board.words(box.left + 18 + board.wide(title), box.top + 12, "log scale", colour=p.soft)
        box = Box(box.left + 54, box.top + 30, box.right - 14, box.bottom - 22)
        self.box = box
        low, high = range_of(
            [run.loss - self.floor if kind == "loss" else run.rate for run in told.shown if self._lined(run)]
        )
        self.across = linear(0, told.n or 1, box.left, box.right)
        self.up = logarithmic(low, high, box.bottom, box.top)
        count = max(2, int(box.height // 30))
        steps = [v for v in nice_ticks(0, told.n or 1, 5) if v == int(v)]
        _grid(board, box, [(v, float(self.across(np.array(v)))) for v in steps],
              [(v, float(self.up(np.array(v)))) for v in log_ticks(low, high, count)])  # fmt: skip
        axis = np.array([[box.left, box.top], [box.left, box.bottom], [box.right, box.bottom]])
        board.lines([axis], p.soft, 1)
        lead = told.shown[0] if told.shown else None
        self.lead = lead
        self.best = board.line(p.ink, 1.2) if kind == "loss" and lead and lead.bests else None
        self.band = board.band() if self.best else None
        self.rows = [(run, self._points(run)) for run in reversed(told.runs) if run.visible and self._lined(run)]
        colours = p.runs
        self.faint = []
        for run, points in self.rows:
            line = board.line(colours[run.colour], 1.5, faint=0.34)
            line.set_data(*clipped(points, box).T)
            self.faint.append(line)
        self.trails = [
            board.line(colours[run.colour], 2.2 if run is lead else 1.8, run=run.colour) for run, _ in self.rows
        ]
        self.notches = [board.notches(run.colour) for run, _ in self.rows]
        self.cursor = board.line(p.accent, 1.5)
        self.away = [board.arrow(colours[run.colour]) for run, _ in self.rows]
        self.heads = [board.marker(run.colour, 5 if run is lead else 4) for run, _ in self.rows]
        self.slips = [board.slip(colours[run.colour]) for run, _ in self.rows]

    def _lined(self, run: ToldRun) -> bool:
        """A run without a rate, as Newton's, has no line on the panel of rates."""
        return self.kind == "loss" or run.rated

    def _points(self, run: ToldRun) -> np.ndarray:
        """Rates are stairs, two points a step."""
        if self.kind == "loss":
            return np.stack([self.across(np.arange(run.n + 1)), self.up(run.loss - self.floor)], axis=1)
        steps = np.repeat(np.arange(run.n + 1), 2)[1:-1]
        return np.stack([self.across(steps), self.up(np.repeat(run.rate, 2))], axis=1)

    def at(self, cursor: float) -> None:
        x = float(self.across(np.array(cursor)))
        self.cursor.set_data([x, x], [self.box.top, self.box.bottom])
        if self.best is not None:
            self._show_best(cursor)
        taken: list[Box] = []
        for i, (run, points) in enumerate(self.rows):
            k = _step(cursor, run)
            self.faint[i].set_visible(cursor < run.n)
            head = self._head(run, points, cursor)
            last = k if self.kind == "loss" else min(2 * k, len(points) - 1)
            drawn = np.concatenate([points[: last + 1], head[None]])
            self.trails[i].set_data(*clipped(drawn, self.box).T)
            at = run.cuts[run.cuts <= cursor]
            at = at if self.kind == "loss" else np.clip(2 * at - 1, 0, len(points) - 1)
            self.notches[i].set_data(*_spaced(np.maximum(points[at], [0, self.box.top]), self.box).T)
            seen = self.box.top - 1 <= head[1] <= self.box.bottom + 1
            self.heads[i].set_data(*(head[:, None] if seen else ([], [])))
            self.slips[i].set_visible(not seen and self.kind == "loss")
            self.away[i].set_visible(not seen and self.kind == "loss")
            if not seen and self.kind == "loss":
                self._go_away(i, run, points, k, taken)

    def _head(self, run: ToldRun, points: np.ndarray, cursor: float) -> np.ndarray:
        if self.kind == "loss":
            return head_at(points, min(cursor, run.n))
        step = min(int(min(cursor, run.n)), run.n - 1)
        return np.array([float(self.across(np.array(min(cursor, run.n)))), points[2 * step, 1]])

    def _go_away(self, i: int, run: ToldRun, points: np.ndarray, k: int, taken: list[Box]) -> None:
        """Off the axis or no longer a number: an arrow where the line went out, with step and loss."""
        box = self.box
        below = bool(points[k, 1] > box.bottom)
        with np.errstate(invalid="ignore"):
            here = points[: k + 1, 1] <= box.bottom if below else points[: k + 1, 1] >= box.top
        seen = np.flatnonzero(here)
        x = min(max(float(points[min(int(seen[-1]) + 1, k) if len(seen) else 0, 0]), box.left + 6), box.right - 6)
        tip, barb = (box.bottom, box.bottom - 11) if below else (box.top, box.top + 11)
        self.away[i].set_xy(np.array([[x, tip], [x + 6, barb], [x - 6, barb]]))
        loss = float(run.loss[k])
        words = digits(loss) if math.isfinite(loss) else "beyond all numbers"
        said = f"{run.name}, step {k}: {words} {'↓' if below else '↑'}"
        self.board.place(self.slips[i], said, x, box.bottom - 24 if below else box.top + 24, box, taken)

    def _show_best(self, cursor: float) -> None:
        """Best so far as a line, and below it the band that a loss must leave downwards to count as better."""
        if self.lead is None or self.lead.bests is None or self.best is None or self.band is None:
            return
        bests, box = self.lead.bests, self.box
        count = int(np.searchsorted(bests.step, cursor, side="right"))
        best, after = bests.best[:count], np.append(bests.threshold[1:], bests.threshold[-1:])[:count]
        same = (best[1:] == best[:-1]) & (after[1:] == after[:-1])
        first = np.flatnonzero(np.append(True, ~same)[:count])  # a stair lasts until the next one
        ends = np.minimum(np.append(bests.step[first[1:]], bests.step[min(count, len(bests.step) - 1)]), cursor)
        x0, x1 = self.across(bests.step[first]), self.across(ends[: len(first)])
        y = np.clip(self.up(best[first] - self.floor), box.top, box.bottom)
        known = np.isfinite(y)
        stairs = np.stack([np.stack([x0, y], axis=1), np.stack([x1, y], axis=1)], axis=1)[known].reshape(-1, 2)
        self.best.set_data(*stairs.T)
        low = np.clip(self.up(after[first] - self.floor), box.top, box.bottom)
        deep = known & np.isfinite(low) & (low > y + 0.25)
        corners = np.stack([x0, y, x1, y, x1, low, x0, low], axis=1).reshape(-1, 4, 2)
        self.band.set_verts(corners[deep])


def _frame(board: Board, box: Box) -> None:
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    board.lines([np.array([*corners, corners[0]])], board.palette.border if board.theme == "dark" else "#b9ae9c", 1)


def _grid(board: Board, box: Box, across: list[tuple[float, float]], up: list[tuple[float, float]]) -> None:
    """Lines of the grid with their numbers: (value, pixel)."""
    p = board.palette
    board.lines([np.array([[x, box.top], [x, box.bottom + 4]]) for _, x in across], p.grid, 1)
    board.lines([np.array([[box.left, y], [box.right, y]]) for _, y in up], p.grid, 1)
    for v, x in across:
        board.words(x, box.bottom + 13, digits(v), colour=p.soft, across="center", size=11)
    for v, y in up:
        board.words(box.left - 7, y, digits(v), colour=p.soft, across="right", size=11)


def _circle(x: float, y: float, radius: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 33)
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)


def _minimum(board: Board, x: float, y: float, found: bool) -> None:
    """A small plus in a ring, which is dashed where a search found it."""
    ring = np.array_split(_circle(x, y, 7), 14)[::2] if found else [_circle(x, y, 6)]
    lines = [*ring, np.array([[x - 9, y], [x + 9, y]]), np.array([[x, y - 9], [x, y + 9]])]
    board.lines(lines, board.palette.paper, 4)
    board.lines(lines, board.palette.ink, 1.6)


def _ring(board: Board, x: float, y: float, radius: float) -> None:
    """The start."""
    board.lines([_circle(x, y, radius)], board.palette.paper, 4.5)
    board.lines([_circle(x, y, radius)], board.palette.ink, 2)
