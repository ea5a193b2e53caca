"""What the browser's map sends: types, finite numbers, ranges. What does not fit is as if it had not been sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrviz.untrusted import is_number, mapping, seq_of


@dataclass(frozen=True)
class Point:
    """The cell that the visitor chose, by the values of its axes; ``play``: its run is to play."""

    seq: int
    x: float
    y: float
    play: bool


@dataclass(frozen=True)
class Region:
    """The ends of both axes."""

    seq: int
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True)
class Incoming:
    """All that the map has sent so far. window: what is seen. want: the region whose tiles it cannot ask for past
    Streamlit. code: the sequence number under which it lacks its code, 0 for never."""

    point: Point | None = None
    window: Region | None = None
    want: Region | None = None
    code: int = 0


def incoming(state: Any) -> Incoming:
    """What fits of a component's state, whatever it is."""
    parts = mapping(state)
    return Incoming(
        _point(mapping(parts.get("point"))),
        _region(mapping(parts.get("window"))),
        _region(mapping(parts.get("want"))),
        seq_of(mapping(parts.get("missing")), "at"),
    )


def _point(part: Mapping[str, Any]) -> Point | None:
    seq, x, y, play = seq_of(part), part.get("x"), part.get("y"), part.get("play")
    return Point(seq, x, y, play) if seq and is_number(x) and is_number(y) and isinstance(play, bool) else None


def _region(part: Mapping[str, Any]) -> Region | None:
    seq, ends = seq_of(part), [part.get(name) for name in ("x", "y")]
    if not seq or not all(isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair)) for pair in ends):
        return None
    (x0, x1), (y0, y1) = ends  # type: ignore[misc]
    return Region(seq, (x0, x1), (y0, y1)) if x0 < x1 and y0 < y1 else None
