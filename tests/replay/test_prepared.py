"""The prepared histories show what they say."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.replay.findings import find
from lrviz.replay.mode import is_rising
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import read
from lrviz.replay.settings import values_text


@pytest.mark.parametrize(
    ("key", "framework", "finding"),
    [
        ("noisy", "keras", "patience_and_noise"),
        ("flat", "keras", "cooldown"),
        ("tiny", "keras", "improvement_too_small"),
        ("negative", "pytorch", "relative_below_zero"),
        ("every_two", "keras", "cooldown"),
        ("batches", "pytorch", "batches"),
        ("batches", "keras", "floor"),
    ],
)
def test_a_prepared_history_shows_what_it_says(key, framework, finding):
    assert finding in {found.key for found in find(PREPARED[key].replay, framework)}


def test_the_other_prepared_histories():
    spike = PREPARED["spike"].replay
    cut = int(np.flatnonzero(spike.decisions["keras"].cut)[0])
    assert cut > 12 and (np.diff(spike.history.values[12 : cut + 1]) < 0).all()
    rising = PREPARED["accuracy"].replay
    assert rising.rising and rising.decisions["pytorch"].cut.any() and is_rising("auto", rising.history.monitor)
    every = np.flatnonzero(PREPARED["every_two"].replay.decisions["keras"].cut)
    assert len(every) > 5 and (np.diff(every) == 2).all()
    last = np.flatnonzero(PREPARED["batches"].replay.decisions["keras"].cut)[-1]
    assert len(PREPARED) == 8 and last < 100
    for row in PREPARED.values():
        assert row.what.endswith(".") and read(values_text(row.values), decimal=".").values.tolist() == list(row.values)
