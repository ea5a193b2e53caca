"""Recorded values and what several rules decide on them, as the player of a recorded history gets them.

Of each stop of a slider it has every rule's decisions in every epoch, as Python computed them. Nearly all of these
numbers stay as they are from one epoch to the next, and most stops have some in common: so each is a staircase, its
values and how long each lasts, and those that are the same travel once.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from lrviz.stage.pack import pack
from lrviz.stage.stairs import stairs

FIELDS = ("learning_rate", "best", "threshold", "wait", "cooldown", "cut")
COUNTS = ("wait", "cooldown")
"""These mostly change by as much as the epoch before: their changes are the staircase."""


class Decided(Protocol):
    """Of one rule, an entry an epoch, each (n,): after its decision, but for ``threshold``, what had to be beaten."""

    @property
    def learning_rate(self) -> np.ndarray: ...
    @property
    def best(self) -> np.ndarray: ...
    @property
    def threshold(self) -> np.ndarray: ...
    @property
    def wait(self) -> np.ndarray: ...
    @property
    def cooldown(self) -> np.ndarray: ...
    @property
    def cut(self) -> np.ndarray: ...


class Ruled(NamedTuple):
    """One rule at one stop.

    limit: bad epochs in a row that make a cut due. pause: what its cooldown is set to. until: the first epoch, from 0,
    whose recorded loss belongs to another rate, None if there is none.
    """

    decided: Decided
    limit: int
    pause: int
    until: int | None


class Rule(NamedTuple):
    """A rule as it is shown. colour: its place in the palette's runs."""

    key: str
    name: str
    colour: int


class Line(NamedTuple):
    """An upright line after so many epochs, with its words."""

    at: int
    text: str


class Recorded(NamedTuple):
    """What is shown of a recorded history.

    history: its name, the same for the same values (n,). unit: what each value is called. first: the rate with which it
    begins. rules, now: each rule and its decisions under the present settings; present: the name of those. why: (first,
    last) epoch, from 0 -> for each rule a sentence for each of these epochs.
    """

    history: str
    values: np.ndarray
    monitor: str
    unit: str
    rising: bool
    log: bool
    first: float
    rules: Sequence[Rule]
    now: Sequence[Ruled]
    present: str
    lines: Sequence[Line]
    why: Callable[[int, int], Sequence[Sequence[str]]]


def pack_stops(values: Sequence[float], stops: Sequence[Sequence[Ruled]]) -> bytes:
    """The decisions of R rules at K stops -> bytes.   values: (K,); stops: (K, R).

    For each field: of (K R,), which staircase; count (D,), how many steps each of the D different ones has; value,
    length: of these steps, one staircase after the other.
    """
    flat = [ruled for stop in stops for ruled in stop]
    arrays: dict[str, np.ndarray] = {
        "values": np.asarray(values, float),
        "limit": np.array([ruled.limit for ruled in flat], np.int32),
        "pause": np.array([ruled.pause for ruled in flat], np.int32),
        "until": np.array([-1 if ruled.until is None else ruled.until for ruled in flat], np.int32),
    }
    for name in FIELDS:
        places: dict[bytes, int] = {}
        made: list[tuple[np.ndarray, np.ndarray]] = []
        of = []
        for ruled in flat:
            row = np.asarray(getattr(ruled.decided, name))
            row = np.diff(row, prepend=0) if name in COUNTS else row
            row = row.astype(float if row.dtype.kind == "f" else np.int32)
            key = row.tobytes()
            if key not in places:
                places[key] = len(made)
                made.append(stairs(row))
            of.append(places[key])
        arrays |= {
            f"{name}.of": np.array(of, np.uint16),
            f"{name}.count": np.array([len(steps) for steps, _ in made], np.uint32),
            f"{name}.value": np.concatenate([steps for steps, _ in made]),
            f"{name}.length": np.concatenate([length for _, length in made]).astype(np.uint32),
        }
    return pack({"rules": len(stops[0]), "epochs": len(flat[0].decided.cut)}, arrays)


def small(pack: bytes) -> np.ndarray:
    """As it travels: gzip.   -> (bytes,) uint8"""
    return np.frombuffer(gzip.compress(pack, 4), np.uint8)


BLOCK = 100
"""The sentences of so many epochs, and of as many before and after, travel together."""


def compose_recorded(
    recorded: Recorded, at: int, known: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, np.ndarray], set[str]]:
    """-> meta and arrays for `pack`, and the names of what is in it, without that which is ``known``.

    at: the epoch, from 0, around which there are sentences.
    """
    sent: set[str] = set()
    arrays: dict[str, np.ndarray] = {}
    begin = max(at // BLOCK - 1, 0) * BLOCK
    end = min((at // BLOCK + 2) * BLOCK, len(recorded.values))
    meta = {
        "history": recorded.history,
        "present": recorded.present,
        "monitor": recorded.monitor,
        "unit": recorded.unit,
        "rising": recorded.rising,
        "log": recorded.log,
        "positive": bool(np.all(~(recorded.values <= 0))),
        "first": float(recorded.first),
        "epochs": len(recorded.values),
        "rules": [rule._asdict() for rule in recorded.rules],
        "lines": [line._asdict() for line in recorded.lines],
        "whyFrom": begin,
    }
    if f"history:{recorded.history}" not in known:
        arrays["history"] = np.asarray(recorded.values, float)
        sent.add(f"history:{recorded.history}")
    if f"present:{recorded.present}" not in known:
        arrays["present"] = small(pack_stops([0.0], [recorded.now]))
        sent.add(f"present:{recorded.present}")
    why = f"why:{recorded.present}:{begin}"
    if why not in known:
        arrays["why"] = small(json.dumps(recorded.why(begin, end), ensure_ascii=False).encode())
        sent.add(why)
    return meta, arrays, sent
