"""Expressions as text: as they are typed, as LaTeX, and as Python for NumPy, JAX and PyTorch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from lrviz.formula.expression import Node, ordered
from lrviz.knob import number_text

ADDED, MULTIPLIED, SIGNED, RAISED, ATOM = range(5)
"""How tightly an expression holds together."""
NAMES = ("p", "q", "r", "s", "u", "v", "w")
"""For parts that a program needs more than once."""


class Written(NamedTuple):
    """text, and how tightly it holds together."""

    text: str
    holds: int


class Style(NamedTuple):
    """How a language writes: words for variables and constants; a power; what functions are called."""

    words: Mapping[str, str]
    power: str
    functions: Mapping[str, str]
    default: str
    number: str = "{}"
    """A number that a function is called with."""
    loose: bool = False
    """u * v * w for u * (v * w) too, which may differ in the last digit."""


_TYPED = Style({}, "{}^{}", {}, "{name}({args})")
_OWN_CALLS = {
    "atan": "{xp}.arctan({args})",
    "max": "{xp}.maximum({args})",
    "min": "{xp}.minimum({args})",
    "log_or_0": "{xp}.log({xp}.where({args} == 0, 1, {args}))",
    "step": "{xp}.heaviside({args}, 0.5)",
}

_JAX_CALLS = {"abs": "jnp.maximum({args}, -{atom})"}
"""JAX takes the slope of its abs at 0 for 1, not for 0."""


def text(node: Node) -> str:
    """As it is typed, with the fewest brackets; two trees have one text only if they are the same."""
    return _write([node], _TYPED)[node].text


def python(nodes: Iterable[Node], xp: str, loose: bool = False) -> tuple[list[tuple[str, str]], list[str]]:
    """Assignments (name, expression) of parts that are needed twice, in order; and each of the nodes.

    The point is x0, x1; a and b are numbers of the array library xp: "np", "jnp" or "torch". loose: products may be
    worked out in another order.
    """
    roots = list(nodes)
    tensor = "torch.tensor({})" if xp == "torch" else "{}"
    words = {"x": "x0", "y": "x1", "pi": "math.pi", "e": "math.e"}
    calls = _OWN_CALLS | (_JAX_CALLS if xp == "jnp" else {})
    functions = {name: call.replace("{xp}", xp) for name, call in calls.items()}
    style = Style(words, "{} ** {}", functions, f"{xp}.{{name}}({{args}})", tensor, loose)
    shared: dict[Node, str] = {}
    order = ordered(roots)
    uses = Counter(arg for node in order for arg in node.args) + Counter(roots)
    for node in order:
        if uses[node] > 1 and _is_long(node):
            shared[node] = NAMES[len(shared)] if len(shared) < len(NAMES) else f"t{len(shared) - len(NAMES) + 1}"
    written = _write(roots, style, shared)
    named = [(name, written[node].text) for node, name in shared.items()]
    return named, [shared.get(root, written[root].text) for root in roots]


def _is_long(node: Node) -> bool:
    """Is it worth a name? What is made of one variable and a number or two is not."""
    return bool(node.args) and not (
        node.op in ("power", "neg", "*", "/", "+", "-")
        and all(not arg.args for arg in node.args)
        and len(node.uses) < 2
    )


def _write(roots: list[Node], style: Style, names: Mapping[Node, str] | None = None) -> dict[Node, Written]:
    """Every node below these. One with a name is called by it where it is used."""
    names = names or {}
    done: dict[Node, Written] = {}

    def part(node: Node, at_least: int) -> str:
        text, holds = (names[node], ATOM) if node in names else done[node]
        return text if holds >= at_least else f"({text})"

    for node in ordered(roots):
        done[node] = _one(node, style, part)
    return done


def _one(node: Node, style: Style, part: Callable[[Node, int], str]) -> Written:  # noqa: PLR0911
    args = node.args
    if node.is_number:
        return Written(number_text(node.value), ATOM if node.value >= 0 else SIGNED)
    if not args:
        return Written(style.words.get(node.op, node.op), ATOM)
    match node.op:
        case "+" | "-":
            return Written(f"{part(args[0], ADDED)} {node.op} {part(args[1], MULTIPLIED)}", ADDED)
        case "*" | "/":
            right = MULTIPLIED if style.loose and node.op == "*" else SIGNED
            return Written(f"{part(args[0], MULTIPLIED)} {node.op} {part(args[1], right)}", MULTIPLIED)
        case "neg":
            return Written(f"-{part(args[0], RAISED)}", SIGNED)
        case "power":
            return Written(style.power.format(part(args[0], ATOM), _exponent(node.value)), RAISED)
        case "^":
            return Written(style.power.format(part(args[0], ATOM), part(args[1], ATOM)), RAISED)
    texts = [part(arg, ADDED) if arg.uses else style.number.format(part(arg, ADDED)) for arg in args]
    call = style.functions.get(node.op, style.default)
    return Written(call.format(name=node.op, args=", ".join(texts), atom=part(args[0], ATOM)), ATOM)


def _exponent(value: float) -> str:
    return number_text(value) if value >= 0 else f"({number_text(value)})"


# LaTeX ----------------------------------------------------------------------------------------------------------------

_LATEX_WORDS = {"pi": r"\pi"}
_LATEX_FUNCTIONS = {
    "sqrt": r"\sqrt{{{}}}", "abs": r"\left|{}\right|", "atan": r"\arctan\left({}\right)",
}  # fmt: skip


def latex(node: Node) -> str:
    """As a book sets it."""
    done: dict[Node, Written] = {}
    for one in ordered([node]):
        done[one] = _typeset(one, done)
    return done[node].text


def _typeset(node: Node, done: Mapping[Node, Written]) -> Written:  # noqa: PLR0911
    def part(arg: Node, at_least: int) -> str:
        text, holds = done[arg]
        return text if holds >= at_least else rf"\left({text}\right)"

    args = node.args
    if node.is_number:
        mantissa, _, exponent = number_text(node.value).partition("e")
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
        return Written(text, MULTIPLIED if exponent else ATOM)
    if not args:
        return Written(_LATEX_WORDS.get(node.op, node.op), ATOM)
    match node.op:
        case "+" | "-":
            return Written(f"{part(args[0], ADDED)} {node.op} {part(args[1], MULTIPLIED)}", ADDED)
        case "*":
            left, right = part(args[0], MULTIPLIED), part(args[1], RAISED)
            return Written(left + (r" \cdot " if right[0].isdigit() else r"\,") + right, MULTIPLIED)
        case "/":
            return Written(rf"\frac{{{done[args[0]].text}}}{{{done[args[1]].text}}}", RAISED)
        case "neg":
            return Written(f"-{part(args[0], MULTIPLIED)}", SIGNED)
        case "power":
            return Written(f"{{{part(args[0], ATOM)}}}^{{{number_text(node.value)}}}", RAISED)
        case "^":
            return Written(f"{{{part(args[0], ATOM)}}}^{{{done[args[1]].text}}}", RAISED)
    inner = ", ".join(done[arg].text for arg in args)
    return Written(_LATEX_FUNCTIONS.get(node.op, rf"\{node.op}\left({{}}\right)").format(inner), ATOM)
