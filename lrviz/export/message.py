"""A packed message as the drawings read it: the same numbers that the browser draws, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.stage.pack import unpack
from lrviz.stage.stairs import unfolded

Domain = tuple[float, float, float, float]
FULL = 65535


@dataclass(frozen=True)
class Bests:
    """With the plateau rule, an entry an epoch, each (E,): its last step, the best so far, what had to be undercut."""

    step: np.ndarray
    best: np.ndarray
    threshold: np.ndarray


@dataclass(frozen=True)
class Run:
    """x (n+1, 2), loss (n+1,), rate (n,); cuts: steps after which the rate is lower; colour: its place, 0-5;
    rated: does its optimizer use a rate?"""

    name: str
    colour: int
    visible: bool
    x: np.ndarray
    loss: np.ndarray
    rate: np.ndarray
    cuts: np.ndarray
    bests: Bests | None
    rated: bool

    @property
    def n(self) -> int:
        """Steps."""
        return len(self.rate)


@dataclass(frozen=True)
class LossSurface:
    """domain: x low, x high, y low, y high. heights (side, side), 0-1, rows along x1; lines: (level, points (k, 2));
    minima (m, 2), found: by a search. scale: how a loss becomes a height (stage/landscape.py)."""

    domain: Domain
    heights: np.ndarray
    lines: list[tuple[int, np.ndarray]]
    minima: np.ndarray
    scale: dict[str, float]
    found: bool

    @property
    def floor(self) -> float:
        return self.scale["floor"]

    def height(self, loss: np.ndarray) -> np.ndarray:
        """Of a loss: 0 at the lowest point of the domain, 1 at the highest, and beyond.   (...) -> (...)"""
        s = self.scale
        with np.errstate(invalid="ignore"):
            return (np.log(np.maximum(loss - s["floor"], 0) + s["soft"]) - s["low"]) / (s["high"] - s["low"])

    def height_at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Between the four nearest points of the grid, at its border for points outside.   (...), (...) -> (...)"""
        x0, x1, y0, y1 = self.domain
        side = len(self.heights)
        u = np.clip((x - x0) / (x1 - x0) * (side - 1), 0, side - 1.000001)
        v = np.clip((y - y0) / (y1 - y0) * (side - 1), 0, side - 1.000001)
        i, j = u.astype(int), v.astype(int)
        a, b = u - i, v - j
        h = self.heights
        return (h[j, i] * (1 - a) + h[j, i + 1] * a) * (1 - b) + (h[j + 1, i] * (1 - a) + h[j + 1, i + 1] * a) * b


@dataclass(frozen=True)
class Slice:
    """The loss (n,) along base + s direction.   base, direction (2,), s (n,)"""

    label: str
    base: np.ndarray
    direction: np.ndarray
    s: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True)
class Message:
    """All of a message that is drawn."""

    label: str
    start: tuple[float, float]
    runs: list[Run]
    surface: LossSurface
    slices: list[Slice]

    @property
    def n(self) -> int:
        """Steps of the longest run."""
        return max((run.n for run in self.runs), default=0)

    @property
    def floor(self) -> float:
        """What is taken off each loss that is drawn."""
        return self.surface.floor

    @property
    def lead(self) -> Run | None:
        """Whose best so far is drawn."""
        return next(iter(self.shown), None)

    @property
    def shown(self) -> list[Run]:
        """The runs that are switched on."""
        return [run for run in self.runs if run.visible]


def read(message: bytes) -> Message:
    """Of a packed message that holds its landscape and slices, as `lrviz.play.message` makes it. Raises
    ``ValueError`` for any other bytes."""
    meta, arrays = unpack(message)
    return Message(
        label=meta["label"],
        start=(meta["start"][0], meta["start"][1]),
        runs=[_run(row, f"run{i}.", arrays) for i, row in enumerate(meta["runs"])],
        surface=_surface(meta["landscape"], arrays),
        slices=[
            Slice(
                row["label"],
                np.array(row["base"]),
                np.array(row["direction"]),
                arrays[f"profile{i}.s"],
                arrays[f"profile{i}.loss"],
            )
            for i, row in enumerate(meta["profiles"])
        ],
    )


def _run(row: dict[str, Any], own: str, arrays: dict[str, np.ndarray]) -> Run:
    rate = unfolded(arrays, f"{own}rate")
    cuts, bests = np.zeros(0, int), None
    if f"{own}epoch.step" in arrays:
        best, threshold = (unfolded(arrays, f"{own}epoch.{name}").astype(float) for name in ("best", "threshold"))
        step = arrays[f"{own}epoch.step"].astype(int)
        if len(step) != len(best):
            step = step[0] * np.arange(1, len(best) + 1)
        cuts = step[np.unpackbits(arrays[f"{own}epoch.cut"], count=len(best), bitorder="little").astype(bool)]
        bests = Bests(step, best, threshold)
    x, loss = arrays[f"{own}x"], arrays[f"{own}loss"]
    return Run(row["name"], row["colour"], row["visible"], x, loss, rate, cuts, bests, row["rated"])


def _surface(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> LossSurface:
    x0, x1, y0, y1 = meta["domain"]
    levels, heights = arrays["landscape.line_level"].tolist(), arrays["landscape.heights"] / FULL
    xy = arrays["landscape.line_xy"] / FULL * [x1 - x0, y1 - y0] + [x0, y0]
    ends = np.cumsum(arrays["landscape.line_size"].astype(int))
    lines = list(zip(levels, np.split(xy, ends[:-1]), strict=True)) if len(ends) else []
    minima = np.array(meta["minima"], float).reshape(-1, 2)
    return LossSurface((x0, x1, y0, y1), heights, lines, minima, meta["scale"], meta["found"])
