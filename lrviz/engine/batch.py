"""What defines runs side by side, and how they ended, as plain numpy data."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


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
