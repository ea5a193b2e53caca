"""Figures as Plotly's own class has them, which checks each name and value."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io

from lrviz.figures import Figure


def checked(figure: Figure) -> go.Figure:
    """Plotly takes all of it, and has nothing to change."""
    own = go.Figure(figure)
    assert json.loads(plotly.io.to_json(figure, validate=False)) == _lists(json.loads(own.to_json()))
    return own


def _lists(value: Any) -> Any:
    """Plotly packs arrays."""
    if isinstance(value, list):
        return [_lists(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "bdata" not in value:
        return {name: _lists(one) for name, one in value.items()}
    array = np.frombuffer(b64decode(value["bdata"]), value["dtype"]).astype(float)
    if "shape" in value:
        array = array.reshape([int(n) for n in value["shape"].split(",")])
    return json.loads(plotly.io.to_json({"z": array}, validate=False))["z"]
