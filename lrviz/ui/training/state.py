"""The state of the page: what is trained, how far it is, and the link that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from lrviz.knob import BadInput, shown
from lrviz.link import ASSIGNED, Assignment
from lrviz.play.trainings import identity
from lrviz.server import training_queue
from lrviz.server.visitors import presence
from lrviz.training import CSV, NAMES, History, Table, Training, TrainingRace, Trial
from lrviz.training.loop import untrained
from lrviz.training.trial import SHARPNESS
from lrviz.ui.history import arrival
from lrviz.ui.keys import Keys
from lrviz.ui.lab import say
from lrviz.ui.steps import PageState

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
CHOSEN = "chosen"
"""A parameter of a link: of a race, whose picture is seen, as the page counts them; of the first it is left out."""
STAGE = "stage_training"


@dataclass
class TrainingState(PageState):
    """racing: the last good race; training: its first, whose knobs the page shows. sharpness: is it computed. params:
    the link that the page last saw or wrote. epoch: of the player's cursor, None at the end; jumps: how often the page
    has set it. chosen: of a race, whose picture, story, surface and program are seen, from 0. table: one's own data,
    while the visit lasts. job: the trainings under way or done; ended: by name those of this race that were done before
    it. wrong: a widget's name -> what is wrong there. stage: the key of the player. assignment: what a class may
    touch."""

    racing: TrainingRace
    params: dict[str, str]
    sharpness: bool = False
    epoch: int | None = None
    jumps: int = 0
    notices: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    table: Table | None = None
    job: training_queue.Job | None = None
    ended: dict[str, History] = field(default_factory=dict)
    stage: str = STAGE
    assignment: Assignment | None = None
    chosen: int = 0

    @property
    def training(self) -> Training:
        """The first."""
        return self.racing.first

    @property
    def trial(self) -> Trial:
        """What is trained, and how it is looked at."""
        return Trial(self.training, self.sharpness)

    def change(self, widget: str, **changes: Any) -> None:
        """From a widget: other names or knobs, or the last good ones and what is wrong."""
        self.lead(widget, lambda: self.racing.leading(self.training.having(**changes)))

    def lead(self, widget: str, made: Callable[[], TrainingRace]) -> None:
        """From a widget: another race, or the last good one and what is wrong."""
        self.touched = True
        try:
            race = made()
            for training in race.trainings:
                training.check_sharpness(int(self.sharpness))
        except BadInput as wrong:
            self.wrong[widget] = str(wrong)
            return
        self.racing = race
        self.wrong.clear()
        self.notices = []

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

    def choose(self, place: int) -> None:
        """From the player: another training of the race is looked at."""
        self.touched = True
        self.chosen = min(place, len(self.racing.trainings) - 1)

    def remove(self, widget: str, place: int) -> None:
        """From a widget: this training of the race goes; who is looked at stays, or it is the first."""
        self.lead(widget, lambda: self.racing.remove(place))
        if self.chosen >= place:
            self.chosen = 0 if self.chosen == place else self.chosen - 1
            self.jumps += 1

    def measure(self, on: bool) -> None:
        """From a widget: is sharpness computed."""
        self.touched = True
        try:
            for training in self.racing.trainings:
                training.check_sharpness(int(on))
        except BadInput as wrong:
            self.wrong[SHARPNESS] = str(wrong)
            return
        self.wrong.pop(SHARPNESS, None)
        self.sharpness = on

    @property
    def running(self) -> training_queue.Job:
        """The trainings under way or done; those that are new are begun."""
        names = [self.name_of(training) for training in self.racing.trainings]
        under_way = _names(self.job, self.job.trainings) if self.job else []
        if self.job is None or any(name not in self.ended and name not in under_way for name in names):
            self._keep(names)
            if self.job is not None:
                self.job.cancel()
            new = {name: one for name, one in zip(names, self.racing.trainings, strict=True) if name not in self.ended}
            self.job = training_queue.begin(list(new.values()), int(self.sharpness), presence())
        return self.job

    @property
    def histories(self) -> list[History]:
        """Of each training of the race, so far."""
        names = [self.name_of(training) for training in self.racing.trainings]
        self._keep(names)
        here = self.ended | self._made()
        return [here.get(name, untrained(one)) for name, one in zip(names, self.racing.trainings, strict=True)]

    def _made(self) -> dict[str, History]:
        """By the job, so far."""
        if self.job is None:
            return {}
        histories = self.job.histories
        return dict(zip(_names(self.job, [one.training for one in histories]), histories, strict=True))

    def _keep(self, names: list[str]) -> None:
        """What is done of these stays, all else is forgotten."""
        done = {name: one for name, one in self._made().items() if one.done}
        self.ended = {name: one for name, one in (self.ended | done).items() if name in names}

    def name_of(self, training: Training) -> str:
        """The same for the same training, with or without its sharpness."""
        return _named(training, int(self.sharpness))

    def again(self) -> None:
        """From a button: train from the start what has not come to its end."""
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
        params = {"data": self.training.data} | self.racing.to_params()
        params |= {SHARPNESS: "1"} if self.sharpness else {}
        params |= {} if self.epoch is None else {EPOCH: str(self.epoch)}
        params |= {CHOSEN: str(self.chosen + 1)} if self.chosen else {}
        return params | (self.assignment.to_params() if self.assignment else {})


def _named(training: Training, sharpness: int) -> str:
    return f"{identity(training)}:{sharpness}"


def _names(job: training_queue.Job, trainings: Sequence[Training]) -> list[str]:
    """Of these trainings of a job."""
    return [_named(training, job.sharpness) for training in trainings]


def read_link(
    params: Mapping[str, str], table: Table | None = None, plain: Trial | None = None
) -> tuple[TrainingRace, bool, int | None, list[str]]:
    """A link -> the race, is its sharpness computed, the epoch, and a sentence for each thing that is wrong; the rest
    is taken without it. table: one's own data, where it means these. plain: what is meant where it says nothing of a
    training."""
    plain = plain or Trial(FIRST)
    rest = {key: value for key, value in params.items() if key not in (*ASSIGNED, CHOSEN)}
    epoch = rest.pop(EPOCH, None)
    measured = rest.pop(SHARPNESS, "0") == "1" if rest else plain.sharpness
    race, notices = TrainingRace.from_params(rest, table if rest.get("data") == CSV else None, plain.first)
    at = None
    if epoch is not None:
        if epoch.isascii() and epoch.isdigit() and len(epoch) < 6:
            at = int(epoch)
        else:
            notices.append(f"epoch is {shown(epoch)}, but must be a whole number.")
    try:
        for training in race.trainings:
            training.check_sharpness(int(measured))
    except BadInput as wrong:
        measured = False
        notices.append(str(wrong))
    return race, measured, at, notices


def read_chosen(params: Mapping[str, str], race: TrainingRace) -> tuple[int, list[str]]:
    """Whose picture a link shows, from 0, and what is wrong with that."""
    text, count = params.get(CHOSEN, "1"), len(race.trainings)
    if text in map(str, range(1, count + 1)):
        return int(text) - 1, []
    return 0, [f"{CHOSEN} is {shown(text)}, but must be a number from 1 to {count}: one of the trainings."]


def read_assignment(params: Mapping[str, str], race: TrainingRace) -> tuple[Assignment | None, list[str]]:
    """The assignment of a link, None where it has none, and a sentence for each part that is wrong."""
    if not any(key in params for key in ASSIGNED):
        return None, []
    assignment, unfit = Assignment.from_params(params, [*NAMES, "race", *race.first.rows])
    return (None if assignment == Assignment() else assignment), unfit


def current() -> TrainingState:
    """For callbacks: the state that the session has now."""
    return st.session_state[NAME]


def close_training(own: TrainingState) -> None:
    """The page is drawn to its end."""
    own.keys.end()


def open_training() -> TrainingState:
    """The page's state: from the link, which is written after a change, or as it was left."""
    return open_state(_from_link)


T = TypeVar("T", bound=TrainingState)


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
    say(own.notices)
    return own


def _from_link(params: dict[str, str], before: TrainingState | None) -> TrainingState:
    """What the link says; of the state before it the widgets and one's own data stay."""
    keys, jumps, table, job = Keys(), 0, None, None
    if before is not None:
        keys, jumps, table, job = before.keys, before.jumps + 1, before.table, before.job
    if job is not None:
        job.cancel()
    race, sharpness, epoch, notices = read_link(params, table)
    assignment, unfit = read_assignment(params, race)
    chosen, wrong = read_chosen(params, race)
    notices += unfit + wrong
    return TrainingState(
        race, params, sharpness, epoch, jumps, notices, table=table, assignment=assignment, chosen=chosen, keys=keys
    )
