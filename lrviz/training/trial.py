"""A training as a page shows it and a link names it: the training, and is its sharpness computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lrviz.knob import BadInput
from lrviz.training.race import TrainingRace
from lrviz.training.training import Training

SHARPNESS = "sharpness"
"""A parameter of a link beside those of the training."""


@dataclass(frozen=True)
class Trial:
    """first: what is trained. sharpness: is it computed after each epoch. The same to a lesson on trainings as a race
    is to one on runs over a map. Raises ``BadInput`` where the sharpness would be too much work."""

    first: Training
    sharpness: bool = False

    def __post_init__(self) -> None:
        self.first.check_sharpness(int(self.sharpness))

    @property
    def title(self) -> str:
        """What this is in one line."""
        return self.first.title

    def leading(self, first: Training) -> Self:
        """Another training, looked at in the same way."""
        return replace(self, first=first)

    def having(self, **changes: Any) -> Self:
        """The training with other names or knobs."""
        return self.leading(self.first.having(**changes))

    def to_params(self) -> dict[str, str]:
        """Short URL parameters; never none at all."""
        params = {"data": self.first.data} | self.first.to_params()
        return params | ({SHARPNESS: "1"} if self.sharpness else {})

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> tuple[Trial, list[str]]:
        """The trial of a link, read as `TrainingRace.from_params` reads its first, and a sentence for each thing that
        is wrong with it."""
        rest = dict(params)
        sharpness = rest.pop(SHARPNESS, "0") == "1"
        race, sentences = TrainingRace.from_params(rest)
        try:
            return cls(race.first, sharpness), sentences
        except BadInput as wrong:
            return cls(race.first), [*sentences, str(wrong)]
