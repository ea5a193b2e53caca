"""Which parts of a page are drawn anew after a change, and when the rest follows.

The stage is a fragment and drawn first, so that its picture waits for nothing else. The rest of the page is then stale
until the browser says that the picture stands and the pointer rests.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz import turns

STAGE, WORDS = "stage", "words"
"""The parts of a page that can be drawn anew alone: the names of their fragments."""
APP = "app"
"""Something outside the fragments tells of the run too."""


@dataclass
class Redraw:
    """``parts``: the fragments that tell of the run, and ``APP`` where more does. ``stale``: the stage shows a run that
    the rest of the page does not tell of yet. ``following``: the rest is asked for."""

    parts: set[str] = field(default_factory=set)
    stale: bool = False
    following: bool = False

    def begin(self) -> None:
        """A run of the whole page: each part says anew that it is there."""
        self.parts, self.stale = set(), False

    def stage_alone(self) -> None:
        """A callback ends with this: nothing but the stage is drawn anew."""
        if STAGE in self.parts:
            st.rerun(STAGE)

    def stage_first(self) -> None:
        """A widget's callback ends with this: the stage is drawn anew, and the rest follows (`follow`)."""
        self.stale = True
        self.stage_alone()

    def follow(self) -> None:
        """From the stage, whose picture stands."""
        if self.stale:
            self.following = True
            st.rerun()

    def follows(self) -> bool:
        """Is this run of the page the rest after a picture that stands?"""
        follows, self.following = self.following, False
        return follows

    @property
    def words_are_all(self) -> bool:
        """Does nothing but the stage and the words tell of the run?"""
        return self.parts == {STAGE, WORDS}


def _still_wanted() -> None:
    """Ends this run of a script where its visitor has moved on or left."""
    context = get_script_run_ctx(suppress_warning=True)
    if context:
        context.yield_check()


turns.still_wanted = _still_wanted


def wait_for_pictures() -> None:
    """What this run makes from here on are words (`turns`). A visitor who has moved on needs them no more."""
    turns.turns.words(_still_wanted)
