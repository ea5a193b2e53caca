"""How long a step may be, in closed form: the edges that a quadratic's curvature sets for descent and its momentums.

Elsewhere they hold near a minimum, as far as the surface is the quadratic that touches it there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lrviz.scenario import Scenario
from lrviz.tuned import Tuned


class Dynamics(NamedTuple):
    """How descent with momentum beta moves on f = lambda x^2/2, where p = alpha lambda: z^2 - trace z + det = 0.

    Its roots z are what the two modes are multiplied by a step. monotone(beta): below this p both are real and
    positive. limit(beta): above this p one is outside the unit circle. product(beta, z): the p with the larger root z,
    for z from double(beta), where both roots meet, to 1.
    """

    polynomial: Callable[[float, np.ndarray], tuple[np.ndarray, np.ndarray]]
    monotone: Callable[[float], float]
    limit: Callable[[float], float]
    double: Callable[[float], float]
    product: Callable[[float, float], float]


_HEAVY_BALL = Dynamics(
    polynomial=lambda b, p: (1 + b - p, b + 0 * p),
    monotone=lambda b: (1 - math.sqrt(b)) ** 2,
    limit=lambda b: 2 + 2 * b,
    double=math.sqrt,
    product=lambda b, z: (1 - z) * (z - b) / z,
)
"""x <- x - alpha g + beta (x - last x); beta = 0 is plain descent. Polyak (1964); Goh (2017)."""
_NESTEROV = Dynamics(
    polynomial=lambda b, p: ((1 + b) * (1 - p), b * (1 - p)),
    monotone=lambda b: ((1 - b) / (1 + b)) ** 2,
    limit=lambda b: (2 + 2 * b) / (1 + 2 * b),
    double=lambda b: 2 * b / (1 + b),
    product=lambda b, z: 1 - z * z / ((1 + b) * z - b),
)
"""The same with the gradient taken ahead, in the form of Sutskever et al. (2013) that both frameworks have."""
_DYNAMICS = {"gradient_descent": _HEAVY_BALL, "momentum": _HEAVY_BALL, "nesterov": _NESTEROV}


def dynamics_of(scenario: Tuned) -> tuple[Dynamics, float] | None:
    """How this optimizer moves on a quadratic, and its beta; None where no bound in closed form is known. At a constant
    rate both frameworks' momentum is the same."""
    dynamics = _DYNAMICS.get(scenario.optimizer)
    if dynamics is None:
        return None
    return dynamics, float(scenario["momentum"]) if scenario.rule.knobs else 0.0  # type: ignore[arg-type]


def bound_of(scenario: Tuned) -> float | None:
    """What rate times curvature may reach at most on a quadratic, 2 for descent; None where none is known."""
    chosen = dynamics_of(scenario)
    return None if chosen is None or scenario["clipnorm"] else chosen[0].limit(chosen[1])


def radius(dynamics: Dynamics, beta: float, product: np.ndarray) -> np.ndarray:
    """What the slower mode is multiplied by a step: the larger |root|, in the shape of product, alpha times lambda."""
    trace, det = dynamics.polynomial(beta, product)
    inner = trace**2 / 4 - det
    return np.where(inner < 0, np.sqrt(np.maximum(det, 0)), np.abs(trace) / 2 + np.sqrt(np.maximum(inner, 0)))


def _curvatures(scenario: Scenario) -> tuple[float, float]:
    """Of the known minimum nearest to the start, the smaller first; 0 where there is none."""
    known = np.array(scenario.surface_row.minima(scenario.coef), float).reshape(-1, 2)
    if not len(known):
        return 0.0, 0.0
    nearest = known[np.argmin(np.hypot(*(known - np.array(scenario.start)).T))]
    low, high = scenario.surface_row.curvature(scenario.coef, nearest)[0]
    return float(low), float(high)


def regimes(scenario: Scenario) -> list[tuple[float, float, str]]:
    """(low, high, name) over alpha, from 0 to inf, for a constant rate near the minimum nearest to the start.

    slow: at this rate ``steps`` steps shrink the flattest axis by less than a factor e, and no axis swings; monotone:
    no axis swings; oscillating: one does, and all shrink; divergent: one grows. For descent these end at
    (1 - e^(-1/steps))/l, 1/L and 2/L, l and L the eigenvalues of the Hessian. Exact on a quadratic, elsewhere true of
    small swings. Empty for optimizers without such edges and where the gradient is clipped. A schedule starts here and
    may lead elsewhere.
    """
    chosen = dynamics_of(scenario)
    if chosen is None or scenario["clipnorm"]:
        return []
    dynamics, beta = chosen
    low, high = _curvatures(scenario)
    if not (low > 0 and math.isfinite(high)):
        return []
    monotone, divergent = dynamics.monotone(beta) / high, dynamics.limit(beta) / high
    root = math.exp(-1 / scenario.steps)
    slow = min(monotone, dynamics.product(beta, root) / low) if root > dynamics.double(beta) else monotone
    ends = [(slow, "slow"), (monotone, "monotone"), (divergent, "oscillating"), (math.inf, "divergent")]
    begins = [0.0, *(end for end, _ in ends)]
    return [(begin, end, name) for begin, (end, name) in zip(begins, ends, strict=False) if begin < end]


def edge(scenario: Scenario) -> float | None:
    """The largest stable rate, as in ``regimes``: 2/L for descent, None where none is known."""
    return next((low for low, _, name in regimes(scenario) if name == "divergent"), None)
