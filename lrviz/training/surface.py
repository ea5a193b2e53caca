"""The loss of a model over the plane in which its training went: for two weights the whole surface, else a slice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.knob import BadInput
from lrviz.training.history import History

WORK, MOST_WORK = 4e8, 3e9
"""Points of the plane times weights times rows, about and at most."""
COARSE, FINE = 15, 61
"""Points a side."""
ROOM = 0.25
"""Of the path's extent, to each side of it."""
FAR = 1e6
"""A weight beyond this has left for good: the path is drawn up to there."""
ALONG = 0.05
"""The first principal direction lies along the line from start to end where less than this part of it leaves that."""


class LossSurface(NamedTuple):
    """u (a,), v (b,): coordinates along two directions. loss (b, a): of all training rows, with its penalty, there.
    path (W, 2): the weights after ``weight_epochs`` (W,), in the plane. share: of the path's motion that lies in the
    plane, as squared lengths from one stored epoch to the next. names: of the directions. exact: there is no other one.
    """

    u: np.ndarray
    v: np.ndarray
    loss: np.ndarray
    path: np.ndarray
    weight_epochs: np.ndarray
    share: float
    names: tuple[str, str]
    exact: bool


def loss_surface(history: History) -> LossSurface:
    """The plane through the first weights, the last ones, and the first principal direction of the weights over epochs
    (through the second one where that is the line from start to end). Raises ``BadInput`` where there is none.

    Lorch (2016), Visualizing Deep Network Training Trajectories with PCA; Li et al. (2018), arXiv 1712.09913.
    """
    training, shape = history.training, history.training.shape
    inside = (np.abs(history.weights) < FAR).all(axis=1)  # and so finite
    count = len(inside) if inside.all() else int(np.argmin(inside))
    weights, weight_epochs = history.weights[:count], history.weight_epochs[:count]
    if count < 2 or not np.ptp(weights, axis=0).any():
        raise BadInput("The weights have not moved, or leave at once, so there is no plane to show.")
    size = shape.weights * training.train_rows
    side = int(np.clip(np.sqrt(WORK / size), COARSE, FINE))
    if size * side**2 > MOST_WORK:
        raise BadInput("So many weights and rows are too much for a picture of the loss here.")
    exact = shape.weights == 2
    origin = np.zeros(2) if exact else weights[-1]
    basis = np.eye(2) if exact else _plane(weights)
    path = (weights - origin) @ basis.T
    widest = float(np.ptp(path, axis=0).max())
    u, v = (_axis(path[:, i], widest, side) for i in range(2))
    split, rows = training.split, training.split.train
    x, y = split.x[rows], training.y[rows]
    l2, kernels = float(training["l2"]), shape.kernels  # type: ignore[arg-type]
    loss = np.empty((len(v), len(u)))
    with np.errstate(all="ignore"):
        for i, at in enumerate(v):
            there = origin + u[:, None] * basis[0] + at * basis[1]
            loss[i] = shape.losses(shape.at(there, x), y, np).mean(axis=-1) + l2 * (kernels * there**2).sum(axis=-1)
    moves = np.diff(weights, axis=0)
    share = float(((moves @ basis.T) ** 2).sum() / (moves**2).sum())
    names = ("weight", "bias") if exact else ("along the line from start to end", "across")
    return LossSurface(u, v, loss, path, weight_epochs, share, names, exact)


def _plane(weights: np.ndarray) -> np.ndarray:
    """Two directions of length 1 that are at right angles, (2, P)."""
    _, _, principal = np.linalg.svd(weights - weights.mean(axis=0), full_matrices=False)
    line = weights[0] - weights[-1]
    length = np.linalg.norm(line)
    first = line / length if length else principal[0]
    for direction in principal:
        rest = direction - (direction @ first) * first
        if (size := np.linalg.norm(rest)) > ALONG:
            return np.stack([first, rest / size])
    other = np.zeros_like(first)  # all weights lie on one line: any direction across it
    other[np.argmin(np.abs(first))] = 1.0
    other -= (other @ first) * first
    return np.stack([first, other / np.linalg.norm(other)])


def _axis(path: np.ndarray, widest: float, side: int) -> np.ndarray:
    """With room round the path, and half as long as the other direction at least: the loss is to be seen as it is."""
    low, high = float(path.min()), float(path.max())
    room = max(ROOM * (high - low), (widest / 2 - (high - low)) / 2)
    return np.linspace(low - room, high + room, side)
