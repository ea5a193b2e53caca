"""Clipping of the gradient's norm, as each framework does it."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from lrviz.knob import Knob

CLIPNORM = Knob(
    "clipnorm",
    "Clip the gradient's norm",
    0,
    1e6,
    0,
    "log",
    symbol="c",
    help="A longer gradient is shortened to this; 0 leaves it.",
    slider=(0.01, 100),
)


def clip(grad: Array, clipnorm: Array, framework: str) -> Array:
    """g min(1, c/|g|), c = clipnorm; c = 0 clips nothing.   grad: (P, K), clipnorm: (K,) -> (P, K).

    PyTorch adds 1e-6 to the norm. keras.optimizers.Optimizer(clipnorm=), torch.nn.utils.clip_grad_norm_.
    """
    norm = jnp.sqrt(jnp.sum(grad**2, axis=0))
    if framework == "keras":
        clipped = grad * clipnorm / jnp.maximum(norm, clipnorm)
    else:
        clipped = grad * jnp.minimum(clipnorm / (norm + 1e-6), 1.0)
    return jnp.where(clipnorm > 0, clipped, grad)
