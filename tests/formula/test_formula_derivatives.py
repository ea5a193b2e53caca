"""Two hundred random formulas: values against the standard library, slopes against differences, NumPy against JAX."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from lrviz.formula import read
from lrviz.formula.reading import LONGEST
from tests.formulas import tree, value, written

COEF = np.array([0.7, 1.3])


def random_formulas(count, seed):
    """(tree, formula, points (2, n)): such as have a moderate value there, for differences to be good."""
    rng = np.random.default_rng(seed)
    while count:
        grown = tree(rng)
        text = written(grown)
        if len(text) > LONGEST or not {"x", "y"} & leaves(grown):
            continue
        formula = read(text)
        points = rng.uniform(-1.5, 1.5, (2, 3))
        if np.abs(formula.slopes(points, COEF)[2]).max() < 1e4:
            count -= 1
            yield grown, formula, points


def leaves(grown):
    op, *args = grown
    return {op} if not args else set().union(*(leaves(arg) for arg in args if isinstance(arg, tuple)))


CASES = list(random_formulas(200, seed=11))


def test_values_are_those_of_the_standard_library():
    for grown, formula, points in CASES:
        for x, y in points.T:
            ours = float(formula((x, y), COEF))
            assert ours == pytest.approx(value(grown, {"x": x, "y": y, "a": 0.7, "b": 1.3}), rel=1e-12, abs=1e-12)
            assert float(formula.slopes(np.array([x, y]), COEF)[0]) == pytest.approx(ours, rel=1e-12, abs=1e-12)


def central(f, points, width):
    """(f(x + h) - f(x - h))/2h along both axes, and how far the same with h/2 is from it."""
    found = []
    for axis in (0, 1):
        h = np.zeros((2, 1))
        h[axis] = width
        wide = (f(points + h) - f(points - h)) / (2 * width)
        narrow = (f(points + h / 2) - f(points - h / 2)) / width
        found.append((narrow + (narrow - wide) / 3, np.abs(narrow - wide)))  # Richardson
    return found


def test_slopes_and_curvatures_are_differences():
    compared = 0
    for _, formula, points in CASES:
        _, grad, hessian = formula.slopes(points, COEF)
        for axis, (slope, doubt) in enumerate(central(lambda x, f=formula: f(x, COEF) + 0 * x[0], points, 1e-4)):
            sure = doubt < 1e-5 * (1 + np.abs(slope))  # no kink between
            compared += int(sure.sum())
            np.testing.assert_allclose(grad[axis][sure], slope[sure], rtol=1e-6, atol=1e-7)
        for other in (0, 1):
            slopes = central(lambda x, f=formula, o=other: f.slopes(x, COEF)[1][o], points, 1e-4)
            for axis, (slope, doubt) in enumerate(slopes):
                sure = doubt < 1e-5 * (1 + np.abs(slope))
                np.testing.assert_allclose(hessian[axis, other][sure], slope[sure], rtol=1e-5, atol=1e-6)
    assert compared > 1000


def test_jax_differentiates_to_the_same():
    """As the engine does it; op by op, as a compile each would take minutes."""
    with jax.disable_jit():
        for _, formula, points in CASES[:25]:
            at = jax.numpy.asarray(points)
            loss, back = jax.vjp(lambda x, y, f=formula: f((x, y), COEF) + 0 * x, at[0], at[1])
            grad = np.stack(back(np.ones_like(loss)))
            np.testing.assert_allclose(loss, formula(points, COEF) + 0 * points[0], rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(grad, formula.slopes(points, COEF)[1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "x", "grad"),
    [
        ("x^2 + 0*y", 0.0, 0.0), ("x^3", 0.0, 0.0), ("abs(x)", 0.0, 0.0), ("max(x, 2*x)", 0.0, 1.5), ("x^a", 0.0, 1.0),
        ("min(x, 2*x)", 0.0, 1.5), ("sqrt(x)", 0.0, np.inf), ("log(x)", 0.0, np.inf), ("x^1.5", 0.0, 0.0),
        ("x^1.5", -1.0, np.nan), ("sqrt(x)", -1.0, np.nan), ("x^2", -3.0, -6.0), ("x^-1", -2.0, -0.25),
    ],
)  # fmt: skip
def test_where_slopes_are_not_what_one_might_think_numpy_and_jax_agree(text, x, grad):
    formula = read(text)
    by_jax = jax.grad(lambda at: formula((at, at * 0 + 1.0), np.ones(2)))(x)
    np.testing.assert_allclose(by_jax, grad, rtol=1e-15)
    np.testing.assert_allclose(formula.slopes((np.float64(x), np.float64(1)), np.ones(2))[1][0], grad, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x^1.5 + y", "x^1.5"), ("sqrt(x*y)", "sqrt"), ("log(x)", "log"), ("abs(x)", "kink"), ("max(x, y)", "kink"),
        ("1/x", "divides"), ("x^-2", "divides"), ("tan(x)", "divides"), ("x^a", "x^a"),
    ],
)  # fmt: skip
def test_a_sentence_says_where(text, word):
    assert word in " ".join(read(text).notes)


def test_nothing_is_said_of_what_is_smooth():
    assert read("x^2/2 + exp(-y)/3 + 2^x + a^2*sin(x)").notes == ()
