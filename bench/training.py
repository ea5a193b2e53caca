"""A small network trained, beside Keras's ``model.fit`` and a loop in PyTorch; 64 rates side by side; memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from bench.clock import bounded, median, seconds
from lrviz.training import DATA, MODELS, Training, run_many, train
from lrviz.training.numbers import batches

TRAINING = Training("moons", "network", "adam", alpha=0.01, batch_size=10, epochs=200, values={"layers": "8,8"})
FEW = 10
"""Epochs of a peer that are timed, after one that compiles, and what all would take by them."""


def memory() -> float:
    """MB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def with_keras(training: Training) -> float:
    """Seconds an epoch of ``model.fit`` takes, compiled before."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    keras.config.set_floatx("float64")
    shape, x, y, held = training.shape, training.split.x, training.y[:, None], training.split.validation
    hidden = [keras.layers.Dense(units, activation=shape.activation) for units in shape.sizes[1:-1]]
    model = keras.Sequential([keras.Input((shape.sizes[0],)), *hidden, keras.layers.Dense(1)])
    accuracy = keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(training.alpha), loss=loss, metrics=[accuracy])
    rows = training.split.train
    fit = lambda epochs: model.fit(  # noqa: E731
        x[rows], y[rows], batch_size=training.batch, epochs=epochs, validation_data=(x[held], y[held]), verbose=0
    )
    fit(1)
    return seconds(lambda: fit(FEW)) / FEW


def with_pytorch(training: Training) -> float:
    """Seconds an epoch of a loop takes, in as many threads as are fastest."""
    import torch

    torch.set_default_dtype(torch.float64)
    sizes, held = training.shape.sizes, training.split.validation
    layers = [part for i, o in pairwise(sizes) for part in (torch.nn.Linear(i, o), torch.nn.Tanh())]
    model = torch.nn.Sequential(*layers[:-1])
    x, y = torch.tensor(training.split.x), torch.tensor(training.y)[:, None]
    optimizer = torch.optim.Adam(model.parameters(), lr=training.alpha)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits

    def epoch(parts: list[np.ndarray]) -> None:
        for rows in parts:
            optimizer.zero_grad()
            loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            loss_of(model(x[held]), y[held]).item()

    def some() -> None:
        for parts in islice(batches(training), FEW):
            epoch(parts)

    best = np.inf
    for threads in (1, torch.get_num_threads()):
        torch.set_num_threads(threads)
        some()
        best = min(best, seconds(some) / FEW)
    return float(best)


def small() -> Iterator[Training]:
    """Every data set with every model that it takes."""
    for data, row in DATA.items():
        for model, kind in MODELS.items():
            if row.task in kind.tasks:
                yield Training(data, model, epochs=2)


def main() -> None:
    """Print the figures."""
    print("\nTraining, moons, 250 rows, 2-8-8-1, batches of 10, 200 epochs with val_loss, Adam, float64")
    begin = time.perf_counter()
    train(TRAINING)
    first = time.perf_counter() - begin
    one = median(lambda: train(TRAINING), 7)
    bounded("compile and first training", first, "s")
    bounded("one training", one * 1e3, "ms")
    side = [TRAINING.having(alpha=float(alpha)) for alpha in np.geomspace(1e-4, 1, 64)]
    all_of = lambda: list(run_many(side))  # noqa: E731
    all_of()
    bounded("64 rates side by side, times one", median(all_of, 5) / one, "", most=25)
    bounded("PyTorch's loop, times one", with_pytorch(TRAINING) * TRAINING.epochs / one, "", least=20)
    bounded("Keras's model.fit, times one", with_keras(TRAINING) * TRAINING.epochs / one, "", least=100)
    before = memory()
    count = 0
    for training in small():
        train(training)
        count += 1
    bounded(f"memory grows by, over {count} pairs of data and model", memory() - before, "MB", most=200)


if __name__ == "__main__":
    main()
