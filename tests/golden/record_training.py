"""Record ``training.npz``: trainings by the real Keras (``model.fit``, JAX, float64) and the real PyTorch (float64).

Data, first weights and the rows of each batch are the lab's; gradients, steps, schedules, callbacks, metrics and losses
are the frameworks'. Run it with ``python -m tests.golden.record_training``.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.training import Training
from lrviz.training.numbers import batches
from tests.golden.record_keras import keras, optimizer_of, plateau_of
from tests.golden.record_pytorch import optimizer_of as torch_optimizer_of
from tests.golden.record_pytorch import schedule_of
from tests.golden.training_cases import cases

# isort: split
import torch

LOGGED = ("loss", "val_loss", "accuracy", "val_accuracy", "learning_rate")
LOSSES = {
    "squared_error": (keras.losses.MeanSquaredError, torch.nn.MSELoss),
    "binary": (lambda: keras.losses.BinaryCrossentropy(from_logits=True), torch.nn.BCEWithLogitsLoss),
    "categorical": (lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True), torch.nn.CrossEntropyLoss),
}
Recorded = dict[str, list[Any]]


def plain(training: Training, values: dict[str, Any]) -> dict[str, Any]:
    """As the recorders of runs on surfaces take it: only the knobs that were set, the others are the frameworks'."""
    return training.to_dict() | {"steps": training.steps, "values": values}


class Squares(keras.metrics.Metric):
    """Keras has no accuracy of labels -1 and 1: the part of the rows whose sign is right."""

    def __init__(self, name: str = "accuracy") -> None:
        super().__init__(name=name)
        self.right, self.rows = (self.add_weight((), "zeros", name=name) for name in ("right", "rows"))
        self._direction = "up"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        hits = keras.ops.cast(keras.ops.equal(y_true > 0, y_pred > 0), "float64")
        self.right.assign_add(keras.ops.sum(hits))
        self.rows.assign_add(keras.ops.cast(keras.ops.size(hits), "float64"))

    def result(self) -> Any:
        return self.right / self.rows


def metrics_of(training: Training) -> list[Any]:
    """The accuracy, if there is one."""
    if not training.classifies:
        return []
    return {
        "squared_error": lambda: [Squares()],
        "binary": lambda: [keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],
        "categorical": lambda: [keras.metrics.SparseCategoricalAccuracy("accuracy")],
    }[training.loss_kind]()


class Diary(keras.callbacks.Callback):
    """Weights, logs and rate after every epoch; placed after ReduceLROnPlateau, so that the rate is the decided one."""

    def __init__(self, plateau: Any) -> None:
        super().__init__()
        self.plateau = plateau
        self.recorded: Recorded = {name: [] for name in ("weights", *LOGGED, "best", "wait", "cooldown")}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        now = dict(logs or {})
        now["weights"] = np.concatenate([np.ravel(array) for array in self.model.get_weights()])
        now["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        if self.plateau:
            now |= {"best": self.plateau.best, "wait": self.plateau.wait, "cooldown": self.plateau.cooldown_counter}
        for name, column in self.recorded.items():
            column.append(now.get(name, np.nan))


def with_keras(training: Training, values: dict[str, Any]) -> Recorded:
    """``model.fit`` with callbacks and validation data."""
    shape, x, y = training.shape, training.split.x, training.y[:, None]
    penalty = lambda: keras.regularizers.L2(training["l2"])  # noqa: E731
    layers = [
        keras.layers.Dense(units, activation=shape.activation if hidden else None, kernel_regularizer=penalty())
        for units, hidden in zip(shape.sizes[1:], [True] * (len(shape.sizes) - 2) + [False], strict=True)
    ]
    model = keras.Sequential([keras.Input((shape.sizes[0],)), *layers])
    model.set_weights(shape.unpack(training.initial))
    scenario = plain(training, values)
    model.compile(optimizer_of(scenario), loss=LOSSES[shape.loss][0](), metrics=metrics_of(training))
    plateau = None
    if training.schedule == "plateau":
        plateau = plateau_of(scenario)
        plateau.mode = training.monitor_mode
    stop = training["stop_patience"]
    callbacks = [plateau] if plateau else []
    diary = Diary(plateau)
    callbacks += [diary]
    if stop is not None:
        callbacks += [keras.callbacks.EarlyStopping(training.monitor, patience=stop, mode=training.monitor_mode)]

    def rows() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for epoch in batches(training):
            for part in epoch:
                yield x[part], y[part]

    held = training.split.validation
    model.fit(
        rows(),
        steps_per_epoch=training.steps_per_epoch,
        epochs=training.epochs,
        validation_data=(x[held], y[held]) if len(held) else None,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    )
    return diary.recorded


def with_pytorch(training: Training, values: dict[str, Any]) -> Recorded:  # noqa: PLR0915  a training script is long
    """A loop over batches."""
    shape = training.shape
    scenario = plain(training, values)
    bend = torch.nn.Tanh if shape.activation == "tanh" else torch.nn.ReLU
    layers: list[torch.nn.Module] = []
    for inputs, outputs in zip(shape.sizes, shape.sizes[1:], strict=False):
        layers += [torch.nn.Linear(inputs, outputs), bend()]
    model = torch.nn.Sequential(*layers[:-1])
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    parts = shape.unpack(training.initial)
    with torch.no_grad():
        for layer, kernel, bias in zip(linear, parts[::2], parts[1::2], strict=True):
            layer.weight.copy_(torch.tensor(kernel.T))
            layer.bias.copy_(torch.tensor(bias))
    x, y = torch.tensor(training.split.x), torch.tensor(training.y)
    y = y if shape.loss == "categorical" else y[:, None]
    measure = LOSSES[shape.loss][1]()
    optimizer = torch_optimizer_of(scenario, list(model.parameters()))
    schedule = schedule_of(optimizer, scenario)
    if training.schedule == "plateau":
        schedule.mode = "max" if training.rising else "min"
        schedule._init_is_better(schedule.mode, schedule.threshold, schedule.threshold_mode)
        schedule._reset()

    def loss_of(outputs: torch.Tensor, rows: Any) -> torch.Tensor:
        kernels = sum((layer.weight**2).sum() for layer in linear)
        return measure(outputs, y[rows]) + training["l2"] * kernels

    def right(outputs: torch.Tensor, rows: Any) -> float:
        if shape.loss == "categorical":
            return (outputs.argmax(1) == y[rows]).double().sum().item()
        return ((outputs > 0) == (y[rows] > 0)).double().sum().item()

    recorded: Recorded = {name: [] for name in ("weights", *LOGGED, "best", "wait", "cooldown")}
    held = training.split.validation
    for epoch in islice(batches(training), training.epochs):
        loss_sum = hits = count = 0.0
        for rows in epoch:
            optimizer.zero_grad()
            outputs = model(x[rows])
            loss = loss_of(outputs, rows)
            loss.backward()
            if training["clipnorm"]:
                torch.nn.utils.clip_grad_norm_(model.parameters(), training["clipnorm"])
            optimizer.step()
            rate = optimizer.param_groups[0]["lr"]
            if schedule and training.schedule != "plateau" and not at_its_end(schedule):
                schedule.step()
            loss_sum, hits, count = loss_sum + loss.item() * len(rows), hits + right(outputs, rows), count + len(rows)
        now = {"loss": loss_sum / count, "accuracy": hits / count if training.classifies else np.nan}
        if len(held):
            with torch.no_grad():
                outputs = model(x[held])
                now["val_loss"] = loss_of(outputs, held).item()
                now["val_accuracy"] = right(outputs, held) / len(held) if training.classifies else np.nan
        if training.schedule == "plateau":
            schedule.step(now[str(training.monitor)])
            rate = optimizer.param_groups[0]["lr"]
            now |= {"best": schedule.best, "wait": schedule.num_bad_epochs, "cooldown": schedule.cooldown_counter}
        now["learning_rate"] = rate
        with torch.no_grad():
            now["weights"] = np.concatenate(
                [part.numpy().ravel() for layer in linear for part in (layer.weight.T, layer.bias)]
            )
        for name, column in recorded.items():
            column.append(now.get(name, np.nan))
    return recorded


def at_its_end(schedule: Any) -> bool:
    """A cycle is over: one more step would raise."""
    one = torch.optim.lr_scheduler.OneCycleLR
    return isinstance(schedule, one) and schedule.last_epoch + 1 >= schedule.total_steps


MOST = 60
"""Weights that are kept of a training in every epoch; of larger models so many of them, evenly, and all at the end."""


def main() -> None:
    """All of both frameworks, or only those whose names begin as one of the arguments does."""
    warnings.simplefilter("ignore")
    path = Path(__file__).parent / "training.npz"
    held: dict[str, np.ndarray] = dict(np.load(path)) if sys.argv[1:] else {}
    names = []
    for framework, record in (("keras", with_keras), ("pytorch", with_pytorch)):
        for name, fields in cases(framework):
            training, key = Training(**fields), f"{framework}-{name}"
            names.append({"name": key, "training": fields})
            if sys.argv[1:] and not key.startswith(tuple(sys.argv[1:])):
                continue
            made = {key: np.array(values) for key, values in record(training, fields.get("values", {})).items()}
            weights = made.pop("weights")
            held[f"{key}/last"] = weights[-1]
            some = np.unique(np.linspace(0, weights.shape[1] - 1, MOST).astype(int))
            held[f"{key}/weights"] = weights[:, some]
            held[f"{key}/log"] = np.stack(list(made.values()))
            print(f"{key:<32} {weights.shape}  loss {made['loss'][0]:.3g} to {made['loss'][-1]:.3g}", flush=True)
    held["cases"] = np.array(json.dumps(names))
    np.savez_compressed(path, **held)  # type: ignore[arg-type]
    print(len(names), "trainings", f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
