"""Optimizers without a rate to set: each finds the size of its steps, by curvature, tries, the loss or the distance."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import Knob
from lrviz.optimizers.rule import BETA_1, BETA_2, EPSILON, WEIGHT_DECAY, At, Call, Optimizer, Rule, Terms, dot

ARMIJO = "Armijo (1966), doi 10.2140/pjm.1966.16.1; Nocedal & Wright (2006), Numerical Optimization, algorithm 3.1"
DAUPHIN = "Dauphin et al. (2014), arXiv 1406.2572; backtracking: Nocedal & Wright (2006), algorithm 3.1"
POLYAK = "Polyak (1987), Introduction to Optimization; Loizou et al. (2021), arXiv 2002.10542"
IVGI = "Ivgi, Hinder & Carmon (2023), arXiv 2302.12022"
MISHCHENKO = "Mishchenko & Defazio (2024), arXiv 2306.06101"
TRIES = 50
SMALLEST = 2.0**-52
"""Polyak's step is 0 where |g|^2 is no more than this, as in optax: the spacing of the numbers at 1."""

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
F_MIN = Knob(
    "f_min",
    "Lowest loss",
    -1e6,
    1e6,
    None,
    auto="the lowest known loss of the surface",
    slider=(-10, 10),
    help="What the loss is taken to be able to fall to. Where that is wrong, the steps are too.",
)
LONGEST = Knob(
    "max_learning_rate",
    "Longest step",
    1e-3,
    1e3,
    1,
    "log",
    symbol="s_1",
    live=True,
    help="No step size is above this.",
)
REPS = Knob(
    "reps_rel",
    "First distance",
    1e-8,
    1,
    1e-6,
    "log",
    symbol=r"\rho",
    live=True,
    help="The distance that is assumed at first, as a part of 1 + |x|.",
)
D0 = Knob(
    "d0",
    "First distance",
    1e-8,
    10,
    1e-6,
    "log",
    symbol="d_0",
    help="The distance to a minimum that is assumed at first: small, it only grows.",
)
D_COEF = Knob(
    "d_coef",
    "Factor of the distance",
    0.01,
    100,
    1,
    "log",
    symbol="q",
    live=True,
    help="What the estimated distance is multiplied by.",
)
CORRECTS = Knob(
    "use_bias_correction",
    "Bias correction",
    0,
    1,
    0,
    kind="flag",
    help="Correct the means of the first steps, as Adam does. optax always does.",
)


def armijo(at: At, direction: Array, first: Array | float, shrink: Array | float, decrease: Array | float) -> Array:
    """The first s of first, first shrink, first shrink^2, ... with f(x + s d) <= f(x) + decrease s g.d, d = direction.

    direction: (2, K) -> (K,). Where none of 50 has it the last one, and 0 where that leads out of the finite, as
    optax.scale_by_backtracking_linesearch does. All are tried at once: 50 losses cost less than a loop.
    """
    sizes = first * shrink ** jnp.arange(TRIES)[:, None] + jnp.zeros_like(at.loss)
    losses = at.f(at.x[:, None] + sizes * direction[:, None])
    enough = losses <= at.loss + decrease * sizes * dot(at.grad, direction)
    found = jnp.take_along_axis(sizes, jnp.argmax(enough, axis=0)[None], axis=0)[0]
    last = jnp.where(jnp.isfinite(losses[-1] - at.loss), sizes[-1], 0.0)
    return jnp.where(jnp.any(enough, axis=0), found, last)


def newton(at: At, state: tuple[()], lr: Array, hyper: Any) -> tuple[Array, tuple[()], Terms]:
    """dx = -s (|H| + delta I)^-1 g, |H| = the Hessian with the absolute values of its eigenvalues.

    The absolute values turn the pull of a saddle into a push away from it; s is 1, halved until the loss falls enough.
    """
    values, vectors = _eigen(at.hessian(at.x))
    direction = -sum(
        vector * dot(vector, at.grad) / (jnp.abs(value) + hyper.damping)
        for value, vector in zip(values, vectors, strict=True)
    )
    size = armijo(at, direction, 1.0, 0.5, 1e-4)
    return size * direction, state, {"newton": direction, "eigenvalues": jnp.stack(values), "step_size": size}


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


def polyak(at: At, state: tuple[()], lr: Array, hyper: Any) -> tuple[Array, tuple[()], Terms]:
    """dx = -s g,  s = min((f(x) - f_min)/|g|^2, s1);  s = 0 where |g|^2 is next to 0.   optax.polyak_sgd."""
    square = dot(at.grad, at.grad)
    still = square <= SMALLEST
    size = jnp.minimum((at.loss - hyper.f_min) / jnp.where(still, 1.0, square), hyper.max_learning_rate)
    size = jnp.where(still, 0.0, size)
    return -size * at.grad, state, {"step_size": size}


class DogState(NamedTuple):
    """start (2, K); the largest distance from it and the sum of |g|^2 (K,)."""

    start: Array
    distance: Array
    squares: Array


def _dog_init(x: Array, hyper: Any) -> DogState:
    return DogState(x, hyper.reps_rel * (1 + jnp.sqrt(dot(x, x))), jnp.zeros_like(x[0]))


def dog(at: At, state: DogState, lr: Array, hyper: Any) -> tuple[Array, DogState, Terms]:
    """r <- max(r, |x - x0|);  G <- G + |g|^2;  dx = -r/sqrt(G + epsilon) g,  r at first rho (1 + |x0|).

    Distance over gradients, without the average that its authors take. optax.contrib.dog.
    """
    away = at.x - state.start
    distance = jnp.maximum(state.distance, jnp.sqrt(dot(away, away)))
    squares = state.squares + dot(at.grad, at.grad)
    size = distance / jnp.sqrt(squares + hyper.epsilon)
    terms = {"step_size": size, "distance": distance, "sum_of_norms": squares}
    return -size * at.grad, DogState(state.start, distance, squares), terms


class ProdigyState(NamedTuple):
    """start, means of d g and of d^2 g^2, weighted sum of gradients (2, K); estimate of the distance, its numerator."""

    start: Array
    first: Array
    second: Array
    total: Array
    distance: Array
    numerator: Array


def _prodigy_init(x: Array, hyper: Any) -> ProdigyState:
    none = jnp.zeros_like(x)
    return ProdigyState(x, none, none, none, none[0] + hyper.d0, none[0])


def prodigy(at: At, state: ProdigyState, lr: Array, hyper: Any) -> tuple[Array, ProdigyState, Terms]:
    """Adam whose rate is d, an estimate of the distance from the start to a minimum that only grows.

    m <- b1 m + (1 - b1) d g;  v <- b2 v + (1 - b2) d^2 g^2;  n <- b3 n + eta d/d0 g.(x0 - x);  s <- b3 s + eta d/d0 g;
    d <- max(d, q n/|s|_1);  dx = -eta (m/(sqrt(v) + d epsilon) + lambda x),  b3 = sqrt(b2), eta = the last d, times
    sqrt(1 - b2^k)/(1 - b1^k) with use_bias_correction. prodigyopt.Prodigy, optax.contrib.prodigy.
    """
    last, decay = state.distance, jnp.sqrt(hyper.beta_2)
    corrected = jnp.sqrt(1 - hyper.beta_2**at.k) / (1 - hyper.beta_1**at.k)
    size = last * jnp.where(hyper.use_bias_correction == 1, corrected, 1.0)
    carried, pushed = hyper.beta_1 * state.first, (1 - hyper.beta_1) * last * at.grad
    second = hyper.beta_2 * state.second + (1 - hyper.beta_2) * (last * at.grad) ** 2
    weight = size * last / hyper.d0
    numerator = decay * state.numerator + weight * dot(at.grad, state.start - at.x)
    total = decay * state.total + weight * at.grad
    below = jnp.sum(jnp.abs(total), axis=0)
    distance = jnp.maximum(last, jnp.where(below > 0, hyper.d_coef * numerator / jnp.where(below > 0, below, 1.0), 0.0))
    rate = size / (jnp.sqrt(second) + distance * hyper.epsilon)
    decayed = -size * hyper.weight_decay * at.x
    new = ProdigyState(state.start, carried + pushed, second, total, distance, numerator)
    terms = {
        "carried": -rate * carried,
        "pushed": -rate * pushed,
        "decayed": decayed,
        "first_moment": new.first,
        "second_moment": second,
        "effective_rate": rate * last,
        "distance": distance,
        "step_size": size,
    }
    return -rate * new.first + decayed, new, terms


_SIZE = {"s": "step_size"}
_POLYAK = Rule(
    r"s = \min\left(\frac{f(x) - f_{\min}}{\lVert g \rVert^2}, s_1\right),\quad x \leftarrow x - s g",
    polyak,
    lambda x, hyper: (),
    (LONGEST, F_MIN),
    POLYAK,
    _SIZE,
)
_DOG = Rule(
    r"r \leftarrow \max(r, \lVert x - x_0 \rVert),\quad G \leftarrow G + \lVert g \rVert^2,\quad "
    r"s = \frac{r}{\sqrt{G + \epsilon}},\quad x \leftarrow x - s g",
    dog,
    _dog_init,
    (REPS, EPSILON.with_default(1e-8)),
    IVGI,
    {"s": "step_size", "r": "distance", "G": "sum_of_norms"},
)
_PRODIGY = Rule(
    r"m \leftarrow \beta_1 m + (1 - \beta_1) d g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) d^2 g^2,\quad "
    r"d = \max(d, q \frac{n}{\lVert s \rVert_1}),\quad "
    r"x \leftarrow x - \eta \left(\frac{m}{\sqrt v + d \epsilon} + \lambda x\right)",
    prodigy,
    _prodigy_init,
    (D_COEF, D0, BETA_1, BETA_2, EPSILON.with_default(1e-8), WEIGHT_DECAY.with_default(0.0), CORRECTS),
    MISHCHENKO,
    {"m": "first_moment", "v": "second_moment", "d": "distance", r"\eta": "step_size"},
    {"estim_lr0": "d0", "estim_lr_coef": "d_coef"},
    Call("Prodigy", package="prodigyopt"),
)
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
    Optimizer("newton", "Newton", {"keras": _NEWTON, "pytorch": _NEWTON}, has_rate=False, needs=("f", "hessian")),
    Optimizer("line_search", "Line search", {"keras": _SEARCH, "pytorch": _SEARCH}, has_rate=False, needs=("f",)),
    Optimizer("polyak", "Polyak step", {"keras": _POLYAK, "pytorch": _POLYAK}, has_rate=False, needs=("loss", "floor")),
    Optimizer("dog", "DoG", {"keras": _DOG, "pytorch": _DOG}, has_rate=False),
    Optimizer("prodigy", "Prodigy", {"pytorch": _PRODIGY}, {"pytorch": 1.0}, has_rate=False),
)
