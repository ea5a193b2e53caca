"""Any values and settings are reported, in a notebook too."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st

import lrviz
from lrviz import History
from lrviz.replay import Replay, code, report
from lrviz.replay.rules import RULES
from tests.replay.recorded import SHOWN


@given(
    values=st.lists(st.floats() | st.sampled_from([0.0, 1.0, -1.0]), min_size=1, max_size=25),
    repeated=st.sampled_from([1, 20]),
    mode=st.sampled_from(["min", "max", "auto"]),
    float32=st.booleans(),
    knobs=st.fixed_dictionaries(
        {},
        optional={
            "patience": st.integers(0, 3),
            "cooldown": st.integers(0, 3),
            "min_lr": st.sampled_from([0, 1e-4, 1e-3]),
            "min_delta": st.sampled_from([0, 1e6]),
            "threshold": st.sampled_from([0, 1, 1e6]),
            "threshold_mode": st.sampled_from(["rel", "abs"]),
            "eps": st.sampled_from([0, 1]),
            "rtol": st.sampled_from([0, 1]),
            "atol": st.sampled_from([0, 1e6]),
            "accumulation_size": st.integers(1, 4),
            "min_scale": st.sampled_from([0, 0.1, 1]),
            "resume_after": st.integers(1, 30),
            "steps_per_epoch": st.integers(1, 30),
            "stop_patience": st.integers(0, 3),
            "start_from_epoch": st.integers(0, 30),
            "rate": st.sampled_from([1e-3, 1e-8, 1e-44, 1e6]),
        },
    ),
)
@searched(max_examples=300, deadline=None)
def test_any_values_and_settings_are_reported(values, repeated, mode, float32, knobs):
    made = lrviz.replay(values * repeated, mode=mode, float32=float32, **knobs)
    document = json.loads(report.as_json(made), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert all(len(numbers["learning_rate"]) == len(values) * repeated for numbers in document.values())
    assert len(report.as_csv(made).splitlines()) == 1 + 3 * len(values) * repeated
    assert report.as_text(made) and report.html(made)
    for framework in RULES:
        compile(code.program(made, framework) + code.lines(made, framework), "<program>", "exec")


def test_in_a_notebook():
    made = lrviz.replay({"loss": [1, 1], "val_loss": SHOWN}, patience=3, framework="keras")
    assert (
        isinstance(made, Replay)
        and "1 cut, after epoch 5" in str(made)
        and "1 cut, after epoch 5" in made._repr_html_()
    )
    alone = History({"loss": [1, 1], "val_loss": SHOWN})._repr_html_()
    assert alone.startswith("<svg") and alone == lrviz.replay(SHOWN)._repr_html_()
    evil = lrviz.replay({"<script>": [1, 2]})
    assert "<script>" not in evil._repr_html_() and "&lt;script&gt;" in evil._repr_html_()
    package = import_module("lrviz.replay")
    assert package([1, 2]).history.values.tolist() == lrviz.replay([1, 2]).history.values.tolist() == [1, 2]
