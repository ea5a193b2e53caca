"""What the browser's stage sends, read in one place: types, counts, finite numbers, ranges.

Anyone can send anything, and a component's state comes again with each message. So what does not fit is as if it had
not been sent, and where a person could have caused it there is a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, Literal, TypeGuard, TypeVar, get_args

from lrviz.knob import MOST_POINTS, BadInput
from lrviz.link import View
from lrviz.untrusted import LAST_SEQ, is_number, mapping, seq_of

MOST = 64
"""Sliders, runs and lacking items at most: a stage has fewer."""
LONGEST = 200
"""Characters of a name at most."""


Button = Literal["cancel", "train"]
BUTTONS: tuple[Button, ...] = get_args(Button)


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
    stop: int | None


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
class Press:
    """A button of the player of a training."""

    seq: int
    what: Button


@dataclass(frozen=True)
class Chosen:
    """Of a race of trainings, whose picture and numbers are seen, counted from 0."""

    seq: int
    place: int


@dataclass(frozen=True)
class Incoming:
    """All that the stage has sent so far; ``live`` and ``want`` by knob."""

    live: Mapping[str, Moved] = field(default_factory=dict)
    want: Mapping[str, Wanted] = field(default_factory=dict)
    start: Start | None = None
    missing: Missing | None = None
    visible: Visible | None = None
    view: View | None = None
    drawn: Drawn | None = None
    press: Press | None = None
    chosen: Chosen | None = None

    @property
    def seqs(self) -> dict[str, int]:
        """The sequence number of each part, ``live.alpha`` or ``start``."""
        rows = {
            "start": self.start,
            "missing": self.missing,
            "visible": self.visible,
            "drawn": self.drawn,
            "press": self.press,
            "chosen": self.chosen,
        }
        return (
            {f"live.{knob}": moved.seq for knob, moved in self.live.items()}
            | {f"want.{knob}": wanted.seq for knob, wanted in self.want.items()}
            | {name: row.seq for name, row in rows.items() if row is not None}
        )


def incoming(state: Any) -> Incoming:
    """What fits of a component's state, whatever it is."""
    parts = mapping(state)
    return Incoming(
        live=_by_name(parts.get("live"), _moved),
        want=_by_name(parts.get("want"), _wanted),
        start=_start(mapping(parts.get("start"))),
        missing=_missing(mapping(parts.get("missing"))),
        visible=_visible(mapping(parts.get("visible"))),
        view=_view(mapping(parts.get("view"))),
        drawn=_drawn(mapping(parts.get("drawn"))),
        press=_press(mapping(parts.get("press"))),
        chosen=_chosen(mapping(parts.get("chosen"))),
    )


Row = TypeVar("Row")


def _by_name(rows: Any, read: Callable[[Mapping[str, Any]], Row | None]) -> dict[str, Row]:
    fit = {name: read(mapping(row)) for name, row in islice(mapping(rows).items(), MOST) if _name(name)}
    return {name: row for name, row in fit.items() if row is not None}


def _moved(part: Mapping[str, Any]) -> Moved | None:
    seq, value = seq_of(part), part.get("value")
    return Moved(seq, value) if seq and is_number(value) else None


def _wanted(part: Mapping[str, Any]) -> Wanted | None:
    seq, family, stop = seq_of(part), part.get("family"), part.get("stop")
    known = type(stop) is int and 0 <= stop <= LAST_SEQ
    return Wanted(seq, family, stop if known else None) if seq and _name(family) else None


def _start(part: Mapping[str, Any]) -> Start | None:
    seq, x, y, dragging = seq_of(part), part.get("x"), part.get("y"), part.get("dragging")
    return Start(seq, x, y, dragging) if seq and is_number(x) and is_number(y) and isinstance(dragging, bool) else None


def _missing(part: Mapping[str, Any]) -> Missing | None:
    seq, items = seq_of(part, "at"), part.get("items")
    if not seq or not isinstance(items, list) or len(items) > MOST or not all(map(_name, items)):
        return None
    return Missing(seq, frozenset(items))


def _visible(part: Mapping[str, Any]) -> Visible | None:
    seq, runs = seq_of(part), mapping(part.get("runs"))
    if not seq or len(runs) > MOST:
        return None
    return Visible(seq, {name: shown for name, shown in runs.items() if _name(name) and isinstance(shown, bool)})


def _view(part: Mapping[str, Any]) -> View | None:
    try:
        parts = {row.name: part[row.name] for row in fields(View)}
        window = parts["map"]
        return View(**parts | {"map": tuple(window) if isinstance(window, list) else window})
    except (KeyError, BadInput):
        return None


def _drawn(part: Mapping[str, Any]) -> Drawn | None:
    seq, points = seq_of(part), part.get("points")
    if not seq or not isinstance(points, list):
        return None
    if len(points) > MOST_POINTS:
        return Drawn(seq, (), f"The curve has {len(points)} points, but may have {MOST_POINTS} at most.")
    pairs = all(isinstance(point, list) and len(point) == 2 for point in points)
    if not pairs or not all(type(step) is int and is_number(step) and is_number(rate) for step, rate in points):
        return None
    return Drawn(seq, tuple((step, rate) for step, rate in points))


def _press(part: Mapping[str, Any]) -> Press | None:
    seq, what = seq_of(part), part.get("what")
    for known in BUTTONS:
        if seq and what == known:
            return Press(seq, known)
    return None


def _chosen(part: Mapping[str, Any]) -> Chosen | None:
    seq, place = seq_of(part), part.get("place")
    return Chosen(seq, place) if seq and type(place) is int and 0 <= place < MOST else None


def _name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= LONGEST
