"""Record ``optax.jsonl`` with the optimizers that optax has and neither Keras nor PyTorch, in float64."""

import math
import os
from collections.abc import Callable
from typing import Any

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.golden.cases import cases
from tests.golden.losses import loss_of
from tests.golden.trace import record


def polyak(values: dict[str, Any]) -> optax.GradientTransformation:
    """Polyak's step; a knob that is not set keeps optax's default, and the lowest loss is 0 where none is set."""
    return optax.polyak_sgd(**values)


def dog(values: dict[str, Any]) -> optax.GradientTransformation:
    """Distance over gradients, its first distance by the heuristic that is optax's default."""
    return optax.contrib.dog(init_step=("heuristic", values.get("reps_rel", 1e-6)), eps=values.get("epsilon", 1e-8))


def backtracking(values: dict[str, Any]) -> optax.GradientTransformation:
    """The line search that tries shorter and shorter steps, each time from the first one on."""
    return optax.scale_by_backtracking_linesearch(
        max_backtracking_steps=49,
        slope_rtol=values.get("sufficient_decrease", 1e-4),
        decrease_factor=values.get("shrink", 0.5),
        increase_factor=math.inf,
        max_learning_rate=values.get("first_step", 1.0),
    )


def line_search(values: dict[str, Any]) -> optax.GradientTransformation:
    """Gradient descent with it."""
    return optax.chain(optax.sgd(1.0), backtracking(values))


def lbfgs_search(values: dict[str, Any]) -> optax.GradientTransformation:
    """L-BFGS with it."""
    return optax.lbfgs(memory_size=values.get("history_size", 5), linesearch=backtracking(values))


OPTIMIZERS: dict[str, Callable[[dict[str, Any]], optax.GradientTransformation]] = {
    "polyak": polyak,
    "dog": dog,
    "line_search": line_search,
    "lbfgs_search": lbfgs_search,
}


class OptaxMachine:
    """A point, its gradient transformation, and its state."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        values = dict(scenario["values"])
        clipnorm = values.pop("clipnorm", None)
        own = {key: values.pop(key) for key in list(values) if key in ("kappa", "a", "b")}
        formula = loss_of(jnp, {"surface": scenario["surface"], "values": own})
        self.place = jnp.array(scenario["start"])
        self.formula = jax.jit(formula)
        slope = jax.jit(jax.value_and_grad(formula))
        made = OPTIMIZERS[scenario["optimizer"]](values)
        self.optimizer = optax.chain(optax.clip_by_global_norm(clipnorm), made) if clipnorm else made
        self.state = self.optimizer.init(self.place)

        @jax.jit
        def step(place: Any, state: Any) -> Any:
            value, grad = slope(place)
            # What is clipped is the gradient that the line search goes by, too.
            grad = optax.clip_by_global_norm(clipnorm).update(grad, optax.EmptyState())[0] if clipnorm else grad
            extra = {"value": value, "grad": grad, "value_fn": formula}
            updates, state = optax.with_extra_args_support(self.optimizer).update(grad, state, place, **extra)
            return optax.apply_updates(place, updates), state

        self.advance = step

    def point(self) -> list[float]:
        """Where the run stands."""
        return np.asarray(self.place).tolist()

    def loss(self) -> float:
        """The loss there."""
        return float(self.formula(self.place))

    def rate(self) -> float:
        """No rate is set."""
        return 1.0

    def step(self) -> None:
        """Take the gradient here and update."""
        self.place, self.state = self.advance(self.place, self.state)
        assert self.place.dtype == jnp.float64

    def move(self, point: list[float]) -> None:
        """Stand somewhere else, with the same state."""
        self.place = jnp.array(point)

    def judge(self, epoch: int, monitored: float) -> None:
        """Nothing watches."""

    def go_on(self) -> None:
        """Nothing follows."""


if __name__ == "__main__":
    record(OptaxMachine, cases("optax"), "optax.jsonl")
