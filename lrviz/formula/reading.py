"""Text -> `Formula`. Read by Python's own parser, after each character and word was looked at, and never run."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, NoReturn

import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz.formula import writing
from lrviz.formula.expression import (
    CONSTANTS,
    FUNCTIONS,
    MOST_POWER,
    VARIABLES,
    Graph,
    Node,
    evaluate,
    is_positive,
    ordered,
)
from lrviz.knob import LONGEST_TEXT, BadInput, number_text, shown

EXAMPLE = "(x^2 + b*y^2)/4 + a*sin(2*x)*sin(2*y)"
LONGEST, MOST_NODES, DEEPEST = LONGEST_TEXT, 200, 40
"""Characters, parts of the tree, and brackets in one another, at most."""
LARGEST = 1e12
"""The largest number that may be typed."""
ALLOWED = (
    "A formula has numbers, x, y, a, b, pi, e, + - * / ^, brackets and "
    + ", ".join(FUNCTIONS[:-1])
    + f", {FUNCTIONS[-1]}."
)
OTHER_NAMES = {"ln": "log", "arctan": "atan"}
MEANT = {
    "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "—": "-", "²": "^2", "³": "^3",
    "π": "pi", "√": "sqrt()", "|": "abs()", "[": "(", "]": ")", "{": "(", "}": ")", ";": ",",
}  # fmt: skip
"""What stands on keyboards and in books -> what to type."""
_TOKEN = re.compile(
    r"(?P<number>(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9]*)|(?P<sign>\*\*|[-+*/^(),])"
)
_BINARY: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class Formula:
    """A loss f(x, y; a, b). Made by `read`."""

    def __init__(self, graph: Graph, root: Node):
        self.graph, self.root = graph, root
        self.text = writing.text(root)
        """The same for the same tree, however it was typed."""

    @cached_property
    def gradient(self) -> tuple[Node, Node]:
        return self.graph.derivative(self.root, "x"), self.graph.derivative(self.root, "y")

    @cached_property
    def hessian(self) -> tuple[Node, Node, Node]:
        """xx, xy, yy."""
        gx, gy = self.gradient
        return self.graph.derivative(gx, "x"), self.graph.derivative(gx, "y"), self.graph.derivative(gy, "y")

    @property
    def uses(self) -> frozenset[str]:
        """The variables in it."""
        return self.root.uses

    @cached_property
    def parts(self) -> list[Node]:
        """Of which it is made, what each is made of first."""
        return ordered([self.root])

    @cached_property
    def _slopes(self) -> list[Node]:
        return ordered([self.root, *self.gradient, *self.hessian])

    def __call__(self, x: Any, coef: Any) -> Any:
        """x: (2, ...), coef: (2, ...) = [a, b] -> (...). By JAX where x is JAX's, else by NumPy."""
        xp = jnp if isinstance(x[0], Array) else np
        with np.errstate(all="ignore"):
            return evaluate(self.parts, _variables(x, coef, xp), xp)[self.root]

    def slopes(self, x: Any, coef: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The loss (...), its gradient (2, ...) and Hessian (2, 2, ...) by NumPy.   x: (2, ...)"""
        with np.errstate(all="ignore"):
            values = evaluate(self._slopes, _variables(x, coef, np), np)
        wanted = (values[node] for node in (self.root, *self.gradient, *self.hessian))
        value, gx, gy, xx, xy, yy = (np.broadcast_to(part, np.shape(x[0])).astype(float) for part in wanted)
        return value, np.stack([gx, gy]), np.array([[xx, xy], [xy, yy]])

    @cached_property
    def latex(self) -> str:
        return writing.latex(self.root)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Where the value or the slope is not what one might think: a sentence each."""
        return tuple(_notes(self.parts))


def _variables(x: Any, coef: Any, xp: Any) -> dict[str, Any]:
    return {
        name: xp.asarray(value) * 1.0 for name, value in zip(VARIABLES, (x[0], x[1], coef[0], coef[1]), strict=True)
    }


def _notes(nodes: Sequence[Node]) -> Iterator[str]:
    free = {"x", "y"}
    ops = {node.op for node in nodes if node.uses & free}
    divided = any(node.op == "/" and node.args[1].uses & free for node in nodes)
    divided |= any(node.op == "power" and node.value < 0 and node.uses & free for node in nodes)
    raised = [node for node in nodes if node.op == "^" and node.uses & free and not _has_a_value(*node.args)]
    if "sqrt" in ops:
        yield "sqrt has an infinite slope where its argument is 0, and no value below: a run there has no loss."
    if "log" in ops:
        yield "log falls without end towards 0, and has no value at 0 and below: a run there has no loss."
    if raised:
        example = writing.text(raised[0])
        example = example if len(example) <= 30 else "A power"
        yield f"{example} has no value where its base is below 0, as the exponent is no whole number that is written."
    if "abs" in ops:
        yield "abs has a kink where its argument is 0: the slope jumps there, and is taken as 0 at the kink itself."
    if ops & {"max", "min"}:
        yield "max and min have a kink where both are equal: the slope jumps, and is the mean of both there."
    if divided or "tan" in ops:
        yield "Where it divides by 0 the loss is infinite or has no value: a run there has no loss."


def _has_a_value(base: Node, exponent: Node) -> bool:
    """Is this power known to have one everywhere?"""
    whole = not exponent.uses and float(constant(exponent)).is_integer()
    return whole or is_positive(base) or (base.op == "power" and base.value % 2 == 0)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int
    """Counted from 1."""


def read(text: str) -> Formula:
    """Raises ``BadInput``, which names the place and what is allowed."""
    if not isinstance(text, str):
        raise BadInput(f"A formula is a text, not {shown(text)}.")
    return _read(text)


@lru_cache(maxsize=256)
def _read(text: str) -> Formula:
    if len(text) > LONGEST:
        raise BadInput(f"The formula has {len(text)} characters; it may have {LONGEST}.")
    tokens = list(_tokens(text))
    if not tokens:
        raise BadInput(f"The formula is empty. {ALLOWED}")
    _check_neighbours(tokens)
    source, places = _source(tokens)
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        at = places[min(max((error.offset or 1) - 1, 0), len(places) - 1)]
        _refuse(at, "something is missing or too much here")
    except (RecursionError, MemoryError, ValueError):
        raise BadInput("The formula is too deeply nested to be read.") from None
    reader = _Reader(places)
    root = reader.node(tree.body)
    if not root.uses & {"x", "y"}:
        raise BadInput(f"The formula {shown(text)} has neither x nor y, so there is nothing to descend on.")
    return Formula(reader.graph, root)


def _refuse(at: int, why: str, allowed: bool = False) -> NoReturn:
    raise BadInput(
        f"The formula cannot be read at character {at}: {why}." + (f" {ALLOWED}" if allowed else "")
    ) from None


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at] in " \t\n\r":
            at += 1
            continue
        found = _TOKEN.match(text, at)
        if not found:
            _refuse_character(text[at], at + 1)
        kind = str(found.lastgroup)
        word = found[0]
        if kind == "name":
            word = OTHER_NAMES.get(word, word)
            if word not in (*VARIABLES, *CONSTANTS, *FUNCTIONS):
                matches = get_close_matches(word.lower(), (*VARIABLES, *CONSTANTS, *FUNCTIONS), n=1, cutoff=0.6)
                _refuse(
                    at + 1,
                    f"there is no {shown(word)}" + (f"; is {matches[0]} meant?" if matches else "").rstrip("?"),
                    True,
                )
        if kind == "number" and not float(word) <= LARGEST:
            _refuse(at + 1, f"the largest number is {number_text(LARGEST)}")
        yield _Token(kind, word, at + 1)
        at = found.end()


def _refuse_character(character: str, at: int) -> NoReturn:
    if character in MEANT:
        _refuse(at, f"write {MEANT[character]} for {character}")
    name = unicodedata.name(character, "an unknown character").lower()
    what = shown(character) if character.isascii() else f"{shown(character)} ({name})"
    _refuse(at, f"{what} has no place in a formula", True)


def _check_neighbours(tokens: list[_Token]) -> None:
    """Brackets, functions that are called, and no two values without an operator between them."""
    depth = 0
    for before, token in zip([None, *tokens], [*tokens, None], strict=True):
        begins = token is not None and (token.kind != "sign" or token.text == "(")
        if before is not None and before.text in FUNCTIONS:
            if token is None or token.text != "(":
                _refuse(
                    before.at,
                    f"{before.text} needs brackets, as in {before.text}(x{', y' * (before.text in FUNCTIONS[-2:])})",
                )
        elif token is not None and before is not None and begins and (before.kind != "sign" or before.text == ")"):
            apart = token.at > before.at + len(before.text)
            lost = " (an address writes + as %2B)" if apart else ""  # it comes as a space
            _refuse(token.at, f"an operator is missing before {token.text}, such as *{lost}")
        lacks = token is None or token.text in ("*", "**", "/", "^", ")", ",")
        if lacks and (before is None or (before.kind == "sign" and before.text != ")")):
            _refuse(
                before.at if before else tokens[0].at,
                "a value is missing " + ("after this" if before else "before this"),
            )
        depth += (token is not None) and (token.text == "(") - (token.text == ")")
        if token is not None and depth < 0:
            _refuse(token.at, "this bracket was never opened")
        if token is not None and depth > DEEPEST:
            _refuse(token.at, f"more than {DEEPEST} brackets are open")
    if depth:
        _refuse(tokens[-1].at, f"{depth} brackets are" if depth > 1 else "a bracket is" + " not closed")


def _source(tokens: list[_Token]) -> tuple[str, list[int]]:
    """The formula as Python writes it, and for each of its characters the place in the text."""
    source, places = "", []
    for token in tokens:
        word = {"number": lambda text: repr(float(text)), "sign": lambda text: "**" if text == "^" else text}.get(
            token.kind, str
        )(token.text)
        source += word
        places += [token.at] * len(word)
    return source, places


class _Reader:
    """The tree of Python's parser -> nodes. What is not known here is refused."""

    def __init__(self, places: list[int]):
        self.graph, self.places, self.count = Graph(), places, 0

    def node(self, tree: ast.expr) -> Node:
        self.count += 1
        at = self.places[tree.col_offset]
        if self.count > MOST_NODES:
            _refuse(at, f"a formula has at most {MOST_NODES} parts")
        made = self._made(tree, at)
        if not made.uses and not np.isfinite(constant(made)):
            _refuse(at, f"the value of {shown(writing.text(made), 30)} is no finite number")
        return made

    def _made(self, tree: ast.expr, at: int) -> Node:  # noqa: PLR0911  a line a kind of part
        graph = self.graph
        match tree:
            case ast.Constant(value=float(value)):
                return graph.number(value)
            case ast.Name(id=name) if name in VARIABLES or name in CONSTANTS:
                return graph.node(name)
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self.node(inner)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return graph.node("neg", self.node(inner))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._power(self.node(left), self.node(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return graph.node(_BINARY[type(op)], self.node(left), self.node(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return self._call(name, [self.node(arg) for arg in args], at)
            case ast.Tuple():
                _refuse(at, "a comma stands in max and min alone, and decimals have a point")
        _refuse(at, "this is no part of a formula", True)

    def _power(self, base: Node, exponent: Node) -> Node:
        if not exponent.uses:
            n = float(constant(exponent))
            if n.is_integer() and abs(n) <= MOST_POWER:
                return self.graph.node("power", base, value=n)
        return self.graph.node("^", base, exponent)

    def _call(self, name: str, args: list[Node], at: int) -> Node:
        if name not in ("max", "min"):
            if len(args) != 1:
                _refuse(at, f"{name} takes one value, not {len(args)}")
            return self.graph.node(name, args[0])
        if len(args) < 2:
            _refuse(at, f"{name} takes two values or more, as in {name}(x, y)")
        made = args[0]
        for arg in args[1:]:
            made = self.graph.node(name, made, arg)
        return made


def constant(node: Node) -> float:
    """The value of what has no variables, in float64: 9^9^9 is infinite, and no integer of 370 million digits."""
    with np.errstate(all="ignore"):
        return float(evaluate(ordered([node]), {}, np)[node])
