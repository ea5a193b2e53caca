"""Loss and learning rate over steps."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box, clipped, head_at, linear, log_ticks, logarithmic, nice_ticks, range_of
from lrviz.export.message import Run
from lrviz.export.panels.marks import grid, spaced, step_at
from lrviz.knob import digits
from lrviz.trajectory import ends_in_a_hole


class Charted(Protocol):
    """Runs of n steps at most, those that are shown among them, and whose best so far is drawn. floor: what is taken
    off each loss."""

    @property
    def runs(self) -> list[Run]: ...
    @property
    def shown(self) -> list[Run]: ...
    @property
    def lead(self) -> Run | None: ...
    @property
    def n(self) -> int: ...
    @property
    def floor(self) -> float: ...


def _plain_range(curves: list[np.ndarray]) -> tuple[float, float]:
    """What a linear axis shows, with a margin."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - pad, high + pad


def _away_at(loss: np.ndarray, now: int, unit: str) -> str:
    """step 40: 3.2e5; from step 61 on: too large to draw; or why there is no number."""
    if math.isfinite(loss[now]):
        return f"{unit} {now}: {digits(float(loss[now]))}"
    finite = np.flatnonzero(np.isfinite(loss[1:now]))
    first = 2 + int(finite[-1]) if len(finite) else 1
    none = "without a value" if ends_in_a_hole(loss) else "no number"
    return f"from {unit} {first} on: {none if math.isnan(loss[first]) else 'too large to draw'}"


class Series:
    """Loss or learning rate over steps; or what else there is a number of each step, under a name of its own.

    kind: "rate" is drawn as stairs. log: is the axis logarithmic.
    """

    def __init__(
        self, canvas: Canvas, message: Charted, box: Box, kind: str, titled: bool = True, *, name: str = "",
        log: bool = True, unit: str = "step",
    ) -> None:  # fmt: skip
        self.canvas, self.message, self.kind, self.unit = canvas, message, kind, unit
        p = canvas.palette
        self.floor = message.floor if kind == "loss" else 0.0
        above = f" {'+' if self.floor < 0 else '−'} {digits(abs(self.floor))}" if self.floor else ""
        name = name or ("Learning rate α" if kind == "rate" else f"Loss{above}")
        if titled:
            title = canvas.words(box.left + 10, box.top + 12, name, bold=True, size=13)
            canvas.words(box.left + 18 + canvas.wide(title), box.top + 12, "log scale" * log, colour=p.soft)
        box = Box(box.left + 54, box.top + 30, box.right - 14, box.bottom - 22)
        self.box = box
        curves = [run.loss - self.floor if kind == "loss" else run.rate for run in message.shown if self._lined(run)]
        low, high = range_of(curves, kind) if log else _plain_range(curves)
        self.across = linear(0, message.n or 1, box.left, box.right)
        self.up = (logarithmic if log else linear)(low, high, box.bottom, box.top)
        count = max(2, int(box.height // 30))
        steps = [v for v in nice_ticks(0, message.n or 1, 5) if v == int(v)]
        heights = (log_ticks if log else nice_ticks)(low, high, count)
        grid(canvas, box, [(v, float(self.across(np.array(v)))) for v in steps],
              [(v, float(self.up(np.array(v)))) for v in heights])  # fmt: skip
        axis = np.array([[box.left, box.top], [box.left, box.bottom], [box.right, box.bottom]])
        canvas.lines([axis], p.soft, 1)
        lead = message.lead
        self.lead = lead
        self.best = canvas.line(p.ink, 1.2) if kind == "loss" and lead and lead.bests else None
        self.band = canvas.band() if self.best else None
        self.rows = [(run, self._points(run)) for run in reversed(message.runs) if run.visible and self._lined(run)]
        colours = p.runs
        self.faint = []
        for run, points in self.rows:
            line = canvas.line(colours[run.colour], 1.5, faint=0.34)
            line.set_data(*clipped(points, box).T)
            self.faint.append(line)
        self.trails = [
            canvas.line(colours[run.colour], 2.2 if run is lead else 1.8, run=run.colour) for run, _ in self.rows
        ]
        self.cuts = [canvas.cuts(run.colour) for run, _ in self.rows]
        self.cursor = canvas.line(p.accent, 1.5)
        self.away = [canvas.arrow(colours[run.colour]) for run, _ in self.rows]
        self.heads = [canvas.marker(run.colour, 5 if run is lead else 4) for run, _ in self.rows]
        self.labels = [canvas.label(colours[run.colour]) for run, _ in self.rows]

    def _lined(self, run: Run) -> bool:
        """A run without a rate, as Newton's, has no line on the panel of rates."""
        return self.kind == "loss" or run.rated

    def _points(self, run: Run) -> np.ndarray:
        """Rates are stairs, two points a step."""
        if self.kind == "loss":
            heights = np.minimum(self.up(run.loss - self.floor), self.box.bottom)
            return np.stack([self.across(np.arange(run.n + 1)), heights], axis=1)
        steps = np.repeat(np.arange(run.n + 1), 2)[1:-1]
        return np.stack([self.across(steps), np.minimum(self.up(np.repeat(run.rate, 2)), self.box.bottom)], axis=1)

    def at(self, cursor: float) -> None:
        """Show the runs at this step, which may lie between two."""
        x = float(self.across(np.array(cursor)))
        self.cursor.set_data([x, x], [self.box.top, self.box.bottom])
        if self.best is not None:
            self._show_best(cursor)
        taken: list[Box] = []
        for i, (run, points) in enumerate(self.rows):
            k = step_at(cursor, run)
            self.faint[i].set_visible(cursor < run.n)
            head = self._head(run, points, cursor)
            last = k if self.kind == "loss" else min(2 * k, len(points) - 1)
            drawn = np.concatenate([points[: last + 1], head[None]])
            self.trails[i].set_data(*clipped(drawn, self.box).T)
            at = run.cuts[run.cuts <= cursor]
            at = at if self.kind == "loss" else np.clip(2 * at - 1, 0, len(points) - 1)
            self.cuts[i].set_data(*spaced(np.maximum(points[at], [0, self.box.top]), self.box).T)
            seen = self.box.top - 1 <= head[1] <= self.box.bottom + 1
            self.heads[i].set_data(*(head[:, None] if seen else ([], [])))
            away = not seen and self.kind == "loss" and (k > 0 or not math.isnan(run.loss[0]))
            self.labels[i].set_visible(away)
            self.away[i].set_visible(away)
            if away:
                self._go_away(i, run, points, k, taken)

    def _head(self, run: Run, points: np.ndarray, cursor: float) -> np.ndarray:
        if self.kind == "loss":
            return head_at(points, min(cursor, run.n))
        step = min(int(min(cursor, run.n)), run.n - 1)
        return np.array([float(self.across(np.array(min(cursor, run.n)))), points[2 * step, 1]])

    def _go_away(self, i: int, run: Run, points: np.ndarray, k: int, taken: list[Box]) -> None:
        """Off the axis or no longer a number: an arrow where the line went out, with step and loss."""
        box = self.box
        with np.errstate(invalid="ignore"):
            here = points[: k + 1, 1] >= box.top
        seen = np.flatnonzero(here)
        x = min(max(float(points[min(int(seen[-1]) + 1, k) if len(seen) else 0, 0]), box.left + 6), box.right - 6)
        self.away[i].set_xy(np.array([[x, box.top], [x + 6, box.top + 11], [x - 6, box.top + 11]]))
        text = f"{run.name}, {_away_at(run.loss, k, self.unit)} ↑"
        self.canvas.place(self.labels[i], text, x, box.top + 24, box, taken)

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
