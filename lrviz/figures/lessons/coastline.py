"""The edge, drawn: which of the neighbouring rates come down, and how many boxes the edge goes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz.analysis.coastline import Boxes
from lrviz.figures import DASHES, LEGEND, SYMBOLS, Figure, base_layout, figure, plain_axis
from lrviz.lessons.coastline import CELLS, NEIGHBOURS, WITHIN, ZOOMS, Row
from lrviz.palette import MAP_COLOURS, PALETTES, Theme

ROWS_HEIGHT, COUNT_HEIGHT = 170, 210


def rows_figure(rows: Sequence[Row], theme: Theme = "light") -> Figure:
    """A row of cells for each width, a cell a rate: those that come down in the map's colour of them."""
    colours = PALETTES[theme]
    down, not_down = MAP_COLOURS.scale[-4], MAP_COLOURS.other[2]
    names, last = [f"±{100 * within:g}%" for within in WITHIN], NEIGHBOURS - 1
    data = {
        "type": "heatmap", "z": [row.down.astype(int) for row in rows], "y": names, "zmin": 0, "zmax": 1, "ygap": 8,
        "xgap": 1, "showscale": False, "colorscale": [[0, not_down], [1, down]],
        "customdata": [row.rates for row in rows], "hovertemplate": "α %{customdata:.10g}<extra></extra>",
    }  # fmt: skip
    layout = {
        **base_layout(colours, ROWS_HEIGHT, "neighbours"),
        "margin": {"l": 72, "r": 8, "t": 4, "b": 28},
        "xaxis": plain_axis(colours, tickvals=[0, last / 2, last], ticktext=["below", "α", "above"]),
        "yaxis": plain_axis(colours, type="category", autorange="reversed"),
    }
    return figure([data], layout)


def count_figure(found: Sequence[Boxes], theme: Theme = "light") -> Figure:
    """How many boxes the edge goes through, over how many fit side by side: a line for each zoom."""
    colours = PALETTES[theme]
    data: list[dict[str, Any]] = []
    for place, (times, one) in enumerate(zip(ZOOMS, found, strict=True)):
        counts = np.where(one.counts > 0, one.counts, np.nan)
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "x": CELLS / one.sides, "y": counts,
                "name": f"{times} ×: {one.dimension:.2f}",
                "line": {"color": colours.runs[place], "dash": DASHES[place], "width": 2},
                "marker": {"symbol": SYMBOLS[place], "size": 8, "color": colours.runs[place]},
                "hovertemplate": "%{y} of %{x} × %{x} boxes<extra></extra>",
            }
        )  # fmt: skip
    ticks = (CELLS / found[0].sides).astype(int).tolist()
    layout = {
        **base_layout(colours, COUNT_HEIGHT, "boxes"),
        "margin": {"l": 60, "r": 8, "t": 50, "b": 46},
        "legend": {**LEGEND, "font": {"size": 12}},
        "xaxis": plain_axis(
            colours, type="log", tickvals=ticks, ticktext=[str(tick) for tick in ticks],
            title={"text": "boxes a side (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(colours, type="log", dtick=1, title={"text": "boxes with edge", "font": {"size": 13}}),
    }  # fmt: skip
    return figure(data, layout)
