"""The only place that compiles: one program steps any number of runs side by side, whatever the schedule.

A program belongs to a (surface, optimizer, framework). All that a slider moves is data, and a run of any length is made
of calls of ``CHUNK`` steps that hand on their state, so that nothing that a visitor moves compiles again. It is
compiled for at most three widths: one run, a family of 64 (a slider's whole range) and a map of 4,096 runs at a time.
"""

from __future__ import annotations

import time
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P

from lrviz import programs
from lrviz.columns import COLUMNS, Seen
from lrviz.optimizers import At, Optimizer, clip
from lrviz.plateau import PLATEAU, PlateauState, rest
from lrviz.surfaces import Surface
from lrviz.trajectory import Epochs, Trajectory, unjudged

CHUNK = 512
FAMILY = 64
MAP = 4096
"""Runs of a survey that are asked for at once, on each device."""
BLOCK = 128
PART = 0.05
"""Seconds after which a survey looks whether it is still wanted."""
FEW = 64
"""Steps before it looks for the first time, and from one look to the next at least: where a call of one step takes as
long as ``PART``, as on a busy machine, fewer and fewer would be made at once."""
_EXACT: dict[str, Any] = {"xla_disable_hlo_passes": "algsimp", "xla_cpu_parallel_codegen_split_count": 1}
"""XLA's algebra would write a/b as a (1/b), where all runs share b, and a/sqrt(b) as a rsqrt(b): other bits. Without it
each operation is rounded as it stands here, alone and in a survey alike, and the code is no slower. In one piece it
compiles with less work and stays in less memory."""
_QUICK: dict[str, Any] = {**_EXACT, "xla_cpu_use_fusion_emitters": False}
"""The older emitters compile in half the time and run no slower."""


class Numbers(NamedTuple):
    """A run's numbers, the knobs' values in their order. Each is (K,), or (1,) where K runs share it.

    base times the shape of a batch is the rate of each step before cuts. sigma scales the noise.
    """

    x: tuple[Any, ...]
    coef: tuple[Any, ...]
    hyper: tuple[Any, ...]
    plateau: tuple[Any, ...]
    clipnorm: Any
    sigma: Any
    steps_per_epoch: Any
    base: Any


class Batch(NamedTuple):
    """What defines K = size runs of one program, as plain numpy data. Runs are side by side on the last axis.

    shape (N, S), noise (N, 2, M): one rate and two standard normal numbers a step, in S and M kinds; shape_of, noise_of
    (K,) or (1,): which kind a run has. validates: monitor ``val_loss``. watches: the plateau rule is on. Where that
    stands on top of a schedule, shape is (N, 2, S), a and b: before each step a lr + b takes the place of the rate lr.
    """

    size: int
    numbers: Numbers
    shape: np.ndarray
    shape_of: np.ndarray
    noise: np.ndarray
    noise_of: np.ndarray
    validates: bool
    watches: bool


class Outcome(dict[str, np.ndarray]):
    """How each of K runs ended, without its path: the columns that were asked for, by name and as attributes.

    x (2, K); all others (K,).
    """

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no column {name!r}; there are {', '.join(self)}") from None


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
    """K runs between two steps, each field (..., K). The history of a run is this, after each step.

    told: a ``_Told``; None between the steps of a survey.
    """

    x: Any
    loss: Any
    grad: Any
    state: Any
    plateau: PlateauState
    epoch_loss: Any
    epoch_steps: Any
    epochs: Any
    told: Any


class _Stepper:
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

    def at(self, lanes: _Lanes, grad: Array, fixed: Numbers, k: Array) -> At:
        def hessian(x: Array) -> Array:
            coef = tuple(jnp.broadcast_to(one, x.shape[1:]) for one in fixed.coef)
            return jax.vmap(jax.hessian(self.f), -1, -1)(x, coef)

        return At(lanes.x, grad, k, lanes.loss, lambda x: self.f(x, fixed.coef), hessian)

    def begin(self, fixed: Numbers, count: int) -> _Lanes:
        """So many runs before the first step, when nothing has been told."""
        x = jnp.stack([jnp.broadcast_to(start, count) for start in fixed.x])
        zero = jnp.zeros_like(x[0])
        hyper = self.hyper(*fixed.hyper)
        loss, grad = self.slope(x, fixed)
        told = _Told(jnp.zeros_like(x), jnp.zeros_like(x), zero, {}, *(zero,) * 6)
        resting = rest(zero + fixed.base, self.framework)
        lanes = _Lanes(x, loss, grad, self.rule.init(x, hyper), resting, zero, zero, zero, told)
        at = self.at(lanes, grad, fixed, jnp.zeros(()))
        terms = jax.eval_shape(lambda: self.rule.step(at, lanes.state, zero, hyper)[2])
        return lanes._replace(told=told._replace(terms={name: jnp.zeros_like(x) for name in terms}))

    def descend(self, lanes: _Lanes, fixed: Numbers, k: Array, shape: Array, noise: Array) -> _Lanes:
        """Step k of the optimizer, from 1."""
        if shape.ndim == 2:  # the schedule goes on from the rate that is there
            lanes = lanes._replace(plateau=lanes.plateau._replace(lr=lanes.plateau.lr * shape[0] + shape[1]))
        lr = _rate(lanes.plateau, shape)
        used = clip(lanes.grad + fixed.sigma * noise, fixed.clipnorm, self.framework) if self.adorned else lanes.grad
        dx, state, terms = self.rule.step(self.at(lanes, used, fixed, k), lanes.state, lr, self.hyper(*fixed.hyper))
        x = lanes.x + dx
        loss, grad = self.slope(x, fixed)
        terms = {name: jnp.broadcast_to(term, x.shape) for name, term in terms.items()}
        zero = jnp.zeros_like(loss)
        told = _Told(dx, used, lr, terms, zero, zero, lr, zero, zero, zero)
        return lanes._replace(x=x, loss=loss, grad=grad, state=state, told=told)

    def judge(self, before: _Lanes, lanes: _Lanes, fixed: Numbers, shape: Array, validates: Array) -> _Lanes:
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
            told=lanes.told._replace(
                monitored=monitored,
                threshold=verdict.threshold,
                next_lr=_rate(plateau, shape),
                improved=verdict.improved.astype(float),
                cut=cut.astype(float),
                ended=ended.astype(float),
            ),
        )


def _rate(plateau: PlateauState, shape: Any) -> Any:
    """Of a step of this shape, (K,); with a and b, (2, K), the rate that the schedule has made of the last one."""
    return plateau.lr if shape.ndim == 2 else plateau.lr * shape


class _Point(NamedTuple):
    """What the history keeps of each point, fields of ``_Lanes``."""

    x: Any
    loss: Any
    grad: Any
    plateau: PlateauState
    told: Any


def _point(lanes: _Lanes) -> _Point:
    return _Point(lanes.x, lanes.loss, lanes.grad, lanes.plateau, lanes.told)


Body = Callable[[Array, _Lanes], _Lanes]


class _Rows(NamedTuple):
    """How a pytree lies in one array (rows, ...), for few arguments make cheap calls. places: the rows of each leaf, or
    the only one."""

    tree: Any
    places: tuple[slice | int, ...]
    size: int

    def pack(self, tree: Any) -> Array:
        return jnp.concatenate([jnp.atleast_2d(leaf) for leaf in jax.tree.leaves(tree)])

    def unpack(self, packed: Any) -> Any:
        """(rows, ...) -> leaves (...) or (2, ...)."""
        return jax.tree.unflatten(self.tree, [packed[place] for place in self.places])


def _rows(carry: Callable[..., Any], *args: Any) -> _Rows:
    """Of what carry(*args) gives of K runs, each leaf (..., K)."""
    leaves, tree = jax.tree.flatten(jax.eval_shape(carry, *args))
    sizes = [leaf.size // leaf.shape[-1] for leaf in leaves]
    ends = np.cumsum(sizes).tolist()
    places = [
        end - 1 if leaf.ndim == 1 else slice(end - size, end)
        for leaf, size, end in zip(leaves, sizes, ends, strict=True)
    ]
    return _Rows(tree, tuple(places), sum(sizes))


class _Program(NamedTuple):
    """``advance``, compiled. It hands on so many rows; ``rows``: what it gives."""

    advance: Any
    hands_on: int
    rows: _Rows


class _Asked(NamedTuple):
    """What a survey asks about each run, (K,) or (1,): from which loss on it counts, and where the surface ends."""

    target: Any
    floor: Any


class _Given(NamedTuple):
    """The numbers of K runs for a program: those that move, (m, K), and those that all runs share, (s,)."""

    moving: Any
    shared: Any


class _Form(NamedTuple):
    """What a program is compiled for, besides its rules.

    tree, moves: a pytree of numbers and which of its leaves move; what all runs share is computed once a step.
    shape_moves, noise_moves: the same of the rates and of the noise. on_top: the plateau rule stands on top of a
    schedule. adorned: there may be noise and clipping. watches: the plateau rule is on; None: it may be. columns: of a
    survey; None where the history is kept.
    """

    width: int
    tree: Any
    moves: tuple[bool, ...]
    shape_moves: bool
    noise_moves: bool
    on_top: bool = False
    adorned: bool = True
    watches: bool | None = None
    columns: tuple[str, ...] | None = None

    def give(self, numbers: Any, runs: np.ndarray) -> _Given:
        """The numbers of these runs, from leaves (all,) or (1,)."""
        leaves = list(zip(jax.tree.leaves(numbers), self.moves, strict=True))
        moving = np.empty((sum(self.moves), runs.size))
        for row, leaf in zip(moving, (leaf for leaf, moves in leaves if moves), strict=True):
            row[:] = leaf[runs] if leaf.size > 1 else leaf
        return _Given(moving, np.array([leaf[0] for leaf, moves in leaves if not moves], float))

    def take(self, given: _Given) -> Any:
        """The pytree again, its leaves (K,) or (1,)."""
        moving, shared = iter(given.moving), iter(given.shared)
        return jax.tree.unflatten(self.tree, [next(moving) if moves else next(shared)[None] for moves in self.moves])

    def like(self) -> tuple[_Given, Any, Any]:
        """What a program is given, its shapes alone: numbers, rates and noises of a chunk."""
        count = sum(self.moves)
        return (
            _Given(_like(count, self.width), _like(len(self.moves) - count)),
            _like(CHUNK, *(2,) * self.on_top, self.width if self.shape_moves else 1),
            _like(CHUNK, 2, self.width if self.noise_moves else 1),
        )


def _like(*shape: int, dtype: Any = float) -> Any:
    return jax.ShapeDtypeStruct(shape, dtype)


_FLAG, _COUNT = _like(dtype=bool), _like(dtype=int)


def _compile(surface: Surface, optimizer: Optimizer, framework: str, form: _Form) -> _Program:
    stepper = _Stepper(surface, optimizer, framework, form.adorned)
    return _compile_trace(stepper, form) if form.columns is None else _compile_survey(stepper, form, form.columns)


def _compile_trace(stepper: _Stepper, form: _Form) -> _Program:
    """A program that keeps the history: ``advance(packed, given, shape, noise, validates, watches, done, n)`` goes n
    steps on from step ``done``  -> packed, history (CHUNK + 1, rows, K)."""

    def begin(given: _Given) -> _Lanes:
        return stepper.begin(form.take(given), form.width)

    given = form.like()[0]
    handed, rows = (
        _rows(lambda given: begin(given)._replace(told=None), given),
        _rows(lambda g: _point(begin(g)), given),
    )

    def advance(
        packed: Array,
        given: _Given,
        shape: Array,
        noise: Array,
        validates: Array,
        watches: Array,
        done: Array,
        n: Array,
    ) -> tuple[Array, Array]:
        fixed, first = form.take(given), begin(given)
        lanes = handed.unpack(jnp.where(done == 0, handed.pack(first._replace(told=None)), packed))

        def free(t: Array, lanes: _Lanes) -> _Lanes:
            return stepper.descend(lanes, fixed, done + t + 1.0, shape[t], noise[t])

        def watched(t: Array, lanes: _Lanes) -> _Lanes:
            return stepper.judge(lanes, free(t, lanes), fixed, shape[t], validates)

        def kept(body: Body, t: Array, carry: tuple[_Lanes, Array]) -> tuple[_Lanes, Array]:
            lanes = body(t, carry[0])
            history = jax.lax.dynamic_update_index_in_dim(carry[1], rows.pack(_point(lanes)), t + 1, 0)
            return lanes._replace(told=None), history

        # Without the plateau rule in its loop a run takes half the time.
        judged, plain = (partial(jax.lax.fori_loop, 0, n, partial(kept, body)) for body in (watched, free))
        history = jnp.zeros((CHUNK + 1, rows.size, form.width)).at[0].set(rows.pack(_point(first)))
        lanes, history = jax.lax.cond(watches, judged, plain, (lanes, history))
        return handed.pack(lanes), history

    args = (_like(handed.size, form.width), *form.like(), _FLAG, _FLAG, _COUNT, _COUNT)
    return _Program(jax.jit(advance).lower(*args).compile(_QUICK), handed.size, rows)


class _Kept(NamedTuple):
    """What a survey goes on with. columns: by name, as they are gathered."""

    lanes: _Lanes
    columns: dict[str, Any]


def _compile_survey(stepper: _Stepper, form: _Form, names: tuple[str, ...]) -> _Program:
    """A program that gathers columns: ``advance(packed, given, shape, noise, validates, done, at, n, steps, blocks)``
    goes n steps on from step ``done``, whose rates and noises begin at this place of their chunk.

    ``BLOCK`` runs go through all n steps before the next: all that a step touches stays next to the processor.
    """
    devices = jax.local_device_count()
    block = _block()
    here = form._replace(width=block)

    def begin(given: _Given, steps: Any) -> _Kept:
        fixed, asked = form.take(given)
        lanes = stepper.begin(fixed, block)._replace(told=None)
        seen = Seen(0.0, steps, lanes.x, lanes.loss, lanes.loss, 0.0, *asked)
        return _Kept(lanes, {name: COLUMNS[name].begin(seen) for name in names})

    rows = _rows(begin, here.like()[0], 1.0)

    def advance(
        packed: Array,
        given: _Given,
        shape: Array,
        noise: Array,
        validates: Array,
        done: Array,
        at: Array,
        n: Array,
        steps: Array,
        blocks: Array,
    ) -> Array:
        def through(b: Array, packed: Array) -> Array:
            def part(data: Array, moves: bool = True) -> Array:
                return jax.lax.dynamic_slice_in_dim(data, b * block, block, -1) if moves else data

            its = _Given(part(given.moving), given.shared)
            rates, noises = part(shape, form.shape_moves), part(noise, form.noise_moves)
            fixed, asked = form.take(its)

            def step(t: Array, kept: _Kept) -> _Kept:
                k, before = done + t + 1.0, kept.lanes
                lanes = stepper.descend(before, fixed, k, rates[at + t], noises[at + t])
                if form.watches:
                    lanes = stepper.judge(before, lanes, fixed, rates[at + t], validates)
                seen = Seen(k, steps, lanes.x, lanes.loss, before.loss, lanes.told.cut, *asked)
                columns = {name: COLUMNS[name].step(held, seen) for name, held in kept.columns.items()}
                return _Kept(lanes._replace(told=None), columns)

            kept = rows.unpack(jnp.where(done == 0, rows.pack(begin(its, steps)), part(packed)))
            ends = rows.pack(jax.lax.fori_loop(0, n, step, kept))
            return jax.lax.dynamic_update_slice_in_dim(packed, ends, b * block, -1)

        return jax.lax.fori_loop(0, blocks, through, packed)

    if devices > 1:  # each goes through its part of the runs
        runs, pairs, all_ = P(None, "runs"), P(None, None, "runs"), P()
        given = _Given(runs, all_)
        shape = (pairs if form.on_top else runs) if form.shape_moves else all_
        noise = pairs if form.noise_moves else all_
        advance = jax.shard_map(
            advance,
            mesh=jax.make_mesh((devices,), ("runs",), axis_types=(AxisType.Auto,), devices=jax.local_devices()),
            in_specs=(runs, given, shape, noise, *(all_,) * 6),
            out_specs=runs,
            check_vma=False,
        )
    args = (_like(rows.size, form.width), *form.like(), _FLAG, _COUNT, _COUNT, _COUNT, _like(), _COUNT)
    return _Program(jax.jit(advance).lower(*args).compile(_EXACT), rows.size, rows)


def _program(surface: Surface, optimizer: Optimizer, framework: str, form: _Form) -> _Program:
    key = (surface.key, optimizer.key, framework, form)
    return programs.compiled(key, partial(_compile, surface, optimizer, framework, form))


def _block() -> int:
    """Runs that a survey takes through all steps together. Other devices than processors want all at once."""
    return BLOCK if jax.default_backend() == "cpu" else MAP


def _chunk(batch: Batch, runs: np.ndarray, begin: int) -> tuple[np.ndarray, np.ndarray]:
    """The rates (CHUNK, [2,] K or 1) and the noises (CHUNK, 2, K or 1) of these runs' steps from this one on."""

    def part(data: np.ndarray, kind_of: np.ndarray) -> np.ndarray:
        data, kinds = data[begin : begin + CHUNK], kind_of[runs] if kind_of.size > 1 else kind_of
        part = np.zeros((CHUNK, *data.shape[1:-1], kinds.size))
        np.take(data, kinds, axis=-1, out=part[: len(data)], mode="clip")  # the only mode without a copy
        return part

    return part(batch.shape, batch.shape_of), part(batch.noise, batch.noise_of)


def _trajectory(
    history: np.ndarray, rows: _Rows, lane: int, batch: Batch, length: int, has_rate: bool
) -> Mapping[str, Any]:
    """The fields of one run, with epochs of this length.   history: (N + 1, rows, K)"""
    run: _Point = rows.unpack(history[..., lane].T)  # (N + 1,) or (2, N + 1)
    told = run.told
    plateau: Any = run.plateau
    rate = told.lr[1:] if has_rate else told.terms["step_size"][0, 1:]
    if batch.watches:
        ends = np.flatnonzero(told.ended)  # never before the first step
        epochs = Epochs(
            ends, told.monitored[ends], plateau.best[ends], plateau.wait[ends], plateau.cooldown[ends],
            told.next_lr[ends], told.threshold[ends], told.improved[ends] == 1, told.cut[ends] == 1,
        )  # fmt: skip
    else:
        epochs = unjudged(run.loss, rate, length, batch.validates)
    return {
        "x": run.x.T,
        "loss": run.loss,
        "grad": run.grad.T,
        "learning_rate": rate,
        "dx": told.dx[:, 1:].T,
        "used_grad": told.used_grad[:, 1:].T,
        "terms": {name: term[:, 1:].T for name, term in told.terms.items()},
        "epochs": epochs,
        "plateau": batch.watches,
    }


def trace(surface: Surface, optimizer: Optimizer, framework: str, batch: Batch) -> list[Trajectory]:
    """Every run of the batch with its whole path."""
    width = 1 if batch.size == 1 else FAMILY
    each = lambda kind_of: np.broadcast_to(kind_of, batch.size)  # noqa: E731  a family has all for each of its runs
    batch = batch._replace(shape_of=each(batch.shape_of), noise_of=each(batch.noise_of))
    leaves, tree = jax.tree.flatten(batch.numbers)
    form = _Form(width, tree, (True,) * len(leaves), shape_moves=True, noise_moves=True, on_top=batch.shape.ndim == 3)
    program = _program(surface, optimizer, framework, form)
    lengths = np.broadcast_to(batch.numbers.steps_per_epoch, batch.size)
    found: list[Trajectory] = []
    for begin in range(0, batch.size, width):
        runs = np.minimum(np.arange(begin, begin + width), batch.size - 1)  # the last one fills what is missing
        history = _history(program, form.give(batch.numbers, runs), batch, runs)
        kept = partial(_trajectory, history, program.rows)
        found += [
            Trajectory.later(partial(kept, lane, batch, int(lengths[begin + lane]), optimizer.has_rate))
            for lane in range(min(width, batch.size - begin))
        ]
    return found


def _history(program: _Program, given: _Given, batch: Batch, runs: np.ndarray) -> np.ndarray:
    """All steps of runs of exactly one width.   -> (N + 1, rows, K)"""
    steps, parts = len(batch.shape), []
    packed: Any = np.zeros((program.hands_on, runs.size))
    for done in range(0, steps, CHUNK):
        n = min(CHUNK, steps - done)
        packed, history = program.advance(
            packed, given, *_chunk(batch, runs, done), batch.validates, batch.watches, done, n
        )
        parts.append(np.asarray(history)[min(done, 1) : n + 1])
    return np.concatenate(parts)


_NOWHERE = np.array([np.nan])


class Cancelled(Exception):
    """Raised by `outcomes` where nobody wants them any more."""


def outcomes(
    surface: Surface,
    optimizer: Optimizer,
    framework: str,
    batch: Batch,
    columns: Collection[str],
    target: np.ndarray = _NOWHERE,
    floor: np.ndarray = _NOWHERE,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """These columns (`lrviz.columns`) of every run of the batch, without its path; on every device of this
    process.

    target, floor (K,) or (1,): what some columns go by. cancelled: asked between parts of some ten milliseconds; where
    it says yes, ``Cancelled`` is raised.
    """
    asked = (batch.numbers, _Asked(target, floor))
    leaves, tree = jax.tree.flatten(asked)
    devices, block = jax.local_device_count(), _block()
    form = _Form(
        MAP * devices,
        tree,
        tuple(leaf.size > 1 for leaf in leaves),
        batch.shape_of.size > 1,
        batch.noise_of.size > 1,
        batch.shape.ndim == 3,
        bool(batch.numbers.sigma.any() or batch.numbers.clipnorm.any()),
        batch.watches,
        tuple(name for name in COLUMNS if name in columns),
    )
    program = _program(surface, optimizer, framework, form)
    steps = len(batch.shape)
    found = {name: np.empty((2, batch.size) if name == "x" else batch.size) for name in columns}

    def group(begin: int) -> None:
        count = min(form.width, batch.size - begin)
        blocks = -(-count // (devices * block))
        places = (np.arange(devices)[:, None] * blocks * block + np.arange(MAP)).ravel()
        runs = begin + np.minimum(places, count - 1)  # the last one fills what is missing
        given, done, n = form.give(asked, runs), 0, FEW
        packed: Any = np.zeros((program.hands_on, runs.size))
        while done < steps:
            if cancelled():
                raise Cancelled
            at = done % CHUNK
            if at == 0:
                rates: Any = _chunk(batch, runs, done)
                if devices == 1 and (form.shape_moves or form.noise_moves):  # megabytes, for all parts of the chunk
                    rates = jax.device_put(rates)
            n, since = min(n, steps - done, CHUNK - at), time.perf_counter()
            packed = program.advance(packed, given, *rates, batch.validates, done, at, n, float(steps), blocks)
            packed.block_until_ready()
            done, n = done + n, min(CHUNK, max(FEW, int(n * PART / (time.perf_counter() - since))))
        ours = np.asarray(packed).reshape(-1, devices, MAP)[..., : blocks * block].reshape(program.rows.size, -1)
        kept: _Kept = program.rows.unpack(ours[:, :count])
        kind_of = batch.shape_of if batch.shape_of.size == 1 else batch.shape_of[begin : begin + count]
        ends = {
            "x": kept.lanes.x,
            "loss": kept.lanes.loss,
            "learning_rate": _rate(kept.lanes.plateau, batch.shape[-1, ..., kind_of]),
        }
        for name, column in found.items():
            column[..., begin : begin + count] = ends[name] if name in ends else COLUMNS[name].read(kept.columns[name])

    begins = range(0, batch.size, form.width)
    if len(begins) == 1:
        group(0)
    else:  # XLA runs without the interpreter's lock
        with ThreadPoolExecutor(programs.cores() if devices == 1 else 1) as pool:
            list(pool.map(group, begins))
    return Outcome(
        {name: column.astype(COLUMNS[name].dtype) if name in COLUMNS else column for name, column in found.items()}
    )
