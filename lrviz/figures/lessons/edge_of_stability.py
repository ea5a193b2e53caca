"""The edge of stability, drawn: where the sharpness of trainings with many rates ends, beside 2/rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lrviz.analysis.sharpening import Stretch
from lrviz.figures import Figure, base_layout, figure, plain_axis
from lrviz.knob import digits
from lrviz.lessons.edge_of_stability import Measured
from lrviz.palette import PALETTES, Palette, Theme

HEIGHT = 300
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
HEIGHTS = (1, 2, 5, 10, 20, 50, 100)


def rates_figure(found: Measured, own: Stretch | None, theme: Theme = "light") -> Figure:
    """Sharpness over the rate, both on log axes: where each training begins, where it ends with the spread of its last
    quarter, and the line 2/rate. own: the training on the stage."""
    colours = PALETTES[theme]
    fine = np.isfinite(found.height)
    rate = found.rate
    low, high = math.log10(rate[0] / 1.3), math.log10(rate[-1] * 1.3)
    ends = np.array([10**low, 10**high])
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "x": ends, "y": 2 / ends, "name": "the edge, 2/α",
            "line": {"color": colours.ink, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
        },
        _points(rate, found.first, "first epochs", "circle-open", colours.runs[1], 8),
        _points(rate[fine], found.height[fine], "last quarter", "circle", colours.runs[0], 8)
        | {"error_y": {"array": found.spread[fine], "color": colours.runs[0], "thickness": 1.5, "width": 3}},
    ]  # fmt: skip
    if own is not None and np.isfinite(own.height) and 10**low <= own.rate <= 10**high:
        data.append(_points([own.rate], [own.height], "on the stage", "diamond-open", colours.accent, 13))
    known = np.concatenate([found.height[fine], found.first, 2 / ends])
    layout = {
        **base_layout(colours, HEIGHT, "rates"),
        "margin": {"l": 52, "r": 10, "t": 44, "b": 44},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": _axis(colours, (low, high), TICKS, "learning rate α (log)"),
        "yaxis": _axis(colours, (math.log10(known.min()) - 0.08, math.log10(known.max()) + 0.08), HEIGHTS,
                       "sharpness (log)"),
    }  # fmt: skip
    return figure(data, layout)


def _points(x: Any, y: Any, name: str, symbol: str, colour: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "name": name,
        "marker": {"symbol": symbol, "size": size, "color": colour, "line": {"color": colour, "width": 2}},
        "hovertemplate": f"{name}: α %{{x:.3g}}, sharpness %{{y:.3g}}<extra></extra>",
    }  # fmt: skip


def _axis(colours: Palette, decades: tuple[float, float], ticks: tuple[float, ...], title: str) -> dict[str, Any]:
    return plain_axis(
        colours, type="log", range=list(decades), tickvals=list(ticks), ticktext=[digits(tick) for tick in ticks],
        title={"text": title, "standoff": 4, "font": {"size": 13}}, fixedrange=True,
    )  # fmt: skip
