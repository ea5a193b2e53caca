"""One contract for every surface: the gradient, the minima, the grid, the knobs."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import SURFACES, Scenario, simulate

ENDS = [
    pytest.param(surface.key, knob.key, end, id=f"{surface.key}-{knob.key}-{end:g}")
    for surface in SURFACES.values()
    for knob in surface.knobs
    for end in (knob.low, knob.high)
]


def finite_difference(surface, point, coef, width=1e-6):
    slopes = []
    for axis in (0, 1):
        aside = np.zeros(2)
        aside[axis] = width * max(1.0, abs(point[axis]))
        rise = surface.f(point + aside, coef) - surface.f(point - aside, coef)
        slopes.append(rise / (2 * aside[axis]))
    return np.array(slopes)


def assert_slopes(scenario, points):
    """The engine's gradient at each point against central differences of the surface itself."""
    surface = scenario.surface_row
    for point in points:
        grad = simulate(scenario.having(start=tuple(point), steps=1)).grad[0]
        expected = finite_difference(surface, point, scenario.coef)
        np.testing.assert_allclose(grad, expected, rtol=2e-6, atol=2e-6 * max(1.0, float(np.abs(expected).max())))


def points_in(surface, n=12):
    low, high = np.array(surface.domain[::2]), np.array(surface.domain[1::2])
    return np.random.default_rng(7).uniform(low, high, (n, 2))


@pytest.mark.parametrize("key", SURFACES)
def test_gradient_is_the_central_difference(key):
    assert_slopes(Scenario(surface=key), points_in(SURFACES[key]))


@pytest.mark.parametrize(("key", "knob", "end"), ENDS)
def test_gradient_at_both_ends_of_every_knob(key, knob, end):
    assert_slopes(Scenario(surface=key, values={knob: end}), points_in(SURFACES[key], 3))


@pytest.mark.parametrize(("key", "knob", "end"), [pytest.param(key, None, 0, id=key) for key in SURFACES] + ENDS)
def test_known_minima_are_flat_and_lowest_around(key, knob, end):
    scenario = Scenario(surface=key, values={} if knob is None else {knob: end})
    surface, coef = scenario.surface_row, scenario.coef
    around = 1e-3 * np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 16)])
    for minimum in surface.minima(coef):
        start = tuple(float(v) for v in minimum)
        assert np.abs(simulate(scenario.having(start=start, steps=1)).grad[0]).max() < 1e-6
        here = surface.f(np.array(minimum), coef)
        assert all(surface.f(np.array(minimum) + aside, coef) >= here for aside in around)


@pytest.mark.parametrize("key", SURFACES)
def test_first_minimum_is_the_floor_of_the_picture(key):
    surface = SURFACES[key]
    coef = Scenario(surface=key).coef
    grid = surface.grid(coef, 121)
    assert grid.shape == (121, 121) and np.isfinite(grid).all()
    assert grid.min() >= surface.floor(coef) - 1e-9
    first = surface.f(np.array(surface.minima(coef)[0]), coef)
    assert first == pytest.approx(surface.floor(coef), abs=1e-9)


@pytest.mark.parametrize("key", SURFACES)
def test_start_and_minima_are_in_the_picture(key):
    surface = SURFACES[key]
    x_low, x_high, y_low, y_high = surface.domain
    for x, y in (surface.start, *surface.minima(Scenario(surface=key).coef)):
        assert x_low <= x <= x_high and y_low <= y <= y_high


def test_grid_has_y_in_rows():
    surface = SURFACES["rosenbrock"]
    grid = surface.grid(np.array([1.0, 100.0]), 5, (0, 4, 10, 14))
    assert grid[1, 3] == surface.f(np.array([3.0, 11.0]), np.array([1.0, 100.0]))


def test_twin_valleys_have_the_curvatures_that_they_promise():
    """Hessians are exactly sharpness * I and I: descent from near a minimum contracts by 1 - alpha k a step."""
    for start, curvature in (((-2.0 + 1e-7, 0.0), 20.0), ((2.0 + 1e-7, 0.0), 1.0)):
        run = simulate(Scenario(surface="twin_valleys", start=start, alpha=0.01, steps=1, values={"sharpness": 20}))
        assert run.grad[0, 0] / 1e-7 == pytest.approx(curvature, rel=1e-5)


def test_a_slice_is_the_loss_on_a_line_within_the_picture():
    surface, coef = SURFACES["bowl"], np.array([10.0, 0.0])
    s, loss = surface.slice(coef, (1, 0), (0, 1))
    np.testing.assert_allclose(loss, (1 + 10 * s**2) / 2, rtol=1e-12)
    assert (s[0], s[-1]) == (-3.5, 3.5)
    s, _ = surface.slice(coef, (0, 0), (0.6, 0.8))
    assert s[-1] == pytest.approx(3.5 / 0.8)


@pytest.mark.parametrize("rotation", [0, 30, 90])
def test_curvature_of_a_turned_bowl(rotation):
    surface, coef = SURFACES["bowl"], np.array([10.0, rotation])
    values, vectors = surface.curvature(coef, (0.3, -0.2))
    np.testing.assert_allclose(values, [1, 10], rtol=1e-5)
    angle = np.radians(rotation)
    assert abs(vectors[:, 0] @ [np.cos(angle), np.sin(angle)]) == pytest.approx(1, abs=1e-6)
