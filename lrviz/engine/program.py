"""What a program is compiled for, what it is given and gives, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz import programs
from lrviz.engine.batch import Batch
from lrviz.engine.stepper import Stepper
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface

CHUNK = 512
"""Steps of one call."""


class Rows(NamedTuple):
    """How a pytree lies in one array (rows, ...), for few arguments make cheap calls. places: the rows of each leaf, or
    the only one."""

    tree: Any
    places: tuple[slice | int, ...]
    size: int

    def pack(self, tree: Any) -> Array:
        """Leaves (...) or (2, ...) -> (rows, ...)."""
        return jnp.concatenate([jnp.atleast_2d(leaf) for leaf in jax.tree.leaves(tree)])

    def unpack(self, packed: Any) -> Any:
        """(rows, ...) -> leaves (...) or (2, ...)."""
        return jax.tree.unflatten(self.tree, [packed[place] for place in self.places])


def rows_of(carry: Callable[..., Any], *args: Any) -> Rows:
    """Of what carry(*args) gives of K runs, each leaf (..., K)."""
    leaves, tree = jax.tree.flatten(jax.eval_shape(carry, *args))
    sizes = [leaf.size // leaf.shape[-1] for leaf in leaves]
    ends = np.cumsum(sizes).tolist()
    places = [
        end - 1 if leaf.ndim == 1 else slice(end - size, end)
        for leaf, size, end in zip(leaves, sizes, ends, strict=True)
    ]
    return Rows(tree, tuple(places), sum(sizes))


class Program(NamedTuple):
    """``advance``, compiled. carried: rows that go on to its next call; rows: what it gives."""

    advance: Any
    carried: int
    rows: Rows


class Given(NamedTuple):
    """The numbers of K runs for a program: those that move, (m, K), and those that all runs share, (s,)."""

    moving: Any
    shared: Any


class Form(NamedTuple):
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

    def give(self, numbers: Any, runs: np.ndarray) -> Given:
        """The numbers of these runs, from leaves (all,) or (1,)."""
        leaves = list(zip(jax.tree.leaves(numbers), self.moves, strict=True))
        moving = np.empty((sum(self.moves), runs.size))
        for row, leaf in zip(moving, (leaf for leaf, moves in leaves if moves), strict=True):
            row[:] = leaf[runs] if leaf.size > 1 else leaf
        return Given(moving, np.array([leaf[0] for leaf, moves in leaves if not moves], float))

    def take(self, given: Given) -> Any:
        """The pytree again, its leaves (K,) or (1,)."""
        moving, shared = iter(given.moving), iter(given.shared)
        return jax.tree.unflatten(self.tree, [next(moving) if moves else next(shared)[None] for moves in self.moves])

    def like(self) -> tuple[Given, Any, Any]:
        """What a program is given, its shapes alone: numbers, rates and noises of a chunk."""
        count = sum(self.moves)
        return (
            Given(like(count, self.width), like(len(self.moves) - count)),
            like(CHUNK, *(2,) * self.on_top, self.width if self.shape_moves else 1),
            like(CHUNK, 2, self.width if self.noise_moves else 1),
        )


def like(*shape: int, dtype: Any = float) -> Any:
    """The shape and type of an array, without its numbers."""
    return jax.ShapeDtypeStruct(shape, dtype)


FLAG, COUNT = like(dtype=bool), like(dtype=int)


Make = Callable[[Stepper, Form], Program]
"""Compiles what steps, for a form."""


def program_of(make: Make, surface: Surface, optimizer: Optimizer, framework: str, form: Form) -> Program:
    """The program of these rules and this form, compiled now if there is none."""
    key = (surface.key, optimizer.key, framework, form)
    return programs.compiled(key, partial(_compile, make, surface, optimizer, framework, form))


def _compile(make: Make, surface: Surface, optimizer: Optimizer, framework: str, form: Form) -> Program:
    return make(Stepper(surface, optimizer, framework, form.adorned), form)


def chunk(batch: Batch, runs: np.ndarray, begin: int) -> tuple[np.ndarray, np.ndarray]:
    """The rates (CHUNK, [2,] K or 1) and the noises (CHUNK, 2, K or 1) of these runs' steps from this one on."""

    def part(data: np.ndarray, kind_of: np.ndarray) -> np.ndarray:
        data, kinds = data[begin : begin + CHUNK], kind_of[runs] if kind_of.size > 1 else kind_of
        part = np.zeros((CHUNK, *data.shape[1:-1], kinds.size))
        np.take(data, kinds, axis=-1, out=part[: len(data)], mode="clip")  # the only mode without a copy
        return part

    return part(batch.shape, batch.shape_of), part(batch.noise, batch.noise_of)
