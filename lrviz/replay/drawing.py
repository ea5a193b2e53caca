"""A replay as a static picture, SVG, for notebooks."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from lrviz.knob import digits
from lrviz.palette import PALETTES, Theme
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES

MOST_DRAWN = 3000
"""Of more values, the lowest and the highest of each stretch are drawn."""
WIDE = 30
"""From such a ratio of the largest value to the smallest on the axis is logarithmic."""
SMALLEST, LARGEST = 5e-324, 1.7e308
"""Numbers that an axis can have."""
WIDTH, LEFT, RIGHT, LOSS, RATE, HEADING = 640, 64, 12, 150, 36, 22
"""Of the static picture, in pixels: margins, heights of its panels and of the line over each."""
MOST_MARKS = 300
PALE, DOTTED = ' opacity="0.45"', ' stroke-dasharray="1 3"'


def corners(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a staircase the points at which it changes and those before: it looks the same."""
    finite = np.where(np.isfinite(y), y, np.nan)
    if y.size < 3:
        return x, finite
    same = finite[1:] == finite[:-1]
    kept = ~np.concatenate([[False], same[:-1] & same[1:], [False]])
    return x[kept], finite[kept]


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As they are, or of each stretch the lowest and the highest: no peak is lost. Not finite: NaN, a gap."""
    y = np.where(np.isfinite(y), y, np.nan)
    if y.size <= MOST_DRAWN:
        return x, y
    kept = [0, y.size - 1]
    for part in np.array_split(np.arange(y.size), MOST_DRAWN // 2):
        known = part[~np.isnan(y[part])]
        kept += [int(known[np.argmin(y[known])]), int(known[np.argmax(y[known])])] if known.size else [int(part[0])]
    at = np.unique(kept)
    return x[at], y[at]


def is_log(replay: Replay) -> bool:
    """Are all values above 0 and so far apart that a logarithmic axis shows more?"""
    finite = replay.history.values[np.isfinite(replay.history.values)]
    return bool(finite.size and finite.min() > 0 and finite.max() / WIDE > finite.min())


def value_range(replay: Replay) -> tuple[float, float]:
    """Of the values, with a little room."""
    finite = replay.history.values[np.isfinite(replay.history.values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if is_log(replay):
        room = 10 ** (0.06 * (math.log10(high) - math.log10(low)))
        return max(low / room, SMALLEST), min(high * room, LARGEST)
    room = 0.08 * high - 0.08 * low or 0.1 * abs(high) or 1.0
    return max(low - room, -LARGEST), min(high + room, LARGEST)


def as_svg(replay: Replay, theme: Theme = "light") -> str:
    """The values with each rule's cuts, one over the other, and below them its rate, dashed where the replay is no
    longer true. On the values the first rule's best and, dotted, what it has to beat; pale where its rate is no longer
    the recorded one."""
    colours, n = PALETTES[theme], len(replay.history)
    colour = dict(zip(RULES, colours.runs, strict=False))
    low, high = value_range(replay)
    level = _level(low, high, HEADING, LOSS, is_log(replay))
    parts = [_words(LEFT, 15, replay.history.monitor[:40], colours.ink)]
    parts += [_words(4, level(one) + 4, digits(one), colours.soft) for one in (low, high)]
    first, lead = next(iter(replay.decisions.items()))
    epochs, end = np.arange(1, n + 1), _end(replay, first)
    for begin, last, pale in ((0, end, ""), (max(end - 1, 0), n, PALE)):
        x, y = thinned(epochs[begin:last], replay.history.values[begin:last])
        parts.append(_line([(_across(k, n), level(value)) for k, value in zip(x, y, strict=True)], colours.ink, pale))
    to_beat = np.append(lead.threshold[1:], np.nan)  # in the next epoch
    to_beat = np.where(np.isfinite(to_beat), np.clip(to_beat, low, high), np.nan)
    for stairs, dots in ((lead.best, ""), (to_beat, DOTTED)):
        parts.append(_line(_stairs(epochs, stairs, lambda k: _across(k, n), level), colours.soft, dots, 1))
    top = HEADING + LOSS
    lowest = min(float(made.learning_rate.min()) for made in replay.decisions.values())
    for framework, made in replay.decisions.items():
        at = np.flatnonzero(made.cut)[:MOST_MARKS]
        name, ink = RULES[framework].name, colour[framework]
        count = int(made.cut.sum())
        text = f"Rate by {name}: {count} cut{'s' * (count != 1)}"
        rate = _level(max(lowest, SMALLEST), max(replay.rate, lowest, SMALLEST), top + HEADING, RATE, True)
        values = np.concatenate([[replay.rate], made.learning_rate])
        end = _end(replay, framework)
        for begin, last, dash in ((0, end, ""), (end, n, ' stroke-dasharray="6 4"')):
            steps = np.arange(begin, last + 1), values[begin : last + 1]
            parts.append(_line(_stairs(*steps, lambda k: _across(k, n), rate), ink, dash, 2))
        parts.append(_words(LEFT, top + 15, text, ink))
        for k in at.tolist():
            place = float(replay.history.values[k])
            above = level(place if math.isfinite(place) else low) - 9 * list(RULES).index(framework)
            parts.append(_mark(_across(k + 1, n), above, ink))
            parts.append(_mark(_across(k + 1, n), rate(float(made.learning_rate[k])), ink))
        top += HEADING + RATE
    parts.append(_words(LEFT, top + 16, f"{replay.unit} 1 to {n}", colours.soft))
    named = f"best and, dotted, what to beat: {RULES[first].name}"
    parts.append(_words(WIDTH - RIGHT, top + 16, named, colours.soft, "end"))
    alt = html.escape(f"{replay.history.monitor[:40]} over {n} {replay.unit}s, and the rate of each rule", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 24}" width="{WIDTH}" role="img"'
        f' aria-label="{alt}" font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="{colours.paper}"/>{"".join(parts)}</svg>'
    )


def _end(replay: Replay, framework: str) -> int:
    """After so many epochs this rule's rate is no longer the recorded one."""
    until = replay.valid_until(framework)
    return len(replay.history) if until is None else until


def _stairs(
    x: np.ndarray, y: np.ndarray, across: Callable[[float], float], level: Callable[[float], float]
) -> list[tuple[float, float]]:
    """A staircase in pixels."""
    at = [(across(k), level(value)) for k, value in zip(*corners(x, y), strict=True)]
    treads = [point for (x0, y0), (x1, _) in pairwise(at) for point in ((x0, y0), (x1, y0))]
    return [*treads, *at[-1:]]


def _across(epoch: float, n: int) -> float:
    return LEFT + float(epoch) / n * (WIDTH - LEFT - RIGHT)


def _level(low: float, high: float, top: float, height: float, log: bool) -> Callable[[float], float]:
    """Value -> pixels from above."""

    def scaled(value: float) -> float:
        return math.log10(max(value, SMALLEST)) if log else value / 2  # halves: their difference is finite

    begin, end = scaled(low), scaled(high)
    return lambda value: top + height * (end - scaled(float(value))) / (end - begin or 1.0)


def _line(points: list[tuple[float, float]], colour: str, dash: str = "", width: float = 1.5) -> str:
    """A broken line; gaps where a value is not finite."""
    path, pen = [], "M"
    for x, y in points:
        if math.isfinite(y):
            path.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L" if math.isfinite(y) else "M"
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>' if path else ""


def _mark(x: float, y: float, colour: str) -> str:
    return f'<path d="M{x - 5:.1f} {y - 8:.1f}h10l-5 8z" fill="{colour}"/>'


def _words(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{html.escape(text)}</text>'
