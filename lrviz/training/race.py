"""A race of trainings: four at most on the same data. Each has its own and shares the rest with the first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, readable, shown
from lrviz.sharing import Own, Sharing, numbered, ruled
from lrviz.training.data import CSV
from lrviz.training.table import Table
from lrviz.training.training import EPOCHS, NAMES, VALIDATION, Training
from lrviz.tuned import ALPHA

MOST = 4
MOST_IN_A_NAME = 2
"""Knobs that a name tells of, beside those that every race has."""


@dataclass(frozen=True)
class TrainingRace(Sharing[Training]):
    """Data, the rows that validate and the number of epochs are the same for all."""

    most = MOST
    noun = "training"
    earliest = ("framework", *(name for name in NAMES if name != "framework"), EPOCHS.key)
    first: Training = field(default_factory=Training)

    @classmethod
    def one(cls, first: Training, own: Own) -> Training:
        """The training that has this of its own behind this first one. Raises ``BadInput``."""
        shared = {"data", "table", "values", EPOCHS.key, VALIDATION.key, *(knob.key for knob in first.data_knobs)}
        if wrong := shared & own.keys():
            raise BadInput(
                f"Trainings of a race share data, validation and epochs, so none has {shown(min(wrong))} alone."
            )
        return first.having(**ruled(first, own))

    @property
    def trainings(self) -> list[Training]:
        """Each, the first one first."""
        return self.all

    @cached_property
    def names(self) -> list[str]:
        """A name a training: its optimizer, and what else sets it apart from the first."""
        return numbered([self.first.optimizer_row.name, *(_name(one, self.first) for one in self.trainings[1:])])

    @property
    def title(self) -> str:
        """What this is in one line: Neural network on two moons, Adam, α 0.03, reduce on plateau."""
        if not self.others:
            return self.first.title
        return f"A race on {self.first.data_row.name.lower()}: {' · '.join(self.names)}"

    @property
    def file_name(self) -> str:
        """The same for a file, without its ending: moons-network-adam-alpha-0.03-plateau."""
        first = self.first
        who = f"{first.model}-{first.optimizer}" if not self.others else "race"
        return f"{first.data}-{who}-alpha-{first.alpha:.3g}-{first.schedule}".replace("_", "-")

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: the first one's own, then ``run2=optimizer:adam;alpha:0.01``."""
        return self.first.to_params() | self.params_of_others()

    @classmethod
    def from_params(
        cls, params: Mapping[str, str], table: Table | None = None, plain: Training | None = None
    ) -> tuple[TrainingRace, list[str]]:
        """The race of a link, and one sentence for each thing that is wrong with it; the rest still works. plain: the
        first, where the link says nothing of it."""
        params, sentences = readable(params)
        params, more = cls.read_params(params)
        runs = {name: params.pop(name) for name in cls.names_of_others() if name in params}
        first, wrong = (plain, []) if plain is not None and not params else _read(params, table)
        others, unfit = cls.read_others(first, runs)
        return cls(first, others), [*sentences, *more, *wrong, *unfit]


def _read(params: Mapping[str, str], table: Table | None) -> tuple[Training, list[str]]:
    """The training of these parameters, in the order of a race, and a sentence for each that is wrong."""
    with suppress(BadInput):  # one may be too much alone, such as tiny batches before it is said how few epochs
        return Training.from_params(params, table), []
    good: dict[str, str] = {} if table is None else {"data": CSV}
    training, sentences = Training.from_params(good, table), []
    for key, value in params.items():
        try:
            training = Training.from_params({**good, key: value}, table)
            good[key] = value
        except BadInput as wrong:
            sentences.append(str(wrong))
    return training, sentences


def _name(training: Training, first: Training) -> str:
    parts = [training.optimizer_row.name]
    if training.model != first.model:
        parts.append(training.model_row.name.lower())
    if training.framework != first.framework:
        parts.append(FRAMEWORKS[training.framework])
    if training.schedule != first.schedule:
        parts.append(training.schedule_row.name.lower())
    if training.alpha != first.alpha:
        parts.append(f"α {training.alpha:g}")
    more = [
        f"{row.label[0].lower()}{row.label[1:]} {row.text(training[key])}"
        for key, row in training.rows.items()
        if key != ALPHA.key and key in first.rows and training[key] != first[key]
    ]
    return ", ".join([*parts, *more[:MOST_IN_A_NAME]])
