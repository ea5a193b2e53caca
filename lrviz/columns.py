"""What a survey keeps of each run, whose path it does not keep: a row for each column, gathered step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

ENDS = ("x", "loss", "learning_rate")
"""Columns that are there at the end anyway."""
MAX_LOSS = 1e6
"""Above this a loss counts as this: so many times the first one, or what is not finite."""
LAST = 20
"""Steps over whose losses the end of a run is averaged."""


class Seen(NamedTuple):
    """K runs at one of their points, each field (K,), () or (1,), but x (2, K).

    k: the number of the point, 0 for the start; steps: of the last one. loss: at it; before: at the one before. cut: 1
    where the plateau rule has just cut the rate. target, floor: what the survey was asked about.
    """

    k: Any
    steps: Any
    x: Any
    loss: Any
    before: Any
    cut: Any
    target: Any
    floor: Any


@dataclass(frozen=True)
class Column:
    """``begin(seen)`` at the start is a pytree of (K,); ``step(held, seen)`` goes on with it at each later point;
    ``read(held)``: the column, by numpy, in the end of this type."""

    begin: Callable[[Seen], Any]
    step: Callable[[Any, Seen], Any]
    read: Callable[[Any], np.ndarray] = np.asarray
    dtype: type = float


def _first(happens: Callable[[Seen], Any]) -> Column:
    """The first point at which something holds, -1 where it never does.   -> int (K,)"""

    def step(held: Any, seen: Seen) -> Any:
        return jnp.where((held < 0) & happens(seen), seen.k, held)

    return Column(lambda seen: step(jnp.full_like(seen.loss, -1), seen), step, dtype=int)


def _reaches(seen: Seen) -> Any:
    return seen.loss <= seen.target


def _leaves_the_finite(seen: Seen) -> Any:
    return ~(jnp.isfinite(seen.loss) & jnp.isfinite(seen.x[0]) & jnp.isfinite(seen.x[1]))


class _Sums(NamedTuple):
    """Of v, the losses before each step over the first one: their sum, that of 1/v, and the mean of the last."""

    first: Any
    losses: Any
    inverses: Any
    last: Any


def _begin_sums(seen: Seen) -> _Sums:
    zero = jnp.zeros_like(seen.loss)
    return _Sums(seen.loss - seen.floor, zero, zero, zero)


def _step_sums(held: _Sums, seen: Seen) -> _Sums:
    above = jnp.where(jnp.isfinite(seen.before), seen.before - seen.floor, MAX_LOSS)
    v = jnp.minimum(above / held.first, MAX_LOSS)
    share = jnp.where(seen.k > seen.steps - LAST, 1 / jnp.minimum(seen.steps, LAST), 0.0)
    return _Sums(held.first, held.losses + v, held.inverses + 1 / v, held.last + share * v)


COLUMNS: dict[str, Column] = {
    "best_loss": Column(lambda seen: seen.loss, lambda held, seen: jnp.fmin(held, seen.loss)),
    "cuts": Column(lambda seen: jnp.zeros_like(seen.loss), lambda held, seen: held + seen.cut, dtype=int),
    "reached": _first(_reaches),
    "diverged_at": _first(_leaves_the_finite),
    "convergence": Column(_begin_sums, _step_sums, lambda held: np.where(held.last < 1, -held.losses, held.inverses)),
}
"""Besides ``ENDS``. best_loss: the lowest of all points. cuts: of the plateau rule. reached: the first point whose loss
is at most the target. diverged_at: the first point that is not finite, or whose loss is not.

convergence: -sum v where the mean of the last ``LAST`` v is below 1, else sum 1/v, with v = the loss above the floor
before each step, over the first one. Negative where a run converged, and the lower the longer it took; positive where
it did not, and the higher the longer it stayed. Sohl-Dickstein (2024), arXiv 2402.06184, ``convergence_measure``.
"""
