"""What an update rule is: the types that every rule shares, and its knobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import Argument, BadInput, Knob, shown

Terms = dict[str, Array]
State = Any
"""A pytree of arrays (2, K) or (K,), private to its rule."""


class At(NamedTuple):
    """Where a step is taken, for K runs side by side. In a training it is (P, K) for (2, K), without f and hessian.

    x (2, K): the points. grad (2, K): their gradients, as noisy and clipped as the run has them. k (K,): the number of
    this step, from 1. loss (K,). For the rules that ask, as functions: the loss f, (2, ..., K) -> (..., K), and the
    Hessian, (2, K) -> (2, 2, K).
    """

    x: Array
    grad: Array
    k: Array
    loss: Array
    f: Callable[[Array], Array]
    hessian: Callable[[Array], Array]


Step = Callable[[At, State, Array, Any], tuple[Array, State, Terms]]
Need = Literal["loss", "floor", "f", "hessian"]
"""What a rule may ask for besides points and gradients: the loss there, the surface's lowest known loss, the loss
elsewhere, second derivatives."""


def dot(a: Array, b: Array) -> Array:
    """The scalar products of K pairs of vectors.   (2, K), (2, K) -> (K,)"""
    return jnp.sum(a * b, axis=0)


@dataclass(frozen=True)
class Call:
    """The class that makes a rule's steps, as a program calls it.

    ``fixed``: arguments that it always has, as code. ``always``: knobs that are passed even at their defaults here, for
    the class has others. ``names``: a knob -> its argument, where this class calls it otherwise than the others do.
    ``package``: where the class is, if not in ``keras.optimizers`` or ``torch.optim``. ``closure``: its step asks for a
    function that returns the loss. ``modes``: it has to be told by train() and eval() what its weights are used for.
    """

    name: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    package: str = ""
    closure: bool = False
    modes: bool = False


@dataclass(frozen=True)
class Rule:
    """One framework's update rule.

    ``step(at, state, lr, hyper) -> (dx, state, terms)``: dx (2, K), lr (K,); hyper has one attribute (K,) a knob; each
    term is (2, K), or (K,) if both axes share it. ``init(x, hyper)`` is the state before the first step.
    Where they occur, ``carried`` is the part of dx that comes from earlier steps and ``pushed`` the part that this
    gradient adds. ``formula`` is LaTeX with the symbols of the knobs, in the order in which it is computed.
    ``symbols``: its other letters -> the terms that are their values after the step; x, g, alpha and k, the number of
    the step, go without saying. ``arguments``: what else the framework's class takes -> what that is here.
    ``call``: that class; None where the framework has none, and so no program. ``points``: terms that are points of the
    surface and begin at the start, by the letter that the player writes beside them.
    """

    formula: str
    step: Step
    init: Callable[[Array, Any], State]
    knobs: tuple[Knob, ...] = ()
    source: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    call: Call | None = None
    points: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimizer:
    """An optimizer: its rule in each framework that has it. ``has_rate`` is false where no learning rate is set.

    ``needs``: what its rules ask for besides points and gradients, which not every loss has to give.
    ``alpha``: the framework's own default learning rate. ``differs``: a sentence on what is not the same in the
    frameworks' rules, empty where all is; None: it is only said that they differ, if their formulas do.
    """

    key: str
    name: str
    rules: Mapping[str, Rule]
    alpha: Mapping[str, float] = field(default_factory=dict)
    has_rate: bool = True
    differs: str | None = None
    needs: tuple[Need, ...] = ()


MOMENTUM = Knob(
    "momentum",
    "Momentum",
    0,
    0.999,
    0.9,
    symbol=r"\mu",
    live=True,
    help="How much of the last step is carried into this one.",
)
EPSILON = Knob(
    "epsilon",
    "Epsilon",
    0,
    1,
    1e-7,
    "log",
    symbol=r"\epsilon",
    help="Keeps a division by zero away.",
    slider=(1e-10, 1e-1),
)
BETA_1 = Knob(
    "beta_1",
    "Beta 1",
    0,
    0.9999,
    0.9,
    symbol=r"\beta_1",
    live=True,
    help="How long the mean of the gradients remembers.",
)
BETA_2 = Knob(
    "beta_2", "Beta 2", 0, 0.99999, 0.999, symbol=r"\beta_2", help="How long the mean of their squares remembers."
)
RHO = Knob(
    "rho",
    "Rho",
    0,
    0.9999,
    0.9,
    symbol=r"\rho",
    live=True,
    help="How long the mean of the squared gradients remembers.",
)
CENTERED = Knob(
    "centered", "Centered", 0, 1, 0, kind="flag", help="Divide by the variance of the gradient, not its mean square."
)
ACCUMULATOR = Knob(
    "initial_accumulator_value",
    "First sum of squares",
    0,
    10,
    0.1,
    symbol="G_0",
    help="What the sum of squares starts with.",
)
WEIGHT_DECAY = Knob(
    "weight_decay", "Weight decay", 0, 1, 0.004, symbol=r"\lambda", help="Pulls the point to the origin at each step."
)
MOMENTUM_DECAY = Knob(
    "momentum_decay", "Momentum decay", 0, 1, 0.004, symbol=r"\psi", help="How fast the momentum of Nadam grows."
)


def _betas(value: Any) -> dict[str, Any]:
    """PyTorch's pair, as a tuple or as the text of one."""
    parts = map(str.strip, value.strip("()[] ").split(",")) if isinstance(value, str) else value
    try:
        beta_1, beta_2 = parts
    except (TypeError, ValueError):
        raise BadInput(f"betas is {shown(value)}, but must be two numbers such as 0.9,0.999.") from None
    return {"beta_1": beta_1, "beta_2": beta_2}


ARGUMENTS: Mapping[str, Argument] = {
    "betas": _betas, "eps": "epsilon", "b1": "beta_1", "b2": "beta_2", "lr": "alpha", "learning_rate": "alpha",
}  # fmt: skip
"""What PyTorch, Keras and optax call the knobs of any rule -> what they are here. A rule's own come first."""
