"""The minima of a formula, found and not known; and a picture, a start and a rate with which it shows something."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lrviz.formula.reading import Formula, read

Box = tuple[float, float, float, float]
SIDE = 96
"""Points a side at which a search looks first: what is lower than its neighbours may lie beside a minimum."""
MOST_STARTS, MOST_STEPS = 256, 40
MOST_MINIMA = 150
CLOSE = 1e-6
"""Two places that differ by less than this part of the picture are one."""
KINKS = {"abs", "max", "min", "sqrt", "^"}
WIDTHS = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 150.0, 200.0)
TRIED = (5.0, 20.0, 100.0, 1.0)
"""Pictures that are searched for a minimum, one after the other."""
STARTS = ((-0.8, 0.6), (0.8, 0.6), (0.6, -0.7), (-0.5, -0.6), (0.3, 0.2), (0.9, 0.05), (0.05, 0.9), (0.02, 0.03))
"""Where a run may begin, as parts of the picture's half width: the first that has a slope."""
RATES = tuple(float(f"{mantissa}e{decade}") for decade in range(-8, 2) for mantissa in (1, 2, 5))
TRIAL, FALLS = 60, 3
"""Steps of the descent that finds a rate, and those of them in which it must fall."""
USUAL = (1.0, 1.0)
"""a and b where nobody set them."""
_RING = np.array([[np.cos(t), np.sin(t)] for t in np.arange(16) * np.pi / 8]).T
"""Sixteen directions."""


class Found(NamedTuple):
    """``minima`` (m, 2), the lowest first; ``flat`` (m,): has it a direction without curvature? ``floor``: the lowest
    loss in the picture, there or anywhere else."""

    minima: np.ndarray
    flat: np.ndarray
    floor: float


@lru_cache(maxsize=1024)
def search(text: str, box: Box, coef: tuple[float, float]) -> Found:
    """Every place of a grid that is no higher than its neighbours is the start of a damped Newton's descent.

    Levenberg (1944), doi 10.1090/qam/10666: (|H| + mu I) step = -g, and mu grows until the loss falls. Where a formula
    has kinks, such a place is also approached by halving a pattern of points (Hooke & Jeeves 1961).
    """
    formula = read(text)
    x = np.linspace(box[0], box[1], SIDE), np.linspace(box[2], box[3], SIDE)
    grid = np.broadcast_to(formula(np.stack(np.meshgrid(*x)), coef), (SIDE, SIDE)).astype(float)
    finite = np.isfinite(grid)
    if not finite.any():
        return Found(np.zeros((0, 2)), np.zeros(0, bool), 0.0)
    spread = float(np.median(grid[finite]) - grid[finite].min())
    starts = _lows(np.where(finite, grid, np.inf), *x)
    places = _descend(formula, coef, starts, box, spread)
    if KINKS & {node.op for node in formula.parts}:
        places = np.concatenate([places, _halve(formula, coef, starts, box)], axis=1)
    return _distinct(formula, coef, places, box, float(grid[finite].min()), spread)


def _lows(grid: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The lowest of the points that no neighbour is below.   -> (2, n)"""
    around = np.pad(grid, 1, constant_values=np.inf)
    shifts = [around[1 + i : 1 + i + SIDE, 1 + j : 1 + j + SIDE] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    rows, columns = np.nonzero((grid <= np.minimum.reduce(shifts)) & np.isfinite(grid))
    order = np.argsort(grid[rows, columns], kind="stable")[:MOST_STARTS]
    return np.stack([x[columns[order]], y[rows[order]]])


def _clip(x: np.ndarray, box: Box) -> np.ndarray:
    return np.stack([np.clip(x[0], *box[:2]), np.clip(x[1], *box[2:])])


def _descend(formula: Formula, coef: tuple[float, float], x: np.ndarray, box: Box, spread: float) -> np.ndarray:
    """Where Newton's descent from x (2, n) comes to rest, with no slope and no curvature downwards.   -> (2, m)"""
    wide = np.array([[box[1] - box[0]], [box[3] - box[2]]])
    damping = np.full(x.shape[1], 1e-3)
    loss, grad, hessian = formula.slopes(x, coef)
    for _ in range(MOST_STEPS):
        with np.errstate(all="ignore"):
            step = _newton(grad, hessian, damping)
            there = _clip(x + np.clip(step, -0.1 * wide, 0.1 * wide), box)
            new_loss, new_grad, new_hessian = formula.slopes(there, coef)
            # at rest the loss differs in its last digit, up or down, and the slope tells
            flat = np.abs(new_loss - loss) <= 1e-14 * np.abs(loss)
            better = (new_loss < loss) | (flat & (np.hypot(*new_grad) < np.hypot(*grad)))
        moved = np.abs(there - x).max(axis=0)
        x = np.where(better, there, x)
        loss, grad = np.where(better, new_loss, loss), np.where(better, new_grad, grad)
        hessian = np.where(better, new_hessian, hessian)
        damping = np.clip(np.where(better, damping / 10, damping * 10), 1e-15, 1e15)
        if not (better & (moved > 1e-15 * wide.max())).any():
            break
    with np.errstate(all="ignore"):
        middle, half = (hessian[0, 0] + hessian[1, 1]) / 2, np.hypot((hessian[0, 0] - hessian[1, 1]) / 2, hessian[0, 1])
        least, most = middle - half, middle + half
        still = np.hypot(*grad) <= 1e-7 * np.maximum(np.abs(most), 1e-3) * wide.max()
        good = still & (least >= -1e-7 * np.abs(most)) & np.isfinite(loss) & (most > 0) & _inside(x, box)
    lowest = loss - 1e-13 * np.abs(loss) - 1e-30 * spread
    for radius in (1e-3, 1e-2):  # far out on an exponential it still falls
        around = formula(_clip(x[:, None] + (wide * _RING)[:, :, None] * radius, box), coef)
        good &= ~(around < lowest).any(axis=0)
    return x[:, good]


def _inside(x: np.ndarray, box: Box) -> np.ndarray:
    return (x[0] > box[0]) & (x[0] < box[1]) & (x[1] > box[2]) & (x[1] < box[3])


def _newton(grad: np.ndarray, hessian: np.ndarray, damping: np.ndarray) -> np.ndarray:
    """-(|H| + mu s I)^-1 g with s the size of H, by eigenvalues: a step that leads down wherever H curves."""
    (a, b), (_, c) = hessian
    middle, half, angle = (a + c) / 2, np.hypot((a - c) / 2, b), np.arctan2(2 * b, a - c) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    size = np.maximum(np.abs(middle) + half, 1e-300)
    along = (cos * grad[0] + sin * grad[1]) / (np.abs(middle + half) + damping * size)
    across = (cos * grad[1] - sin * grad[0]) / (np.abs(middle - half) + damping * size)
    step = -np.stack([cos * along - sin * across, sin * along + cos * across])
    return np.where(np.isfinite(step), step, 0.0)


def _halve(formula: Formula, coef: tuple[float, float], x: np.ndarray, box: Box) -> np.ndarray:
    """Where a ring of points around x (2, n), halved whenever none of it is lower, comes to a point.   -> (2, m)"""
    x = x[:, : MOST_STARTS // 4]
    wide = np.array([box[1] - box[0], box[3] - box[2]])[:, None] / SIDE
    ring = np.concatenate([np.zeros((2, 1)), _RING], axis=1)
    size = np.ones(x.shape[1])
    for _ in range(100):
        points = _clip(x[:, None] + (wide * ring)[:, :, None] * size, box)
        loss = formula(points, coef)
        best = np.argmin(np.where(np.isfinite(loss), loss, np.inf), axis=0)
        x = np.take_along_axis(points, best[None, None], axis=1)[:, 0]
        size = np.where(best == 0, size / 2, size)
    good = (size < 1e-10) & _inside(x, box)
    here = formula(x, coef)
    for radius in (1e-6, 1e-4, 1e-2):  # a kink rises on every side, and not only a little
        around = formula(_clip(x[:, None] + (wide * _RING)[:, :, None] * radius, box), coef)
        good &= (np.where(np.isfinite(around), around, np.inf) > here + 1e-9 * radius).all(axis=0)
    return x[:, good]


def _distinct(
    formula: Formula, coef: tuple[float, float], x: np.ndarray, box: Box, lowest: float, spread: float
) -> Found:
    """Each place once, the lowest first; along a flat valley a few."""
    wide = np.hypot(box[1] - box[0], box[3] - box[2])
    x = np.where(np.abs(x) < 1e-9 * wide, 0.0, x)
    x = x[:, np.isfinite(formula(x, coef))]  # a loss that falls without end has no minimum there
    loss, _, hessian = formula.slopes(x, coef)
    least = np.linalg.eigvalsh(np.nan_to_num(np.moveaxis(hessian, -1, 0), posinf=1e300, neginf=-1e300))[:, 0]
    flat = (least <= 1e-6 * spread / wide**2) & np.isfinite(hessian).all(axis=(0, 1))
    order = np.lexsort((x[1], x[0], loss))
    kept: list[int] = []
    for i in order:
        for j in kept:
            apart = np.hypot(*(x[:, i] - x[:, j])) / wide
            same = flat[i] and abs(loss[i] - loss[j]) <= 1e-9 * max(1.0, abs(loss[j]))
            if apart < (0.12 if same else CLOSE):
                break
        else:
            kept.append(int(i))
        if len(kept) == MOST_MINIMA:
            break
    places = x[:, kept].T
    return Found(places, flat[kept], min([lowest, *loss[kept].tolist()]))


@lru_cache(maxsize=256)
def picture(text: str) -> Box:
    """Around 0, so wide that the minima that are found for a = b = 1 are in it."""
    for wide in TRIED:
        found = search(text, (-wide, wide, -wide, wide), USUAL)
        lowest = found.minima[~found.flat][:12]
        if len(lowest):
            needed = max(1.3 * float(np.abs(lowest).max()), wide / 5)
            chosen = next((one for one in WIDTHS if one >= needed), WIDTHS[-1]) if lowest.any() else wide
            return (-chosen, chosen, -chosen, chosen)
    return (-5.0, 5.0, -5.0, 5.0)


@lru_cache(maxsize=256)
def start(text: str, box: Box) -> tuple[float, float]:
    """A place in the picture with a finite loss and a slope that is not too steep for any rate."""
    formula = read(text)
    middle, half = np.array([box[0] + box[1], box[2] + box[3]]) / 2, np.array([box[1] - box[0], box[3] - box[2]]) / 2
    x = middle[:, None] + half[:, None] * np.array(STARTS).T
    loss, grad, _ = formula.slopes(x, USUAL)
    good = np.isfinite(loss) & np.isfinite(grad).all(axis=0) & (np.abs(grad).max(axis=0) > 0)
    good &= 100 * RATES[0] * np.abs(grad).max(axis=0) < half.max()
    place = x[:, np.argmax(good)]
    return float(f"{place[0]:.3g}"), float(f"{place[1]:.3g}")


@lru_cache(maxsize=256)
def rate(text: str, box: Box) -> float:
    """Of 1, 2 and 5 times a power of ten the largest with which the loss of plain descent never rises, from `start`,
    and the first step is no leap over the picture."""
    formula, rates = read(text), np.array(RATES)
    x = np.repeat(np.array(start(text, box))[:, None], len(rates), axis=1)
    farthest = min(box[1] - box[0], box[3] - box[2]) / (8 if len(search(text, box, USUAL).minima) else 50)
    good, before = np.ones(len(rates), bool), np.full(len(rates), np.inf)
    for step in range(TRIAL):
        loss, grad, _ = formula.slopes(x, USUAL)
        with np.errstate(all="ignore"):
            good &= (loss < before) | ((loss <= before + 1e-12 * np.abs(before)) & (step > FALLS))
            good &= (step > 0) | (rates * np.hypot(*grad) <= farthest)
            x = x - rates * grad
        before = loss
    return float(rates[good][-1]) if good.any() else 0.01
