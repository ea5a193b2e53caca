"""A map, or a tile of it, as it travels: to the page, and to the process that draws pictures. Plain data in `pack`."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.knob import Knob
from lrviz.maps.grid import LEVELS, TILE, TILES, Block, Field, Place, Stop, never
from lrviz.maps.map import Map
from lrviz.maps.scale import Span, levels, span
from lrviz.maps.theory import lines
from lrviz.stage.pack import pack


def frame(plan: Map) -> dict[str, Any]:
    """What does not depend on the cells: axes, what is shown, titles."""
    shown, (across, up) = plan.shown, plan.rows
    return {
        "identity": plan.identity,
        "title": plan.title,
        "file": plan.file_name,
        "axes": {"x": _axis(plan, "x", across), "y": _axis(plan, "y", up)},
        "show": {
            "key": shown.key,
            "name": shown.title(plan),
            "unit": shown.unit,
            "scale": shown.scale,
            "palette": shown.palette,
            "never": shown.never,
            "lost": shown.lost,
        },
    }


def _axis(plan: Map, name: str, row: Knob) -> dict[str, Any]:
    axis = plan.x if name == "x" else plan.y
    return {
        "key": axis.key,
        "label": row.label,
        "unit": row.unit,
        "low": axis.low,
        "high": axis.high,
        "scale": axis.scale,
        "whole": row.kind == "integer",
        "least": row.low,
        "most": row.high,
    }


def span_of(plan: Map, field: Field) -> Span:
    """The ends of the colours that suit these cells."""
    corners = Block(plan, field.x[[0, -1]], field.y[[0, -1]]).start_loss
    return span(plan.shown, field.values, float(np.max(corners)))


def measures(plan: Map, field: Field) -> dict[str, Any]:
    """What a coarse picture of a region tells of it all: the scale of its colours, and the lines of theory."""
    ends = span_of(plan, field)
    return {
        "span": {"low": ends.low, "high": ends.high, "lost": ends.lost},
        "levels": levels(ends.low, ends.high, plan.shown.scale == "log"),
        "marks": _minima(plan),
        "lines": [{"name": line.name, "x": line.x.tolist(), "y": line.y.tolist()} for line in lines(plan)],
    }


def _minima(plan: Map) -> list[dict[str, Any]]:
    """The minima with their numbers, where the plane is that of the surface and they are what is shown."""
    if plan.shown.palette != "kinds" or (plan.x.key, plan.y.key) != ("x", "y"):
        return []
    places = plan.scenario.surface_row.minima(plan.scenario.coef)
    return [{"x": x, "y": y, "name": str(number)} for number, (x, y) in enumerate(places, start=1)]


def tile(plan: Map, place: Place, stop: Stop = never) -> bytes:
    """One tile. The coarsest is all of its level, and tells the measures of the region too. Of a loss the logarithm to
    base 10 travels: as float32 it has all digits that are read, and the range of a float64."""
    field = TILES.tile(plan, place, stop)
    x, y = plan.values(place.points)
    logged = plan.shown.lost
    meta: dict[str, Any] = {
        "points": place.points,
        "across": place.across * TILE,
        "up": place.up * TILE,
        "size": [len(x), len(y)],
        "logged": logged,
    }
    if place.points == LEVELS[0]:
        meta |= measures(plan, field)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log10(field.values) if logged else field.values
    return pack(meta, {"x": field.x, "y": field.y, "values": values.astype(np.float32)})


def whole(plan: Map, field: Field) -> bytes:
    """A map that was computed, with all that a picture of it needs."""
    return pack(frame(plan) | measures(plan, field), {"x": field.x, "y": field.y, "values": field.values})
