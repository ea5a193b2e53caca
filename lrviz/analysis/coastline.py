"""How ragged the edge between two kinds of cells is: boxes that it goes through, at every size of box. Pure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Boxes(NamedTuple):
    """sides (n,): of the boxes, in cells; counts (n,): how many of these boxes the edge goes through. dimension: the
    slope of log count over log 1/side: 1 for a line, 2 for what fills the plane; nan without an edge."""

    sides: np.ndarray
    counts: np.ndarray
    dimension: float


def edge_cells(inside: np.ndarray) -> np.ndarray:
    """The cells that have a neighbour of the other kind to the left, right, above or below: an edge two cells wide.
    (n, m) bool -> (n, m) bool"""
    found = np.zeros_like(inside)
    across, up = inside[:, 1:] != inside[:, :-1], inside[1:] != inside[:-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= up
    found[:-1] |= up
    return found


def boxes(inside: np.ndarray) -> Boxes:
    """The box-counting dimension of the edge, over boxes of 2, 4, 8, ... cells, its own width, up to an eighth of the
    square.

    inside (n, n) bool; n is a power of two, 16 or more. Falconer (2003), Fractal Geometry, section 3.1.
    """
    edge, n = edge_cells(inside), len(inside)
    sides = 2 ** np.arange(1, int(np.log2(n)) - 2)
    counts = np.array([edge.reshape(n // s, s, n // s, s).any(axis=(1, 3)).sum() for s in sides.tolist()])
    slope = float(np.polyfit(np.log(1 / sides), np.log(counts), 1)[0]) if counts.all() else np.nan
    return Boxes(sides, counts, slope)
