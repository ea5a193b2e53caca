"""The map and the curves of the Plotly page that the stage is measured against, as the lab once had it."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.analysis.events import cuts
from lrviz.analysis.leaving import Departure, departure, span
from lrviz.figures import base_layout, heading, log_axis, plain_axis
from lrviz.knob import digits
from lrviz.palette import PALETTES, Palette, Theme, faint
from lrviz.scenario import Scenario
from lrviz.surfaces import SURFACES, Domain
from lrviz.trajectory import Trajectory

CELLS = 100
LEVELS = 25
FULL = 65535
DOTTED_UP_TO = 300
LANDSCAPE_HEIGHT = 400
CURVES_HEIGHT = 470


def landscape(scenario: Scenario, run: Trajectory, theme: Theme = "light", height: int = LANDSCAPE_HEIGHT) -> go.Figure:
    """The contour map with the run on it: start, end, minima, cuts, and where it leaves the map."""
    colours, domain = PALETTES[theme], scenario.surface_row.domain
    x0, x1 = _path(run.x, domain)
    dots = run.steps <= DOTTED_UP_TO
    path = {
        "type": "scatter",
        "name": "run",
        "x": x0,
        "y": x1,
        "mode": "lines",
        "line": {"color": colours.runs[0], "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    points = {
        "type": "scatter",
        "name": "steps",
        "x": _inside(run.x, domain)[:, 0],
        "y": _inside(run.x, domain)[:, 1],
        "mode": "markers",
        "marker": {"color": colours.runs[0], "size": 4.5, "opacity": 1 if dots else 0},
        "customdata": np.stack([np.arange(run.steps + 1), run.loss], axis=1),
        "hovertemplate": "step %{customdata[0]}<br>(%{x:.4g}, %{y:.4g})<br>loss %{customdata[1]:.4g}<extra></extra>",
        "showlegend": False,
    }
    minima = np.array(scenario.surface_row.minima(scenario.coef)).reshape(-1, 2)
    lowest = {
        "type": "scatter",
        "name": "minimum",
        "x": minima[:, 0],
        "y": minima[:, 1],
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 9, "line": {"color": colours.ink, "width": 2}},
        "hovertemplate": "known minimum<br>(%{x:.4g}, %{y:.4g})<extra></extra>",
    }
    leaves = departure(run, domain)
    cut_at = _inside(run.x, domain)[cuts(scenario, run)]
    figure = {
        "data": [
            *_contours(scenario, colours),
            path,
            points,
            lowest,
            _notches(cut_at[:, 0], cut_at[:, 1], colours, legend=True),
            _place("start", _inside(run.x[:1], domain), colours, hollow=True),
            _place("end", _inside(run.x[-1:], domain), colours, hollow=False),
        ],
        "layout": {
            **base_layout(colours, height, scenario.surface),
            "margin": {"l": 30, "r": 8, "t": 26, "b": 24},
            "xaxis": plain_axis(colours, range=list(domain[:2]), showgrid=False),
            "yaxis": plain_axis(colours, range=list(domain[2:]), showgrid=False),
            "annotations": [
                _corner("x₀", 1, 0, colours),
                _corner("x₁", 0, 1, colours),
                *([] if leaves is None else [_edge(leaves, run, domain, colours)]),
            ],
            "dragmode": "pan",
        },
    }
    return go.Figure(figure)


def curves(scenario: Scenario, run: Trajectory, theme: Theme = "light") -> go.Figure:
    """The loss over the steps, and below it, at the same x, the learning rate; both logarithmic, cuts in both."""
    colours, at = PALETTES[theme], cuts(scenario, run)
    floor = scenario.surface_row.floor(scenario.coef)
    above, notes = _above(run, floor)
    best = np.fmin.accumulate(above)
    loss_range, rate = _decades(above), np.append(run.learning_rate, run.learning_rate[-1])
    rate = np.where(rate > 0, _drawable(rate), np.nan)
    rate_range = _decades(rate)
    steps = np.arange(run.steps + 1)
    has_rate = scenario.optimizer_row.has_rate
    rate_notes = (
        []
        if np.isfinite(rate).all()
        else ["a rate of 0 has no place here" if has_rate else "a step of 0 has no place here"]
    )
    line = {"color": colours.runs[0], "width": 2}
    loss_title = "Loss" if floor == 0 else f"Loss above the minimum, {digits(floor)}"
    data = [
        _strokes(at, loss_range, colours, "y"),
        _strokes(at, rate_range, colours, "y2"),
        {
            "type": "scatter",
            "name": "best so far",
            "x": steps,
            "y": best,
            "mode": "lines",
            "line": {"color": faint(colours.runs[0], 0.55), "width": 1.5, "dash": "dot", "shape": "hv"},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "name": "loss",
            "x": steps,
            "y": above,
            "customdata": run.loss,
            "mode": "lines",
            "line": line,
            "hovertemplate": "step %{x}: loss %{customdata:.4g}<extra></extra>",
        },
        _notches(at, above[at], colours),
        {
            "type": "scatter",
            "name": "learning rate" if has_rate else "step size",
            "x": steps,
            "y": rate,
            "yaxis": "y2",
            "mode": "lines",
            "line": {**line, "shape": "hv"},
            "hovertemplate": "step %{x}: " + ("rate" if has_rate else "size") + " %{y:.4g}<extra></extra>",
        },
        {**_notches(at, rate[at], colours), "yaxis": "y2"},
    ]
    layout = {
        **base_layout(colours, CURVES_HEIGHT, scenario.surface),
        "margin": {"l": 46, "r": 12, "t": 26, "b": 42},
        "showlegend": False,
        "xaxis": plain_axis(
            colours, range=[0, run.steps], anchor="y2", title={"text": "step", "standoff": 4, "font": {"size": 13}}
        ),
        "yaxis": log_axis(colours, loss_range, domain=[0.47, 1]),
        "yaxis2": log_axis(colours, rate_range, domain=[0, 0.38]),
        "hovermode": "x",
        "annotations": [
            heading(f"<b>{loss_title}</b>  (log; dotted: best so far)", 1, colours),
            heading(f"<b>{'Learning rate' if has_rate else 'Step size found'}</b>  (log)", 0.38, colours),
            *_notes(notes, 0.99, colours),
            *_notes(rate_notes, 0.37, colours),
        ],
    }
    return go.Figure({"data": data, "layout": layout})


# The landscape --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def heights(surface: str, coef: tuple[float, ...]) -> np.ndarray:
    """The map on a scale that shows valleys: log(loss − floor + soft), 0 at the lowest, 65535 at the highest."""
    row = SURFACES[surface]
    above = row.grid(np.array(coef), CELLS) - row.floor(np.array(coef))
    above = np.maximum(above, 0)
    soft = max(float(np.quantile(above, 0.02)), 1e-9 * float(above.max()), 1e-300)
    height = np.log(above + soft)
    low, high = height.min(), height.max()
    scaled = (height - low) / (high - low if high > low else 1) * FULL
    scaled = np.round(scaled).astype(np.uint16)
    scaled.flags.writeable = False
    return scaled


def _contours(scenario: Scenario, colours: Palette) -> list[dict[str, Any]]:
    domain, z = scenario.surface_row.domain, heights(scenario.surface, tuple(scenario.coef.tolist()))
    size = FULL / LEVELS
    common = {
        "type": "contour",
        "z": z,
        "x0": domain[0],
        "dx": (domain[1] - domain[0]) / (CELLS - 1),
        "y0": domain[2],
        "dy": (domain[3] - domain[2]) / (CELLS - 1),
        "autocontour": False,
        "showscale": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    shade = {
        "colorscale": [[0, colours.low], [1, colours.high]],
        "zmin": 0,
        "zmax": FULL,
        "contours": {"coloring": "heatmap", "start": size, "end": FULL - size, "size": size},
        "line": {"color": colours.line, "width": 0.8},
    }
    fifth = {
        "contours": {"coloring": "none", "start": 5 * size, "end": FULL - size, "size": 5 * size},
        "line": {"color": colours.fifth, "width": 1.2},
    }
    return [{**common, **shade, "name": "landscape"}, {**common, **fifth, "name": "every fifth"}]


# The run --------------------------------------------------------------------------------------------------------------


def _drawable(values: np.ndarray) -> np.ndarray:
    """What is not finite, or too large for an axis, becomes a gap; words say where it happened."""
    return np.where(np.abs(values) < 1e300, values, np.nan)


def _around(domain: Domain) -> tuple[np.ndarray, np.ndarray]:
    """What is drawn, should someone zoom out: three times the map's width. A browser cannot place a point at 1e200."""
    low, high = np.array(domain[0::2]), np.array(domain[1::2])
    return low - (high - low), high + (high - low)


def _inside(x: np.ndarray, domain: Domain) -> np.ndarray:
    """The points, gaps for those that are too far away; the arrow at the edge speaks for them."""
    low, high = _around(domain)
    return np.where(((x >= low) & (x <= high)).all(axis=1, keepdims=True), x, np.nan)


def _path(x: np.ndarray, domain: Domain) -> tuple[np.ndarray, np.ndarray]:
    """The run's line, as far as it is near the map."""
    low, high = _around(domain)
    if ((x >= low) & (x <= high)).all():
        return x[:, 0], x[:, 1]
    points: list[np.ndarray] = []
    gap = np.full(2, np.nan)
    for before, after in pairwise(x):
        if not (np.isfinite(before).all() and np.isfinite(after).all()):
            break
        begin, end = span(before, after, low, high)
        if begin <= end:
            points += [np.clip(before + part * (after - before), low, high) for part in (begin, end)]
            if end < 1:
                points.append(gap)
        if len(points) > 20_000:
            break
    path = np.array(points).reshape(-1, 2)
    return path[:, 0], path[:, 1]


def _place(name: str, point: np.ndarray, colours: Palette, hollow: bool) -> dict[str, Any]:
    ring = {"color": colours.runs[0] if hollow else colours.paper, "width": 2.5 if hollow else 1.5}
    return {
        "type": "scatter",
        "name": name,
        "x": point[:, 0],
        "y": point[:, 1],
        "mode": "markers",
        "marker": {"size": 12, "color": colours.paper if hollow else colours.runs[0], "line": ring},
        "hovertemplate": name + "<br>(%{x:.4g}, %{y:.4g})<extra></extra>",
    }


def _notches(x: np.ndarray, y: np.ndarray, colours: Palette, legend: bool = False) -> dict[str, Any]:
    """The sign of a cut, the same on every panel."""
    return {
        "type": "scatter",
        "name": "cut",
        "x": _drawable(np.asarray(x, float)),
        "y": _drawable(np.asarray(y, float)),
        "mode": "markers",
        "marker": {
            "symbol": "triangle-down",
            "size": 10,
            "color": colours.ink,
            "line": {"color": colours.paper, "width": 1},
        },
        "hoverinfo": "skip",
        "showlegend": legend and len(x) > 0,
    }


def _strokes(at: np.ndarray, decades: tuple[float, float], colours: Palette, axis: str) -> dict[str, Any]:
    """A thin line across the panel at each cut."""
    x = np.stack([at, at, at], axis=1).astype(float).ravel()
    y = np.tile([10.0 ** decades[0], 10.0 ** decades[1], np.nan], len(at))
    return {
        "type": "scatter",
        "name": "cut line",
        "x": x,
        "y": y,
        "yaxis": axis,
        "mode": "lines",
        "line": {"color": faint(colours.ink, 0.28), "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _edge(leaves: Departure, run: Trajectory, domain: Domain, colours: Palette) -> dict[str, Any]:
    """An arrow at the edge of the map, with words that stay on the map."""
    x, y = leaves.edge
    u, v = (x - domain[0]) / (domain[1] - domain[0]), (y - domain[2]) / (domain[3] - domain[2])
    words = (
        f"leaves the map at step {leaves.step}"
        if leaves.step
        else f"starts outside, at ({digits(run.x[0, 0])}, {digits(run.x[0, 1])})"
    )
    words += f"<br>loss there {digits(leaves.loss)}"
    if leaves.returns is not None:
        words += f", is back at step {leaves.returns}"
    elif run.diverged is not None:
        words += f", not finite from step {run.diverged}"
    across, up = (1 if u < 0.3 else -1 if u > 0.7 else 0), (1 if v < 0.3 else -1 if v > 0.7 else 0)
    if not across and not up:
        up = -1
    return {
        "x": x,
        "y": y,
        "ax": 34 * across,
        "ay": -34 * up,
        "text": words,
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1.2,
        "arrowwidth": 2,
        "arrowcolor": colours.runs[0],
        "xanchor": {1: "left", -1: "right", 0: "center"}[across],
        "yanchor": {1: "bottom", -1: "top", 0: "middle"}[up],
        "align": "left",
        "font": {"color": colours.ink, "size": 13},
        "bgcolor": faint(colours.paper, 0.88),
        "borderpad": 3,
    }


# The panels -----------------------------------------------------------------------------------------------------------


def _above(run: Trajectory, floor: float) -> tuple[np.ndarray, list[str]]:
    """loss − floor where a logarithmic axis can show it, and words for where it cannot."""
    with np.errstate(invalid="ignore", over="ignore"):
        above = run.loss - floor
    finite = np.isfinite(run.loss) & (np.abs(run.loss) < 1e300)
    least = 8 * np.finfo(float).eps * abs(floor)
    seen = finite & (above > least)
    notes = []
    if run.diverged is not None:
        notes.append(f"not finite from step {run.diverged}")
    at_floor = np.flatnonzero(finite & ~seen)
    if at_floor.size:
        notes.append(f"at the lowest loss, within rounding, from step {at_floor[0]}")
    return np.where(seen, above, np.nan), notes


def _decades(values: np.ndarray) -> tuple[float, float]:
    """The range of a logarithmic axis, in whole decades, so that it changes only when it must."""
    seen = values[np.isfinite(values) & (values > 0)]
    if not seen.size:
        return (-1.0, 1.0)
    return math.floor(math.log10(seen.min()) - 0.05), math.ceil(math.log10(seen.max()) + 0.05)


def _corner(text: str, x: int, y: int, colours: Palette) -> dict[str, Any]:
    """The name of an axis, inside the panel at the axis's end, where no tick is in its way."""
    place = {"x": x, "y": y, "xanchor": "right" if x else "left", "yanchor": "top" if y else "bottom"}
    return {
        **place,
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 13, "color": colours.soft},
    }


def _notes(notes: list[str], y: float, colours: Palette) -> list[dict[str, Any]]:
    if not notes:
        return []
    return [
        {
            "text": "<br>".join(notes),
            "x": 0.99,
            "y": y,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "right",
            "yanchor": "top",
            "align": "right",
            "showarrow": False,
            "font": {"size": 12, "color": colours.ink},
            "bgcolor": faint(colours.paper, 0.88),
        }
    ]
