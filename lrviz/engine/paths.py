"""Runs with their whole path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz import programs
from lrviz.engine.batch import Batch
from lrviz.engine.program import CHUNK, COUNT, FLAG, Form, Given, Program, Rows, chunk, like, program_of, rows_of
from lrviz.engine.stepper import Lanes, Point, Stepper, point
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface
from lrviz.trajectory import Epochs, Trajectory, unjudged

WIDTH = 64
_QUICK: dict[str, Any] = {**programs.EXACT, "xla_cpu_use_fusion_emitters": False}
"""The older emitters compile in half the time and run no slower."""

Body = Callable[[Array, Lanes], Lanes]


def _compile_trace(stepper: Stepper, form: Form) -> Program:
    """A program that keeps the history: ``advance(packed, given, shape, noise, validates, watches, done, n)`` goes n
    steps on from step ``done``  -> packed, history (CHUNK + 1, rows, K)."""

    def begin(given: Given) -> Lanes:
        return stepper.begin(form.take(given), form.width)

    given = form.like()[0]
    handed, rows = (
        rows_of(lambda given: begin(given)._replace(output=None), given),
        rows_of(lambda g: point(begin(g)), given),
    )

    def advance(
        packed: Array,
        given: Given,
        shape: Array,
        noise: Array,
        validates: Array,
        watches: Array,
        done: Array,
        n: Array,
    ) -> tuple[Array, Array]:
        fixed, first = form.take(given), begin(given)
        lanes = handed.unpack(jnp.where(done == 0, handed.pack(first._replace(output=None)), packed))

        def free(t: Array, lanes: Lanes) -> Lanes:
            return stepper.descend(lanes, fixed, done + t + 1.0, shape[t], noise[t])

        def watched(t: Array, lanes: Lanes) -> Lanes:
            return stepper.judge(lanes, free(t, lanes), fixed, shape[t], validates)

        def record(body: Body, t: Array, carry: tuple[Lanes, Array]) -> tuple[Lanes, Array]:
            lanes = body(t, carry[0])
            history = jax.lax.dynamic_update_index_in_dim(carry[1], rows.pack(point(lanes)), t + 1, 0)
            return lanes._replace(output=None), history

        # Without the plateau rule in its loop a run takes half the time.
        judged, plain = (partial(jax.lax.fori_loop, 0, n, partial(record, body)) for body in (watched, free))
        history = jnp.zeros((CHUNK + 1, rows.size, form.width)).at[0].set(rows.pack(point(first)))
        lanes, history = jax.lax.cond(watches, judged, plain, (lanes, history))
        return handed.pack(lanes), history

    args = (like(handed.size, form.width), *form.like(), FLAG, FLAG, COUNT, COUNT)
    with programs.on_processor():  # a GPU takes 12 ms for 500 steps of one run, the processor 0.4
        return Program(jax.jit(advance).lower(*args).compile(_QUICK), handed.size, rows)


def _trajectory(
    history: np.ndarray, rows: Rows, lane: int, batch: Batch, length: int, has_rate: bool
) -> Mapping[str, Any]:
    """The fields of one run, with epochs of this length.   history: (N + 1, rows, K)"""
    run: Point = rows.unpack(history[..., lane].T)  # (N + 1,) or (2, N + 1)
    output = run.output
    plateau: Any = run.plateau
    rate = output.lr[1:] if has_rate else output.terms["step_size"][0, 1:]
    if batch.watches:
        ends = np.flatnonzero(output.ended)  # never before the first step
        epochs = Epochs(
            ends, output.monitored[ends], plateau.best[ends], plateau.wait[ends], plateau.cooldown[ends],
            output.next_lr[ends], output.threshold[ends], output.improved[ends] == 1, output.cut[ends] == 1,
        )  # fmt: skip
    else:
        epochs = unjudged(run.loss, rate, length, batch.validates)
    return {
        "x": run.x.T,
        "loss": run.loss,
        "grad": run.grad.T,
        "learning_rate": rate,
        "dx": output.dx[:, 1:].T,
        "used_grad": output.used_grad[:, 1:].T,
        "terms": {name: term[:, 1:].T for name, term in output.terms.items()},
        "epochs": epochs,
        "plateau": batch.watches,
    }


def trace(surface: Surface, optimizer: Optimizer, framework: str, batch: Batch) -> list[Trajectory]:
    """Every run of the batch with its whole path."""
    width = 1 if batch.size == 1 else WIDTH
    each = lambda kind_of: np.broadcast_to(kind_of, batch.size)  # noqa: E731  a batch has all for each of its runs
    batch = batch._replace(shape_of=each(batch.shape_of), noise_of=each(batch.noise_of))
    leaves, tree = jax.tree.flatten(batch.numbers)
    form = Form(width, tree, (True,) * len(leaves), shape_moves=True, noise_moves=True, on_top=batch.shape.ndim == 3)
    program = program_of(_compile_trace, surface, optimizer, framework, form)
    lengths = np.broadcast_to(batch.numbers.steps_per_epoch, batch.size)
    found: list[Trajectory] = []
    for begin in range(0, batch.size, width):
        runs = np.minimum(np.arange(begin, begin + width), batch.size - 1)  # the last one fills what is missing
        history = _history(program, form.give(batch.numbers, runs), batch, runs)
        fields = partial(_trajectory, history, program.rows)
        found += [
            Trajectory.later(partial(fields, lane, batch, int(lengths[begin + lane]), optimizer.has_rate))
            for lane in range(min(width, batch.size - begin))
        ]
    return found


def _history(program: Program, given: Given, batch: Batch, runs: np.ndarray) -> np.ndarray:
    """All steps of runs of exactly one width.   -> (N + 1, rows, K)"""
    steps, parts = len(batch.shape), []
    packed: Any = np.zeros((program.carried, runs.size))
    for done in range(0, steps, CHUNK):
        n = min(CHUNK, steps - done)
        packed, history = program.advance(
            packed, given, *chunk(batch, runs, done), batch.validates, batch.watches, done, n
        )
        parts.append(np.asarray(history)[min(done, 1) : n + 1])
    return np.concatenate(parts)
