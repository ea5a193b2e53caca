"""The plateau rules against 1,000 loss histories each, driven through the real Keras callback and PyTorch scheduler."""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.plateau import PLATEAU, initial_state, limit

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("framework", PLATEAU)
def test_decides_as_the_real_rule_in_every_epoch(framework):
    recorded = np.load(GOLDEN / f"plateau_{framework}.npz")
    rule = PLATEAU[framework]
    hyper = rule.hyper(*(jnp.asarray(recorded[name], float) for name in rule.hyper._fields))
    history = recorded["history"]
    runs, epochs = history.shape
    assert runs == 1000

    def epoch(state, seen):
        number, monitored = seen
        state, verdict = rule.step(state, monitored, jnp.full(runs, number == 0), hyper)
        return state, (state, verdict)

    first = initial_state(jnp.asarray(recorded["alpha"], float), framework)
    _, (states, verdicts) = jax.lax.scan(epoch, first, (jnp.arange(epochs), jnp.asarray(history.T)))

    real = np.arange(epochs)[None] < recorded["length"][:, None]
    rates = np.asarray(states.lr).T
    np.testing.assert_array_equal(rates[real], recorded["learning_rate"][real])
    np.testing.assert_array_equal(np.asarray(states.best).T[real], recorded["best"][real])
    np.testing.assert_array_equal(np.asarray(states.wait).T[real], recorded["wait"][real])
    np.testing.assert_array_equal(np.asarray(states.cooldown).T[real], recorded["cooldown_counter"][real])

    before = np.concatenate([recorded["alpha"][:, None], rates[:, :-1]], axis=1)
    cut = np.asarray(verdicts.cut).T
    assert cut[real].sum() > 1000
    np.testing.assert_array_equal(
        (rates != before)[real & (recorded["factor"] < 1)[:, None]], cut[real & (recorded["factor"] < 1)[:, None]]
    )


@pytest.mark.parametrize(("framework", "epoch"), [("keras", 3), ("pytorch", 4)])
def test_pytorch_cuts_one_epoch_later_under_the_same_patience(framework, epoch):
    rule = PLATEAU[framework]
    values = {knob.key: 0.0 if knob.kind == "choice" else float(knob.default) for knob in rule.knobs}
    hyper = rule.hyper(*(jnp.full(1, value) for value in (values | {"patience": 3, "factor": 0.5}).values()))
    state = initial_state(jnp.full(1, 0.1), framework)
    for number in range(10):
        state, verdict = rule.step(state, jnp.ones(1), jnp.full(1, number == 0), hyper)
        if verdict.cut[0]:
            break
    assert number == epoch


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("patience", [0, 1, 4])
def test_the_cells_are_as_many_as_bad_epochs_make_a_cut(framework, patience):
    run = simulate(
        Scenario(alpha=0.2, steps=60, framework=framework, schedule="plateau", values={"patience": patience})
    )
    at = int(np.flatnonzero(run.epochs.cut)[0])
    before = 0 if at == 0 or run.epochs.improved[at - 1] else int(run.epochs.wait[at - 1])
    assert before + 1 == limit(framework, patience)
