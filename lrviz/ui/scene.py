"""A race on the stage of a page: what `lrviz.scene` has, and sliders whose whole range is computed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence

import numpy as np

from lrviz import stage
from lrviz.diagnosis import regimes
from lrviz.knob import Knob
from lrviz.scenario import ALPHA, Scenario, simulate_many
from lrviz.scene import landscape, profiles, run_of, runs
from lrviz.ui.notches import notches

__all__ = ["can_live", "landscape", "live", "live_knobs", "live_notches", "profiles", "run_of", "runs"]

MOST_LIVE_STEPS = 1000
"""A family of longer runs would be megabytes: its sliders wait for the server."""


E12 = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2)
"""Twelve even steps a decade, as on resistors: 61 notches from 1e-4 to 10."""
FAMILY = 64


def live_knobs(scenario: Scenario) -> list[Knob]:
    """What deserves a slider on the stage: the rate, the memory of the optimizer, the plateau rule."""
    chosen = [ALPHA] if scenario.optimizer_row.has_rate else []
    chosen += [knob for knob in scenario.rule.knobs if knob.key in ("momentum", "beta_1", "rho")][:1]
    chosen += [knob for knob in scenario.plateau_knobs if knob.key in ("factor", "patience")]
    return chosen


def can_live(scenario: Scenario, key: str) -> bool:
    """Can this knob have a slider on the stage? Not what changes the ground or the number of steps under the runs."""
    row = scenario.rows.get(key)
    unfit = {"steps", "steps_per_epoch", "x", "y", *(knob.key for knob in scenario.surface_row.knobs)}
    derived = row is None or row.kind not in ("number", "integer") or scenario[key] is None
    return not derived and key not in unfit and (key != ALPHA.key or scenario.optimizer_row.has_rate)


def live(scenario: Scenario, keys: Sequence[str] | None = None, painted: bool = False) -> list[stage.Live]:
    """The sliders of the first run: of these knobs, as far as it has them, or of those that matter most.

    painted: alpha's track shows what each rate does.
    """
    rows = live_knobs(scenario) if keys is None else [scenario.rows[key] for key in keys if can_live(scenario, key)]
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
        family_key=_but_for(scenario, knob) + repr(values),
    )


def _but_for(scenario: Scenario, knob: Knob) -> str:
    """All that defines the scenario, whatever this knob is set to."""
    told = scenario.to_dict()
    of_run = knob.key in told
    told[knob.key] = None
    told["values"] = told["values"] if of_run else {**told["values"], knob.key: None}
    return json.dumps(told)


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
