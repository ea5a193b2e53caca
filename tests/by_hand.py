"""Runs that are made without the engine, and the update of descent on a quadratic as a matrix."""

from __future__ import annotations

import numpy as np

from lrviz import Scenario
from lrviz.trajectory import Trajectory, unjudged

DESCENT = [("gradient_descent", 0.0), ("momentum", 0.5), ("momentum", 0.9), ("nesterov", 0.5), ("nesterov", 0.9)]


def slope(scenario, x):
    """The gradient by complex steps.   x: (2, ...) -> (2, ...)"""
    surface, coef = scenario.surface_row, scenario.coef
    aside = 1e-30j * np.eye(2)
    return np.stack([np.imag(surface.f((x.T + axis).T, coef)) / 1e-30 for axis in aside])


def along(scenario, points, rate=0.1, loss=None, used_grad=None):
    """A run made by hand through these points, with the surface's own losses and gradients."""
    x = np.array(points, float)
    with np.errstate(all="ignore"):
        own = np.asarray(scenario.surface_row.f(x.T, scenario.coef), float)
        grad = slope(scenario, x.T).T
        dx = np.diff(x, axis=0)
    loss = own if loss is None else np.asarray(loss, float)
    rates = np.broadcast_to(np.asarray(rate, float), len(dx)).copy()
    used = grad[:-1] if used_grad is None else used_grad
    return Trajectory(x, loss, grad, rates, dx, used, {}, unjudged(loss, rates, 1, True), False)


def descend(scenario):
    """Plain descent by numpy, which needs no program for each surface."""
    x = [np.array(scenario.start)]
    with np.errstate(all="ignore"):
        for _ in range(scenario.steps):
            x.append(x[-1] - scenario.alpha * slope(scenario, x[-1]))
    return along(scenario, x, scenario.alpha)


def descent(optimizer="gradient_descent", momentum=0.0, **kwargs):
    values = kwargs.pop("values", {}) | ({} if optimizer == "gradient_descent" else {"momentum": momentum})
    return Scenario(optimizer=optimizer, values=values, **kwargs)


def mode(optimizer, beta, product):
    """The eigenvalue of larger modulus of the update of (x, velocity), in Keras's form, on f = lambda x^2/2."""
    if optimizer == "nesterov":
        update = np.array([[1 - product - beta * product, beta**2], [-product, beta]])
    else:
        update = np.array([[1 - product, beta], [-product, beta]])
    return max(np.linalg.eigvals(update), key=abs)
