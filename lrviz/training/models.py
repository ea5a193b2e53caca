"""Models: what they compute from their weights, what their loss is, and where their weights begin.

The weights of a model are one vector (P,), layer after layer: kernel (inputs, outputs), row after row, then bias.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz.knob import Knob
from lrviz.training.data import Task

MOST_WEIGHTS = 20_000

LAYERS = Knob(
    "layers", "Hidden layers", default="8,8", kind="widths", help="Units of each hidden layer, one to three of them.",
)  # fmt: skip
ACTIVATION = Knob(
    "activation", "Activation", default="tanh", kind="choice", choices=("tanh", "relu"),
    help="What a hidden unit does with its sum.",
)  # fmt: skip
INIT = Knob(
    "init", "First weights", default=None, kind="choice", choices=("glorot_uniform", "kaiming_uniform"),
    auto="the framework's default",
    help="glorot_uniform as Keras begins, with biases of 0; kaiming_uniform as PyTorch does, biases drawn too.",
)  # fmt: skip
LOSS = Knob(
    "loss_function", "Loss", default=None, kind="choice", choices=("cross_entropy", "squared_error"),
    auto="what suits the data",
    help="Cross-entropy of classes; squared error of numbers, or of two classes as -1 and 1.",
)  # fmt: skip
L2 = Knob(
    "l2", "L2 penalty", 0, 10, 0, "log", symbol=r"\lambda", slider=(1e-6, 1), live=True,
    help="So many times the sum of all squared kernel weights, biases left out, is added to the loss.",
)  # fmt: skip

Times = Callable[[Any, Any], Any]
LossKind = Literal["squared_error", "binary", "categorical"]
INITS = {"keras": "glorot_uniform", "pytorch": "kaiming_uniform"}
"""A framework -> where its dense layers begin."""


@dataclass(frozen=True)
class Model:
    """A kind of model. ``tasks``: what it can predict. ``squared``: fits two classes as -1 and 1 by squared error, too.
    ``hidden``: it has hidden layers."""

    key: str
    name: str
    tasks: tuple[Task, ...]
    squared: bool = False
    hidden: bool = False

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """What can be set of it."""
        return (*((LAYERS, ACTIVATION) if self.hidden else ()), *((LOSS,) if self.squared else ()), INIT, L2)


MODELS: dict[str, Model] = {
    row.key: row
    for row in (
        Model("linear", "Linear regression", ("numbers", "two classes")),
        Model("logistic", "Logistic regression", ("two classes",)),
        Model("softmax", "Softmax regression", ("two classes", "classes")),
        Model("network", "Neural network", ("numbers", "two classes", "classes"), squared=True, hidden=True),
    )
}
ALIASES = {
    "linear_regression": "linear", "logistic_regression": "logistic", "softmax_regression": "softmax", "mlp": "network",
    "neural_network": "network",
}  # fmt: skip
USUAL: dict[Task, str] = {"numbers": "linear", "two classes": "logistic", "classes": "softmax"}
"""The simplest model of a task."""


@dataclass(frozen=True)
class Shape:
    """A model of a certain size.

    ``sizes``: units of each layer from the features to the outputs. ``loss``: squared error of one output;
    ``binary``, the cross-entropy of one logit; ``categorical``, that of one logit a class.
    """

    sizes: tuple[int, ...]
    activation: str
    loss: LossKind

    @property
    def weights(self) -> int:
        """P, how many numbers the model has."""
        return sum(fan_in * fan_out + fan_out for fan_in, fan_out in pairwise(self.sizes))

    @property
    def kernels(self) -> np.ndarray:
        """(P,): 1 where a weight belongs to a kernel, 0 where to a bias."""
        return np.concatenate(
            [np.repeat([1.0, 0.0], [fan_in * fan_out, fan_out]) for fan_in, fan_out in pairwise(self.sizes)]
        )

    def unpack(self, weights: Any) -> list[Any]:
        """Weights (P, ...) -> [kernel (inputs, outputs, ...), bias (outputs, ...), ...], layer by layer."""
        parts, end = [], 0
        for fan_in, fan_out in pairwise(self.sizes):
            begin, middle, end = end, end + fan_in * fan_out, end + fan_in * fan_out + fan_out
            parts += [weights[begin:middle].reshape(fan_in, fan_out, *weights.shape[1:]), weights[middle:end]]
        return parts

    def initial(self, seed: int, init: str) -> np.ndarray:
        """The first weights, (P,), drawn layer by layer, kernel before bias.

        glorot_uniform: kernels uniform within sqrt(6/(inputs + outputs)), biases 0; Glorot & Bengio (2010), Keras.
        kaiming_uniform: both uniform within 1/sqrt(inputs), as torch.nn.Linear.reset_parameters has it.
        """
        rng = np.random.default_rng([seed, 2])
        parts = []
        for fan_in, fan_out in pairwise(self.sizes):
            within = (6 / (fan_in + fan_out)) ** 0.5 if init == "glorot_uniform" else fan_in**-0.5
            parts.append(rng.uniform(-within, within, fan_in * fan_out))
            parts.append(np.zeros(fan_out) if init == "glorot_uniform" else rng.uniform(-within, within, fan_out))
        return np.concatenate(parts)

    def outputs(self, parts: Sequence[Any], x: Any, xp: Any = jnp, times: Times = operator.matmul) -> Any:
        """What the model computes, before any sigmoid or softmax.   parts: as `unpack` has them, x: (n, d) -> (n, o)

        xp: numpy or jax.numpy. times: how matrices are multiplied. Parts with axes in front, (..., inputs, outputs),
        (..., 1, outputs), give (..., n, o).
        """
        bend = xp.tanh if self.activation == "tanh" else lambda z: xp.where(z > 0, z, 0.0)  # its slope at 0 is 0
        for layer in range(0, len(parts), 2):
            x = apart(times(x, parts[layer]) + parts[layer + 1])
            x = bend(x) if layer < len(parts) - 2 else x
        return x

    def losses(self, outputs: Any, y: Any, xp: Any = jnp) -> Any:
        """The loss of each row.   outputs (..., n, o), y: (n,) as `targets` has it -> (..., n)

        (z - y)^2;   log(1 + exp(z)) - z y;   log sum exp(z) - z_y.
        """
        if self.loss == "categorical":
            top = outputs.max(axis=-1, keepdims=True)
            top = jax.lax.stop_gradient(top) if xp is jnp else top
            log_sum = xp.log(xp.exp(outputs - top).sum(axis=-1)) + top[..., 0]
            return log_sum - (outputs * (y[:, None] == xp.arange(self.sizes[-1]))).sum(axis=-1)
        z = outputs[..., 0]
        if self.loss == "squared_error":
            return (z - y) ** 2
        return (softplus(z) if xp is jnp else _softplus(z, np)) - z * y

    def hits(self, outputs: Any, y: Any, xp: Any = jnp) -> Any:
        """Is the class of each row right: the largest logit's, or that of the one output's sign.   -> (..., n)"""
        if self.loss == "categorical":
            return outputs.argmax(axis=-1) == y
        return (outputs[..., 0] > 0) == (y > 0)

    def at(self, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The outputs for one or many vectors of weights, by numpy.   weights (..., P), x (n, d) -> (..., n, o)"""
        parts = self.unpack(np.moveaxis(weights, -1, 0))
        kernels = [np.moveaxis(kernel, (0, 1), (-2, -1)) for kernel in parts[::2]]
        biases = [np.moveaxis(bias, 0, -1)[..., None, :] for bias in parts[1::2]]
        return self.outputs([part for layer in zip(kernels, biases, strict=True) for part in layer], x, np)


def apart(values: Any) -> Any:
    """The same values, and on the way back the same slopes: each computed once.

    XLA computes what is cheap anew in each loop that reads it, but not a division, and a division by 1 is gone in the
    end. (It takes barriers away before.)
    """
    return values / 1.0


def _softplus(z: Any, xp: Any) -> Any:
    return xp.where(z > 0, z, 0.0) + xp.log1p(xp.exp(-xp.abs(z)))


@jax.custom_jvp
def softplus(z: Array) -> Array:
    """log(1 + exp(z)), and its slope, the sigmoid 1/(1 + exp(-z)), at any z."""
    return _softplus(z, jnp)


@softplus.defjvp
def _sigmoid(z: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
    return softplus(z[0]), along[0] * jax.nn.sigmoid(z[0])


SMALL = 16
"""Rows and columns of a matrix whose products are written out."""


@jax.custom_vjp
def product(x: Array, kernel: Array) -> Array:
    """x @ kernel of each of K trainings side by side.   (n, i, K) and (i, o, K) -> (n, o, K)

    With a small kernel each number is a sum that is written out: XLA makes one loop of it over all trainings, and a
    call of a function of each other product, which takes two to four times as long there.
    """
    return _summed(lambda i: x[:, i, None] * kernel[i], len(kernel)) if _written(x, kernel) else _matmul(x, kernel)


def _product(x: Array, kernel: Array) -> tuple[Array, tuple[Array, Array]]:
    return product(x, kernel), (x, kernel)


def _slopes(given: tuple[Array, Array], slope: Array) -> tuple[Array, Array]:
    """By x, slope kernel^T; by the kernel, x^T slope."""
    x, kernel = given
    rows, outputs = slope.shape[:2]
    if not _written(x, kernel):
        return _matmul(slope, kernel.swapaxes(0, 1)), _matmul(x.swapaxes(0, 1), slope)
    by_x = _summed(lambda o: slope[:, o, None] * kernel[:, o], outputs)
    if rows > SMALL:
        return by_x, _matmul(x.swapaxes(0, 1), slope)
    return by_x, _summed(lambda n: x[n, :, None] * slope[n], rows)


product.defvjp(_product, _slopes)


def _written(x: Array, kernel: Array) -> bool:
    """Are their products written out? Of many rows of many trainings they would not stay in the processor's cache."""
    return max(kernel.shape[:2]) <= SMALL and (kernel.shape[2] == 1 or len(x) <= SMALL)


def _matmul(left: Array, right: Array) -> Array:
    """Of each training.   (n, i, K) and (i, o, K) -> (n, o, K)"""
    if left.shape[2] == 1:
        return (left[..., 0] @ right[..., 0])[..., None]
    return jax.vmap(jnp.matmul, -1, -1)(left, right)


def _summed(term: Callable[[int], Array], count: int) -> Array:
    """term(0) + term(1) + ..., from the left."""
    return reduce(operator.add, map(term, range(count)))


def targets(y: np.ndarray, loss: LossKind, classes: bool) -> np.ndarray:
    """y as it is fed to the model: numbers as they are; of classes 0 and 1, -1 and 1, or their indices."""
    if loss == "squared_error" and classes:
        return 2.0 * y - 1.0
    return y if loss == "categorical" else y.astype(float)
