"""The surfaces as code that runs with numpy, jax.numpy and torch alike, and their gradients for plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lrviz.codegen.text import WIDTH, Lines, assigned, indented, literal
from lrviz.formula import read, writing
from lrviz.formula.expression import Node
from lrviz.scenario import Scenario


class Source(NamedTuple):
    """The bodies of ``loss(x)``, with ``xp`` for the array library, and of ``gradient(x)``."""

    loss: str
    gradient: str


_ROTATED = Source(
    """\
x0, x1 = x
u = x0 * math.cos(angle) + x1 * math.sin(angle)
v = x1 * math.cos(angle) - x0 * math.sin(angle)
return (u**2 + kappa * v**2) / 2""",
    """\
x0, x1 = x
u = x0 * math.cos(angle) + x1 * math.sin(angle)
v = x1 * math.cos(angle) - x0 * math.sin(angle)
return np.array([
    u * math.cos(angle) - kappa * v * math.sin(angle),
    u * math.sin(angle) + kappa * v * math.cos(angle),
])""",
)
SOURCES: dict[str, Source] = {
    "bowl": Source(
        """\
x0, x1 = x
return (x0**2 + kappa * x1**2) / 2""",
        """\
x0, x1 = x
return np.array([x0, kappa * x1])""",
    ),
    "rosenbrock": Source(
        """\
x0, x1 = x
return (a - x0) ** 2 + b * (x1 - x0**2) ** 2""",
        """\
x0, x1 = x
wall = x1 - x0**2
return np.array([-2 * (a - x0) - 4 * b * x0 * wall, 2 * b * wall])""",
    ),
    "himmelblau": Source(
        """\
x0, x1 = x
return (x0**2 + x1 - 11) ** 2 + (x0 + x1**2 - 7) ** 2""",
        """\
x0, x1 = x
p, q = x0**2 + x1 - 11, x0 + x1**2 - 7
return np.array([4 * x0 * p + 2 * q, 2 * p + 4 * x1 * q])""",
    ),
    "beale": Source(
        """\
x0, x1 = x
return sum((c - x0 + x0 * x1**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)))""",
        """\
x0, x1 = x
total = 0
for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)):
    rest = c - x0 + x0 * x1**k
    total = total + 2 * rest * np.array([x1**k - 1, k * x0 * x1 ** (k - 1)])
return total""",
    ),
    "styblinski_tang": Source(
        """\
return ((x**4 - 16 * x**2 + 5 * x) / 2).sum()""",
        """\
return 2 * x**3 - 16 * x + 2.5""",
    ),
    "rastrigin": Source(
        """\
return 2 * amplitude + (x**2 - amplitude * xp.cos(2 * math.pi * x)).sum()""",
        """\
return 2 * x + 2 * math.pi * amplitude * np.sin(2 * math.pi * x)""",
    ),
    "six_hump_camel": Source(
        """\
x0, x1 = x
return (4 - 2.1 * x0**2 + x0**4 / 3) * x0**2 + x0 * x1 + (4 * x1**2 - 4) * x1**2""",
        """\
x0, x1 = x
return np.array([8 * x0 - 8.4 * x0**3 + 2 * x0**5 + x1, x0 + 16 * x1**3 - 8 * x1])""",
    ),
    "saddle": Source(
        """\
x0, x1 = x
return x0**4 / 4 - a * x0**2 / 2 + x1**2 / 2""",
        """\
x0, x1 = x
return np.array([x0**3 - a * x0, x1])""",
    ),
    "shelf": Source(
        """\
x0, x1 = x
drop = depth * (1 - xp.exp(-(x0**2) / 2))
return drop + slope * xp.sqrt(1 + x0**2) + x1**2 / 2""",
        """\
x0, x1 = x
return np.array([depth * x0 * np.exp(-(x0**2) / 2) + slope * x0 / np.sqrt(1 + x0**2), x1])""",
    ),
    "twin_valleys": Source(
        """\
x0, x1 = x
sharp = sharpness * ((x0 + 2) ** 2 + x1**2) / 2
wide = ((x0 - 2) ** 2 + x1**2) / 2
return sharp * wide / (sharp + wide)""",
        """\
x0, x1 = x
sharp = sharpness * ((x0 + 2) ** 2 + x1**2) / 2
wide = ((x0 - 2) ** 2 + x1**2) / 2
to_sharp, to_wide = sharpness * np.array([x0 + 2, x1]), np.array([x0 - 2, x1])
return (wide**2 * to_sharp + sharp**2 * to_wide) / (sharp + wide) ** 2""",
    ),
}
"""By surface; without its row a surface has no program."""


def has(scenario: Scenario) -> bool:
    """Is the surface written as code?"""
    return scenario.surface in SOURCES or scenario.surface_row.found


def constants(scenario: Scenario, xp: str) -> Lines:
    """The coefficients of the surface by name; those of a formula are of this array library, as it may take the root of
    a negative one, or divide by 0."""
    if scenario.surface_row.found:
        formula = read(str(scenario["f"]))
        used = [name for name in ("a", "b") if name in formula.uses]
        array = "torch.tensor" if xp == "torch" else f"{xp}.array"
        numbers = literal([float(scenario[name]) for name in used])  # type: ignore[arg-type]
        return [f"{', '.join(used)}{',' * (len(used) == 1)} = {array}({numbers})"] if used else []
    values = {knob.key: scenario[knob.key] for knob in scenario.surface_row.knobs}
    if scenario.surface == "bowl":
        turned = values.pop("rotation")
        return assigned(values) + ([f"angle = math.radians({turned!r})"] if turned else [])
    return assigned(values)


def loss(scenario: Scenario, xp: str) -> Lines:
    """``def loss(x)`` with the array library of that name."""
    if scenario.surface_row.found:
        return _written("loss", [read(str(scenario["f"])).root], xp)
    return _function("loss", _source(scenario).loss.replace("xp.", f"{xp}."))


def gradient(scenario: Scenario) -> Lines:
    """``def gradient(x)`` in plain numpy."""
    if scenario.surface_row.found:
        return _written("gradient", read(str(scenario["f"])).gradient, "np")
    return _function("gradient", _source(scenario).gradient)


def hessian(scenario: Scenario, usual: str) -> Lines:
    """``def hessian(x)`` in plain numpy: ``usual``, or what a formula has, which may not take complex numbers."""
    if not scenario.surface_row.found:
        return usual.split("\n")
    xx, xy, yy = read(str(scenario["f"])).hessian
    return _written("hessian", [xx, xy, xy, yy], "np")


def _source(scenario: Scenario) -> Source:
    return _ROTATED if scenario.surface == "bowl" and scenario["rotation"] else SOURCES[scenario.surface]


def _function(name: str, body: str) -> Lines:
    return [f"def {name}(x):", *indented(body.split("\n"))]


def _written(name: str, nodes: Sequence[Node], xp: str) -> Lines:
    """A function of these expressions: one is what it returns, several are an array, four a matrix."""
    shared, texts = writing.python(nodes, xp, loose=len(nodes) > 1)
    rows = [", ".join(texts)] if len(texts) < 4 else [f"[{', '.join(texts[:2])}]", f"[{', '.join(texts[2:])}]"]
    whole = texts[0] if len(texts) == 1 else f"np.array([{', '.join(rows)}])"
    if len(texts) > 1 and len(whole) > WIDTH:
        whole = "\n".join(["np.array([", *(f"    {row}," for row in (texts if len(texts) < 4 else rows)), "])"])
    body = ["x0, x1 = x", *(f"{part} = {text}" for part, text in shared), *f"return {whole}".split("\n")]
    return _function(name, "\n".join(body))
