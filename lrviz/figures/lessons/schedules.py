"""Schedules side by side, drawn: how each run of a race ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz.figures import SYMBOLS, Figure, base_layout, figure, log_axis, plain_axis
from lrviz.knob import digits
from lrviz.lessons.schedules import Result
from lrviz.palette import PALETTES, Theme, faint


def contest_figure(rows: Sequence[Result], theme: Theme = "light") -> Figure:
    """How each run of a race of schedules ended: its mark, and a bar over the middle half of those with other noise."""
    colours = PALETTES[theme]
    finite = [loss for row in rows for loss in (row.loss, *row.middle) if 0 < loss < 1e300] or [1.0]
    high = 10 ** math.ceil(math.log10(max(finite)) + 0.05)
    low = 10 ** math.floor(math.log10(max(min(finite), 1e-30 * high)) - 0.05)
    data: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        name, colour = f"{row.name} ", colours.runs[place]
        ends = [min(max(loss, low), high) for loss in row.middle]
        if len(row.losses) > 1:
            bar = {"color": faint(colour, 0.4), "width": 9}
            data.append({"type": "scatter", "mode": "lines", "x": ends, "y": [name] * 2, "line": bar,
                         "name": f"middle half of {row.name}", "hoverinfo": "skip"})  # fmt: skip
        text = digits(row.loss) if math.isfinite(row.loss) else "flies off"
        mark = {"symbol": SYMBOLS[place], "size": 12, "color": colour, "line": {"color": colours.paper, "width": 1}}
        data.append({"type": "scatter", "mode": "markers", "x": [min(max(row.loss, low), high)], "y": [name],
                     "name": row.name, "marker": mark, "hovertemplate": f"{text}<extra></extra>"})  # fmt: skip
    layout = {
        **base_layout(colours, 110 + 36 * 6, "contest"),
        "margin": {"l": 170, "r": 16, "t": 8, "b": 46},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": log_axis(
            colours, (math.log10(low) - 0.1, math.log10(high) + 0.1),
            title={"text": "loss at the end (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(
            colours, type="category", autorange="reversed", categoryorder="array", tickfont={"size": 13},
            categoryarray=[f"{row.name} " for row in rows],
        ),
    }  # fmt: skip
    return figure(data, layout)


def best_rate_figure(levels: np.ndarray, rates: np.ndarray, now: float, theme: Theme = "light") -> Figure:
    """The best constant rate against the noise, both logarithmic. now: the noise of the run on the page."""
    colours = PALETTES[theme]
    data = {
        "type": "scatter", "mode": "lines+markers", "x": levels, "y": rates, "name": "best rate",
        "line": {"color": colours.runs[0], "width": 2}, "marker": {"size": 8, "color": colours.runs[0]},
        "hovertemplate": "noise %{x:.3g}: best rate %{y:.3g}<extra></extra>",
    }  # fmt: skip
    low, high = math.log10(rates.min()), math.log10(rates.max())
    layout = {
        **base_layout(colours, 240, "best_rates"),
        "margin": {"l": 60, "r": 12, "t": 8, "b": 46},
        "showlegend": False,
        "xaxis": plain_axis(
            colours, type="log", range=[math.log10(levels[0]) - 0.1, math.log10(levels[-1]) + 0.1],
            tickvals=[0.1, 0.3, 1, 3], title={"text": "noise σ (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(
            colours, type="log", range=[low - 0.1, high + 0.1],
            tickvals=[v for v in (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2) if low - 0.1 <= math.log10(v) <= high + 0.1],
        ),
    }  # fmt: skip
    if levels[0] <= now <= levels[-1]:
        across = {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "y domain"}
        layout["shapes"] = [{**across, "line": {"color": colours.ink, "width": 1, "dash": "dot"}}]
    return figure([data], layout)
