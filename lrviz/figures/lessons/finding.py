"""The search for a rate, drawn: what a range test sees over what every rate does, and a map of two knobs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lrviz.analysis.finding import SUGGESTIONS, Sweep
from lrviz.figures import Figure, base_layout, figure, heading, log_axis, plain_axis
from lrviz.knob import digits
from lrviz.lessons.finding import HIGHEST, LEAST, LOWEST, Advice, Ends
from lrviz.maps.map import Map
from lrviz.palette import MAP_COLOURS, PALETTES, Palette, Theme, faint

HEIGHT = 330
MAP_HEIGHT = 200
UPPER, LOWER = (0.53, 0.79), (0.0, 0.42)
"""Of the figure: the range test, and every rate."""
TOGETHER = 0.08
"""Decades: lines nearer to each other than that have one label."""
LETTER, ROW, ROWS = 0.095, 0.05, 2
"""Of the labels: how many decades a letter takes on a phone, which part of the figure a row, and how many rows."""
LETTERS = dict(zip(SUGGESTIONS, "abcd", strict=True))
"""What stands at the line of a suggestion."""


def finding_figure(
    test: Sweep,
    every: Ends,
    rows: Sequence[Advice],
    limit: float | None,
    tried: Mapping[float, float],
    theme: Theme = "light",
) -> Figure:
    """Above the loss of the range test, as it is and smoothed, below how each rate ends that is kept, over one axis of
    rates. Across both: the suggestions, the edge and the best rate. tried: rates by hand -> how each ends."""
    colours = PALETTES[theme]
    low, high = _span(every.losses, every.start)
    seen = _span(np.concatenate([test.losses, test.smooth]), every.start)
    data: list[dict[str, Any]] = [
        _line(test.rates, np.maximum(test.losses, 10 ** seen[0]), "its loss", colours.runs[0], 2, "y2"),
        _line(test.rates, test.smooth, "its loss, smoothed", colours.runs[0], 2, "y2", "dash"),
    ]
    clip = lambda losses: np.clip(losses, 10**low, 10**high)  # noqa: E731
    if (every.low < every.high).any():
        around = clip(np.concatenate([every.low, every.high[::-1]]))
        band = _line(np.concatenate([every.rates, every.rates[::-1]]), around, "middle half", "rgba(0,0,0,0)", 0, "y")
        data.append(band | {"fill": "toself", "fillcolor": faint(colours.runs[1], 0.25), "hoverinfo": "skip"})
    data.append(_line(every.rates, clip(every.losses), "every rate, kept", colours.runs[1], 2, "y"))
    if tried:
        data.append(
            _line(list(tried), clip(np.array(list(tried.values()))), "yours", colours.ink, 0, "y")
            | {"mode": "markers", "marker": {"symbol": "x", "size": 9, "color": colours.ink}}
        )
    marks = [(row.rate, LETTERS[row.key], "dot") for row in rows if LOWEST <= row.rate <= HIGHEST]
    marks.append((float(every.rates[every.best]), "best", "solid"))
    if limit is not None and LOWEST <= limit <= HIGHEST:
        marks.append((limit, "2/L", "dash"))
    shapes, labels = _marks(marks, colours)
    layout = {
        **base_layout(colours, HEIGHT, "finding"),
        "margin": {"l": 46, "r": 10, "t": 6, "b": 44},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": log_axis(
            colours, (math.log10(LOWEST) - 0.05, math.log10(HIGHEST) + 0.05), anchor="y",
            title={"text": "learning rate α (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": log_axis(colours, (low - 0.1, high + 0.1), domain=list(LOWER)),
        "yaxis2": log_axis(colours, (seen[0] - 0.1, seen[1] + 0.3), domain=list(UPPER)),
        "shapes": [*shapes, _level(every.start, colours)],
        "annotations": [
            *labels,
            heading("<b>Range test</b>: loss as the rate grows (dashed: smoothed)", 0.91, colours),
            heading("<b>Every rate, kept</b>: loss at the end", LOWER[1], colours) | {"bgcolor": colours.paper},
        ],
    }  # fmt: skip
    return figure(data, layout)


def _span(losses: np.ndarray, start: float) -> tuple[float, float]:
    """Decades that show these losses, up to a bit above the start."""
    shown = losses[np.isfinite(losses) & (losses > 0)]
    least = max(float(shown.min()) if shown.size else LEAST * start, LEAST * start)
    return math.floor(math.log10(least)), math.log10(start) + 0.4


def _line(x: Any, y: Any, name: str, colour: str, width: float, axis: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "yaxis": axis, "name": name,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": f"{name}: α %{{x:.3g}}, loss %{{y:.3g}}<extra></extra>",
    }  # fmt: skip


def _marks(marks: list[tuple[float, str, str]], colours: Palette) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line across both panels for each rate, its name on top; lines that lie together have one label, and a label
    that would lie over its neighbour stands a row higher."""
    shapes: list[dict[str, Any]] = []
    groups: list[tuple[float, str]] = []
    for rate, name, dash in sorted(marks):
        line = {"color": colours.accent if name in ("best", "2/L") else colours.ink, "width": 1.5, "dash": dash}
        shapes.append({"type": "line", "x0": rate, "x1": rate, "y0": 0, "y1": UPPER[1], "yref": "paper", "line": line})
        place = math.log10(rate)
        if groups and place - groups[-1][0] < TOGETHER:
            groups[-1] = (groups[-1][0], f"{groups[-1][1]} {name}")
        else:
            groups.append((place, name))
    labels: list[dict[str, Any]] = []
    ends = [-math.inf] * ROWS
    for place, text in groups:
        half = LETTER * (len(text) + 1) / 2
        row = int(np.argmin(np.maximum(ends, place - half)))
        ends[row] = place + half
        labels.append(
            {"x": place, "y": UPPER[1] + row * ROW, "yref": "paper", "yanchor": "bottom", "showarrow": False,
             "text": text, "font": {"size": 12, "color": colours.ink}}
        )  # fmt: skip
    return shapes, labels


def _level(start: float, colours: Palette) -> dict[str, Any]:
    line = {"color": faint(colours.ink, 0.5), "width": 1, "dash": "dot"}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": start, "y1": start, "yref": "y", "line": line}


def beside_figure(plan: Map, height: np.ndarray, theme: Theme = "light") -> Figure:
    """The map of the rate and another knob: log10 of the loss at the end, the lower the brighter."""
    colours = PALETTES[theme]
    x, y = plan.values(height.shape[1])[0], plan.values(height.shape[0])[1]
    scale = [[i / (len(MAP_COLOURS.scale) - 1), colour] for i, colour in enumerate(reversed(MAP_COLOURS.scale))]
    row = plan.rows[1]
    data = {
        "type": "heatmap", "x": np.log10(x), "y": np.log10(y) if plan.y.scale == "log" else y, "z": height,
        "colorscale": scale, "colorbar": {"thickness": 10, "title": {"text": "loss, log₁₀", "side": "right"}},
        "hovertemplate": "log₁₀ α %{x:.2f}, log₁₀ loss %{z:.2f}<extra></extra>",
    }  # fmt: skip
    ticks = range(math.ceil(math.log10(LOWEST)), math.floor(math.log10(HIGHEST)) + 1)
    upwards = f"{row.label.lower()} (log₁₀)" if plan.y.scale == "log" else row.label.lower()
    layout = {
        **base_layout(colours, MAP_HEIGHT, "beside"),
        "margin": {"l": 56, "r": 4, "t": 6, "b": 44},
        "xaxis": plain_axis(
            colours, tickvals=list(ticks), ticktext=[digits(10.0**power) for power in ticks],
            title={"text": "learning rate α (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(colours, title={"text": upwards, "standoff": 4, "font": {"size": 13}}),
    }  # fmt: skip
    return figure([data], layout)
