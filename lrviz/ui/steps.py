"""Parts of the state of a page: what its widgets say, and how far a visitor is in a lesson."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from lrviz.ui.keys import Keys


@dataclass(kw_only=True)
class PageState:
    """``touched``: something has changed, and the address has to follow. ``keys``: those of the page's widgets."""

    touched: bool = False
    keys: Keys = field(default_factory=Keys)

    def key(self, name: str, value: Any, same: Callable[[Any, Any], bool] = operator.eq) -> str:
        """The key for the widget of this name, which is drawn with ``value`` as its default (`Keys.key`)."""
        return self.keys.key(name, value, same)

    def given(self, key: str, among: Collection[str] | None = None) -> Any:
        """From a widget: what the visitor gave it; None if it has left the page, for another one or for none, and where
        it is not ``among`` what the widget offers: Streamlit hands on any text."""
        value = self.keys.given(key)
        self.touched |= value is not None
        return value if among is None or value in among else None


@dataclass(kw_only=True)
class Steps(PageState):
    """``links``: how many links were read. ``step``: the one that is open, "" for the first. ``pushes``: how often the
    page itself opened one; ``shows``, ``results``: how often a click has changed what the stage shows, and has brought
    a result."""

    links: int = 0
    step: str = ""
    pushes: int = 0
    shows: int = 0
    results: int = 0

    def open_step(self, step: str, push: bool = True) -> None:
        """Another step of the lesson is open. push: the browser does not know it yet."""
        self.touched = True
        self.step = step
        self.pushes += push
