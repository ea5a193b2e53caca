"""What the browser's stage says, read in one place: types, counts, finite numbers, ranges.

Anyone can send anything, and what a component has said comes again with each message. So what does not fit is as if it
had not been said, and where a person could have caused it there is a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, TypeGuard, TypeVar

from lrviz.knob import MOST_POINTS, BadInput
from lrviz.link import View

MOST = 64
"""Sliders, runs and lacking items at most: a stage has fewer."""
LONGEST = 200
"""Characters of a name at most."""
LAST_SEQ = 2**53
"""The browser counts up from the milliseconds of its clock; beyond this its numbers are not exact."""


@dataclass(frozen=True)
class Moved:
    """A slider at the end of a drag."""

    seq: int
    value: float


@dataclass(frozen=True)
class Wanted:
    """A slider whose batch of runs the browser asks for: that of these settings, around this stop, None if unknown."""

    seq: int
    family: str
    notch: int | None


@dataclass(frozen=True)
class Start:
    """Where the start was moved to; ``dragging`` while it still moves."""

    seq: int
    x: float
    y: float
    dragging: bool


@dataclass(frozen=True)
class Missing:
    """What the browser no longer has, by name."""

    seq: int
    items: frozenset[str]


@dataclass(frozen=True)
class Visible:
    """Run name -> on or off."""

    seq: int
    runs: Mapping[str, bool]


@dataclass(frozen=True)
class Drawn:
    """The step:rate points of a curve; none, and a sentence in ``wrong``, where they are too many."""

    seq: int
    points: tuple[tuple[int, float], ...]
    wrong: str = ""


@dataclass(frozen=True)
class Incoming:
    """All that the stage has said so far; ``live`` and ``want`` by knob."""

    live: Mapping[str, Moved] = field(default_factory=dict)
    want: Mapping[str, Wanted] = field(default_factory=dict)
    start: Start | None = None
    missing: Missing | None = None
    visible: Visible | None = None
    view: View | None = None
    drawn: Drawn | None = None

    @property
    def seqs(self) -> dict[str, int]:
        """The number of each thing that was said, ``live.alpha`` or ``start``."""
        rows = {"start": self.start, "missing": self.missing, "visible": self.visible, "drawn": self.drawn}
        return (
            {f"live.{knob}": told.seq for knob, told in self.live.items()}
            | {f"want.{knob}": told.seq for knob, told in self.want.items()}
            | {name: told.seq for name, told in rows.items() if told is not None}
        )


def incoming(state: Any) -> Incoming:
    """What fits of a component's state, whatever it is."""
    told = _mapping(state)
    return Incoming(
        live=_by_name(told.get("live"), _moved),
        want=_by_name(told.get("want"), _wanted),
        start=_start(_mapping(told.get("start"))),
        missing=_missing(_mapping(told.get("missing"))),
        visible=_visible(_mapping(told.get("visible"))),
        view=_view(_mapping(told.get("view"))),
        drawn=_drawn(_mapping(told.get("drawn"))),
    )


Row = TypeVar("Row")


def _by_name(told: Any, read: Callable[[Mapping[str, Any]], Row | None]) -> dict[str, Row]:
    rows = {name: read(_mapping(row)) for name, row in islice(_mapping(told).items(), MOST) if _name(name)}
    return {name: row for name, row in rows.items() if row is not None}


def _moved(told: Mapping[str, Any]) -> Moved | None:
    seq, value = _seq(told), told.get("value")
    return Moved(seq, value) if seq and _number(value) else None


def _wanted(told: Mapping[str, Any]) -> Wanted | None:
    seq, family, notch = _seq(told), told.get("family"), told.get("notch")
    known = type(notch) is int and 0 <= notch <= LAST_SEQ
    return Wanted(seq, family, notch if known else None) if seq and _name(family) else None


def _start(told: Mapping[str, Any]) -> Start | None:
    seq, x, y, dragging = _seq(told), told.get("x"), told.get("y"), told.get("dragging")
    return Start(seq, x, y, dragging) if seq and _number(x) and _number(y) and isinstance(dragging, bool) else None


def _missing(told: Mapping[str, Any]) -> Missing | None:
    seq, items = _seq(told, "at"), told.get("items")
    if not seq or not isinstance(items, list) or len(items) > MOST or not all(map(_name, items)):
        return None
    return Missing(seq, frozenset(items))


def _visible(told: Mapping[str, Any]) -> Visible | None:
    seq, runs = _seq(told), _mapping(told.get("runs"))
    if not seq or len(runs) > MOST:
        return None
    return Visible(seq, {name: shown for name, shown in runs.items() if _name(name) and isinstance(shown, bool)})


def _view(told: Mapping[str, Any]) -> View | None:
    try:
        parts = {part.name: told[part.name] for part in fields(View)}
        window = parts["map"]
        return View(**parts | {"map": tuple(window) if isinstance(window, list) else window})
    except (KeyError, BadInput):
        return None


def _drawn(told: Mapping[str, Any]) -> Drawn | None:
    seq, points = _seq(told), told.get("points")
    if not seq or not isinstance(points, list):
        return None
    if len(points) > MOST_POINTS:
        return Drawn(seq, (), f"The curve has {len(points)} points, but may have {MOST_POINTS} at most.")
    pairs = all(isinstance(point, list) and len(point) == 2 for point in points)
    if not pairs or not all(type(step) is int and _number(step) and _number(rate) for step, rate in points):
        return None
    return Drawn(seq, tuple((step, rate) for step, rate in points))


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _name(told: Any) -> TypeGuard[str]:
    return isinstance(told, str) and len(told) <= LONGEST


def _number(told: Any) -> TypeGuard[float]:
    """Is it a finite number?"""
    return type(told) in (int, float) and -sys.float_info.max <= told <= sys.float_info.max


def _seq(told: Mapping[str, Any], key: str = "seq") -> int:
    """The number of what was said, 0 if it has none."""
    seq = told.get(key)
    return seq if type(seq) is int and 0 < seq <= LAST_SEQ else 0
