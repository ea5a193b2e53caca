"""Record ``optax.jsonl`` with the line search, which optax has and neither Keras nor PyTorch, in float64."""

import math
import os
from typing import Any

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.golden.cases import cases
from tests.golden.losses import loss_of
from tests.golden.trace import record


def line_search(values: dict[str, Any]) -> optax.GradientTransformation:
    """Gradient descent that tries shorter and shorter steps, each time from the first one on."""
    backtracking = optax.scale_by_backtracking_linesearch(
        max_backtracking_steps=49,
        slope_rtol=values.get("sufficient_decrease", 1e-4),
        decrease_factor=values.get("shrink", 0.5),
        increase_factor=math.inf,
        max_learning_rate=values.get("first_step", 1.0),
    )
    return optax.chain(optax.sgd(1.0), backtracking)


class OptaxMachine:
    """A point, its gradient transformation, and its state."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.place = jnp.array(scenario["start"])
        self.formula = jax.jit(loss_of(jnp, {"surface": scenario["surface"], "values": {}}))
        slope = jax.jit(jax.value_and_grad(self.formula))
        self.optimizer = line_search(scenario["values"])
        self.state = self.optimizer.init(self.place)

        @jax.jit
        def step(place: Any, state: Any) -> Any:
            value, grad = slope(place)
            extra = {"value": value, "grad": grad, "value_fn": self.formula}
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


if __name__ == "__main__":
    record(OptaxMachine, cases("optax"), "optax.jsonl")
