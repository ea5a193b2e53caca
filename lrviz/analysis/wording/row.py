"""One row of the table of sentences."""

from __future__ import annotations

from string import Formatter
from typing import NamedTuple


class Row(NamedTuple):
    """words: {name} is a number of the run, or a text that the statement brings. when: what must hold of the run.
    differ: numbers with so many digits that different ones differ."""

    words: str
    when: str
    differ: tuple[str, ...] = ()

    @property
    def states(self) -> list[str]:
        """The names of what it states."""
        return [name for _, name, _, _ in Formatter().parse(self.words) if name]
