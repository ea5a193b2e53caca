"""The player of the training; one that takes a while grows in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import repeat

import streamlit as st

from lrviz import play, stage
from lrviz.link import View
from lrviz.play.trainings import LIVE
from lrviz.server import training_queue
from lrviz.server.visitors import presence
from lrviz.training import History, Training
from lrviz.ui.terms import words_of_stage
from lrviz.ui.training.results import SURFACE, race_story
from lrviz.ui.training.state import STAGE, TrainingState, current
from lrviz.ui.words import plain

AT_ONCE = 1.0
"""Seconds that an answer is waited for before a part of it is shown."""
EVERY = 0.3
"""Seconds between two looks at a training under way."""


def show_training(own: TrainingState, live: Collection[str] | None = None, fit: bool = False) -> None:
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
    shown = [play.trained(*one) for one in zip(histories, repeat(own.sharpness), own.racing.names, strict=False)]
    stage.show_trained(
        shown[0],
        others=shown[1:],
        key=STAGE,
        live=play.training_sliders(own.training, together, LIVE if live is None else live, own.racing.others),
        chosen=own.chosen,
        fit=fit,
        jump=(own.jumps, own.epoch),
        label=". ".join(
            [own.racing.title, *(sentence.text for sentence in race_story(own.racing, histories, own.chosen))]
        ),
        explains=words_of_stage(),
        state=state,
        on_live=moved,
        on_view=looked,
        on_press=_pressed,
        on_choose=_chosen,
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


def _chosen(place: int) -> None:
    """Story, surface and program are the chosen one's too."""
    current().choose(place)
    st.rerun()


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
