"""Maps worth a look: what a page offers first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from lrviz.knob import BadInput
from lrviz.maps.axis import Axis, usual_axis
from lrviz.maps.map import Map
from lrviz.scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """``name``: what is moved besides the rate; question: what the map answers; make: the map."""

    key: str
    name: str
    question: str
    make: Callable[[], Map]

    @cached_property
    def map(self) -> Map:
        return self.make()


RATE = Axis("alpha", 1e-3, 1, scale="log")
NOISY = {"alpha": 0.15, "noise": 1.0, "monitor": "loss", "steps_per_epoch": 5}
"""A run in which the plateau rule has something to do."""


def _plateau(y: Axis, **values: float) -> Map:
    return Map(Scenario(schedule="plateau", **NOISY, values=values), RATE, y)  # type: ignore[arg-type]


def _basins() -> Map:
    scenario = Scenario("himmelblau", (-1.0, -1.0), "momentum", alpha=0.01, values={"momentum": 0.9})
    return Map(scenario, Axis("x", -5, 5), Axis("y", -5, 5), "basin")


ROWS = (
    Preset(
        "factor", "Factor", "How hard should a cut be, at each rate?",
        lambda: _plateau(Axis("factor", 0.05, 0.95), patience=5),
    ),
    Preset(
        "patience", "Patience", "How long should the rule wait, at each rate?",
        lambda: _plateau(Axis("patience", 0, 30), factor=0.5),
    ),
    Preset(
        "momentum", "Momentum", "How much further does momentum let the rate go?",
        lambda: Map(Scenario(optimizer="momentum", alpha=0.05, values={"kappa": 20}), RATE, Axis("momentum", 0, 0.999)),
    ),
    Preset(
        "curvature", "Curvature", "How steep may the ground be, at each rate?",
        lambda: Map(Scenario(alpha=0.1), RATE, Axis("kappa", 1, 100, scale="log")),
    ),
    Preset("basins", "Starts", "To which minimum does each start lead?", _basins),
)  # fmt: skip
PRESETS = {row.key: row for row in ROWS}


def whole(plan: Map) -> tuple[Axis, Axis]:
    """The whole plane that this map is a part of: that of a preset with the same axes, or the usual ranges."""
    for preset in PRESETS.values():
        other = preset.map
        if (other.x.key, other.y.key) == (plan.x.key, plan.y.key) and plan.scenario.surface == other.scenario.surface:
            return _within(plan.x, other.x), _within(plan.y, other.y)
    x, y = (_within(axis, usual_axis(plan.scenario, axis.key)) for axis in (plan.x, plan.y))
    return x, y


def _within(axis: Axis, plane: Axis) -> Axis:
    """The range of the plane on the scale of this axis, which is all there is where that has no such range: a
    logarithm none that begins at 0."""
    try:
        return replace(axis, low=plane.low, high=plane.high)
    except BadInput:
        return axis


def preset_of(plan: Map) -> str | None:
    """The key of the preset that this map is, whatever part of it is seen and whatever its other knobs are set to."""
    for key, preset in PRESETS.items():
        mine = (plan.x.key, plan.y.key, plan.scenario.surface, plan.scenario.optimizer, plan.scenario.schedule)
        other = preset.map
        own = (other.x.key, other.y.key, other.scenario.surface, other.scenario.optimizer, other.scenario.schedule)
        if mine == own:
            return key
    return None
