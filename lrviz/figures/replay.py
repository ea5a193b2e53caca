"""A replay drawn: the losses with what they had to beat, below them the rate of each rule; and the what-if map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.figures import base_layout, heading, plain_axis
from lrviz.knob import digits
from lrviz.palette import PALETTES, Palette, Theme, faint
from lrviz.replay.drawing import MOST_DRAWN, corners, is_log, thinned, value_range
from lrviz.replay.grid import Grid
from lrviz.replay.report import first_cut
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES
from lrviz.replay.why import starts

LOSS, RATE, GAP, EDGES = 172, 48, 24, (24, 36)
"""Heights in pixels: of the panel of losses, of a panel of rates, of the heading over each, above and below all."""
FEW_MARKS, MOST_MARKS = 20, 1000
SIGNS = {"keras": "triangle-down", "pytorch": "square-open", "optax": "diamond-open"}
SIZES = {"keras": 10, "pytorch": 12, "optax": 16}
"""They are seen in one another where rules cut in the same epoch."""
OTHERS = "from here on the losses<br>would have been others"


def height(replay: Replay) -> int:
    """Of the whole figure in pixels: it depends on the number of rules alone."""
    return sum(EDGES) + LOSS + len(replay.settings.frameworks) * (RATE + GAP)


def replay_figure(replay: Replay, at: int, revision: str, theme: Theme = "light") -> go.Figure:
    """Upper panel: values, the best before each epoch, the bars of the rules, cuts. Below it each rule's rate.

    at: the epoch of the cursor, from 0. From the first epoch on in which a rate is not the recorded one, lines are
    dashed. revision: zoom is kept while it is the same.
    """
    colours = PALETTES[theme]
    frameworks = list(replay.settings.frameworks)
    colour = {framework: colours.runs[list(RULES).index(framework)] for framework in frameworks}
    inner = height(replay) - sum(EDGES)
    n = len(replay.history)
    untils = {framework: replay.valid_until(framework) for framework in frameworks}
    ends = [until for until in untils.values() if until is not None]
    other = min(ends) if ends else None
    data = _losses(replay, other, colours)
    for framework in frameworks:
        data += _bar_and_cuts(replay, framework, colour[framework])
    axes: dict[str, Any] = {"yaxis": _loss_axis(replay, colours, [1 - LOSS / inner, 1])}
    said = f"<b>{_short(replay.history.monitor)}</b>  (thin: what it has to beat; marks: cuts)"
    headings = [heading(said, 1, colours)]
    for place, framework in enumerate(frameworks):
        top = 1 - (LOSS + GAP + place * (RATE + GAP)) / inner
        axis = f"y{place + 2}"
        levels = (replay.rate, float(replay.decisions[framework].learning_rate.min()))
        axes[f"yaxis{place + 2}"] = _rate_axis(levels, colours, [max(top - RATE / inner, 0), top])
        data += _rates(replay, framework, untils[framework], axis, colour[framework])
        said = f"<b>Rate by {RULES[framework].name}</b>: {first_cut(replay, framework)}"
        headings.append(heading(said, top, colours))
    panels = ["y", *(f"y{place + 2}" for place in range(len(frameworks)))]
    shapes = _upright(panels, at + 1, colours.accent, "solid", 2)
    if other is not None:
        shapes += _upright(panels, other + 0.5, colours.soft, "dot", 1)
        headings.append(_beside(OTHERS, other + 0.5, n, 1, colours))
    for stop in starts(replay)[1:]:
        shapes += _upright(panels, stop + 0.5, colours.ink, "longdash", 1)
        headings.append(_beside("a fresh rule", stop + 0.5, n, 1 - LOSS / inner + 0.05, colours))
    if replay.stop is not None:
        shapes += _upright(panels, replay.stop + 1, colours.runs[3], "dashdot", 2)
        headings.append(_beside("EarlyStopping", replay.stop + 1, n, 1 - LOSS / inner + 0.12, colours))
    layout = {
        **base_layout(colours, height(replay), revision),
        "margin": {"l": 52, "r": 12, "t": EDGES[0], "b": EDGES[1]},
        "showlegend": False,
        "hovermode": "x",
        "hoversubplots": "axis",
        "dragmode": False,
        "xaxis": plain_axis(
            colours,
            anchor=f"y{len(frameworks) + 1}",
            range=[0, n + 1],
            title={"text": "epoch", "standoff": 4, "font": {"size": 13}},
        ),
        **axes,
        "shapes": shapes,
        "annotations": headings,
    }
    return go.Figure({"data": data, "layout": layout})


def _losses(replay: Replay, other: int | None, colours: Palette) -> list[dict[str, Any]]:
    """The values, dashed where they belong to another rate, and with a cross at the edge where they are not finite."""
    values = replay.history.values
    name, n = _short(replay.history.monitor), len(values)
    line = {"color": colours.ink, "width": 1.5}
    marks = {"mode": "lines+markers", "marker": {"size": 4, "color": colours.ink}} if n <= 100 else {"mode": "lines"}
    parts = [(0, n, {}, 1.0)] if other is None else [(0, other, {}, 1.0), (max(other - 1, 0), n, {"dash": "dot"}, 0.75)]
    data = []
    for begin, end, dash, opacity in parts:
        x, y = thinned(np.arange(begin + 1, end + 1), values[begin:end])
        if x.size:
            data.append(
                {
                    "type": "scatter", "x": x, "y": y, **marks, "line": {**line, **dash}, "opacity": opacity,
                    "name": name, "hovertemplate": f"{name} %{{y:.5g}}<extra></extra>",
                }
            )  # fmt: skip
    lost = np.flatnonzero(~np.isfinite(values))[:MOST_DRAWN]
    if lost.size:
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": lost + 1, "y": np.full(lost.size, value_range(replay)[0]),
                "name": "nan or inf", "text": [digits(float(values[k])) for k in lost],
                "marker": {"symbol": "x", "size": 8, "color": colours.ink}, "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    return data


def _bar_and_cuts(replay: Replay, framework: str, colour: str) -> list[dict[str, Any]]:
    """What each value had to be below (above in mode max), and a mark on each value after which the rate was cut."""
    made, name = replay.decisions[framework], RULES[framework].name
    epochs = np.arange(1, len(made.cut) + 1)
    x, y = thinned(*corners(epochs, made.threshold))
    at = _spread(np.flatnonzero(made.cut))
    low = value_range(replay)[0]
    values = replay.history.values[at]
    return [
        {
            "type": "scatter", "mode": "lines", "x": x, "y": y,
            "line": {"color": colour, "width": 1, "shape": "vh"},
            "name": f"{name}'s bar", "hovertemplate": f"{name}: to beat %{{y:.6g}}<extra></extra>",
        },
        {
            "type": "scatter", "mode": "markers", "x": at + 1, "y": np.where(np.isfinite(values), values, low),
            "name": f"cut, {name}", "hoverinfo": "skip",
            "marker": {
                "symbol": SIGNS[framework], "size": _size(framework, at.size), "color": colour, "opacity": 1,
                "line": {"width": 2 if framework != "keras" else 0, "color": colour},
            },
        },
    ]  # fmt: skip


def _rates(replay: Replay, framework: str, until: int | None, axis: str, colour: str) -> list[dict[str, Any]]:
    """The rate after each epoch's decision, from the first rate on; dashed where the replay is no longer true."""
    made = replay.decisions[framework]
    n, name = len(made.cut), RULES[framework].name
    rate = np.concatenate([[replay.rate], made.learning_rate])
    parts = [(0, n + 1, "solid")] if until is None else [(0, until + 1, "solid"), (until, n + 1, "dash")]
    data: list[dict[str, Any]] = []
    for begin, end, dash in parts:
        x, y = thinned(*corners(np.arange(begin, end), rate[begin:end]))
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": x, "y": np.where(y > 0, y, np.nan), "yaxis": axis,
                "line": {"color": colour, "width": 2, "shape": "hv", "dash": dash},
                "name": f"rate by {name}", "hovertemplate": f"{name}: rate %{{y:.4g}}<extra></extra>",
            }
        )  # fmt: skip
    at = _spread(np.flatnonzero(made.cut))
    data.append(
        {
            "type": "scatter", "mode": "markers", "x": at + 1, "y": made.learning_rate[at], "yaxis": axis,
            "name": f"cut, {name}", "hoverinfo": "skip",
            "marker": {
                "symbol": SIGNS[framework], "size": min(9, _size(framework, at.size)), "color": colour,
                "line": {"width": 2 if framework != "keras" else 0, "color": colour},
            },
        }
    )  # fmt: skip
    return data


def _size(framework: str, count: int) -> float:
    """Of a mark in pixels: many are smaller."""
    return SIZES[framework] * (1 if count <= FEW_MARKS else 0.6)


def _spread(at: np.ndarray) -> np.ndarray:
    """Of very many marks so many that they still cover each other."""
    return at if at.size <= MOST_MARKS else at[np.linspace(0, at.size - 1, MOST_MARKS).astype(int)]


def _loss_axis(replay: Replay, colours: Palette, domain: Sequence[float]) -> dict[str, Any]:
    low, high = value_range(replay)
    if is_log(replay):
        span = [math.log10(low), math.log10(high)]
        return plain_axis(
            colours, domain=domain, type="log", range=span, dtick=max(1, math.ceil((span[1] - span[0]) / 4)),
            exponentformat="power", fixedrange=True,
        )  # fmt: skip
    return plain_axis(colours, domain=domain, range=[low, high], nticks=5, fixedrange=True, exponentformat="e")


def _rate_axis(levels: Sequence[float], colours: Palette, domain: Sequence[float]) -> dict[str, Any]:
    """Logarithmic, the first rate and the lowest written."""
    above = [level for level in levels if 0 < level < math.inf] or [1.0]
    low, high = math.log10(min(above)), math.log10(max(above))
    room = 0.15 * (high - low) or 0.5
    ticks = [max(above)] if high - low < 1e-3 else [max(above), min(above)]
    return plain_axis(
        colours, domain=domain, type="log", range=[low - room, high + room], tickvals=ticks,
        ticktext=[digits(tick, 2) for tick in ticks], fixedrange=True,
    )  # fmt: skip


def _upright(panels: Sequence[str], x: float, colour: str, dash: str, width: float) -> list[dict[str, Any]]:
    """A line through these panels, at one place."""
    line = {"color": colour, "width": width, "dash": dash}
    across = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line, "layer": "below"}
    return [{**across, "yref": f"{panel} domain"} for panel in panels]


def _beside(text: str, x: float, n: int, y: float, colours: Palette) -> dict[str, Any]:
    """Words at a line, on the side where there is more room."""
    left = x > n / 2
    return {
        "text": text, "x": x, "y": y, "yref": "paper", "xanchor": "right" if left else "left", "yanchor": "top",
        "align": "right" if left else "left", "showarrow": False, "bgcolor": faint(colours.paper, 0.8),
        "font": {"size": 12, "color": colours.ink},
    }  # fmt: skip


def _short(name: str, longest: int = 14) -> str:
    """A name as Plotly may show it: it reads tags and entities in texts."""
    name = name if len(name) <= longest else name[: longest - 1] + "…"
    return name.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def grid_figure(grid: Grid, theme: Theme = "light") -> go.Figure:
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
    return go.Figure({"data": data, "layout": layout})
