"""A race as the player has it: its runs, the landscape below them, and slices through it. No page is needed for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lrviz.once import made_once_for
from lrviz.plateau import limit
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.stage.landscape import FINE, Landscape
from lrviz.stage.message import Profile, Run, compose
from lrviz.stage.pack import pack
from lrviz.surfaces import Surface
from lrviz.trajectory import Trajectory


@made_once_for(64)
def run_of(scenario: Scenario) -> Trajectory:
    """The run, remembered: of a race only what changed is run again, and the page and its stage ask for the same run,
    one right after the other."""
    return simulate(scenario)


def race_runs(race: Race) -> list[Run]:
    """Every run of the race by name, in the colour of its place."""
    return [
        named(name, scenario, run_of(scenario), place, visible=place not in race.hidden)
        for place, (name, scenario) in enumerate(zip(race.names, race.scenarios, strict=True))
    ]


def named(name: str, scenario: Scenario, run: Trajectory, place: int = 0, visible: bool = True) -> Run:
    """This run, with what the player shows of its optimizer and of the plateau rule."""
    rule = scenario.rule
    flagged = any(knob.kind == "flag" and scenario[knob.key] for knob in rule.knobs)  # which the formula does not show
    knobs = {knob.key: (knob.symbol, float(scenario[knob.key])) for knob in rule.knobs if knob.symbol}  # type: ignore[arg-type]
    return Run(
        name,
        run,
        place,
        rule.formula,
        visible=visible,
        rule=_rule(scenario),
        symbols=None if flagged else rule.symbols,
        knobs=knobs,
        points=rule.points,
        rated=scenario.optimizer_row.has_rate,
    )


def _rule(scenario: Scenario) -> dict[str, int] | None:
    """What the plateau rule waits for; None where it does not watch."""
    if not scenario.plateau_knobs:
        return None
    patience, cooldown = int(scenario["patience"]), int(scenario["cooldown"])  # type: ignore[arg-type]
    late = int(scenario.framework == "pytorch")
    return {"limit": limit(scenario.framework, patience), "late": late, "cooldown": cooldown}


def landscape(scenario: Scenario, points: int = FINE) -> Landscape:
    """The landscape; its grid, of so many points a side, is computed only if the browser does not have it yet."""
    surface, coef = scenario.surface_row, scenario.coef
    minima = np.array(surface.minima(coef), dtype=float)
    key = ",".join(
        [surface.key, *(repr(float(value)) for value in (*coef, *(surface.domain if surface.found else ())))]
    )
    grid = lambda: surface.grid(coef, points)  # noqa: E731
    return Landscape(key, surface.domain, grid, minima, surface.floor(coef), surface.found)


def profiles(scenario: Scenario) -> list[Profile]:
    """Slices through the minimum nearest to the start, or through the start where there is none: along both axes, and
    along the curvatures there."""
    start = np.array(scenario.start, dtype=float)
    minima = np.array(scenario.surface_row.minima(scenario.coef), dtype=float)
    base = (
        minima[np.argmin(np.sum((minima - start) ** 2, axis=1))]
        if len(minima)
        else _on(scenario.surface_row.domain, start)
    )
    return list(_profiles(scenario.surface_row, tuple(scenario.coef.tolist()), tuple(base.tolist())))


def _on(domain: tuple[float, float, float, float], place: np.ndarray) -> np.ndarray:
    """The place on the map that is nearest to this one."""
    return np.clip(place, domain[::2], domain[1::2])


@lru_cache(maxsize=64)
def _profiles(surface: Surface, coefficients: tuple[float, ...], base: tuple[float, ...]) -> tuple[Profile, ...]:
    coef = np.array(coefficients)
    _, vectors = surface.curvature(coef, base)
    if not np.isfinite(vectors).all():  # at the edge of where a formula has values
        vectors = np.eye(2)
    vectors = np.where(np.abs(vectors) < np.finfo(float).eps, 0.0, vectors)  # rounding of what lies along an axis
    lines: dict[str, Sequence[float]] = {
        "along x": (1.0, 0.0),
        "along y": (0.0, 1.0),
        "steepest": vectors[:, 1].tolist(),
        "flattest": vectors[:, 0].tolist(),
    }
    return tuple(Profile(label, base, line, *surface.slice(coef, base, line)) for label, line in lines.items())


def message(race: Race, *, autoplay: bool = False, made: Sequence[Run] | None = None) -> bytes:
    """The whole race as one packed message: the player's, and all that a picture is drawn from. ``made``: its runs,
    where they are known already."""
    first = race.first
    meta, arrays, _ = compose(
        race_runs(race) if made is None else made,
        landscape(first),
        start=first.start or (),
        profiles=profiles(first),
        start_draggable=False,
        autoplay=autoplay,
        label=race.title,
        file=race.file_name,
        exact=True,
    )
    return pack(meta, arrays)
