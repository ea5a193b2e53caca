"""Lines that theory draws on a map: how large the rate may be, where a closed form holds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.analysis.stability import edge
from lrviz.maps.map import Map
from lrviz.scenario import Scenario

QUADRATICS = ("bowl",)
"""On these the edge is exact; elsewhere it holds near a minimum only, and no line is drawn."""
NAMES = {"gradient_descent": "2/L", "momentum": "(2 + 2μ)/L", "nesterov": "(2 + 2μ)/((1 + 2μ)L)"}
POINTS = 65


class Line(NamedTuple):
    """``name`` of the line; x, y (n,): its points, in the units of the axes."""

    name: str
    x: np.ndarray
    y: np.ndarray


def lines(plan: Map) -> list[Line]:
    """The largest stable rate over the other axis: 2/L for descent, (2 + 2 beta)/L for momentum, L the largest
    curvature (`analysis.stability`). Of a schedule that lowers the rate it is that of the first steps. Goh (2017)."""
    scenario = plan.scenario
    if scenario.surface not in QUADRATICS or "alpha" not in (plan.x.key, plan.y.key):
        return []
    other = plan.y if plan.x.key == "alpha" else plan.x
    along = other.values(scenario.knob(other.key), POINTS)
    edges = [_edge(scenario, other.key, float(value)) for value in along]
    if None in edges:
        return []
    rates = np.array(edges, float)
    calm = scenario.schedule == "constant"
    name = NAMES[scenario.optimizer] + ("" if calm else ", at a constant rate")
    return [Line(name, rates, along) if plan.x.key == "alpha" else Line(name, along, rates)]


def _edge(scenario: Scenario, key: str, value: float) -> float | None:
    return edge(scenario.having(**{key: value}))
