"""The state of the page: what is trained, how far it is, and the link that follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.knob import BadInput
from lrviz.play.trainings import identity
from lrviz.server import training_queue
from lrviz.training import CSV, Table, Training, Trial
from lrviz.training.trial import SHARPNESS
from lrviz.ui.history import arrival
from lrviz.ui.keys import Keys
from lrviz.ui.lab import say
from lrviz.ui.steps import Linked

NAME = "training"
"""Of the state in the session."""
FIRST = Training(
    model="network",
    optimizer="adam",
    framework="keras",
    alpha=0.03,
    schedule="plateau",
    epochs=60,
    values={"factor": 0.2, "patience": 10},
)
"""What a visitor sees who comes without a link: val_loss is best early, then the rate is cut three times."""
EPOCH = "epoch"
"""A parameter of a link: where the player's cursor is."""
STAGE = "stage_training"


@dataclass
class Own(Linked):
    """training: the last good one. sharpness: is it computed. params: the link that the page last saw or wrote. epoch:
    of the player's cursor, None at the end; jumps: how often the page has set it. table: one's own data, while the
    visit lasts. job: the training under way or done; trained: its name, and is its sharpness computed. wrong: a
    widget's name -> what is wrong there. stage: the key of the player."""

    training: Training
    params: dict[str, str]
    sharpness: bool = False
    epoch: int | None = None
    jumps: int = 0
    keys: Keys = field(default_factory=Keys)
    said: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    table: Table | None = None
    job: training_queue.Job | None = None
    trained: tuple[str, bool] | None = None
    stage: str = STAGE

    @property
    def trial(self) -> Trial:
        """What is trained, and how it is looked at."""
        return Trial(self.training, self.sharpness)

    def given(self, key: str, among: Collection[str] | None = None) -> Any:
        """From a widget: what the visitor gave it; None if it has left the page, and where it is not ``among`` what the
        widget offers."""
        value = self.keys.given(key)
        self.touched |= value is not None
        return value if among is None or value in among else None

    def change(self, widget: str, **changes: Any) -> None:
        """From a widget: other names or knobs, or the last good ones and what is wrong."""
        self.touched = True
        try:
            self._take(self.training.having(**changes))
        except BadInput as wrong:
            self.wrong[widget] = str(wrong)

    def bring(self, table: Table) -> None:
        """One's own data."""
        self.table = table
        self.change("file", data=CSV, table=table)

    def look(self, epoch: int | None) -> None:
        """From the player: its cursor is at this epoch."""
        self.touched = True
        self.epoch = epoch

    def jump(self, epoch: int) -> None:
        """From a widget: the player's cursor goes to this epoch."""
        self.look(epoch)
        self.jumps += 1

    def measure(self, on: bool) -> None:
        """From a widget: is sharpness computed."""
        self.touched = True
        try:
            self.training.check_sharpness(int(on))
        except BadInput as wrong:
            self.wrong[SHARPNESS] = str(wrong)
            return
        self.wrong.pop(SHARPNESS, None)
        self.sharpness = on

    def _take(self, training: Training) -> None:
        training.check_sharpness(int(self.sharpness))
        self.training = training
        self.wrong.clear()
        self.said = []

    @property
    def running(self) -> training_queue.Job:
        """The training under way or done; begun where it is another one than before."""
        asked = (identity(self.training), self.sharpness)
        if self.trained != asked or self.job is None:
            if self.job is not None:
                self.job.cancel()
            self.job, self.trained = training_queue.begin([self.training], int(self.sharpness), presence()), asked
        return self.job

    def again(self) -> None:
        """From a button: train it from the start."""
        if self.job is not None:  # what a browser sends may say so while it is under way
            self.job.cancel()
        self.job = None

    def write(self) -> None:
        """After a change: the address follows."""
        self.touched = False
        self.params = self.to_params()
        st.query_params.from_dict(self.params)

    def to_params(self) -> dict[str, str]:
        """Its link."""
        return self.trial.to_params() | ({} if self.epoch is None else {EPOCH: str(self.epoch)})


def presence() -> Callable[[], bool]:
    """Whether the page of this script is still connected."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    return lambda: not runtime.exists() or runtime.get_instance().is_active_session(session)


def read_link(
    params: Mapping[str, str], table: Table | None = None, plain: Trial | None = None
) -> tuple[Training, bool, int | None, list[str]]:
    """A link -> the training, is its sharpness computed, the epoch, and what is wrong in one sentence; the rest is
    taken without it. plain, table: as for `Trial.from_params`."""
    rest = dict(params)
    epoch = rest.pop(EPOCH, None)
    trial, said = Trial.from_params(rest, plain or Trial(FIRST), table)
    at = None
    if epoch is not None:
        if epoch.isascii() and epoch.isdigit() and len(epoch) < 6:
            at = int(epoch)
        else:
            said.append("epoch must be a whole number.")
    return trial.first, trial.sharpness, at, said[:1]


def current() -> Own:
    """For callbacks: the state that the session has now."""
    return st.session_state[NAME]


def close_training(own: Own) -> None:
    """The page is drawn to its end."""
    own.keys.end()


def open_training() -> Own:
    """The page's state: from the link, which is written after a change, or as it was left."""
    return open_state(_from_link)


T = TypeVar("T", bound=Own)


def open_state(read: Callable[[dict[str, str], T | None], T]) -> T:
    """The state of this page. read: what the parameters of a link say, and the state before it -> the state."""
    states: dict[str, T] = st.session_state.setdefault("trainings", {})
    page = st.session_state.get("page", "")
    own = states.get(page)
    params, arrived, reads = arrival(own.params if own else None)
    if own is None or reads:
        own = states[page] = read(params, own)
    elif own.touched or arrived:
        own.write()
    st.session_state[NAME] = own
    own.keys.begin()
    say(own.said)
    return own


def _from_link(params: dict[str, str], before: Own | None) -> Own:
    """What the link says; of the state before it the widgets and one's own data stay."""
    keys, jumps, table, job = Keys(), 0, None, None
    if before is not None:
        keys, jumps, table, job = before.keys, before.jumps + 1, before.table, before.job
    if job is not None:
        job.cancel()
    training, sharpness, epoch, said = read_link(params, table)
    return Own(training, params, sharpness, epoch, jumps, keys, said, table=table)
