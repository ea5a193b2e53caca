"""A map as plain validated data: to and from JSON and the parameters of a link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from lrviz.knob import BadInput, Knob, find, shown, unknown
from lrviz.maps.axis import Axis, axes_of, usual_axis
from lrviz.maps.shown import SHOWN, Shown
from lrviz.scenario import Scenario

MOST_CELLS = 4_194_304
TOLERANCE = Knob(
    "tolerance", "Tolerance", 0, 1e6, 1e-3, "log", low_open=True, slider=(1e-12, 1),
    help="A run has arrived when its loss is no more than this above the surface's floor.",
)  # fmt: skip
PARTS = ("x", "y", "show", "tolerance")
PARAMETER = "map"
"""Of a link."""


USUAL = (Axis("alpha", 1e-4, 10, scale="log"), Axis("factor", 0.05, 0.95))


@dataclass(frozen=True)
class Map:
    """The scenario with every pair of values of two of its knobs, and what is shown of each run.

    The scenario's own values of these two knobs do not matter. ``show``: a key of `SHOWN`. ``tolerance``: for steps
    until the loss is within it. Raises ``BadInput``.
    """

    scenario: Scenario = field(default_factory=lambda: Scenario(schedule="plateau"))
    x: Axis = USUAL[0]
    y: Axis = USUAL[1]
    show: str = "loss"
    tolerance: float = 1e-3

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        for name in ("x", "y"):
            axis = getattr(self, name)
            if not isinstance(axis, Axis):
                raise BadInput(f"{name} of a map is {shown(axis)}, but must be an axis.")
            put(name, axis.check(self.scenario))
        if self.x.key == self.y.key:
            raise BadInput(f"Both axes of the map are {self.x.key}; they must be two knobs.")
        if self.x.points * self.y.points > MOST_CELLS:
            cells = f"{self.x.points} times {self.y.points}"
            raise BadInput(f"A map has at most {MOST_CELLS} cells; {cells} are {self.x.points * self.y.points}.")
        put("show", find("map", self.show, SHOWN))
        put("tolerance", TOLERANCE.check(self.tolerance))

    @property
    def shown(self) -> Shown:
        return SHOWN[self.show]

    @property
    def rows(self) -> tuple[Knob, Knob]:
        """The knobs of x and y."""
        return self.scenario.knob(self.x.key), self.scenario.knob(self.y.key)

    def values(self, points: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The values along x (nx,) and y (ny,), with other points a side than the axes' own if said."""
        across, up = self.rows
        return self.x.values(across, points), self.y.values(up, points)

    @property
    def longest(self) -> int:
        """Steps of its longest run."""
        return next((round(axis.high) for axis in (self.x, self.y) if axis.key == "steps"), self.scenario.steps)

    def size(self, points: int | None = None) -> str:
        """How many runs it is made of at so many points a side, and how long they are: 65,536 runs of 200 steps."""
        x, y = self.values(points)
        some = "at most " if "steps" in (self.x.key, self.y.key) else ""
        return f"{len(x) * len(y):,} runs of {some}{self.longest} steps"

    def cell(self, x: float, y: float) -> Scenario:
        """The run of one cell."""
        return self.scenario.having(**{self.x.key: float(x), self.y.key: float(y)})

    def zoomed(self, x: tuple[float, float], y: tuple[float, float]) -> Map:
        """Another part of the same plane, as far as the knobs allow."""
        across, up = self.rows
        return replace(
            self,
            x=replace(self.x, low=x[0], high=x[1]).within(across),
            y=replace(self.y, low=y[0], high=y[1]).within(up),
        )

    def on(self, scenario: Scenario) -> tuple[Map, list[str]]:
        """The same map of another scenario. An axis that it does not have makes room for another, and a sentence says
        so."""
        if scenario == self.scenario:
            return self, []
        axes, sentences = [], []
        for axis in (self.x, self.y):
            try:
                axes.append(axis.check(scenario))
            except BadInput:
                taken = {self.x.key, self.y.key} | {other.key for other in axes}
                key = next(key for key in axes_of(scenario) if key not in taken)
                axes.append(usual_axis(scenario, key))
                sentences.append(f"{axis.key} is no axis of this run; {key} took its place.")
        return replace(self, scenario=scenario, x=axes[0], y=axes[1]), sentences

    @property
    def title(self) -> str:
        """What it is in one line: Loss at the end over learning rate and factor."""
        across, up = self.rows
        run = f"{self.scenario.optimizer_row.name} on {self.scenario.surface_row.name}"
        return f"{self.shown.title(self)} over {across.label.lower()} and {up.label.lower()}: {run}"

    @property
    def file_name(self) -> str:
        """The same for a file, without its ending."""
        parts = (self.scenario.surface, self.scenario.optimizer, self.show, self.x.key, self.y.key)
        return "map-" + "-".join(parts).replace("_", "-")

    @cached_property
    def identity(self) -> str:
        """The same for maps whose cells are the same, whatever the scenario's own values of the two knobs."""
        base = self.scenario.having(**{self.x.key: self.x.low, self.y.key: self.y.low})
        parts = [base.to_json(), self.x.to_text(), self.y.to_text(), self.show]
        parts += [repr(self.tolerance)] if self.shown.tolerant else []
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    # Plain data -------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """All fields, as JSON has them."""
        return {
            "scenario": self.scenario.to_dict(), "x": self.x.to_dict(), "y": self.y.to_dict(), "show": self.show,
            "tolerance": self.tolerance,
        }  # fmt: skip

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data: Any) -> Map:
        names = [row.name for row in fields(cls)]
        if not isinstance(data, Mapping):
            raise BadInput(f"A map is a JSON object, not {shown(data)}.")
        for key in data:
            if key not in names:
                raise BadInput(unknown("field of a map called", key, names))
        made: dict[str, Any] = {"scenario": Scenario.from_dict, "x": Axis.from_dict, "y": Axis.from_dict}
        return cls(**{key: made[key](value) if key in made else value for key, value in data.items()})

    @classmethod
    def from_json(cls, text: str) -> Map:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise BadInput(f"{shown(text)} is not JSON.") from None
        return cls.from_dict(data)

    def to_text(self) -> str:
        """All but the scenario, as a link has it: ``x:alpha,0.0001,10,256,log;y:factor,0.05,0.95,256,linear``."""
        parts = [f"x:{self.x.to_text()}", f"y:{self.y.to_text()}"]
        parts += [f"show:{self.show}"] if self.show != "loss" else []
        parts += [f"tolerance:{TOLERANCE.text(self.tolerance)}"] if self.tolerance != TOLERANCE.default else []
        return ";".join(parts)

    @classmethod
    def from_text(cls, text: str, scenario: Scenario) -> Map:
        """What `to_text` writes; raises ``BadInput``. What is left out is that of `of`."""
        given: dict[str, Any] = {}
        for pair in filter(None, text.split(";", 8)[:8]):
            key, _, value = pair.partition(":")
            if key not in PARTS:
                raise BadInput(f"map: {unknown('part of a map called', key, PARTS)}")
            given[key] = Axis.from_text(value, scenario) if key in ("x", "y") else value
        return cls.of(scenario, **given)

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: those of the scenario, and ``map``."""
        return self.scenario.to_params() | {PARAMETER: self.to_text()}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Map:
        """From URL parameters, all text; raises ``BadInput`` for the first that is wrong."""
        own = {key: value for key, value in params.items() if key != PARAMETER}
        return cls.from_text(params.get(PARAMETER, ""), Scenario.from_params(own))

    @classmethod
    def of(cls, scenario: Scenario, **given: Any) -> Map:
        """The map of a scenario with these fields. An axis of which nothing is said is the rate, or what matters most
        beside it."""
        first = ("alpha", "factor", "momentum", *(row.key for row in scenario.surface_row.knobs), "x", "y")
        taken = {given[name].key for name in ("x", "y") if name in given}
        free = iter([key for key in first if key in axes_of(scenario) and key not in taken])
        axes = {name: given[name] if name in given else usual_axis(scenario, next(free)) for name in ("x", "y")}
        return cls(scenario, **{**given, **axes})
