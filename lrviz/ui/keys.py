"""The keys of a page's widgets: a widget is written by the visitor alone, never by the page.

Streamlit's browser sends the values of all its widgets with every message. A value that a script writes into a widget
travels once: the browser loses it if the widget's code arrives later (on each first visit over a network), and until it
has it, each of its messages still tells of the value from before. The page cannot know which of these a person chose.

So where the page has another value than the widget that stands there, it draws another widget in its place, with that
value as its default, which every message holds. What the browser still tells of the one before is about a widget that
is gone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lrviz import turns


@dataclass
class Keys:
    """``now``: a widget's name -> the key that it has. ``drawn``: its name -> how many widgets have stood there.
    ``on_page``: the names that the run under way has drawn so far."""

    now: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)
    on_page: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """The page is drawn from its beginning."""
        self.on_page = set()

    def end(self) -> None:
        """It is drawn to its end: what it has not drawn has left it."""
        self.now = {name: key for name, key in self.now.items() if name in self.on_page}

    def key(self, name: str, value: Any, same: Callable[[Any, Any], bool] = operator.eq) -> str:
        """The key for a widget that shows ``value`` and has it as its default: that of the one that stands there if it
        shows the same, else that of a new one, ``name`` or ``name-2``, ``name-3``, ...

        same: does what a visitor gave, the first argument, mean ``value``?
        """
        self.on_page.add(name)
        key = self.now.get(name)
        if key is None or key not in st.session_state or not same(st.session_state[key], value):
            turns.still_wanted()  # else the other value may be what the visitor has just given, which the next run has
            count = self.drawn[name] = self.drawn.get(name, 0) + 1
            key = self.now[name] = name if count == 1 else f"{name}-{count}"
        return key

    def given(self, key: str) -> Any:
        """What the visitor gave to the widget with this key; None if it has left the page, for another one or none."""
        return st.session_state[key] if key in self.now.values() else None
