"""Runs as points of a plane, following the cursor."""

from __future__ import annotations

import math

import numpy as np

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box, Exit, arrow_shape, clipped, exit_of, head_at
from lrviz.export.message import Message, Run
from lrviz.export.panels.marks import loss_text, spaced, step_at
from lrviz.trajectory import ends_in_a_hole


class Paths:
    """Runs as points of a plane, with trail, marks of cuts, head, the step just taken, and the way out."""

    def __init__(
        self, canvas: Canvas, message: Message, box: Box, points: list[np.ndarray], *, touching: bool,
        widths: tuple[float, float], arrows: bool = True,
    ) -> None:  # fmt: skip
        self.canvas, self.message, self.box, self.touching = canvas, message, box, touching
        runs = list(zip(message.runs, points, strict=True))
        self.rows = [(run, place) for run, place in reversed(runs) if run.visible]
        self.lead = next((run for run in message.runs if run.visible), None)
        colours = canvas.palette.runs
        width = {id(run): widths[run is not self.lead] for run, _ in self.rows}
        self.faint = []
        for run, place in self.rows:
            line = canvas.line(colours[run.colour], 1.5, faint=0.34)
            line.set_data(*clipped(place, box).T)
            self.faint.append(line)
        self.trails = [canvas.line(colours[run.colour], width[id(run)], run=run.colour) for run, _ in self.rows]
        self.cuts = [canvas.cuts(run.colour) for run, _ in self.rows]
        self.exits = [canvas.arrow(colours[run.colour]) for run, _ in self.rows]
        self.step = canvas.arrow(colours[self.lead.colour]) if self.lead and arrows else None
        self.heads = [canvas.marker(run.colour, 6 if run is self.lead else 5) for run, _ in self.rows]
        self.labels = [canvas.label(colours[run.colour]) for run, _ in self.rows]

    def at(self, cursor: float) -> None:
        """Show the runs at this step, which may lie between two."""
        taken: list[Box] = []
        for i, (run, points) in enumerate(self.rows):
            k = step_at(cursor, run)
            self.faint[i].set_visible(cursor < run.n)
            head = head_at(points, min(cursor, run.n))
            drawn = np.concatenate([points[: k + 1], head[None]]) if cursor > k else points[: k + 1]
            self.trails[i].set_data(*clipped(drawn, self.box, touching=self.touching).T)
            self.cuts[i].set_data(*spaced(points[run.cuts[run.cuts <= cursor]], self.box).T)
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

    def _leave(self, i: int, run: Run, way: Exit | None, taken: list[Box]) -> None:
        self.exits[i].set_visible(way is not None)
        self.labels[i].set_visible(way is not None)
        if way is None:
            return
        ux, uy = math.cos(way.angle), math.sin(way.angle)
        self.exits[i].set_xy(arrow_shape(way.x - ux * 30, way.y - uy * 30, ux * 28, uy * 28, 3.5))
        text = f"{run.name} {leaves_at(run.loss, way.step)}"
        self.canvas.place(self.labels[i], text, way.x - ux * 52, way.y - uy * 52 - 6, self.box, taken)


def leaves_at(loss: np.ndarray, step: int) -> str:
    """What is said where a run is seen to leave (`leavesAt` of the player).   loss: (n+1,)"""
    if not math.isfinite(loss[step]) and ends_in_a_hole(loss):
        return f"ends at step {np.argmin(np.isfinite(loss))}: no value there"
    return f"leaves at step {step}, loss {loss_text(loss, step)}"
