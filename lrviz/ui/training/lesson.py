"""A training on the stage of a lesson: its state, and the player, which has the training at once: a lesson's trainings
are short, and computed once for all visitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from lrviz import play, stage
from lrviz.lessons.trained import trained
from lrviz.link import LESSON_STEPS, STEP
from lrviz.server import training_queue
from lrviz.training import History, TrainingRace, Trial
from lrviz.training.loop import untrained
from lrviz.ui.keys import Keys
from lrviz.ui.redraw import Redraw
from lrviz.ui.steps import Steps
from lrviz.ui.terms import words_of_stage
from lrviz.ui.training.player import looked, moved, together
from lrviz.ui.training.results import sentences
from lrviz.ui.training.state import TrainingState, open_state, read_link
from lrviz.ui.words import plain


@dataclass
class TrialLab(TrainingState, Steps):
    """Of a lesson on trainings, as `Lab` is of one on runs. page: its key. redraw: nothing here is drawn ahead of the
    rest."""

    page: str = ""
    redraw: Redraw = field(default_factory=Redraw)

    @property
    def race(self) -> Trial:
        """What is on the stage."""
        return self.trial

    def take(self, trial: Trial) -> None:
        """From a widget: another one; its end is shown."""
        self.touched = True
        self.racing, self.sharpness, self.epoch = TrainingRace(trial.first), trial.sharpness, None
        self.jumps += 1

    def to_params(self) -> dict[str, str]:
        """Its link."""
        return super().to_params() | ({STEP: self.step} if self.step else {})


def open_trial(plain_trial: Trial) -> TrialLab:
    """The state of a lesson's page. plain_trial: of a visitor who comes without a link."""
    lab = open_state(partial(_from_link, plain_trial))
    lab.redraw.begin()
    st.session_state.lab = lab
    return lab


def _from_link(plain_trial: Trial, params: dict[str, str], before: TrialLab | None) -> TrialLab:
    rest = dict(params)
    step = rest.pop(STEP, "")
    race, sharpness, epoch, notices = read_link(rest, plain=plain_trial)
    keys, jumps, links = (before.keys, before.jumps + 1, before.links) if before else (Keys(), 0, 0)
    page = st.session_state.get("page", "")
    return TrialLab(
        TrainingRace(race.first), params, sharpness, epoch, jumps, notices, page=page, stage=f"stage_{page}",
        step=step if step in LESSON_STEPS else "", links=links + 1, keys=keys,
    )  # fmt: skip


def trial_player(lab: TrialLab, live: Sequence[str], veiled: bool) -> None:
    """The training, its curves and these sliders; veiled: the data and the model before its first epoch alone."""
    st.fragment(_player)(tuple(live), veiled)


def _player(live: Sequence[str], veiled: bool) -> None:
    lab: TrialLab = st.session_state.lab
    history = untrained(lab.training) if veiled else history_of(lab.race)
    stage.show_trained(
        play.trained(history, lab.sharpness),
        key=lab.stage,
        live=[] if veiled else play.training_sliders(lab.training, together, live),
        jump=(lab.jumps, lab.epoch),
        label=lab.race.title if veiled else " ".join(sentences(history)),
        state="done",
        veiled=veiled,
        explains=words_of_stage(),
        lead="sharpness" if lab.sharpness else "loss",
        on_live=moved,
        on_view=looked,
        on_press=lambda what: None,
    )
    if lab.stage in lab.wrong:
        st.error(plain(lab.wrong[lab.stage]))


def history_of(trial: Trial) -> History:
    """The training to its end, by a thread that keeps no other visitor waiting."""
    return training_queue.aside(partial(trained, trial.first, int(trial.sharpness)))
