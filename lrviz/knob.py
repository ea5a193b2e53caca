"""A knob is one row that says all about one number: the widget, the URL, the command line and the tests read it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Literal, TypeVar

Value = float | int | str | None
Kind = Literal["number", "integer", "flag", "choice", "steps", "points", "widths", "text"]


MOST_MILESTONES, MOST_POINTS, MOST_LAYERS, WIDEST = 100, 200, 3, 64
"""Milestones, points of a curve, hidden layers and units in one, at most."""
LONGEST, LONGEST_TEXT, LONGEST_NUMBER = 10_000, 200, 100
"""Characters at most of what is read: as many points with all their digits fit; of a formula; of a number or a name."""

FLAGS = {"0": 0, "1": 1, "false": 0, "true": 1, "no": 0, "yes": 1, "off": 0, "on": 1, "0.0": 0, "1.0": 1}


class BadInput(ValueError):
    """A value that is not allowed: one plain sentence that names the field, the value and what is allowed."""


def shown(value: object, longest: int = 40) -> str:
    """The value as a visitor may read it back: quoted, short, without control characters."""
    try:
        text = value if isinstance(value, str) else str(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        text = "a number of thousands of digits"
    text = "".join(c if c.isprintable() else "?" for c in text[: longest + 1])
    return repr(text if len(text) <= longest else text[:longest] + "…")


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number: 0.05, 1e-07, 10."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def digits(value: float, significant: int = 3) -> str:
    """A number as it is read: three significant digits, 0.0125, 3.2e5, 1e-7; never 0.30000000000000004."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    value = value or 0.0  # no −0
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{value:.{significant}g}"
        text = f"{value:.0f}" if "e" in text else text
    else:
        mantissa, exponent = f"{value:.{significant - 1}e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text.replace("-", "−", 1) if text.startswith("-") else text


def read(text: str) -> float:
    """The number that ``digits`` wrote."""
    return float(text.replace("−", "-").replace("∞", "inf"))


def enough_digits(values: Sequence[float], holds: Callable[[Sequence[float], int], bool]) -> list[str]:
    """The numbers in the fewest significant digits, three or more, in which what is said of them holds.

    holds is given what a reader reads, and in how many digits.
    """
    for significant in range(3, 18):
        texts = [digits(value, significant) for value in values]
        if holds([read(text) for text in texts], significant):
            break
    return texts


def apart(*values: float) -> list[str]:
    """The numbers in so many digits, three or more, that different ones differ."""
    return enough_digits(values, lambda rounded, _: len(set(rounded)) == len(set(values)))


@dataclass(frozen=True)
class Knob:
    """One number (or choice) that defines a run.

    ``low`` and ``high`` bound what is accepted; ``slider`` narrows what a slider offers. A default of ``None`` means
    "derived", and ``auto`` says from what. ``kind``: ``number``; ``integer``; ``flag`` (0 or 1); ``choice`` (one of
    ``choices``); ``steps`` (increasing step numbers, ``60,120``); ``points`` (step:rate pairs, ``0:0.1,50:0.01``);
    ``widths`` (of layers, ``16,16``); ``text`` (what ``reads`` takes, which raises ``BadInput`` and gives the text to
    keep; ``says``: what is allowed).
    ``live``: it deserves a slider on the stage; of an update rule the first such knob has one.
    """

    key: str
    label: str
    low: float = 0.0
    high: float = 1.0
    default: Value = 0.0
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    help: str = ""
    kind: Kind = "number"
    symbol: str = ""
    choices: tuple[str, ...] = ()
    auto: str = ""
    slider: tuple[float, float] | None = None
    low_open: bool = False
    live: bool = False
    reads: Callable[[str], str] | None = None
    says: str = ""

    def with_default(self, default: Value) -> Knob:
        """The same knob with another default, as frameworks differ in little else."""
        return replace(self, default=default)

    @property
    def slider_range(self) -> tuple[float, float]:
        return self.slider or (self.low, self.high)

    @property
    def longest(self) -> int:
        """Characters at most of its text."""
        return {"steps": LONGEST, "points": LONGEST, "text": LONGEST_TEXT}.get(self.kind, LONGEST_NUMBER)

    @property
    def allowed(self) -> str:
        """What is allowed, in words that end a sentence."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind in ("flag", "text"):
            return self.says or "0 or 1"
        if self.kind == "steps":
            return f"increasing step numbers such as 60,120, at most {MOST_MILESTONES}"
        if self.kind == "points":
            return (
                f"step:rate points such as 0:0.1,50:0.01, at most {MOST_POINTS}, with growing steps and rates above 0"
            )
        if self.kind == "widths":
            return f"the units of each hidden layer such as 16,16, at most {MOST_LAYERS} layers of 1 to {WIDEST}"
        what = "a whole number" if self.kind == "integer" else "a number"
        start = f"above {number_text(self.low)}, up to" if self.low_open else f"from {number_text(self.low)} to"
        return f"{what} {start} {number_text(self.high)}" + (f", or nothing for {self.auto}" if self.auto else "")

    def check(self, value: Any) -> Value:
        """The value in its proper type; raises ``BadInput`` if it is not allowed."""
        if isinstance(value, str) and len(value) > self.longest:
            raise BadInput(f"{self.key} has {len(value)} characters, but must be {self.allowed}.")
        if self.auto and (value is None or (isinstance(value, str) and value.strip().lower() in ("", "none", "auto"))):
            return None
        if self.reads:
            return self.reads(value)
        try:
            return self._parse(value)
        except (TypeError, ValueError, KeyError, OverflowError):
            hint = comma_hint(value, self._parse, whole=self.kind == "integer")
            raise BadInput(f"{self.key} is {shown(value)}, but must be {self.allowed}.{hint}") from None

    def _parse(self, value: Any) -> Value:
        if self.kind == "choice":
            return self.choices[[c.lower() for c in self.choices].index(str(value).strip().lower())]
        if self.kind == "flag":
            return FLAGS[str(value).strip().lower()]
        if self.kind in ("steps", "widths"):
            return ",".join(map(str, read_steps(value) if self.kind == "steps" else read_widths(value)))
        if self.kind == "points":
            return ",".join(f"{step}:{number_text(rate)}" for step, rate in read_points(value))
        if isinstance(value, bool):
            raise TypeError
        number = float(value)
        if not self.low <= number <= self.high or (self.low_open and number == self.low):
            raise ValueError
        if self.kind == "integer":
            if not number.is_integer():
                raise ValueError
            return int(number)
        return number

    def number(self, value: Value) -> float:
        """A value as the engine takes it: a choice is its number in the row."""
        return float(self.choices.index(str(value))) if self.kind == "choice" else float(value)  # type: ignore[arg-type]

    def text(self, value: Value) -> str:
        """The value as it stands in a URL or on a command line."""
        if value is None:
            return "auto"
        return value if isinstance(value, str) else number_text(value)


LONGEST_HINT = 60


def comma_hint(value: Any, read: Callable[[str], object], whole: bool = False) -> str:
    """What to write instead of a text with decimal commas, as a sentence that follows another; nothing where ``read``,
    which raises what `float` does, does not take that either. whole: only whole numbers are taken."""
    if not isinstance(value, str) or "," not in value:
        return ""
    text, meant = value.strip(), []
    if not (text.isascii() and text.isprintable()):
        return ""
    for other in _without_commas(text, whole):
        try:
            read(other)
        except (TypeError, ValueError, KeyError, OverflowError):
            continue
        meant.append(other)
    if not meant:
        return ""
    if len(text) > LONGEST_HINT:
        return " It has decimal commas; write decimal points."
    kind = "a decimal comma" if meant[0] == text.replace(",", ".", 1) else "decimal commas"
    return f" {text} has {'a comma' if THOUSANDS.fullmatch(text) else kind}; write {' or '.join(meant)}."


THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
ONE = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
TWO = re.compile(r"([+-]?\d+),(\d+),\s*([+-]?\d+),(\d+)", re.ASCII)
IN_POINTS = re.compile(r"(:\s*\d*),(\d+)(?=\s*(,|$))", re.ASCII)


def _without_commas(text: str, whole: bool) -> Iterator[str]:
    """What may have been meant: 0.05 by 0,05; 1.500 or 1500 by 1,500; 0:0.1,9:0.2 by 0:0,1,9:0,2 or 0:0,1;9:0,2."""
    if ";" in text:
        yield text.replace(",", ".").replace(";", ",")
    elif ":" in text:
        yield IN_POINTS.sub(r"\1.\2", text)
    elif TWO.fullmatch(text):
        yield TWO.sub(r"\1.\2,\3.\4", text)
    elif ONE.fullmatch(text) and not whole:
        yield text.replace(",", ".")
    if THOUSANDS.fullmatch(text):
        yield text.replace(",", "")


def _items(value: Any, most: int) -> Sequence[Any]:
    """The parts of a sequence, or of a text with commas: counted before they are looked at."""
    if (value.count(",") + 1 if isinstance(value, str) else len(value)) > most:
        raise ValueError
    return value.split(",") if isinstance(value, str) else value


def read_steps(value: Any) -> list[int]:
    """``"60,120"`` or ``[60, 120]`` -> increasing step numbers, 1 to 100000, at most ``MOST_MILESTONES``."""
    numbers = [float(item) for item in _items(value, MOST_MILESTONES)]
    steps = [int(number) for number in numbers]
    increasing = all(a < b for a, b in pairwise(steps))
    if numbers != steps or not increasing or not steps or not (steps[0] >= 1 and steps[-1] <= 100_000):
        raise ValueError
    return steps


def read_widths(value: Any) -> list[int]:
    """``"16,16"``, ``[16, 16]`` or 16 -> units of each hidden layer."""
    numbers = [float(item) for item in _items([value] if isinstance(value, int) else value, MOST_LAYERS)]
    widths = [int(number) for number in numbers]
    if numbers != widths or not widths or not all(1 <= width <= WIDEST for width in widths):
        raise ValueError
    return widths


def read_points(value: Any) -> list[tuple[int, float]]:
    """``"0:0.1,50:0.01"`` or ``[[0, 0.1], [50, 0.01]]`` -> step:rate points, at most ``MOST_POINTS``."""
    items = _items(value, MOST_POINTS)
    pairs = [item.split(":", 2) for item in items] if isinstance(value, str) else items
    points = [(float(step), float(rate)) for step, rate in pairs]
    steps = [step for step, _ in points]
    growing = all(a < b for a, b in pairwise(steps))
    whole = all(0 <= step <= 100_000 and step.is_integer() for step in steps)
    positive = all(math.isfinite(rate) and 0 < rate <= 1e6 for _, rate in points)
    if not (points and growing and whole and positive):
        raise ValueError
    return [(int(step), rate) for step, rate in points]


def readable(params: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The parameters that are short enough to be read, and a sentence for each of the others."""
    fit = {k: value for k, value in params.items() if len(k) <= LONGEST_NUMBER and len(value) <= LONGEST}
    long = [key for key in params if key not in fit]
    return fit, [f"{shown(key)} has {len(params[key])} characters, too many to be read." for key in long]


Argument = str | Callable[[Any], dict[str, Any]]
"""What an argument of a framework's class is here: the key of a knob, or a function from its value to knobs and their
values, which raises ``BadInput`` where there is nothing that means the same."""


def refused(sentence: str) -> Argument:
    """An argument that is not one knob here: the sentence says what is."""

    def refuse(value: Any) -> dict[str, Any]:
        raise BadInput(sentence)

    return refuse


def fixed(allowed: int, sentence: str) -> Argument:
    """A flag that can only be 0 or 1 here, whichever is allowed."""

    def check(value: Any) -> dict[str, Any]:
        if FLAGS.get(str(value).strip().lower()) != allowed:
            raise BadInput(sentence)
        return {}

    return check


Row = TypeVar("Row")
CUTOFF = 0.8
"""How alike a name has to be, from 0 to 1, to be suggested: a slip of the finger, never another word."""


def plain_name(name: str) -> str:
    """Letters and digits alone, small: names are found whatever their case and hyphens."""
    return "".join(c for c in name.lower() if c.isalnum())


def find(
    kind: str,
    name: Any,
    rows: Mapping[str, Row],
    aliases: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, str] | None = None,
) -> str:
    """The key of the row that ``name`` means (case, spaces and hyphens do not matter); raises ``BadInput``.

    aliases: other names -> keys. elsewhere: names that are no row -> the sentence that says what they are here.
    """
    if isinstance(name, str) and name in rows:
        return name
    if isinstance(name, str) and len(name) > LONGEST_NUMBER:
        raise BadInput(unknown(kind, name, rows, aliases))
    aliases = aliases or {}
    plain = {plain_name(alias): key for alias, key in aliases.items()} | {plain_name(key): key for key in rows}
    key = plain.get(plain_name(name)) if isinstance(name, str) else None
    if key is None:
        for other, sentence in (elsewhere or {}).items():
            if isinstance(name, str) and plain_name(other) == plain_name(name):
                raise BadInput(sentence)
        raise BadInput(unknown(kind, name, rows, aliases))
    return key


def unknown(kind: str, name: Any, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> str:
    """The sentence for a name that does not exist, with the nearest one and all there are."""
    known = list(known)
    spelled = {plain_name(one): one for one in (*known, *(aliases or {}))}
    matches = get_close_matches(plain_name(str(name)[:80]), spelled, n=1, cutoff=CUTOFF)
    hint = f" Did you mean {spelled[matches[0]]}?" if matches else ""
    return f"There is no {kind} {shown(name)}.{hint} There are: {', '.join(known)}."
