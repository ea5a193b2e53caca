"""The only place that compiles: one program steps any number of runs side by side, whatever the schedule.

A program belongs to a (surface, optimizer, framework). All that a slider moves is data, and a run of any length is made
of calls of ``CHUNK`` steps that hand on their state, so that nothing that a visitor moves compiles again. It is
compiled for at most three widths: one run, a family of 64 (a slider's whole range) and a map of 4,096 runs at a time.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz import memory
from lrviz.optimizers import At, Optimizer, clip
from lrviz.plateau import PLATEAU, PlateauState, rest
from lrviz.surfaces import Surface
from lrviz.trajectory import Epochs, Trajectory, unjudged

CHUNK = 512
FAMILY = 64
MAP = 4096
MOST_PROGRAMS = 32
_QUICK: dict[str, str | bool] = {"xla_cpu_use_fusion_emitters": False}
"""The older emitters compile in half the time and run no slower."""
MOST_COMPILERS = 4
"""Programs that are compiled at once, if there are as many cores."""


class Batch(NamedTuple):
    """What defines K runs of one program, as plain numpy data. The runs are side by side on the last axis, everywhere.

    x (2, K): starts. coef (k, K), hyper (h, K), plateau (p, K): the knobs' values in their order. base (K,) times
    shape (N, K or 1) is the rate of each step before cuts. Where the plateau rule stands on top of a schedule, shape
    (N, 2, K or 1) holds a and b: a lr + b follows the rate lr. noise (N, 2, K or 1): standard normal numbers, scaled by
    sigma (K,). clipnorm (K,), steps_per_epoch (K,). validates: monitor ``val_loss``. watches: the plateau rule is on.
    """

    x: np.ndarray
    coef: np.ndarray
    hyper: np.ndarray
    plateau: np.ndarray
    clipnorm: np.ndarray
    sigma: np.ndarray
    steps_per_epoch: np.ndarray
    base: np.ndarray
    shape: np.ndarray
    noise: np.ndarray
    validates: bool
    watches: bool


class Outcome(NamedTuple):
    """How each of K runs ended, without its path.   x (2, K); loss, best_loss, cuts, learning_rate (K,)."""

    x: np.ndarray
    loss: np.ndarray
    best_loss: np.ndarray
    cuts: np.ndarray
    learning_rate: np.ndarray


class _Told(NamedTuple):
    """What one step tells about itself. next_lr: the rate after the epoch's decision; ended: did it end an epoch."""

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


class _Lanes(NamedTuple):
    """K runs between two steps, each field (..., K). The history of a run is this, after each step."""

    x: Any
    loss: Any
    grad: Any
    state: Any
    plateau: PlateauState
    epoch_loss: Any
    epoch_steps: Any
    epochs: Any
    count: Any
    best_loss: Any
    cuts: Any
    told: _Told


class _Fixed(NamedTuple):
    """What stays the same for each run, as in ``Batch``."""

    x: Any
    coef: Any
    hyper: Any
    plateau: Any
    clipnorm: Any
    sigma: Any
    steps_per_epoch: Any
    base: Any


class _Stepper:
    """One (surface, optimizer, framework), a step at a time: pure functions of K runs side by side, to be compiled."""

    def __init__(self, surface: Surface, optimizer: Optimizer, framework: str, adorned: bool):
        self.f = surface.f
        self.adorned = adorned
        self.framework = framework
        self.rule = optimizer.rules[framework]
        self.plateau = PLATEAU[framework]
        self.hyper = namedtuple("Hyper", [knob.key for knob in self.rule.knobs])  # type: ignore[misc]

    def slope(self, x: Array, fixed: _Fixed) -> tuple[Array, Array]:
        """Loss (K,) and gradient (2, K). By coordinate, as XLA differentiates an index by padding with zeros: slow."""
        loss, back = jax.vjp(lambda x0, x1: self.f((x0, x1), fixed.coef), x[0], x[1])
        return loss, jnp.stack(back(jnp.ones_like(loss)))

    def at(self, lanes: _Lanes, grad: Array, fixed: _Fixed) -> At:
        hessian = jax.vmap(jax.hessian(self.f), -1, -1)
        return At(
            lanes.x,
            grad,
            lanes.count + 1,
            lanes.loss,
            lambda x: self.f(x, fixed.coef),
            lambda x: hessian(x, fixed.coef),
        )

    def begin(self, fixed: _Fixed) -> _Lanes:
        """Before the first step, when nothing has been told."""
        x, zero = fixed.x, jnp.zeros_like(fixed.base)
        hyper = self.hyper(*fixed.hyper)
        loss, grad = self.slope(x, fixed)
        told = _Told(jnp.zeros_like(x), jnp.zeros_like(x), zero, {}, *(zero,) * 6)
        lanes = _Lanes(
            x,
            loss,
            grad,
            self.rule.init(x, hyper),
            rest(fixed.base, self.framework),
            zero,
            zero,
            zero,
            zero,
            loss,
            zero,
            told,
        )
        terms = jax.eval_shape(lambda: self.rule.step(self.at(lanes, grad, fixed), lanes.state, zero, hyper)[2])
        return lanes._replace(told=told._replace(terms={name: jnp.zeros_like(x) for name in terms}))

    def descend(self, lanes: _Lanes, fixed: _Fixed, shape: Array, noise: Array) -> _Lanes:
        """One step of the optimizer."""
        if shape.ndim == 2:  # the schedule goes on from the rate that is there
            lanes = lanes._replace(plateau=lanes.plateau._replace(lr=lanes.plateau.lr * shape[0] + shape[1]))
            shape = jnp.ones_like(shape[0])
        lr = lanes.plateau.lr * shape
        used = clip(lanes.grad + fixed.sigma * noise, fixed.clipnorm, self.framework) if self.adorned else lanes.grad
        dx, state, terms = self.rule.step(self.at(lanes, used, fixed), lanes.state, lr, self.hyper(*fixed.hyper))
        x = lanes.x + dx
        loss, grad = self.slope(x, fixed)
        terms = {name: jnp.broadcast_to(term, x.shape) for name, term in terms.items()}
        told = lanes.told._replace(dx=dx, used_grad=used, lr=lr, next_lr=lr, terms=terms)
        best_loss = jnp.fmin(lanes.best_loss, loss)
        return lanes._replace(
            x=x, loss=loss, grad=grad, state=state, count=lanes.count + 1, best_loss=best_loss, told=told
        )

    def judge(self, before: _Lanes, lanes: _Lanes, fixed: _Fixed, shape: Array, validates: Array) -> _Lanes:
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
            cuts=lanes.cuts + cut,
            told=lanes.told._replace(
                monitored=monitored,
                threshold=verdict.threshold,
                next_lr=plateau.lr if shape.ndim == 2 else plateau.lr * shape,
                improved=verdict.improved.astype(float),
                cut=cut.astype(float),
                ended=ended.astype(float),
            ),
        )


Body = Callable[[Array, _Lanes], _Lanes]


class _Program(NamedTuple):
    """``advance(packed, fixed, shape, noise, validates, watches, fresh, n) -> packed, history``, compiled.

    Lanes go in and out packed as one array (columns, K), as ``lane`` describes one run: few arguments, cheap calls.
    """

    advance: Any
    lane: _Lanes

    def unpack(self, packed: Any) -> _Lanes:
        """(columns, ...) -> lanes whose fields are (...) or (2, ...)."""
        leaves, tree = jax.tree.flatten(self.lane)
        ends = np.cumsum([leaf.size for leaf in leaves]).tolist()
        parts = [
            packed[end - leaf.size : end] if leaf.ndim else packed[end - 1]
            for leaf, end in zip(leaves, ends, strict=True)
        ]
        return jax.tree.unflatten(tree, parts)

    @property
    def columns(self) -> int:
        return sum(leaf.size for leaf in jax.tree.leaves(self.lane))


def _pack(lanes: _Lanes) -> Array:
    return jnp.concatenate([jnp.atleast_2d(leaf) for leaf in jax.tree.leaves(lanes)])


def _compile(
    surface: Surface, optimizer: Optimizer, framework: str, batch: Batch, keep: bool, adorned: bool
) -> _Program:
    stepper = _Stepper(surface, optimizer, framework, adorned)
    fixed = _fixed(batch)
    lane = jax.tree.map(lambda leaf: leaf.update(shape=leaf.shape[:-1]), jax.eval_shape(stepper.begin, fixed))
    program = _Program(None, lane)

    def advance(
        packed: Array,
        fixed: _Fixed,
        shape: Array,
        noise: Array,
        validates: Array,
        watches: Array,
        fresh: Array,
        n: Array,
    ) -> tuple[Array, Array]:
        packed = jnp.where(fresh, _pack(stepper.begin(fixed)), packed)

        def free(t: Array, lanes: _Lanes) -> _Lanes:
            return stepper.descend(lanes, fixed, shape[t], noise[t])

        def watched(t: Array, lanes: _Lanes) -> _Lanes:
            return stepper.judge(lanes, free(t, lanes), fixed, shape[t], validates)

        def kept(body: Body, t: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
            packed = _pack(body(t, program.unpack(carry[0])))
            return packed, jax.lax.dynamic_update_index_in_dim(carry[1], packed, t + 1, 0)

        def untold(body: Body, t: Array, lanes: _Lanes) -> _Lanes:
            return body(t, lanes)._replace(told=lanes.told)

        def loops(step: Any, carry: Any) -> Any:
            """Without the plateau rule in its loop a run takes half the time."""
            judged, plain = (partial(jax.lax.fori_loop, 0, n, partial(step, body)) for body in (watched, free))
            return jax.lax.cond(watches, judged, plain, carry)

        if keep:
            return loops(kept, (packed, jnp.zeros((CHUNK + 1, *packed.shape)).at[0].set(packed)))
        return _pack(loops(untold, program.unpack(packed))), packed

    packed = np.zeros((program.columns, batch.x.shape[-1]))
    args = (packed, fixed, _chunk(batch.shape, 0), _chunk(batch.noise, 0), True, True, True, 1)
    return _Program(jax.jit(advance).lower(*args).compile(_QUICK if keep else None), lane)


def _fixed(batch: Batch) -> _Fixed:
    return _Fixed(
        batch.x, batch.coef, batch.hyper, batch.plateau, batch.clipnorm, batch.sigma, batch.steps_per_epoch, batch.base
    )


def _chunk(data: np.ndarray, begin: int) -> np.ndarray:
    part = data[begin : begin + CHUNK]
    return np.concatenate([part, np.zeros((CHUNK - len(part), *part.shape[1:]))])


class NotCompiled(Exception):
    """Raised in `without_compiling` for runs whose program is not compiled."""


_may_compile: ContextVar[bool] = ContextVar("may_compile", default=True)


@contextmanager
def without_compiling() -> Iterator[None]:
    """In this context programs that are compiled run, and where another one is needed ``NotCompiled`` is raised."""
    token = _may_compile.set(False)
    try:
        yield
    finally:
        _may_compile.reset(token)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def may_compile() -> bool:
    """Not in `without_compiling`."""
    return _may_compile.get()


Key = tuple[Any, ...]
_programs: OrderedDict[Key, Any] = OrderedDict()
_compiling: dict[Key, Future[Any]] = {}
_lock = threading.Lock()
"""For both."""
_compilers = ThreadPoolExecutor(min(_cores(), MOST_COMPILERS), "compile")
"""It takes programs in the order in which they were asked for. Who asks waits for each, so that somebody who needs
twelve is passed after the first by somebody who needs one."""


def _program(surface: Surface, optimizer: Optimizer, framework: str, batch: Batch, keep: bool) -> _Program:
    """The compiled program; the one not used for longest makes room, and its memory goes back to the system.

    Only a map may be compiled without noise and clipping: it then takes two thirds of the time, and no slider moves it.
    """
    adorned = keep or bool(batch.sigma.any() or batch.clipnorm.any())
    key = (
        surface.key,
        optimizer.key,
        framework,
        batch.x.shape,
        batch.shape.shape[1:],
        batch.noise.shape[1:],
        keep,
        adorned,
    )
    return compiled(key, partial(_compile, surface, optimizer, framework, batch, keep, adorned))


def compiled(key: Key, work: Callable[[], Any]) -> Any:
    """What ``work`` compiles, kept under this key: the least recently used program makes room for it."""
    with _lock:
        if key in _programs:
            _programs.move_to_end(key)
            return _programs[key]
        if not may_compile():
            raise NotCompiled(", ".join(map(str, key)))
        if key not in _compiling:
            _compiling[key] = _compilers.submit(_remember, key, work)
        coming = _compiling[key]
    return coming.result()


def _remember(key: Key, work: Callable[[], Any]) -> Any:
    try:
        program = work()
        with _lock:
            full = len(_programs) >= MOST_PROGRAMS
            if full:
                _programs.popitem(last=False)
            _programs[key] = program
    finally:
        with _lock:
            del _compiling[key]
    if full:
        _give_memory_back()
    return program


def _give_memory_back() -> None:
    """A program that nobody has any more is freed, but glibc keeps its memory. JAX's caches, which all programs share,
    may stay: without them 200 programs took as much at their most."""
    memory.trim()


def forget_traces() -> None:
    """In a quiet moment: what JAX keeps for the next compile goes back to the system. The programs stay."""
    jax.clear_caches()
    memory.trim()


def _padded(batch: Batch, begin: int, width: int) -> Batch:
    """Runs begin to begin + width; the last run fills what is missing. A family has a rate and noise for each run."""
    count = batch.x.shape[-1]
    runs = np.minimum(np.arange(begin, begin + width), count - 1)

    def lanes(data: Any) -> Any:
        if not isinstance(data, np.ndarray):
            return data
        if data.shape[-1] == count:
            return data[..., runs]
        return np.broadcast_to(data, (*data.shape[:-1], width)) if width == FAMILY else data

    return Batch(*map(lanes, batch))


def _advance(program: _Program, batch: Batch) -> np.ndarray:
    """All steps of a batch of exactly one width.   -> history (N + 1, columns, K), or the end alone (1, columns, K)"""
    n, fixed, history = len(batch.shape), _fixed(batch), []
    packed: Any = np.zeros((program.columns, batch.x.shape[-1]))
    for begin in range(0, n, CHUNK):
        size = min(CHUNK, n - begin)
        shape, noise = _chunk(batch.shape, begin), _chunk(batch.noise, begin)
        packed, rows = program.advance(packed, fixed, shape, noise, batch.validates, batch.watches, begin == 0, size)
        if rows.ndim == 3:
            history.append(np.asarray(rows)[min(begin, 1) : size + 1])
    return np.concatenate(history) if history else np.asarray(packed)[None]


def _trajectory(lanes: _Lanes, lane: int, batch: Batch, has_rate: bool) -> Trajectory:
    """One run of the batch.   lanes: fields (N + 1, K) or (2, N + 1, K)"""
    run = jax.tree.map(lambda field: np.moveaxis(field[..., lane], -1, 0), lanes)
    told, plateau = jax.tree.map(lambda field: field[1:], (run.told, run.plateau))
    rate = told.lr if has_rate else told.terms["step_size"][:, 0]
    if batch.watches:
        ends = np.flatnonzero(told.ended)
        state, verdict = jax.tree.map(lambda field: field[ends], (plateau, told))
        improved, cut = verdict.improved == 1, verdict.cut == 1
        threshold, monitored, next_lr = verdict.threshold, verdict.monitored, verdict.next_lr
        epochs = Epochs(ends + 1, monitored, state.best, state.wait, state.cooldown, next_lr, threshold, improved, cut)
    else:
        epochs = unjudged(run.loss, rate, int(batch.steps_per_epoch[lane]), batch.validates)
    return Trajectory(run.x, run.loss, run.grad, rate, told.dx, told.used_grad, told.terms, epochs, batch.watches)


def trace(surface: Surface, optimizer: Optimizer, framework: str, batch: Batch) -> list[Trajectory]:
    """Every run of the batch with its whole path."""
    count = batch.x.shape[-1]
    width = 1 if count == 1 else FAMILY
    runs: list[Trajectory] = []
    for begin in range(0, count, width):
        group = _padded(batch, begin, width)
        program = _program(surface, optimizer, framework, group, keep=True)
        lanes = program.unpack(np.moveaxis(_advance(program, group), 1, 0))  # fields (N + 1, K) or (2, N + 1, K)
        runs += [_trajectory(lanes, lane, group, optimizer.has_rate) for lane in range(min(width, count - begin))]
    return runs


def outcomes(surface: Surface, optimizer: Optimizer, framework: str, batch: Batch) -> Outcome:
    """How every run of the batch ended: for maps of many thousand runs, whose paths nobody draws."""
    count = batch.x.shape[-1]
    groups = [_padded(batch, begin, MAP) for begin in range(0, count, MAP)]
    program = _program(surface, optimizer, framework, groups[0], keep=False)
    with ThreadPoolExecutor() as pool:  # XLA runs without the interpreter's lock
        ends = pool.map(lambda group: _advance(program, group)[0], groups)
        lanes = program.unpack(np.concatenate(list(ends), axis=-1)[:, :count])
    last = np.ones(1) if batch.shape.ndim == 3 else batch.shape[-1]
    return Outcome(lanes.x, lanes.loss, lanes.best_loss, lanes.cuts.astype(int), np.asarray(lanes.plateau.lr) * last)
