"""The what-if map: how often and when a rule would have cut under other patiences and tolerances."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lrviz.replay.decisions import what_if
from lrviz.replay.result import Replay
from lrviz.replay.rules import TOLERANCE

PATIENCES = (0, 1, 2, 3, 5, 10, 20, 50)
DECADES = 2
"""So many powers of ten on each side of what an epoch usually changes."""


class Grid(NamedTuple):
    """tolerance: the name of that knob. cuts: how many; first: the epoch of the first cut, from 1, 0 for none; each
    (patiences, tolerances). mine: the present settings, (row, column)."""

    tolerance: str
    patiences: tuple[int, ...]
    tolerances: tuple[float, ...]
    cuts: np.ndarray
    first: np.ndarray
    mine: tuple[int, int]


def grid(replay: Replay, framework: str) -> Grid:
    """The map around the present settings of one framework."""
    numbers, values = replay.settings.numbers(framework), replay.history.values
    key = TOLERANCE[framework]
    patience, tolerance = int(numbers["patience"]), float(numbers[key])
    relative = framework == "optax" or numbers.get("threshold_mode") == "rel"
    middle = math.floor(math.log10(_usual(values, relative)))
    tens = [float(f"1e{k}") for k in range(middle - DECADES, middle + DECADES + 1)]
    tolerances = sorted({0.0, tolerance, *(ten for ten in tens if not relative or ten < 1)})
    patiences = sorted({patience, *(one for one in PATIENCES if one <= max(len(values), 3))})
    cuts, first = what_if(
        framework,
        values,
        numbers,
        replay.rate,
        patiences,
        tolerances,
        rising=replay.rising,
        float32=replay.settings.float32,
        resume_after=replay.settings["resume_after"],
    )
    mine = patiences.index(patience), tolerances.index(tolerance)
    return Grid(key, tuple(patiences), tuple(tolerances), cuts, first + 1, mine)


@np.errstate(all="ignore")
def _usual(values: np.ndarray, relative: bool) -> float:
    """What the value usually changes by from one epoch to the next, as it is or as a part of it."""
    changes = np.abs(np.diff(values))
    changes = changes / np.abs(values[:-1]) if relative else changes
    changes = changes[np.isfinite(changes) & (changes > 1e-15)]
    return float(np.median(changes)) if changes.size else 1e-4
