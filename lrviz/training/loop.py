"""The engine's sibling: one program trains any number of models side by side, by the same rows of rules.

A program belongs to a shape of model, an optimizer, a framework and a size of the data. All that a slider moves is
data: rates, batch size, penalty, the plateau rule's numbers, first weights, the order of the rows. A batch is made of
pieces of at most ``SMALL`` or ``LARGE`` rows whose gradients are added, so that any batch size runs in the same
program, and a training of any length of calls of some epochs that hand on their state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lrviz import programs
from lrviz.knob import BadInput, Value
from lrviz.plateau import PLATEAU
from lrviz.training.history import History, Log, joined, shortened, stops, strided, unwatched
from lrviz.training.models import Shape
from lrviz.training.sharpness import sharpnesses, start_vector
from lrviz.training.trainer import PIECES, Fixed, Trainer
from lrviz.training.training import MONITORS, Training

SMALL, LARGE = PIECES[-1], 256
"""Rows in a piece of a batch of up to ``MOST_SMALL`` rows, and of a larger one."""
MOST_SMALL = 48
WIDTHS = (1, 16)
"""Trainings side by side in one program: twice as many cost twice the time, and take only one core."""
MOST_NUMBERS = 4_000_000
"""In the weights that are stored of one group of trainings."""
MOST_MOVED, MOST_EPOCHS = 1 << 17, 256
"""Numbers that go into one call and come out of it, as many as the processor's cache holds; and epochs."""


def _group_key(training: Training) -> tuple[Any, ...]:
    """Trainings with the same one go side by side."""
    return (
        training.shape,
        training.optimizer,
        training.framework,
        training.batch,
        training.epochs,
        bool(training["clipnorm"]),
        training.by_batch,
        training.loss_kind,
        training.data if training.table is None else id(training.table),
        *(training[key] for key in ("rows", "noise", "data_seed", "validation")),
    )


def _level(training: Training) -> bool:
    """Does its schedule leave alpha as it is, but for a warm-up? Its rates are then the same parts of any alpha."""
    return training.schedule == "constant" or training.schedule_row.plateau


def _padded(values: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate([values, np.zeros((size - len(values), *values.shape[1:]), values.dtype)])


def _bucket(count: int) -> int:
    """The next power of two, at least 16: data of about the same size share a program."""
    return max(16, 1 << (count - 1).bit_length())


class Shuffles:
    """The order of the training rows in each epoch, from a seed. Where all are one batch it is no matter."""

    def __init__(self, training: Training) -> None:
        self.rng = np.random.default_rng([training.seed, 3])
        self.rows = np.arange(training.train_rows)
        self.whole = training.batch >= training.train_rows

    def draw(self, epochs: int) -> np.ndarray:
        """Of the next epochs, (epochs, rows)."""
        orders = np.broadcast_to(self.rows, (epochs, len(self.rows)))
        return orders if self.whole else self.rng.permuted(orders, axis=1)


@dataclass
class _Group:
    """Trainings side by side. keep_weights: those after every epoch, as far as there is room. every: sharpness after so
    many epochs, 0 for none."""

    trainings: Sequence[Training]
    keep_weights: bool
    every: int
    parts: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    weight_epochs: list[int] = field(default_factory=lambda: [0])
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
        self.stride = strided(first.epochs, start.size, MOST_NUMBERS) if self.keep_weights else first.epochs
        piece = SMALL if first.batch <= MOST_SMALL else LARGE
        clips = bool(first["clipnorm"])
        self.trainer = Trainer(self.shape, first.optimizer_row, first.framework, piece, clips, first.by_batch)
        self.fixed = self._fixed()
        split, y = first.split, first.y
        size, val_size = _bucket(first.train_rows), _bucket(max(len(split.validation), 1))
        self.data = tuple(
            jnp.asarray(_padded(values[rows], bucket))
            for rows, bucket in ((split.train, size), (split.validation, val_size))
            for values in (split.x, y)
        )
        one_order = len({training.seed for training in fill}) == 1
        self.shuffles = [Shuffles(training) for training in (fill[:1] if one_order else fill)]
        self.rates = self._rates()
        steps = first.steps_per_epoch
        columns = size + piece
        numbers = start.size + columns * len(self.shuffles) + size * self.rates.shape[1]
        self.most = int(np.clip(MOST_MOVED // numbers, 1, MOST_EPOCHS))
        self.order = np.zeros((self.most, columns, len(self.shuffles)), np.int32)
        self.of_steps = np.zeros((self.most, size, self.rates.shape[1]))
        self.steps = steps
        self.program = self._program(start)
        self.lanes = jax.tree.map(np.asarray, self.begin(start, self.fixed))
        self.vector = np.broadcast_to(start_vector(self.shape), start.shape)

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
        return Fixed(
            hyper=numbers(first.rule.knobs),
            plateau=settings,
            clipnorm=np.array([float(training["clipnorm"]) for training in fill]),  # type: ignore[arg-type]
            l2=np.array([float(training["l2"]) for training in fill]),  # type: ignore[arg-type]
            base=np.array([float(t.alpha) if _level(t) else 1.0 for t in fill]),  # type: ignore[arg-type]
            monitor=np.array([MONITORS.index(str(training.monitor)) for training in fill]),
            sign=sign,
            watches=watches,
            restart=np.array([float(t["restart"] or np.inf) for t in fill]),
            batch=first.batch,
            steps=first.steps_per_epoch,
            rows=first.train_rows,
            validating=len(first.split.validation),
        )

    def _rates(self) -> np.ndarray:
        """The rate of each step as a part of base, (steps, K), or (steps, 1) where all have the same."""
        rates = [t.rates(alpha=1.0) if _level(t) else t.rates() for t in self.lanes_of]
        same = all(np.array_equal(rates[0], other) for other in rates[1:])
        return np.stack(rates[:1] if same else rates, axis=1)

    def _program(self, start: np.ndarray) -> Any:
        data = tuple(array.shape for array in self.data)
        key = ("training", self.trainer.shape, self.trainer.optimizer.key, self.trainer.framework, self.trainer.piece,
               self.trainer.clips, self.trainer.by_batch, data, self.order.shape, self.of_steps.shape,
               self.width)  # fmt: skip
        self.begin, advance = programs.compiled(key, partial(_compile, self.trainer, start, self.fixed, self.data,
                                                           self.order, self.of_steps))  # fmt: skip
        return advance

    def advance(self, n: int) -> None:
        """n more epochs."""
        count = self.first.train_rows
        for lane, shuffles in enumerate(self.shuffles):
            self.order[:n, :count, lane] = shuffles.draw(n)
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
        if len(self.weight_epochs) > 1 and self.weight_epochs[-1] % self.stride:  # only the last one, until now
            self.weight_epochs.pop()
            self.weights[-1] = self.weights[-1][:-1]
        self.weights.append(weights[chosen, :, :lanes])
        self.weight_epochs += after[chosen].tolist()
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
        found, vector = programs.compiled(key, partial(_compile_sharpness, self.shape, args))(*args)
        values[chosen] = np.asarray(found)[: len(chosen)]
        self.vector = np.where(np.isfinite(vector), vector, start_vector(self.shape))
        return values

    def histories(self) -> list[History]:
        """Each training so far."""
        log = joined(self.parts, np.zeros((0, len(Log._fields), len(self.trainings))))
        weights, weight_epochs = np.concatenate(self.weights), np.array(self.weight_epochs)
        sharp = (
            joined(self.sharp, np.zeros((0, len(self.trainings)))) if self.every else np.full(log[:, 0].shape, np.nan)
        )
        broke = np.asarray(self.lanes.broke)
        return [
            _history(training, log[..., lane], weights[..., lane], weight_epochs, sharp[:, lane], int(broke[lane]))
            for lane, training in enumerate(self.trainings)
        ]

    @property
    def ended(self) -> bool:
        if self.done == self.first.epochs:
            return True
        stopping = all(training["stop_patience"] is not None for training in self.trainings)
        return stopping and all(history.stopped is not None for history in self.histories())


def _history(
    training: Training, log: np.ndarray, weights: np.ndarray, weight_epochs: np.ndarray, sharp: np.ndarray, broke: int
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
        weights, weight_epochs = weights[weight_epochs <= at + 1], weight_epochs[weight_epochs <= at + 1]
        broke = broke if broke <= (at + 1) * training.steps_per_epoch else 0
    return History(training, rows, weights, weight_epochs, sharp, broke or None)


def _compile(
    trainer: Trainer, start: np.ndarray, fixed: Fixed, data: Any, order: np.ndarray, rates: np.ndarray
) -> tuple[Any, Any]:
    """``begin`` and ``advance``, compiled."""
    begin = jax.jit(trainer.begin).lower(start, fixed).compile()
    lanes = jax.eval_shape(trainer.begin, start, fixed)
    advance = jax.jit(trainer.advance).lower(lanes, fixed, data, order, rates, 1).compile(programs.EXACT)
    return begin, advance


def _compile_sharpness(shape: Shape, args: tuple[Any, ...]) -> Any:
    return jax.jit(partial(sharpnesses, shape)).lower(*args).compile()


# What others call -----------------------------------------------------------------------------------------------------


def run_many(
    trainings: Sequence[Training], *, keep_weights: bool = True, sharpness: int = 0, pace: float | None = None
) -> Iterator[list[History]]:
    """Train them side by side where they can be; after every part all of them so far, in their order.

    keep_weights: those after every epoch, up to 32 MB of them. sharpness: after every so many epochs, 0 for never.
    pace: seconds that a part takes, about; None: a part is all that goes side by side. Whoever stops asking cancels.
    Raises ``BadInput`` where the sharpness is too much work.
    """
    for training in trainings:
        training.check_sharpness(sharpness)
    places: dict[Any, list[int]] = {}
    for i, training in enumerate(trainings):
        places.setdefault(_group_key(training), []).append(i)
    most = WIDTHS[-1]
    groups = [rows[begin : begin + most] for rows in places.values() for begin in range(0, len(rows), most)]
    first = set(groups[0]) if groups else set()
    histories: dict[int, History] = {i: untrained(t) for i, t in enumerate(trainings) if i not in first}
    parts = _whole if pace is None else partial(_in_parts, pace)
    for rows, found in parts(groups, lambda rows: _Group([trainings[i] for i in rows], keep_weights, sharpness)):
        histories |= zip(rows, found, strict=True)
        yield [histories[i] for i in range(len(trainings))]


_Found = Iterator[tuple[list[int], list[History]]]


def _in_parts(pace: float, groups: Sequence[list[int]], make: Callable[[list[int]], _Group]) -> _Found:
    """One group after the other, each as far as it is after about so many seconds, again and again."""
    for rows in groups:
        group, n = make(rows), 1
        while not group.ended:
            began = time.perf_counter()
            group.advance(min(n, group.most, group.first.epochs - group.done))
            took = max(time.perf_counter() - began, 1e-4)
            n = int(np.clip(n * pace / took, 1, 4 * n))
            yield rows, group.histories()


def _whole(groups: Sequence[list[int]], make: Callable[[list[int]], _Group]) -> _Found:
    """Each group to its end, as many at once as there are cores: XLA runs without the interpreter's lock."""

    def end(rows: list[int]) -> list[History]:
        group = make(rows)
        while not group.ended:
            group.advance(min(group.most, group.first.epochs - group.done))
        return group.histories()

    if len(groups) == 1:
        yield groups[0], end(groups[0])
        return
    pool = ThreadPoolExecutor(programs.cores())
    try:
        ends = [pool.submit(copy_context().run, end, rows) for rows in groups]
        for rows, found in zip(groups, ends, strict=True):
            yield rows, found.result()
    finally:
        pool.shutdown(cancel_futures=True)


def untrained(training: Training) -> History:
    """Before its first epoch."""
    none = np.zeros((0, len(Log._fields)))
    return _history(training, none, training.initial[None], np.zeros(1, int), np.zeros(0), 0)


def run(
    training: Training, *, keep_weights: bool = True, sharpness: int = 0, pace: float | None = 0.1
) -> Iterator[History]:
    """Train one, part by part: its history so far, again and again."""
    for (history,) in run_many([training], keep_weights=keep_weights, sharpness=sharpness, pace=pace):
        yield history


def train(training: Training, *, keep_weights: bool = True, sharpness: int = 0) -> History:
    """Train one to its end."""
    for history in run(training, keep_weights=keep_weights, sharpness=sharpness, pace=None):
        ended = history
    return ended


def train_many(
    training: Training, *, keep_weights: bool = True, sharpness: int = 0, **knobs: Sequence[Value]
) -> list[History]:
    """The training with every value of one knob, or every combination of some (the last runs fastest)."""
    if not knobs or not all(len(values) for values in knobs.values()):
        raise BadInput("Trainings side by side need at least one value of at least one knob.")
    having = [training.having(**dict(zip(knobs, values, strict=True))) for values in product(*knobs.values())]
    for histories in run_many(having, keep_weights=keep_weights, sharpness=sharpness):
        ended = histories
    return ended
