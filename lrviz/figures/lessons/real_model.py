"""Trainings side by side: val_loss and the rate over epochs; and the ends of many, a point each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrviz.figures import (
    DASHES,
    LEGEND,
    SYMBOLS,
    Figure,
    base_layout,
    figure,
    heading,
    log_axis,
    number_axis,
    plain_axis,
)
from lrviz.palette import PALETTES, Theme
from lrviz.training import History

CURVES_HEIGHT, ENDS_HEIGHT = 330, 230
ROOM = 0.06
"""Decades above and below what is drawn."""
SCATTER = 0.28
"""Points of a row lie within this part of its height, by their order."""


def curves_figure(histories: Mapping[str, History], theme: Theme = "light") -> Figure:
    """val_loss above, the rate below, both logarithmic; a line a training."""
    colours = PALETTES[theme]
    data: list[dict[str, Any]] = []
    for place, (name, history) in enumerate(histories.items()):
        line = {"color": colours.runs[place], "dash": DASHES[place], "width": 2}
        epochs = np.arange(1, history.epochs + 1)
        common = {"type": "scatter", "mode": "lines", "x": epochs, "name": name, "line": line}
        text = "epoch %{x}: %{y:.3g}<extra>" + name + "</extra>"
        data += [
            {**common, "y": history.log.val_loss, "hovertemplate": text},
            {**common, "y": history.log.rate, "yaxis": "y2", "showlegend": False, "hovertemplate": text},
        ]
    losses = _decades(*(history.log.val_loss for history in histories.values()))
    rates = _decades(*(history.log.rate for history in histories.values()))
    layout = {
        **base_layout(colours, CURVES_HEIGHT, "side by side"),
        "margin": {"l": 50, "r": 10, "t": 44, "b": 38},
        "legend": {**LEGEND, "y": 1.08, "font": {"size": 12}},
        "xaxis": plain_axis(colours, anchor="y2", title={"text": "epoch", "standoff": 4, "font": {"size": 13}}),
        "yaxis": number_axis(colours, losses, domain=[0.44, 1]),
        "yaxis2": log_axis(colours, rates, domain=[0, 0.28]),
        "annotations": [
            heading("<b>val_loss</b>  (log)", 1, colours),
            heading("<b>Learning rate</b>  (log)", 0.28, colours),
        ],
    }
    return figure(data, layout)


def _decades(*rows: np.ndarray) -> tuple[float, float]:
    values = np.concatenate(rows)
    values = np.log10(values[np.isfinite(values) & (values > 0)])
    return (float(values.min()) - ROOM, float(values.max()) + ROOM) if values.size else (-1.0, 0.0)


def ends_figure(ends: Mapping[str, np.ndarray], what: str, theme: Theme = "light") -> Figure:
    """A row a name, a point a training, a bar at the median. what: the axis; it begins at 0, so that what looks far
    apart is far apart."""
    colours = PALETTES[theme]
    data: list[dict[str, Any]] = []
    for place, values in enumerate(ends.values()):
        row = len(ends) - 1 - place
        finite = np.sort(values[np.isfinite(values)])
        spread = row + SCATTER * np.sin(2.4 * np.arange(len(finite)))  # so that equal ones do not hide each other
        data += [
            {
                "type": "scatter", "mode": "markers", "x": finite, "y": spread, "showlegend": False,
                "marker": {"color": colours.runs[place], "symbol": SYMBOLS[place], "size": 6, "opacity": 0.7},
                "hovertemplate": "%{x:.4g}<extra></extra>",
            },
            {
                "type": "scatter", "mode": "lines", "x": [np.median(values)] * 2, "y": [row - 0.42, row + 0.42],
                "showlegend": False, "line": {"color": colours.ink, "width": 2}, "hoverinfo": "skip",
            },
        ]  # fmt: skip
    most = max(float(np.max(values[np.isfinite(values)], initial=0)) for values in ends.values())
    layout = {
        **base_layout(colours, ENDS_HEIGHT, what),
        "margin": {"l": 96, "r": 10, "t": 6, "b": 40},
        "xaxis": plain_axis(
            colours, range=[0, 1.06 * most or 1], title={"text": what, "standoff": 4, "font": {"size": 13}}
        ),
        "yaxis": plain_axis(
            colours, range=[-0.6, len(ends) - 0.4], tickvals=list(range(len(ends))), ticktext=list(ends)[::-1],
            showgrid=False,
        ),
    }  # fmt: skip
    return figure(data, layout)
