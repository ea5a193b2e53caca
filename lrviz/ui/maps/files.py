"""The region of the map that is seen, as a file: pictures are drawn elsewhere, numbers when they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import streamlit as st

from lrviz.export.choices import SIZES
from lrviz.export.render_queue import Order
from lrviz.maps.files import NUMBERS
from lrviz.maps.grid import LEVELS, Field
from lrviz.maps.map import Map
from lrviz.play.map_tiles import whole
from lrviz.server import map_api
from lrviz.ui.exports import EVERY, busy, drawn_elsewhere
from lrviz.ui.frame import theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.widgets import fold

FILES: dict[str, tuple[str, str]] = {
    "png": ("Picture, PNG", "image/png"),
    "svg": ("Drawing, SVG", "image/svg+xml"),
    "npz": ("Numbers, NPZ for numpy", "application/octet-stream"),
    "csv": ("Table, CSV", "text/csv"),
}
"""The ending of a file -> as the page offers it, and its media type."""
MOST_IN_A_TABLE = LEVELS[1]
"""Points a side: a million rows are no table."""


def map_files(lab: Lab) -> None:
    """The block of the page."""
    take = fold("Take the map with you", key="take_map", icon=":material/download:")
    if take is not None:
        with take:
            st.fragment(_block, run_every=EVERY if busy() else None)()


def _block() -> None:
    plan = current().map
    if plan is None:
        return
    what, points_place, act = st.columns([3, 3, 2], vertical_alignment="bottom")
    kind = what.selectbox("File", list(FILES), format_func=lambda one: FILES.get(one, (one,))[0], key="map_as")
    levels = [points for points in LEVELS if kind == "npz" or points <= MOST_IN_A_TABLE]
    points = points_place.selectbox(
        "Points a side",
        levels,
        levels.index(LEVELS[1]),
        format_func=lambda n: f"{n:,}",
        key=f"map_points_{len(levels)}",
    )
    if kind not in FILES or points not in levels:
        return
    plan = _with(plan, points)
    name, mime = f"{plan.file_name}.{kind}", FILES[kind][1]
    if kind in NUMBERS:
        act.download_button(
            "Download", lambda: NUMBERS[kind](plan, _field(plan)), name, mime, on_click="ignore", width="stretch",
            key="map_now",
        )  # fmt: skip
        return
    drawn: Literal["png", "svg"] = "png" if kind == "png" else "svg"
    order = Order(drawn, "map", theme(), SIZES["png" if drawn == "png" else "svg"])
    drawn_elsewhere(act, plan, order, name, lambda: whole(plan, _field(plan)))


def _with(plan: Map, points: int) -> Map:
    return replace(plan, x=replace(plan.x, points=points), y=replace(plan.y, points=points))


def _field(plan: Map) -> Field:
    return map_api.field(plan, plan.x.points)
