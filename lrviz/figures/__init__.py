"""Plotly figures, for what is read and not played: what all of them have in common, and one module a subject."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lrviz.knob import digits
from lrviz.palette import Palette

Figure = dict[str, Any]
"""Plotly's ``data`` and ``layout``. Its own class would check each name and value, for which it reads a description of
all that Plotly can draw, 25 MB in memory: that is left to the tests."""
FIGURES = 64
"""Of each kind that are kept for all visitors."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "x")
"""As on the stage, by a run's place in the race."""
LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "y": 1.0,
    "yanchor": "bottom",
    "bgcolor": "rgba(0,0,0,0)",
    "itemclick": False,
    "itemdoubleclick": False,
}
"""One line over the panel, on no background of its own."""


@cache
def _template() -> dict[str, Any]:
    """What Plotly's own class puts below each layout."""
    return json.loads((files("plotly") / "package_data/templates/plotly.json").read_bytes())


def figure(data: Sequence[dict[str, Any]], layout: dict[str, Any]) -> Figure:
    """Traces and their layout, as Plotly draws them."""
    return {"data": [*data], "layout": {"template": _template(), **layout}}


def base_layout(colours: Palette, height: int, revision: str) -> dict[str, Any]:
    """Size in pixels, colours, font and legend of every figure. revision: zoom is kept while it is the same."""
    return {
        "height": height,
        "autosize": True,
        "uirevision": revision,
        "paper_bgcolor": colours.paper,
        "plot_bgcolor": colours.paper,
        "font": {"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": 13, "color": colours.ink},
        "hoverlabel": {"bgcolor": colours.panel, "bordercolor": colours.border, "font": {"color": colours.ink}},
        "legend": LEGEND,
    }


def plain_axis(colours: Palette, /, **more: Any) -> dict[str, Any]:
    """A calm axis; ``more`` is Plotly's own."""
    return {
        "color": colours.soft,
        "tickfont": {"size": 12},
        "gridcolor": colours.grid,
        "zeroline": False,
        "linecolor": colours.border,
        "ticks": "",
        "automargin": False,
        **more,
    }


def log_axis(colours: Palette, decades: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A logarithmic one between two powers of ten, at most five of them written."""
    every = max(1, math.ceil((decades[1] - decades[0]) / 5))
    powers = {"exponentformat": "power", "tickfont": {"size": 10}}  # Plotly draws powers a quarter larger
    return plain_axis(colours, type="log", range=list(decades), dtick=every, **powers, **more)


def number_axis(colours: Palette, decades: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A logarithmic one between two powers of ten, with numbers on it: Plotly's own short ticks write 0.2 as 2."""
    powers = range(math.floor(decades[0]), math.ceil(decades[1]))
    steps = (1, 2, 5) if len(powers) <= 2 else (1, 3) if len(powers) <= 4 else (1,)
    ticks = [step * 10.0**power for power in powers for step in steps]
    seen = {"tickvals": ticks, "ticktext": [digits(tick) for tick in ticks]}
    return plain_axis(colours, type="log", range=list(decades), **seen, **more)


def heading(text: str, y: float, colours: Palette) -> dict[str, Any]:
    """Words over a panel whose top is at ``y``, 0 to 1 of the figure."""
    font = {"size": 13, "color": colours.ink}
    return {
        "text": text,
        "x": 0,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": font,
    }
