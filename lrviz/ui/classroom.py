"""What a class sees of an assignment: the teacher's words, and the controls that were left open or locked."""

from __future__ import annotations

import streamlit as st

from lrviz.link import Assignment
from lrviz.play import can_live
from lrviz.ui.drawing import draws
from lrviz.ui.lab import Lab
from lrviz.ui.maps.page import the_map
from lrviz.ui.panel import name_widget
from lrviz.ui.player import player
from lrviz.ui.redraw import APP
from lrviz.ui.runs import race_rows
from lrviz.ui.widgets import knob_widget
from lrviz.ui.words import marked, plain

COLUMNS = 3


def assigned(lab: Lab) -> None:
    """The page of an assignment. Knobs that are open have their slider on the stage where they can."""
    assignment = lab.assignment or Assignment(open=("alpha",))
    if assignment.title:
        st.title(plain(assignment.title), anchor=False)
    if assignment.task:
        st.markdown(marked(assignment.task))
    live = [key for key in assignment.open if can_live(lab.scenario, key)]
    drawable = draws(lab.race) and not {"points", "schedule"}.isdisjoint(assignment.open)
    if lab.map:
        lab.redraw.parts.add(APP)
        the_map()
    player(lab, live=live, start_draggable="start" in assignment.open, drawable=drawable)
    widgets = [(key, False) for key in assignment.open if key not in (*live, "start", "race")]
    widgets += [(key, True) for key in assignment.locked if key not in ("start", "race")]
    for begin in range(0, len(widgets), COLUMNS):
        for place, (key, locked) in zip(st.columns(COLUMNS), widgets[begin : begin + COLUMNS], strict=False):
            with place:
                _control(lab, key, locked)
    if "race" in assignment.open:
        race_rows(lab)


def _control(lab: Lab, key: str, locked: bool) -> None:
    if key in lab.scenario.rows:
        knob_widget(lab, lab.scenario.rows[key], disabled=locked)
    elif key not in lab.scenario.knobs:
        name_widget(lab, key, disabled=locked)
    if locked:
        st.caption(":material/lock: Locked")
