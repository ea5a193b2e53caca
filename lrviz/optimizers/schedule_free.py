"""Schedule-Free: an average of the points takes the place of a rate that falls.

Three points move. The gradient is taken at x; z takes the steps; the average of the z is what a training hands over.
The paper calls these y, z and x.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import refused
from lrviz.optimizers.rule import (
    BETA_1,
    BETA_2,
    EPSILON,
    MOMENTUM,
    WEIGHT_DECAY,
    At,
    Call,
    Optimizer,
    Rule,
    Terms,
)

DEFAZIO = "Defazio et al. (2024), The Road Less Scheduled, arXiv 2405.15682"


class ScheduleFreeState(NamedTuple):
    """z and the mean of the squared gradients (2, K); the sum of the weights and the largest rate so far (K,)."""

    z: Array
    second: Array
    total: Array
    largest: Array


def _init(x: Array, hyper: Any) -> ScheduleFreeState:
    none = jnp.zeros_like(x[0])
    return ScheduleFreeState(x, jnp.zeros_like(x), none, none)


def _moved(at: At, state: ScheduleFreeState, z: Array, weight: Array, part: Array) -> tuple[Array, dict[str, Array]]:
    """The average goes by this weight towards z, and x to ``part`` of the way from z to the average.   -> dx, terms"""
    average = (at.x - (1 - part) * state.z) / part
    average = (1 - weight) * average + weight * z
    return (1 - part) * z + part * average - at.x, {"averaged": average, "unaveraged": z}


def _by_rate(state: ScheduleFreeState, lr: Array) -> tuple[Array, Array, Array]:
    """The squares of the largest rates so far weigh the points.   -> weight, total, largest"""
    largest = jnp.maximum(lr, state.largest)
    total = state.total + largest**2
    return jnp.where(total > 0, largest**2 / jnp.where(total > 0, total, 1.0), 0.0), total, largest


def schedule_free_sgd(
    at: At, state: ScheduleFreeState, lr: Array, hyper: Any
) -> tuple[Array, ScheduleFreeState, Terms]:
    """z <- z - lr g;  a <- (1 - c) a + c z;  x <- (1 - mu) z + mu a,  c = r_k^2/(r_1^2 + ... + r_k^2).

    a is the average, r_k the largest rate of the first k steps. schedulefree.SGDScheduleFree.
    """
    weight, total, largest = _by_rate(state, lr)
    z = state.z - lr * at.grad
    dx, terms = _moved(at, state, z, weight, hyper.momentum)
    return dx, ScheduleFreeState(z, state.second, total, largest), terms


def schedule_free_adamw_pytorch(
    at: At, state: ScheduleFreeState, lr: Array, hyper: Any
) -> tuple[Array, ScheduleFreeState, Terms]:
    """v <- b2 v + (1 - b2) g^2;  z <- z - lr (g/(sqrt(v/(1 - b2^k)) + epsilon) + lambda x);  a and x as with SGD.

    schedulefree.AdamWScheduleFree.
    """
    weight, total, largest = _by_rate(state, lr)
    second, root = _root(at, state, hyper)
    z = state.z - lr * (at.grad / root + hyper.weight_decay * at.x)
    dx, terms = _moved(at, state, z, weight, hyper.beta_1)
    return (
        dx,
        ScheduleFreeState(z, second, total, largest),
        terms | {"second_moment": second, "effective_rate": lr / root},
    )


def schedule_free_adamw_keras(
    at: At, state: ScheduleFreeState, lr: Array, hyper: Any
) -> tuple[Array, ScheduleFreeState, Terms]:
    """As in the reference, without weight decay, and with c = 1/k whatever the rate.

    keras.optimizers.ScheduleFreeAdamW.
    """
    second, root = _root(at, state, hyper)
    z = state.z - lr * at.grad / root
    dx, terms = _moved(at, state, z, 1 / at.k, hyper.beta_1)
    new = ScheduleFreeState(z, second, state.total, state.largest)
    return dx, new, terms | {"second_moment": second, "effective_rate": lr / root}


def _root(at: At, state: ScheduleFreeState, hyper: Any) -> tuple[Array, Array]:
    """-> v, sqrt(v/(1 - b2^k)) + epsilon"""
    second = state.second + (at.grad**2 - state.second) * (1 - hyper.beta_2)
    return second, jnp.sqrt(second / (1 - hyper.beta_2**at.k)) + hyper.epsilon


_PART = "How far x is from z on the way to the average: 1 would be at the average."
_POINTS = {"x\u0304": "averaged", "z": "unaveraged"}
_SYMBOLS = {r"\bar x": "averaged", "z": "unaveraged"}
_SECOND = r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2,\quad "


def _averaged(part: str) -> str:
    return rf",\quad \bar x \leftarrow \bar x + c\,(z - \bar x),\quad x \leftarrow z + {part}\,(\bar x - z)"


_MOMENTUM = replace(MOMENTUM, label="Towards the average", low=0.001, help=_PART)
_BETA_1 = replace(BETA_1, low=0.001, help=_PART)
_ADAMW = (_BETA_1, BETA_2, EPSILON.with_default(1e-8))
_STEP = r"z \leftarrow z - \alpha \frac{g}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}"
_DECAYED = _STEP.replace(r"\alpha \frac", r"\alpha \left(\frac") + r" + \lambda x\right)"

SCHEDULE_FREE = (
    Optimizer(
        "schedule_free_sgd",
        "Schedule-Free SGD",
        {
            "pytorch": Rule(
                r"z \leftarrow z - \alpha g" + _averaged(r"\mu"),
                schedule_free_sgd,
                _init,
                (_MOMENTUM,),
                DEFAZIO,
                _SYMBOLS,
                call=Call("SGDScheduleFree", package="schedulefree", modes=True),
                points=_POINTS,
            )
        },
        {"pytorch": 1.0},
    ),
    Optimizer(
        "schedule_free_adamw",
        "Schedule-Free AdamW",
        {
            "keras": Rule(
                _SECOND + _STEP + _averaged(r"\beta_1"),
                schedule_free_adamw_keras,
                _init,
                _ADAMW,
                DEFAZIO,
                _SYMBOLS | {"v": "second_moment"},
                {"weight_decay": refused("Keras's ScheduleFreeAdamW decays no weights by default, nor does it here.")},
                Call("ScheduleFreeAdamW"),
                _POINTS,
            ),
            "pytorch": Rule(
                _SECOND + _DECAYED + _averaged(r"\beta_1"),
                schedule_free_adamw_pytorch,
                _init,
                (*_ADAMW, WEIGHT_DECAY.with_default(0.0)),
                DEFAZIO,
                _SYMBOLS | {"v": "second_moment"},
                call=Call("AdamWScheduleFree", package="schedulefree", modes=True),
                points=_POINTS,
            ),
        },
        {"keras": 0.0025, "pytorch": 0.0025},
        differs="Keras weighs all points of the average alike, the reference by the square of the rate.",
    ),
)
