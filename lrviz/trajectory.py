"""What a run leaves behind: every number that a page shows, computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np


class Epochs(NamedTuple):
    """One row an epoch, each (E,).

    step: steps done by then; learning_rate: after the decision; threshold: what the monitored value had to be below to
    count as an improvement. Without the plateau rule best is the lowest so far, and nothing is cut.
    """

    step: np.ndarray
    monitored: np.ndarray
    best: np.ndarray
    wait: np.ndarray
    cooldown: np.ndarray
    learning_rate: np.ndarray
    threshold: np.ndarray
    improved: np.ndarray
    cut: np.ndarray


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run of N steps.

    x (N+1, 2), loss (N+1,), grad (N+1, 2): the exact gradient. learning_rate (N,), dx (N, 2), used_grad (N, 2): with
    noise and clipping, as the rule had it. terms {name: (N, 2)}. plateau: was ReduceLROnPlateau on. A run that leaves
    the finite goes on as inf and nan; ``diverged`` says from which point. scenario: what it is a run of, where
    ``simulate`` made it. Of a batch of runs each is unpacked when it is first read (`later`).
    """

    x: np.ndarray
    loss: np.ndarray
    grad: np.ndarray
    learning_rate: np.ndarray
    dx: np.ndarray
    used_grad: np.ndarray
    terms: dict[str, np.ndarray]
    epochs: Epochs
    plateau: bool
    scenario: Any = field(default=None, repr=False)

    @classmethod
    def later(cls, unpack: Callable[[], Mapping[str, Any]]) -> Trajectory:
        """A run whose fields are what unpack() gives, asked for once, when one of them is read."""
        run = object.__new__(cls)
        run.__dict__["_unpack"] = unpack
        return run

    def of(self, scenario: Any) -> Trajectory:
        """The same run, unpacked or not, as one of this scenario."""
        run = object.__new__(type(self))
        run.__dict__.update(self.__dict__, scenario=scenario)
        return run

    def __getattr__(self, name: str) -> Any:
        """Called where a run has no such attribute (yet)."""
        unpack = self.__dict__.get("_unpack") if name in _FIELDS else None
        if unpack is not None:
            self.__dict__.update(unpack())
            self.__dict__.pop("_unpack", None)  # two threads may both have come here
        if name not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        """To be copied and pickled, with all fields."""
        _ = self.x
        return self.__dict__

    @property
    def steps(self) -> int:
        return len(self.learning_rate)

    @cached_property
    def cuts(self) -> np.ndarray:
        """The steps after which the plateau rule cut the rate."""
        return self.epochs.step[self.epochs.cut]

    @cached_property
    def diverged(self) -> int | None:
        """The first point that is not finite, or whose loss is not; None if there is none."""
        bad = np.flatnonzero(~(np.isfinite(self.loss) & np.isfinite(self.x).all(axis=1)))
        return int(bad[0]) if bad.size else None

    @property
    def ends_in_a_hole(self) -> bool:
        """Does it leave the finite at a point where its surface has no value (`ends_in_a_hole`)?"""
        return (
            self.diverged is not None and bool(np.isfinite(self.x[self.diverged]).all()) and ends_in_a_hole(self.loss)
        )

    def _repr_html_(self) -> str | None:
        """In a notebook a run is the player; where its scenario is not known, the plain text."""
        return None if self.scenario is None or in_notebook is None else in_notebook(self.scenario, self)


_FIELDS = frozenset(row.name for row in fields(Trajectory) if row.name != "scenario")

in_notebook: Callable[[Any, Trajectory], str] | None = None
"""(scenario, run) -> HTML. The package sets it: a run does not know who draws it."""


def unjudged(loss: np.ndarray, learning_rate: np.ndarray, length: int, validates: bool) -> Epochs:
    """The epochs of ``length`` steps of a run on which no plateau rule looks.   loss: (N+1,), learning_rate: (N,)."""
    count = len(learning_rate) // length
    step = length * np.arange(1, count + 1)
    monitored = loss[step] if validates else loss[: count * length].reshape(count, length).mean(axis=1)
    best = np.fmin.accumulate(monitored)
    threshold = np.append(np.inf, best)[:count]
    improved = monitored < threshold
    wait = np.arange(count) - np.maximum.accumulate(np.where(improved, np.arange(count), -1))
    none = np.zeros(count)
    return Epochs(
        step, monitored, best, wait.astype(float), none, learning_rate[step - 1], threshold, improved, none > 0
    )


def ends_in_a_hole(loss: np.ndarray) -> bool:
    """Does a run end where its surface has no value, such as the root of a number below 0, and not by its size: is the
    first loss that is not finite no number, after one no higher than the first?   loss: (N+1,)"""
    lost = int(np.argmin(np.isfinite(loss)))
    return bool(lost > 0 and np.isnan(loss[lost]) and loss[lost - 1] <= loss[0])
