"""Why each decision fell: one sentence an epoch, true as it is read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st

from lrviz.knob import read as number_in
from lrviz.replay.rules import RULES
from lrviz.replay.why import why
from tests.replay.recorded import SHOWN, replayed


@pytest.mark.parametrize(
    ("framework", "epoch", "sentence"),
    [
        ("keras", 1, "0.5 is the first value: the best, wait 0."),
        ("keras", 2, "0.45 is below 0.5 − 1e-4: the best, wait 0."),
        ("keras", 3, "0.455 is not below 0.45 − 1e-4: wait 1 of 3."),
        ("keras", 5, "0.451 is not below 0.45 − 1e-4: wait 3 of 3, cut to 5e-4."),
        ("pytorch", 5, "0.451 is not below 0.45 × (1 − 1e-4): wait 3, not more than 3."),
        ("pytorch", 6, "0.45 is not below 0.45 × (1 − 1e-4): wait 4, more than 3, cut to 5e-4."),
        ("optax", 5, "0.451 is not below 0.45 × (1 − 1e-4): wait 3 of 3, cut to 5e-4."),
    ],
)
def test_the_reason_for_each_decision(framework, epoch, sentence):
    assert why(replayed(SHOWN, framework, patience=3, factor=0.5), framework, epoch - 1) == sentence


FLAT = "1 is not below 1 × (1 − 1e-4)"
COOLED, LOW, BOTTOM = {"patience": 1, "cooldown": 2}, {"patience": 0, "rate": 1e-8}, {"patience": 0, "min_lr": 1e-3}
NARROW = {"min_delta": 0, "float32": True}


@pytest.mark.parametrize(
    ("framework", "values", "knobs", "epoch", "sentence"),
    [
        ("pytorch", [1] * 6, COOLED, 4, f"{FLAT}: cooldown, not counted, 1 to go."),
        ("pytorch", [1] * 6, COOLED, 5, f"{FLAT}: the last epoch of the cooldown, not counted."),
        ("pytorch", [1] * 6, LOW, 2, f"{FLAT}: wait 1, more than 0, but the cut is no more than eps: dropped."),
        ("pytorch", [1] * 6, BOTTOM, 2, f"{FLAT}: wait 1, more than 0, but the rate is at min_lr."),
        ("keras", [1] * 6, BOTTOM, 3, "1 is not below 1 − 1e-4: wait 2 of 1, but the rate is at min_lr."),
        ("keras", [0.5, 0.49996], {}, 2, "0.49996 is not below 0.5 − 1e-4: wait 1 of 10."),
        ("keras", [0.5, 0.4], {"mode": "max", "min_delta": 0}, 2, "0.4 is not above 0.5: wait 1 of 10."),
        ("pytorch", [0.5, 0.6], {"mode": "max"}, 2, "0.6 is above 0.5 × (1 + 1e-4): the best, wait 0."),
        ("optax", [1, 1, 1, 1], {"accumulation_size": 2}, 3, "One of 2 values that are averaged."),
        ("keras", [1, 1 - 2e-8], NARROW, 2, "0.99999998 is not below 1 in float32: wait 1 of 10."),
        ("keras", [1, 0.5, 0.4, 0.6], {"resume_after": 3}, 4, "0.6 is the first value: the best, wait 0."),
        ("pytorch", [np.nan, 1], {}, 1, "nan is not below ∞ × (1 − 1e-4): wait 1, not more than 10."),
    ],
)  # fmt: skip
def test_the_reason_where_it_is_another(framework, values, knobs, epoch, sentence):
    assert why(replayed(values, framework, **knobs), framework, epoch - 1) == sentence


COMPARED = re.compile(r"(\S+) is (not )?(below|above) (\S+)(?: × \(1 ([−+]) (\S+)\))?(?: ([−+]) (\S+))?:")


@given(
    values=st.lists(st.floats(-1, 1).map(lambda value: round(value, 5)), min_size=2, max_size=12),
    tolerance=st.sampled_from([0.0, 1e-4, 0.01]),
    relative=st.booleans(),
    mode=st.sampled_from(["min", "max"]),
)
@searched(max_examples=200, deadline=None)
@pytest.mark.parametrize("framework", RULES)
def test_each_sentence_is_true_as_it_is_read(framework, values, tolerance, relative, mode):
    absolute = framework == "keras" or (framework == "pytorch" and not relative)
    optax = {"rtol": tolerance if relative else 0, "atol": tolerance or 1e-4}
    own = {
        "keras": {"min_delta": tolerance},
        "pytorch": {"threshold": tolerance, "threshold_mode": "rel" if relative else "abs"},
    }
    knobs = {**own, "optax": optax}[framework]
    made = replayed(values, framework, mode=mode, **knobs)
    for epoch in range(1, len(values)):
        sentence = why(made, framework, epoch)
        match = COMPARED.match(sentence)
        now, no, word, best, sign, part, plus, size = match.groups()
        bar = number_in(best) * (1 + {"−": -1, "+": 1}[sign] * number_in(part) if part else 1)
        bar += {"−": -1, "+": 1}[plus] * number_in(size) if size else 0
        assert (word == "above") == (mode == "max") and not (absolute and part)
        slack = 1e-12  # the reader adds in decimals, the rule in binary
        value = number_in(now) if word == "above" else -number_in(now)
        bar = bar if word == "above" else -bar
        assert value <= bar + slack if no else value > bar - slack
        assert bool(no) != made.decisions[framework].improved[epoch]
