"""Maps worth a look: what a page offers first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lrviz.maps.axis import Axis
from lrviz.maps.map import Map
from lrviz.scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """``asks``: what it answers, as a question. make: the map."""

    key: str
    name: str
    asks: str
    make: Callable[[], Map]


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
        "factor", "Rate and factor", "How hard should a cut be, at each rate?",
        lambda: _plateau(Axis("factor", 0.05, 0.95), patience=5),
    ),
    Preset(
        "patience", "Rate and patience", "How long should the rule wait, at each rate?",
        lambda: _plateau(Axis("patience", 0, 30), factor=0.5),
    ),
    Preset(
        "momentum", "Rate and momentum", "How much further does momentum let the rate go?",
        lambda: Map(Scenario(optimizer="momentum", alpha=0.05, values={"kappa": 20}), RATE, Axis("momentum", 0, 0.999)),
    ),
    Preset(
        "curvature", "Rate and curvature", "How steep may the ground be, at each rate?",
        lambda: Map(Scenario(alpha=0.1), RATE, Axis("kappa", 1, 100, scale="log")),
    ),
    Preset("basins", "Start and start", "To which minimum does each start lead?", _basins),
)  # fmt: skip
PRESETS = {row.key: row for row in ROWS}
