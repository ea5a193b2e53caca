"""What patience costs and what it brings: the wasted steps and the loss at the end, over patience."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.figures import Figure, base_layout, figure, heading, log_axis, plain_axis
from lrviz.lessons.stuck import Sweep
from lrviz.palette import PALETTES, Theme

HEIGHT = 330
LEAST = 1e-12
"""A loss below this part of the largest is drawn here: the axis shows what differs, not rounding."""


def _spread(sweep: Sweep, above: np.ndarray, floor: float, colour: str) -> dict[str, Any]:
    """A bar over the middle half of the noises, where there are several."""
    if sweep.seeds == 1:
        return {}
    up, down = (np.nan_to_num(ends) for ends in (sweep.high - floor - above, above - (sweep.low - floor)))
    return {"error_y": {"array": up, "arrayminus": down, "color": colour, "thickness": 1.2, "width": 3}}


def patience_figure(sweep: Sweep, own: int, floor: float, theme: Theme = "light") -> Figure:
    """Bars: the part of the steps that was wasted. Dots: the loss at the end above the floor, logarithmic.

    The run on the page, at patience ``own``, is filled in both.
    """
    colours = PALETTES[theme]
    with np.errstate(invalid="ignore"):
        above = sweep.loss - floor
    finite = np.isfinite(above)
    above = np.where(finite, np.maximum(above, LEAST * np.max(above[finite], initial=1e-300)), np.nan)
    mine = sweep.patience == own
    hover = np.stack([sweep.wasted * 100, sweep.loss, sweep.cuts], axis=1)
    text = "patience %{x}: %{customdata[0]:.0f}% wasted,<br>loss at the end %{customdata[1]:.3g}, %{customdata[2]} cuts"
    common = {"x": sweep.patience, "customdata": hover, "hovertemplate": text + "<extra></extra>", "showlegend": False}
    data = [
        {
            **common,
            "type": "bar",
            "name": "wasted",
            "y": 100 * sweep.wasted,
            "marker": {
                "color": [colours.runs[0] if one else colours.border for one in mine],
                "line": {"color": [colours.runs[0] if one else colours.soft for one in mine], "width": 1},
            },
        },
        {
            **common,
            "type": "scatter",
            "name": "loss at the end",
            "y": above,
            "yaxis": "y2",
            "mode": "lines+markers",
            **_spread(sweep, above, floor, colours.soft),
            "line": {"color": colours.soft, "width": 1.2},
            "marker": {
                "opacity": 1,
                "size": [12 if one else 7 for one in mine],
                "color": [colours.runs[0] if one else colours.paper for one in mine],
                "line": {"color": [colours.runs[0] if one else colours.soft for one in mine], "width": 1.5},
            },
        },
    ]
    shown = above[np.isfinite(above)]
    low, high = (np.log10(shown.min()), np.log10(shown.max())) if shown.size else (-1.0, 0.0)
    room = max(0.15 * (high - low), 0.3)
    loss = "Loss at the end" if floor == 0 else "Loss at the end, above the floor"
    layout = {
        **base_layout(colours, HEIGHT, "patience"),
        "margin": {"l": 50, "r": 10, "t": 24, "b": 40},
        "bargap": 0.25,
        "xaxis": plain_axis(
            colours,
            anchor="y2",
            range=[sweep.patience[0] - 0.7, sweep.patience[-1] + 0.7],
            title={"text": "patience (epochs)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": plain_axis(
            colours, domain=[0.58, 1], range=[0, 105], tickvals=[0, 50, 100], ticktext=["0%", "50%", "100%"]
        ),
        "yaxis2": log_axis(colours, (float(low - room), float(high + room)), domain=[0, 0.44]),
        "annotations": [
            heading("<b>Steps wasted</b>  (filled: this run)", 1, colours),
            heading(f"<b>{loss}</b>  (log)", 0.44, colours),
        ],
    }
    return figure(data, layout)
