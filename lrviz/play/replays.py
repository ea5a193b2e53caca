"""A replay as the player has it: what the rules decide now, and at each stop of its sliders."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

from lrviz import stage
from lrviz.knob import Knob
from lrviz.once import made_once
from lrviz.play.sliders import live_slider, live_stops, reach_within, stops_around
from lrviz.replay import Replay
from lrviz.replay.drawing import is_log
from lrviz.replay.rules import RULES, TOLERANCE
from lrviz.replay.settings import KNOBS
from lrviz.replay.why import Reasons, starts
from lrviz.stage.recorded import Line, Recorded, Rule, Ruled, pack_stops, small

LIVE = ("factor", "patience", "min_delta", "threshold", "rtol", "cooldown")
"""The knobs that have a slider beside the picture."""
MOST_EPOCHS = 250_000
"""A batch of more epochs, over all its stops and rules, would take too long: it has those around the pointer."""


def recorded(replay: Replay) -> Recorded:
    """All that is shown of it now."""
    places = list(RULES)
    rules = [Rule(key, RULES[key].name, places.index(key)) for key in replay.decisions]
    lines = [Line(stop, "a fresh rule") for stop in starts(replay)[1:]]
    lines += [] if replay.stop is None else [Line(replay.stop + 1, "EarlyStopping")]
    return Recorded(
        history=_values_key(replay),
        values=replay.history.values,
        monitor=replay.history.monitor[:40],
        unit=replay.unit,
        rising=replay.rising,
        log=is_log(replay),
        first=replay.rate,
        rules=rules,
        now=_ruled(replay),
        present=_key(replay),
        lines=lines,
        why=partial(_sentences, replay),
    )


def _sentences(replay: Replay, begin: int, end: int) -> list[list[str]]:
    """For each rule why it decided as it did in these epochs, from 0."""
    reasons = [Reasons(replay, key) for key in replay.decisions]
    return [[one.of(epoch) for epoch in range(begin, end)] for one in reasons]


def replay_sliders(replay: Replay) -> list[stage.Live]:
    """A slider for each of these knobs that one of the rules has."""
    used = {knob.key for key in replay.decisions for knob in RULES[key].knobs}
    return [_slider(replay, KNOBS[key]) for key in LIVE if key in used]


def _slider(replay: Replay, knob: Knob) -> stage.Live:
    present = float(replay.settings[knob.key])
    values = live_stops(knob, present)
    knob = replace(knob, unit=knob.unit.replace("epoch", replay.unit))
    sides = reach_within([len(replay.history) * len(replay.decisions)] * len(values), MOST_EPOCHS)
    family_key = _FamilyKey(_key(replay, knob), knob.key, replay)
    for key, tolerance in TOLERANCE.items():
        if tolerance == knob.key:
            knob = replace(knob, label=f"{knob.key}, {RULES[key].name}", symbol="")
    return live_slider(
        knob, values, present, family_key.key, partial(_batch, family_key, tuple(values), sides) if sides else None
    )


@dataclass(frozen=True)
class _FamilyKey:
    """A replay and one of its knobs, as a key: the same whatever this knob is set to."""

    key: str
    knob: str
    replay: Replay = field(compare=False)


def _batch(family_key: _FamilyKey, values: tuple[float, ...], sides: int, stop: int) -> bytes:
    return _batch_of(family_key, tuple(stops_around(values, sides, stop)))


@made_once(24)
def _batch_of(family_key: _FamilyKey, values: tuple[float, ...]) -> bytes:
    """The decisions at these stops. Remembered: a class wants the same."""
    settings = family_key.replay.settings
    stops = [Replay(family_key.replay.history, settings.having(**{family_key.knob: value})) for value in values]
    return small(pack_stops(values, [_ruled(one) for one in stops])).tobytes()


def _ruled(replay: Replay) -> list[Ruled]:
    """What each rule decides."""
    return [
        Ruled(made, replay.needed[key], int(replay.settings["cooldown"]), replay.valid_until(key))
        for key, made in replay.decisions.items()
    ]


def _values_key(replay: Replay) -> str:
    return sha256(replay.history.values.tobytes()).hexdigest()[:16]


def _key(replay: Replay, but: Knob | None = None) -> str:
    """All that defines the decisions, whatever this knob is set to."""
    history, settings = replay.history, replay.settings
    numbers = {key: settings[key] for key in sorted(KNOBS) if but is None or key != but.key}
    rates = b"" if history.rates is None else history.rates.tobytes()
    chosen = repr((numbers, settings.frameworks, settings.float32, history.monitor, replay.rate, replay.rising))
    return sha256(history.values.tobytes() + rates + chosen.encode()).hexdigest()[:16]
