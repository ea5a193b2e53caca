"""The box-counting dimension against sets whose dimension is known."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.analysis.coastline import boxes, edge_cells

N = 256
ACROSS = np.arange(N)


@pytest.mark.parametrize("slope", [0, 0.3, 1, 2.5])
def test_a_line_has_the_dimension_1(slope):
    inside = ACROSS[:, None] < 60.3 + slope * (ACROSS[None, :] - 20)
    assert boxes(inside).dimension == pytest.approx(1, abs=0.1)


def test_a_checkerboard_fills_the_plane():
    found = boxes((ACROSS[:, None] + ACROSS[None, :]) % 2 == 0)
    assert found.dimension == pytest.approx(2, abs=1e-9)
    assert found.sides.tolist() == [2, 4, 8, 16, 32] and found.counts.tolist() == [
        (N // s) ** 2 for s in (2, 4, 8, 16, 32)
    ]


def test_walls_at_the_places_of_a_cantor_set_have_its_dimension_and_1():
    """Of thirds the middle one is left out, again and again: log 2/log 3, and 1 for the walls' length. 3^5 cells, each
    three wide, seen on 729 of 1024: the edge of what is left is where it is."""
    cantor = np.ones(1)
    for _ in range(6):
        cantor = np.concatenate([cantor, np.zeros_like(cantor), cantor])
    inside = np.zeros((1024, 1024), bool)
    inside[:, : len(cantor)] = cantor > 0
    assert boxes(inside).dimension == pytest.approx(1 + np.log(2) / np.log(3), abs=0.12)


def test_without_an_edge_there_is_no_dimension():
    assert np.isnan(boxes(np.ones((64, 64), bool)).dimension)


def test_the_edge_is_the_cells_beside_the_other_kind():
    inside = np.zeros((16, 16), bool)
    inside[5, 5] = True
    assert sorted(zip(*np.nonzero(edge_cells(inside)), strict=True)) == [(4, 5), (5, 4), (5, 5), (5, 6), (6, 5)]
