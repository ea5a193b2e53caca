"""Code as text: literals, calls and the frame of a program. Whatever is written is a number or a known word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from lrviz.knob import Value
from lrviz.optimizers import Call
from lrviz.scenario import Scenario
from lrviz.tuned import Tuned

WIDTH = 100
Lines = list[str]


def literal(value: Value | Sequence[float]) -> str:
    """A number, a list of numbers or a checked choice, as Python reads it back."""
    if isinstance(value, str):
        return f'"{value}"'
    if value is None or isinstance(value, int):
        return repr(value)
    if isinstance(value, float):
        return repr(float(value))
    return "[" + ", ".join(literal(item) for item in value) + "]"


def literals(values: Mapping[str, Value]) -> dict[str, str]:
    """Each value by its name."""
    return {name: literal(value) for name, value in values.items()}


def assigned(values: Mapping[str, Value]) -> Lines:
    """``a, b = 1.0, 2.0``, or nothing."""
    return [f"{', '.join(values)} = {', '.join(literals(values).values())}"] if values else []


def bracketed(text: str) -> str:
    """In brackets, where it is more than a name or a number."""
    return f"({text})" if " " in text else text


def times(factor: str, rest: str) -> str:
    """``factor * rest``, or the rest alone where the factor is 1."""
    return rest if factor in ("1", "1.0") else f"{factor} * {rest}"


def between(low: str, high: str, part: str) -> str:
    """``low + (high - low) * part``, without a low of 0."""
    return times(high, part) if low in ("0", "0.0") else f"{low} + ({high} - {low}) * {part}"


def call(name: str, *positional: str, **named: str) -> str:
    """``name(positional, named=...)``, an argument a line where it is long."""
    arguments = [*positional, *(f"{key}={value}" for key, value in named.items())]
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return f"{name}(\n" + "".join(indented([argument + ","])[0] + "\n" for argument in arguments) + ")"


def several(*items: str) -> str:
    """A list of them, one a line where it is long."""
    return "[" + call("", *items)[1:-1] + "]"


def indented(lines: Lines) -> Lines:
    """Four blanks further in, and so the lines inside a line."""
    return ["    " + line.replace("\n", "\n    ") if line else line for line in lines]


def comments(sentences: Sequence[str]) -> Lines:
    """Each as a comment, on as many lines as it needs."""
    return [line for sentence in sentences for line in comment(sentence)]


MODULES = {
    "json.": "import json",
    "math.": "import math",
    "os.": "import os",
    "SimpleNamespace(": "from types import SimpleNamespace",
    "jax.": "import jax",
    "jnp.": "import jax.numpy as jnp",
    "keras.": "import keras",
    "np.": "import numpy as np",
    "optax.": "import optax",
    "prodigyopt.": "import prodigyopt",
    "schedulefree.": "import schedulefree",
    "torch.": "import torch",
}
STANDARD = ("json.", "math.", "os.", "SimpleNamespace(")


def imports(body: Lines) -> tuple[Lines, Lines]:
    """What the lines use, of the standard library and of others."""
    text = "\n".join(body)
    used = [name for name in MODULES if re.search(rf"(?<![\w.]){re.escape(name)}", text)]
    return [MODULES[n] for n in used if n in STANDARD], [MODULES[n] for n in used if n not in STANDARD]


def program(title: str, settings: Lines, blocks: Sequence[Lines], before: Lines | None = None) -> str:
    """A whole program: title, imports, settings, then the blocks with a line between them.

    ``before`` is what has to be set before the imports of others.
    """
    body = [line for block in (settings, *blocks) for line in block]
    standard, others = imports([*(before or []), *body])
    return layout([[f'"""{title}"""'], standard, before or [], others, settings, *blocks])


def layout(paragraphs: Sequence[Lines]) -> str:
    """The paragraphs with a line between them, two around a function or class."""
    text, before_was_a_function = "", False
    for lines in filter(None, paragraphs):
        function = lines[0].startswith(("def ", "class ", "@"))
        text += ("\n\n" if function or before_was_a_function else "\n" if text else "") + "\n".join(lines) + "\n"
        before_was_a_function = function
    return text


def comment(text: str) -> Lines:
    """The text as comment lines that are not too long to read."""
    return [f"# {line}" for line in wrap(text, WIDTH - 2)]


def title(scenario: Scenario, where: str) -> str:
    """What runs where, as a sentence."""
    schedule = f", {scenario.schedule_row.name.lower()}" if scenario.schedule != "constant" else ""
    return f"{scenario.optimizer_row.name} on {scenario.surface_row.title}{schedule}, in {where}."


def start(scenario: Scenario) -> str:
    """Where the run begins."""
    return literal([float(value) for value in scenario.start or ()])


def class_of(scenario: Tuned) -> Call:
    """The framework's class of the optimizer, where it has one."""
    if scenario.rule.call is None:
        raise ValueError(f"{scenario.framework} has no class for {scenario.optimizer}")
    return scenario.rule.call


def passed(scenario: Tuned) -> dict[str, str]:
    """The optimizer's knobs as a call of its class has them: those that differ from its defaults."""
    always = class_of(scenario).always
    knobs = [knob for knob in scenario.rule.knobs if knob.key in scenario.values or knob.key in always]
    return {k.key: literal(bool(scenario[k.key]) if k.kind == "flag" else scenario[k.key]) for k in knobs}


def noise_lines(scenario: Scenario, wrapped: str = "{}") -> Lines:
    """The noise of each step, if there is any."""
    if not scenario.noise:
        return []
    drawn = f"np.random.default_rng({literal(scenario.seed)}).standard_normal((steps, 2))"
    return [f"noise = {times(literal(scenario.noise), wrapped.format(drawn))}"]


class Watch:
    """What a loop does for the plateau rule: which loss it records at each step, and when an epoch is over."""

    def __init__(self, scenario: Scenario, at_end: str, value: str = "value"):
        self.on = scenario.watches and scenario.optimizer_row.has_rate
        self.length = scenario.steps_per_epoch
        mean = scenario.monitor == "loss"
        self.records = mean and self.on
        self.begin = ["losses = []"] if self.records and self.length > 1 else []
        self.record = [f"losses.append({value})"] if self.begin else []
        self.monitored = (
            at_end if not mean else value if self.length == 1 else f"sum(losses[-{self.length}:]) / {self.length}"
        )

    def epoch(self, judge: Lines) -> Lines:
        """The judgement, at the end of each epoch."""
        if self.length == 1:
            return judge
        return [f"if (step + 1) % {self.length} == 0:  # an epoch is over", *indented(judge)]


def printed(watch: Watch, point: str) -> Lines:
    """The last lines: the end, and the number of cuts where there is a rule that cuts."""
    return [f'print("end", *{point})', *(['print("cuts", cuts)'] if watch.on else [])]
