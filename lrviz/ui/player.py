"""The stage with a race on it. What the visitor does there changes the page's state like any widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from lrviz import stage
from lrviz.ui import scene
from lrviz.ui.drawing import take_drawn
from lrviz.ui.lab import Lab, current

Extra = Callable[[Lab], Sequence[stage.Run]]


def player(
    lab: Lab, live: Sequence[str] | None = None, regimes: bool = False, extra: Extra | None = None, **look: Any
) -> None:
    """The stage. live: the knobs that have a slider on it; by default what matters most. regimes: paint the slider of
    alpha with what each rate does. extra: runs beside those of the race, which depend on them. look: the rest of what
    `stage.show` can do, such as ``veiled`` before the run may be seen.

    While the start is dragged only the stage runs again; words, controls and the address follow when it comes to rest.
    """
    st.session_state.whole_page = True
    _stage(live, regimes, extra, look)


@st.fragment
def _stage(live: Sequence[str] | None, regimes: bool, extra: Extra | None, look: Mapping[str, Any]) -> None:
    lab = current()
    whole_page = st.session_state.pop("whole_page", False)
    if _settled(lab) and not whole_page:
        st.rerun()
    first = lab.race.first
    stage.show(
        [*scene.runs(lab.race), *(extra(lab) if extra else ())],
        scene.landscape(first),
        key=lab.stage,
        start=first.start or (),
        live=scene.live(first, live, regimes),
        profiles=scene.profiles(first),
        jump=lab.jump,
        view=(lab.links, asdict(lab.view)),
        label=f"Descent on {first.surface_row.name}",
        on_live=_moved,
        on_start=_dragged,
        on_view=_looked,
        on_drawn=take_drawn,
        **look,
    )
    if st.session_state.pop("looked", False) and not whole_page:
        lab.write(st.query_params.to_dict())


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


def _looked(seen: Mapping[str, Any]) -> None:
    """Only the address follows: nothing else on the page tells how the stage is looked at."""
    kept = {key: seen[key] for key in ("panel", "slice", "step", "speed", "log")}
    current().look(**kept, map=tuple(seen["map"]) if seen["map"] else None)
    st.session_state.looked = True
