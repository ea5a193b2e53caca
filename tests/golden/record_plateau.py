"""Drive the real ReduceLROnPlateau of both frameworks through a thousand random histories."""

import sys
from collections.abc import Iterator
from dataclasses import astuple
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from tests.golden.histories import LONGEST, History, histories
from tests.golden.keras64 import keras
from tests.golden.trace import HERE

# isort: split
import torch

State = tuple[float, float, int, int]  # learning rate, best, wait, cooldown counter


def keras_states(run: History) -> Iterator[State]:
    """The callback after every epoch."""
    optimizer = keras.optimizers.SGD(run.alpha)
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="loss",
        factor=run.factor,
        patience=run.patience,
        min_delta=run.tolerance,
        cooldown=run.cooldown,
        min_lr=run.min_lr,
    )
    callback.set_model(SimpleNamespace(optimizer=optimizer))
    callback.on_train_begin()
    for epoch, loss in enumerate(run.losses):
        callback.on_epoch_end(epoch, logs={"loss": loss})
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        yield rate, callback.best, callback.wait, callback.cooldown_counter


def pytorch_states(run: History) -> Iterator[State]:
    """The scheduler after every epoch."""
    optimizer = torch.optim.SGD([torch.zeros(2)], lr=run.alpha)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=run.factor,
        patience=run.patience,
        threshold=run.tolerance,
        threshold_mode="rel" if run.relative else "abs",
        cooldown=run.cooldown,
        min_lr=run.min_lr,
        eps=run.eps,
    )
    for loss in run.losses:
        scheduler.step(loss)
        rate = float(optimizer.param_groups[0]["lr"])
        yield rate, scheduler.best, scheduler.num_bad_epochs, scheduler.cooldown_counter


def padded(rows: list[list[float]], fill: float) -> np.ndarray:
    """The rows as one array, filled up to the longest."""
    array = np.full((len(rows), LONGEST), fill)
    for row, values in zip(array, rows, strict=True):
        row[: len(values)] = values
    return array


def settings(runs: list[History], framework: str) -> dict[str, np.ndarray]:
    """The histories with the settings the framework knows."""
    losses, alpha, factor, patience, tolerance, relative, eps, cooldown, min_lr = zip(*map(astuple, runs), strict=True)
    known = {
        "history": padded(list(losses), np.nan),
        "length": np.array([len(row) for row in losses]),
        "alpha": np.array(alpha),
        "factor": np.array(factor),
        "patience": np.array(patience),
        "cooldown": np.array(cooldown),
        "min_lr": np.array(min_lr),
    }
    if framework == "keras":
        return known | {"min_delta": np.array(tolerance)}
    modes = np.where(relative, 0, 1)
    return known | {"threshold": np.array(tolerance), "threshold_mode": modes, "eps": np.array(eps)}


def record(framework: str) -> None:
    """Run one framework through everything and write its file."""
    runs, states = histories(), {"keras": keras_states, "pytorch": pytorch_states}[framework]
    results = [list(zip(*states(run), strict=True)) for run in runs]
    rate, best, wait, cooldown_counter = zip(*results, strict=True)
    arrays = settings(runs, framework) | {
        "learning_rate": padded(list(rate), np.nan),
        "best": padded(list(best), np.nan),
        "wait": padded(list(wait), -1).astype(int),
        "cooldown_counter": padded(list(cooldown_counter), -1).astype(int),
    }
    np.savez_compressed(HERE / f"plateau_{framework}.npz", **arrays)
    cuts = sum(after < before for row in rate for before, after in pairwise(row))
    print(f"{framework}: {len(runs)} histories, {arrays['length'].sum()} epochs, {cuts} cuts after the first")


if __name__ == "__main__":
    for framework in sys.argv[1:] or ("keras", "pytorch"):
        record(framework)
