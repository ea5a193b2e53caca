"""The surfaces once more, as plain formulas.

Every function is ``loss(xp, x, y, **coefficients)``.  ``xp`` only lends ``exp`` and ``cos`` (``torch`` or
``jax.numpy``); the rest is arithmetic, so the frameworks differentiate the formulas themselves and nothing
here can share a mistake with a hand-written gradient.
"""

import math
from collections.abc import Callable
from typing import Any


def bowl(xp: Any, x: Any, y: Any, kappa: float = 10.0, rotation: float = 0.0) -> Any:
    """A quadratic of condition number ``kappa``, turned by ``rotation`` degrees."""
    if rotation == 0:  # no 0 * inf once an axis has left the finite
        return (x**2 + kappa * y**2) / 2
    theta = math.radians(rotation)
    u = x * math.cos(theta) + y * math.sin(theta)
    v = -x * math.sin(theta) + y * math.cos(theta)
    return (u**2 + kappa * v**2) / 2


def rosenbrock(xp: Any, x: Any, y: Any, a: float = 1.0, b: float = 100.0) -> Any:
    """The banana valley."""
    return (a - x) ** 2 + b * (y - x**2) ** 2


def himmelblau(xp: Any, x: Any, y: Any) -> Any:
    """Four equal minima."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def beale(xp: Any, x: Any, y: Any) -> Any:
    """Flat plains with steep corners."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def styblinski_tang(xp: Any, x: Any, y: Any) -> Any:
    """Four wells of unequal depth, with negative losses."""
    return sum((t**4 - 16 * t**2 + 5 * t) / 2 for t in (x, y))


def rastrigin(xp: Any, x: Any, y: Any, amplitude: float = 10.0) -> Any:
    """A bowl covered with ripples."""
    ripples = xp.cos(2 * math.pi * x) + xp.cos(2 * math.pi * y)
    return 2 * amplitude + x**2 + y**2 - amplitude * ripples


def six_hump_camel(xp: Any, x: Any, y: Any) -> Any:
    """Six minima, two of them global."""
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def saddle(xp: Any, x: Any, y: Any, a: float = 1.0) -> Any:
    """A saddle at the origin between two minima."""
    return x**4 / 4 - a * x**2 / 2 + y**2 / 2


def shelf(xp: Any, x: Any, y: Any, depth: float = 1.0, slope: float = 0.02) -> Any:
    """A well of ``depth`` in an almost flat shelf."""
    return depth * (1 - xp.exp(-(x**2) / 2)) + slope * (1 + x**2) ** 0.5 + y**2 / 2


def twin_valleys(xp: Any, x: Any, y: Any, sharpness: float = 20.0) -> Any:
    """A sharp and a wide minimum of equal depth."""
    sharp = sharpness * ((x + 2) ** 2 + y**2) / 2
    wide = ((x - 2) ** 2 + y**2) / 2
    return sharp * wide / (sharp + wide)


SURFACES: dict[str, Callable[..., Any]] = {
    surface.__name__: surface
    for surface in (
        bowl,
        rosenbrock,
        himmelblau,
        beale,
        styblinski_tang,
        rastrigin,
        six_hump_camel,
        saddle,
        shelf,
        twin_valleys,
    )
}

COEFFICIENTS: dict[str, tuple[str, ...]] = {
    "bowl": ("kappa", "rotation"),
    "rosenbrock": ("a", "b"),
    "rastrigin": ("amplitude",),
    "saddle": ("a",),
    "shelf": ("depth", "slope"),
    "twin_valleys": ("sharpness",),
}


def loss_of(xp: Any, scenario: dict[str, Any]) -> Callable[[Any], Any]:
    """The loss of a scenario as a function of the point alone."""
    surface = scenario["surface"]
    names = COEFFICIENTS.get(surface, ())
    chosen = {name: scenario["values"][name] for name in names if name in scenario["values"]}
    return lambda point: SURFACES[surface](xp, point[0], point[1], **chosen)
