"""Schedules side by side, drawn: how each run of a race ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from lrviz.figures import SYMBOLS, base_layout, log_axis, plain_axis
from lrviz.knob import digits
from lrviz.lessons.schedules import Result
from lrviz.palette import PALETTES, Theme, faint


def contest_figure(rows: Sequence[Result], theme: Theme = "light") -> go.Figure:
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
        said = digits(row.loss) if math.isfinite(row.loss) else "flies off"
        mark = {"symbol": SYMBOLS[place], "size": 12, "color": colour, "line": {"color": colours.paper, "width": 1}}
        data.append({"type": "scatter", "mode": "markers", "x": [min(max(row.loss, low), high)], "y": [name],
                     "name": row.name, "marker": mark, "hovertemplate": f"{said}<extra></extra>"})  # fmt: skip
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
    return go.Figure({"data": data, "layout": layout})
