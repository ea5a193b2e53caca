"""What the page of maps is made of: which map, the map itself, and its files."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz.knob import BadInput
from lrviz.maps import presets
from lrviz.maps.axis import Axis, axes_of, usual_axis
from lrviz.maps.grid import LEVELS
from lrviz.maps.incoming import Point, Region
from lrviz.maps.map import TOLERANCE, Map
from lrviz.maps.presets import PRESETS, preset_of
from lrviz.maps.shown import SHOWN
from lrviz.race import Race
from lrviz.ui.lab import Lab, current, open_lab
from lrviz.ui.maps.host import show_map
from lrviz.ui.redraw import APP
from lrviz.ui.widgets import complaint, draw_knob, face_value, label
from lrviz.ui.words import plain

PART = "map"
"""The fragment of the map: what is done there draws nothing else anew."""
COUNT = "map_count"
"""The fragment that says how many runs are seen."""
KEY = "lab_map"
HEIGHT = 470
"""Pixels of the map where the page is wide: it ends above 800 on a projector."""
FIRST = "curvature"
"""The preset of a visitor who comes without a link: the theory can be seen in it."""


def open_map() -> Lab:
    """The page's state, with a map."""
    first = PRESETS[FIRST].map
    lab = open_lab(Race(first.scenario))
    if lab.map is None:
        lab.map = first if lab.scenario == first.scenario else Map.of(lab.scenario)
    lab.fit_map()
    lab.redraw.parts.add(APP)  # where the point is and what the map shows
    return lab


def _plan(lab: Lab) -> Map:
    assert lab.map is not None
    return lab.map


def _take(lab: Lab, plan: Map) -> None:
    """From a widget: another map than the one that its visitor has zoomed to."""
    lab.touched = True
    lab.notices = []
    lab.map = plan
    lab.maps += 1


def map_presets(lab: Lab) -> None:
    """Maps worth a look, and the question that the one on the page answers."""
    chosen = preset_of(_plan(lab))
    key = lab.key("map_preset", chosen)
    st.pills(
        "Maps worth a look", list(PRESETS), default=chosen, key=key, on_change=_preset, args=(key,),
        format_func=lambda one: PRESETS[one].name if one in PRESETS else one, label_visibility="collapsed",
    )  # fmt: skip


def _preset(key: str) -> None:
    lab = current()
    chosen = lab.given(key, PRESETS)
    if chosen is not None:
        plan = PRESETS[chosen].map
        lab.take(Race(plan.scenario))
        lab.wrong = {}
        _take(lab, plan)


def map_choice(lab: Lab) -> None:
    """Which knob is across, which is up, and what is shown of each run."""
    plan = _plan(lab)
    rows = axes_of(lab.scenario)
    names = {key: label(row) for key, row in rows.items()}
    with st.container(key="map_choice", horizontal=True, vertical_alignment="bottom"):
        for name, title in (("x", "Across"), ("y", "Up")):
            own, other = (plan.x.key, plan.y.key) if name == "x" else (plan.y.key, plan.x.key)
            choices = [one for one in names if one != other]
            key = lab.key(f"map_{name}", own)
            st.selectbox(
                title, choices, choices.index(own), format_func=lambda one: names.get(one, one), key=key,
                on_change=_axis, args=(name, key),
            )  # fmt: skip
        shown = [one for one in SHOWN if one != "cuts" or lab.scenario.watches or one == plan.show]
        key = lab.key("map_show", plan.show)
        st.selectbox(
            "Show", shown, shown.index(plan.show), format_func=lambda one: SHOWN[one].name if one in SHOWN else one,
            key=key, on_change=_show, args=(key,),
        )  # fmt: skip
        if plan.shown.tolerant:
            key = lab.key("map_tolerance", face_value(TOLERANCE, plan.tolerance))
            draw_knob(TOLERANCE, plan.tolerance, key, on_change=_tolerance, args=(key,))


def _axis(name: str, key: str) -> None:
    lab = current()
    chosen = lab.given(key, axes_of(lab.scenario))
    plan = _plan(lab)
    if chosen is not None and chosen not in (plan.x.key, plan.y.key):
        axis: Axis = usual_axis(lab.scenario, chosen)
        _take(lab, replace(plan, x=axis) if name == "x" else replace(plan, y=axis))


def _show(key: str) -> None:
    lab = current()
    chosen = lab.given(key, SHOWN)
    if chosen is not None:
        _take(lab, replace(_plan(lab), show=chosen))


def _tolerance(key: str) -> None:
    lab = current()
    value = lab.given(key)
    if value is None:
        return
    try:
        _take(lab, replace(_plan(lab), tolerance=value))
    except BadInput as wrong:
        lab.notices = [str(wrong)]


def the_map(height: int = HEIGHT, whole: tuple[Axis, Axis] | None = None) -> None:
    """The map, with its point where the run on the stage is. whole: the plane that it is a part of, if it is another
    than that of its page."""
    _map(height, whole)


@st.fragment(key=PART)
def _map(height: int, whole: tuple[Axis, Axis] | None) -> None:
    lab = current()
    plan = _plan(lab)
    show_map(
        plan,
        whole=whole or presets.whole(plan),
        key=KEY,
        point=(float(lab.scenario[plan.x.key]), float(lab.scenario[plan.y.key])),  # type: ignore[arg-type]
        revision=f"{lab.links}.{lab.maps}",
        height=height,
        on_point=_chosen,
        on_window=_zoomed,
    )
    complaint(lab, KEY)


def _chosen(point: Point) -> None:
    """The stage first, as with any knob; the rest of the page follows."""
    lab = current()
    plan = _plan(lab)
    locked = [row.label for axis, row in zip((plan.x, plan.y), plan.rows, strict=True) if _is_locked(lab, axis)]
    if locked:
        lab.wrong[KEY] = f"{' and '.join(locked)} cannot be changed in this assignment: the map may be looked at only."
        return
    if not lab.change(KEY, **{plan.x.key: point.x, plan.y.key: point.y}):
        return
    lab.plays += point.play
    lab.redraw.stage_first()


def _is_locked(lab: Lab, axis: Axis) -> bool:
    """Does an assignment keep this axis as it is?"""
    control = "start" if axis.key in ("x", "y") else axis.key
    return lab.assignment is not None and control not in lab.assignment.open


def _zoomed(region: Region) -> None:
    """Only the address follows, and where it is another the number of runs: the browser has its tiles already."""
    lab = current()
    before = _size(lab)
    try:
        lab.map = _plan(lab).zoomed(region.x, region.y)
    except BadInput:
        return
    lab.write()
    if COUNT in lab.redraw.parts and _size(lab) != before:
        st.rerun([PART, COUNT])


def question(lab: Lab) -> str:
    """What this map answers, as a title."""
    chosen = preset_of(_plan(lab))
    of = "rate" if "alpha" in (_plan(lab).x.key, _plan(lab).y.key) else "value"
    return PRESETS[chosen].question if chosen else f"What would every {of} do?"


@st.fragment(key=COUNT)
def count() -> None:
    """How many runs are seen, in one sentence."""
    lab = current()
    lab.redraw.parts.add(COUNT)
    st.caption(plain(f"{_size(lab)}, each computed to its end. Click one."), width="content")


def _size(lab: Lab) -> str:
    return _plan(lab).size(LEVELS[1])
