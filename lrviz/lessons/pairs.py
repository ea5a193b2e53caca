"""Two settings, each run with the same seeds: how often is one lower, and may that be chance? Pure."""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np

CHANCE = 1e-3
"""What would happen more rarely by chance is no chance (a sign test, two-sided)."""


class Pairs(NamedTuple):
    """first, second: for how many seeds the first setting is lower, and the second. seeds: of so many, ties among
    them."""

    first: int
    second: int
    seeds: int

    @property
    def more(self) -> int:
        """The one that is lower more often, 0 or 1."""
        return int(self.second > self.first)

    @property
    def lower(self) -> int | None:
        """The same; None where that may be chance. Ties tell nothing."""
        return self.more if max(self[:2]) >= least(self.first + self.second) else None


def pairs(one: np.ndarray, other: np.ndarray) -> Pairs:
    """Of numbers (S,), a seed each; one that is nan makes no pair."""
    known = ~(np.isnan(one) | np.isnan(other))
    return Pairs(int(np.sum(one[known] < other[known])), int(np.sum(other[known] < one[known])), int(np.sum(known)))


def least(count: int) -> int:
    """How often one of two must be lower, of so many times, so that it is no chance; more than there are where even
    always may be."""
    rarer = (k for k in range(count + 1) if 2 * sum(comb(count, j) for j in range(k, count + 1)) < CHANCE * 2**count)
    return next(rarer, count + 1)
