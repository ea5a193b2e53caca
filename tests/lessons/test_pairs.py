"""The same seeds with two settings: how often one is lower, against a coin that is thrown."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from lrviz.lessons.pairs import CHANCE, least, pairs


@pytest.mark.parametrize("count", [10, 12, 26, 32, 64])
def test_so_many_of_one_side_are_no_chance(count):
    heads = reduce(np.convolve, [[0.5, 0.5]] * count)  # of so many throws: the chance of each number of heads
    one_sided = np.cumsum(heads[::-1])[::-1]
    fewest = least(count)
    if fewest > count:
        assert 2 * one_sided[count] >= CHANCE
    else:
        assert 2 * one_sided[fewest] < CHANCE <= 2 * one_sided[fewest - 1]


def test_pairs_count_seeds_that_have_both_numbers_and_tell_where_it_is_no_chance():
    one = np.arange(32.0)
    other = one + np.where(np.arange(32) < 27, 5, -5)  # the spreads overlap, and yet 27 of 32 agree
    assert pairs(one, other) == (27, 5, 32) and pairs(one, other).lower == 0 and pairs(other, one).lower == 1
    assert least(32) == 26 and pairs(one, one + np.where(np.arange(32) < 25, 5, -5)).lower is None
    assert pairs(one, one - (one < 11)).lower == 1 and pairs(one, one - (one < 10)).lower is None, "ties tell nothing"
    assert pairs(one, one) == (0, 0, 32) and pairs(one, one).lower is None
    one[:3], other[3] = np.nan, np.inf
    assert pairs(one, other) == (24, 5, 29)
    assert pairs(one, np.full(32, np.nan)).lower is None
