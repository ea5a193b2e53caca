"""The picture: the player of the recorded values, with the sliders that answer within a frame."""

from __future__ import annotations

import streamlit as st

from lrviz import play, stage
from lrviz.knob import BadInput
from lrviz.link import View
from lrviz.replay import report
from lrviz.ui.replay.state import current
from lrviz.ui.words import plain

STAGE = "stage_replay"


@st.fragment
def show_replay() -> None:
    """Losses and rates on one cursor, the sliders, and what each rule decides in the epoch that is looked at."""
    own = current()
    replay = own.replay
    stage.show_recorded(
        play.recorded(replay),
        key=STAGE,
        at=own.at,
        live=play.replay_sliders(replay),
        jump=(own.jumps, own.at + 1),
        label=f"{report.head(replay)}. {' '.join(report.story(replay))}",
        on_live=_moved,
        on_view=_looked,
    )
    if STAGE in own.wrong:
        st.error(plain(own.wrong[STAGE]))


def _moved(values: dict[str, float]) -> None:
    own = current()
    own.touched = True
    try:
        own.set(**values)
        own.wrong.pop(STAGE, None)
    except BadInput as wrong:
        own.wrong[STAGE] = str(wrong)
    st.rerun()


def _looked(view: View) -> None:
    """The address follows; and the rest of the page where it shows the epochs around the cursor."""
    own = current()
    own.look(len(own.shown.history) if view.step is None else view.step)
    if st.session_state.get("replay_table"):
        st.rerun()
    own.write()
