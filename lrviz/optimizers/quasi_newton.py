"""L-BFGS: the curvature that the last steps showed takes the place of the Hessian."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from lrviz.knob import Knob, fixed, refused
from lrviz.optimizers.rateless import DECREASE, FIRST_STEP, SHRINK, armijo
from lrviz.optimizers.rule import At, Call, Optimizer, Rule, Terms, dot

NOCEDAL = "Liu & Nocedal (1989), doi 10.1007/BF01589116; Nocedal & Wright (2006), algorithm 7.4"
MOST = 5
"""Steps at most that are remembered: in two dimensions more say nothing new, and each costs memory in every run."""
CURVED, FLAT, STILL = 1e-10, 1e-7, 1e-9
"""torch.optim.LBFGS: a step whose y.s is not above this is forgotten; below these, its tolerance_grad and
tolerance_change, it stays where it is."""

HISTORY = Knob(
    "history_size",
    "Steps remembered",
    1,
    MOST,
    MOST,
    kind="integer",
    symbol="h",
    live=True,
    help=f"How many of the last steps say how the ground is curved, {MOST} at most here.",
)


class History(NamedTuple):
    """The last steps s_i (2, K), how the gradient changed over them, y_i (2, K), and their weights 1/(y_i.s_i) (K,), 0
    for none: tuples of ``MOST``, the newest first."""

    steps: tuple[Array, ...]
    changes: tuple[Array, ...]
    weights: tuple[Array, ...]

    def with_step(self, step: Array, change: Array, weight: Array) -> History:
        """One step later: the oldest is forgotten."""
        return History(*((new, *old[:-1]) for new, old in zip((step, change, weight), self, strict=True)))


def _empty(x: Array) -> History:
    zeros = (jnp.zeros_like(x),) * MOST
    return History(zeros, zeros, (jnp.zeros_like(x[0]),) * MOST)


def _direction(grad: Array, history: History, size: Array, scale: Array) -> Array:
    """-H g by the two loops over the newest ``size`` steps, H begun as scale times the unit matrix."""
    weights = [jnp.where(i < size, weight, 0.0) for i, weight in enumerate(history.weights)]
    direction, shares = -grad, []
    for step, change, weight in zip(history.steps, history.changes, weights, strict=True):
        shares.append(weight * dot(step, direction))
        direction = direction - shares[-1] * change
    direction = scale * direction
    for step, change, weight, share in reversed(
        list(zip(history.steps, history.changes, weights, shares, strict=True))
    ):
        direction = direction + (share - weight * dot(change, direction)) * step
    return direction


class LbfgsState(NamedTuple):
    """taken (2, K): the last step, as it was meant. grad: the last gradient. scale (K,). begun (K,): 1 after a step."""

    taken: Array
    grad: Array
    history: History
    scale: Array
    begun: Array


def _init(x: Array, hyper: Any) -> LbfgsState:
    zero = jnp.zeros_like(x)
    return LbfgsState(zero, zero, _empty(x), jnp.ones_like(x[0]), jnp.zeros_like(x[0]))


def lbfgs(at: At, state: LbfgsState, lr: Array, hyper: Any) -> tuple[Array, LbfgsState, Terms]:
    """d = -H g;  dx = t d,  t = lr, in the first step lr min(1, 1/|g|_1).   No line search.

    H is made of the last steps s and changes y of the gradient: BFGS updates of (s.y/y.y) I, those with y.s <= 1e-10
    left out. It stays where it is while no |g_i| is above 1e-7, or g.d above -1e-9. torch.optim.LBFGS(max_iter=1).
    """
    change = at.grad - state.grad
    curvature = dot(change, state.taken)
    first = state.begun == 0
    curved = ~first & (curvature > CURVED)
    pushed = state.history.with_step(state.taken, change, 1 / jnp.where(curved, curvature, 1.0))
    history = _either(curved, pushed, state.history)
    scale = jnp.where(curved, curvature / jnp.where(curved, dot(change, change), 1.0), state.scale)
    direction = _direction(at.grad, history, hyper.history_size, scale)
    length = lr * jnp.where(first, jnp.minimum(1.0, 1 / jnp.sum(jnp.abs(at.grad), axis=0)), 1.0)
    idle = jnp.max(jnp.abs(at.grad), axis=0) <= FLAT
    new = LbfgsState(length * direction, at.grad, history, scale, jnp.ones_like(scale))
    length = jnp.where(idle | (dot(at.grad, direction) > -STILL), 0.0, length)
    return length * direction, _either(idle, state, new), {"direction": direction, "step_length": length}


class SearchState(NamedTuple):
    """The last point and gradient."""

    x: Array
    grad: Array
    history: History


def _search_init(x: Array, hyper: Any) -> SearchState:
    return SearchState(jnp.zeros_like(x), jnp.zeros_like(x), _empty(x))


def lbfgs_search(at: At, state: SearchState, lr: Array, hyper: Any) -> tuple[Array, SearchState, Terms]:
    """d = -H g;  dx = s d,  s the first of s0, s0 tau, s0 tau^2, ... that meets Armijo's condition.

    H begins as (s.y/y.y) I, in the first step as min(1, 1/|g|) I; no step is left out of it.
    optax.lbfgs(linesearch=optax.scale_by_backtracking_linesearch(...)).
    """
    first = at.k == 1
    step, change = (jnp.where(first, 0.0, new - old) for new, old in ((at.x, state.x), (at.grad, state.grad)))
    curvature, square = dot(change, step), dot(change, change)
    weight = jnp.where(curvature == 0, 0.0, 1 / jnp.where(curvature == 0, 1.0, curvature))
    history = state.history.with_step(step, change, weight)
    scale = jnp.where(square > 0, curvature / jnp.where(square > 0, square, 1.0), 1.0)
    scale = jnp.where(first, jnp.minimum(1.0, 1 / jnp.sqrt(dot(at.grad, at.grad))), scale)
    direction = _direction(at.grad, history, hyper.history_size, scale)
    size = armijo(at, direction, hyper.first_step, hyper.shrink, hyper.sufficient_decrease)
    return size * direction, SearchState(at.x, at.grad, history), {"direction": direction, "step_size": size}


def _either(which: Array, one: Any, other: Any) -> Any:
    """One pytree where ``which`` holds, else the other."""
    return jax.tree.map(lambda a, b: jnp.where(which, a, b), one, other)


_STEP = r"d = -H g,\quad x \leftarrow x + "
_ONE_STEP = "A step here is one iteration: max_iter=1."
_SEARCH = Rule(
    _STEP + "s d",
    lbfgs_search,
    _search_init,
    (HISTORY, FIRST_STEP, SHRINK, DECREASE),
    f"{NOCEDAL}; Armijo (1966), doi 10.2140/pjm.1966.16.1",
    {"d": "direction", "s": "step_size"},
    {"memory_size": "history_size"},
)

QUASI_NEWTON = (
    Optimizer(
        "lbfgs",
        "L-BFGS",
        {
            "pytorch": Rule(
                _STEP + "t d",
                lbfgs,
                _init,
                (HISTORY,),
                NOCEDAL,
                {"d": "direction", "t": "step_length"},
                {
                    "max_iter": fixed(1, _ONE_STEP),
                    "line_search_fn": refused(
                        "torch.optim.LBFGS has no line search here, as by default; the optimizer lbfgs_search has one."
                    ),
                },
                Call("LBFGS", {"max_iter": "1"}, ("history_size",), closure=True),
            )
        },
        {"pytorch": 1.0},
    ),
    Optimizer(
        "lbfgs_search",
        "L-BFGS with search",
        {"keras": _SEARCH, "pytorch": _SEARCH},
        has_rate=False,
        needs=("f",),
    ),
)
