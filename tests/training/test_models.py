"""Gradients against finite differences, sharpness against the dense Hessian, and no slider compiles."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import programs
from lrviz.training import DATA, Training, numbers, train, train_many
from lrviz.training.loop import WIDTHS, run_many
from lrviz.training.models import product, softplus
from lrviz.training.sharpness import largest, sharpnesses
from lrviz.training.trainer import Trainer

SHAPES: list[dict[str, Any]] = [
    {"data": "line"},
    {"data": "diabetes"},
    {"data": "groups"},
    {"data": "groups", "model": "linear"},
    {"data": "iris"},
    {"data": "moons", "model": "softmax"},
    {"data": "moons", "model": "network", "values": {"layers": "5,4"}},
    {"data": "moons", "model": "network", "values": {"layers": "6,5,4", "activation": "relu"}},
    {"data": "moons", "model": "network", "values": {"loss_function": "squared_error", "layers": "7"}},
    {"data": "line", "model": "network", "values": {"layers": "4,4"}},
    {"data": "penguins", "model": "network", "values": {"layers": "6"}},
]
NAMES = [
    "-".join([shape["data"], shape.get("model", ""), *map(str, shape.get("values", {}).values())]) for shape in SHAPES
]


def loss_of(training, weights, l2):
    """The whole training loss by numpy.   weights (..., P)"""
    rows, shape = training.split.train, training.shape
    outputs = shape.at(weights, training.split.x[rows])
    penalty = l2 * (shape.kernels * weights**2).sum(axis=-1)
    return shape.losses(outputs, training.y[rows], np).mean(axis=-1) + penalty


@pytest.mark.parametrize("fields", SHAPES, ids=NAMES)
def test_the_gradient_is_that_of_finite_differences(fields):
    training = Training(**fields, seed=3)
    shape, rows = training.shape, training.split.train
    weights = training.initial + 0.1 * np.random.default_rng(0).standard_normal(shape.weights)
    trainer = Trainer(shape, training.optimizer_row, training.framework, 16, False)
    x, y = training.split.x[rows], training.y[rows]
    slope = jax.jit(trainer.slope)
    loss, _, grad = slope(weights[:, None], x, y, np.ones(len(rows), bool))
    nudges = 1e-5 * np.eye(shape.weights)
    differences = (loss_of(training, weights + nudges, 0) - loss_of(training, weights - nudges, 0)) / 2e-5
    np.testing.assert_allclose(np.asarray(grad)[:, 0] / len(rows), differences, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(float(loss[0]) / len(rows), loss_of(training, weights, 0), rtol=1e-12)
    wide = slope(np.stack([weights, 0 * weights], axis=1), x, y, np.ones(len(rows), bool))
    np.testing.assert_allclose(np.asarray(wide[2])[:, 0], np.asarray(grad)[:, 0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("sizes", [(16, 8, 8), (16, 2, 1), (10, 16, 16), (128, 3, 5), (16, 17, 4), (5, 4, 17)])
def test_a_product_and_its_slopes_are_those_of_matrices(sizes, lanes):
    rows, inputs, outputs = sizes
    rng = np.random.default_rng(7)
    shapes = ((rows, inputs), (inputs, outputs), (rows, outputs))
    x, kernel, slope = (rng.standard_normal((*shape, lanes)) for shape in shapes)
    found, back = jax.vjp(product, x, kernel)
    by_x, by_kernel = back(slope)
    for lane in range(lanes):
        one_x, one_kernel, one_slope = x[..., lane], kernel[..., lane], slope[..., lane]
        np.testing.assert_allclose(found[..., lane], one_x @ one_kernel, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(by_x[..., lane], one_slope @ one_kernel.T, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(by_kernel[..., lane], one_x.T @ one_slope, rtol=1e-12, atol=1e-14)


def test_the_slopes_of_a_logit_are_those_of_the_sigmoid_however_large_it_is():
    z = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    sigmoid = 1 / (1 + np.exp(-z[1:]))
    once, twice = jax.vmap(jax.grad(softplus))(z), jax.vmap(jax.grad(jax.grad(softplus)))(z)
    np.testing.assert_allclose(once, [0, *sigmoid], rtol=1e-12)
    np.testing.assert_allclose(twice, [0, *sigmoid * (1 - sigmoid)], rtol=1e-12)


@pytest.mark.parametrize("fields", SHAPES, ids=NAMES)
def test_sharpness_is_the_largest_eigenvalue_of_the_hessian(fields):
    values = {**fields.get("values", {}), "l2": 0.01}
    training = Training(**{**fields, "values": values}, epochs=6, batch_size=None, alpha=0.02, optimizer="adam")
    history = train(training, sharpness=1)
    rows, shape, penalty = training.split.train, training.shape, 0.01
    x, y = training.split.x[rows], training.y[rows]

    def loss(weights):
        outputs = shape.outputs(shape.unpack(weights), x)
        return shape.losses(outputs, y).mean() + penalty * (shape.kernels * weights**2).sum()

    hessian = jax.jit(jax.hessian(loss))
    for epoch in (1, 6):
        largest = np.linalg.eigvalsh(hessian(history.weights[epoch]))[-1]
        np.testing.assert_allclose(history.sharpness[epoch - 1], largest, rtol=0.01)


def test_sharpness_is_not_a_negative_eigenvalue_of_larger_size():
    # By where its largest eigenvalues are of both signs: at small weights of a network whose labels are at odds.
    training = Training("xor", "network", epochs=1, alpha=1e-9, batch_size=None, values={"layers": "8", "rows": 40})
    history = train(training, sharpness=1)
    rows, shape = training.split.train, training.shape
    x, y = training.split.x[rows], training.y[rows]
    hessian = jax.jit(jax.hessian(lambda w: shape.losses(shape.outputs(shape.unpack(w), x), y).mean()))(history.final)
    np.testing.assert_allclose(history.sharpness[-1], np.linalg.eigvalsh(hessian)[-1], rtol=0.01)


def test_what_a_slider_moves_does_not_compile():
    training = Training("moons", "network", "adam", epochs=3, schedule="plateau", batch_size=10, values={"rows": 60})
    train(training)
    moves = {"alpha": 0.3, "factor": 0.7, "patience": 2, "cooldown": 3, "min_lr": 0.01, "min_delta": 0.1, "seed": 4,
             "l2": 0.3, "batch_size": 3, "beta_1": 0.3, "monitor": "accuracy", "mode": "max", "stop_patience": 2,
             "schedule": "cosine", "epochs": 5, "data": "circles", "noise": 0.4, "data_seed": 2}  # fmt: skip
    with programs.without_compiling():
        for key, value in moves.items():
            assert train(training.having(**{key: value})).epochs >= 2
        with pytest.raises(programs.NotCompiled):
            train(training.having(layers="9,9"))


def test_side_by_side_is_as_alone():
    training = Training(
        "moons", "network", "momentum", epochs=4, batch_size=12, schedule="plateau", values={"rows": 60}
    )
    for knobs in ({"alpha": [0.01, 0.1, 1.0]}, {"seed": [1, 2, 3]}, {"l2": [0, 0.1]}, {"batch_size": [5, 42]},
                  {"clipnorm": [0, 0.1]}, {"momentum": [0.1, 0.9], "patience": [0, 3]}):  # fmt: skip
        for history in train_many(training, **knobs):
            alone = train(history.training)
            np.testing.assert_allclose(history.weights, alone.weights, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(history.log.val_loss, alone.log.val_loss, rtol=1e-9)


def test_many_go_in_groups_and_come_back_in_their_order():
    training = Training("moons", "logistic", epochs=2, values={"rows": 60})
    rates = np.geomspace(1e-3, 1, 2 * WIDTHS[-1] + 1).tolist()
    found = list(run_many([training.having(alpha=rate) for rate in rates]))
    assert [sum(history.epochs > 0 for history in histories) for histories in found] == [16, 32, 33]
    assert [history.training.alpha for history in found[-1]] == rates
    for place in (0, 20, 32):
        alone = train(training.having(alpha=rates[place]))
        np.testing.assert_allclose(found[-1][place].weights, alone.weights, rtol=1e-9, atol=1e-12)


def test_parts_of_any_length_make_one_training():
    training = Training("moons", "network", "adam", epochs=12, batch_size=7, values={"rows": 60})
    whole = train(training)
    lengths = []
    for (history,) in run_many([training], pace=1e-6):
        lengths.append(history.epochs)
        assert np.array_equal(history.weights, whole.weights[: history.epochs + 1])
    assert lengths[-1] == 12 and len(lengths) > 3 and np.array_equal(history.log, whole.log)


def test_one_that_leaves_the_finite_says_in_which_step():
    training = Training("diabetes", epochs=60, batch_size=None, alpha=1e6)
    history = train(training)
    rows, weights, step = training.split.train, training.initial, 0
    x, y = np.c_[training.split.x[rows], np.ones(len(rows))], training.y[rows]
    with np.errstate(all="ignore"):
        while np.isfinite(weights).all() and np.isfinite(((x @ weights - y) ** 2).mean()):
            weights, step = weights - 1e6 * 2 * x.T @ (x @ weights - y) / len(rows), step + 1
    assert history.broke in (step, step + 1) and history.epochs == 60


@pytest.mark.parametrize("key", DATA)
def test_features_are_standardised_by_the_training_rows_alone(key):
    split = Training(key).split
    train_x, spread = split.x[split.train], split.x[split.train].std(axis=0)
    np.testing.assert_allclose(train_x.mean(axis=0), 0, atol=1e-9)
    assert np.all(np.isclose(spread, 1) | np.isclose(spread, 0))
    assert abs(split.x[split.validation].mean(axis=0)).max() > 1e-3
    assert sorted([*split.train, *split.validation]) == list(range(len(split.x)))
    row = DATA[key]
    assert split.x.shape[1] == len(row.features) and row.source and row.licence
    if row.classes:
        assert sorted(set(split.y.tolist())) == list(range(len(row.classes)))


def test_the_rate_that_is_told_is_the_one_that_keras_logs():
    history = train(
        Training(
            "circles",
            "logistic",
            alpha=0.1,
            epochs=6,
            schedule="plateau",
            values={"patience": 1, "factor": 0.3},
            monitor="val_accuracy",
        )
    )
    epochs = numbers.as_dict(history)["epochs"]
    rates = [float(row["learning_rate"]) for row in csv.DictReader(io.StringIO(numbers.as_csv(history)))]
    assert len(history.cuts) and epochs["learning_rate"] == rates and epochs["learning_rate"][0] == 0.1
    assert epochs["learning_rate"][1:] == epochs["next_learning_rate"][:-1]


@pytest.mark.parametrize(
    "values", [[3.0, 2.0, 1.0], [2.0, 2.0, -9.0], [-1.0, -2.0, -3.0], [1.0, 1 - 1e-6, 0.0], [0.0, 0.0, 0.0]], ids=str
)
def test_the_largest_eigenvalue_of_a_small_matrix_is_linear_algebras(values):
    turn, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))
    matrix = (turn * np.array(values)) @ turn.T
    value, vector = (np.asarray(part) for part in largest(jnp.asarray(matrix)))
    np.testing.assert_allclose(value, max(values), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(matrix @ vector, value * vector, atol=1e-12)
    np.testing.assert_allclose(vector @ vector, 1)


def test_no_thread_of_sharpness_waits_for_the_others():
    """LAPACK's functions ask XLA's threads for help: where as many ask at once as there are, all wait for ever."""
    shape = Training(model="network").shape
    like = lambda *sizes: jax.ShapeDtypeStruct(sizes, float)  # noqa: E731
    weights, x, y = like(4, shape.weights, 16), like(32, 2), like(32)
    program = (
        jax.jit(partial(sharpnesses, shape)).lower(weights, like(shape.weights, 16), x, y, 30, like(16), 4).as_text()
    )
    assert "while" in program and "custom_call" not in program
