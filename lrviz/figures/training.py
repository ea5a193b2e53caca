"""The loss of a model over the plane of its training, drawn with the path that it took."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.figures import Figure, base_layout, figure, plain_axis
from lrviz.knob import digits
from lrviz.palette import PALETTES, Theme
from lrviz.training.history import History
from lrviz.training.surface import LossSurface

LINES = 14


def surface_figure(surface: LossSurface, history: History, epoch: int | None, theme: Theme = "light") -> Figure:
    """Contours of the loss, on a log scale where it has one; the path, its cuts, the epoch that is looked at."""
    colours = PALETTES[theme]
    loss = np.where(np.isfinite(surface.loss), surface.loss, np.nan)
    heights = np.log10(loss) if np.nanmin(loss) > 0 else loss
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    path, weight_epochs = surface.path, surface.weight_epochs
    run = colours.runs[0]
    at = len(weight_epochs) - 1 if epoch is None else int(np.searchsorted(weight_epochs, epoch, side="right")) - 1
    at = min(max(at, 0), len(weight_epochs) - 1)
    cuts = np.flatnonzero(np.isin(weight_epochs, history.cuts)) if history.plateau else np.zeros(0, int)
    data: list[dict[str, Any]] = [
        {
            "type": "contour", "x": surface.u, "y": surface.v, "z": heights, "zmin": low, "zmax": high,
            "showscale": False, "colorscale": [[0, colours.low], [1, colours.high]], "hoverinfo": "skip",
            "contours": {"start": low, "end": high, "size": (high - low) / LINES or 1.0},
            "line": {"color": colours.fifth, "width": 1}, "connectgaps": False, "showlegend": False,
        },
        {
            "type": "scatter", "mode": "lines", "x": path[:, 0], "y": path[:, 1], "line": {"color": run, "width": 2},
            "hoverinfo": "skip", "name": "path",
        },
        _points(path[:1], "circle-open", colours.ink, 11, "start"),
        _points(path[-1:], "circle", run, 11, "end"),
        _points(path[cuts], "triangle-down", colours.ink, 11, "rate cut"),
        _points(path[at : at + 1], "circle-open", colours.accent, 17, f"epoch {weight_epochs[at]}"),
    ]  # fmt: skip
    across, up = surface.names
    layout = {
        **base_layout(colours, 420, "surface"),
        "margin": {"l": 60, "r": 12, "t": 28, "b": 48},
        "dragmode": False,
        "xaxis": plain_axis(colours, fixedrange=True, title={"text": across, "standoff": 6}),
        "yaxis": plain_axis(colours, fixedrange=True, title={"text": up, "standoff": 6}),
    }
    return figure([trace for trace in data if len(trace["x"])], layout)


def _points(places: np.ndarray, symbol: str, colour: str, size: int, name: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": places[:, 0], "y": places[:, 1], "name": name,
        "marker": {"symbol": symbol, "color": colour, "size": size, "line": {"width": 2.5, "color": colour}},
        "hoverinfo": "name",
    }  # fmt: skip


def surface_words(surface: LossSurface) -> str:
    """What is seen, in two sentences."""
    low, high = digits(float(np.nanmin(surface.loss))), digits(float(np.nanmax(surface.loss)))
    what = f"The training loss of all training rows, from {low} to {high}"
    if surface.exact:
        return f"{what}. The model has two weights, so this is its whole loss surface."
    part = 100 * surface.share
    return (
        f"{what}. A plane through start, end and the first principal direction of the path: {digits(part, 2)}% of its"
        " motion (squared lengths from epoch to epoch) lies in it, the rest is not seen here."
    )
