"""The stage with a race on it. What the visitor does there changes the page's state like any widget."""

from __future__ import annotations

import streamlit as st

from lrviz import stage
from lrviz.ui import scene
from lrviz.ui.lab import Lab, current

KEY = "player"


def player(lab: Lab) -> None:
    """The stage, with sliders for what matters most.

    While the start is dragged only the stage runs again; words, controls and the address follow when it comes to rest.
    """
    st.session_state.whole_page = True
    _stage()


@st.fragment
def _stage() -> None:
    lab = current()
    whole_page = st.session_state.pop("whole_page", False)
    if _settled(lab) and not whole_page:
        st.rerun()
    first = lab.race.first
    stage.show(
        scene.runs(lab.race),
        scene.landscape(first),
        key=KEY,
        start=first.start or (),
        live=scene.live(first),
        profiles=scene.profiles(first),
        label=f"Descent on {first.surface_row.name}",
        on_live=_moved,
        on_start=_dragged,
    )


def _settled(lab: Lab) -> bool:
    """Has something changed on the stage that the rest of the page tells of?"""
    told = stage.read(KEY)
    hidden = {
        place for place, name in enumerate(lab.race.names) if not told.visible.get(name, place not in lab.race.hidden)
    }
    if hidden != lab.race.hidden and told.visible != st.session_state.get("switched"):
        st.session_state.switched = told.visible
        for place in range(len(lab.race.names)):
            lab.take(lab.race.show(place, place not in hidden))
        return True
    return bool(told.live) or (told.start is not None and not told.dragging)


def _moved(values: dict[str, float]) -> None:
    current().change(KEY, **values)


def _dragged(start: tuple[float, float], dragging: bool) -> None:
    current().change(KEY, x=start[0], y=start[1])
