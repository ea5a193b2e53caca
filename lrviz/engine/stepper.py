"""Runs side by side, a step at a time, as pure functions that are compiled."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from lrviz.engine.batch import Numbers
from lrviz.optimizers import At, Optimizer, clip
from lrviz.plateau import PLATEAU, PlateauState, initial_state
from lrviz.surfaces import Surface


class StepOutput(NamedTuple):
    """Auxiliary output of one step. next_lr: the rate after the epoch's decision; ended: did it end an epoch."""

    dx: Any
    used_grad: Any
    lr: Any
    terms: dict[str, Any]
    monitored: Any
    threshold: Any
    next_lr: Any
    improved: Any
    cut: Any
    ended: Any


class Lanes(NamedTuple):
    """K runs between two steps, each field (..., K). The history of a run is this, after each step.

    output: a ``StepOutput``; None between the steps of a survey.
    """

    x: Any
    loss: Any
    grad: Any
    state: Any
    plateau: PlateauState
    epoch_loss: Any
    epoch_steps: Any
    epochs: Any
    output: Any


class Stepper:
    """One (surface, optimizer, framework), a step at a time: pure functions of K runs side by side, to be compiled."""

    def __init__(self, surface: Surface, optimizer: Optimizer, framework: str, adorned: bool):
        self.f = surface.f
        self.adorned = adorned
        self.framework = framework
        self.rule = optimizer.rules[framework]
        self.plateau = PLATEAU[framework]
        self.hyper = namedtuple("Hyper", [knob.key for knob in self.rule.knobs])  # type: ignore[misc]

    def slope(self, x: Array, fixed: Numbers) -> tuple[Array, Array]:
        """Loss (K,) and gradient (2, K). By coordinate, as XLA differentiates an index by padding with zeros: slow."""
        loss, back = jax.vjp(lambda x0, x1: self.f((x0, x1), fixed.coef), x[0], x[1])
        return loss, jnp.stack(back(jnp.ones_like(loss)))

    def at(self, lanes: Lanes, grad: Array, fixed: Numbers, k: Array) -> At:
        """What a rule is given for step k."""

        def hessian(x: Array) -> Array:
            coef = tuple(jnp.broadcast_to(one, x.shape[1:]) for one in fixed.coef)
            return jax.vmap(jax.hessian(self.f), -1, -1)(x, coef)

        return At(lanes.x, grad, k, lanes.loss, lambda x: self.f(x, fixed.coef), hessian)

    def begin(self, fixed: Numbers, count: int) -> Lanes:
        """So many runs before the first step, without any output yet."""
        x = jnp.stack([jnp.broadcast_to(start, count) for start in fixed.x])
        zero = jnp.zeros_like(x[0])
        hyper = self.hyper(*fixed.hyper)
        loss, grad = self.slope(x, fixed)
        output = StepOutput(jnp.zeros_like(x), jnp.zeros_like(x), zero, {}, *(zero,) * 6)
        initial = initial_state(zero + fixed.base, self.framework)
        lanes = Lanes(x, loss, grad, self.rule.init(x, hyper), initial, zero, zero, zero, output)
        at = self.at(lanes, grad, fixed, jnp.zeros(()))
        terms = jax.eval_shape(lambda: self.rule.step(at, lanes.state, zero, hyper)[2])
        return lanes._replace(output=output._replace(terms={name: jnp.zeros_like(x) for name in terms}))

    def descend(self, lanes: Lanes, fixed: Numbers, k: Array, shape: Array, noise: Array) -> Lanes:
        """Step k of the optimizer, from 1."""
        if shape.ndim == 2:  # the schedule goes on from the rate that is there
            lanes = lanes._replace(plateau=lanes.plateau._replace(lr=lanes.plateau.lr * shape[0] + shape[1]))
        lr = rate_of(lanes.plateau, shape)
        used = clip(lanes.grad + fixed.sigma * noise, fixed.clipnorm, self.framework) if self.adorned else lanes.grad
        dx, state, terms = self.rule.step(self.at(lanes, used, fixed, k), lanes.state, lr, self.hyper(*fixed.hyper))
        x = lanes.x + dx
        loss, grad = self.slope(x, fixed)
        terms = {name: jnp.broadcast_to(term, x.shape) for name, term in terms.items()}
        zero = jnp.zeros_like(loss)
        output = StepOutput(dx, used, lr, terms, zero, zero, lr, zero, zero, zero)
        return lanes._replace(x=x, loss=loss, grad=grad, state=state, output=output)

    def judge(self, before: Lanes, lanes: Lanes, fixed: Numbers, shape: Array, validates: Array) -> Lanes:
        """After the step from ``before`` to ``lanes``: where an epoch ends, the plateau rule looks at it."""
        epoch_loss, epoch_steps = before.epoch_loss + before.loss, before.epoch_steps + 1
        ended = epoch_steps == fixed.steps_per_epoch
        monitored = jnp.where(validates, lanes.loss, epoch_loss / epoch_steps)
        judged, verdict = self.plateau.step(
            lanes.plateau, monitored, lanes.epochs == 0, self.plateau.hyper(*fixed.plateau)
        )
        cut = ended & verdict.cut
        plateau = jax.tree.map(lambda old, new: jnp.where(ended, new, old), lanes.plateau, judged)
        return lanes._replace(
            plateau=plateau,
            epoch_loss=jnp.where(ended, 0.0, epoch_loss),
            epoch_steps=jnp.where(ended, 0.0, epoch_steps),
            epochs=lanes.epochs + ended,
            output=lanes.output._replace(
                monitored=monitored,
                threshold=verdict.threshold,
                next_lr=rate_of(plateau, shape),
                improved=verdict.improved.astype(float),
                cut=cut.astype(float),
                ended=ended.astype(float),
            ),
        )


def rate_of(plateau: PlateauState, shape: Any) -> Any:
    """Of a step of this shape, (K,); with a and b, (2, K), the rate that the schedule has made of the last one."""
    return plateau.lr if shape.ndim == 2 else plateau.lr * shape


class Point(NamedTuple):
    """What the history keeps of each point, fields of ``Lanes``."""

    x: Any
    loss: Any
    grad: Any
    plateau: PlateauState
    output: Any


def point(lanes: Lanes) -> Point:
    """What is stored of where the runs are now."""
    return Point(lanes.x, lanes.loss, lanes.grad, lanes.plateau, lanes.output)
