"""Parts of the state of a page: that its address has to follow, and how far a visitor is in a lesson."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class Linked:
    """``touched``: something has changed, and the address has to follow."""

    touched: bool = False


@dataclass(kw_only=True)
class Steps(Linked):
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
