"""A page's whole state as the parameters of its address: the race, how it is looked at, what a class may touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from lrviz.knob import BadInput, number_text, readable, shown, unknown
from lrviz.maps.map import PARAMETER as MAP
from lrviz.maps.map import Map
from lrviz.race import Race
from lrviz.scenario import NAMES
from lrviz.view import PANELS, SPEEDS, Panel

SLICES = 4
FURTHEST = 1e9
LAST = 999_999
"""The largest step of a view."""
LONGEST = {"title": 80, "task": 600}
OTHERS = ("start", "race")
"""What an assignment may leave open besides names and knobs: the start on the map, more runs."""


@dataclass(frozen=True)
class View:
    """How the stage is looked at. step: the cursor, ``None`` at the end. map: (x low, x high, y low, y high), ``None``
    for the whole. log: is the loss on a logarithmic axis; rate_log: is the rate, ``None`` as the page has it.
    Raises ``BadInput``."""

    panel: Panel = "2d"
    slice: int = 0
    step: int | None = None
    speed: float = 1
    log: bool = True
    map: tuple[float, float, float, float] | None = None
    rate_log: bool | None = None

    def __post_init__(self) -> None:
        for key, part in _PARTS.items():
            if not part.fits(getattr(self, part.field)):
                raise BadInput(f"{key} of a view must be {part.allowed}.")

    def to_text(self) -> str:
        """What differs from the plain view, ``panel:3d;step:40;speed:2;loss:linear;rate:linear;map:-1,1,-2,2``."""
        parts = {
            "panel": self.panel if self.panel != "2d" else "",
            "slice": str(self.slice) if self.slice else "",
            "step": "" if self.step is None else str(self.step),
            "speed": number_text(self.speed) if self.speed != 1 else "",
            "loss": "" if self.log else "linear",
            "rate": "" if self.rate_log is None else "log" if self.rate_log else "linear",
            "map": ",".join(map(number_text, self.map)) if self.map else "",
        }
        return ";".join(f"{key}:{value}" for key, value in parts.items() if value)

    @classmethod
    def from_text(cls, text: str) -> tuple[View, list[str]]:
        """The view, and a sentence for each part that is wrong."""
        view, sentences = cls(), []
        most = 2 * len(_PARTS)
        for pair in filter(None, text.split(";", most)[:most]):
            key, _, value = pair.partition(":")
            if key not in _PARTS:
                sentences.append(f"view: {unknown('part of a view called', key, _PARTS)}")
                continue
            part = _PARTS[key]
            try:
                view = replace(view, **{part.field: part.read(value)})
            except (ValueError, KeyError):
                sentences.append(f"view: {key} is {shown(value)}, but must be {part.allowed}.")
        return view, sentences


class _Part(NamedTuple):
    """A part of a view. read: its text -> the value of the field, raises ``ValueError`` or ``KeyError``. fits: is this
    value, of any type, allowed. allowed: the same in words."""

    field: str
    read: Callable[[str], Any]
    fits: Callable[[Any], bool]
    allowed: str


def _step(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LAST))):
        raise ValueError
    return int(text)


def _window(value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) != 4 or not all(type(edge) in (int, float) for edge in value):
        return False
    x_low, x_high, y_low, y_high = value
    return -FURTHEST <= x_low < x_high <= FURTHEST and -FURTHEST <= y_low < y_high <= FURTHEST


_SCALES = {"linear": False, "log": True}
_PARTS: dict[str, _Part] = {
    "panel": _Part("panel", str, lambda value: value in PANELS, f"one of: {', '.join(PANELS)}"),
    "slice": _Part(
        "slice",
        {str(place): place for place in range(SLICES)}.__getitem__,
        lambda value: type(value) is int and 0 <= value < SLICES,
        f"a whole number from 0 to {SLICES - 1}",
    ),
    "step": _Part(
        "step", _step, lambda value: value is None or (type(value) is int and 0 <= value <= LAST), "a whole number"
    ),
    "speed": _Part(
        "speed",
        {str(speed): speed for speed in SPEEDS}.__getitem__,
        lambda value: type(value) in (int, float) and value in SPEEDS,
        f"one of: {', '.join(map(str, SPEEDS))}",
    ),
    "loss": _Part("log", _SCALES.__getitem__, lambda value: type(value) is bool, "one of: linear, log"),
    "rate": _Part(
        "rate_log", _SCALES.__getitem__, lambda value: value is None or type(value) is bool, "one of: linear, log"
    ),
    "map": _Part(
        "map",
        lambda text: tuple(float(edge) for edge in text.split(",", 4)),
        lambda value: value is None or _window(value),
        "four numbers x low, x high, y low, y high such as -1,1,-2,2",
    ),
}


@dataclass(frozen=True)
class Assignment:
    """What a teacher gives to a class: own words, the controls that are left open, those that are seen but locked.
    A task may have several lines.

    ``open`` and ``locked`` hold keys of knobs, of names and OTHERS; all else is out of sight and has the link's value.
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
    def from_params(cls, params: Mapping[str, str], controls: Iterable[str]) -> tuple[Assignment, list[str]]:
        """The assignment of a link whose page has these controls, and a sentence for each part that is wrong."""
        sentences: list[str] = []
        words = {}
        for key, longest in LONGEST.items():
            lines = "\n" if key == "task" else ""
            text = "".join(c if c.isprintable() or c in lines else " " for c in params.get(key, "")).strip()
            if len(text) > longest:
                sentences.append(f"{key} has {len(text)} letters, but at most {longest} are shown.")
            words[key] = text[:longest].strip()
        allowed = list(controls)
        lists: dict[str, tuple[str, ...]] = {}
        for key in ("open", "locked"):
            names = list(dict.fromkeys(filter(None, params.get(key, "")[:2000].split(","))))
            sentences += [f"{key}: {unknown('control called', name, allowed)}" for name in names if name not in allowed]
            lists[key] = tuple(name for name in names if name in allowed)
        both = set(lists["open"]) & set(lists["locked"])
        lists["locked"] = tuple(name for name in lists["locked"] if name not in both)
        return cls(words["title"], words["task"], lists["open"], lists["locked"]), sentences


ASSIGNED = ("title", "task", "open", "locked")
STEP = "step"
LESSON_STEPS = ("predict", "try", "happened", "why", "check")
"""The steps of a lesson, in their order."""


@dataclass(frozen=True)
class Link:
    """All that an address holds. map: of the first run, where the page has one. step: which of ``LESSON_STEPS`` is
    open; "" for the first, and on other pages."""

    race: Race = field(default_factory=Race)
    view: View = field(default_factory=View)
    assignment: Assignment | None = None
    map: Map | None = None
    step: str = ""

    def to_params(self) -> dict[str, str]:
        """Short parameters; never none at all, which would mean a page's own race."""
        params = self.race.to_params() or {"surface": self.race.first.surface}
        looked = self.view.to_text()
        params |= {"view": looked} if looked else {}
        params |= {MAP: self.map.to_text()} if self.map else {}
        params |= {STEP: self.step} if self.step else {}
        return params | (self.assignment.to_params() if self.assignment else {})

    @classmethod
    def from_params(cls, params: Mapping[str, str], plain: Race | None = None) -> tuple[Link, list[str]]:
        """The state of an address, and one sentence for each thing in it that is wrong; the rest still works. plain:
        the race that is meant where it says nothing of one."""
        params, sentences = readable(params)
        own = {key: value for key, value in params.items() if key not in ("view", MAP, STEP, *ASSIGNED)}
        race, wrong = Race.from_params(own) if own or plain is None else (plain, [])
        view, unseen = View.from_text(params.get("view", ""))
        assignment: Assignment | None = None
        unfit: list[str] = []
        if any(key in params for key in ASSIGNED):
            read, unfit = Assignment.from_params(params, [*NAMES, *OTHERS, *race.first.rows])
            assignment = read if read != Assignment() else None
        plan: Map | None = None
        if MAP in params:
            try:
                plan = Map.from_text(params[MAP], race.first)
            except BadInput as no_map:
                unfit.append(str(no_map))
        step = params.get(STEP, "")
        if step and step not in LESSON_STEPS:
            unfit.append(unknown("step of a lesson called", step, LESSON_STEPS))
            step = ""
        return cls(race, view, assignment, plan, step), sentences + wrong + unseen + unfit
