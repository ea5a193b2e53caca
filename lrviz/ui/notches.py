"""Where a slider stops: numbers that a person would choose."""

from __future__ import annotations

import math
from functools import lru_cache

from lrviz.knob import Knob, Value

MANTISSAS = (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9)


def notches(knob: Knob) -> list[float]:
    """The values that the knob's slider offers, rising: both ends, its default, 0 where it may be switched off."""
    return list(_notches(knob))


@lru_cache(maxsize=512)
def _notches(knob: Knob) -> tuple[float, ...]:
    low, high = knob.slider_range
    values = _logarithmic(low, high) if knob.scale == "log" else _linear(low, high, whole=knob.kind == "integer")
    values |= {low, high}
    if knob.scale == "log" and knob.low == 0 and not knob.low_open:
        values.add(0.0)
    if isinstance(knob.default, int | float) and not isinstance(knob.default, bool):
        values.add(float(knob.default))
    if knob.kind == "integer":
        values = {float(round(value)) for value in values}
    return tuple(sorted(value for value in values if value > knob.low or not knob.low_open))


def _logarithmic(low: float, high: float) -> set[float]:
    low = low or high * 1e-6
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = (float(f"{mantissa}e{decade}") for decade in decades for mantissa in MANTISSAS)
    return {value for value in values if low <= value <= high}


def _linear(low: float, high: float, whole: bool) -> set[float]:
    rough = (high - low) / 100
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (1, 2, 5, 10) if step * decade >= rough * 0.999) * decade
    step = max(1.0, step) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return {float(f"{i * step:.10g}") for i in range(first, last + 1)}


def options(knob: Knob, value: Value) -> list[str]:
    """The slider's notches as texts, the one for "derived" first, the present value among them whatever it is."""
    return list(_options(knob, value))


@lru_cache(maxsize=1024)
def _options(knob: Knob, value: Value) -> tuple[str, ...]:
    numbers = set(notches(knob))
    if value is not None:
        numbers.add(float(value))
    return (*(("auto",) if knob.auto else ()), *(knob.text(number) for number in sorted(numbers)))


@lru_cache(maxsize=16384)
def face(knob: Knob, text: str) -> str:
    """How a notch is written over the slider."""
    if text == "auto":
        return knob.auto
    mantissa, e, exponent = text.partition("e")
    if e:
        text = f"{mantissa}e{int(exponent)}"
    return text + knob.unit if knob.unit == "°" else f"{text} {knob.unit}".strip()
