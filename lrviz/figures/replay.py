"""The what-if map of a replay, drawn."""

from __future__ import annotations

import math

import numpy as np

from lrviz.figures import Figure, base_layout, figure, plain_axis
from lrviz.knob import digits
from lrviz.palette import PALETTES, Theme, faint
from lrviz.replay.grid import Grid


def grid_figure(grid: Grid, theme: Theme = "light") -> Figure:
    """Each cell: the number of cuts, and the epoch of the first; the more cuts the stronger its colour. The present
    settings have a frame."""
    colours = PALETTES[theme]
    most = max(int(grid.cuts.max()), 1)
    cells = [
        [f"<b>{cuts}</b><br>at {first}" if cuts else "<b>0</b>" for cuts, first in zip(*row, strict=True)]
        for row in zip(grid.cuts.tolist(), grid.first.tolist(), strict=True)
    ]
    row, column = grid.mine
    data = [
        {
            "type": "heatmap", "z": np.log1p(grid.cuts), "zmin": 0, "zmax": math.log1p(most), "showscale": False,
            "colorscale": [[0, colours.paper], [1, faint(colours.accent, 0.45)]], "xgap": 2, "ygap": 2,
            "text": cells, "texttemplate": "%{text}", "textfont": {"size": 12, "color": colours.ink},
            "hoverinfo": "skip",
        }
    ]  # fmt: skip
    layout = {
        **base_layout(colours, 60 + 40 * len(grid.patiences), "grid"),
        "margin": {"l": 52, "r": 12, "t": 8, "b": 48},
        "dragmode": False,
        "hovermode": False,
        "xaxis": plain_axis(
            colours, tickvals=list(range(len(grid.tolerances))), fixedrange=True, showgrid=False,
            ticktext=[digits(value) for value in grid.tolerances],
            title={"text": grid.tolerance, "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(
            colours, tickvals=list(range(len(grid.patiences))), ticktext=list(map(str, grid.patiences)),
            fixedrange=True, showgrid=False, autorange="reversed",
            title={"text": "patience", "standoff": 4, "font": {"size": 13}},
        ),
        "shapes": [
            {
                "type": "rect", "x0": column - 0.47, "x1": column + 0.47, "y0": row - 0.46, "y1": row + 0.46,
                "line": {"color": colours.runs[0], "width": 3},
            }
        ],
    }  # fmt: skip
    return figure(data, layout)
