"""Curvatures by differences of the gradient."""

from __future__ import annotations

import numpy as np

from tests.by_hand import slope


def curvatures(scenario, points):
    """Both eigenvalues of the Hessian at these points, by differences of the gradient.   (N, 2) -> (2, N)"""
    aside = 1e-6 * np.maximum(1.0, np.abs(points))
    hessian = np.zeros((len(points), 2, 2))
    for j, axis in enumerate(np.eye(2)):
        up, down = (slope(scenario, (points + sign * aside * axis).T) for sign in (1, -1))
        hessian[:, j] = ((up - down) / (2 * aside[:, j])).T
    hessian = (hessian + hessian.transpose(0, 2, 1)) / 2
    finite = np.isfinite(hessian).all(axis=(1, 2))
    values = np.full((len(points), 2), np.nan)
    values[finite] = np.linalg.eigvalsh(hessian[finite])
    return values.T


def axes_at(about, points):
    """Two curvatures and their axes of the minimum about which these points lie, or in the middle of them."""
    middle = points.mean(axis=0)
    known = np.array(about.scenario.surface_row.minima(about.scenario.coef), float).reshape(-1, 2)
    nearest = known[np.hypot(*(known - middle).T).argmin()]
    inside = np.hypot(*(nearest - middle)) <= np.hypot(*(points - middle).T).max()
    place = nearest if inside else middle
    aside = 1e-5 * np.maximum(1.0, np.abs(place).max())
    sides = [[slope(about.scenario, place + sign * aside * axis) for sign in (1, -1)] for axis in np.eye(2)]
    hessian = np.array([(up - down) / (2 * aside) for up, down in sides])
    return np.linalg.eigh((hessian + hessian.T) / 2)
