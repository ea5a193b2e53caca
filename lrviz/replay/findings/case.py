"""One framework's part of a replay, as findings read it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lrviz.knob import digits
from lrviz.replay.decisions import Decisions, bad_in_a_row, decide
from lrviz.replay.result import Replay
from lrviz.replay.why import starts


@dataclass(frozen=True)
class Finding:
    """key: its kind; epoch: from 1, where it begins; sentence; remedy: what to set instead, a sentence too."""

    key: str
    epoch: int
    sentence: str
    remedy: str


When = Callable[[int], str]
"""An epoch, from 1, in words."""


class Case:
    """One framework's part of a replay, with values turned so that lower is better."""

    def __init__(self, replay: Replay, framework: str, when: When, made: Decisions | None):
        self.replay, self.framework, self.when = replay, framework, when
        self.numbers: dict[str, Any] = replay.settings.numbers(framework)
        self.made = made or replay.decisions[framework]
        self.monitor, self.unit = replay.history.monitor, replay.unit
        self.patience, self.cooldown = int(self.numbers["patience"]), int(self.numbers["cooldown"])
        self.needed = replay.needed[framework]
        self.sign = -1.0 if replay.rising else 1.0
        self.better, self.worse = ("higher", "lower") if replay.rising else ("lower", "higher")

    @cached_property
    def low(self) -> np.ndarray:
        return self.sign * self.made.seen

    @cached_property
    def before(self) -> np.ndarray:
        """The best before each epoch, inf where there is none.   -> (n,)"""
        best = np.concatenate([[math.inf], (self.sign * self.made.best)[:-1]])
        for start in starts(self.replay):
            best[start] = math.inf
        return best

    @cached_property
    def cuts(self) -> list[int]:
        return np.flatnonzero(self.made.cut).tolist()

    @cached_property
    def bad(self) -> np.ndarray:
        return bad_in_a_row(np.flatnonzero(self.made.improved).tolist(), len(self.low))

    @property
    def tolerance(self) -> str:
        return {"keras": "min_delta", "pytorch": "threshold", "optax": "atol" if self.numbers.get("atol") else "rtol"}[
            self.framework
        ]

    def value(self, epoch: int) -> float:
        return float(self.made.seen[epoch])

    def patience_for(self, bad: int) -> int:
        """The largest patience under which so many bad epochs in a row make a cut."""
        return bad - 1 if self.framework == "pytorch" else bad

    def decided_on(self, values: np.ndarray, resume_after: int | None = None) -> Decisions:
        """What the same rule would have decided on other values, or without a stop.   values (n,)"""
        return decide(
            self.framework,
            values,
            self.numbers,
            self.replay.rate,
            rising=self.replay.rising,
            float32=self.replay.settings.float32,
            resume_after=resume_after,
        )


def rounded_down(value: float) -> str:
    """To two digits, and less than the value."""
    if not 1e-300 < value < math.inf:
        return "0"
    place = 10.0 ** (math.floor(math.log10(value)) - 1)
    return digits((math.ceil(value / place) - 1) * place)
