"""Which rate suits which optimizer: each tries the same rates on the same run, for a fair race. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lrviz.optimizers import OPTIMIZERS
from lrviz.scenario import Scenario
from lrviz.simulation import simulate, survey
from lrviz.trajectory import Trajectory

RATES = tuple(float(f"{10 ** (i / 5):.2g}") for i in range(-20, 6))
"""The budget: 26 trial runs each, five rates a decade from 1e-4 to 10."""
LONG = 1000
"""Longer runs are tried side by side, without their paths."""
SQUARES = {
    "sum_of_squares": "sum of squared gradients",
    "mean_square": "mean of squared gradients",
    "second_moment": "mean of squared gradients",
}
"""What an optimizer keeps of its squared gradients, by the name of its term, and what it is."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """What an optimizer made of its trial runs.

    rates (R,); losses (R,): the loss above the floor at the end, inf where the run is no longer finite. best_rate,
    best_loss: of the lowest. For an optimizer without a rate: one loss, rates empty, best_rate None.
    """

    optimizer: str
    rates: np.ndarray
    losses: np.ndarray
    best_rate: float | None
    best_loss: float

    @property
    def name(self) -> str:
        return OPTIMIZERS[self.optimizer].name

    @property
    def at_the_end(self) -> bool:
        """Is the best rate the first or last that was tried? Then a better one may lie outside."""
        return self.best_rate is not None and self.best_rate in (self.rates[0], self.rates[-1])

    def within(self, loss: float) -> int:
        """How many of the rates end with this loss or a lower one."""
        return int(np.sum(self.losses <= loss)) if len(self.rates) else 0


def tuned(scenario: Scenario, optimizers: Sequence[str], rates: Sequence[float] = RATES) -> list[Tuned]:
    """Every optimizer on this scenario with every rate, the same for each. The scenario's own rate does not matter."""
    plain = scenario.having(alpha=1.0)
    return [_tuned(_as(plain, optimizer).to_json(), tuple(rates)) for optimizer in optimizers]


def _as(scenario: Scenario, optimizer: str) -> Scenario:
    rules = OPTIMIZERS[optimizer].rules
    framework = scenario.framework if scenario.framework in rules else next(iter(rules))
    return scenario.having(optimizer=optimizer, framework=framework)


@lru_cache(maxsize=64)
def _tuned(scenario_json: str, rates: tuple[float, ...]) -> Tuned:
    """One after the other through the program that the race itself has compiled: 26 short runs take 50 ms, a program
    for all of them at once would take a second to compile."""
    scenario = Scenario.from_json(scenario_json)
    has_rate = scenario.optimizer_row.has_rate
    tried = np.array(rates if has_rate else (), float)
    if not has_rate:
        ends = np.array([simulate(scenario).loss[-1]])
    elif scenario.steps > LONG:
        ends = survey(scenario, alpha=rates).loss
    else:
        ends = np.array([simulate(scenario.having(alpha=rate)).loss[-1] for rate in rates])
    above = ends - scenario.surface_row.floor(scenario.coef)
    losses = np.where(np.isfinite(above), np.maximum(above, 0), np.inf)
    best = int(np.argmin(losses))
    return Tuned(scenario.optimizer, tried, losses, float(tried[best]) if has_rate else None, float(losses[best]))


def span(rows: Sequence[Tuned]) -> float:
    """The largest of the best rates over the smallest, of those that have a rate; 1 if fewer than two have one."""
    best = [row.best_rate for row in rows if row.best_rate is not None]
    return max(best) / min(best) if best else 1.0


def effective_rate(scenario: Scenario, run: Trajectory) -> np.ndarray | None:
    """What each axis of the gradient is multiplied by at each step: alpha/(sqrt(v) + epsilon) where the optimizer
    adapts, alpha on both axes where it does not.   -> (N, 2), None without a rate"""
    if not scenario.optimizer_row.has_rate:
        return None
    adapted = run.terms.get("effective_rate")
    return np.repeat(run.learning_rate[:, None], 2, axis=1) if adapted is None else adapted


def squares(run: Trajectory) -> tuple[str, np.ndarray] | None:
    """What the run kept of its squared gradients, and its name.   -> (N, 2), None where nothing is kept"""
    return next(((name, run.terms[key]) for key, name in SQUARES.items() if key in run.terms), None)
