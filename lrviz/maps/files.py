"""A map as numbers: NPZ, a table, JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz.maps.grid import Field
from lrviz.maps.map import Map
from lrviz.plain import plain


def as_npz(plan: Map, field: Field) -> bytes:
    """``x`` (nx,), ``y`` (ny,): the values of the axes; by its name what is shown (ny, nx); ``map``: the map's JSON."""
    target = io.BytesIO()
    arrays: dict[str, Any] = {"x": field.x, "y": field.y, plan.show: field.values, "map": np.array(plan.to_json())}
    np.savez_compressed(target, **arrays)
    return target.getvalue()


def as_csv(plan: Map, field: Field) -> bytes:
    """A row a cell: the knobs of both axes by name, and what is shown."""
    lines = [f"{plan.x.key},{plan.y.key},{plan.show}"]
    columns = list(map(repr, field.x.tolist()))
    for y, row in zip(field.y.tolist(), field.values.tolist(), strict=True):
        lines += [f"{x},{y!r},{value!r}" for x, value in zip(columns, row, strict=True)]
    return ("\n".join(lines) + "\n").encode()


def as_json(plan: Map, field: Field) -> bytes:
    """The map and all its numbers; one that is not finite stands as the text ``nan``, ``inf`` or ``-inf``."""
    document: dict[str, Any] = {"map": plan.to_dict(), "x": field.x.tolist(), "y": field.y.tolist()}
    document[plan.show] = plain(field.values)
    return json.dumps(document, allow_nan=False).encode() + b"\n"


NUMBERS: dict[str, Callable[[Map, Field], bytes]] = {"npz": as_npz, "csv": as_csv, "json": as_json}
"""The ending of a file -> its content."""
