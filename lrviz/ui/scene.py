"""A race on the stage of a page: what `lrviz.scene` has, and sliders whose whole range is computed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from lrviz import stage
from lrviz.diagnosis import regimes
from lrviz.knob import Knob
from lrviz.scenario import ALPHA, STEPS, STEPS_PER_EPOCH, Scenario, simulate_many
from lrviz.scene import landscape, profiles, run_of, runs
from lrviz.stage.ground import SHADE
from lrviz.ui.notches import face, notches, on_this_map, options

__all__ = ["can_live", "landscape", "live", "live_knobs", "live_notches", "near", "profiles", "run_of", "runs"]

FAMILY = 64
MOST_STEPS = 1000 * FAMILY
"""A family of more steps would be megabytes: its slider waits for the server."""


def live_knobs(scenario: Scenario) -> list[Knob]:
    """What deserves a slider on the stage: the rate, the memory of the optimizer, the plateau rule."""
    chosen = [ALPHA] if scenario.optimizer_row.has_rate else []
    chosen += [knob for knob in scenario.rule.knobs if knob.key in ("momentum", "beta_1", "rho")][:1]
    chosen += [knob for knob in scenario.plateau_knobs if knob.key in ("factor", "patience")]
    return chosen


START = ("x", "y")


def can_live(scenario: Scenario, key: str) -> bool:
    """Can this knob have a slider on the stage, which changes the first run alone? The start is dragged there."""
    alone = key not in (*START, STEPS.key) and not _changes_ground(scenario, key)
    return alone and _fits(scenario, key) and scenario[key] is not None


def _fits(scenario: Scenario, key: str) -> bool:
    row = scenario.rows.get(key)
    number = row is not None and row.kind in ("number", "integer")
    return number and (key != ALPHA.key or scenario.optimizer_row.has_rate)


def _changes_ground(scenario: Scenario, key: str) -> bool:
    return any(knob.key == key for knob in scenario.surface_row.knobs)


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
        family=_family(scenario, knob, values),
        family_key=_but_for(scenario, knob) + repr(values),
    )


def near(scenario: Scenario, key: str) -> stage.Live | None:
    """The slider that this knob has elsewhere on the page, with a run for every notch; None if it asks the server."""
    if not _fits(scenario, key):
        return None
    knob = on_this_map(scenario, scenario.rows[key])
    texts = [text for text in options(knob, scenario[key]) if text != knob.text(None)]
    present = knob.text(scenario[key])
    values = [float(text) for text in texts]
    return stage.Live(
        key,
        knob.label,
        values,
        texts.index(present) if present in texts else -1,
        text=[face(knob, text) for text in texts],
        family=_family(scenario, knob, values),
        family_key=_but_for(scenario, knob) + repr(values),
    )


def _but_for(scenario: Scenario, knob: Knob) -> str:
    """All that defines the scenario, whatever this knob is set to."""
    told = scenario.to_dict()
    if knob.key in START:
        told["start"][START.index(knob.key)] = None
    (told if knob.key in told else told["values"])[knob.key] = None
    return json.dumps(told, sort_keys=True)


def live_notches(knob: Knob, present: float) -> list[float]:
    """At most a family of values, rising, the present one among them."""
    return sorted({*notches(knob, FAMILY - 1), present})


def _family(scenario: Scenario, knob: Knob, values: list[float]) -> Callable[[], bytes] | None:
    if (sum(values) if knob.key == STEPS.key else scenario.steps * len(values)) > MOST_STEPS:
        return None

    def pack() -> bytes:
        family = simulate_many(scenario, **{knob.key: values})
        told = {name: [getattr(run, name) for run in family] for name in ("x", "loss", "learning_rate")}
        if family[0].plateau:
            told |= {name: [getattr(run.epochs, name) for run in family] for name in ("improved", "cut", "monitored")}
        grounds = []
        if _changes_ground(scenario, knob.key):
            grounds = [landscape(scenario.having(**{knob.key: value}), SHADE) for value in values]
        per_epoch = values if knob.key == STEPS_PER_EPOCH.key else scenario.steps_per_epoch
        return stage.pack_family(values, **told, steps_per_epoch=per_epoch, grounds=grounds)

    return pack
