"""One program that trains models, as pure functions of K trainings side by side, to be compiled."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from lrviz.optimizers import At, Optimizer, clip
from lrviz.plateau import PLATEAU, PlateauState, initial_state
from lrviz.training.history import Log
from lrviz.training.models import SMALL, Shape, product
from lrviz.training.training import MONITORS

PIECES = (12, 16)
"""Rows in a small piece of a batch of many small models: as many as are left of it need. Of one model, and of large
ones, always the last: less padding is worth less there than what it compiles."""


class Fixed(NamedTuple):
    """What stays the same while K trainings go on.

    hyper (h, K), plateau (p, K), clipnorm, l2 (K,): the knobs. base (K,): what the rates of the steps are multiplied
    by. monitor (K,): which of ``MONITORS``; sign (K,): -1 where it is to rise. watches (K,): is the plateau rule on.
    restart (K,): after so many epochs it begins anew, inf for never. batch, steps, rows, validating: rows in a batch,
    steps an epoch, rows that train and that validate.
    """

    hyper: Any
    plateau: Any
    clipnorm: Any
    l2: Any
    base: Any
    monitor: Any
    sign: Any
    watches: Any
    restart: Any
    batch: Any
    steps: Any
    rows: Any
    validating: Any


class Lanes(NamedTuple):
    """K trainings between two epochs.   weights (P, K). state: the optimizer's. count: steps done. broke (K,): the
    first step that was not finite, 0 for none."""

    weights: Any
    state: Any
    plateau: PlateauState
    count: Any
    epochs: Any
    broke: Any


class _Sums(NamedTuple):
    """Over an epoch, (K,) and (P, K): each row's loss and hits as they went by, and the gradients."""

    loss: Any
    hits: Any
    grad: Any


class _Judged(NamedTuple):
    """What the plateau rule has decided in an epoch so far, (K,). rate: what the rates of the last step were multiplied
    by."""

    improved: Any
    cut: Any
    threshold: Any
    rate: Any


_Epoch = tuple[Lanes, _Sums, _Judged]


@dataclass(frozen=True)
class Trainer:
    """One program as pure functions of K trainings, to be compiled. ``piece``: rows that are computed at once. clips:
    some gradient is clipped. by_batch: the plateau rule is stepped once a batch, with its loss."""

    shape: Shape
    optimizer: Optimizer
    framework: str
    piece: int
    clips: bool
    by_batch: bool = False

    @property
    def rule(self) -> Any:
        return self.optimizer.rules[self.framework]

    def sums(self, parts: list[Array], x: Array, y: Array, mask: Array) -> tuple[Array, Array]:
        """Loss and hits summed over the rows of a mask.   parts: as `Shape.unpack` has them, (..., K), x (n, d) or
        (n, K, d), y (n,) or (n, K) -> (K,), (K,)"""
        lanes = parts[0].shape[-1]
        x = jnp.broadcast_to(x[..., None], (*x.shape, lanes)) if x.ndim == 2 else x.swapaxes(1, 2)
        outputs = self.shape.outputs(parts, x, times=product)
        axes = (-1, None if y.ndim == 1 else 1)
        losses, hits = (jax.vmap(of, axes, -1)(outputs, y) for of in (self.shape.losses, self.shape.hits))
        return jnp.where(mask[:, None], losses, 0.0).sum(axis=0), jnp.where(mask[:, None], hits, 0.0).sum(axis=0)

    def slope(self, weights: Array, x: Array, y: Array, mask: Array) -> tuple[Array, Array, Array]:
        """Loss, hits (K,) and gradient (P, K), summed over the rows of a mask."""

        def total(parts: list[Array]) -> tuple[Array, tuple[Array, Array]]:
            loss, hits = self.sums(parts, x, y, mask)
            return loss.sum(), (loss, hits)

        grad, (loss, hits) = jax.grad(total, has_aux=True)(self.shape.unpack(weights))
        return loss, hits, jnp.concatenate([part.reshape(-1, weights.shape[1]) for part in grad])

    def penalty(self, weights: Array, l2: Array) -> Array:
        """l2 times the sum of the squared kernel weights.   -> (K,)"""
        return l2 * (self.shape.kernels @ weights**2)

    def clipped(self, grad: Array, clipnorm: Array) -> Array:
        """keras: of each kernel and each bias apart; pytorch: of all as one."""
        if not self.clips:
            return grad
        if self.framework == "pytorch":
            return clip(grad, clipnorm, "pytorch")
        parts = [part.reshape(-1, grad.shape[1]) for part in self.shape.unpack(grad)]
        return jnp.concatenate([clip(part, clipnorm, "keras") for part in parts])

    def begin(self, weights: Array, fixed: Fixed) -> Lanes:
        """Before the first epoch."""
        state = self.rule.init(weights, self.hyper(fixed))
        zero = jnp.zeros(weights.shape[1])
        return Lanes(weights, state, initial_state(jnp.asarray(fixed.base), self.framework), jnp.zeros(()), zero, zero)

    def hyper(self, fixed: Fixed) -> Any:
        return namedtuple("Hyper", [knob.key for knob in self.rule.knobs])(*fixed.hyper)

    def batch(self, weights: Array, fixed: Fixed, x: Array, y: Array, order: Array, begin: Array) -> tuple[Any, ...]:
        """Loss, hits and gradient summed over a batch, and its rows.   order (n + piece, K or 1): an epoch's rows."""
        end = jnp.minimum(begin + fixed.batch, fixed.rows)
        lanes = weights.shape[1]
        many = lanes > 1 and self.piece == PIECES[-1] and max(self.shape.sizes) <= SMALL
        sizes = PIECES if many else (self.piece,)

        def rows_from(at: Array, size: int) -> tuple[Array, ...]:
            rows = jax.lax.dynamic_slice_in_dim(order, at, size)
            rows = rows[:, 0] if order.shape[1] == 1 else rows
            return self.slope(weights, x[rows], y[rows], at + jnp.arange(size) < end)

        def piece(i: Array, sums: tuple[Array, ...]) -> tuple[Array, ...]:
            at = begin + i * self.piece
            fits = jnp.searchsorted(jnp.array(sizes), end - at)
            branches = [partial(rows_from, size=size) for size in sizes]
            return jax.tree.map(jnp.add, sums, jax.lax.switch(fits, branches, at))

        zero = jnp.zeros(lanes)
        pieces = (end - begin + self.piece - 1) // self.piece
        return (
            *jax.lax.fori_loop(0, pieces, piece, (zero, zero, jnp.zeros_like(weights))),
            (end - begin).astype(float),
        )

    def judge(
        self, state: PlateauState, monitored: Array, first: Array, fixed: Fixed, so_far: _Judged
    ) -> tuple[PlateauState, _Judged]:
        """The plateau rule's decision. monitored: (K,), negated where it is to rise."""
        plateau = PLATEAU[self.framework]
        judged, verdict = plateau.step(state, monitored, first, plateau.hyper(*fixed.plateau))
        judged = judged._replace(lr=jnp.where(fixed.watches, judged.lr, state.lr))
        either = (so_far.improved | verdict.improved, so_far.cut | verdict.cut)
        return judged, _Judged(*either, verdict.threshold, state.lr)

    def step(
        self,
        s: Array,
        carry: tuple[Lanes, _Sums, _Judged],
        fixed: Fixed,
        x: Array,
        y: Array,
        order: Array,
        rates: Array,
    ) -> tuple[Lanes, _Sums, _Judged]:
        """One step of the optimizer, the s-th of an epoch."""
        lanes, sums, judged = carry
        weights = lanes.weights
        loss, hits, grad, rows = self.batch(weights, fixed, x, y, order, s * fixed.batch)
        loss = loss / rows + self.penalty(weights, fixed.l2)
        grad = grad * (1 / rows) + 2 * fixed.l2 * self.shape.kernels[:, None] * weights
        count = lanes.count + 1
        at = At(weights, self.clipped(grad, fixed.clipnorm), count, loss, None, None)  # type: ignore[arg-type]
        dx, state, _ = self.rule.step(at, lanes.state, lanes.plateau.lr * rates[s], self.hyper(fixed))
        weights = weights + dx
        whole = jnp.ones(len(weights)) @ weights  # quicker than a sum
        fine = jnp.isfinite(loss) & jnp.isfinite(whole)
        broke = jnp.where((lanes.broke == 0) & ~fine, count, lanes.broke)
        lanes = lanes._replace(weights=weights, state=state, count=count, broke=broke)
        if self.by_batch:
            first = (s == 0) & (lanes.epochs % fixed.restart == 0)
            plateau, judged = self.judge(lanes.plateau, loss, first, fixed, judged)
            lanes = lanes._replace(plateau=plateau)
        return lanes, _Sums(sums.loss + rows * loss, sums.hits + hits, sums.grad + rows * grad), judged

    def epoch(
        self, lanes: Lanes, fixed: Fixed, data: tuple[Array, ...], order: Array, rates: Array
    ) -> tuple[Lanes, Array]:
        """All steps of an epoch, and the plateau rule's decision.   -> lanes, its entries of the log (len(Log), K)"""
        x, y, val_x, val_y = data
        first = lanes.epochs % fixed.restart == 0
        fresh = initial_state(lanes.plateau.lr, self.framework)
        lanes = lanes._replace(plateau=jax.tree.map(partial(jnp.where, first), fresh, lanes.plateau))
        zero = jnp.zeros(lanes.weights.shape[1])
        sums = _Sums(zero, zero, jnp.zeros_like(lanes.weights))
        judged = _Judged(zero > 0, zero > 0, zero, zero)
        step = partial(self.step, fixed=fixed, x=x, y=y, order=order, rates=rates)
        lanes, sums, judged = jax.lax.fori_loop(0, fixed.steps, step, (lanes, sums, judged))
        parts, size = self.shape.unpack(lanes.weights), min(self.piece, len(val_x))

        def piece(i: Array, sums: tuple[Array, Array]) -> tuple[Array, Array]:
            rows = i * size + jnp.arange(size)
            return jax.tree.map(jnp.add, sums, self.sums(parts, val_x[rows], val_y[rows], rows < fixed.validating))

        val_loss, val_hits = jax.lax.fori_loop(0, (fixed.validating + size - 1) // size, piece, (zero, zero))
        logged = {
            "loss": sums.loss / fixed.rows,
            "val_loss": val_loss / fixed.validating + self.penalty(lanes.weights, fixed.l2),
            "accuracy": sums.hits / fixed.rows,
            "val_accuracy": val_hits / fixed.validating,
        }
        watched = jnp.stack([logged[name] for name in MONITORS])
        monitored = fixed.sign * jnp.take_along_axis(watched, fixed.monitor[None], axis=0)[0]
        plateau = lanes.plateau
        if not self.by_batch:
            plateau, judged = self.judge(plateau, monitored, first, fixed, judged)
        last = rates[fixed.steps - 1]
        row = Log(
            **logged,
            rate=judged.rate * last,
            learning_rate=plateau.lr * last,
            best=fixed.sign * plateau.best,
            wait=plateau.wait,
            cooldown=plateau.cooldown,
            threshold=fixed.sign * judged.threshold,
            improved=judged.improved.astype(float),
            cut=judged.cut.astype(float),
            gradient_norm=jnp.sqrt((sums.grad**2).sum(axis=0)) / fixed.rows,
            weight_norm=jnp.sqrt((lanes.weights**2).sum(axis=0)),
        )
        return lanes._replace(plateau=plateau, epochs=lanes.epochs + 1), jnp.stack(row)

    def advance(
        self, lanes: Lanes, fixed: Fixed, data: tuple[Array, ...], order: Array, rates: Array, n: Array
    ) -> tuple[Lanes, Array, Array]:
        """n epochs.   order (C, rows, K or 1), rates (C, steps, K or 1) -> lanes, log (C, len(Log), K), weights
        (C, P, K) after each."""

        def body(e: Array, carry: tuple[Lanes, Array, Array]) -> tuple[Lanes, Array, Array]:
            lanes, log, weights = carry
            lanes, row = self.epoch(lanes, fixed, data, order[e], rates[e])
            log = jax.lax.dynamic_update_index_in_dim(log, row, e, 0)
            return lanes, log, jax.lax.dynamic_update_index_in_dim(weights, lanes.weights, e, 0)

        count, width = len(order), lanes.weights.shape[1]
        log, weights = jnp.zeros((count, len(Log._fields), width)), jnp.zeros((count, *lanes.weights.shape))
        return jax.lax.fori_loop(0, n, body, (lanes, log, weights))
