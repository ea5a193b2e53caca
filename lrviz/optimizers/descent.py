"""Gradient descent, momentum and Nesterov: the step follows the gradient, the past is carried along."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array

from lrviz.knob import fixed, refused
from lrviz.optimizers.rule import MOMENTUM, At, Call, Optimizer, Rule, Terms

POLYAK = "Polyak (1964), doi 10.1016/0041-5553(64)90137-5"
SUTSKEVER = "Sutskever et al. (2013), On the importance of initialization and momentum"


def _init(x: Array, hyper: Any) -> Array:
    return jnp.zeros_like(x)


def gradient_descent(at: At, state: tuple[()], lr: Array, hyper: Any) -> tuple[Array, tuple[()], Terms]:
    """dx = -lr g.   keras.optimizers.SGD, torch.optim.SGD."""
    pushed = -lr * at.grad
    return pushed, state, {"pushed": pushed}


def momentum_keras(at: At, velocity: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """v <- mu v - lr g;  dx = v.   The rate sits inside v: a cut does not touch what is already moving.

    keras.optimizers.SGD(momentum=).
    """
    carried, pushed = hyper.momentum * velocity, -lr * at.grad
    velocity = carried + pushed
    return velocity, velocity, {"carried": carried, "pushed": pushed, "velocity": velocity}


def nesterov_keras(at: At, velocity: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """v <- mu v - lr g;  dx = mu v - lr g.   keras.optimizers.SGD(momentum=, nesterov=True)."""
    pushed = -lr * at.grad
    velocity = hyper.momentum * velocity + pushed
    carried = hyper.momentum * velocity
    return carried + pushed, velocity, {"carried": carried, "pushed": pushed, "velocity": velocity}


def momentum_pytorch(at: At, velocity: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """v <- mu v + g;  dx = -lr v.   The rate is outside v: a cut shrinks the old velocity too.

    torch.optim.SGD(momentum=).
    """
    carried = hyper.momentum * velocity
    velocity = carried + at.grad
    return -lr * velocity, velocity, {"carried": -lr * carried, "pushed": -lr * at.grad, "velocity": velocity}


def nesterov_pytorch(at: At, velocity: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """v <- mu v + g;  dx = -lr (g + mu v).   torch.optim.SGD(momentum=, nesterov=True)."""
    velocity = hyper.momentum * velocity + at.grad
    carried = hyper.momentum * velocity
    return (
        -lr * (at.grad + carried),
        velocity,
        {"carried": -lr * carried, "pushed": -lr * at.grad, "velocity": velocity},
    )


_VELOCITY = {"v": "velocity"}
_NESTEROV = "SGD with nesterov=True is the optimizer nesterov here."
_SGD_MOMENTUM = Call("SGD", always=("momentum",))
_SGD_NESTEROV = Call("SGD", {"nesterov": "True"}, ("momentum",))
_DIFFERS = (
    "Keras keeps the rate inside the velocity and PyTorch outside it, so that only in PyTorch a new rate also acts on "
    "what is already moving."
)
_PLAIN = Rule(
    r"x \leftarrow x - \alpha g",
    gradient_descent,
    lambda x, hyper: (),
    source="Cauchy (1847)",
    arguments={
        "momentum": refused("SGD with a momentum is the optimizer momentum here, or nesterov with nesterov=True."),
        "nesterov": fixed(0, _NESTEROV),
    },
    call=Call("SGD"),
)

DESCENT = (
    Optimizer(
        "gradient_descent", "Gradient descent", {"keras": _PLAIN, "pytorch": _PLAIN}, {"keras": 0.01, "pytorch": 0.001}
    ),
    Optimizer(
        "momentum",
        "Momentum",
        {
            "keras": Rule(
                r"v \leftarrow \mu v - \alpha g,\quad x \leftarrow x + v",
                momentum_keras,
                _init,
                (MOMENTUM,),
                POLYAK,
                _VELOCITY,
                {"nesterov": fixed(0, _NESTEROV)},
                _SGD_MOMENTUM,
            ),
            "pytorch": Rule(
                r"v \leftarrow \mu v + g,\quad x \leftarrow x - \alpha v",
                momentum_pytorch,
                _init,
                (MOMENTUM,),
                POLYAK,
                _VELOCITY,
                {"nesterov": fixed(0, _NESTEROV)},
                _SGD_MOMENTUM,
            ),
        },
        {"keras": 0.01, "pytorch": 0.001},
        differs=_DIFFERS,
    ),
    Optimizer(
        "nesterov",
        "Nesterov momentum",
        {
            "keras": Rule(
                r"v \leftarrow \mu v - \alpha g,\quad x \leftarrow x + \mu v - \alpha g",
                nesterov_keras,
                _init,
                (MOMENTUM,),
                SUTSKEVER,
                _VELOCITY,
                {"nesterov": fixed(1, "SGD without nesterov=True is the optimizer momentum here.")},
                _SGD_NESTEROV,
            ),
            "pytorch": Rule(
                r"v \leftarrow \mu v + g,\quad x \leftarrow x - \alpha\,(g + \mu v)",
                nesterov_pytorch,
                _init,
                (MOMENTUM,),
                SUTSKEVER,
                _VELOCITY,
                {"nesterov": fixed(1, "SGD without nesterov=True is the optimizer momentum here.")},
                _SGD_NESTEROV,
            ),
        },
        {"keras": 0.01, "pytorch": 0.001},
        differs=_DIFFERS,
    ),
)
