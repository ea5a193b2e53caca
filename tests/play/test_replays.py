"""What the player of a replay gets: the decisions at each stop of its sliders are those of the command line."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from lrviz.play.replays import LIVE, MOST_EPOCHS, recorded, replay_sliders
from lrviz.play.sliders import ROOM
from lrviz.replay import History, Replay, Settings, report
from lrviz.replay.prepared import PREPARED
from lrviz.replay.rules import RULES
from lrviz.stage.pack import unpack
from lrviz.stage.recorded import COUNTS, FIELDS, compose_recorded

ODD = History(
    np.array([0.5, np.nan, 0.45, -0.1, np.inf, 0.45, 0.45, -np.inf, 0.4, 0.4, 0.4]), "val_acc", np.full(11, 0.1)
)
CASES = {key: PREPARED[key].replay for key in ("noisy", "accuracy", "every_two")} | {
    "odd": Replay(ODD, Settings(values={"patience": 1, "cooldown": 1, "resume_after": 4})),
    "float32": Replay(
        ODD, Settings(("optax", "keras"), True, {"rate": 1e-3, "min_lr": 1e-4, "patience": 1, "accumulation_size": 2})
    ),
}


def decoded(batch: bytes, stop: int, rule: int) -> dict[str, list[float]]:
    """By field, an entry an epoch."""
    meta, arrays = unpack(batch)
    place = stop * meta["rules"] + rule
    rows = {}
    for name in FIELDS:
        row = int(arrays[f"{name}.of"][place])
        begin = int(arrays[f"{name}.count"][:row].sum())
        part = slice(begin, begin + int(arrays[f"{name}.count"][row]))
        stairs = np.repeat(arrays[f"{name}.value"][part], arrays[f"{name}.length"][part])
        rows[name] = (np.cumsum(stairs) if name in COUNTS else stairs).tolist()
    return rows


def plain(row: list[float]) -> list[float | str]:
    """As the command line writes numbers that are not finite."""
    return [value if math.isfinite(value) else str(value) for value in row]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("knob", LIVE)
def test_each_stop_of_a_slider_has_the_numbers_of_the_command_line(case, knob):
    replay = CASES[case]
    slider = next((one for one in replay_sliders(replay) if one.knob == knob), None)
    if slider is None:
        assert case == "float32" and knob == "threshold"
        return
    assert slider.values[slider.index] == replay.settings[knob] and list(slider.values) == sorted(set(slider.values))
    batch = gzip.decompress(slider.family(slider.index))
    meta, arrays = unpack(batch)
    assert arrays["values"].tolist() == list(slider.values) and meta["epochs"] == len(replay.history)
    kinds = set()
    for stop in range(0, len(slider.values), 3):
        there = Replay(replay.history, replay.settings.having(**{knob: slider.values[stop]}))
        written = json.loads(report.as_json(there))
        for rule, framework in enumerate(replay.settings.frameworks):
            mine = decoded(batch, stop, rule)
            for name in FIELDS:
                assert plain(mine[name]) == written[framework][name], (framework, name, slider.values[stop])
            place = stop * meta["rules"] + rule
            until = written[framework]["valid_until"]
            assert arrays["until"][place] == (-1 if until is None else until - 1)
            assert arrays["limit"][place] == there.needed[framework]
            assert arrays["pause"][place] == there.settings["cooldown"]
            kinds.add((framework, str(mine)))
    assert len(kinds) > len(replay.settings.frameworks)


def test_what_the_browser_has_is_not_sent_again():
    replay = CASES["noisy"]
    meta, arrays, sent = compose_recorded(recorded(replay), 7)
    assert set(arrays) == {"history", "present", "why"} and len(sent) == 3
    assert arrays["history"].tolist() == replay.history.values.tolist()
    sentences = json.loads(gzip.decompress(arrays["why"].tobytes()))
    assert meta["whyFrom"] == 0 and [len(own) for own in sentences] == [60] * 3
    assert sentences[0][4].endswith("wait 1 of 1, cut to 0.05.")
    assert compose_recorded(recorded(replay), 30, sent)[1] == {}
    other = Replay(replay.history, replay.settings.having(patience=4))
    meta, arrays, _ = compose_recorded(recorded(other), 7, sent)
    assert set(arrays) == {"present", "why"}


def test_sentences_travel_for_the_epochs_around_the_cursor():
    long = Replay(History(np.arange(1000.0)), Settings(("keras",)))
    meta, arrays, _ = compose_recorded(recorded(long), 512)
    (sentences,) = json.loads(gzip.decompress(arrays["why"].tobytes()))
    assert (meta["whyFrom"], len(sentences)) == (400, 300)
    assert sentences[112].startswith("512 is not below 0")


@pytest.mark.parametrize("n", [1000, 5000, 100_000])
def test_a_batch_is_bounded(n):
    replay = Replay(History(np.sin(np.arange(n, dtype=float))), Settings(values={"patience": 10}))
    patience = next(one for one in replay_sliders(replay) if one.knob == "patience")
    if n == 100_000:
        assert patience.family is None
        return
    _, arrays = unpack(gzip.decompress(patience.family(patience.index)))
    stops = arrays["values"].tolist()
    assert len(stops) * n * len(RULES) <= MOST_EPOCHS
    assert (stops == list(patience.values)) == (n == 1000)
    assert set(patience.values[patience.index - ROOM : patience.index + ROOM + 1]) <= set(stops)


def test_a_batch_depends_on_all_but_its_own_knob():
    replay = CASES["noisy"]
    keys = {one.knob: one.family_key for one in replay_sliders(replay)}
    for changes in ({"patience": 4}, {"min_lr": 1e-3}, {"mode": "max"}):
        other = {
            one.knob: one.family_key
            for one in replay_sliders(Replay(replay.history, replay.settings.having(**changes)))
        }
        assert {knob for knob in keys if keys[knob] == other[knob]} == {"patience"} & set(changes)
    recorded_rates = Replay(replace(replay.history, rates=np.full(60, 0.01)), replay.settings)
    assert all(one.family_key != keys[one.knob] for one in replay_sliders(recorded_rates))


@pytest.mark.parametrize(
    "values", [[1.0], [np.nan] * 3, [np.inf, 1, -np.inf], [0.0, 0.0], [1.7e308, -1.7e308], [5e-324, 1]]
)
def test_every_history_is_a_message(values):
    replay = Replay(History(np.array(values)), Settings(values={"patience": 0, "stop_patience": 1, "resume_after": 1}))
    meta, *_ = compose_recorded(recorded(replay), 0)
    json.dumps(meta, allow_nan=False)
    assert meta["positive"] == (not any(value <= 0 for value in values))
    for slider in replay_sliders(replay):
        assert slider.family(slider.index)
