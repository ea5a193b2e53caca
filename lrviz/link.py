"""A page's whole state as the parameters of its address: the race, how it is looked at, what a class may touch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lrviz.knob import BadInput, number_text, shown, unknown
from lrviz.race import Race
from lrviz.scenario import NAMES
from lrviz.view import PANELS, SPEEDS, Panel

SLICES = 4
FURTHEST = 1e9
LONGEST = {"title": 80, "task": 600}
OTHERS = ("start", "race")
"""What an assignment may leave open besides names and knobs: the start on the map, more runs."""


@dataclass(frozen=True)
class View:
    """How the stage is looked at. step: the cursor, ``None`` at the end. map: (x low, x high, y low, y high), ``None``
    for the whole. log: is the loss on a logarithmic axis."""

    panel: Panel = "2d"
    slice: int = 0
    step: int | None = None
    speed: float = 1
    log: bool = True
    map: tuple[float, float, float, float] | None = None

    def to_text(self) -> str:
        """What differs from the plain view, ``panel:3d;step:40;speed:2;loss:linear;map:-1,1,-2,2``."""
        parts = {
            "panel": self.panel if self.panel != "2d" else "",
            "slice": str(self.slice) if self.slice else "",
            "step": "" if self.step is None else str(self.step),
            "speed": number_text(self.speed) if self.speed != 1 else "",
            "loss": "" if self.log else "linear",
            "map": ",".join(map(number_text, self.map)) if self.map else "",
        }
        return ";".join(f"{key}:{value}" for key, value in parts.items() if value)

    @classmethod
    def from_text(cls, text: str) -> tuple[View, list[str]]:
        """The view, and a sentence for each part that is wrong."""
        view, sentences = cls(), []
        for pair in text.split(";")[: 2 * len(_READ)]:
            key, _, value = pair.partition(":")
            if not pair:
                continue
            try:
                if key not in _READ:
                    raise BadInput(unknown("part of a view called", key, _READ))
                view = replace(view, **_READ[key](value))
            except (ValueError, OverflowError) as wrong:
                known = isinstance(wrong, BadInput)
                sentences.append(
                    f"view: {wrong if known else f'{key} is {shown(value)}, but must be {_ALLOWED[key]}.'}"
                )
        return view, sentences


def _one_of(value: str, allowed: Iterable[Any]) -> Any:
    return {str(one): one for one in allowed}[value] if value in map(str, allowed) else _refuse()


def _refuse() -> Any:
    raise ValueError


def _step(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 6 else _refuse()


def _map(value: str) -> tuple[float, float, float, float]:
    x_low, x_high, y_low, y_high = (float(part) for part in value.split(","))
    inside = all(math.isfinite(edge) and abs(edge) <= FURTHEST for edge in (x_low, x_high, y_low, y_high))
    return (x_low, x_high, y_low, y_high) if inside and x_low < x_high and y_low < y_high else _refuse()


_READ: dict[str, Callable[[str], dict[str, Any]]] = {
    "panel": lambda value: {"panel": _one_of(value, PANELS)},
    "slice": lambda value: {"slice": _one_of(value, range(SLICES))},
    "step": lambda value: {"step": _step(value)},
    "speed": lambda value: {"speed": _one_of(value, SPEEDS)},
    "loss": lambda value: {"log": _one_of(value, ("linear", "log")) == "log"},
    "map": lambda value: {"map": _map(value)},
}
_ALLOWED = {
    "panel": f"one of: {', '.join(PANELS)}",
    "slice": f"a whole number from 0 to {SLICES - 1}",
    "step": "a whole number",
    "speed": f"one of: {', '.join(map(str, SPEEDS))}",
    "loss": "one of: linear, log",
    "map": "four numbers x low, x high, y low, y high such as -1,1,-2,2",
}


@dataclass(frozen=True)
class Assignment:
    """What a teacher gives to a class: own words, the controls that are left open, those that are seen but locked.
    A task may have several lines.

    ``open`` and ``locked`` hold keys of knobs, NAMES and OTHERS; all else is out of sight and has the link's value.
    """

    title: str = ""
    task: str = ""
    open: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()

    def to_params(self) -> dict[str, str]:
        """Only what is said."""
        params = {"title": self.title, "task": self.task, "open": ",".join(self.open), "locked": ",".join(self.locked)}
        return {key: value for key, value in params.items() if value}

    @classmethod
    def from_params(cls, params: Mapping[str, str], known: Iterable[str]) -> tuple[Assignment, list[str]]:
        """The assignment of a link whose race has these knobs, and a sentence for each part that is wrong."""
        sentences: list[str] = []
        words = {}
        for key, longest in LONGEST.items():
            lines = "\n" if key == "task" else ""
            text = "".join(c if c.isprintable() or c in lines else " " for c in params.get(key, "")).strip()
            if len(text) > longest:
                sentences.append(f"{key} has {len(text)} letters, but at most {longest} are shown.")
            words[key] = text[:longest].strip()
        allowed = [*NAMES, *OTHERS, *known]
        lists: dict[str, tuple[str, ...]] = {}
        for key in ("open", "locked"):
            names = list(dict.fromkeys(filter(None, params.get(key, "")[:2000].split(","))))
            sentences += [f"{key}: {unknown('control called', name, allowed)}" for name in names if name not in allowed]
            lists[key] = tuple(name for name in names if name in allowed)
        both = set(lists["open"]) & set(lists["locked"])
        lists["locked"] = tuple(name for name in lists["locked"] if name not in both)
        return cls(words["title"], words["task"], lists["open"], lists["locked"]), sentences


ASSIGNED = ("title", "task", "open", "locked")


@dataclass(frozen=True)
class Link:
    """All that an address holds."""

    race: Race = field(default_factory=Race)
    view: View = field(default_factory=View)
    assignment: Assignment | None = None

    def to_params(self) -> dict[str, str]:
        """Short parameters; never none at all, which would mean a page's own race."""
        params = self.race.to_params() or {"surface": self.race.first.surface}
        looked = self.view.to_text()
        params |= {"view": looked} if looked else {}
        return params | (self.assignment.to_params() if self.assignment else {})

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> tuple[Link, list[str]]:
        """The state of an address, and one sentence for each thing in it that is wrong; the rest still works."""
        own = {key: value for key, value in params.items() if key != "view" and key not in ASSIGNED}
        race, sentences = Race.from_params(own)
        view, unseen = View.from_text(params.get("view", ""))
        assignment: Assignment | None = None
        unfit: list[str] = []
        if any(key in params for key in ASSIGNED):
            read, unfit = Assignment.from_params(params, race.first.rows)
            assignment = read if read != Assignment() else None
        return cls(race, view, assignment), sentences + unseen + unfit
