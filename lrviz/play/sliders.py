"""The sliders of a race, with the runs of their stops: a batch of runs around the pointer, or those of one stop."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from lrviz import stage
from lrviz.analysis.stability import edge, regimes
from lrviz.knob import BadInput, Knob
from lrviz.once import made_once
from lrviz.play.runs import landscape, profiles, run_of
from lrviz.play.stops import face, on_this_map, options, stops
from lrviz.race import Race
from lrviz.scenario import ALPHA, STEPS, STEPS_PER_EPOCH, Scenario
from lrviz.simulation import simulate_many
from lrviz.stage.landscape import SHADE
from lrviz.trajectory import Trajectory

FAMILY = 64
MOST_STEPS = 1000 * FAMILY
"""A family of more steps would be megabytes: it has the runs of the stops around the pointer."""
NEAR_EDGE = (0.9, 0.95, 1, 1.05, 1.1)
"""Where the stops of a rate lie close to the largest that is stable, as parts of it."""
ROOM = 2
"""Stops to each side of the pointer, at least: with fewer the browser (web/family.js) would ask again and again. Where
they have no room the slider waits for the server."""


def live_knobs(scenario: Scenario) -> list[Knob]:
    """What deserves a slider on the stage: the rate, the memory of the optimizer, the plateau rule."""
    rate = (ALPHA,) if scenario.optimizer_row.has_rate else ()
    memory = [knob for knob in scenario.rule.knobs if knob.live][:1]
    return [*rate, *memory, *(knob for knob in scenario.plateau_knobs if knob.live)]


START = ("x", "y")


def can_live(scenario: Scenario, key: str) -> bool:
    """Can this knob have a slider on the stage, which changes the first run alone? The start is dragged there."""
    alone = key not in (*START, STEPS.key) and not _changes_landscape(scenario, key)
    return alone and _fits(scenario, key) and scenario[key] is not None


def _fits(scenario: Scenario, key: str) -> bool:
    row = scenario.rows.get(key)
    number = row is not None and row.kind in ("number", "integer")
    return number and (key != ALPHA.key or scenario.optimizer_row.has_rate)


def _changes_landscape(scenario: Scenario, key: str) -> bool:
    return any(knob.key == key for knob in scenario.surface_row.knobs)


def _moves_slices(scenario: Scenario, key: str) -> bool:
    """They go through the minimum nearest to the start."""
    return key in START or _changes_landscape(scenario, key)


ZONES = {
    "slow": ("slow", ""),
    "monotone": ("glides", "up to 1/L"),
    "oscillating": ("swings", "1/L to 2/L"),
    "divergent": ("flies off", "past 2/L"),
}
"""A regime of alpha in a word for the track, and where it lies for plain descent."""


def zones(scenario: Scenario) -> list[stage.Zone]:
    """What each rate does, for alpha's track."""
    plain_descent = scenario.optimizer == "gradient_descent"
    rows = [(low, high, *ZONES[name]) for low, high, name in regimes(scenario)]
    return [
        stage.Zone(low, high, name, f"{name}, {where}" if where and plain_descent else name)
        for low, high, name, where in rows
    ]


def live(scenario: Scenario, keys: Sequence[str] | None = None, painted: bool = False) -> list[stage.Live]:
    """The sliders of the first run: of these knobs, as far as it has them, or of those that matter most.

    painted: alpha's track shows what each rate does.
    """
    rows = live_knobs(scenario) if keys is None else [scenario.rows[key] for key in keys if can_live(scenario, key)]
    tones = zones(scenario) if painted else []
    return [_slider(scenario, knob, tones if knob.key == ALPHA.key else []) for knob in rows]


def _slider(scenario: Scenario, knob: Knob, tones: Sequence[stage.Zone] = ()) -> stage.Live:
    present = float(scenario[knob.key])  # type: ignore[arg-type]
    values = live_stops(knob, present, edge(scenario) if knob.key == ALPHA.key else None)
    reach = _reach(scenario, knob, values)
    family = partial(_family, scenario, knob, values, reach, None) if reach else None
    return live_slider(knob, values, present, _but_for(scenario, knob), family, tones)


def live_slider(
    knob: Knob,
    values: Sequence[float],
    present: float,
    key: str,
    family: Callable[[int], bytes] | None,
    tones: Sequence[stage.Zone] = (),
) -> stage.Live:
    """The slider of this knob inside the stage. key: all that its runs depend on besides the values."""
    return stage.Live(
        knob.key,
        knob.label,
        values,
        values.index(present),
        symbol=knob.symbol,
        unit=knob.unit,
        scale="log" if knob.scale == "log" else "linear",
        regimes=tones,
        low=knob.low,
        high=knob.high,
        low_open=knob.low_open,
        whole=knob.kind == "integer",
        allowed=knob.allowed,
        family=family,
        family_key=key + repr(list(values)),
    )


@dataclass(frozen=True)
class Slider:
    """The slider that a knob has on the page, beside the stage.

    text, values: the labels of its stops, and what they mean, rising; index: the present stop, -1 at "derived".
    runs: a stop -> for each run of the race its family around it, as `stage.pack_family` has it, None for a run that
    stays as it is; only the first where the others cannot follow. ``runs`` is None where there is no room for several.
    """

    text: Sequence[str]
    values: Sequence[float]
    index: int
    runs: Callable[[int], list[bytes | None]] | None


def slider_family(race: Race, key: str, line: int | None = None) -> Slider | None:
    """The slider of this knob, with the runs of its stops; None if what it sets is no number.

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

    def around(stop: int) -> list[bytes | None]:
        own = _family(first, knob, values, reach, line, stop)
        return [own, *_others(race, knob, values, reach, changed, stop)]

    index = texts.index(present) if present in texts else -1
    return Slider([face(knob, text) for text in texts], values, index, around if reach else None)


def labels(scenario: Scenario) -> dict[str, str]:
    """The label over the slider of each knob that has one."""
    rows = {key: on_this_map(scenario, row) for key, row in scenario.rows.items() if _fits(scenario, key)}
    return {key: face(row, row.text(scenario[key])) for key, row in rows.items()}


def slider_point(race: Race, key: str, text: str, line: int | None = None) -> tuple[float, list[bytes | None]] | None:
    """What ``text`` means over this knob's slider, or is as a number; NaN for "derived". And the runs of the race
    there, each as a family of one stop, None for a run that stays as it is. None at all if it has no such place.

    line: as in `slider_family`.
    """
    first = race.first
    if not _fits(first, key):
        return None
    knob = on_this_map(first, first.rows[key])
    option = next((option for option in options(knob, first[key]) if face(knob, option) == text), text)
    try:
        there = race.leading(first.having(**{key: option}))
    except BadInput:
        return None
    value = math.nan if option == knob.text(None) else float(there.first[key])  # type: ignore[arg-type]
    landscapes = [landscape(there.first, SHADE)] if _changes_landscape(first, key) else []
    slices = []
    if line is not None and _moves_slices(first, key) and line in range(len(profiles(first))):
        slices = [profiles(there.first)[line]]
    packs: list[bytes | None] = [_pack(there.first, knob, [value], [run_of(there.first)], landscapes, slices)]
    for before, after in zip(race.scenarios[1:], there.scenarios[1:], strict=True):
        packs.append(None if after == before else _pack(after, knob, [value], [run_of(after)]))
    return value, packs


def _changed(race: Race, knob: Knob, values: list[float]) -> list[int] | None:
    """The places of the other runs that this slider changes too; None where one of them changes in another way."""
    ends = [(end, race.leading(race.first.having(**{knob.key: end})).scenarios) for end in (values[0], values[-1])]
    changed = [i for i, run in enumerate(race.scenarios) if i and any(there[i] != run for _, there in ends)]
    follow = all(race.scenarios[i].having(**{knob.key: end}) == there[i] for i in changed for end, there in ends)
    return changed if follow else None


def _others(
    race: Race, knob: Knob, values: list[float], reach: int, changed: list[int] | None, stop: int
) -> list[bytes | None]:
    """The families of the other runs, None for one that stays as it is; nothing at all if they cannot follow."""
    if changed is None:
        return []
    there = tuple(stops_around(values, reach, stop))
    return [
        _family_of(_family_key(run, knob), there, None, False) if i in changed else None
        for i, run in enumerate(race.scenarios)
        if i
    ]


def _but_for(scenario: Scenario, knob: Knob) -> str:
    """All that defines the scenario, whatever this knob is set to."""
    settings = scenario.to_dict()
    if knob.key in START:
        settings["start"][START.index(knob.key)] = None
    (settings if knob.key in settings else settings["values"])[knob.key] = None
    return json.dumps(settings, sort_keys=True)


def live_stops(knob: Knob, present: float, edge: float | None = None) -> list[float]:
    """At most a family of values, rising, the present one among them; every 5% of the edge within 10% of it."""
    values = set(stops(knob, FAMILY - 1))
    low, high = knob.slider_range
    if edge is not None and low <= 0.9 * edge and 1.1 * edge <= high:
        own = {float(f"{edge * part:.3g}") for part in NEAR_EDGE}
        values = {value for value in values if not min(own) <= value <= max(own) or value == knob.default} | own
    for value in sorted(values)[1::2]:  # what is farthest below it is missed least
        if len(values) < FAMILY:
            break
        values.discard(value)
    return sorted({*values, present})


def _reach(scenario: Scenario, knob: Knob, values: list[float], runs: int = 1) -> int:
    """As `reach_within`, so that the runs are not too long."""
    steps = [runs * (value if knob.key == STEPS.key else scenario.steps) for value in values]
    return reach_within(steps, MOST_STEPS)


def reach_within(costs: Sequence[float], most: float) -> int:
    """To how many stops on each side of one a batch reaches, so that it costs no more than ``most``; 0: there is none.
    costs: of each stop."""
    if sum(costs) <= most:
        return len(costs)
    found = int((most / max(costs) - 1) / 2)
    return found if found >= ROOM else 0


def stops_around(values: Sequence[float], reach: int, stop: int) -> Sequence[float]:
    """These of the values; the same for a pointer that goes on by a few, so that it seldom needs others."""
    every = (reach + 1) // 2
    middle = min((stop + every // 2) // every * every, len(values) - 1)
    return values[max(middle - reach, 0) : middle + reach + 1]


@dataclass(frozen=True)
class _FamilyKey:
    """A scenario and one of its knobs, as a key: the same whatever this knob is set to."""

    but_for: str
    key: str
    scenario: Scenario = field(compare=False)
    knob: Knob = field(compare=False)


def _family(scenario: Scenario, knob: Knob, values: list[float], reach: int, line: int | None, stop: int) -> bytes:
    """The runs of the first around this stop, and what lies below them where the slider changes it. Remembered: a
    class wants the same."""
    moves = _changes_landscape(scenario, knob.key)
    return _family_of(_family_key(scenario, knob), tuple(stops_around(values, reach, stop)), line, moves)


def _family_key(scenario: Scenario, knob: Knob) -> _FamilyKey:
    return _FamilyKey(_but_for(scenario, knob), knob.key, scenario, knob)


@made_once(32)
def _family_of(family_key: _FamilyKey, around: tuple[float, ...], line: int | None, moves_landscape: bool) -> bytes:
    scenario, knob, values = family_key.scenario, family_key.knob, list(around)
    # First: who may not compile is sent away before any other work.
    runs = simulate_many(scenario, **{knob.key: values})
    there = [scenario.having(**{knob.key: value}) for value in values]
    landscapes = [landscape(one, SHADE) for one in there] if moves_landscape else []
    slices = [] if line is None else [profiles(one)[line] for one in there]
    return _pack(scenario, knob, values, runs, landscapes, slices)


def _pack(
    scenario: Scenario,
    knob: Knob,
    values: list[float],
    family: Sequence[Trajectory],
    landscapes: Sequence[stage.Landscape] = (),
    slices: Sequence[stage.Profile] = (),
) -> bytes:
    """family: the runs of the scenario with each of these values of the knob."""
    fields = {name: [getattr(run, name) for run in family] for name in ("x", "loss", "learning_rate")}
    if family[0].plateau:
        fields |= {name: [getattr(run.epochs, name) for run in family] for name in ("improved", "cut", "monitored")}
    per_epoch = values if knob.key == STEPS_PER_EPOCH.key else scenario.steps_per_epoch
    return stage.pack_family(values, **fields, steps_per_epoch=per_epoch, landscapes=landscapes, slices=slices)
