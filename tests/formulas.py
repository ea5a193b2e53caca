"""Formulas to try: a few by hand, and random ones as trees of their own, with an evaluator that knows nothing of the
lab."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SAMPLES = {
    "f": (
        "x^2 + y^2",
        "(1 - x)^2 + 100*(y - x^2)^2",
        "a*x^4 - x^2 + b*y^2",
        "log(1 + x^2 + b*y^2)",
        "abs(x) + abs(y)",
        "max(x^2, (y - 1)^2)",
        "sqrt(1 + x^2) + cosh(y/3) - exp(-x^2 - y^2)",
    ),
    "domain": ("3", "-5,5,-2,3", "0.5,20,-1,1"),
}
"""By the knob that takes them."""

SMOOTH = ("sin", "cos", "exp", "tanh", "sinh", "cosh", "atan")
Tree = tuple[Any, ...]
"""("x",), (2.5,), ("+", tree, tree), ("^", tree, 3), ("sin", tree)."""


def tree(rng: np.random.Generator, depth: int = 4) -> Tree:  # noqa: PLR0911
    """A random expression that is finite and smooth nearly everywhere."""
    if depth == 0 or rng.random() < 0.1:
        return (str(rng.choice(["x", "y", "x", "y", "a", "b", "pi"])),) if rng.random() < 0.75 else (
            float(f"{rng.uniform(0.1, 4):.2g}"),
        )  # fmt: skip
    kind = rng.choice(
        ["+", "-", "*", "/", "^", "neg", "call", "kink", "root"], p=[0.2, 0.13, 0.2, 0.08, 0.13, 0.04, 0.14, 0.04, 0.04]
    )
    inner = tree(rng, depth - 1)
    match kind:
        case "+" | "-" | "*":
            return (str(kind), inner, tree(rng, depth - 1))
        case "/":
            return ("/", inner, ("+", (1.5,), ("^", tree(rng, depth - 1), 2)))
        case "^":
            return ("^", inner, int(rng.integers(2, 4)))
        case "neg":
            return ("neg", inner)
        case "kink":
            name = str(rng.choice(["abs", "max", "min"]))
            return (name, inner) if name == "abs" else (name, inner, tree(rng, depth - 1))
        case "root":
            name = str(rng.choice(["sqrt", "log"]))
            return (name, ("+", (0.5,), ("^", inner, 2)))
    return (str(rng.choice(SMOOTH)), ("tanh", inner) if rng.random() < 0.7 else inner)


def written(t: Tree) -> str:
    """As a visitor might type it, with all brackets."""
    op, *args = t
    if not args:
        return str(op)
    if op == "^":
        return f"({written(args[0])})^{args[1]}"
    if op == "neg":
        return f"(-{written(args[0])})"
    if op in ("+", "-", "*", "/"):
        return f"({written(args[0])} {op} {written(args[1])})"
    return f"{op}({', '.join(map(written, args))})"


def value(t: Tree, at: dict[str, float]) -> float:  # noqa: PLR0911
    """By the standard library alone."""
    op, *args = t
    if not args:
        return float({**at, "pi": math.pi}.get(op, op))  # type: ignore[arg-type]
    if op == "^":
        return math.prod([value(args[0], at)] * args[1])
    u, *v = (value(arg, at) for arg in args)
    match op:
        case "+":
            return u + v[0]
        case "-":
            return u - v[0]
        case "*":
            return u * v[0]
        case "/":
            return u / v[0]
        case "neg":
            return -u
        case "max" | "min":
            return max(u, *v) if op == "max" else min(u, *v)
        case "abs":
            return abs(u)
    return float(getattr(math, op)(u))
