"""A replay: what each framework's rule decides on one recorded history."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lrviz.replay.decisions import Decisions, decide, stop_epoch
from lrviz.replay.history import History
from lrviz.replay.mode import is_rising
from lrviz.replay.rules import needed
from lrviz.replay.settings import PLAIN_RATE, Settings

SAME_RATE = 1e-6
"""Two rates that differ by less, as a part, are one: float32 and what a log rounds."""


@dataclass(frozen=True, eq=False)
class Replay:
    """One history under the same settings by each framework's rule. All epochs here count from 0.

    It is true up to the first epoch in which a rule's rate is not the one that the history was recorded with
    (`valid_until`): after that the losses would have been others.
    """

    history: History
    settings: Settings

    @cached_property
    def rate(self) -> float:
        """The first rate: the one that is set, else the file's, else 0.001."""
        if self.settings["rate"] is not None:
            return float(self.settings["rate"])
        rates = self.history.rates
        begins = math.nan if rates is None else float(rates[0])
        return begins if 0 <= begins < math.inf else PLAIN_RATE

    @cached_property
    def rising(self) -> bool:
        """Is higher better?"""
        return is_rising(self.settings["mode"], self.history.monitor)

    @cached_property
    def decisions(self) -> Mapping[str, Decisions]:
        """By framework: what its rule decides in each epoch."""
        return {
            framework: decide(
                framework,
                self.history.values,
                self.settings.numbers(framework),
                self.rate,
                rising=self.rising,
                float32=self.settings.float32,
                resume_after=self.settings["resume_after"],
            )
            for framework in self.settings.frameworks
        }

    @cached_property
    def needed(self) -> Mapping[str, int]:
        """By framework: how many bad epochs in a row make a cut due."""
        return {key: needed(key, self.settings.numbers(key)) for key in self.settings.frameworks}

    @cached_property
    def stop(self) -> int | None:
        """The epoch after which Keras's EarlyStopping ends the training, None if it does not or is not asked for."""
        patience, min_delta, first, resume_after = (
            self.settings[key] for key in ("stop_patience", "stop_min_delta", "start_from_epoch", "resume_after")
        )
        if patience is None:
            return None
        return stop_epoch(
            self.history.values, patience, min_delta, first, self.rising, self.settings.float32, resume_after
        )

    @property
    def steps_per_epoch(self) -> int:
        """How many values there are an epoch."""
        return int(self.settings["steps_per_epoch"] or self.history.steps_per_epoch)

    @property
    def unit(self) -> str:
        """What each value is called: an epoch, or a step of the rule where there are several values an epoch."""
        return "epoch" if self.steps_per_epoch == 1 else "step"

    def used_rates(self, framework: str) -> np.ndarray:
        """The rate with which each epoch would have been trained: the one before its decision.   -> (n,)"""
        after = self.decisions[framework].learning_rate
        return np.concatenate([[self.rate], after[:-1]])

    def valid_until(self, framework: str) -> int | None:
        """The first epoch whose recorded loss belongs to another rate than the rule's, None if there is none."""
        recorded = self.history.rates if self.history.rates is not None else np.full(len(self.history), self.rate)
        used = self.used_rates(framework)
        other = np.flatnonzero(~np.isclose(used, recorded, rtol=SAME_RATE, atol=0))
        return int(other[0]) if other.size else None

    def __str__(self) -> str:
        from lrviz.replay import report  # noqa: PLC0415  which tells of replays

        return report.as_text(self)

    def _repr_html_(self) -> str:
        from lrviz.replay import report  # noqa: PLC0415  likewise

        return report.html(self)
