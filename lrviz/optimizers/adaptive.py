"""AdaGrad, RMSprop and AdaDelta: each axis has its own rate, smaller where the gradients were large."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import refused
from lrviz.optimizers.rule import ACCUMULATOR, CENTERED, EPSILON, MOMENTUM, RHO, At, Call, Optimizer, Rule, Terms

DUCHI = "Duchi, Hazan & Singer (2011), Adaptive Subgradient Methods"
HINTON = "Tieleman & Hinton (2012), Lecture 6.5; centered: Graves (2013), arXiv 1308.0850"
ZEILER = "Zeiler (2012), arXiv 1212.5701"


def adagrad_keras(at: At, total: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """G <- G + g^2;  dx = -lr g/sqrt(G + epsilon).   keras.optimizers.Adagrad."""
    total = total + at.grad**2
    root = jnp.sqrt(total + hyper.epsilon)
    return -(lr * at.grad) / root, total, {"sum_of_squares": total, "effective_rate": lr / root}


def adagrad_pytorch(at: At, total: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """G <- G + g^2;  dx = -lr g/(sqrt(G) + epsilon).   torch.optim.Adagrad."""
    total = total + at.grad**2
    root = jnp.sqrt(total) + hyper.epsilon
    return -lr * at.grad / root, total, {"sum_of_squares": total, "effective_rate": lr / root}


class RmspropState(NamedTuple):
    """E, the mean m of g, and the momentum's b, each of the shape of x."""

    mean_square: Array
    mean: Array
    velocity: Array


def _rmsprop_init(x: Array, hyper: Any) -> RmspropState:
    return RmspropState(*(jnp.zeros_like(x),) * 3)


def rmsprop_keras(at: At, state: RmspropState, lr: Array, hyper: Any) -> tuple[Array, RmspropState, Terms]:
    """E <- rho E + (1 - rho) g^2;  b <- mu b + lr g/sqrt(E - [centered] m^2 + epsilon);  dx = -b.

    m is the same mean of g. The rate sits inside b. keras.optimizers.RMSprop.
    """
    mean_square = hyper.rho * state.mean_square + (1 - hyper.rho) * at.grad**2
    mean = hyper.rho * state.mean + (1 - hyper.rho) * at.grad
    root = jnp.sqrt(mean_square - hyper.centered * mean**2 + hyper.epsilon)
    carried, pushed = hyper.momentum * state.velocity, lr * at.grad / root
    velocity = carried + pushed
    terms = {
        "carried": -carried,
        "pushed": -pushed,
        "mean_square": mean_square,
        "momentum_buffer": velocity,
        "effective_rate": lr / root,
    }
    return -velocity, RmspropState(mean_square, mean, velocity), terms


def rmsprop_pytorch(at: At, state: RmspropState, lr: Array, hyper: Any) -> tuple[Array, RmspropState, Terms]:
    """E <- rho E + (1 - rho) g^2;  b <- mu b + g/(sqrt(E - [centered] m^2) + epsilon);  dx = -lr b.

    m is the same mean of g. The rate is outside b. torch.optim.RMSprop (its ``alpha`` is rho).
    """
    mean_square = hyper.rho * state.mean_square + (1 - hyper.rho) * at.grad**2
    mean = state.mean + (1 - hyper.rho) * (at.grad - state.mean)
    root = jnp.sqrt(mean_square - hyper.centered * mean**2) + hyper.epsilon
    carried, pushed = hyper.momentum * state.velocity, at.grad / root
    velocity = carried + pushed
    terms = {
        "carried": -lr * carried,
        "pushed": -lr * pushed,
        "mean_square": mean_square,
        "momentum_buffer": velocity,
        "effective_rate": lr / root,
    }
    return -lr * velocity, RmspropState(mean_square, mean, velocity), terms


class AdadeltaState(NamedTuple):
    """E, the mean of g^2, and D, the mean of d^2, each of the shape of x."""

    mean_square: Array
    mean_square_step: Array


def adadelta(at: At, state: AdadeltaState, lr: Array, hyper: Any) -> tuple[Array, AdadeltaState, Terms]:
    """E <- rho E + (1 - rho) g^2;  d = g sqrt(D + epsilon)/sqrt(E + epsilon);  D <- rho D + (1 - rho) d^2;  dx = -lr d.

    The same in both: keras.optimizers.Adadelta, torch.optim.Adadelta.
    """
    mean_square = hyper.rho * state.mean_square + (1 - hyper.rho) * at.grad**2
    ratio = jnp.sqrt(state.mean_square_step + hyper.epsilon) / jnp.sqrt(mean_square + hyper.epsilon)
    unscaled = ratio * at.grad
    mean_square_step = hyper.rho * state.mean_square_step + (1 - hyper.rho) * unscaled**2
    terms = {"mean_square": mean_square, "mean_square_step": mean_square_step, "effective_rate": lr * ratio}
    return -lr * unscaled, AdadeltaState(mean_square, mean_square_step), terms


_RMSPROP_KNOBS = (RHO, MOMENTUM.with_default(0.0), EPSILON, CENTERED)
_ADADELTA = (
    r"d = \frac{\sqrt{D + \epsilon}}{\sqrt{E + \epsilon}}\, g,\quad x \leftarrow x - \alpha d,\quad "
    r"D \leftarrow \rho D + (1 - \rho) d^2"
)
_SQUARES = {"E": "mean_square", "D": "mean_square_step"}
_RMSPROP = {"E": "mean_square", "b": "momentum_buffer"}
_MEANS = r"E \leftarrow \rho E + (1 - \rho) g^2,\quad "


def _adagrad_start(x: Array, hyper: Any) -> Array:
    return jnp.zeros_like(x) + hyper.initial_accumulator_value


def _adadelta_init(x: Array, hyper: Any) -> AdadeltaState:
    return AdadeltaState(*(jnp.zeros_like(x),) * 2)


ADAPTIVE = (
    Optimizer(
        "adagrad",
        "AdaGrad",
        {
            "keras": Rule(
                r"G \leftarrow G + g^2,\quad x \leftarrow x - \frac{\alpha g}{\sqrt{G + \epsilon}}",
                adagrad_keras,
                _adagrad_start,
                (ACCUMULATOR, EPSILON),
                DUCHI,
                {"G": "sum_of_squares"},
                call=Call("Adagrad"),
            ),
            "pytorch": Rule(
                r"G \leftarrow G + g^2,\quad x \leftarrow x - \frac{\alpha g}{\sqrt G + \epsilon}",
                adagrad_pytorch,
                _adagrad_start,
                (ACCUMULATOR.with_default(0.0), EPSILON.with_default(1e-10)),
                DUCHI,
                {"G": "sum_of_squares"},
                call=Call("Adagrad"),
            ),
        },
        {"keras": 0.001, "pytorch": 0.01},
        differs="Keras adds epsilon inside the root, PyTorch outside it.",
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        {
            "keras": Rule(
                _MEANS + r"b \leftarrow \mu b + \frac{\alpha g}{\sqrt{E + \epsilon}},\quad x \leftarrow x - b",
                rmsprop_keras,
                _rmsprop_init,
                _RMSPROP_KNOBS,
                HINTON,
                _RMSPROP,
                {"decay": "rho"},
                Call("RMSprop"),
            ),
            "pytorch": Rule(
                _MEANS + r"b \leftarrow \mu b + \frac{g}{\sqrt E + \epsilon},\quad x \leftarrow x - \alpha b",
                rmsprop_pytorch,
                _rmsprop_init,
                (RHO.with_default(0.99), MOMENTUM.with_default(0.0), EPSILON.with_default(1e-8), CENTERED),
                HINTON,
                _RMSPROP,
                {
                    "decay": "rho",
                    "alpha": refused(
                        "PyTorch's RMSprop calls its smoothing alpha, which is rho here. The learning rate is --alpha"
                        " or lr."
                    ),
                },
                Call("RMSprop", names={"rho": "alpha"}),
            ),
        },
        {"keras": 0.001, "pytorch": 0.01},
        differs="Keras adds epsilon inside the root and keeps the rate inside the velocity, PyTorch both outside.",
    ),
    Optimizer(
        "adadelta",
        "AdaDelta",
        {
            "keras": Rule(
                _MEANS + _ADADELTA,
                adadelta,
                _adadelta_init,
                (RHO.with_default(0.95), EPSILON),
                ZEILER,
                _SQUARES,
                call=Call("Adadelta"),
            ),
            "pytorch": Rule(
                _MEANS + _ADADELTA,
                adadelta,
                _adadelta_init,
                (RHO, EPSILON.with_default(1e-6)),
                ZEILER,
                _SQUARES,
                call=Call("Adadelta"),
            ),
        },
        {"keras": 0.001, "pytorch": 1.0},
    ),
)
