"""What a map can show of each run: one row each, computed from columns of how the runs ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from lrviz.analysis.basins import basins_of
from lrviz.knob import digits

if TYPE_CHECKING:
    from lrviz.maps.map import Map

ROUNDING = 1e-9
"""Of the floor, or of 1: so far below it a loss may be by rounding."""
GAIN, GAIN_OF_START = 1e-3, 1e-6
"""What is no gain any more: 0.1% of the lowest loss above the floor, or 1e-6 of the start's."""

Palette = Literal["better", "count", "sides", "kinds"]
"""better: one scale whose bright end is the better one. count: one scale, no end is better. sides: converged and not,
a scale each. kinds: a colour and a number each."""


class Runs(Protocol):
    """The runs of a part of a map. x (nx,), y (ny,): the values of the axes. floor, start_loss, steps: the loss of the
    lowest known minimum and before the first step, and how long each is, which stretch to (ny, nx)."""

    @property
    def plan(self) -> Map: ...
    @property
    def x(self) -> np.ndarray: ...
    @property
    def y(self) -> np.ndarray: ...
    @property
    def floor(self) -> np.ndarray: ...
    @property
    def start_loss(self) -> np.ndarray: ...
    @property
    def steps(self) -> np.ndarray: ...
    def ends(self, *columns: str, target: np.ndarray | None = None) -> Any:
        """These columns of `lrviz.simulation.survey`, each (ny, nx), x (2, ny, nx)."""


@dataclass(frozen=True)
class Shown:
    """One thing that a map can show. compute: runs -> (ny, nx), float64. In what it gives, ``inf`` is a loss beyond all
    numbers, and nan what did not happen (a run that never arrives) or a loss that is no number.

    never: what nan means, as a legend says it. lost: is what is not finite a run that left the finite? tolerant: does
    it depend on the map's tolerance?
    """

    key: str
    name: str
    unit: str
    scale: Literal["linear", "log"]
    palette: Palette
    compute: Callable[[Runs], np.ndarray]
    never: str
    lost: bool = False
    tolerant: bool = False

    def title(self, plan: Map) -> str:
        return self.name + (f" {digits(plan.tolerance)}" if self.tolerant else "")


def _steps(column: np.ndarray) -> np.ndarray:
    """Of a survey: -1 is never."""
    return np.where(column < 0, np.nan, column)


def _above(loss: np.ndarray, floor: Any) -> np.ndarray:
    """Not below 0; nan where more than rounding lies below the floor: a formula may fall without end."""
    rounding = ROUNDING * np.maximum(1.0, np.abs(floor))
    return np.where(loss < floor - rounding, np.nan, np.maximum(loss - floor, 0))


def loss(runs: Runs) -> np.ndarray:
    """f(x_N) - f*: the loss after the last step above that of the lowest known minimum; see ``_above``."""
    return _above(runs.ends("loss").loss, runs.floor)


def best_loss(runs: Runs) -> np.ndarray:
    """min_t f(x_t) - f*: the lowest loss of the run above that of the lowest known minimum; see ``_above``."""
    return _above(runs.ends("best_loss").best_loss, runs.floor)


def reached(runs: Runs) -> np.ndarray:
    """min {t: f(x_t) <= f* + tolerance}: steps until the loss is within the tolerance; nan if it never is."""
    return _steps(runs.ends("reached", target=runs.floor + runs.plan.tolerance).reached)


def cuts(runs: Runs) -> np.ndarray:
    """How often ReduceLROnPlateau cut the rate."""
    return runs.ends("cuts").cuts.astype(float)


def wasted(runs: Runs) -> np.ndarray:
    """The share of the steps after the last gain, 0 to 1: from the first point on with
    l <= (1 + GAIN) l* + GAIN_OF_START l0, where l is above the floor, l* the lowest and l0 the first.

    In two passes: how low the run gets, and when it is about there.
    """
    best, start = runs.ends("best_loss").best_loss - runs.floor, runs.start_loss - runs.floor
    target = runs.floor + (1 + GAIN) * best + GAIN_OF_START * start
    return (runs.steps - _steps(runs.ends("reached", target=target).reached)) / runs.steps


def diverged_at(runs: Runs) -> np.ndarray:
    """The first step after which the point or its loss is no longer finite; nan if there is none."""
    return _steps(runs.ends("diverged_at").diverged_at)


def basin(runs: Runs) -> np.ndarray:
    """To which known minimum a walk downhill leads from where the run ends: its place among the surface's minima, the
    lowest first, from 0; nan for none (`analysis.basins.basins_of`)."""
    x = runs.ends("x").x
    found = np.full(x.shape[1:], -1)
    plan = runs.plan
    own = {row.key for row in plan.scenario.surface_row.knobs}
    rows = range(len(runs.y)) if plan.y.key in own else [slice(None)]
    columns = range(len(runs.x)) if plan.x.key in own else [slice(None)]
    for row in rows:
        for column in columns:
            y, x_value = np.atleast_1d(runs.y[row])[0], np.atleast_1d(runs.x[column])[0]
            points = x[:, row, column]
            basins = basins_of(plan.cell(x_value, y), points.reshape(2, -1).T)
            found[row, column] = basins.reshape(points.shape[1:])
    return np.where(found < 0, np.nan, found)


def convergence(runs: Runs) -> np.ndarray:
    """Sohl-Dickstein's measure, with v_t = f(x_t) - f* over that of the start, at most 1e6: -sum_t v_t where the mean
    of the last 20 is below 1 (it converged: the nearer to 0 the sooner), else sum_t 1/v_t (the nearer to 0 the sooner
    it diverged).

    Sohl-Dickstein (2024), The boundary of neural network trainability is fractal, arXiv 2402.06184.
    """
    return runs.ends("convergence").convergence


ROWS = (
    Shown("loss", "Loss at the end", "", "log", "better", loss, "diverged", lost=True),
    Shown("best_loss", "Lowest loss", "", "log", "better", best_loss, "diverged", lost=True),
    Shown("reached", "Steps until the loss is within", "steps", "linear", "better", reached, "never", tolerant=True),
    Shown("cuts", "Cuts of the rate", "cuts", "linear", "count", cuts, "none"),
    Shown("wasted", "Steps after the last gain", "%", "linear", "better", wasted, "no gain at all"),
    Shown("diverged_at", "Step at which it leaves the finite", "steps", "log", "count", diverged_at, "stays finite"),
    Shown("basin", "Minimum in which it ends", "", "linear", "kinds", basin, "in none"),
    Shown("convergence", "Converged or diverged", "", "log", "sides", convergence, "no number"),
)
SHOWN = {row.key: row for row in ROWS}
