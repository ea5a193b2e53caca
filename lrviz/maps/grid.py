"""The cells of a map, block by block, so that it can be stopped at any of them; and those that are remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from typing import Any, NamedTuple

import numpy as np

from lrviz.knob import Knob
from lrviz.maps.map import Map
from lrviz.maps.shown import SHOWN
from lrviz.scenario import ALPHA, STEPS
from lrviz.simulation import survey

BLOCK = 64
"""Cells of a block's side where others shall have their turn between two blocks: the engine's width of a map."""
WIDE_BLOCK = 256
"""Where nobody else waits: all cores, and memory for so many runs."""
TILE = 256
"""Cells of a tile's side: what travels at a time."""
LEVELS = (64, 256, 1024)
"""Points a side, from coarse to fine."""
TOGETHER = ("x", "loss", "best_loss", "cuts", "diverged_at", "reached")
"""Columns that one program computes for all maps of a page: showing something else then compiles nothing."""
MOST_RATES = 16_000_000
"""Rates of steps that are held at once, 128 MB, where each run of a map has its own: 10 GB else for 256 by 256 runs of
20,000 steps."""
MOST_REMEMBERED = 48_000_000
"""Bytes of tiles that are remembered, for all visitors."""

Stop = Callable[[], bool]


def never() -> bool:
    """Nobody stops it."""
    return False


class Field(NamedTuple):
    """What a map shows.   x (nx,), y (ny,): the values of the axes, rising; values (ny, nx)."""

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Block:
    """The runs of some rows and columns (`shown.Runs`)."""

    plan: Map
    x: np.ndarray
    y: np.ndarray
    stop: Stop = never
    together: bool = False

    def _each(self, row: Knob) -> np.ndarray:
        """A knob's number in each cell: (1, nx), (ny, 1) or ()."""
        if row.key == self.plan.x.key:
            return self.x[None, :]
        if row.key == self.plan.y.key:
            return self.y[:, None]
        return np.asarray(float(self.plan.scenario[row.key]))  # type: ignore[arg-type]

    @cached_property
    def _coef(self) -> list[np.ndarray]:
        return [self._each(row) for row in self.plan.scenario.surface_row.knobs]

    @cached_property
    def floor(self) -> np.ndarray:
        surface = self.plan.scenario.surface_row
        coef = np.broadcast_arrays(*self._coef) if self._coef else []
        if not coef or coef[0].ndim == 0:
            return np.asarray(surface.floor(self.plan.scenario.coef))
        each = np.stack(coef, axis=-1)
        floors = [surface.floor(one) for one in each.reshape(-1, each.shape[-1])]
        return np.array(floors).reshape(each.shape[:-1])

    @property
    def steps(self) -> np.ndarray:
        return self._each(self.plan.scenario.rows["steps"])

    @cached_property
    def start_loss(self) -> np.ndarray:
        rows = self.plan.scenario.rows
        start = (self._each(rows["x"]), self._each(rows["y"]))
        return np.asarray(self.plan.scenario.surface_row.f(np.broadcast_arrays(*start), self._coef), float)

    def ends(self, *columns: str, target: np.ndarray | None = None) -> Any:
        axes = {self.plan.y.key: self.y.tolist(), self.plan.x.key: self.x.tolist()}
        columns = TOGETHER if self.together and {*columns} <= {*TOGETHER} else columns
        goal = np.broadcast_to(np.nan if target is None else target, (len(self.y), len(self.x)))
        return survey(self.plan.scenario, columns=columns, target=goal, cancelled=self.stop, **axes)


def cells(
    plan: Map, x: np.ndarray, y: np.ndarray, stop: Stop = never, side: int = BLOCK, together: bool = True
) -> np.ndarray:
    """What the map shows at these values of its axes.   x (nx,), y (ny,) -> (ny, nx). Raises ``engine.Cancelled`` soon
    after ``stop`` becomes true. together: see ``TOGETHER``."""
    shown, values, (across, up) = SHOWN[plan.show], np.empty((len(y), len(x))), _sides(plan, side)
    for rows in _parts(len(y), up):
        for columns in _parts(len(x), across):
            values[rows, columns] = shown.compute(Block(plan, x[columns], y[rows], stop, together))
    return values


def _sides(plan: Map, side: int) -> tuple[int, int]:
    """Cells of a block across and up. Smaller where both axes change the rates, which are then as many as runs, and the
    runs are long. Where an axis is how long they are, each length is a survey, so a block is wide along the other."""
    scenario, keys = plan.scenario, (plan.x.key, plan.y.key)
    if STEPS.key in keys:
        wide = max(side, TILE)
        narrow = side * side // wide
        return (narrow, wide) if plan.x.key == STEPS.key else (wide, narrow)
    of_rates = {knob.key for knob in (ALPHA, *scenario.schedule_knobs, *scenario.warmup_knobs)}
    each = scenario.steps * (2 if scenario.on_top else 1)  # with the plateau rule on top two numbers a step
    side = min(side, isqrt(MOST_RATES // each)) if {*keys} <= of_rates else side
    return side, side


def _parts(count: int, side: int) -> Iterator[slice]:
    return (slice(begin, min(begin + side, count)) for begin in range(0, count, side))


def compute(plan: Map, stop: Stop = never) -> Field:
    """The whole map at its own points, with all cores. Raises ``engine.Cancelled``."""
    x, y = plan.values()
    return Field(x, y, cells(plan, x, y, stop, WIDE_BLOCK, together=False))


# Tiles ----------------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A tile of a level: points a side, and which of the tiles across and up it is, from 0."""

    points: int
    across: int = 0
    up: int = 0


def places(plan: Map, points: int) -> list[Place]:
    """The tiles of a level, in rows from the bottom."""
    x, y = plan.values(points)
    return [Place(points, i, j) for j in range(-(-len(y) // TILE)) for i in range(-(-len(x) // TILE))]


def assembled(plan: Map, points: int, tile: Callable[[Place], Field]) -> Field:
    """A whole level, of its tiles."""
    x, y = plan.values(points)
    values = np.empty((len(y), len(x)))
    for place in places(plan, points):
        part = tile(place)
        rows, columns = part.values.shape
        values[place.up * TILE :, place.across * TILE :][:rows, :columns] = part.values
    return Field(x, y, values)


class Tiles:
    """Tiles of any maps, the last that were used up to so many bytes. Safe for threads."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self.most = most
        self.held = 0
        self._fields: OrderedDict[tuple[str, Place], Field] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, plan: Map, place: Place) -> Field | None:
        """A tile if it is here."""
        with self._lock:
            key = (plan.identity, place)
            if key in self._fields:
                self._fields.move_to_end(key)
            return self._fields.get(key)

    def tile(self, plan: Map, place: Place, stop: Stop = never) -> Field:
        """A tile, from here or computed. Raises ``engine.Cancelled``, and ``IndexError`` for one beyond the map."""
        known = self.remembered(plan, place)
        if known is not None:
            return known
        x, y = plan.values(place.points)
        x, y = (axis[begin * TILE : (begin + 1) * TILE] for axis, begin in ((x, place.across), (y, place.up)))
        if not len(x) or not len(y):
            raise IndexError(place)
        field = Field(x, y, cells(plan, x, y, stop))
        with self._lock:
            self._fields[plan.identity, place] = field
            self.held = sum(map(_size, self._fields.values()))
            while self.held > self.most:
                _, gone = self._fields.popitem(last=False)
                self.held -= _size(gone)
        return field


def _size(field: Field) -> int:
    return sum(part.nbytes for part in field)


TILES = Tiles()
"""Those of this process."""
