"""Toy loss surfaces: one function each, and its row."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz.knob import Knob
from lrviz.surfaces.surface import Minima, Surface


def _like(t: Any) -> Any:
    """The array library of t, so that one formula serves gradients (JAX) and pictures (numpy)."""
    return jnp if isinstance(t, Array) else np


def bowl(x: Any, coef: Any) -> Any:
    """f = (u^2 + kappa v^2)/2 with (u, v) = x turned by the rotation.   x: (2,), coef: (2,) = [kappa, degrees].

    Descent multiplies u by (1 - alpha) and v by (1 - alpha kappa) a step: it converges iff 0 < alpha < 2/kappa.
    Goh (2017), Why Momentum Really Works, doi 10.23915/distill.00006.
    """
    angle = coef[1] * (np.pi / 180)
    cos, sin = _like(angle).cos(angle), _like(angle).sin(angle)
    # Unturned, no axis may feel the other: 0 * inf, once one has left the finite, would be nan.
    x0, x1 = (_like(angle).where(sin == 0, 0.0, t) for t in (x[0], x[1]))
    u, v = x[0] * cos + x1 * sin, x[1] * cos - x0 * sin
    return (u**2 + coef[0] * v**2) / 2


def rosenbrock(x: Any, coef: Any) -> Any:
    """f = (a - x0)^2 + b (x1 - x0^2)^2.   x: (2,), coef: (2,) = [a, b].   Minimum (a, a^2).

    Rosenbrock (1960), doi 10.1093/comjnl/3.3.175: a bent, flat-bottomed valley.
    """
    return (coef[0] - x[0]) ** 2 + coef[1] * (x[1] - x[0] ** 2) ** 2


def himmelblau(x: Any, coef: Any) -> Any:
    """f = (x0^2 + x1 - 11)^2 + (x0 + x1^2 - 7)^2.   x: (2,), coef: ().   Four minima, all 0.

    Himmelblau (1972), Applied Nonlinear Programming.
    """
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def beale(x: Any, coef: Any) -> Any:
    """f = sum_k (c_k - x0 + x0 x1^k)^2, c = 1.5, 2.25, 2.625, k = 1, 2, 3.   x: (2,), coef: ().   Minimum (3, 1/2).

    Beale (1958), On an Iterative Method for Finding a Local Minimum.
    """
    return sum((c - x[0] + x[0] * x[1] ** k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)))


def styblinski_tang(x: Any, coef: Any) -> Any:
    """f = sum_i (x_i^4 - 16 x_i^2 + 5 x_i)/2.   x: (2,), coef: ().   One global and three local minima.

    Styblinski & Tang (1990), doi 10.1016/0893-6080(90)90035-K.
    """
    return (x[0] ** 4 - 16 * x[0] ** 2 + 5 * x[0] + x[1] ** 4 - 16 * x[1] ** 2 + 5 * x[1]) / 2


def rastrigin(x: Any, coef: Any) -> Any:
    """f = 2A + sum_i (x_i^2 - A cos 2 pi x_i).   x: (2,), coef: (1,) = [A].   Global minimum (0, 0), many local ones.

    Rastrigin (1974), Systems of Extremal Control.
    """
    cos = _like(x[0]).cos
    return 2 * coef[0] + x[0] ** 2 + x[1] ** 2 - coef[0] * (cos(2 * np.pi * x[0]) + cos(2 * np.pi * x[1]))


def six_hump_camel(x: Any, coef: Any) -> Any:
    """f = (4 - 2.1 x0^2 + x0^4/3) x0^2 + x0 x1 + (4 x1^2 - 4) x1^2.   x: (2,), coef: ().

    Two global and four local minima. Dixon & Szego (1978), Towards Global Optimisation 2.
    """
    return (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (4 * x[1] ** 2 - 4) * x[1] ** 2


def saddle(x: Any, coef: Any) -> Any:
    """f = x0^4/4 - a x0^2/2 + x1^2/2.   x: (2,), coef: (1,) = [a].   Saddle (0, 0) between minima (+-sqrt a, 0).

    The double well; Dauphin et al. (2014), arXiv 1406.2572, on why saddles slow descent.
    """
    return x[0] ** 4 / 4 - coef[0] * x[0] ** 2 / 2 + x[1] ** 2 / 2


def shelf(x: Any, coef: Any) -> Any:
    """f = d (1 - exp(-x0^2/2)) + s sqrt(1 + x0^2) + x1^2/2.   x: (2,), coef: (2,) = [depth d, slope s].

    Far from 0 the surface falls by only s a unit: a shelf that is no minimum, before a drop of depth d. Minimum (0, 0).
    Made for this lab: the plateau on which a smaller rate is the wrong answer.
    """
    xp = _like(x[0])
    drop = coef[0] * (1 - xp.exp(-(x[0] ** 2) / 2))
    return drop + coef[1] * xp.sqrt(1 + x[0] ** 2) + x[1] ** 2 / 2


def twin_valleys(x: Any, coef: Any) -> Any:
    """f = q1 q2/(q1 + q2), q1 = k |x - (-2, 0)|^2/2, q2 = |x - (2, 0)|^2/2.   x: (2,), coef: (1,) = [sharpness k].

    Two minima of equal depth 0 whose Hessians are exactly k I and I: descent stays in the sharp one only if
    alpha < 2/k. Made for this lab, after Keskar et al. (2017), arXiv 1609.04836, on sharp and wide minima.
    """
    sharp = coef[0] * ((x[0] + 2) ** 2 + x[1] ** 2) / 2
    wide = ((x[0] - 2) ** 2 + x[1] ** 2) / 2
    return sharp * wide / (sharp + wide)


_CAMEL: Minima = [
    (0.08984201310031806, -0.7126564030207396),
    (-0.08984201310031806, 0.7126564030207396),
    (-1.7036067132900241, 0.7960835748732634),
    (1.7036067132900241, -0.7960835748732634),
    (-1.6071047491815618, -0.5686514549884131),
    (1.6071047491815618, 0.5686514549884131),
]
_HIMMELBLAU: Minima = [
    (3.0, 2.0),
    (-2.805118086952745, 3.131312518250573),
    (-3.7793102533777469, -3.283185991286170),
    (3.584428340330492, -1.848126526964404),
]


def _styblinski_tang_minima(coef: Any) -> Minima:
    low, _, high = sorted(np.roots([4, 0, -32, 5]).real)
    return [(float(a), float(b)) for a in (low, high) for b in (low, high)]


TOYS = (
    Surface(
        "bowl",
        "Bowl",
        bowl,
        domain=(-5, 5, -3.5, 3.5),
        start=(-4, 2),
        alpha=0.15,
        minima=lambda coef: [(0.0, 0.0)],
        formula=r"\tfrac12\,(u^2 + \kappa v^2)",
        source="Goh (2017), Why Momentum Really Works",
        knobs=(
            Knob(
                "kappa",
                "Condition number",
                1,
                100,
                10,
                "log",
                symbol=r"\kappa",
                help="How much steeper one axis is than the other.",
            ),
            Knob(
                "rotation",
                "Rotation",
                0,
                90,
                0,
                unit="°",
                symbol=r"\theta",
                help="Turns the bowl, so that no axis is an eigenvector.",
            ),
        ),
    ),
    Surface(
        "rosenbrock",
        "Rosenbrock",
        rosenbrock,
        domain=(-2, 2, -1, 3),
        start=(-1.2, 1),
        alpha=0.001,
        minima=lambda coef: [(float(coef[0]), float(coef[0]) ** 2)],
        formula=r"(a - x)^2 + b\,(y - x^2)^2",
        source="Rosenbrock (1960)",
        knobs=(
            Knob("a", "Place of the minimum", -1.5, 1.5, 1, symbol="a", help="The minimum is at (a, a²)."),
            Knob(
                "b",
                "Steepness of the walls",
                1,
                200,
                100,
                "log",
                symbol="b",
                help="How much steeper the walls are than the valley floor.",
            ),
        ),
    ),
    Surface(
        "himmelblau",
        "Himmelblau",
        himmelblau,
        domain=(-5, 5, -5, 5),
        start=(0, 0),
        alpha=0.01,
        minima=lambda coef: list(_HIMMELBLAU),
        formula=r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        source="Himmelblau (1972)",
    ),
    Surface(
        "beale",
        "Beale",
        beale,
        domain=(-4.5, 4.5, -4.5, 4.5),
        start=(1, 1),
        alpha=0.01,
        minima=lambda coef: [(3.0, 0.5)],
        formula=r"\textstyle\sum_k (c_k - x + x y^k)^2",
        source="Beale (1958)",
    ),
    Surface(
        "styblinski_tang",
        "Styblinski–Tang",
        styblinski_tang,
        domain=(-5, 5, -5, 5),
        start=(0, 4),
        alpha=0.01,
        minima=_styblinski_tang_minima,
        formula=r"\tfrac12 (x^4 - 16 x^2 + 5 x + y^4 - 16 y^2 + 5 y)",
        source="Styblinski & Tang (1990)",
    ),
    Surface(
        "rastrigin",
        "Rastrigin",
        rastrigin,
        domain=(-5.12, 5.12, -5.12, 5.12),
        start=(3.4, -2.4),
        alpha=0.003,
        minima=lambda coef: [(0.0, 0.0)],
        formula=r"2A + x^2 + y^2 - A\,(\cos 2\pi x + \cos 2\pi y)",
        source="Rastrigin (1974)",
        knobs=(Knob("amplitude", "Height of the ripples", 0, 20, 10, symbol="A", help="0 leaves a plain bowl."),),
    ),
    Surface(
        "six_hump_camel",
        "Six-hump camel",
        six_hump_camel,
        domain=(-2.2, 2.2, -1.3, 1.3),
        start=(-1.9, 1.1),
        alpha=0.02,
        minima=lambda coef: list(_CAMEL),
        formula=r"(4 - 2.1 x^2 + \tfrac13 x^4) x^2 + x y + (4 y^2 - 4) y^2",
        source="Dixon & Szegö (1978)",
    ),
    Surface(
        "saddle",
        "Saddle",
        saddle,
        domain=(-2.2, 2.2, -2, 2),
        start=(0.01, 1.6),
        alpha=0.1,
        minima=lambda coef: [(float(np.sqrt(coef[0])), 0.0), (-float(np.sqrt(coef[0])), 0.0)],
        formula=r"\tfrac14 x^4 - \tfrac a2 x^2 + \tfrac12 y^2",
        source="The double well; Dauphin et al. (2014)",
        knobs=(
            Knob(
                "a",
                "Curvature of the saddle",
                0.1,
                4,
                1,
                symbol="a",
                help="How steeply the ground falls away from the saddle.",
            ),
        ),
    ),
    Surface(
        "shelf",
        "Shelf",
        shelf,
        domain=(-6, 4, -2.5, 2.5),
        start=(-4.5, 1.8),
        alpha=0.3,
        minima=lambda coef: [(0.0, 0.0)],
        formula=r"d\,(1 - e^{-x^2/2}) + s\sqrt{1 + x^2} + \tfrac12 y^2",
        source="Made for this lab",
        knobs=(
            Knob(
                "depth", "Depth of the drop", 0.1, 5, 1, symbol="d", help="How deep the ground falls behind the shelf."
            ),
            Knob(
                "slope",
                "Slope of the shelf",
                0.001,
                0.5,
                0.02,
                "log",
                symbol="s",
                help="How much the shelf falls a unit.",
            ),
        ),
    ),
    Surface(
        "twin_valleys",
        "Twin valleys",
        twin_valleys,
        domain=(-5, 5, -3, 3),
        start=(-3.6, 0.8),
        alpha=0.05,
        minima=lambda coef: [(-2.0, 0.0), (2.0, 0.0)],
        formula=r"\dfrac{q_1 q_2}{q_1 + q_2},\; q_1 = \tfrac k2 ((x + 2)^2 + y^2),\; q_2 = \tfrac12 ((x - 2)^2 + y^2)",
        source="Made for this lab, after Keskar et al. (2017)",
        knobs=(
            Knob(
                "sharpness",
                "Sharpness of the left valley",
                2,
                100,
                20,
                "log",
                symbol="k",
                help="Curvature of the sharp minimum; the wide one has 1.",
            ),
        ),
    ),
)
