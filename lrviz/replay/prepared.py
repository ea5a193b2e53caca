"""Eight recorded histories to begin with, each with the settings that show what people ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lrviz.knob import Value
from lrviz.replay.history import History
from lrviz.replay.result import Replay
from lrviz.replay.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """``what``: one sentence on what to look for; ``knobs``: the settings that are not the defaults."""

    key: str
    label: str
    what: str
    values: tuple[float, ...]
    knobs: Mapping[str, Value]
    monitor: str = "val_loss"

    @property
    def replay(self) -> Replay:
        return Replay(History(np.array(self.values), self.monitor), Settings(values=self.knobs))


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    """As a log shows them."""
    return tuple(round(float(value), 4) for value in values)


_EPOCHS = np.arange(60)
_NOISE = np.random.default_rng(2015).standard_normal(200)

PREPARED: dict[str, Prepared] = {
    row.key: row
    for row in (
        Prepared(
            "noisy",
            "Noisy descent",
            "With little patience a single worse epoch, noise, makes a cut.",
            _rounded(0.2 + np.exp(-_EPOCHS / 20) + 0.04 * _NOISE[:60]),
            {"patience": 1, "factor": 0.5, "rate": 0.1},
        ),
        Prepared(
            "flat",
            "Flat",
            "Keras cuts one epoch earlier than PyTorch, and a cooldown of 1 changes nothing there.",
            (0.0,) * 20,
            {"patience": 2, "cooldown": 1, "factor": 0.5, "rate": 0.1},
        ),
        Prepared(
            "spike",
            "Spike, then fall",
            "The loss falls in each epoch after the spike, and the rate is cut: the best is from before.",
            _rounded(np.concatenate([0.9 ** _EPOCHS[:12], 0.9 * 0.97 ** _EPOCHS[:28]])),
            {"patience": 5, "factor": 0.5, "rate": 0.1},
        ),
        Prepared(
            "tiny",
            "Loss of order 1e-5",
            "Keras cuts though the loss falls by a tenth in each epoch: min_delta is larger than the whole loss.",
            tuple(float(f"{value:.4g}") for value in 1e-5 * 0.9 ** _EPOCHS[:40]),
            {"patience": 5},
        ),
        Prepared(
            "negative",
            "Negative loss",
            "PyTorch never cuts: its relative threshold lies above a negative best.",
            (-1.0,) * 20,
            {"patience": 2, "factor": 0.5},
        ),
        Prepared(
            "accuracy",
            "Accuracy, mode max",
            "Higher is better: the bar lies above the best.",
            _rounded(0.92 - 0.5 * np.exp(-_EPOCHS / 8) + 0.004 * _NOISE[60:120]),
            {"patience": 5, "factor": 0.5, "mode": "max"},
            "val_accuracy",
        ),
        Prepared(
            "every_two",
            "Cut every two epochs",
            "With patience 1 Keras cuts again in the last epoch of the cooldown.",
            _rounded(np.concatenate([[0.5, 0.3], 0.31 + 0.005 * np.abs(_NOISE[120:138])])),
            {"patience": 1, "cooldown": 2, "factor": 0.5, "rate": 0.1},
        ),
        Prepared(
            "batches",
            "Stepped once a batch",
            "Patience counts batches: the rate is at min_lr within the first epoch.",
            _rounded(1 - np.arange(200) / 1000 + 0.1 * _NOISE),
            {"patience": 6, "factor": 0.1, "min_lr": 1e-6, "steps_per_epoch": 100},
            "loss",
        ),
    )
}
