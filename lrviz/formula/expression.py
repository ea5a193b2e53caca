"""Expressions as graphs of known operations: evaluated by NumPy or JAX, differentiated by the rules of calculus.

Equal parts of an expression are one node, so that a derivative, in which the same parts appear again and again, stays
as short as what it is made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

VARIABLES = ("x", "y", "a", "b")
"""The point, and the two coefficients that sliders move."""
CONSTANTS = {"pi": math.pi, "e": math.e}
MOST_POWER = 64
"""Whole exponents up to here are products: x^2 has its slope at 0 and a value below 0."""


@dataclass(frozen=True, eq=False)
class Node:
    """``op``: a variable, a constant, "number" (value), "power" (args[0] to the whole number value), an operator or a
    function. ``uses``: the variables in it."""

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    uses: frozenset[str] = field(default=frozenset())

    @property
    def is_number(self) -> bool:
        return self.op == "number"


class Operation(NamedTuple):
    """``value(xp, *args)`` by the array library xp; ``slopes(graph, node)``: the derivative by each argument."""

    value: Callable[..., Any]
    slopes: Callable[[Graph, Node], tuple[Node, ...]]


class Graph:
    """Makes nodes: equal ones are the same, and what needs no computing is left out."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Node] = {}
        self._slopes: dict[tuple[Node, str], Node] = {}

    def node(self, op: str, *args: Node, value: float = 0.0) -> Node:
        """The node as it is written: nothing is simplified."""
        key = (op, args, value, math.copysign(1, value))
        if key not in self._made:
            uses = frozenset((op,)) if op in VARIABLES else frozenset().union(*(arg.uses for arg in args))
            self._made[key] = Node(op, args, value, uses)
        return self._made[key]

    def number(self, value: float) -> Node:
        return self.node("number", value=float(value))

    def add(self, u: Node, v: Node) -> Node:
        if u.is_number and v.is_number:
            return self.number(u.value + v.value)
        if _is(u, 0) or _is(v, 0):
            return v if _is(u, 0) else u
        less = self._negated(v)
        return self.node("+", u, v) if less is None else self.sub(u, less)

    def sub(self, u: Node, v: Node) -> Node:
        if u.is_number and v.is_number:
            return self.number(u.value - v.value)
        if _is(v, 0):
            return u
        if _is(u, 0):
            return self.neg(v)
        less = self._negated(v)
        return self.node("-", u, v) if less is None else self.add(u, less)

    def _negated(self, u: Node) -> Node | None:
        """-u, where u is written with a minus in front."""
        minus = u.op == "neg" or (u.is_number and u.value < 0)
        minus |= u.op == "*" and u.args[0].is_number and u.args[0].value < 0
        return self.neg(u) if minus else None

    def neg(self, u: Node) -> Node:
        if u.is_number:
            return self.number(-u.value)
        if u.op == "*" and u.args[0].is_number:
            return self._times(-u.args[0].value, u.args[1])
        return u.args[0] if u.op == "neg" else self.node("neg", u)

    def mul(self, u: Node, v: Node) -> Node:
        """Numbers in front, and minuses before them."""
        if u.op == "neg" or v.op == "neg":
            return self.neg(self.mul(u.args[0], v) if u.op == "neg" else self.mul(u, v.args[0]))
        if v.is_number or u.is_number:
            return self._times(u.value, v) if u.is_number else self._times(v.value, u)
        for front, other in ((v, u), (u, v)):
            if front.op == "*" and front.args[0].is_number:
                inner = self.mul(u, front.args[1]) if other is u else self.mul(front.args[1], v)
                return self._times(front.args[0].value, inner)
        return self.power(u, 2) if u is v else self.node("*", u, v)

    def _times(self, factor: float, u: Node) -> Node:
        if u.is_number or factor == 0:
            return self.number(factor * u.value if u.is_number else 0)
        if factor in (1, -1):
            return u if factor == 1 else self.neg(u)
        if u.op == "*" and u.args[0].is_number:
            return self._times(factor * u.args[0].value, u.args[1])
        if u.op == "/" and (u.args[0].is_number or u.args[1].is_number):
            top, below = u.args
            return (
                self.div(self.number(factor * top.value), below)
                if top.is_number
                else self._times(factor / below.value, top)
            )
        return self.node("*", self.number(factor), u)

    def div(self, u: Node, v: Node) -> Node:
        if u.is_number and v.is_number and v.value and (u.value / v.value * v.value == u.value):
            return self.number(u.value / v.value)
        if _is(u, 0) or _is(v, 1):
            return u
        if u.op == "neg":
            return self.neg(self.div(u.args[0], v))
        return self.node("/", u, v)

    def power(self, u: Node, n: float) -> Node:
        if n == 0:
            return self.number(1)
        return u if n == 1 else self.node("power", u, value=n)

    def derivative(self, node: Node, by: str) -> Node:
        """d node/d by."""
        for part in ordered([node]):  # a chain of a hundred sums is no recursion of a hundred calls
            if (part, by) not in self._slopes:
                self._slopes[part, by] = self._slope(part, by)
        return self._slopes[node, by]

    def _slope(self, node: Node, by: str) -> Node:
        if by not in node.uses:
            return self.number(0)
        if node.op == by:
            return self.number(1)
        total = self.number(0)
        for outer, arg in zip(OPERATIONS[node.op].slopes(self, node), node.args, strict=True):
            if by in arg.uses:
                total = self.add(total, self.mul(outer, self._slopes[arg, by]))
        return total


def _is(node: Node, value: float) -> bool:
    return node.is_number and node.value == value


def is_positive(node: Node) -> bool:
    """Is it a number above 0?"""
    return node.op in CONSTANTS or (node.is_number and node.value > 0)


def ordered(roots: Iterable[Node]) -> list[Node]:
    """Every node below these once, what it is made of first."""
    done: dict[Node, None] = {}
    waiting = [(root, False) for root in reversed(list(roots))]
    while waiting:
        node, ready = waiting.pop()
        if node in done:
            continue
        if ready:
            done[node] = None
        else:
            waiting += [(node, True), *((arg, False) for arg in reversed(node.args))]
    return list(done)


def evaluate(nodes: Iterable[Node], variables: Mapping[str, Any], xp: Any) -> dict[Node, Any]:
    """The value of each of these nodes, which are `ordered`. xp: numpy or jax.numpy."""
    values: dict[Node, Any] = {}
    for node in nodes:
        if node.op in variables:
            values[node] = variables[node.op]
        elif node.is_number or node.op in CONSTANTS:
            values[node] = np.float64(CONSTANTS.get(node.op, node.value))
        elif node.op == "power":
            values[node] = values[node.args[0]] ** int(node.value)
        else:
            values[node] = OPERATIONS[node.op].value(xp, *(values[arg] for arg in node.args))
    return values


def _function(name: str, slope: Callable[[Graph, Node, Node], Node]) -> Operation:
    """slope: (graph, the argument u, the node itself) -> derivative by u."""
    return Operation(lambda xp, u: getattr(xp, name)(u), lambda g, node: (slope(g, node.args[0], node),))


def _power_slopes(g: Graph, node: Node) -> tuple[Node, ...]:
    """Of u^v: v u^(v - 1), and u^v log u, which JAX takes for 0 where u is."""
    u, v = node.args
    logarithm = g.node("log" if is_positive(u) else "log_or_0", u)
    return (g.mul(v, g.node("^", u, g.sub(v, g.number(1)))), g.mul(node, logarithm))


def _step(g: Graph, u: Node, v: Node) -> Node:
    """1 where u > v, 1/2 where both are equal, as JAX has it."""
    return g.node("step", g.sub(u, v))


def _log_or_0(xp: Any, u: Any) -> Any:
    return xp.log(xp.where(u == 0, 1.0, u))


OPERATIONS: dict[str, Operation] = {
    "+": Operation(lambda xp, u, v: u + v, lambda g, n: (g.number(1), g.number(1))),
    "-": Operation(lambda xp, u, v: u - v, lambda g, n: (g.number(1), g.number(-1))),
    "*": Operation(lambda xp, u, v: u * v, lambda g, n: (n.args[1], n.args[0])),
    "/": Operation(
        lambda xp, u, v: u / v,
        lambda g, n: (g.div(g.number(1), n.args[1]), g.neg(g.div(n.args[0], g.power(n.args[1], 2)))),
    ),
    "neg": Operation(lambda xp, u: -u, lambda g, n: (g.number(-1),)),
    "power": Operation(
        lambda xp, u: u, lambda g, n: (g.mul(g.number(n.value), g.power(n.args[0], n.value - 1)),)
    ),  # its value needs the exponent: `evaluate`
    "^": Operation(lambda xp, u, v: xp.power(u, v), _power_slopes),
    "sin": _function("sin", lambda g, u, n: g.node("cos", u)),
    "cos": _function("cos", lambda g, u, n: g.neg(g.node("sin", u))),
    "tan": _function("tan", lambda g, u, n: g.add(g.number(1), g.power(n, 2))),
    "exp": _function("exp", lambda g, u, n: n),
    "log": _function("log", lambda g, u, n: g.div(g.number(1), u)),
    "log_or_0": Operation(_log_or_0, lambda g, n: (g.div(g.number(1), n.args[0]),)),
    "sqrt": _function("sqrt", lambda g, u, n: g.div(g.number(0.5), n)),
    "abs": Operation(lambda xp, u: xp.maximum(u, -u), lambda g, n: (g.node("sign", n.args[0]),)),
    "sign": _function("sign", lambda g, u, n: g.number(0)),
    "sinh": _function("sinh", lambda g, u, n: g.node("cosh", u)),
    "cosh": _function("cosh", lambda g, u, n: g.node("sinh", u)),
    "tanh": _function("tanh", lambda g, u, n: g.sub(g.number(1), g.power(n, 2))),
    "atan": _function("arctan", lambda g, u, n: g.div(g.number(1), g.add(g.number(1), g.power(u, 2)))),
    "max": Operation(lambda xp, u, v: xp.maximum(u, v), lambda g, n: (_step(g, *n.args), _step(g, *n.args[::-1]))),
    "min": Operation(lambda xp, u, v: xp.minimum(u, v), lambda g, n: (_step(g, *n.args[::-1]), _step(g, *n.args))),
    "step": Operation(lambda xp, u: xp.heaviside(u, 0.5), lambda g, n: (g.number(0),)),
}
"""By name. `sign`, `log_or_0` and `step` (1 above 0, 1/2 at 0, else 0) appear in derivatives alone.
abs is a maximum, as JAX takes 1 for the slope of its own at 0, others 0: a run that comes to rest there would not."""
FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sinh", "cosh", "tanh", "atan", "max", "min")
"""What may be typed; max and min take two arguments or more."""
