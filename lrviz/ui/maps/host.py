"""The map on a Streamlit page: its message to the browser, and what comes back. Its code travels once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import streamlit as st

from lrviz import programs
from lrviz.knob import BadInput
from lrviz.maps.axis import Axis
from lrviz.maps.grid import LEVELS, Place
from lrviz.maps.incoming import Incoming, Point, Region, incoming
from lrviz.maps.map import Map
from lrviz.palette import MAP_COLOURS, PALETTES
from lrviz.play.map_tiles import frame, tile
from lrviz.server import map_api
from lrviz.server.visitors import own_pass
from lrviz.stage.bundle import NEEDS, bundle
from lrviz.stage.pack import pack

ENTRY = "maps/web/main"
MOST_STEPS = 2000
"""Longer runs are not computed before the page is drawn: the browser asks for their tiles."""


@cache
def _component() -> Callable[..., Any]:
    """The component as Streamlit knows it. Its code is in every message, so comments and indents stay at home."""
    lines = map(str.strip, (files("lrviz.stage") / "web" / "shim.js").read_text(encoding="utf-8").splitlines())
    shim = "\n".join(line for line in lines if not line.startswith(("//", "/**")))
    return st.components.v2.component("lrviz_map", js=shim.replace("{NEEDS}", NEEDS.replace("player", "map")))


@cache
def _code() -> tuple[str, np.ndarray]:
    """The identity of the map's code, and the code as it travels."""
    identity, code = bundle(ENTRY)
    return identity, np.frombuffer(gzip.compress(code), np.uint8)


def _incoming(key: str) -> Incoming:
    return incoming(st.session_state.get(key))


def show_map(
    plan: Map,
    *,
    whole: tuple[Axis, Axis],
    key: str,
    point: tuple[float, float],
    revision: str,
    height: int,
    on_point: Callable[[Point], None],
    on_window: Callable[[Region], None],
) -> None:
    """The map, with a mark at this point. whole: the plane to which it leads back. revision: where it changes, the map
    shows the region of ``plan``, and else the one that its visitor has zoomed to. on_point, on_window: called before
    the page runs again."""
    memory: dict[str, Any] = st.session_state.setdefault(f"_map_{key}", {"code": False, "sent": None, "done": {}})
    now, done = _incoming(key), memory["done"]
    if key not in st.session_state:
        memory["sent"] = None
    if now.code != done.get("code", 0):
        memory["code"], memory["sent"], done["code"] = False, None, now.code
    identity, code = _code()
    across, up = whole
    sweep = plan.zoomed((across.low, across.high), (up.low, up.high)).identity
    meta: dict[str, Any] = {
        "code": identity,
        "revision": revision,
        "sweep": sweep,
        "frame": frame(plan),
        "whole": {"x": [across.low, across.high], "y": [up.low, up.high]},
        "point": list(point),
        "ask": {"to": map_api.ADDRESS, "visit": own_pass(), "map": plan.to_params()},
        "echo": {"point": now.point.seq if now.point else 0, "want": now.want.seq if now.want else 0},
        "label": plan.title,
        "height": height,
        "tables": MAP_COLOURS._asdict() | {"kinds": PALETTES["dark"].runs},
        "runColours": {theme: palette.runs for theme, palette in PALETTES.items()},
    }
    arrays: dict[str, np.ndarray] = {} if memory["code"] else {"code": code}
    of = plan
    if now.want and now.want.seq != done.get("want"):  # its tiles come this way
        of = _wanted(plan, now.want)
        arrays |= {"tile": _bytes(tile(of, Place(LEVELS[0]))), "fine": _bytes(tile(of, Place(LEVELS[1])))}
    elif memory["sent"] != (sweep, revision):
        arrays |= _first(plan)
    meta["region"] = {"x": [of.x.low, of.x.high], "y": [of.y.low, of.y.high]}

    def point_changed() -> None:
        now = _incoming(key).point
        if now and now.seq != done.get("point"):
            done["point"] = now.seq
            on_point(now)

    def window_changed() -> None:
        now = _incoming(key).window
        if now and now.seq != done.get("window"):
            done["window"] = now.seq
            on_window(now)

    _component()(
        key=key,
        data=pack(meta, arrays),
        on_point_change=point_changed,
        on_window_change=window_changed,
        on_want_change=lambda: None,
        on_missing_change=lambda: None,
    )
    # Not before: a script that is stopped while it sends has sent nothing.
    memory["code"], memory["sent"] = True, (sweep, revision)
    if now.want:
        done["want"] = now.want.seq


def _wanted(plan: Map, region: Region) -> Map:
    """This region, if it is one of the map."""
    try:
        return plan.zoomed(region.x, region.y)
    except BadInput:
        return plan


def _first(plan: Map) -> dict[str, np.ndarray]:
    """The coarsest picture, where it takes no time; else the browser asks for it."""
    if plan.longest > MOST_STEPS:
        return {}
    try:
        with programs.without_compiling():
            return {"tile": _bytes(tile(plan, Place(LEVELS[0])))}
    except programs.NotCompiled:
        return {}


def _bytes(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, np.uint8)
