"""The plateau rules on recorded values, against what the real Keras, PyTorch and optax decided in every epoch."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st

from lrviz import plateau
from lrviz.replay.decisions import decide, stop_epoch, what_if
from lrviz.replay.rules import RULES

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = {precision: dict(np.load(GOLDEN / f"replay_{precision}.npz")) for precision in ("float64", "float32")}
RUNS = RECORDED["float64"]
SPANS = np.concatenate([[0], np.cumsum(RUNS["length"].astype(int))])
KEYS = ("factor", "patience", "cooldown", "min_lr", "eps", "rtol", "atol", "accumulation_size", "min_scale")


def numbers_of(framework, run):
    """The settings of a recorded run, those that the rule has."""
    tolerance, mode = float(RUNS["tolerance"][run]), ("abs", "rel")[RUNS["relative"][run]]
    every = {"min_delta": tolerance, "threshold": tolerance, "threshold_mode": mode}
    every |= {key: RUNS[key][run].item() for key in KEYS}
    return {knob.key: every[knob.key] for knob in RULES[framework].knobs}


def decided(framework, run, **changes):
    options = {"rising": bool(RUNS["rising"][run]), "resume_after": int(RUNS["resume_after"][run]) or None} | changes
    values = RUNS["values"][SPANS[run] : SPANS[run + 1]]
    return decide(framework, values, numbers_of(framework, run), float(RUNS["alpha"][run]), **options)


@pytest.mark.parametrize(
    ("framework", "precision"),
    [("keras", "float64"), ("keras", "float32"), ("pytorch", "float64"), ("optax", "float64"), ("optax", "float32")],
)
def test_decides_as_the_real_rule_in_every_epoch(framework, precision):
    assert len(RUNS["length"]) == 2000
    recorded = RECORDED[precision]
    for run, (begin, end) in enumerate(pairwise(SPANS)):
        mine = decided(framework, run, float32=precision == "float32")
        for name in ("learning_rate", "best", "wait", "cooldown", "cut"):
            theirs = recorded[f"{framework}_{name}"][begin:end]
            np.testing.assert_array_equal(getattr(mine, name), theirs, f"run {run}: {name}")
    assert recorded[f"{framework}_cut"].sum() > 3000


@pytest.mark.parametrize("precision", RECORDED)
def test_stops_as_the_real_early_stopping(precision):
    stops = RECORDED[precision]["keras_stop"]
    assert 500 < (stops >= 0).sum() < 2000
    for run, stop in enumerate(stops):
        values = RUNS["values"][SPANS[run] : SPANS[run + 1]]
        patience, first = int(RUNS["stop_patience"][run]), int(RUNS["start_from_epoch"][run])
        tolerance, rising = float(RUNS["tolerance"][run]), bool(RUNS["rising"][run])
        mine = stop_epoch(values, patience, tolerance, first, rising, precision == "float32")
        assert (-1 if mine is None else mine) == stop, f"run {run}"


def test_early_stopping_begins_anew_too_where_a_training_goes_on():
    """As Keras's does in fit(initial_epoch=4)."""
    flat = np.array([1, *[0.5] * 7])
    assert stop_epoch(flat[:7], 3, 0.0, 0, False, False) == 4
    assert stop_epoch(flat[:7], 3, 0.0, 0, False, False, resume_after=4) is None
    assert stop_epoch(flat, 3, 0.0, 0, False, False, resume_after=4) == 7
    assert stop_epoch(flat, 2, 0.0, 5, False, False, resume_after=4) == 7
    assert stop_epoch(flat, 1, 0.0, 0, False, False, resume_after=4) == 2


VALUES = st.lists(
    st.one_of(
        st.floats(-2, 2).map(lambda value: round(value, 12)),
        st.sampled_from([0.0, 0.5, 1.0, -1.0, np.nan, np.inf, -np.inf]),
    ),
    min_size=1,
    max_size=40,
)


@given(
    values=VALUES,
    factor=st.sampled_from([0.1, 0.5, 0.9]),
    patience=st.integers(0, 4),
    cooldown=st.integers(0, 4),
    tolerance=st.sampled_from([0.0, 1e-4, 0.25, 1.0, 2.0]),
    min_lr=st.sampled_from([0.0, 1e-3, 0.1, 0.3]),
    mode=st.sampled_from(["rel", "abs"]),
    eps=st.sampled_from([0.0, 1e-8, 0.02]),
)
@searched(max_examples=60, deadline=None)
@pytest.mark.parametrize("framework", plateau.PLATEAU)
def test_jumps_decide_as_the_engines_rule_does_step_by_step(
    framework, values, factor, patience, cooldown, tolerance, min_lr, mode, eps
):
    numbers = {"factor": factor, "patience": patience, "cooldown": cooldown, "min_lr": min_lr, "eps": eps}
    numbers |= {"min_delta": tolerance, "threshold": tolerance, "threshold_mode": mode}
    rule = plateau.PLATEAU[framework]
    numbers = {knob.key: numbers[knob.key] for knob in rule.knobs}
    plain = {**numbers, "threshold_mode": float(mode == "abs")}
    hyper = rule.hyper(*(jnp.full(1, float(plain[name])) for name in rule.hyper._fields))
    state, rows = plateau.initial_state(jnp.full(1, 0.1), framework), []
    with jax.disable_jit():
        for epoch, value in enumerate(values):
            state, verdict = rule.step(state, jnp.full(1, value), jnp.full(1, epoch == 0), hyper)
            rows.append([*state, verdict.improved, verdict.cut, verdict.threshold])
    names = ("learning_rate", "best", "wait", "cooldown", "improved", "cut", "threshold")
    mine = decide(framework, np.array(values), numbers, 0.1)
    for name, column in zip(names, np.array(rows, float)[:, :, 0].T, strict=True):
        np.testing.assert_array_equal(getattr(mine, name), column, name)


@pytest.mark.parametrize("framework", RULES)
def test_what_if_counts_the_cuts_of_a_replay_with_these_settings(framework):
    patiences, tolerances = [0, 1, 3, 10], [0.0, 1e-4, 0.1]
    key = {"keras": "min_delta", "pytorch": "threshold", "optax": "rtol"}[framework]
    cut = 0
    for run in range(0, 2000, 40):
        rising, values = bool(RUNS["rising"][run]), RUNS["values"][SPANS[run] : SPANS[run + 1]]
        numbers, alpha = numbers_of(framework, run) | {"atol": 0.01}, float(RUNS["alpha"][run])
        found = what_if(framework, values, numbers, alpha, patiences, tolerances, rising=rising)
        for row, patience in enumerate(patiences):
            for column, tolerance in enumerate(tolerances):
                own = numbers | {"patience": patience, key: tolerance}
                cuts = np.flatnonzero(decide(framework, values, own, alpha, rising=rising).cut)
                assert found.cuts[row, column] == len(cuts)
                assert found.first[row, column] == (cuts[0] if len(cuts) else -1)
                cut += len(cuts)
    assert cut > 500


# The public questions of the trackers: input, and the answer of the real frameworks -----------------------------------


def cuts(framework, values, rate=0.1, float32=False, resume_after=None, rising=False, **changes):
    """The epochs, from 1, after which the rule cuts."""
    numbers = {knob.key: knob.default for knob in RULES[framework].knobs} | changes
    made = decide(
        framework, np.array(values, float), numbers, rate, float32=float32, resume_after=resume_after, rising=rising
    )
    return (np.flatnonzero(made.cut) + 1).tolist()


def test_a_flat_loss():
    assert cuts("pytorch", [0] * 10, patience=2) == [4, 7, 10]
    assert cuts("pytorch", [0] * 10, patience=2, cooldown=1) == [4, 8]
    assert cuts("keras", [0] * 10, patience=2) == cuts("keras", [0] * 10, patience=2, cooldown=1) == [3, 5, 7, 9]


def test_a_flat_negative_loss():
    assert cuts("pytorch", [-1] * 8, patience=2) == []
    assert cuts("pytorch", [-1] * 8, patience=2, threshold_mode="abs") == [4, 7]
    assert cuts("keras", [-1] * 8, patience=2) == [3, 5, 7]


def test_a_loss_of_order_1e_5():
    values = 1e-5 * 0.9 ** np.arange(40)
    assert cuts("keras", values, 1e-3, patience=5)[0] == 6
    assert cuts("keras", values, 1e-3, patience=5, min_delta=0) == cuts("pytorch", values, 1e-3, patience=5) == []


def test_one_more_cut_at_the_floor_in_float32():
    settings = {"rate": 1e-3, "factor": 0.1, "min_lr": 1e-4, "patience": 1}
    assert cuts("keras", [1] * 8, float32=True, **settings) == [2, 3]
    assert cuts("keras", [1] * 8, **settings) == [2]


def test_a_fresh_rule_has_forgotten_best_and_wait():
    values = [1, *[0.5] * 6]
    assert cuts("keras", values, patience=4) == [6]
    assert cuts("keras", values, patience=4, resume_after=4) == []


def test_a_page_that_shows_keras_with_pytorchs_cut():
    values = [0.5, 0.45, 0.455, 0.452, 0.451, 0.45, 0.43]
    assert cuts("keras", values, factor=0.5, patience=3) == [5]
    assert cuts("pytorch", values, factor=0.5, patience=3) == [6]


def test_optax_with_patience_0_cuts_where_the_loss_improves():
    assert cuts("optax", [1, 1, 0.5, 0.6, 0.4], patience=0) == [1, 3, 5]
