"""What a schedule is, what a framework's class does in its own way, and the knobs that several have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lrviz.knob import Argument, Knob, Value

Values = Mapping[str, Any]
Rates = Callable[[Values, float, int], np.ndarray]
GoesOn = Callable[[Values, float, np.ndarray], np.ndarray]
"""(values, alpha, rates (n,)) -> (n, 2), in each row a and b: the class makes a lr + b of the rate lr that is there."""


def _can_all(values: Values, n: int) -> Iterator[str]:
    yield from ()


def sets_anew(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """Each rate is computed from the first one, whatever became of the one before: LambdaLR and most others."""
    return np.stack([np.zeros_like(rates), rates], axis=1)


def multiplies(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """The rate that is there is multiplied, and what something else made of it stays: StepLR, LinearLR."""
    before = rates[:-1]
    ratio = np.where(before > 0, rates[1:] / np.where(before > 0, before, 1), 1)
    return np.concatenate([sets_anew(values, alpha, rates[:1]), np.stack([ratio, 0 * ratio], axis=1)])


@dataclass(frozen=True)
class Own:
    """What one framework's class does in its own way.

    ``defaults``: a knob's key -> the class's default. ``rates``: the class's rates, where they are others.
    ``cannot(values, n)``: a sentence for each thing that the class cannot do in a run of n steps after the warm-up, and
    what the program does instead. ``arguments``: as in `Schedule`, of this class alone. ``goes_on``: what it makes of a
    rate that something else has changed, in PyTorch.
    """

    defaults: Mapping[str, Value] = field(default_factory=dict)
    rates: Rates | None = None
    cannot: Callable[[Values, int], Iterator[str]] = _can_all
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    goes_on: GoesOn = sets_anew


_PLAIN = Own()


@dataclass(frozen=True)
class Schedule:
    """``rates(values, alpha, n) -> (n,)``: the rate of each step, from the knobs' values and the first rate alpha.

    ``keras`` and ``pytorch`` name the class that does the same there, if there is one; ``own``: by framework, what that
    class does in its own way. ``aliases``: other names of the schedule, ``arguments``: what the classes and optax call
    its knobs -> what that is here. ``plateau`` is true for the one that leaves the rate to ReduceLROnPlateau.
    """

    key: str
    name: str
    rates: Rates
    formula: str
    keras: str = ""
    pytorch: str = ""
    source: str = ""
    knobs: tuple[Knob, ...] = ()
    plateau: bool = False
    aliases: tuple[str, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    own: Mapping[str, Own] = field(default_factory=dict)

    def of(self, framework: str) -> Own:
        """What this framework's class does in its own way."""
        return self.own.get(framework, _PLAIN)

    def knobs_in(self, framework: str) -> tuple[Knob, ...]:
        """The knobs, with the defaults of the framework's class where it has any."""
        defaults = self.of(framework).defaults
        return tuple(knob.with_default(defaults[knob.key]) if knob.key in defaults else knob for knob in self.knobs)

    def rates_in(self, framework: str) -> Rates:
        """The rates of the framework's class."""
        return self.of(framework).rates or self.rates

    def arguments_in(self, framework: str) -> Mapping[str, Argument]:
        """What the framework's class calls its knobs -> what that is here."""
        return {**self.arguments, **self.of(framework).arguments}


def given(value: float | None, derived: float) -> float:
    """A knob's value, or what it is derived to be."""
    return derived if value is None else value


# What several have ----------------------------------------------------------------------------------------------------

_MANY = 100_000


def steps(key: str, label: str, default: int | None, help: str, auto: str = "", low: int = 1) -> Knob:
    """A number of steps."""
    return Knob(
        key,
        label,
        low,
        _MANY,
        default,
        "log" if low else "linear",
        "steps",
        help,
        "integer",
        auto=auto,
        slider=(low, 500),
    )


def rate_knob(key: str, label: str, auto: str, help: str) -> Knob:
    """A rate, derived where it is not set."""
    return Knob(key, label, 0, 100, None, "log", help=help, auto=auto, slider=(1e-6, 10))


GAMMA = Knob(
    "gamma",
    "Factor of a drop",
    0,
    10,
    0.5,
    "log",
    symbol=r"\gamma",
    help="The rate is multiplied by this.",
    slider=(0.01, 1),
    low_open=True,
)
SMITH = "Smith (2017), arXiv 1506.01186"
LISTS = "the program lists the rates of its steps."
LAMBDA = "the program hands these rates to LambdaLR."


def always(sentence: str) -> Callable[[Values, int], Iterator[str]]:
    """What a class cannot do, however long the run."""

    def cannot(values: Values, n: int) -> Iterator[str]:
        yield sentence

    return cannot
