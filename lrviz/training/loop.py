"""The engine's sibling: one program trains any number of models side by side, by the same rows of rules.

A program belongs to a shape of model, an optimizer, a framework and a size of the data. All that a slider moves is
data: rates, batch size, penalty, the plateau rule's numbers, first weights, the order of the rows. A batch is made of
pieces of ``SMALL`` or ``LARGE`` rows whose gradients are added, so that any batch size runs in the same program, and a
training of any length of calls of some epochs that hand on their state.
"""

from __future__ import annotations

import time
from collections import namedtuple
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz import engine
from lrviz.knob import BadInput, Value
from lrviz.optimizers import At, Optimizer, clip
from lrviz.plateau import PLATEAU, PlateauState, rest
from lrviz.training.history import History, Log, joined, shortened, stops, strided, unwatched
from lrviz.training.models import Shape
from lrviz.training.training import MONITORS, Training

SMALL, LARGE = 16, 256
"""Rows in a piece of a batch of up to ``MOST_SMALL`` rows, and of a larger one."""
MOST_SMALL = 48
WIDTHS = (1, 16, 64)
"""Trainings side by side in one program."""
MOST_NUMBERS = 4_000_000
"""In what goes into one call and comes out of it, and in the weights that are kept of one group of trainings."""
MOST_EPOCHS = 64
"""In one call."""
MIXED = ("loss", "val_loss", "accuracy", "val_accuracy")
KRYLOV, ROUNDS, PRECISION = 12, 30, 1e-3
"""Vectors between two restarts of Lanczos's method, restarts at most, and the error at which it ends, as a part."""


class Fixed(NamedTuple):
    """What stays the same while K trainings go on.

    hyper (h, K), plateau (p, K), clipnorm, l2 (K,): the knobs. base (K,): what the rates of the steps are multiplied
    by. monitor (K,): which of ``MONITORS``; sign (K,): -1 where it is to rise. watches (K,): is the plateau rule on.
    batch, steps, rows, validating: rows in a batch, steps an epoch, rows that train and that validate.
    """

    hyper: Any
    plateau: Any
    clipnorm: Any
    l2: Any
    base: Any
    monitor: Any
    sign: Any
    watches: Any
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


@dataclass(frozen=True)
class _Trainer:
    """One program as pure functions of K trainings, to be compiled. clips: some gradient is clipped. ``piece``: rows
    that are computed at once."""

    shape: Shape
    optimizer: Optimizer
    framework: str
    piece: int
    clips: bool

    @property
    def rule(self) -> Any:
        return self.optimizer.rules[self.framework]

    def sums(self, weights: Array, x: Array, y: Array, mask: Array) -> tuple[Array, Array]:
        """Loss and hits summed over the rows of a mask.   weights (P, K), x (n, d) or (n, K, d) -> (K,), (K,)"""

        def one(parts: list[Array], x: Array, y: Array) -> tuple[Array, Array]:
            outputs = self.shape.outputs(parts, x)
            losses, hits = self.shape.losses(outputs, y), self.shape.hits(outputs, y)
            return jnp.where(mask, losses, 0.0).sum(), jnp.where(mask, hits, False).sum()

        parts = self.shape.unpack(weights)
        if weights.shape[1] == 1:
            flat = [part[..., 0] for part in parts]
            loss, hits = one(flat, *((x, y) if x.ndim == 2 else (x[:, 0], y[:, 0])))
            return loss[None], hits[None].astype(float)
        axis = None if x.ndim == 2 else 1
        loss, hits = jax.vmap(one, (-1, axis, axis))(parts, x, y)
        return loss, hits.astype(float)

    def slope(self, weights: Array, x: Array, y: Array, mask: Array) -> tuple[Array, Array, Array]:
        """Loss, hits (K,) and gradient (P, K), summed over the rows of a mask."""

        def total(weights: Array) -> tuple[Array, tuple[Array, Array]]:
            loss, hits = self.sums(weights, x, y, mask)
            return loss.sum(), (loss, hits)

        grad, (loss, hits) = jax.grad(total, has_aux=True)(weights)
        return loss, hits, grad

    def penalty(self, weights: Array, l2: Array) -> Array:
        """l2 times the sum of the squared kernel weights.   -> (K,)"""
        return l2 * (self.shape.kernels[:, None] * weights**2).sum(axis=0)

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
        return Lanes(weights, state, rest(jnp.asarray(fixed.base), self.framework), jnp.zeros(()), zero, zero)

    def hyper(self, fixed: Fixed) -> Any:
        return namedtuple("Hyper", [knob.key for knob in self.rule.knobs])(*fixed.hyper)

    def batch(self, weights: Array, fixed: Fixed, x: Array, y: Array, order: Array, begin: Array) -> tuple[Any, ...]:
        """Loss, hits and gradient summed over a batch, and its rows.   order (n + piece, K or 1): an epoch's rows."""
        end = jnp.minimum(begin + fixed.batch, fixed.rows)

        def piece(i: Array, sums: tuple[Array, ...]) -> tuple[Array, ...]:
            at = begin + i * self.piece
            rows = jax.lax.dynamic_slice_in_dim(order, at, self.piece)
            rows = rows[:, 0] if order.shape[1] == 1 else rows
            mask = at + jnp.arange(self.piece) < end
            return jax.tree.map(jnp.add, sums, self.slope(weights, x[rows], y[rows], mask))

        zero = jnp.zeros(weights.shape[1])
        pieces = (end - begin + self.piece - 1) // self.piece
        return (
            *jax.lax.fori_loop(0, pieces, piece, (zero, zero, jnp.zeros_like(weights))),
            (end - begin).astype(float),
        )

    def step(
        self, s: Array, carry: tuple[Lanes, _Sums], fixed: Fixed, x: Array, y: Array, order: Array, rates: Array
    ) -> tuple[Lanes, _Sums]:
        """One step of the optimizer, the s-th of an epoch."""
        lanes, sums = carry
        weights = lanes.weights
        loss, hits, grad, rows = self.batch(weights, fixed, x, y, order, s * fixed.batch)
        loss = loss / rows + self.penalty(weights, fixed.l2)
        grad = grad / rows + 2 * fixed.l2 * self.shape.kernels[:, None] * weights
        count = lanes.count + 1
        at = At(weights, self.clipped(grad, fixed.clipnorm), count, loss, None, None)  # type: ignore[arg-type]
        dx, state, _ = self.rule.step(at, lanes.state, lanes.plateau.lr * rates[s], self.hyper(fixed))
        weights = weights + dx
        fine = jnp.isfinite(loss) & jnp.isfinite(weights.sum(axis=0))
        broke = jnp.where((lanes.broke == 0) & ~fine, count, lanes.broke)
        lanes = lanes._replace(weights=weights, state=state, count=count, broke=broke)
        return lanes, _Sums(sums.loss + rows * loss, sums.hits + hits, sums.grad + rows * grad)

    def epoch(
        self, lanes: Lanes, fixed: Fixed, data: tuple[Array, ...], order: Array, rates: Array
    ) -> tuple[Lanes, Array]:
        """All steps of an epoch, and the plateau rule's decision.   -> lanes, its entries of the log (len(Log), K)"""
        x, y, val_x, val_y = data
        zero = jnp.zeros(lanes.weights.shape[1])
        sums = _Sums(zero, zero, jnp.zeros_like(lanes.weights))
        step = partial(self.step, fixed=fixed, x=x, y=y, order=order, rates=rates)
        lanes, sums = jax.lax.fori_loop(0, fixed.steps, step, (lanes, sums))
        mask = jnp.arange(len(val_x)) < fixed.validating
        val_loss, val_hits = self.sums(lanes.weights, val_x, val_y, mask)
        logged = {
            "loss": sums.loss / fixed.rows,
            "val_loss": val_loss / fixed.validating + self.penalty(lanes.weights, fixed.l2),
            "accuracy": sums.hits / fixed.rows,
            "val_accuracy": val_hits / fixed.validating,
        }
        watched = jnp.stack([logged[name] for name in MONITORS])
        monitored = fixed.sign * jnp.take_along_axis(watched, fixed.monitor[None], axis=0)[0]
        plateau = PLATEAU[self.framework]
        judged, verdict = plateau.step(lanes.plateau, monitored, lanes.epochs == 0, plateau.hyper(*fixed.plateau))
        last = rates[fixed.steps - 1]
        judged = judged._replace(lr=jnp.where(fixed.watches, judged.lr, lanes.plateau.lr))
        row = Log(
            **logged,
            rate=lanes.plateau.lr * last,
            learning_rate=judged.lr * last,
            best=fixed.sign * judged.best,
            wait=judged.wait,
            cooldown=judged.cooldown,
            threshold=fixed.sign * verdict.threshold,
            improved=verdict.improved.astype(float),
            cut=verdict.cut.astype(float),
            gradient_norm=jnp.sqrt((sums.grad**2).sum(axis=0)) / fixed.rows,
            weight_norm=jnp.sqrt((lanes.weights**2).sum(axis=0)),
        )
        return lanes._replace(plateau=judged, epochs=lanes.epochs + 1), jnp.stack(row)

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


def _sharpness(shape: Shape, weights: Array, start: Array, x: Array, y: Array, rows: Array, l2: Array) -> Any:
    """The largest eigenvalue of the Hessian of the whole training loss, and its vector.   weights, start: (P,)

    Lanczos's method on Hessian-vector products, every vector made orthogonal to all before, begun anew from its best
    vector until |H v - s v| <= PRECISION s: a symmetric matrix has an eigenvalue no farther from s than that.
    Golub & Van Loan (2013), Matrix Computations, 10.1.
    """
    mask = jnp.arange(len(x)) < rows
    size = min(KRYLOV, shape.weights)

    def loss(weights: Array) -> Array:
        losses = shape.losses(shape.outputs(shape.unpack(weights), x), y)
        return jnp.where(mask, losses, 0.0).sum() / rows + l2 * (shape.kernels * weights**2).sum()

    times = jax.linearize(jax.grad(loss), weights)[1]

    def lanczos(vector: Array) -> tuple[Array, Array, Array]:
        def extend(j: Array, carry: tuple[Array, ...]) -> tuple[Array, ...]:
            basis, images = carry
            image = times(basis[j])
            rest = image - basis.T @ (basis @ image)
            rest = rest - basis.T @ (basis @ rest)
            norm = jnp.linalg.norm(rest)
            following = jnp.where(norm > 1e-12 * jnp.linalg.norm(image), rest / norm, 0.0)
            return basis.at[j + 1].set(following, mode="drop"), images.at[j].set(image)

        first = jnp.zeros((size, shape.weights)).at[0].set(vector / jnp.linalg.norm(vector))
        basis, images = jax.lax.fori_loop(0, size, extend, (first, jnp.zeros_like(first)))
        small = basis @ images.T
        missing = (basis**2).sum(axis=1) < 0.5  # the space is smaller: no eigenvalue of its own
        small = (small + small.T) / 2 + jnp.diag(jnp.where(missing, small[0, 0] - jnp.abs(small[0, 0]) - 1.0, 0.0))
        values, vectors = jnp.linalg.eigh(small)
        best = vectors[:, -1] @ basis
        error = jnp.linalg.norm(vectors[:, -1] @ images - values[-1] * best)
        return values[-1], best, error

    def go_on(carry: Any) -> Array:
        value, _, error, rounds = carry
        return (error > PRECISION * jnp.abs(value)) & (rounds < ROUNDS)

    def again(carry: Any) -> Any:
        return (*lanczos(carry[1]), carry[3] + 1)

    value, vector, _, _ = jax.lax.while_loop(
        go_on, again, (jnp.zeros(()), start, jnp.full((), jnp.inf), jnp.zeros((), int))
    )
    return value, vector


def _sharpnesses(
    shape: Shape, weights: Array, start: Array, x: Array, y: Array, rows: Array, l2: Array, n: Array
) -> tuple[Array, Array]:
    """Of n vectors of weights one after the other, each begun from the last one's eigenvector and a tenth of something
    new, lest another that has grown larger is missed.   weights (C, P, K), start (P, K) -> (C, K), (P, K)"""
    fresh = jnp.asarray(_start(shape))

    def body(e: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        values, vector = carry
        of = jax.vmap(partial(_sharpness, shape), (1, 1, None, None, None, 0), (0, 1))
        found, vector = of(weights[e], vector + 0.1 * fresh, x, y, rows, l2)
        return values.at[e].set(found), vector

    return jax.lax.fori_loop(0, n, body, (jnp.zeros((len(weights), weights.shape[2])), start))


def _start(shape: Shape) -> np.ndarray:
    """A unit vector that is the same each time, (P, 1)."""
    vector = np.random.default_rng(0).standard_normal((shape.weights, 1))
    return vector / np.linalg.norm(vector)


# Groups ---------------------------------------------------------------------------------------------------------------


def _group_key(training: Training) -> tuple[Any, ...]:
    """Trainings with the same one go side by side."""
    return (
        training.shape,
        training.optimizer,
        training.framework,
        training.batch,
        training.epochs,
        bool(training["clipnorm"]),
        training.loss_kind,
        training.data if training.table is None else id(training.table),
        *(training[key] for key in ("rows", "noise", "data_seed", "validation")),
    )


def _padded(values: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate([values, np.zeros((size - len(values), *values.shape[1:]), values.dtype)])


def _bucket(count: int) -> int:
    """The next power of two, at least 16: data of about the same size share a program."""
    return max(16, 1 << (count - 1).bit_length())


def shuffles(seed: int, rows: int, batch: int) -> Iterator[np.ndarray]:
    """The order of the training rows in each epoch, (rows,), for ever. Where all are one batch it is no matter."""
    rng = np.random.default_rng([seed, 3])
    while True:
        yield rng.permutation(rows) if batch < rows else np.arange(rows)


@dataclass
class _Group:
    """Trainings side by side. keep: the weights after every epoch, as far as there is room. every: sharpness after so
    many epochs, 0 for none."""

    trainings: Sequence[Training]
    keep: bool
    every: int
    parts: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    kept: list[int] = field(default_factory=lambda: [0])
    sharp: list[np.ndarray] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        first = self.trainings[0]
        self.first, self.shape = first, first.shape
        self.width = next(width for width in WIDTHS if len(self.trainings) <= width)
        fill = [*self.trainings, *[self.trainings[-1]] * (self.width - len(self.trainings))]
        self.lanes_of = fill
        start = np.stack([training.initial for training in fill], axis=1)
        self.weights.append(start[None, :, : len(self.trainings)])
        self.stride = strided(first.epochs, start.size, MOST_NUMBERS) if self.keep else first.epochs
        piece = SMALL if first.batch <= MOST_SMALL else LARGE
        clips = bool(first["clipnorm"])
        self.trainer = _Trainer(self.shape, first.optimizer_row, first.framework, piece, clips)
        self.fixed = self._fixed()
        split, y = first.split, first.y
        size, val_size = _bucket(first.train_rows), _bucket(max(len(split.validation), 1))
        self.data = tuple(
            jnp.asarray(_padded(values[rows], bucket))
            for rows, bucket in ((split.train, size), (split.validation, val_size))
            for values in (split.x, y)
        )
        one_order = len({training.seed for training in fill}) == 1
        self.shuffles = [shuffles(t.seed, t.train_rows, t.batch) for t in (fill[:1] if one_order else fill)]
        self.rates = self._rates()
        steps = first.steps_per_epoch
        columns = size + piece
        numbers = start.size + columns * len(self.shuffles) + size * self.rates.shape[1]
        self.most = int(np.clip(MOST_NUMBERS // numbers, 1, MOST_EPOCHS))
        self.order = np.zeros((self.most, columns, len(self.shuffles)), np.int32)
        self.of_steps = np.zeros((self.most, size, self.rates.shape[1]))
        self.steps = steps
        self.program = self._program(start)
        self.lanes = jax.tree.map(np.asarray, self.begin(start, self.fixed))
        self.vector = np.broadcast_to(_start(self.shape), start.shape)

    def _fixed(self) -> Fixed:
        fill, first = self.lanes_of, self.first

        def numbers(keys: Sequence[Any]) -> np.ndarray:
            return np.array([[knob.number(training[knob.key]) for training in fill] for knob in keys]).reshape(
                len(keys), len(fill)
            )

        plateau = PLATEAU[first.framework]
        watches = np.array([training.schedule_row.plateau for training in fill])
        settings = np.array(
            [[knob.number(t[knob.key] if w else knob.default) for t, w in zip(fill, watches, strict=True)]
             for knob in plateau.knobs]
        )  # fmt: skip
        sign = np.array([-1.0 if training.rising else 1.0 for training in fill])
        if first.framework == "pytorch":  # best (1 + threshold) where it is to rise: the threshold is negated, too
            keys = [knob.key for knob in plateau.knobs]
            relative = settings[keys.index("threshold_mode")] == 0
            settings[keys.index("threshold")] *= np.where(relative, sign, 1.0)
        flat = [training.schedule == "constant" or training.schedule_row.plateau for training in fill]
        return Fixed(
            hyper=numbers(self.first.rule.knobs),
            plateau=settings,
            clipnorm=np.array([float(training["clipnorm"]) for training in fill]),  # type: ignore[arg-type]
            l2=np.array([float(training["l2"]) for training in fill]),  # type: ignore[arg-type]
            base=np.array([float(t.alpha) if f else 1.0 for t, f in zip(fill, flat, strict=True)]),  # type: ignore[arg-type]
            monitor=np.array([MONITORS.index(str(training.monitor)) for training in fill]),
            sign=sign,
            watches=watches,
            batch=first.batch,
            steps=first.steps_per_epoch,
            rows=first.train_rows,
            validating=len(first.split.validation),
        )

    def _rates(self) -> np.ndarray:
        """The rate of each step as a part of base, (steps, K), or (steps, 1) where all have the same."""
        flat = [training.schedule == "constant" or training.schedule_row.plateau for training in self.lanes_of]
        rates = [t.rates(alpha=1.0) if f else t.rates() for t, f in zip(self.lanes_of, flat, strict=True)]
        same = all(np.array_equal(rates[0], other) for other in rates[1:])
        return np.stack(rates[:1] if same else rates, axis=1)

    def _program(self, start: np.ndarray) -> Any:
        data = tuple(array.shape for array in self.data)
        key = ("training", self.trainer.shape, self.trainer.optimizer.key, self.trainer.framework, self.trainer.piece,
               self.trainer.clips, data, self.order.shape, self.of_steps.shape, self.width)  # fmt: skip
        self.begin, advance = engine.compiled(key, partial(_compile, self.trainer, start, self.fixed, self.data,
                                                           self.order, self.of_steps))  # fmt: skip
        return advance

    def advance(self, n: int) -> None:
        """n more epochs."""
        count = self.first.train_rows
        for e in range(n):
            for lane, orders in enumerate(self.shuffles):
                self.order[e, :count, lane] = next(orders)
        begin = self.done * self.steps
        self.of_steps[:n, : self.steps] = self.rates[begin : begin + n * self.steps].reshape(n, self.steps, -1)
        self.lanes, log, weights = self.program(self.lanes, self.fixed, self.data, self.order, self.of_steps, n)
        lanes = len(self.trainings)
        after = np.arange(self.done + 1, self.done + n + 1)
        weights = np.asarray(weights)
        self.parts.append(np.asarray(log)[:n, :, :lanes])
        if self.every:
            self.sharp.append(self._sharp(weights[:n], after)[:, :lanes])
        chosen = np.flatnonzero((after % self.stride == 0) | (after == after[-1]))
        if len(self.kept) > 1 and self.kept[-1] % self.stride:  # only the last one, until now
            self.kept.pop()
            self.weights[-1] = self.weights[-1][:-1]
        self.weights.append(weights[chosen, :, :lanes])
        self.kept += after[chosen].tolist()
        self.done += n

    def _sharp(self, weights: np.ndarray, after: np.ndarray) -> np.ndarray:
        """(n, K), NaN in the epochs that are not looked at."""
        values = np.full((len(after), self.width), np.nan)
        chosen = np.flatnonzero((after % self.every == 0) | (after == self.first.epochs))
        if not chosen.size:
            return values
        padded = _padded(weights[chosen], self.most)
        args = (padded, self.vector, *self.data[:2], self.fixed.rows, self.fixed.l2, len(chosen))
        key = ("sharpness", self.shape, self.data[0].shape, padded.shape)
        found, vector = engine.compiled(key, partial(_compile_sharpness, self.shape, args))(*args)
        values[chosen] = np.asarray(found)[: len(chosen)]
        self.vector = np.where(np.isfinite(vector), vector, _start(self.shape))
        return values

    def histories(self) -> list[History]:
        """Each training so far."""
        log = joined(self.parts, np.zeros((0, len(Log._fields), len(self.trainings))))
        weights, kept = np.concatenate(self.weights), np.array(self.kept)
        sharp = (
            joined(self.sharp, np.zeros((0, len(self.trainings)))) if self.every else np.full(log[:, 0].shape, np.nan)
        )
        broke = np.asarray(self.lanes.broke)
        return [
            _history(training, log[..., lane], weights[..., lane], kept, sharp[:, lane], int(broke[lane]))
            for lane, training in enumerate(self.trainings)
        ]

    @property
    def ended(self) -> bool:
        if self.done == self.first.epochs:
            return True
        stopping = all(training["stop_patience"] is not None for training in self.trainings)
        return stopping and all(history.stopped is not None for history in self.histories())


def _history(
    training: Training, log: np.ndarray, weights: np.ndarray, kept: np.ndarray, sharp: np.ndarray, broke: int
) -> History:
    """One of a group.   log (E, len(Log)), weights (W, P)"""
    rows = Log(*log.T)
    rows = rows._replace(improved=rows.improved == 1, cut=rows.cut == 1)
    if not training.classifies:
        none = np.full(len(rows.loss), np.nan)
        rows = rows._replace(accuracy=none, val_accuracy=none)
    monitored = getattr(rows, str(training.monitor))
    if not training.schedule_row.plateau:
        rows = unwatched(rows, monitored, training.rising)
    at = stops(training, monitored)
    if at is not None:
        rows, sharp = shortened(rows, at + 1), sharp[: at + 1]
        weights, kept = weights[kept <= at + 1], kept[kept <= at + 1]
        broke = broke if broke <= (at + 1) * training.steps_per_epoch else 0
    return History(training, rows, weights, kept, sharp, broke or None)


def _compile(
    trainer: _Trainer, start: np.ndarray, fixed: Fixed, data: Any, order: np.ndarray, rates: np.ndarray
) -> tuple[Any, Any]:
    """``begin`` and ``advance``, compiled."""
    begin = jax.jit(trainer.begin).lower(start, fixed).compile()
    lanes = jax.eval_shape(trainer.begin, start, fixed)
    advance = jax.jit(trainer.advance).lower(lanes, fixed, data, order, rates, 1).compile()
    return begin, advance


def _compile_sharpness(shape: Shape, args: tuple[Any, ...]) -> Any:
    return jax.jit(partial(_sharpnesses, shape)).lower(*args).compile()


# What others call -----------------------------------------------------------------------------------------------------


def run_many(
    trainings: Sequence[Training], *, keep: bool = True, sharpness: int = 0, pace: float | None = None
) -> Iterator[list[History]]:
    """Train them side by side where they can be; after every part all of them so far, in their order.

    keep: the weights after every epoch, as far as they take 32 MB. sharpness: after every so many epochs, 0 for never.
    pace: seconds that a part takes, about; None: a part is all that goes side by side. Whoever stops asking cancels.
    """
    places: dict[Any, list[int]] = {}
    for i, training in enumerate(trainings):
        places.setdefault(_group_key(training), []).append(i)
    most = WIDTHS[-1]
    groups = [rows[begin : begin + most] for rows in places.values() for begin in range(0, len(rows), most)]
    first = set(groups[0]) if groups else set()
    histories: dict[int, History] = {i: _nothing(t) for i, t in enumerate(trainings) if i not in first}
    for rows in groups:
        group, n = _Group([trainings[i] for i in rows], keep, sharpness), 1
        while not group.ended:
            began = time.perf_counter()
            group.advance(min(n if pace else group.most, group.most, group.first.epochs - group.done))
            if pace:
                took = max(time.perf_counter() - began, 1e-4)
                n = int(np.clip(n * pace / took, 1, 4 * n))
            if pace or group.ended:
                histories |= zip(rows, group.histories(), strict=True)
                yield [histories[i] for i in range(len(trainings))]


def _nothing(training: Training) -> History:
    none = np.zeros((0, len(Log._fields)))
    return _history(training, none, training.initial[None], np.zeros(1, int), np.zeros(0), 0)


def run(training: Training, *, keep: bool = True, sharpness: int = 0, pace: float | None = 0.1) -> Iterator[History]:
    """Train one, part by part: its history so far, again and again."""
    for (history,) in run_many([training], keep=keep, sharpness=sharpness, pace=pace):
        yield history


def train(training: Training, *, keep: bool = True, sharpness: int = 0) -> History:
    """Train one to its end."""
    for history in run(training, keep=keep, sharpness=sharpness, pace=None):
        ended = history
    return ended


def train_many(training: Training, *, keep: bool = True, sharpness: int = 0, **knobs: Sequence[Value]) -> list[History]:
    """The training with every value of one knob, or every combination of some (the last runs fastest)."""
    if not knobs or not all(len(values) for values in knobs.values()):
        raise BadInput("Trainings side by side need at least one value of at least one knob.")
    having = [training.having(**dict(zip(knobs, values, strict=True))) for values in product(*knobs.values())]
    for histories in run_many(having, keep=keep, sharpness=sharpness):
        ended = histories
    return ended
