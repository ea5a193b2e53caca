"""Where runs of many seeds end, drawn against one knob. To be read, not played."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.analysis.basins import Minimum
from lrviz.figures import Figure, base_layout, figure, plain_axis
from lrviz.knob import digits
from lrviz.lessons.valleys import Shares
from lrviz.palette import PALETTES, Theme

HEIGHT = 300
SHARES = (0, 25, 50, 75, 100)
MOST_LINES = 3
"""So many valleys have a line each; of more, all but the first valley are one line."""
STYLES = (("solid", "circle"), ("dash", "square"), ("dot", "diamond"), ("dashdot", "triangle-up"))


def shares_figure(
    shares: Shares, rows: list[Minimum], home: int | None, symbol: str, now: float | None, theme: Theme = "light"
) -> Figure:
    """One line a valley: the share of the seeds that end in it, over the knob. now: where its slider is."""
    colours = PALETTES[theme]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": name,
            "x": shares.values,
            "y": 100 * share,
            "mode": "lines+markers",
            "line": {"color": colours.runs[i], "width": 2.5, "dash": STYLES[i][0]},
            "marker": {"symbol": STYLES[i][1], "size": 8},
            "hovertemplate": f"{symbol} %{{x:.3g}}: %{{y:.0f}}%<extra>{name}</extra>",
        }
        for i, (name, share) in enumerate(lines(shares, rows, home))
    ]
    low, high = float(shares.values[0]), float(shares.values[-1])
    layout = {
        **base_layout(colours, HEIGHT, "shares"),
        "margin": {"l": 52, "r": 12, "t": 8, "b": 48},
        "xaxis": plain_axis(
            colours,
            type="log",
            range=[np.log10(low) - 0.05, np.log10(high) + 0.05],
            title={"text": symbol, "standoff": 6},
            tickvals=(ticks := _ticks(low, high)),
            ticktext=[digits(tick) for tick in ticks],
        ),
        "yaxis": plain_axis(colours, range=[-4, 104], tickvals=SHARES, ticktext=[f"{share}%" for share in SHARES]),
        "dragmode": False,
        "hovermode": "x",
    }
    if now is not None and low <= now <= high:
        line = {"color": colours.ink, "width": 1, "dash": "dot"}
        across = {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain", "line": line}
        layout["shapes"] = [across]
    return figure(data, layout)


def lines(shares: Shares, rows: list[Minimum], home: int | None) -> list[tuple[str, np.ndarray]]:
    """Name and share (n,) of each line."""
    none = ("off the map", shares.ended[:, -1])
    if len(rows) <= MOST_LINES:
        named = [f"{_place(row)}, L = {digits(row.sharpness)}" for row in rows]
        return [*((name, shares.ended[:, i]) for i, name in enumerate(named)), none]
    first = home or 0
    others = np.delete(shares.ended[:, :-1], first, axis=1).sum(axis=1)
    return [(f"{_place(rows[first])}, the first valley", shares.ended[:, first]), ("another valley", others), none]


def _place(row: Minimum) -> str:
    return f"({digits(row.place[0])}, {digits(row.place[1])})"


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each decade in between."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [tick for decade in decades for m in (1, 2, 5) if low <= (tick := float(f"{m}e{decade}")) <= high]
