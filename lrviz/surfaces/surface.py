"""What a loss surface is: a differentiable function of a point and its coefficients, and what is known about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.knob import Knob, Value

Domain = tuple[float, float, float, float]
Minima = list[tuple[float, float]]
ROUNDING = 1e-20
"""A loss at a minimum that is smaller is 0: 7.89e-31 is what the digits of its place leave."""


@dataclass(frozen=True)
class Surface:
    """A loss ``f(x, coef)``: x (2,), coef (k,) in the order of ``knobs`` -> ().

    f takes JAX arrays (traced, differentiated) and numpy arrays alike, and the two coordinates as a pair too; with x of
    shape (2, ...) it gives (...).
    ``domain`` is (x_low, x_high, y_low, y_high), what a picture shows first. ``minima(coef)`` are the known minima,
    the lowest first. ``alpha`` is a rate with which plain descent shows something here. ``settings``: knobs which make
    another surface of it (`of`), as ``knobs``, its coefficients, do not. ``notes``: what is to be known of its values
    and slopes, a sentence each. ``found``: its minima are not known, but what a search found in the picture.
    """

    key: str
    name: str
    f: Callable[[Any, Any], Any]
    domain: Domain
    start: tuple[float, float]
    minima: Callable[[Any], Minima]
    formula: str
    source: str
    alpha: float
    knobs: tuple[Knob, ...] = ()
    settings: tuple[Knob, ...] = ()
    notes: tuple[str, ...] = ()
    found: bool = False

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return self.name

    @property
    def used(self) -> tuple[Knob, ...]:
        """The coefficients that move it."""
        return self.knobs

    def of(self, settings: Mapping[str, Value]) -> Surface:
        """The surface that these values of its settings make."""
        return self

    def notes_at(self, coef: np.ndarray) -> list[str]:
        """What is to be known of its values, slopes and minima, a sentence each."""
        if not self.found:
            return list(self.notes)
        count = len(self.minima(coef))
        if not count:
            none = "A search of the picture found no minimum: the loss may fall without end, or be lowest elsewhere."
            return [*self.notes, none]
        one = count == 1
        what = "The minimum with a dashed ring was" if one else f"The {count} minima with a dashed ring were"
        return [
            *self.notes,
            f"{what} found by a search of the picture and {'is' if one else 'are'} not known: there may be more.",
        ]

    def grid(self, coef: np.ndarray, n: int = 200, domain: Domain | None = None) -> np.ndarray:
        """Loss on an (n, n) grid over the domain: row i is y_i, column j is x_j. By numpy: compiles nothing."""
        x_low, x_high, y_low, y_high = domain or self.domain
        points = np.stack(np.meshgrid(np.linspace(x_low, x_high, n), np.linspace(y_low, y_high, n)))
        return np.asarray(self.f(points, coef))

    def slice(self, coef: np.ndarray, base: Any, direction: Any, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
        """The loss on the line base + s direction, as far as it lies in the domain.   -> s (n,), loss (n,)"""
        base, direction = np.asarray(base, float), np.asarray(direction, float)
        low, high = np.array(self.domain[::2]), np.array(self.domain[1::2])
        moves = direction != 0
        ends = np.stack([(edge - base)[moves] / direction[moves] for edge in (low, high)])
        s = np.linspace(ends.min(axis=0).max(), ends.max(axis=0).min(), n)
        return s, np.asarray(self.f(base[:, None] + s * direction[:, None], coef))

    def gradient(self, coef: np.ndarray, x: Any) -> np.ndarray:
        """By complex steps, exact to rounding.   x: (2, ...) -> (2, ...). By numpy: compiles nothing."""
        moved = [np.array(x, complex) for _ in (0, 1)]
        for i in (0, 1):
            moved[i][i] += 1e-30j
        return np.stack([np.imag(self.f(there, coef)) for there in moved]) / 1e-30

    def hessian(self, coef: np.ndarray, x: Any) -> np.ndarray:
        """The second derivatives at every point at once.   x: (2, ...) -> (2, 2, ...). By numpy: compiles nothing.

        H_ij = (Im f(x + i h e_i + w e_j) - Im f(x + i h e_i - w e_j))/(2 w h): the complex step takes the slope without
        any difference, so a central difference of it is good to nine digits. Squire & Trapp (1998), SIAM Review 40.
        """
        x = np.asarray(x, float)
        whole = np.empty((2, *x.shape))
        for i, j in ((0, 0), (1, 0), (1, 1)):
            up, down = x.astype(complex), x.astype(complex)
            width = 1e-5 * np.maximum(1.0, np.abs(x[j]))
            up[j] += width
            down[j] -= width
            between = (up - down)[j].real
            up[i] += 1e-30j
            down[i] += 1e-30j
            whole[i, j] = whole[j, i] = np.imag(self.f(up, coef) - self.f(down, coef)) / (between * 1e-30)
        return whole

    def curvature(self, coef: np.ndarray, x: Any) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (2, ...), the smaller first, and unit eigenvectors (2, 2, ...), one a column, of the Hessians.

        x: (2, ...). Where the loss leaves the finite they are nan.
        """
        (a, b), (_, c) = self.hessian(coef, x)
        with np.errstate(invalid="ignore", over="ignore"):
            middle, half, angle = (a + c) / 2, np.hypot((a - c) / 2, b), np.arctan2(2 * b, a - c) / 2
            cos, sin = np.cos(angle), np.sin(angle)
            return np.stack([middle - half, middle + half]), np.stack([[-sin, cos], [cos, sin]])

    def floor(self, coef: np.ndarray) -> float:
        """Loss at the lowest known minimum: what a logarithmic loss axis is measured from."""
        return min(self.at_minima(coef))

    def at_minima(self, coef: np.ndarray) -> list[float]:
        """Loss at each known minimum; 0 where only rounding is left of it."""
        losses = self.f(np.array(self.minima(coef), dtype=float).reshape(-1, 2).T, coef)
        return [float(loss) if abs(loss) > ROUNDING else 0.0 for loss in np.asarray(losses, float)]
