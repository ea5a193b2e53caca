"""Where a slider stops: numbers that a person would choose."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from lrviz.knob import Knob, Value, digits
from lrviz.scenario import Scenario

DECADES = (
    (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9),
    (1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2),  # even, as on resistors
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 5),
    (1,),
)
"""From fine to coarse: the mantissas of a logarithmic slider."""
LONGEST_DEFAULT = 12
MOST = 104
"""A hundred even steps, both ends, a default and 0."""


def stops(knob: Knob, most: int = MOST) -> list[float]:
    """The values that the knob's slider offers, rising: both ends, its default, 0 where it may be switched off.

    As fine as no more than so many allow, with room on every slider for a default between the others."""
    return list(_stops(knob, most))


@lru_cache(maxsize=512)
def _stops(knob: Knob, most: int) -> tuple[float, ...]:
    values: set[float] = set()
    for between in _logarithmic(knob) if knob.scale == "log" else _linear(knob):
        values = between | {*knob.slider_range}
        if knob.scale == "log" and knob.low == 0 and not knob.low_open:
            values.add(0.0)
        if isinstance(knob.default, int | float) and not isinstance(knob.default, bool):
            values.add(float(knob.default))
        if knob.kind == "integer":
            values = {float(round(value)) for value in values}
        values = {value for value in values if value > knob.low or not knob.low_open}
        if len(values) <= most:
            break
    return tuple(sorted(values))


def _logarithmic(knob: Knob) -> Iterator[set[float]]:
    """From fine to coarse."""
    low, high = knob.slider_range
    low = low or high * 1e-6
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for mantissas in DECADES:
        values = (float(f"{mantissa}e{decade}") for decade in decades for mantissa in mantissas)
        yield {value for value in values if low <= value <= high}


def _linear(knob: Knob) -> Iterator[set[float]]:
    """From fine to coarse: even steps of 1, 2 or 5 times a power of ten."""
    low, high = knob.slider_range
    decade = 10.0 ** (math.floor(math.log10(high - low)) - 2)
    for step in (step * 10**k * decade for k in range(3) for step in (1, 2, 5)):
        if knob.kind != "integer" or step >= 1:
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            yield {float(f"{i * step:.10g}") for i in range(first, last + 1)}


def options(knob: Knob, value: Value) -> list[str]:
    """The slider's stops as texts, the one for "derived" first, the present value among them whatever it is."""
    return list(_options(knob, value))


@lru_cache(maxsize=1024)
def _options(knob: Knob, value: Value) -> tuple[str, ...]:
    numbers = set(stops(knob))
    if value is not None:
        numbers.add(float(value))
    return (*(("auto",) if knob.auto else ()), *(knob.text(number) for number in sorted(numbers)))


def on_this_map(scenario: Scenario, knob: Knob) -> Knob:
    """A start has the map for its slider, and the surface's start for its default."""
    surface = scenario.surface_row
    if knob.key == "x":
        return replace(knob, slider=surface.domain[:2], default=surface.start[0])
    if knob.key == "y":
        return replace(knob, slider=surface.domain[2:], default=surface.start[1])
    return replace(knob, default=surface.alpha) if knob.key == "alpha" else knob


def default_face(knob: Knob) -> str:
    """The default as it is read; one with more letters, a third for one, has three digits."""
    text = knob.text(knob.default)
    return text if len(text) <= LONGEST_DEFAULT or isinstance(knob.default, str) else digits(float(text))


@lru_cache(maxsize=16384)
def face(knob: Knob, text: str) -> str:
    """How a stop is written over the slider."""
    if text == "auto":
        return knob.auto
    if text == knob.text(knob.default):
        text = default_face(knob)
    mantissa, e, exponent = text.partition("e")
    if e:
        text = f"{mantissa}e{int(exponent)}"
    return text + knob.unit if knob.unit == "°" else f"{text} {knob.unit}".strip()
