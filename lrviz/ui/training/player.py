"""The player of the training; one that takes a while grows in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import repeat

import streamlit as st

from lrviz import play, stage
from lrviz.link import View
from lrviz.server import training_queue
from lrviz.training import History, Training
from lrviz.ui.training.state import Own, current, presence
from lrviz.ui.training.telling import SURFACE, told_of
from lrviz.ui.words import plain

STAGE = "stage_training"
AT_ONCE = 1.0
"""Seconds that an answer is waited for before a part of it is shown."""
EVERY = 0.3
"""Seconds between two looks at a training under way."""


def show_training(own: Own, live: Collection[str] | None = None, fit: bool = False) -> None:
    """The model, its curves and its sliders; while it trains it grows. live: the knobs that have a slider, without it
    all that can. fit: it fills its frame."""
    job = own.running
    job.wait(AT_ONCE)
    busy = not job.done
    st.fragment(_player, run_every=EVERY if busy else None)(busy, live, fit)


def _player(busy: bool, live: Collection[str] | None, fit: bool) -> None:
    own = current()
    job = own.running
    state, ended = job.state, busy and job.done  # before what it has made: that is not older
    histories = own.histories
    shown = [play.trained(*one) for one in zip(histories, repeat(own.sharpness), own.race.names, strict=False)]
    sliders = play.training_sliders(own.training, _together, own.race.others)
    stage.show_trained(
        shown[0],
        others=shown[1:],
        key=STAGE,
        live=[slider for slider in sliders if live is None or slider.knob in live],
        fit=fit,
        jump=(own.jumps, own.epoch),
        label=". ".join([own.race.title, *(sentence.text for sentence in told_of(own.race, histories))]),
        state=state,
        on_live=_moved,
        on_view=_looked,
        on_press=_pressed,
    )
    if STAGE in own.wrong:
        st.error(plain(own.wrong[STAGE]))
    if ended:  # it has come to its end: the page stops looking, and tells of it
        st.rerun()


def _together(trainings: Sequence[Training]) -> list[History]:
    return training_queue.together(trainings, presence())


def _pressed(what: str) -> None:
    own = current()
    if what == "train":
        own.again()
        st.rerun()
    elif own.job is not None:
        own.job.cancel()


def _moved(values: dict[str, float]) -> None:
    current().change(STAGE, **values)
    st.rerun()


def _looked(view: View) -> None:
    """The address follows; and the page where it shows the epoch too."""
    own = current()
    own.look(view.step)
    if st.session_state.get(SURFACE):
        st.rerun()
    own.write()
