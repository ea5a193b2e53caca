"""The stage with a race on it. What the visitor does there changes the page's state like any widget."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrviz import stage
from lrviz.stage import Panel
from lrviz.ui import scene
from lrviz.ui.drawing import take_drawn
from lrviz.ui.lab import Lab, current


def player(
    lab: Lab,
    live: Sequence[str] | None = None,
    panel: Panel = "2d",
    veiled: bool = False,
    regimes: bool = False,
    autoplay: bool = False,
    drawable: bool = False,
) -> None:
    """The stage. live: the knobs that have a slider on it; by default what matters most. veiled: before the run may be
    seen, only its start is. regimes: paint the slider of alpha with what each rate does.
    drawable: a learning-rate curve may be drawn by hand; the run with the schedule ``drawn`` gets it, or a new run.

    While the start is dragged only the stage runs again; words, controls and the address follow when it comes to rest.
    """
    st.session_state.whole_page = True
    _stage(live, panel, veiled, regimes, autoplay, drawable)


@st.fragment
def _stage(
    live: Sequence[str] | None, panel: Panel, veiled: bool, regimes: bool, autoplay: bool, drawable: bool
) -> None:
    lab = current()
    whole_page = st.session_state.pop("whole_page", False)
    if _settled(lab) and not whole_page:
        st.rerun()
    first = lab.race.first
    stage.show(
        scene.runs(lab.race),
        scene.landscape(first),
        key=lab.stage,
        start=first.start or (),
        live=scene.live(first, live, regimes),
        profiles=scene.profiles(first),
        panel=panel,
        veiled=veiled,
        autoplay=autoplay,
        jump=lab.jump,
        drawable=drawable and not veiled,
        label=f"Descent on {first.surface_row.name}",
        on_live=_moved,
        on_start=_dragged,
        on_drawn=take_drawn,
    )


def _settled(lab: Lab) -> bool:
    """Has something changed on the stage that the rest of the page tells of?"""
    told = stage.read(lab.stage)
    hidden = {
        place for place, name in enumerate(lab.race.names) if not told.visible.get(name, place not in lab.race.hidden)
    }
    if hidden != lab.race.hidden and told.visible != st.session_state.get("switched"):
        st.session_state.switched = told.visible
        for place in range(len(lab.race.names)):
            lab.take(lab.race.show(place, place not in hidden))
        return True
    return bool(told.live) or told.drawn is not None or (told.start is not None and not told.dragging)


def _moved(values: dict[str, float]) -> None:
    lab = current()
    lab.change(lab.stage, **values)


def _dragged(start: tuple[float, float], dragging: bool) -> None:
    lab = current()
    lab.change(lab.stage, x=start[0], y=start[1])
