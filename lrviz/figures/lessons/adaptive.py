"""The adaptive optimizers, drawn: the loss at the end against the rate, and what an optimizer does to each axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz.analysis.tuning import Tuned, effective_rate, squares
from lrviz.figures import DASHES, LEGEND, SYMBOLS, Figure, base_layout, figure, heading, log_axis, plain_axis
from lrviz.knob import digits
from lrviz.palette import PALETTES, Palette, Theme, faint
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

LEAST = 1e-12
"""Of the loss at the start: below this all is the bottom, within rounding."""
TUNING_HEIGHT = 400
AXES_HEIGHT = 340
BOTH = ("x₀", "x₁")


def tuning_figure(rows: Sequence[Tuned], start: float, theme: Theme = "light", rate: float | None = None) -> Figure:
    """The loss at the end against the rate, a line for each optimizer, its best rate with a large mark.

    start: the loss before the first step. What ends above it stands in a band on top; what ends below 1e-12 of it
    stands on the lowest line. rate: the rate of the race, a line across. An optimizer without a rate is a level line.
    """
    colours = PALETTES[theme]
    rated = [row.best_loss for row in rows if row.best_rate is not None] or [start / 10]
    low = 10 ** math.floor(math.log10(max(min(rated), LEAST * start)) - 0.2)
    top = start * (start / low) ** 0.15
    data: list[dict[str, Any]] = []
    rates = np.unique(np.concatenate([row.rates for row in rows]))
    ends = (float(rates[0]), float(rates[-1])) if rates.size else (1e-4, 10.0)
    for place, row in enumerate(rows):
        level = np.clip(row.losses, low, top)
        if row.best_rate is None:
            x, y = np.array(ends), np.repeat(level, 2)  # not higher than the lowest line
        else:
            x, y = row.rates, np.where(row.losses > start, top, level)
        data.append(_line(row, place, x, y, colours))
        if row.best_rate is not None:
            data.append(_best(row, place, max(row.best_loss, low), colours))
    shapes = [_across(colours, x0=0, x1=1, xref="paper", y0=start, y1=start, dash="dot")]
    if rate is not None:
        shapes.append(_across(colours, x0=rate, x1=rate, y0=0, y1=1, yref="paper", dash="solid", colour=colours.accent))
    layout = {
        **base_layout(colours, TUNING_HEIGHT, "tuning"),
        "margin": {"l": 52, "r": 12, "t": 60, "b": 46},
        "legend": {**LEGEND, "font": {"size": 12}},
        "hovermode": "closest",
        "xaxis": log_axis(
            colours, (math.log10(ends[0]) - 0.1, math.log10(ends[1]) + 0.1),
            title={"text": "learning rate α (log)", "standoff": 4, "font": {"size": 13}},
        ),
        "yaxis": log_axis(colours, (math.log10(low) - 0.1, math.log10(top) + 0.15)),
        "shapes": shapes,
        "annotations": [
            _note("above this line: worse than at the start", math.log10(start), colours),
        ],
    }  # fmt: skip
    return figure(data, layout)


def axes_figure(scenario: Scenario, run: Trajectory, place: int, theme: Theme = "light") -> Figure:
    """What the run kept of its squared gradients, and below it what each axis is multiplied by, over the steps."""
    colours = PALETTES[theme]
    accumulated, rate = squares(run), effective_rate(scenario, run)
    steps = np.arange(1, run.steps + 1)
    data = []
    for values, axis, what in (
        (None if accumulated is None else accumulated[1], "y", "squares"),
        (rate, "y2", "effective rate"),
    ):
        if values is None:
            continue
        for i, name in enumerate(BOTH):
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": steps,
                    "y": np.where((values[:, i] > 0) & (values[:, i] < 1e300), values[:, i], np.nan),
                    "yaxis": axis,
                    "name": f"axis {name}",
                    "legendgroup": name,
                    "showlegend": what == "effective rate",
                    "line": {"color": colours.runs[place], "width": 2.4 - i, "dash": ("solid", "dash")[i]},
                    "hovertemplate": f"step %{{x}}: {what} of {name} %{{y:.3g}}<extra></extra>",
                }
            )
    upper = "Nothing is kept of the squares" if accumulated is None else accumulated[0].capitalize()
    lower = "No rate" if rate is None else "Effective rate of each axis"
    layout = {
        **base_layout(colours, AXES_HEIGHT, "axes"),
        "margin": {"l": 52, "r": 12, "t": 60, "b": 46},
        "legend": {**LEGEND, "font": {"size": 12}, "y": 1.06},
        "hovermode": "x",
        "xaxis": plain_axis(
            colours, range=[0, run.steps], anchor="y2", title={"text": "step", "standoff": 4, "font": {"size": 13}}
        ),
        "yaxis": log_axis(
            colours,
            _range(accumulated[1] if accumulated else None),
            domain=[0.56, 0.98],
            showticklabels=bool(accumulated),
        ),
        "yaxis2": log_axis(colours, _range(rate), domain=[0, 0.42], showticklabels=rate is not None),
        "annotations": [
            heading(f"<b>{upper}</b>" + ("  (log)" if accumulated else ""), 0.98, colours),
            heading(f"<b>{lower}</b>" + ("" if rate is None else "  (log)"), 0.42, colours),
        ],
    }
    return figure(data, layout)


def _range(values: np.ndarray | None) -> tuple[float, float]:
    seen = np.empty(0) if values is None else values[np.isfinite(values) & (values > 0)]
    if not seen.size:
        return (-3.0, 1.0)
    low, high = math.floor(math.log10(seen.min()) - 0.05), math.ceil(math.log10(seen.max()) + 0.05)
    return low, max(high, low + 2)


def _line(row: Tuned, place: int, x: np.ndarray, y: np.ndarray, colours: Palette) -> dict[str, Any]:
    text = [digits(loss) if math.isfinite(loss) else "no longer finite" for loss in row.losses]
    where = "no rate" if row.best_rate is None else "α %{x:.3g}"
    return {
        "type": "scatter",
        "name": row.name,
        "legendgroup": row.optimizer,
        "x": x,
        "y": y,
        "customdata": text * (2 if row.best_rate is None else 1),
        "mode": "lines+markers",
        "line": {"color": colours.runs[place], "width": 2, "dash": DASHES[place]},
        "marker": {"symbol": SYMBOLS[place], "size": 6, "color": colours.runs[place]},
        "hovertemplate": f"{row.name}, {where}: loss %{{customdata}}<extra></extra>",
    }


def _best(row: Tuned, place: int, y: float, colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": f"best of {row.name}",
        "legendgroup": row.optimizer,
        "showlegend": False,
        "x": [row.best_rate],
        "y": [y],
        "mode": "markers",
        "marker": {
            "symbol": SYMBOLS[place],
            "size": 15,
            "color": colours.runs[place],
            "line": {"color": colours.ink, "width": 2},
        },
        "hovertemplate": f"{row.name} at its best: α {digits(row.best_rate or 0)}, "
        f"loss {digits(row.best_loss)}<extra></extra>",
    }


def _across(colours: Palette, dash: str, colour: str | None = None, **place: Any) -> dict[str, Any]:
    return {
        "type": "line",
        "layer": "below",
        "line": {"color": colour or faint(colours.ink, 0.55), "width": 1.5, "dash": dash},
        **place,
    }


def _note(text: str, y: float, colours: Palette) -> dict[str, Any]:
    return {
        "text": text,
        "x": 0.005,
        "y": y,
        "xref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12, "color": colours.ink},
        "borderpad": 1,
    }
