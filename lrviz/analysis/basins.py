"""The minima of a surface and their basins: where a run ends, and which rate each minimum holds."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lrviz.scenario import Scenario
from lrviz.surfaces import Surface
from lrviz.trajectory import Trajectory

FLOW_STEPS, FLOW_STEP = 600, 0.004
"""Of the walk downhill that says to which basin a point belongs: at most so many steps, each at most so long
(of the map's diagonal)."""
FLOOR_RADIUS = 0.02
"""Of the map's diagonal: what is at the floor of a basin."""
LAST = 10
"""A run is at rest if it was near the floor in so many last steps."""


class Minimum(NamedTuple):
    """A known minimum: its place, its loss, its largest curvature L and the largest rate that it holds.

    Descent multiplies the distance along an eigenvector by (1 - alpha lambda): it comes nearer iff alpha < 2/L. With
    momentum beta: iff alpha < 2 (1 + beta)/L. Goh (2017), doi 10.23915/distill.00006.
    """

    place: tuple[float, float]
    loss: float
    sharpness: float
    holds: float


class Ending(NamedTuple):
    """``basin``: the place in ``minima`` of the basin in which a run ends, None if it is in none. ``distance`` from
    its floor; ``converged``: was it near the floor for the last steps? ``left``: the first step after which it was
    never again in the basin in which it began; None if it ends there."""

    basin: int | None
    distance: float
    converged: bool
    left: int | None


def minima(scenario: Scenario) -> list[Minimum]:
    """The known minima of the scenario's surface, the lowest first."""
    surface, coef = scenario.surface_row, scenario.coef
    beta = float(scenario["momentum"]) if scenario.optimizer == "momentum" else 0.0  # type: ignore[arg-type]
    rows = []
    losses = surface.at_minima(coef)
    for place, loss, sharp in zip(surface.minima(coef), losses, _sharpness(surface, coef), strict=True):
        limit = 2 * (1 + beta) / sharp if sharp > 0 else math.inf  # a kink has no curvature
        rows.append(Minimum(place, loss, sharp, limit))
    return rows


def _sharpness(surface: Surface, coef: np.ndarray) -> list[float]:
    """The larger curvature at each known minimum, good to nine digits."""
    return list(_sharpness_at(surface, tuple(coef.tolist())))


@lru_cache(maxsize=128)
def _sharpness_at(surface: Surface, coefficients: tuple[float, ...]) -> tuple[float, ...]:
    coef = np.array(coefficients)
    return tuple(float(f"{surface.curvature(coef, place)[0][1]:.7g}") for place in surface.minima(coef))


def basins_of(scenario: Scenario, points: np.ndarray) -> np.ndarray:
    """To which minimum does a walk downhill in small steps lead from each point?   points (n, 2) -> (n,), -1 for none.

    The walk follows the gradient and ends near a known minimum. A point off the map, or from which no
    known minimum is reached, belongs to none.
    """
    return _basins(scenario.surface_row, scenario.coef, points)


def _basins(surface: Surface, coef: np.ndarray, points: np.ndarray) -> np.ndarray:
    points = np.asarray(points, float).reshape(-1, 2)
    low, high = np.array(surface.domain[::2]), np.array(surface.domain[1::2])
    on_map = np.all((points >= low) & (points <= high), axis=1)  # what is not finite is not
    floors = np.array(surface.minima(coef), float).reshape(-1, 2)
    where = np.full(len(points), -1)
    if not len(floors):
        return where
    reach = FLOOR_RADIUS * float(np.hypot(*(high - low)))
    x = np.where(on_map[:, None], points, floors[0]).T.copy()
    longest = FLOW_STEP * float(np.hypot(*(high - low)))
    gentle = 0.3 / max([sharp for sharp in _sharpness(surface, coef) if 0 < sharp < math.inf], default=1.0)
    for _ in range(FLOW_STEPS):
        away = np.hypot(x[0][:, None] - floors[:, 0], x[1][:, None] - floors[:, 1])
        arrived = away.min(axis=1) < reach
        where = np.where(arrived, away.argmin(axis=1), -1)
        if arrived.all():
            break
        slope = surface.gradient(coef, x)
        length = np.hypot(*slope)
        x -= slope * np.where(arrived, 0.0, np.minimum(gentle, longest / np.maximum(length, 1e-300)))
    return np.where(on_map, where, -1)


def home(scenario: Scenario) -> int | None:
    """The basin in which the scenario's start lies."""
    return _index(_home(scenario.surface_row, tuple(scenario.coef.tolist()), scenario.start or (0.0, 0.0)))


@lru_cache(maxsize=128)
def _home(surface: Surface, coef: tuple[float, ...], start: tuple[float, float]) -> int:
    return int(_basins(surface, np.array(coef), np.array([start]))[0])


def _index(where: int) -> int | None:
    return None if where < 0 else where


def basin(scenario: Scenario, run: Trajectory) -> Ending:
    """In which basin a run ends, is it at rest there, and when did it leave the one in which it began?"""
    where = basins_of(scenario, run.x)
    place = _index(int(where[-1]))
    left = None
    if where[-1] != where[0]:
        left = int(np.flatnonzero(where == where[0])[-1]) + 1
    if place is None:
        return Ending(None, float("nan"), False, left)
    away = np.hypot(*(run.x[-LAST:] - np.array(scenario.surface_row.minima(scenario.coef)[place])).T)
    return Ending(place, float(away[-1]), bool(away.max() < _floor_radius(scenario)), left)


def _floor_radius(scenario: Scenario) -> float:
    domain = scenario.surface_row.domain
    return FLOOR_RADIUS * float(np.hypot(domain[1] - domain[0], domain[3] - domain[2]))
