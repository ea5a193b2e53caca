"""The player of the training; one that takes a while grows in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrviz import play, stage
from lrviz.link import View
from lrviz.server import training_queue
from lrviz.training import History, Training
from lrviz.training.loop import untrained
from lrviz.ui.training.state import STAGE, Own, current, presence
from lrviz.ui.training.telling import SURFACE, sentences
from lrviz.ui.words import plain

AT_ONCE = 1.0
"""Seconds that an answer is waited for before a part of it is shown."""
EVERY = 0.3
"""Seconds between two looks at a training under way."""


def show_training(own: Own) -> None:
    """The model, its curves and its sliders; while it trains it grows."""
    job = own.running
    job.wait(AT_ONCE)
    busy = not job.done
    st.fragment(_player, run_every=EVERY if busy else None)(busy)


def _player(busy: bool) -> None:
    own = current()
    training, job = own.training, own.running
    state, ended = job.state, busy and job.done  # before what it has made: that is not older
    history = job.history or untrained(training)
    stage.show_trained(
        play.trained(history, own.sharpness),
        key=STAGE,
        live=play.training_sliders(training, together),
        jump=(own.jumps, own.epoch),
        label=" ".join(sentences(history)),
        state=state,
        on_live=moved,
        on_view=looked,
        on_press=_pressed,
    )
    if STAGE in own.wrong:
        st.error(plain(own.wrong[STAGE]))
    if ended:  # it has come to its end: the page stops looking, and tells of it
        st.rerun()


def together(trainings: Sequence[Training]) -> list[History]:
    """Those of a slider's stops."""
    return training_queue.together(trainings, presence())


def _pressed(what: str) -> None:
    own = current()
    if what == "train":
        own.again()
        st.rerun()
    elif own.job is not None:
        own.job.cancel()


def moved(values: dict[str, float]) -> None:
    """A slider of the player was let go."""
    own = current()
    own.change(own.stage, **values)
    st.rerun()


def looked(view: View) -> None:
    """The address follows; and the page where it shows the epoch too."""
    own = current()
    own.look(view.step)
    if st.session_state.get(SURFACE):
        st.rerun()
    own.write()
