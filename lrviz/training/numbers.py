"""A training as numbers: JSON from which anyone can retrace it, a table, a few lines for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from lrviz.knob import digits
from lrviz.plain import plain
from lrviz.training.history import History
from lrviz.training.loop import Shuffles
from lrviz.training.training import Training


def batches(training: Training) -> Iterator[list[np.ndarray]]:
    """The rows of each batch, epoch after epoch, for ever: indices of the rows of ``training.split.x``."""
    train, size, shuffles = training.split.train, training.batch, Shuffles(training)
    while True:
        (order,) = shuffles.draw(1)
        yield [train[order[begin : begin + size]] for begin in range(0, len(train), size)]


def as_dict(history: History) -> dict[str, Any]:
    """All of it, as JSON has it.

    x, y: as they are fed to the model. rows, batches (epochs x batches x rows): indices into both. initial, final: a
    list of arrays, layer by layer, kernel (inputs, outputs), bias. epochs: a list a name, as in `Log`, but
    learning_rate is what Keras logs, that of the epoch's last step, and next_learning_rate that after its decision;
    what is none, such as the accuracy of numbers, is null.
    """
    training, log = history.training, history.log
    split, shape = training.split, training.shape
    columns = {name: plain(values) for name, values in log._asdict().items() if name != "rate"}
    columns |= {"learning_rate": plain(log.rate), "next_learning_rate": plain(log.learning_rate)}
    none = [None] * history.epochs
    if not training.classifies:
        columns |= {"accuracy": none, "val_accuracy": none}
    if not training.validation:
        columns |= {"val_loss": none, "val_accuracy": none}
    if not np.isnan(history.sharpness).all():
        columns["sharpness"] = plain(history.sharpness)
    return {
        "training": training.to_dict(),
        "features": list(training.data_row.features),
        "classes": list(training.data_row.classes),
        "rows": {"train": split.train.tolist(), "validation": split.validation.tolist()},
        "x": split.x.tolist(),
        "y": training.y.tolist(),
        "initial": [plain(part) for part in shape.unpack(history.initial)],
        "final": [plain(part) for part in shape.unpack(history.final)],
        "batches": [[rows.tolist() for rows in epoch] for epoch in islice(batches(training), history.epochs)],
        "epochs": columns,
        "cuts": history.cuts.tolist(),
        "stopped": history.stopped,
        "broke": history.broke,
        "notes": training.notes,
    }


def count(training: Training, epochs: int) -> int:
    """How many numbers the JSON of so many epochs has, but for the log and the weights: the rows as they are fed and
    each row's index once an epoch."""
    return training.split.x.size + epochs * training.train_rows


def as_json(history: History) -> str:
    """`as_dict` as text."""
    return json.dumps(as_dict(history), allow_nan=False)


def as_csv(history: History) -> str:
    """A row an epoch, with the columns of Keras's CSVLogger: epochs from 0, the rate before the epoch's decision."""
    training, log = history.training, history.log
    columns = {"learning_rate": log.rate, "loss": log.loss}
    columns |= {"val_loss": log.val_loss} if training.validation else {}
    if training.classifies:
        columns |= {"accuracy": log.accuracy} | ({"val_accuracy": log.val_accuracy} if training.validation else {})
    if not np.isnan(history.sharpness).all():
        columns["sharpness"] = history.sharpness
    names = sorted(columns)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["epoch", *names])
    writer.writerows([epoch, *(float(columns[name][epoch]) for name in names)] for epoch in range(history.epochs))
    return table.getvalue().rstrip("\n")


def as_text(history: History) -> str:
    """A few lines."""
    training, log = history.training, history.log
    lines = [
        f"{training.model_row.name} on {training.data_row.name.lower()}, {training.optimizer_row.name}"
        f" ({training.framework}), {training.schedule_row.name.lower()} schedule",
        f"rows   {training.train_rows} to train, {len(training.split.validation)} to validate; batches of"
        f" {training.batch}; {training.shape.weights} weights",
        f"loss   {digits(log.loss[0])} to {digits(log.loss[-1])} in {history.epochs} epochs",
    ]
    if training.validation:
        best = np.fmin.reduce(log.val_loss)
        lines.append(f"val    {digits(log.val_loss[0])} to {digits(log.val_loss[-1])}, lowest {digits(best)}")
    if training.classifies:
        right = log.val_accuracy if training.validation else log.accuracy
        lines.append(f"right  {digits(100 * right[-1])}%" + (" of the rows held back" if training.validation else ""))
    lines.append(
        f"rate   {digits(log.rate[0])}"
        + (f" to {digits(log.learning_rate[-1])}" if log.learning_rate[-1] != log.rate[0] else "")
    )
    if history.plateau:
        cuts = ", ".join(map(str, history.cuts[:12])) + (", …" if len(history.cuts) > 12 else "")
        lines.append(f"cuts   {len(history.cuts)}" + (f", after epoch {cuts}" if len(history.cuts) else ""))
    if not np.isnan(history.sharpness).all():
        lines.append(f"sharp  {digits(history.sharpness[-1])}, and 2/rate is {digits(2 / log.learning_rate[-1])}")
    if history.stopped is not None:
        lines.append(f"Early stopping ended it after epoch {history.stopped}.")
    if history.broke is not None:
        lines.append(f"The training leaves the finite in step {history.broke}.")
    return "\n".join([*lines, *(f"note   {note}" for note in training.notes)])


WRITERS: dict[str, Callable[[History], str]] = {"text": as_text, "json": as_json, "csv": as_csv}
"""--format -> what writes it."""
