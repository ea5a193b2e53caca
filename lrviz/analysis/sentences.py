"""Statements about a run, from the rows of one table (`lrviz.analysis.wording`).

A statement names the rows of which its sentence is made, one after the other, and brings the run's numbers. All text is
plain but for **bold**. A row states the numbers that its words name; nothing else makes words of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lrviz.analysis.wording import TABLE
from lrviz.knob import apart, digits

_COUNTS = {
    "step", "cut", "late", "until", "not_finite", "since", "returns", "last", "settled", "stopped", "wasted",
    "patience", "downwards", "known", "all", "steps", "down", "cells", "epoch", "epochs", "reached", "later", "count",
    "rises", "there", "below", "above", "gone", "first_cut", "seeds", "restart", "most", "batches", "starts", "near",
}  # fmt: skip
"""Whole numbers, with all their digits."""


def counted(count: float, what: str) -> str:
    """``1 epoch``, ``3 epochs``."""
    return f"{int(count)} {what}{'s' * (count != 1)}"


@dataclass(frozen=True)
class Statement:
    """A statement about a run: the rows of its sentence, the run's numbers in them, and what is no number.

    texts: also numbers whose digits were chosen so that what is said of several holds as it stands.
    """

    rows: tuple[str, ...]
    numbers: Mapping[str, float]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Its rows' words with the numbers in them."""
        texts = {name: self._text(name, value) for name, value in self.numbers.items()}
        for row in self.rows:
            differ = TABLE[row].differ
            texts |= zip(differ, apart(*(self.numbers[name] for name in differ)), strict=True) if differ else ()
        return "".join(TABLE[row].words for row in self.rows).format(**texts | dict(self.texts)) + "."

    @staticmethod
    def _text(name: str, value: float) -> str:
        return str(int(value)) if name in _COUNTS and math.isfinite(value) else digits(value)

    def differs(self, one: str, other: str) -> bool:
        """Do these two numbers look different?"""
        return self._text(one, self.numbers[one]) != self._text(other, self.numbers[other])


def sentences(statements: Iterable[Statement]) -> list[str]:
    """Each as its sentence."""
    return [statement.sentence for statement in statements]
