"""What several panels draw: grid, frame, minima, the start; and where marks stand on a path."""

from __future__ import annotations

import math

import numpy as np

from lrviz.export.canvas import Canvas
from lrviz.export.geometry import Box
from lrviz.export.message import Run
from lrviz.knob import digits
from lrviz.trajectory import ends_in_a_hole

MIN_GAP = 9.0
"""Pixels between two marks of cuts at least."""


def step_at(cursor: float, run: Run) -> int:
    """The last whole step that is shown; a run stays at its end."""
    return min(int(cursor), run.n)


def spaced(places: np.ndarray, box: Box) -> np.ndarray:
    """Of the marks those inside the box and far enough from the one before.   places (n, 2), in pixels -> (m, 2)"""
    kept: list[np.ndarray] = []
    for place in places[box.has(places)]:
        if not kept or math.hypot(*(place - kept[-1])) >= MIN_GAP:
            kept.append(place)
    return np.array(kept).reshape(-1, 2)


def frame(canvas: Canvas, box: Box) -> None:
    """The line around a panel."""
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    canvas.lines([np.array([*corners, corners[0]])], canvas.palette.border if canvas.theme == "dark" else "#b9ae9c", 1)


def grid(canvas: Canvas, box: Box, across: list[tuple[float, float]], up: list[tuple[float, float]]) -> None:
    """Lines of the grid with their numbers: (value, pixel)."""
    p = canvas.palette
    canvas.lines([np.array([[x, box.top], [x, box.bottom + 4]]) for _, x in across], p.grid, 1)
    canvas.lines([np.array([[box.left, y], [box.right, y]]) for _, y in up], p.grid, 1)
    for v, x in across:
        canvas.words(x, box.bottom + 13, digits(v), colour=p.soft, across="center", size=11)
    for v, y in up:
        canvas.words(box.left - 7, y, digits(v), colour=p.soft, across="right", size=11)


def _circle(x: float, y: float, radius: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 33)
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)


def minimum(canvas: Canvas, x: float, y: float, found: bool) -> None:
    """A small plus in a ring, which is dashed where a search found it."""
    around = np.array_split(_circle(x, y, 7), 14)[::2] if found else [_circle(x, y, 6)]
    lines = [*around, np.array([[x - 9, y], [x + 9, y]]), np.array([[x, y - 9], [x, y + 9]])]
    canvas.lines(lines, canvas.palette.paper, 4)
    canvas.lines(lines, canvas.palette.ink, 1.6)


def ring(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """The start of all runs."""
    canvas.lines([_circle(x, y, radius)], canvas.palette.paper, 4.5)
    canvas.lines([_circle(x, y, radius)], canvas.palette.ink, 2)


def loss_text(losses: np.ndarray, k: int) -> str:
    """The loss at a point, or why it is no finite number (`lossText` of the player).   losses: (n+1,)"""
    if np.isfinite(losses[k]):
        return digits(float(losses[k]))
    return "without a value" if ends_in_a_hole(losses) else "too large to compute"
