"""A race on the stage: its runs, the landscape, slices through it, and sliders whose whole range is computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from lrviz import stage
from lrviz.diagnosis import regimes
from lrviz.knob import Knob
from lrviz.race import Race
from lrviz.scenario import ALPHA, Scenario, simulate, simulate_many
from lrviz.trajectory import Trajectory
from lrviz.ui.notches import notches

MOST_LIVE_STEPS = 1000
"""A family of longer runs would be megabytes: its sliders wait for the server."""


E12 = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2)
"""Twelve even steps a decade, as on resistors: 61 notches from 1e-4 to 10."""
FAMILY = 64


@lru_cache(maxsize=64)
def _run(scenario_json: str) -> Trajectory:
    return simulate(Scenario.from_json(scenario_json))


def run_of(scenario: Scenario) -> Trajectory:
    """The run, remembered: of a race only what changed is run again."""
    return _run(scenario.to_json())


def runs(race: Race) -> list[stage.Run]:
    """Every run of the race by name, in the colour of its place."""
    return [
        stage.Run(name, run_of(scenario), place, scenario.rule.formula, visible=place not in race.hidden)
        for place, (name, scenario) in enumerate(zip(race.names, race.scenarios, strict=True))
    ]


def landscape(scenario: Scenario) -> stage.Landscape:
    """The ground; its grid is computed only if the browser does not have it yet."""
    surface, coef = scenario.surface_row, scenario.coef
    minima = np.array(surface.minima(coef), dtype=float)
    key = ",".join([surface.key, *(repr(float(value)) for value in coef)])
    return stage.Landscape(key, surface.domain, lambda: surface.grid(coef), minima, surface.floor(coef))


def profiles(scenario: Scenario) -> list[stage.Profile]:
    """Slices through the minimum nearest to the start: along both axes, and along the curvatures there."""
    surface, coef = scenario.surface_row, scenario.coef
    start = np.array(scenario.start, dtype=float)
    base = min(np.array(surface.minima(coef), dtype=float), key=lambda minimum: float(np.sum((minimum - start) ** 2)))
    _, vectors = surface.curvature(coef, base)
    lines: dict[str, Sequence[float]] = {
        "along x": (1.0, 0.0),
        "along y": (0.0, 1.0),
        "steepest": vectors[:, 1].tolist(),
        "flattest": vectors[:, 0].tolist(),
    }
    return [stage.Profile(label, base, line, *surface.slice(coef, base, line)) for label, line in lines.items()]


def live_knobs(scenario: Scenario) -> list[Knob]:
    """What deserves a slider on the stage: the rate, the memory of the optimizer, the plateau rule."""
    chosen = [ALPHA] if scenario.optimizer_row.has_rate else []
    chosen += [knob for knob in scenario.rule.knobs if knob.key in ("momentum", "beta_1", "rho")][:1]
    chosen += [knob for knob in scenario.plateau_knobs if knob.key in ("factor", "patience")]
    return chosen


def live(scenario: Scenario, keys: Sequence[str] | None = None, painted: bool = False) -> list[stage.Live]:
    """The sliders of the first run: of these knobs, as far as it has them, or of those that matter most.

    painted: alpha's track shows what each rate does.
    """
    rows = live_knobs(scenario) if keys is None else [scenario.rows[key] for key in keys if key in scenario.rows]
    tones = regimes(scenario) if painted else []
    return [_slider(scenario, knob, tones if knob.key == ALPHA.key else []) for knob in rows]


def _slider(scenario: Scenario, knob: Knob, tones: Sequence[tuple[float, float, str]] = ()) -> stage.Live:
    present = float(scenario[knob.key])  # type: ignore[arg-type]
    values = live_notches(knob, present)
    return stage.Live(
        knob.key,
        knob.label,
        values,
        values.index(present),
        symbol=knob.symbol,
        unit=knob.unit,
        scale="log" if knob.scale == "log" else "linear",
        regimes=tones,
        family=_family(scenario, knob, values) if scenario.steps <= MOST_LIVE_STEPS else None,
        family_key=scenario.having(**{knob.key: values[0]}).to_json() + repr(values),
    )


def live_notches(knob: Knob, present: float) -> list[float]:
    """At most a family of values, rising, the present one among them."""
    low, high = knob.slider_range
    if knob.scale == "log":
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        values = {number for decade in decades for m in E12 if low <= (number := float(f"{m}e{decade}")) <= high}
        values |= {0.0} if knob.low == 0 and not knob.low_open else set()
    else:
        values = set(notches(knob))
        values = set(sorted(values)[:: -(-len(values) // (FAMILY - 1))])
    return sorted(values | {present})


def _family(scenario: Scenario, knob: Knob, values: list[float]) -> Callable[[], bytes]:
    def pack() -> bytes:
        family = simulate_many(scenario, **{knob.key: values})
        epochs = {}
        if family[0].plateau:
            epochs = {
                name: np.stack([getattr(run.epochs, name) for run in family])
                for name in ("improved", "cut", "monitored")
            }
        x, loss, rate = (np.stack([getattr(run, name) for run in family]) for name in ("x", "loss", "learning_rate"))
        return stage.pack_family(np.array(values), x, loss, rate, steps_per_epoch=scenario.steps_per_epoch, **epochs)

    return pack
