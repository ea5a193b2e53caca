"""Maps that several tests look at, and what one shows of a single run."""

from __future__ import annotations

import numpy as np

from lrviz import Scenario, simulate
from lrviz.analysis.basins import basin
from lrviz.maps.axis import Axis
from lrviz.maps.map import Map

MAPS = {
    "plateau": Map(
        Scenario(schedule="plateau", steps=80, noise=0.5, monitor="loss", steps_per_epoch=2, values={"patience": 3}),
        Axis("alpha", 0.01, 30, 4, "log"), Axis("factor", 0.2, 0.8, 3),
    ),
    "on_top": Map(
        Scenario(
            "rosenbrock", framework="pytorch", schedule="exponential", steps=60,
            values={"plateau_on_top": 1, "patience": 1, "decay_steps": 20},
        ),
        Axis("alpha", 1e-4, 1e-2, 4, "log"), Axis("factor", 0.2, 0.8, 3),
    ),
    "starts": Map(
        Scenario("himmelblau", optimizer="momentum", alpha=0.01, steps=120, values={"momentum": 0.5}),
        Axis("x", -6, 5, 4), Axis("y", -5, 6, 3), tolerance=1e-2,
    ),
    "lengths": Map(
        Scenario(schedule="cosine", steps=9, noise=0.3), Axis("steps", 1, 40, 4, "log"), Axis("alpha", 0.05, 1, 3)
    ),
    "surface": Map(
        Scenario("rosenbrock", optimizer="adam", alpha=0.3, steps=60), Axis("b", 1, 90, 3), Axis("a", 0.5, 1.5, 4)
    ),
}  # fmt: skip
"""Knobs of the run, of its start, of its length, and of the surface."""


def shown(scenario: Scenario, show: str, tolerance: float) -> float:
    """What a map shows of this run, from its whole path."""
    run = simulate(scenario)
    floor = scenario.surface_row.floor(scenario.coef)

    def first(holds: np.ndarray) -> float:
        return float(np.argmax(holds)) if holds.any() else np.nan

    def measure() -> float:
        v = np.where(np.isfinite(run.loss[:-1]), run.loss[:-1] - floor, 1e6) / (run.loss[0] - floor)
        v = np.minimum(v, 1e6)
        return -v.sum() if v[-20:].mean() < 1 else (1 / v).sum()

    best = np.fmin.reduce(run.loss)
    gained = first(run.loss <= floor + ((1 + 1e-3) * (best - floor) + 1e-6 * (run.loss[0] - floor)))
    basin_index = basin(scenario, run).basin
    return float(
        {
            "loss": lambda: np.maximum(run.loss[-1] - floor, 0),
            "best_loss": lambda: np.maximum(best - floor, 0),
            "reached": lambda: first(run.loss <= floor + tolerance),
            "cuts": lambda: len(run.cuts),
            "wasted": lambda: (run.steps - gained) / run.steps,
            "diverged_at": lambda: np.nan if run.diverged is None else run.diverged,
            "basin": lambda: np.nan if basin_index is None else basin_index,
            "convergence": measure,
        }[show]()
    )
