"""Which case a training shows, and what is asked of the trainings of every case."""

from __future__ import annotations

import numpy as np

from lrviz.training import History, Training

TOP = 0.1
"""The rate of job 1, where the training on the stage has no callback that starts with another."""


def case_of(training: Training) -> str:
    """Which of the lesson's cases a training shows."""
    if training.batch_size is None:
        return "starts"
    if training.framework == "pytorch":
        return "batch"
    return "callback" if training["restart"] is None else "resumed"


def times(count: int) -> str:
    """How often."""
    return ("never", "once")[count] if count < 2 else f"{count} times"


def end(history: History) -> float:
    """val_loss after the last epoch; inf where it is not finite."""
    value = float(history.log.val_loss[-1])
    return value if np.isfinite(value) else np.inf


def with_callback(training: Training) -> Training:
    """The same with the callback."""
    return training if training.plateau_knobs else training.having(schedule="plateau", alpha=TOP)
