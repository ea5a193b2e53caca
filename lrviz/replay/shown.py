"""What a page shows of a replay: history, settings and the epoch that is looked at; and the same as a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lrviz.knob import LONGEST_NUMBER, BadInput, Knob, number_text, read_points, readable
from lrviz.replay.history import MOST_VALUES, History
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import read
from lrviz.replay.result import Replay
from lrviz.replay.settings import KNOBS, LONGEST, Settings, values_text

FIRST = "spike"
"""The prepared history of a visitor who brings none."""
MOST_PARAMS = 60
EPOCH = Knob("epoch", "Epoch", 1, MOST_VALUES, None, kind="integer", auto="the first cut")
SETTINGS_ALONE = "This link holds settings and no values: those below are of a prepared history."


@dataclass(frozen=True, eq=False)
class Shown:
    """prepared: the key of the prepared history, "" for one's own. epoch: the one that is looked at, from 1; None for
    the first cut."""

    history: History
    settings: Settings
    prepared: str = ""
    epoch: int | None = None

    @classmethod
    def of(cls, prepared: str = FIRST) -> Shown:
        """A prepared history with its own settings."""
        replay = PREPARED[prepared].replay
        return cls(replay.history, replay.settings, prepared)

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.history, self.settings)

    @property
    def at(self) -> int:
        """The epoch that is looked at, from 0."""
        if self.epoch is not None:
            return min(self.epoch, len(self.history)) - 1
        return min((int(np.argmax(made.cut)) for made in self.replay.decisions.values() if made.cut.any()), default=0)

    @property
    def is_whole(self) -> bool:
        """Does its link hold the values too?"""
        return bool(self.prepared) or len(self.history) <= LONGEST

    def to_params(self) -> dict[str, str]:
        """As text for a link; up to 200 values with their name and rates, else the settings alone."""
        params = self.settings.to_params()
        if self.prepared:  # its own settings are what is not said
            params |= {key: KNOBS[key].text(self.settings[key]) for key in PREPARED[self.prepared].knobs}
            params["prepared"] = self.prepared
        elif self.is_whole:
            params |= {"values": values_text(self.history.values), "monitor": self.history.monitor[:LONGEST_NUMBER]}
            params |= _rates_params(self.history)
        if self.history.steps_per_epoch > 1:
            params.setdefault("steps_per_epoch", str(self.history.steps_per_epoch))
        return params | ({} if self.epoch is None else {"epoch": str(self.epoch)})

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> tuple[Shown, list[str]]:
        """What a link shows, and a sentence for each part that is wrong; the rest still works."""
        sentences = []
        if len(params) > MOST_PARAMS:
            sentences.append(f"{len(params) - MOST_PARAMS} of {len(params)} parameters were left out.")
            params = dict(list(params.items())[:MOST_PARAMS])
        params, long = readable(params)
        sentences += long
        own: dict[str, str] = {key: params.pop(key) for key in OWN if key in params}
        shown = cls.of()
        base: dict[str, str] = {}
        if "values" in own:
            try:
                shown = replace(shown, prepared="", history=_history(own, sentences))
            except BadInput as wrong:
                sentences.append(f"values: {wrong}")
        elif own.get("prepared", FIRST) not in PREPARED:
            sentences.append(f"There is no prepared history of that name; there are {', '.join(PREPARED)}.")
        elif "prepared" in own or not params:
            shown = cls.of(own.get("prepared", FIRST))
            base = shown.settings.to_params()
        else:
            sentences.append(SETTINGS_ALONE)
        settings, wrong_settings = Settings.from_params({**base, **params})
        try:
            epoch = EPOCH.check(own.get("epoch"))
        except BadInput as wrong:
            epoch = None
            sentences.append(str(wrong))
        return replace(shown, settings=settings, epoch=epoch), [*sentences, *wrong_settings]  # type: ignore[arg-type]


OWN = ("values", "monitor", "rates", "prepared", "epoch")


def _rates_params(history: History) -> dict[str, str]:
    """The recorded rates as epoch:rate points, where they change; nothing where one is not above 0 and finite."""
    rates = history.rates
    if rates is None or not ((rates > 0) & (rates <= 1e6)).all():
        return {}
    at = np.flatnonzero(np.diff(rates, prepend=np.nan) != 0)
    return {"rates": ",".join(f"{k}:{number_text(float(rates[k]))}" for k in at.tolist())}


def _history(own: Mapping[str, str], sentences: list[str]) -> History:
    history = read(own["values"], decimal=".")
    if len(history) > LONGEST:
        raise BadInput(f"there are {len(history)}, but a link holds at most {LONGEST}.")
    named = "".join(c for c in own.get("monitor", "") if c.isprintable())[:LONGEST_NUMBER].strip()
    rates = None
    if "rates" in own:
        try:
            steps, levels = zip(*read_points(own["rates"]), strict=True)
            rates = np.array(levels)[np.maximum(np.searchsorted(steps, np.arange(len(history)), side="right") - 1, 0)]
        except (ValueError, TypeError):
            sentences.append("rates must be epoch:rate points such as 0:0.001,20:0.0005.")
    return History(history.values, named or history.monitor, rates)
