"""Whether a value is to fall or to rise, by Keras's rule for names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lrviz.replay.mode import DOWN, UP, is_rising, known_to_keras

GOLDEN = Path(__file__).parents[1] / "golden"


def test_modes():
    recorded = np.load(GOLDEN / "replay_float64.npz")
    up, down = set(recorded["keras_up"].tolist()), set(recorded["keras_down"].tolist())
    assert up <= UP and down <= DOWN and len(up) > 20 and len(down) > 10
    assert UP - up == {"acc"} and DOWN - down <= {"loss", "mse", "mae", "mape", "msle"}
    assert all(is_rising("auto", name) for name in ("val_accuracy", "acc", "my_auc_2", "fmeasure"))
    assert not any(is_rising("auto", name) for name in ("val_loss", "accuracy_loss", "score", "val_mse"))
    assert is_rising("max", "loss") and not is_rising("min", "acc")
    assert known_to_keras("val_auc") and not known_to_keras("score")
