"""Formulas to try: a few by hand, and random ones as trees of their own, with an evaluator that knows nothing of the
lab."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
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


EVIL = (
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "x.__class__", "x.real", "f'{x}'",
    "lambda x: x", "(lambda: x)()", "[x for x in y]", "{x: y}", "{x}", "[x, y]", "x[0]", "x if y else a", "x and y",
    "not x", "x or y", "x < y", "x == y", "x := 3", "(x := 3)", "x, y", "(x, y)", "*x", "max(*x)", "max(x, key=y)",
    "sin(x=1)", "sin", "sin()", "sin(x, y)", "sin sin x", "sin(sin)", "max(x)", "eval('x')", "exec(x)", "open(x)",
    "print(x)", "getattr(x, y)", "globals()", "x; y", "x\ny = 3", "x #", "x \\\n y", "'x'", '"x"', "b'x'", "x'",
    "await x", "yield x", "import os", "x @ y", "x // y", "x % y", "x << 9", "x & y", "x | y", "~x", "x!", "x=1",
    "9**9**9**9", "9^9^9 + x", "x + 9^9^9", "1e999 * x", "10^400 * x", "2^2^2^2^2^2 + x", "0/0 + x", "1/0 * x",
    "log(0) * x", "sqrt(-1) + x", "1e12^1e12 + x", "0x10 + x", "1_000 + x", "1j * x", "1.2.3 + x", "..",
    "x..y", "2x", "x y", "x(2)", "(x)(y)", "2(x)", "x^", "^x", "x + * y", "()", "(", ")", "((x)", "(x))", "", " ",
    "\t\n", "3", "a + b", "pi",
    "X", "Y + x", "Sin(x)", "foo(x)", "x0 + x1", "nan", "inf * x", "None", "True + x", "х + y", "x + у", "ｘ + y",
    "𝑥^2", "x²", "x − y", "x·y", "x×y", "√x", "|x|", "π * x", "x\u200b + y", "x\u202e + y", "\x00x", "x\x00",
    "x\ud800", "∞", "(" * 60 + "x" + ")" * 60, "(" * 100 + "x", "x" + "+x" * 120, "[" * 5000, "x" * 100_000,
    "-" * 250 + "x",
)  # fmt: skip
PIECES = (
    *"xyab01239.+-*/^(),eE_=<>!@#$%&|~`:;'\"[]{}\\ \n", "**", "pi", "sin(", "max(", "exp", "log(", "lambda ", " if ",
    " for ", " in ", "__", ".real", "1e9", "^9", "𝑥", "²", "−", "π", "х", "import ", "None", "(x", "y)", "(" * 20,
)  # fmt: skip


def hostile(count: int) -> Iterator[str]:
    """These, and random texts: heaps of pieces, and formulas with a slip in them."""
    rng = random.Random(5)
    yield from EVIL
    for _ in range(count - len(EVIL)):
        if rng.random() < 0.3:  # a good one with a slip in it
            text = list(rng.choice(EVIL[:80]) if rng.random() < 0.3 else "(x^2 + y - 11)^2 + (x + y^2 - 7)^2*sin(x)")
            for _ in range(rng.randint(1, 3)):
                text[rng.randrange(len(text))] = rng.choice(PIECES)
            yield "".join(text)
        else:
            yield "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 60)))
