"""The finite part of a run and the shape of the loss surface along it: what the events are measured from."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

VISIBLE = 1e-3
"""Of the way covered so far: what a picture shows. Of the map's diagonal: what counts as being at a point."""
FLAT = 1e-5
"""Of the larger curvature: below this the smaller one counts as none."""


class Path:
    """The finite part of a run, of n steps, and the shape of the surface along it.

    values (n + 1, 2): eigenvalues of the Hessian, the smaller first; axes (n + 1, 2, 2): [point, which, component].
    For each step and axis, (n, 2): moved, the way along it; before, after: the slope along it at both ends, on the axis
    of where the step begins; passed: did it go down into a valley and up the other side; past: by how much, as if the
    slope changed evenly between the ends, which on a quadratic it does. secant: the slope's change over the way, the
    curvature between the ends.
    """

    def __init__(self, scenario: Scenario, run: Trajectory):
        self.scenario, self.run = scenario, run
        self.n = n = run.steps if run.diverged is None else run.diverged - 1
        self.x, self.loss, self.grad = run.x[: n + 1], run.loss[: n + 1], run.grad[: n + 1]
        self.rate = run.learning_rate[: max(n, 0)]
        low, high = np.array(scenario.surface_row.domain).reshape(2, 2).T
        self.low, self.high, self.diagonal = low, high, float(np.hypot(*(high - low)))
        values, vectors = scenario.surface_row.curvature(scenario.coef, self.x.T)
        self.values, self.axes = values.T, vectors.T

    @cached_property
    def above(self) -> np.ndarray:
        """The loss above the lowest known minimum.   (n + 1,)"""
        return np.maximum(self.loss - self.scenario.surface_row.floor(self.scenario.coef), 0.0)

    @cached_property
    def dx(self) -> np.ndarray:
        return np.diff(self.x, axis=0)

    @cached_property
    def moved(self) -> np.ndarray:
        return along(self.axes[:-1], self.dx)

    @cached_property
    def before(self) -> np.ndarray:
        return along(self.axes[:-1], self.grad[:-1])

    @cached_property
    def after(self) -> np.ndarray:
        return along(self.axes[:-1], self.grad[1:])

    @cached_property
    def past(self) -> np.ndarray:
        before, after = np.abs(self.before), np.abs(self.after)
        return np.abs(self.moved) * after / (before + after)

    @cached_property
    def secant(self) -> np.ndarray:
        return (self.after - self.before) / self.moved

    @cached_property
    def passed(self) -> np.ndarray:
        covered = np.maximum.accumulate(np.hypot(*(self.x - self.x[0]).T))[1:, None]
        noise = along(self.axes[:-1], self.run.used_grad[: self.n] - self.grad[:-1])
        return (
            (self.before * self.after < 0)
            & (self.before * self.moved < 0)
            & (np.abs(self.moved) > VISIBLE * covered)
            & (np.abs(noise) <= np.abs(self.before))  # a step that the noise made is no overshoot
            & (self.secant <= 1.01 * self.values[:-1, 1:] + [0, np.inf])  # else it is the valley that bends
        )


def along(axes: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The components of vectors (n, 2) on axes (n, 2, 2) -> (n, 2)."""
    return np.einsum("tij,tj->ti", axes, vectors)
