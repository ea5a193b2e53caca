"""A race on the stage of a page: what `lrviz.scene` has, and sliders whose whole range is computed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from lrviz import stage
from lrviz.knob import Knob
from lrviz.race import Race
from lrviz.scenario import ALPHA, STEPS, STEPS_PER_EPOCH, Scenario, simulate_many
from lrviz.scene import landscape, profiles, run_of, runs
from lrviz.stability import regimes
from lrviz.stage.ground import SHADE
from lrviz.ui.notches import face, notches, on_this_map, options

__all__ = ["can_live", "landscape", "live", "live_knobs", "live_notches", "near", "profiles", "run_of", "runs"]

FAMILY = 64
MOST_STEPS = 1000 * FAMILY
"""A family of more steps would be megabytes: it has the runs of the notches around the hand."""
ROOM = 2
"""Notches to each side of the hand, at least: with fewer the browser (web/family.js) would ask again and again. Where
they have no room the slider waits for the server."""


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


def _moves_slices(scenario: Scenario, key: str) -> bool:
    """They go through the minimum nearest to the start."""
    return key in START or _changes_ground(scenario, key)


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
    reach = _reach(scenario, knob, values)
    return stage.Live(
        knob.key,
        knob.label,
        values,
        values.index(present),
        symbol=knob.symbol,
        unit=knob.unit,
        scale="log" if knob.scale == "log" else "linear",
        regimes=tones,
        family=partial(_family, scenario, knob, values, reach, None) if reach else None,
        family_key=_but_for(scenario, knob) + repr(values),
    )


def near(race: Race, key: str, line: int | None = None) -> stage.Live | None:
    """The slider that this knob has elsewhere on the page, with the runs of its notches; None if it asks the server.

    line: the place among `profiles` of the slice that is seen, for it may move too.
    """
    first = race.first
    if not _fits(first, key):
        return None
    if not _moves_slices(first, key) or line not in range(len(profiles(first))):
        line = None
    knob = on_this_map(first, first.rows[key])
    texts = [text for text in options(knob, first[key]) if text != knob.text(None)]
    present = knob.text(first[key])
    values = [float(text) for text in texts]
    changed = _changed(race, knob, values)
    reach = _reach(first, knob, values, runs=1 + len(changed or ()))
    return stage.Live(
        key,
        knob.label,
        values,
        texts.index(present) if present in texts else -1,
        text=[face(knob, text) for text in texts],
        family=partial(_family, first, knob, values, reach, line) if reach else None,
        family_key=_but_for(first, knob) + repr((values, line, race.others)),
        others=partial(_others, race, knob, values, reach, changed),
    )


def _changed(race: Race, knob: Knob, values: list[float]) -> list[int] | None:
    """The places of the other runs that this slider changes too; None where one of them changes in another way."""
    ends = [(end, race.leading(race.first.having(**{knob.key: end})).scenarios) for end in (values[0], values[-1])]
    changed = [i for i, run in enumerate(race.scenarios) if i and any(there[i] != run for _, there in ends)]
    follow = all(race.scenarios[i].having(**{knob.key: end}) == there[i] for i in changed for end, there in ends)
    return changed if follow else None


def _others(
    race: Race, knob: Knob, values: list[float], reach: int, changed: list[int] | None, notch: int
) -> list[bytes | None]:
    """The families of the other runs, None for one that stays as it is; nothing at all if they cannot follow."""
    if changed is None:
        return []
    there = _around(values, reach, notch)
    return [_pack(run, knob, there) if i in changed else None for i, run in enumerate(race.scenarios) if i]


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


def _reach(scenario: Scenario, knob: Knob, values: list[float], runs: int = 1) -> int:
    """To how many notches on each side of one a family reaches, so that its runs are not too long; 0: it has none."""
    steps = [runs * (value if knob.key == STEPS.key else scenario.steps) for value in values]
    if sum(steps) <= MOST_STEPS:
        return len(values)
    reach = int((MOST_STEPS / max(steps) - 1) / 2)
    return reach if reach >= ROOM else 0


def _around(values: list[float], reach: int, notch: int) -> list[float]:
    """These of the values; the same for a hand that goes on by a few, so that it seldom needs others."""
    every = (reach + 1) // 2
    middle = min((notch + every // 2) // every * every, len(values) - 1)
    return values[max(middle - reach, 0) : middle + reach + 1]


def _family(scenario: Scenario, knob: Knob, values: list[float], reach: int, line: int | None, notch: int) -> bytes:
    """The runs of the first around this notch, and what lies below them where the slider changes it."""
    near = _around(values, reach, notch)
    there = [scenario.having(**{knob.key: value}) for value in near]
    grounds = [landscape(one, SHADE) for one in there] if _changes_ground(scenario, knob.key) else []
    slices = [] if line is None else [profiles(one)[line] for one in there]
    return _pack(scenario, knob, near, grounds, slices)


def _pack(
    scenario: Scenario,
    knob: Knob,
    values: list[float],
    grounds: Sequence[stage.Landscape] = (),
    slices: Sequence[stage.Profile] = (),
) -> bytes:
    family = simulate_many(scenario, **{knob.key: values})
    told = {name: [getattr(run, name) for run in family] for name in ("x", "loss", "learning_rate")}
    if family[0].plateau:
        told |= {name: [getattr(run.epochs, name) for run in family] for name in ("improved", "cut", "monitored")}
    per_epoch = values if knob.key == STEPS_PER_EPOCH.key else scenario.steps_per_epoch
    return stage.pack_family(values, **told, steps_per_epoch=per_epoch, grounds=grounds, slices=slices)
