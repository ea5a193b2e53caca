"""The plateau rules on 100,000 recorded epochs, and the what-if map of 1,000."""

from __future__ import annotations

import numpy as np

from bench.clock import bounded, median
from lrviz.replay.reading import read
from lrviz.replay.rules import RULES, decide, what_if

EPOCHS = 100_000
SIDE = 16


def main() -> None:
    """Print the figures."""
    noise = np.random.default_rng(0).standard_normal(EPOCHS)
    histories = {
        "noisy descent": np.exp(-np.arange(EPOCHS) / 20_000) + 0.1 * noise,
        "flat": np.ones(EPOCHS),
        "falling in each epoch": 1 - np.arange(EPOCHS) / EPOCHS,
    }
    print(f"\nReplay of {EPOCHS} epochs, one rule")
    for framework, rule in RULES.items():
        numbers = {knob.key: knob.default for knob in rule.knobs}
        for name, values in histories.items():
            took = median(lambda: decide(framework, values, numbers, 0.1), 5)  # noqa: B023  called at once
            bounded(f"{rule.name}, {name}", took * 1e3, "ms", most=50)
    numbers = {knob.key: knob.default for knob in RULES["keras"].knobs}
    patiences, deltas = range(SIDE), np.geomspace(1e-6, 1, SIDE).tolist()
    short = histories["noisy descent"][:1000]
    took = median(lambda: what_if("keras", short, numbers, 0.1, patiences, deltas), 5)
    bounded(f"what-if map of {SIDE} x {SIDE}, 1000 epochs", took * 1e3, "ms")
    text = "epoch,val_loss\n" + "".join(f"{k},{value}\n" for k, value in enumerate(histories["flat"] + noise))
    bounded(f"reading a CSV of {EPOCHS} rows", median(lambda: read(text), 3) * 1e3, "ms")


if __name__ == "__main__":
    main()
