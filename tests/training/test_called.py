"""A callback that is made anew when a training is resumed, and a scheduler that is stepped once a batch: both against
logistic regression and the frameworks' rules written out in numpy and plain Python."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from lrviz.knob import BadInput
from lrviz.training import Training, train, train_many
from lrviz.training.numbers import batches

PLAIN = Training(
    "moons", "logistic", alpha=1.0, schedule="plateau", batch_size=16, epochs=24,
    values={"factor": 0.5, "patience": 3, "rows": 90, "noise": 0.4},
)  # fmt: skip


class Keras:
    """ReduceLROnPlateau of Keras 3, with the attributes of its source; no cooldown, no floor."""

    def __init__(self, training: Training) -> None:
        knobs: dict[str, Any] = {key: training[key] for key in training.rows}
        self.factor, self.patience = knobs["factor"], knobs["patience"]
        self.least: float = knobs["min_delta" if training.framework == "keras" else "min_lr"]
        self.best, self.wait = np.inf, 0

    def rate(self, rate: float, value: float) -> float:
        if value < self.best - self.least:
            self.best, self.wait = value, 0
            return rate
        self.wait += 1
        if self.wait < self.patience:
            return rate
        self.wait = 0
        return rate * self.factor


class Pytorch(Keras):
    """That of PyTorch: a relative threshold of 1e-4, and a cut when the bad epochs exceed patience."""

    def rate(self, rate: float, value: float) -> float:
        better = value < self.best * (1 - 1e-4)
        self.best, self.wait = (value, 0) if better else (self.best, self.wait + 1)
        if self.wait <= self.patience:
            return rate
        self.wait = 0
        lower = max(rate * self.factor, self.least)
        return lower if rate - lower > 1e-8 else rate


def loss_of(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    z = x @ weights[:-1] + weights[-1]
    return float(np.mean(np.logaddexp(0, z) - z * y))


def by_hand(training: Training, rule: type[Keras]):
    """The weights after each epoch, the rate after each, and the rates of each epoch's steps."""
    split, y = training.split, training.y
    weights, rate, called = training.initial.copy(), float(training.alpha or 0), rule(training)
    path, rates = [], []
    used: list[list[float]] = []
    restart: Any = training["restart"]
    for epoch, rows_of in enumerate(islice(batches(training), training.epochs)):
        if restart and epoch % restart == 0:
            called = rule(training)
        used.append([])
        for rows in rows_of:
            x, labels = split.x[rows], y[rows]
            before = loss_of(weights, x, labels)
            error = 1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))) - labels
            used[-1].append(rate)
            weights = weights - rate * np.append(x.T @ error, error.sum()) / len(rows)
            if training["stepped"] == "batch":
                rate = called.rate(rate, before)
        if training["stepped"] != "batch":
            held = split.validation
            rate = called.rate(rate, loss_of(weights, split.x[held], y[held]))
        path.append(weights)
        rates.append(rate)
    return np.array(path), rates, used


@pytest.mark.parametrize("restart", [None, 2, 3, 5, 24, 100])
@pytest.mark.parametrize(("framework", "rule"), [("keras", Keras), ("pytorch", Pytorch)])
def test_a_resumed_training_has_a_callback_that_has_forgotten(framework, rule, restart):
    training = PLAIN.having(framework=framework, restart=restart)
    history, (path, rates, _) = train(training), by_hand(training, rule)
    np.testing.assert_allclose(history.weights[1:], path, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history.log.learning_rate, rates, rtol=1e-12)
    assert history.cuts.tolist() == [
        epoch + 1 for epoch, rate in enumerate(rates) if rate < (rates[epoch - 1] if epoch else training.alpha)
    ]
    assert bool(len(history.cuts)) == (restart is None or restart > 3), "stopped too often for any cut"


@pytest.mark.parametrize("restart", [None, 7])
@pytest.mark.parametrize("floor", [0, 0.01])
def test_a_scheduler_that_is_stepped_once_a_batch_counts_batches(restart, floor):
    training = PLAIN.having(framework="pytorch", monitor="loss", stepped="batch", restart=restart, min_lr=floor)
    history, (path, rates, used) = train(training), by_hand(training, Pytorch)
    np.testing.assert_allclose(history.weights[1:], path, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history.log.learning_rate, rates, rtol=1e-12)
    np.testing.assert_allclose(history.log.rate, [steps[-1] for steps in used], rtol=1e-12)
    whole = train(training.having(stepped="epoch"))
    assert len(history.cuts) > len(whole.cuts)


def test_side_by_side_each_is_as_it_is_alone():
    many = train_many(PLAIN, restart=[2, 4, None], alpha=[0.5, 1.0])
    for history in many:
        np.testing.assert_allclose(history.final, train(history.training).final, rtol=1e-12)
    assert len({tuple(history.cuts) for history in many}) > 2


def test_in_links_and_what_goes_with_nothing():
    training = PLAIN.having(framework="pytorch", monitor="loss", stepped="batch", restart=7)
    assert Training.from_params(training.to_params()) == training
    assert Training(framework="pytorch", schedule="plateau", values={"stepped": "batch"}).monitor == "loss"
    assert "stepped" not in PLAIN.rows and "restart" not in PLAIN.having(schedule="constant").rows
    with pytest.raises(BadInput, match="once a batch gets"):
        training.having(monitor="val_loss")
    with pytest.raises(BadInput, match="restart and stop_patience"):
        training.having(stop_patience=3)
