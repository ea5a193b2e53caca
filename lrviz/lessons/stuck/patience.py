"""Steps wasted, and what another patience would cost and bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.analysis.sentences import sentences
from lrviz.analysis.waste import waste as waste_of
from lrviz.analysis.waste import wasted
from lrviz.knob import digits
from lrviz.lessons.stuck.comparison import SAME, SEEDS, at_the_end
from lrviz.once import made_once_for
from lrviz.scenario import Scenario
from lrviz.simulation import simulate_many
from lrviz.trajectory import Trajectory

LONGEST_PATIENCE = 20


def waste(scenario: Scenario, run: Trajectory) -> list[str]:
    """How many steps were wasted, and how one would have known."""
    return sentences(waste_of(scenario, run))


@dataclass(frozen=True)
class Sweep:
    """What each patience costs and brings, each (P,): the part of the steps that was wasted, the loss at the end, how
    often the rate was cut. With noise the medians of ``SEEDS`` runs; low, high: their middle half ends between these.
    """

    patience: np.ndarray
    wasted: np.ndarray
    loss: np.ndarray
    low: np.ndarray
    high: np.ndarray
    cuts: np.ndarray
    seeds: int


TRIED = (0, 1, 2, 3, 5, 8, 12, 16, 20)
"""Patiences of a sweep over many noises."""


def sweep(scenario: Scenario) -> Sweep:
    """Patience from 0 to ``LONGEST_PATIENCE`` epochs, or to the scenario's own."""
    own = int(scenario["patience"])  # type: ignore[arg-type]
    return _sweep(scenario.having(patience=0, **({"seed": 0} if scenario.noise else {})), own)


@made_once_for(32)
def _sweep(scenario: Scenario, own: int) -> Sweep:
    longest = max(LONGEST_PATIENCE, own)
    every = range(0, longest + 1, max(1, -(-longest // 60)))
    patience = sorted({*(TRIED if scenario.noise else every), longest, own})
    seeds = list(range(SEEDS)) if scenario.noise else [scenario.seed]
    rows: list[tuple[float, ...]] = []
    for epochs in patience:
        runs = simulate_many(scenario.having(patience=epochs), seed=seeds)
        ends = np.array([at_the_end(run) for run in runs])
        share = np.median([wasted(scenario, run).share for run in runs])
        middle = np.percentile(ends, (25, 50, 75), method="nearest")
        cuts = float(np.median([len(run.cuts) for run in runs]))
        rows.append((float(share), middle[1], middle[0], middle[2], cuts))
    share, loss, low, high, made = np.array(rows).T
    return Sweep(np.array(patience), share, loss, low, high, made, len(seeds))


def story(scenario: Scenario, found: Sweep) -> str:
    """What the sweep says of this patience."""
    own = int(scenario["patience"])  # type: ignore[arg-type]
    here = int(np.flatnonzero(found.patience == own)[0])
    best = int(np.argmin(found.loss))
    of = f", in the median of {found.seeds} noises," if found.seeds > 1 else ""
    mine = f"With patience {own}{of} {found.wasted[here]:.0%} of the steps are wasted,"
    mine += f" and the loss ends at {digits(found.loss[here])}."
    floor = scenario.surface_row.floor(scenario.coef)
    threshold = found.low[here] if found.seeds > 1 else floor + (found.loss[here] - floor) / (1 + SAME)
    if found.loss[best] >= threshold:
        return f"{mine} No patience of this chart ends clearly lower."
    lowest = f"gives the lowest final loss, {digits(found.loss[best])}, with {found.wasted[best]:.0%} wasted"
    return f"{mine} In this chart patience {found.patience[best]} {lowest}."
