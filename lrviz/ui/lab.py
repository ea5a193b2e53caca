"""The state of a page: a race comes from the link or is the page's own, widgets change it, and the link follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import streamlit as st

from lrviz.knob import BadInput
from lrviz.link import Assignment, Link, View
from lrviz.maps.map import Map
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.ui.history import arrival, went_through_history
from lrviz.ui.keys import Keys
from lrviz.ui.redraw import APP, STAGE, WORDS, Redraw
from lrviz.ui.steps import Steps
from lrviz.ui.switch import switched
from lrviz.ui.words import plain

MOST_SENTENCES = 6


@dataclass
class Lab(Steps):
    """``page``: whose state it is. ``race``: the last good one. ``params``: the link that the page last saw or wrote.
    ``view``: how the stage is looked at. ``assignment``: what a class may touch. ``notices``: sentences on top of the
    page. ``wrong``: a widget's name -> what is wrong with what was typed there. ``map``: of a page that has one;
    ``maps``: how often it was another one than what its visitor had zoomed to. ``plays``: how often the stage was asked
    to play from the start. ``jump``: the step that a sentence sent the stage to, and its number, (number, step).
    ``arriving``: the visitor has just come. ``redraw``: which parts are drawn anew, and when the rest follows.
    """

    page: str
    race: Race
    params: dict[str, str]
    view: View = field(default_factory=View)
    assignment: Assignment | None = None
    notices: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    map: Map | None = None
    maps: int = 0
    plays: int = 0
    jump: tuple[int, int] | None = None
    arriving: bool = False
    redraw: Redraw = field(default_factory=Redraw)

    @property
    def scenario(self) -> Scenario:
        """The first run, whose names and knobs the others share."""
        return self.race.first

    @property
    def stage(self) -> str:
        """The key of the page's stage."""
        return f"stage_{self.page}"

    @property
    def link(self) -> Link:
        """All that the page's address holds."""
        return Link(self.race, self.view, self.assignment, self.map, self.step)

    def look(self, view: View) -> None:
        """From the stage: how it is looked at now."""
        self.view = view
        self.touched = True

    def take(self, race: Race) -> None:
        """From a widget: another race."""
        self.touched = True
        self.race = race

    def write(self) -> None:
        """After a change: the address follows. Sent even where the browser seems to have it: what it says may be its
        address from before the last change. It makes no step of its history for the address that it has."""
        self.touched = False
        self.fit_map()
        self.params = self.link.to_params()
        st.query_params.from_dict(self.params)

    def fit_map(self) -> None:
        """The map is that of the scenario, with other axes where it has to be; a sentence says so."""
        if self.map:
            self.map, sentences = self.map.on(self.scenario)
            self.notices += sentences
            self.maps += bool(sentences)

    def change(self, widget: str, **knobs: Any) -> bool:
        """From a widget: take the values, or keep the last good ones and say why."""
        self.touched = True
        if self.notices or self.wrong:
            self.redraw.parts.add(APP)  # these sentences are to go
        try:
            checked = {key: self.scenario.knob(key).check(value) for key, value in knobs.items()}
            self.race = self.race.leading(self.scenario.having(**checked))
        except BadInput as wrong:
            self.wrong[widget] = str(wrong)
            return False
        self.wrong.pop(widget, None)
        self.notices = []
        return True

    def with_words(self) -> NoReturn:
        """A callback of the stage ends with this: it is drawn anew with the words, and nothing else if nothing else on
        the page tells of the run."""
        if not self.redraw.words_are_all:
            st.rerun()
        self.write()
        st.rerun([STAGE, WORDS])

    def switch(self, **names: str) -> None:
        """From a widget: another surface, framework, optimizer or schedule."""
        self.touched = True
        self.wrong = {}
        scenario, self.notices = switched(self.scenario, **names)
        self.race = self.race.leading(scenario)


def current() -> Lab:
    """For callbacks, which may outlive the run that made them: the state that the session has now."""
    return st.session_state.lab


def open_lab(own: Race | None = None) -> Lab:
    """The page's state; ``own`` is the race of a visitor who comes without a link.

    A link is read when the visitor comes with it or goes back or forward to it; after a widget has moved, it is
    written. In between the browser may still send an address from before, which says nothing.

    The address stays as it came until something is changed: rewriting it at once would catch the visitor who goes back.
    Coming back to the page over the navigation finds it as it was left.
    """
    labs: dict[str, Lab] = st.session_state.setdefault("labs", {})
    page = st.session_state.get("page", "")
    lab = labs.get(page)
    params, arrived, reads = arrival(lab.params if lab else None)
    if lab is None or reads:
        link, notices = Link.from_params(params, own) if params else (Link(own or Race()), [])
        notices += link.race.changed(params) if params else []
        links, keys = (lab.links, lab.keys) if lab else (0, Keys())
        lab = labs[page] = Lab(
            page,
            link.race,
            params,
            link.view,
            link.assignment,
            notices,
            map=link.map,
            keys=keys,
            step=link.step,
            links=links + 1,
        )
    elif lab.touched or arrived:
        lab.write()
    lab.arriving = arrived
    lab.redraw.begin()
    lab.keys.begin()
    st.session_state.lab = lab
    say(lab.notices)
    return lab


def close_lab() -> None:
    """The page is drawn to its end."""
    went_through_history()  # to a page that has no link to read
    if "lab" in st.session_state:
        current().keys.end()


def say(sentences: list[str]) -> None:
    """All sentences in one place on top of the page; a link may hold very many wrong parameters.

    The place is there without them too: what stands below would else be mounted anew when they come and go."""
    place = st.container()
    shown = [plain(sentence) for sentence in sentences[:MOST_SENTENCES]]
    if len(sentences) > MOST_SENTENCES:
        shown.append(f"{len(sentences) - MOST_SENTENCES} more parameters of this link are wrong and are left out too.")
    if shown:
        place.warning("\n\n".join(shown))
