"""Optimizers without a rate to set: Newton's method and descent with a line search find the size of each step."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array

from lrviz.knob import Knob
from lrviz.optimizers.rule import At, Optimizer, Rule, Terms

ARMIJO = "Armijo (1966), doi 10.2140/pjm.1966.16.1; Nocedal & Wright (2006), Numerical Optimization, algorithm 3.1"
DAUPHIN = "Dauphin et al. (2014), arXiv 1406.2572; backtracking: Nocedal & Wright (2006), algorithm 3.1"
TRIES = 50

DAMPING = Knob(
    "damping",
    "Damping",
    1e-6,
    10,
    1e-3,
    "log",
    symbol=r"\delta",
    help="Added to each curvature, so that flat ground does not ask for a huge step.",
)
FIRST_STEP = Knob(
    "first_step", "First step tried", 1e-3, 100, 1, "log", symbol="s_0", help="The size that the search tries first."
)
SHRINK = Knob("shrink", "Shrink", 0.1, 0.9, 0.5, symbol=r"\tau", help="Each try is this much shorter than the last.")
DECREASE = Knob(
    "sufficient_decrease",
    "Sufficient decrease",
    1e-6,
    0.5,
    1e-4,
    "log",
    symbol="c_1",
    help="How much of the promised fall a step must keep.",
)


def armijo(at: At, direction: Array, first: Array | float, shrink: Array | float, decrease: Array | float) -> Array:
    """The first s of first, first shrink, first shrink^2, ... with f(x + s d) <= f(x) + decrease s g.d, d = direction.

    direction: (2, K) -> (K,). Where none of 50 has it the last one, and 0 where that leads out of the finite, as
    optax.scale_by_backtracking_linesearch does. All are tried at once: 50 losses cost less than a loop.
    """
    sizes = first * shrink ** jnp.arange(TRIES)[:, None] + jnp.zeros_like(at.loss)
    losses = at.f(at.x[:, None] + sizes * direction[:, None])
    enough = losses <= at.loss + decrease * sizes * _dot(at.grad, direction)
    found = jnp.take_along_axis(sizes, jnp.argmax(enough, axis=0)[None], axis=0)[0]
    last = jnp.where(jnp.isfinite(losses[-1] - at.loss), sizes[-1], 0.0)
    return jnp.where(jnp.any(enough, axis=0), found, last)


def newton(at: At, state: tuple[()], lr: Array, hyper: Any) -> tuple[Array, tuple[()], Terms]:
    """dx = -s (|H| + delta I)^-1 g, |H| = the Hessian with the absolute values of its eigenvalues.

    The absolute values turn the pull of a saddle into a push away from it; s is 1, halved until the loss falls enough.
    """
    values, vectors = _eigen(at.hessian(at.x))
    direction = -sum(
        vector * _dot(vector, at.grad) / (jnp.abs(value) + hyper.damping)
        for value, vector in zip(values, vectors, strict=True)
    )
    size = armijo(at, direction, 1.0, 0.5, 1e-4)
    return size * direction, state, {"newton": direction, "eigenvalues": jnp.stack(values), "step_size": size}


def _dot(a: Array, b: Array) -> Array:
    return a[0] * b[0] + a[1] * b[1]


def _eigen(matrix: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Eigenvalues (K,), the smaller first, and their unit eigenvectors (2, K), of symmetric matrices (2, 2, K)."""
    a, b, c = matrix[0, 0], (matrix[0, 1] + matrix[1, 0]) / 2, matrix[1, 1]
    angle = jnp.arctan2(2 * b, a - c) / 2
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    middle, half = (a + c) / 2, jnp.hypot((a - c) / 2, b)
    return (middle - half, middle + half), (jnp.stack([-sin, cos]), jnp.stack([cos, sin]))


def line_search(at: At, state: tuple[()], lr: Array, hyper: Any) -> tuple[Array, tuple[()], Terms]:
    """dx = -s g, s the first of s0, s0 tau, s0 tau^2, ... that meets Armijo's condition.

    f(x - s g) <= f(x) - c1 s |g|^2. Armijo (1966), doi 10.2140/pjm.1966.16.1.
    """
    size = armijo(at, -at.grad, hyper.first_step, hyper.shrink, hyper.sufficient_decrease)
    return -size * at.grad, state, {"step_size": size}


_SIZE = {"s": "step_size"}
_NEWTON = Rule(r"x \leftarrow x - s\,(|H| + \delta I)^{-1} g", newton, lambda x, hyper: (), (DAMPING,), DAUPHIN, _SIZE)
_SEARCH = Rule(
    r"s = \max\{s_0 \tau^j : f(x - s g) \le f(x) - c_1 s |g|^2\},\quad x \leftarrow x - s g",
    line_search,
    lambda x, hyper: (),
    (FIRST_STEP, SHRINK, DECREASE),
    ARMIJO,
    _SIZE,
)

RATELESS = (
    Optimizer("newton", "Newton", {"keras": _NEWTON, "pytorch": _NEWTON}, has_rate=False),
    Optimizer("line_search", "Line search", {"keras": _SEARCH, "pytorch": _SEARCH}, has_rate=False),
)
