"""The state of the page: what it shows, what was brought, and the link that follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from lrviz.knob import BadInput
from lrviz.replay.columns import WhichColumn
from lrviz.replay.from_text import OneOrTwo
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import read
from lrviz.replay.result import Replay
from lrviz.replay.settings import LONGEST, Settings
from lrviz.replay.shown import Shown
from lrviz.ui.history import arrival
from lrviz.ui.keys import Keys
from lrviz.ui.lab import say
from lrviz.ui.steps import PageState

NAME = "replayed"
"""Of the state in the session."""
LONGEST_PASTED = 10_000
"""Characters that stay in the field once they are read: a browser sends them with each click."""
OF_VALUES = ("mode", "steps_per_epoch")
OF_THE_DATA = ("rate", *OF_VALUES)
"""Settings that go with values, and those that a file brings with it."""


@dataclass
class ReplayState(PageState):
    """shown: the last that could be replayed. at: the epoch of the player's cursor, from 0; jumps: how often the page
    has set it. params: the link that the page last saw or wrote. name: of the file that is shown. source: the text or
    file that was brought, kept only while there is something to choose; source_name: of that file. pasted: what stands
    in the field. columns: of the source; column: the name or number of one, None if not chosen. decimal: as for
    ``read``. question: what is to be chosen before it can be read. wrong: a widget's name -> what is wrong there."""

    shown: Shown
    params: dict[str, str]
    at: int = field(init=False)
    jumps: int = 0
    notices: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    name: str = ""
    source: str | bytes | None = None
    source_name: str = ""
    pasted: str = ""
    columns: tuple[str, ...] = ()
    column: str | None = None
    decimal: str = "auto"
    question: WhichColumn | OneOrTwo | None = None

    def __post_init__(self) -> None:
        self.pasted = as_pasted(self.shown)
        self.at = self.shown.at

    @property
    def replay(self) -> Replay:
        return self.shown.replay

    def set(self, **knobs: Any) -> None:
        """From a widget: other settings. Raises ``BadInput``."""
        self.notices = []
        self.shown = replace(self.shown, settings=self.shown.settings.having(**knobs))

    def take(self, settings: Settings) -> None:
        """From a widget: other frameworks or another precision."""
        self.notices = []
        self.shown = replace(self.shown, settings=settings)

    def look(self, epoch: int) -> None:
        """From the player: its cursor is at this epoch, from 1."""
        self.touched = True
        self.shown = replace(self.shown, epoch=min(max(epoch, 1), len(self.shown.history)))
        self.at = self.shown.at

    def jump(self, epoch: int) -> None:
        """From a widget: the player's cursor goes to this epoch, from 1."""
        self.look(epoch)
        self.jumps += 1

    def prepare(self, key: str) -> None:
        """A prepared history with its settings; frameworks and precision stay."""
        old, new = self.shown.settings, Shown.of(key)
        self._show(replace(new, settings=replace(old, values=new.settings.values)))
        self._forget()
        self.name, self.pasted = "", as_pasted(self.shown)

    def bring(self, source: str | bytes, name: str = "") -> None:
        """A text that was pasted, or a file."""
        self._forget()
        self.source, self.source_name = source, name
        self.pasted = source if isinstance(source, str) else self.pasted
        self.read()

    def read(self) -> None:
        """What was brought, with the column and the decimals that are chosen. What cannot be read is a sentence."""
        self.notices, self.question = [], None
        self.wrong.pop("source", None)
        if self.source is None:
            return
        try:
            history = read(self.source, self.column, self.decimal)
        except WhichColumn as question:
            self.question, self.columns = question, question.columns
            return
        except OneOrTwo as question:
            self.question = question
            return
        except BadInput as wrong:
            if not self.columns:
                self._forget()
            self.wrong["source"] = str(wrong)
            return
        self.columns = history.columns
        settings, prepared = self.shown.settings, self.shown.prepared
        stale = OF_THE_DATA if history.columns and not self.column else ()
        if prepared:  # what was set for its values, not by the visitor
            own = PREPARED[prepared].knobs
            stale = (*stale, *(key for key in OF_VALUES if key in own and settings[key] == own[key]))
        values = {key: value for key, value in settings.values.items() if key not in stale}
        settings = replace(settings, values=values)
        self._show(Shown(history, settings))
        self.name = self.source_name
        if isinstance(self.source, bytes) or len(self.pasted) > LONGEST_PASTED:
            self.pasted = as_pasted(self.shown)
        if len(history.columns) < 2:
            self._forget()

    def _forget(self) -> None:
        """What was brought last, and what was chosen of it."""
        self.source, self.columns, self.column, self.decimal, self.question = None, (), None, "auto", None

    def _show(self, shown: Shown) -> None:
        self.shown, self.at = shown, shown.at
        self.jumps += 1
        self.wrong.clear()
        self.notices = []

    def write(self) -> None:
        """After a change: the address follows."""
        self.touched = False
        self.params = self.shown.to_params()
        st.query_params.from_dict(self.params)


def as_pasted(shown: Shown) -> str:
    """The values as one may write them; nothing where they are too many."""
    values = shown.history.values.tolist()
    return " ".join(f"{value:.12g}" for value in values) if len(values) <= LONGEST else ""


def close_replay(own: ReplayState) -> None:
    """The page is drawn to its end."""
    own.keys.end()


def current() -> ReplayState:
    """For callbacks: the state that the session has now."""
    return st.session_state[NAME]


def open_replay() -> ReplayState:
    """The page's state: from the link, which is written after a change, or as it was left."""
    own: ReplayState | None = st.session_state.get(NAME)
    params, arrived, reads = arrival(own.params if own else None)
    if own is None or reads:
        shown, sentences = Shown.from_params(params)
        keys = own.keys if own else Keys()
        jumps = own.jumps + 1 if own else 0
        own = st.session_state[NAME] = ReplayState(shown, params, jumps, sentences, keys=keys)
    elif own.touched or arrived:
        own.write()
    own.keys.begin()
    say(own.notices)
    return own
