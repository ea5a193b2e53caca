"""Random runs."""

from __future__ import annotations

import numpy as np

from lrviz import Scenario


def scenarios(count, places, seed=0):
    """Random runs: surfaces and optimizers of ``places``, both frameworks, every setting of the plateau rule, with and
    without noise, at rates from far too small to far too large."""
    rng = np.random.default_rng(seed)

    def one(*values):
        return values[rng.integers(len(values))]

    for k in range(count):
        surface, optimizer = places[k % len(places)]
        framework = one("keras", "pytorch")
        plain = Scenario(surface=surface, optimizer=optimizer, framework=framework, schedule="plateau")
        low, high = np.reshape(plain.surface_row.domain, (2, 2)).T
        tolerance = float(one(0, 1e-4, 1e-4, 1e-3, 0.0123, 0.25))
        values = {
            "factor": float(one(0.1, 0.2, 0.5, 0.9, 0.999, round(rng.uniform(0.05, 0.95), 4))),
            "patience": int(one(0, 0, 1, 2, 3, 5, 10)),
            "cooldown": int(one(0, 0, 1, 1, 2, 5)),
            "min_lr": float(one(0, 0, 0, 1e-4, 1e-3, 0.05)),
            "warmup_steps": int(one(0, 0, 0, 0, 0, 7)),
        }
        if framework == "keras":
            values["min_delta"] = tolerance
        else:
            values |= {
                "threshold": tolerance,
                "threshold_mode": one("rel", "rel", "abs"),
                "eps": one(1e-8, 1e-8, 0.0, 1e-3),
            }
        yield plain.having(
            start=one(plain.start, tuple(rng.uniform(low, high).round(3).tolist())),
            alpha=float(plain.alpha * one(1, 1, 2, 3, 0.3, 0.01, 1e-4, 1e-9, 1e-44)),
            noise=float(one(0, 0, 0.3, 1, 3, 30)),
            steps=int(one(40, 100, 300)),
            steps_per_epoch=int(one(1, 1, 1, 3, 10)),
            monitor=one("val_loss", "val_loss", "loss"),
            seed=int(rng.integers(100)),
            **values,
        )
