"""What a training leaves behind: every number that a page shows, an entry an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lrviz.training.training import Training


class Log(NamedTuple):
    """One entry an epoch, each (E,).

    loss, accuracy: the mean over the epoch's batches, weighted by their rows, each before its step, as the frameworks
    log it; the loss with its penalty. val_loss, val_accuracy: after the last step. An accuracy of numbers, and what
    validates where no row does, is NaN. rate: of the epoch's last step. learning_rate, best, wait, cooldown: after the
    epoch's decision. threshold: what the monitored value had to be below (above, where it is to rise). gradient_norm:
    of the mean over the epoch's rows of the gradients as they went by, before any clipping. weight_norm: after the
    last step.
    """

    loss: Any
    val_loss: Any
    accuracy: Any
    val_accuracy: Any
    rate: Any
    learning_rate: Any
    best: Any
    wait: Any
    cooldown: Any
    threshold: Any
    improved: Any
    cut: Any
    gradient_norm: Any
    weight_norm: Any


@dataclass(frozen=True, eq=False)
class History:
    """A training of E epochs, so far.

    initial (P,); weights (W, P): after ``weight_epochs`` (W,), 0 being none, increasing, the last one always among
    them. sharpness (E,): the largest eigenvalue of the Hessian of the whole training loss after the epoch, NaN where it
    was not computed. broke: the first step, from 1, after which the loss or a weight is not finite; None if there is
    none. A training that leaves the finite goes on as nan.
    """

    training: Training
    log: Log
    weights: np.ndarray = field(repr=False)
    weight_epochs: np.ndarray = field(repr=False)
    sharpness: np.ndarray = field(repr=False)
    broke: int | None = None

    @property
    def epochs(self) -> int:
        """How many are done."""
        return len(self.log.loss)

    @property
    def initial(self) -> np.ndarray:
        return self.weights[0]

    @property
    def final(self) -> np.ndarray:
        return self.weights[-1]

    @property
    def monitored(self) -> np.ndarray:
        """What the plateau rule and early stopping look at, (E,)."""
        return getattr(self.log, str(self.training.monitor))

    @property
    def plateau(self) -> bool:
        """Is ReduceLROnPlateau on?"""
        return self.training.schedule_row.plateau

    @cached_property
    def cuts(self) -> np.ndarray:
        """The epochs, from 1, after which the plateau rule cut the rate."""
        return 1 + np.flatnonzero(self.log.cut)

    @cached_property
    def stopped(self) -> int | None:
        """The epoch, from 1, after which early stopping ended it; None if it did not."""
        at = stops(self.training, self.monitored)
        return None if at is None else at + 1

    @property
    def done(self) -> bool:
        """Has it ended?"""
        return self.epochs == self.training.epochs or self.stopped is not None

    def thinned(self, numbers: int) -> History:
        """With no more weights than so many numbers, or two vectors: evenly over epochs, the first and the last too."""
        count, room = len(self.weight_epochs), max(numbers // self.weights.shape[1], 2)
        if count <= room:
            return self
        chosen = np.unique(np.linspace(0, count - 1, room).round().astype(int))
        return replace(self, weights=self.weights[chosen], weight_epochs=self.weight_epochs[chosen])

    def weights_at(self, epoch: int) -> np.ndarray:
        """The weights after the last stored epoch up to this one, (P,)."""
        return self.weights[np.searchsorted(self.weight_epochs, epoch, side="right") - 1]


def stops(training: Training, monitored: np.ndarray) -> int | None:
    """The first epoch, from 0, after which Keras's EarlyStopping ends a training.   monitored: (E,)

    wait counts epochs that are not strictly better than the best; it ends the training at ``patience``, never in the
    first epoch. keras.callbacks.EarlyStopping.on_epoch_end.
    """
    if training["stop_patience"] is None:
        return None
    wait = bad_epochs(-monitored if training.rising else monitored)
    due = np.flatnonzero((wait > 0) & (wait >= int(training["stop_patience"])) & (np.arange(len(wait)) > 0))
    return int(due[0]) if due.size else None


def bad_epochs(values: np.ndarray) -> np.ndarray:
    """How many epochs in a row, up to each, did not fall below the lowest before; the first counts as better.

    A NaN is never better, and a first NaN is never beaten, as in Keras.   values: (E,) -> (E,)
    """
    if not len(values):
        return np.zeros(0)
    lowest = np.fmin.accumulate(values) if not np.isnan(values[0]) else np.full_like(values, values[0])
    better = np.append(True, values[1:] < lowest[:-1])
    place = np.arange(len(values))
    return (place - np.maximum.accumulate(np.where(better, place, -1))).astype(float)


def unwatched(log: Log, monitored: np.ndarray, rising: bool) -> Log:
    """The log of a training on which no plateau rule looks: best is the best so far, and nothing is cut."""
    sign = -1.0 if rising else 1.0
    wait = bad_epochs(sign * monitored)
    best = sign * np.fmin.accumulate(sign * monitored)
    threshold = np.append(sign * np.inf, best)[: len(best)]
    none = np.zeros(len(best))
    return log._replace(
        learning_rate=log.rate,
        best=best,
        wait=wait,
        cooldown=none,
        threshold=threshold,
        improved=wait == 0,
        cut=none > 0,
    )


def shortened(log: Log, length: int) -> Log:
    """Its first epochs."""
    return Log(*(values[:length] for values in log))


def strided(count: int, numbers: int, most: int) -> int:
    """Of count epochs with so many numbers each, the stride with which they fit in ``most`` numbers."""
    return max(1, -(-count * numbers // most))


def joined(parts: Sequence[np.ndarray], like: np.ndarray) -> np.ndarray:
    """One after the other; like: what an empty one looks like."""
    return np.concatenate(parts) if parts else like[:0]
