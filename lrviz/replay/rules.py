"""The plateau rules for recorded values, as rows: Keras's, PyTorch's and optax's.

The frameworks' rules are one machine with different numbers (`Machine`): an epoch improves if its value lies below a
bar that only the best value sets; enough bad epochs in a row make a cut due; after it, epochs are not counted for a
while. ``decisions`` runs it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from ctypes import c_float
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from lrviz.frameworks import PROGRAMS
from lrviz.knob import Knob
from lrviz.plateau import COOLDOWN, FACTOR, PATIENCE, PLATEAU

Numbers = Mapping[str, Any]


class Machine(NamedTuple):
    """One rule with its settings.

    seen(values): what is compared, (n,). bar(bests): what it has to be below, (n,); one_by_one: is that so slow that it
    is asked for only where the best changes? first: the bar before any best, None where the first value is the best
    whatever it is. needed: bad epochs in a row that make a cut due. pause: how many
    epochs after a due one the count begins again. cooldown: what the counter is set to. level: the first rate, or
    scale. lower(level): the one after a due cut, the same where it is dropped, None where nothing is due any more.
    rate(levels): the learning rates. stored(values): best values as they are stored. threshold(bests): the bars where
    ``seen`` is not the value itself.
    """

    seen: Callable[[np.ndarray], np.ndarray]
    bar: Callable[[np.ndarray], np.ndarray]
    first: float | None
    needed: int
    pause: int
    cooldown: int
    level: float
    lower: Callable[[float], float | None]
    rate: Callable[[np.ndarray], np.ndarray] = lambda levels: levels
    stored: Callable[[np.ndarray], np.ndarray] = lambda values: values
    threshold: Callable[[np.ndarray], np.ndarray] | None = None
    one_by_one: bool = False


INFINITE = np.array([math.inf])


def to_float32(value: float) -> float:
    """The nearest float32. By ctypes, ten times as fast as by numpy."""
    return c_float(value).value


SMALLEST = 2.0**-126
"""Below it a float32 has fewer digits."""


def _flushed(value: float) -> float:
    """The same, as compiled code has it: 0 below 2^-126."""
    rounded = c_float(value).value
    return 0.0 if -SMALLEST < rounded < SMALLEST else rounded


def _array_to_float32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)


def _array_flushed(values: np.ndarray) -> np.ndarray:
    rounded = _array_to_float32(values).astype(float)
    return np.where(np.abs(rounded) < SMALLEST, 0.0, rounded)


def keras(numbers: Numbers, rate: float, float32: bool) -> Machine:
    """Improved: value + min_delta < best, in the backend's precision. Cut: lr <- max(lr factor, min_lr), when
    max(patience, 1) epochs in a row are bad; the cooldown's last epoch is counted. At the floor nothing is due.

    The floor is compared in float32. With float32 the rate is rounded to it after each cut, and so may lie a little
    above the floor: then one more cut is announced. keras.callbacks.ReduceLROnPlateau.on_epoch_end, 3.15.
    """
    factor, min_lr, min_delta = (float(numbers[key]) for key in ("factor", "min_lr", "min_delta"))
    floor = to_float32(min_lr)
    clear = max(floor * (1 + 1e-6), 1e-30)  # above it no rounding to float32 leads to the floor

    def lower(level: float) -> float | None:
        if not level > clear and not to_float32(level) > floor:
            return None
        cut = level * factor
        cut = min_lr if min_lr > cut else cut
        return to_float32(cut) if float32 else cut

    return Machine(
        seen=lambda values: _array_to_float32(values + min_delta) if float32 else values + min_delta,
        bar=_array_to_float32 if float32 else lambda best: best,
        first=None,
        needed=max(int(numbers["patience"]), 1),
        pause=max(int(numbers["cooldown"]), 1),
        cooldown=int(numbers["cooldown"]),
        level=to_float32(rate) if float32 else rate,
        lower=lower,
        threshold=lambda best: best - min_delta,
    )


def pytorch(numbers: Numbers, rate: float, float32: bool) -> Machine:
    """Improved: value < best (1 - threshold) (rel) or best - threshold (abs). Due when more than ``patience`` epochs in
    a row are bad; no epoch of the cooldown is counted. Cut: lr <- max(lr factor, min_lr), dropped if by at most eps.

    Its numbers are Python's, so float64 always. torch.optim.lr_scheduler.ReduceLROnPlateau.step, 2.13.
    """
    factor, min_lr, threshold, eps = (float(numbers[key]) for key in ("factor", "min_lr", "threshold", "eps"))
    ratio = 1 - threshold

    def relative(best: np.ndarray) -> np.ndarray:
        return best * ratio

    def absolute(best: np.ndarray) -> np.ndarray:
        return best - threshold

    def lower(level: float) -> float:
        cut = level * factor
        cut = min_lr if min_lr > cut else cut
        return cut if level - cut > eps else level

    bar = relative if numbers["threshold_mode"] == "rel" else absolute
    return Machine(
        seen=lambda values: values,
        bar=bar,
        first=float(bar(INFINITE)[0]),
        needed=int(numbers["patience"]) + 1,
        pause=int(numbers["cooldown"]) + 1,
        cooldown=int(numbers["cooldown"]),
        level=rate,
        lower=lower,
    )


def optax(numbers: Numbers, rate: float, float32: bool) -> Machine:
    """Improved: value < (1 - rtol) best - atol. Cut: scale <- max(scale factor, min_scale) when ``patience`` epochs in
    a row are bad, with patience 0 at each improvement; no epoch of the cooldown is counted. The rate is rate scale.

    Compiled code rounds (1 - rtol) best - atol once, not twice, and makes what float32 holds below 2^-126 0.
    optax.contrib.reduce_on_plateau, 0.2.8, in float64 or, as JAX does unless it is told otherwise, in float32.
    """
    rounded = _flushed if float32 else float
    factor, min_scale, atol = (rounded(numbers[key]) for key in ("factor", "min_scale", "atol"))
    ratio, base = rounded(1 - float(numbers["rtol"])), rounded(rate)

    both, array_rounded = bool(atol) and ratio != 1, _array_flushed if float32 else np.asarray

    def plain(best: np.ndarray) -> np.ndarray:
        part = array_rounded(ratio * array_rounded(best))
        return array_rounded(part - atol) if atol else part

    def once(best: np.ndarray) -> np.ndarray:
        bars, bests = plain(best), array_rounded(best)
        for k in np.flatnonzero(np.isfinite(bests)).tolist():
            bars[k] = rounded(float(Fraction(ratio) * Fraction(float(bests[k])) - Fraction(atol)))
        return bars

    def lower(level: float) -> float:
        cut = rounded(level * factor)
        return min_scale if min_scale > cut else cut

    bar = once if both else plain
    return Machine(
        seen=_array_to_float32 if float32 else lambda values: values,
        bar=bar,
        first=float(bar(INFINITE)[0]),
        needed=int(numbers["patience"]),
        pause=int(numbers["cooldown"]) + 1,
        cooldown=int(numbers["cooldown"]),
        level=1.0,
        lower=lower,
        rate=lambda levels: _array_flushed(base * levels) if float32 else base * levels,
        stored=(lambda values: _array_to_float32(values).astype(float)) if float32 else lambda values: values,
        one_by_one=both,
    )


@dataclass(frozen=True)
class Rule:
    """One framework's rule and its knobs. ``restart``: does a fresh rule begin at the first rate again?"""

    key: str
    name: str
    machine: Callable[[Numbers, float, bool], Machine]
    knobs: tuple[Knob, ...]
    restart: bool = False


RTOL = Knob(
    "rtol", "Relative tolerance", 0, 1, 1e-4, "log", help="optax: an improvement falls by this part of the best."
)
ATOL = Knob("atol", "Absolute tolerance", 0, 1e6, 0, "log", help="optax: an improvement falls by this much.")
ACCUMULATION_SIZE = Knob(
    "accumulation_size",
    "Accumulation size",
    1,
    100_000,
    1,
    kind="integer",
    help="optax: so many values are averaged before the rule looks at them.",
)
MIN_SCALE = Knob(
    "min_scale", "Lowest scale", 0, 1, 0, "log", help="optax: the rate is never cut below this part of the first."
)

RULES: dict[str, Rule] = {
    "keras": Rule("keras", PROGRAMS["keras"], keras, PLATEAU["keras"].knobs),
    "pytorch": Rule("pytorch", PROGRAMS["pytorch"], pytorch, PLATEAU["pytorch"].knobs),
    "optax": Rule(
        "optax",
        PROGRAMS["optax"],
        optax,
        (FACTOR, PATIENCE, COOLDOWN, RTOL, ATOL, ACCUMULATION_SIZE, MIN_SCALE),
        restart=True,
    ),
}
TOLERANCE = {"keras": "min_delta", "pytorch": "threshold", "optax": "rtol"}
"""The knob that says how much an improvement has to be."""


@np.errstate(all="ignore")
def needed(framework: str, numbers: Numbers) -> int:
    """How many bad epochs in a row make a cut due."""
    return RULES[framework].machine(numbers, 1.0, False).needed
