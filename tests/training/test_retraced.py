"""Trainings are those that the real Keras and the real PyTorch made, as recorded in ``golden/training.npz``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lrviz.frameworks import FRAMEWORKS
from lrviz.optimizers import OPTIMIZERS
from lrviz.training import DATA, MODELS, NOT_OFFERED, Training, train

HELD = np.load(Path(__file__).parents[1] / "golden" / "training.npz")
CASES = {case["name"]: Training(**case["training"]) for case in json.loads(str(HELD["cases"]))}
LOGGED = ("loss", "val_loss", "accuracy", "val_accuracy", "learning_rate", "best", "wait", "cooldown")


def program(name):
    """Cases that share a compiled program run one after the other."""
    training = CASES[name]
    return str((training.framework, training.optimizer, training.shape, training.train_rows))


@pytest.mark.parametrize("name", sorted(CASES, key=program))
def test_retraces_the_framework(name):
    training = CASES[name]
    weights, log = HELD[f"{name}/weights"], dict(zip(LOGGED, HELD[f"{name}/log"], strict=True))
    history = train(training)
    assert history.epochs == len(weights)
    some = np.unique(np.linspace(0, training.shape.weights - 1, 60).astype(int))
    np.testing.assert_allclose(history.weights[1:, some], weights, rtol=1e-8, atol=1e-11)
    np.testing.assert_allclose(history.final, HELD[f"{name}/last"], rtol=1e-8, atol=1e-11)
    for column in ("loss", "val_loss", "accuracy", "val_accuracy"):
        mine = getattr(history.log, column)
        np.testing.assert_allclose(mine, log[column], rtol=1e-8, atol=1e-12, err_msg=column)
    if history.plateau:
        for column in ("learning_rate", "best"):
            np.testing.assert_allclose(getattr(history.log, column), log[column], rtol=1e-8, err_msg=column)
        for column in ("wait", "cooldown"):
            assert getattr(history.log, column).tolist() == log[column].tolist()
        before = np.append(training.alpha, log["learning_rate"][:-1])
        assert history.log.cut.tolist() == (log["learning_rate"] < before).tolist()


def test_what_is_recorded_covers_what_there_is():
    trainings = list(CASES.values())
    assert len(trainings) >= 60
    rules = {(key, name) for key, row in OPTIMIZERS.items() if key not in NOT_OFFERED for name in row.rules}
    assert {(training.optimizer, training.framework) for training in trainings} == rules
    both = set(FRAMEWORKS)
    for field, known in (("data", DATA), ("model", MODELS)):
        assert {(getattr(t, field), t.framework) for t in trainings} == {(key, name) for key in known for name in both}
    watched = {(t.monitor, t.rising, t.framework) for t in trainings if t.schedule == "plateau"}
    ways = {("loss", False), ("loss", True), ("val_loss", False), ("accuracy", True), ("accuracy", False),
            ("val_accuracy", True)}  # fmt: skip
    assert watched >= {(*way, name) for way in ways for name in both}
    assert sum(bool(t.train_rows % t.batch) for t in trainings) >= 30
    cut = [name for name, t in CASES.items() if t.schedule == "plateau" and HELD[f"{name}/log"][4].min() < t.alpha]
    assert len(cut) >= 20
