"""An axis of a map: a knob, the ends of its range, how many points, on which scale."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, cast

import numpy as np

from lrviz.knob import LONGEST_NUMBER, BadInput, Knob, number_text, shown, unknown
from lrviz.scenario import Scenario

Scale = Literal["linear", "log"]
SCALES: tuple[Scale, ...] = ("linear", "log")
LEAST_POINTS, USUAL_POINTS, MOST_POINTS = 2, 256, 4096
STEPS_OF_FLOAT64 = 64
"""An axis is at least so many neighbouring numbers of float64 long: below that its points would be the same number."""


@dataclass(frozen=True)
class Axis:
    """``points`` values of the knob ``key`` from ``low`` to ``high``, both included, evenly on the scale. Of a knob of
    whole numbers, those that are hit, each once. Raises ``BadInput``."""

    key: str
    low: float
    high: float
    points: int = USUAL_POINTS
    scale: Scale = "linear"

    def __post_init__(self) -> None:
        if not isinstance(self.key, str):
            raise BadInput(f"An axis is a knob by its key, such as alpha, not {shown(self.key)}.")
        for name in ("low", "high"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
                raise BadInput(f"{name} of the axis {self.key} is {shown(value)}, but must be a finite number.")
            object.__setattr__(self, name, float(value))
        if not self.low < self.high:
            ends = f"{number_text(self.low)} to {number_text(self.high)}"
            raise BadInput(f"The axis {self.key} goes from {ends}, but must rise.")
        if self.scale not in SCALES:
            raise BadInput(f"scale of the axis {self.key} is {shown(self.scale)}, but must be linear or log.")
        if self.scale == "log" and self.low <= 0:
            raise BadInput(f"The axis {self.key} begins at {number_text(self.low)}; on a log scale it begins above 0.")
        if self.scale == "log" and not math.isfinite((self.high - self.low) / self.low):
            raise BadInput(f"The ends of the axis {self.key} are so far apart that float64 has no number for how far.")
        if self.high - self.low < STEPS_OF_FLOAT64 * float(np.spacing(max(abs(self.low), abs(self.high)))):
            raise BadInput(f"The ends of the axis {self.key} are so near to each other that float64 has no room there.")
        whole = isinstance(self.points, int) and not isinstance(self.points, bool)
        if not whole or not LEAST_POINTS <= self.points <= MOST_POINTS:
            allowed = f"a whole number from {LEAST_POINTS} to {MOST_POINTS}"
            raise BadInput(f"points of the axis {self.key} is {shown(self.points)}, but must be {allowed}.")

    def values(self, row: Knob, points: int | None = None) -> np.ndarray:
        """The knob's values along the axis, rising.   -> (points,), fewer of a knob of whole numbers

        Evenly on a logarithm they are low + low (e^(t log(1 + (high - low)/low)) - 1) for t from 0 to 1: exact to the
        last digits however near the ends are, where powers of ten would not be.
        """
        t = np.linspace(0, 1, points or self.points)
        if self.scale == "log":
            values = self.low + self.low * np.expm1(t * np.log1p((self.high - self.low) / self.low))
        else:
            values = self.low + t * (self.high - self.low)
        values[-1] = self.high
        return np.unique(np.round(values)) if row.kind == "integer" else np.clip(values, self.low, self.high)

    def check(self, scenario: Scenario) -> Axis:
        """The same axis if this scenario has the knob and allows its ends; raises ``BadInput``."""
        row = knob_of(scenario, self.key)
        for end in (self.low, self.high):
            row.check(end)
        return self

    def within(self, row: Knob) -> Axis:
        """The part of it that the knob allows."""
        low, high = max(self.low, row.low), min(self.high, row.high)
        return replace(self, low=low, high=high) if low < high else self

    # Plain data -------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> Axis:
        names = [field.name for field in fields(cls)]
        if not isinstance(data, Mapping):
            raise BadInput(f"An axis is a JSON object, not {shown(data)}.")
        for key in data:
            if key not in names:
                raise BadInput(unknown("part of an axis called", key, names))
        for name in ("key", "low", "high"):
            if name not in data:
                raise BadInput(f"An axis of a map lacks its {name}.")
        return cls(**data)

    def to_text(self) -> str:
        """``alpha,0.0001,10,256,log``, as in a link."""
        return ",".join((self.key, number_text(self.low), number_text(self.high), str(self.points), self.scale))

    @classmethod
    def from_text(cls, text: str, scenario: Scenario, between: str = ",") -> Axis:
        """What `to_text` writes, or its beginning: ``alpha`` is the knob's usual range, ``alpha,0.01,1`` has the usual
        points and the knob's scale. Raises ``BadInput``."""
        key, *rest = [part.strip()[:LONGEST_NUMBER] for part in text.split(between, 5)]
        usual = usual_axis(scenario, key)
        if not rest:
            return usual
        example = between.join(("alpha", "0.0001", "10", "256", "log"))
        if len(rest) not in (2, 3, 4):
            raise BadInput(
                f"An axis is {shown(text)}, but must be knob, low, high, points and scale such as {example}."
            )
        low, high = (_number(key, part) for part in rest[:2])
        points = usual.points
        if len(rest) > 2:
            if not (rest[2].isascii() and rest[2].isdigit()):
                raise BadInput(f"points of the axis {key} is {shown(rest[2])}, but must be a whole number.")
            points = int(rest[2])
        scale = rest[3] if len(rest) > 3 else usual.scale if low > 0 else "linear"
        return cls(key, low, high, points, cast(Scale, scale)).check(scenario)


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"An end of the axis {key} is {shown(text)}, but must be a number.") from None


def axes_of(scenario: Scenario) -> dict[str, Knob]:
    """The knobs that can be an axis: the numbers of this scenario."""
    return {
        key: row
        for key, row in scenario.rows.items()
        if row.kind in ("number", "integer") and (key != "alpha" or scenario.optimizer_row.has_rate)
    }


def knob_of(scenario: Scenario, key: str) -> Knob:
    """The row of an axis; raises ``BadInput`` for what is none."""
    rows = axes_of(scenario)
    if key not in rows:
        if key in scenario.rows:
            raise BadInput(f"{key} cannot be an axis of this map. There are: {', '.join(rows)}.")
        raise BadInput(unknown("axis in this scenario called", key, rows))
    return rows[key]


def usual_axis(scenario: Scenario, key: str) -> Axis:
    """The whole range that a slider of the knob has; of a start, the domain of the surface."""
    row = knob_of(scenario, key)
    domain = scenario.surface_row.domain
    low, high = {"x": domain[:2], "y": domain[2:]}.get(key, row.slider_range)
    scale: Scale = row.scale if low > 0 else "linear"
    return Axis(key, float(low), float(high), USUAL_POINTS, scale)
