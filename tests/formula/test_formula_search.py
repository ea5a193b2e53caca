"""Minima that are found are those of the textbooks; picture, start and rate show something; time is bounded."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import SURFACES, Scenario, simulate
from lrviz.formula import read, search
from tests.formulas import SAMPLES

BOX = (-5.0, 5.0, -5.0, 5.0)
USUAL = (1.0, 1.0)
AS_TYPED = {
    "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "beale": "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
    "styblinski_tang": "(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
    "six_hump_camel": "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2",
    "rosenbrock": "(a - x)^2 + 100*(y - x^2)^2",
    "shelf": "1 - exp(-x^2/2) + 0.02*sqrt(1 + x^2) + y^2/2",
}


@pytest.mark.parametrize("key", AS_TYPED)
def test_the_minima_of_known_surfaces_are_found(key):
    known, own = SURFACES[key], Scenario(surface=key)
    box = tuple(map(float, known.domain))
    found = search.search(read(AS_TYPED[key]).text, box, USUAL)
    assert found.floor == pytest.approx(known.floor(own.coef), abs=1e-12)
    assert len(found.minima) == len(known.minima(own.coef))
    for place in known.minima(own.coef):
        assert np.hypot(*(found.minima - place).T).min() < 1e-7


@pytest.mark.parametrize(
    ("text", "minima"),
    [
        ("abs(x) + b*abs(y)", [(0, 0)]), ("max(x^2, (y - 1)^2)", [(0, 1)]), ("max(x, y, -x - y)", [(0, 0)]),
        ("sqrt(x^2 + y^2)", [(0, 0)]), ("x^4 + y^4", [(0, 0)]), ("x^8 + y^8", [(0, 0)]), ("exp(x^2 + y^2)", [(0, 0)]),
        ("log(1 + (x - 1)^2 + y^2)", [(1, 0)]), ("x + y", []), ("x^2 - y^2", []), ("x*y", []), ("log(x) + y^2", []),
        ("sqrt(-1 - x^2)", []), ("exp(-x) + y^2", []), ("tan(x) + y^2", []), ("max(x^2 + y^2 - 1, 0)", []),
        ("abs(x - 1) + (y + 2)^2", [(1, -2)]),
    ],
)  # fmt: skip
def test_minima_in_the_picture(text, minima):
    found = search.search(read(text).text, BOX, USUAL).minima
    assert len(found) == len(minima)
    np.testing.assert_allclose(found, np.reshape(minima, (-1, 2)), atol=1e-3 if text.startswith("x^8") else 1e-7)


def test_all_of_many_are_found():
    found = search.search(read("20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)").text, BOX, USUAL)
    assert len(found.minima) == 121 and found.floor == pytest.approx(0, abs=1e-12)
    slope = read("x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)").slopes(found.minima.T, USUAL)[1]
    assert np.abs(slope).max() < 1e-9


@pytest.mark.parametrize("text", ["x^2 + 0*y", "(x*y - 1)^2", "(x + y)^2"])
def test_a_flat_valley_has_a_few_marks(text):
    found = search.search(read(text).text, BOX, USUAL)
    assert 3 <= len(found.minima) <= 10 and found.flat.all()
    assert np.abs(read(text)(found.minima.T, USUAL)).max() < 1e-20


def test_the_search_follows_the_coefficients():
    text = read("(x - a)^2 + (y - b)^2").text
    for coef in ((0.5, -2.0), (3.0, 4.5)):
        np.testing.assert_allclose(search.search(text, BOX, coef).minima, [coef], atol=1e-9)
    assert len(search.search(text, BOX, (9.0, 0.0)).minima) == 0


@pytest.mark.parametrize(
    "text", [*SAMPLES["f"], "x + y", "sin(x) + sin(y)", "exp(x^2 + y^2)", "(x - 60)^2 + y^2", "1/x"]
)
def test_picture_start_and_rate_show_something(text):
    """A run from there with that rate falls and stays where it can be seen."""
    scenario = Scenario(surface="formula", values={"f": text}, steps=30)
    surface, run = scenario.surface_row, simulate(scenario)
    x_low, x_high, y_low, y_high = surface.domain
    assert x_low <= run.x[0, 0] <= x_high and y_low <= run.x[0, 1] <= y_high
    assert run.diverged is None and run.loss[-1] < run.loss[0] and (np.diff(run.loss[:4]) < 0).all()
    for x, y in surface.minima(scenario.coef):
        assert x_low <= x <= x_high and y_low <= y <= y_high


def test_the_floor_is_below_all_of_the_picture():
    for text in ("x^3 - 3*x + y^2", "x + y", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"):
        surface = Scenario(surface="formula", values={"f": text}).surface_row
        grid = surface.grid(np.ones(2), search.SIDE)
        assert surface.floor(np.ones(2)) <= grid.min() + 1e-12


def test_where_the_loss_falls_without_end_there_is_no_minimum_and_the_floor_is_a_number():
    for text in ("log(x)+sqrt(y)", "log(abs(x))+abs(y)"):
        found = search.search(read(text).text, BOX, USUAL)
        assert np.isfinite(found.floor) and np.isfinite(read(text)(found.minima.T, USUAL)).all()


def test_a_note_says_no_more_than_is_so():
    assert not any("has no value where" in note for text in ("x^1000", "(x^2)^0.25") for note in read(text).notes)
    assert any("has no value where" in note for note in read("x^2.5").notes)
