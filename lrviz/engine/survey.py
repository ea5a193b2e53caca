"""How runs end, many thousand side by side, without their paths."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P

from lrviz import programs
from lrviz.columns import COLUMNS, Seen
from lrviz.engine.batch import Batch, Outcome
from lrviz.engine.program import CHUNK, COUNT, FLAG, Form, Given, Program, chunk, like, program_of, rows_of
from lrviz.engine.stepper import Lanes, Stepper, rate_of
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface

PART = 0.05
"""Seconds after which a survey looks whether it is still wanted."""
FEW = 64
"""Steps before it looks for the first time, and from one look to the next at least: where a call of one step takes as
long as ``PART``, as on a busy machine, fewer and fewer would be made at once."""


class _Widths(NamedTuple):
    """Runs that each device is asked for at once, and those of them that go through all steps before the next."""

    at_once: int
    block: int


_PROCESSOR, _WITH_RATES = _Widths(8192, 128), _Widths(4096, 128)
"""All that a step touches stays next to the processor; where runs have rates or noises of their own, those of a part
of all steps stay not far from it."""
_OTHER = _Widths(65_536, 65_536)
"""A step on a GPU costs some 25 microseconds, however few runs it moves."""


class _Goal(NamedTuple):
    """What the columns go by, (K,) or (1,): the loss to be reached, and the lowest of the surface."""

    target: Any
    floor: Any


class _Carry(NamedTuple):
    """What is carried from step to step. columns: by name, as they are gathered."""

    lanes: Lanes
    columns: dict[str, Any]


def _compile_survey(stepper: Stepper, form: Form) -> Program:
    """A program that gathers columns: ``advance(packed, given, shape, noise, validates, done, at, n, steps, blocks)``
    goes n steps on from step ``done``, whose rates and noises begin at this place of their chunk.

    A block of runs goes through all n steps before the next.
    """
    devices, names = jax.local_device_count(), form.columns or ()
    block = _widths(form.shape_moves or form.noise_moves).block
    here = form._replace(width=block)

    def begin(given: Given, steps: Any) -> _Carry:
        fixed, goal = form.take(given)
        lanes = stepper.begin(fixed, block)._replace(output=None)
        seen = Seen(0.0, steps, lanes.x, lanes.loss, lanes.loss, 0.0, *goal)
        return _Carry(lanes, {name: COLUMNS[name].begin(seen) for name in names})

    rows = rows_of(begin, here.like()[0], 1.0)

    def advance(
        packed: Array,
        given: Given,
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

            its = Given(part(given.moving), given.shared)
            rates, noises = part(shape, form.shape_moves), part(noise, form.noise_moves)
            fixed, goal = form.take(its)

            def step(t: Array, carry: _Carry) -> _Carry:
                k, before = done + t + 1.0, carry.lanes
                lanes = stepper.descend(before, fixed, k, rates[at + t], noises[at + t])
                if form.watches:
                    lanes = stepper.judge(before, lanes, fixed, rates[at + t], validates)
                seen = Seen(k, steps, lanes.x, lanes.loss, before.loss, lanes.output.cut, *goal)
                columns = {name: COLUMNS[name].step(held, seen) for name, held in carry.columns.items()}
                return _Carry(lanes._replace(output=None), columns)

            carry = rows.unpack(jnp.where(done == 0, rows.pack(begin(its, steps)), part(packed)))
            ends = rows.pack(jax.lax.fori_loop(0, n, step, carry))
            return jax.lax.dynamic_update_slice_in_dim(packed, ends, b * block, -1)

        return jax.lax.fori_loop(0, blocks, through, packed)

    if devices > 1:  # each goes through its part of the runs
        runs, pairs, all_ = P(None, "runs"), P(None, None, "runs"), P()
        given = Given(runs, all_)
        shape = (pairs if form.on_top else runs) if form.shape_moves else all_
        noise = pairs if form.noise_moves else all_
        advance = jax.shard_map(
            advance,
            mesh=jax.make_mesh((devices,), ("runs",), axis_types=(AxisType.Auto,), devices=jax.local_devices()),
            in_specs=(runs, given, shape, noise, *(all_,) * 6),
            out_specs=runs,
            check_vma=False,
        )
    args = (like(rows.size, form.width), *form.like(), FLAG, COUNT, COUNT, COUNT, like(), COUNT)
    return Program(jax.jit(advance).lower(*args).compile(programs.EXACT), rows.size, rows)


def _widths(moves: bool) -> _Widths:
    """moves: have runs rates or noises of their own?"""
    if jax.default_backend() != "cpu":
        return _OTHER
    return _WITH_RATES if moves else _PROCESSOR


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
    inputs = (batch.numbers, _Goal(target, floor))
    leaves, tree = jax.tree.flatten(inputs)
    shape_moves, noise_moves = batch.shape_of.size > 1, batch.noise_of.size > 1
    devices, (at_once, block) = jax.local_device_count(), _widths(shape_moves or noise_moves)
    form = Form(
        at_once * devices,
        tree,
        tuple(leaf.size > 1 for leaf in leaves),
        shape_moves,
        noise_moves,
        batch.shape.ndim == 3,
        bool(batch.numbers.sigma.any() or batch.numbers.clipnorm.any()),
        batch.watches,
        tuple(name for name in COLUMNS if name in columns),
    )
    program = program_of(_compile_survey, surface, optimizer, framework, form)
    steps = len(batch.shape)
    found = {name: np.empty((2, batch.size) if name == "x" else batch.size) for name in columns}

    def group(begin: int) -> None:
        count = min(form.width, batch.size - begin)
        blocks = -(-count // (devices * block))
        places = (np.arange(devices)[:, None] * blocks * block + np.arange(at_once)).ravel()
        runs = begin + np.minimum(places, count - 1)  # the last one fills what is missing
        given, done, n = form.give(inputs, runs), 0, FEW
        packed: Any = np.zeros((program.carried, runs.size))
        while done < steps:
            if cancelled():
                raise Cancelled
            at = done % CHUNK
            if at == 0:
                rates: Any = chunk(batch, runs, done)
                if devices == 1 and (form.shape_moves or form.noise_moves):  # megabytes, for all parts of the chunk
                    rates = jax.device_put(rates)
            n, since = min(n, steps - done, CHUNK - at), time.perf_counter()
            packed = program.advance(packed, given, *rates, batch.validates, done, at, n, float(steps), blocks)
            packed.block_until_ready()
            done, n = done + n, min(CHUNK, max(FEW, int(n * PART / (time.perf_counter() - since))))
        ours = np.asarray(packed).reshape(-1, devices, at_once)[..., : blocks * block].reshape(program.rows.size, -1)
        carry: _Carry = program.rows.unpack(ours[:, :count])
        kind_of = batch.shape_of if batch.shape_of.size == 1 else batch.shape_of[begin : begin + count]
        ends = {
            "x": carry.lanes.x,
            "loss": carry.lanes.loss,
            "learning_rate": rate_of(carry.lanes.plateau, batch.shape[-1, ..., kind_of]),
        }
        for name, column in found.items():
            column[..., begin : begin + count] = ends[name] if name in ends else COLUMNS[name].read(carry.columns[name])

    begins = range(0, batch.size, form.width)
    if len(begins) == 1:
        group(0)
    else:  # XLA runs without the interpreter's lock
        with ThreadPoolExecutor(programs.cores() if devices == 1 else 1) as pool:
            list(pool.map(group, begins))
    return Outcome(
        {name: column.astype(COLUMNS[name].dtype) if name in COLUMNS else column for name, column in found.items()}
    )
