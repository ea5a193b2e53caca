"""A race of trainings: four at most on the same data. Each has its own and shares the rest with the first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, find, readable, shown
from lrviz.optimizers import ALIASES, OPTIMIZERS
from lrviz.training.data import CSV
from lrviz.training.table import Table
from lrviz.training.training import EPOCHS, NAMES, VALIDATION, Training
from lrviz.tuned import ALPHA

MOST = 4
MOST_PARAMS = 60
MOST_IN_A_NAME = 2
"""Knobs that a name tells of, beside those that every race has."""
FIRST = ("framework", *(name for name in NAMES if name != "framework"), EPOCHS.key)
"""Read before anything else of a link: they decide which knobs there are."""
RUNS = tuple(f"run{place}" for place in range(2, MOST + 1))

Own = Mapping[str, str]
"""What a training does not share with the first: names and knobs as a link has them."""


@dataclass(frozen=True)
class TrainingRace:
    """``first``: the training whose names and knobs the others share; ``others``: what each has of its own.

    Data, the rows that validate and the number of epochs are the same for all. Raises ``BadInput``.
    """

    first: Training = field(default_factory=Training)
    others: tuple[Own, ...] = ()

    def __post_init__(self) -> None:
        if len(self.others) >= MOST:
            raise BadInput(f"A race has at most {MOST} trainings.")

    @cached_property
    def trainings(self) -> list[Training]:
        """The first one first."""
        return [self.first, *(_with(self.first, own) for own in self.others)]

    @cached_property
    def names(self) -> list[str]:
        """A name a training: its optimizer, and what else sets it apart from the first."""
        names = [self.first.optimizer_row.name, *(_name(one, self.first) for one in self.trainings[1:])]
        return [name if names.count(name) == 1 else f"{name} #{i + 1}" for i, name in enumerate(names)]

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

    def add(self, own: Own) -> TrainingRace:
        """One more; raises ``BadInput`` if it is not allowed or one too many."""
        _with(self.first, own)
        return replace(self, others=(*self.others, dict(own)))

    def remove(self, run: int) -> TrainingRace:
        """Without this one (1 is the first that can go: the others share with 0)."""
        return replace(self, others=tuple(own for i, own in enumerate(self.others, start=1) if i != run))

    def own(self, run: int, **changes: str | None) -> TrainingRace:
        """With these of its own; ``None`` shares it with the first again. Raises ``BadInput``."""
        if not 1 <= run <= len(self.others):
            raise BadInput(f"There is no training {run + 1}.")
        kept = {key: value for key, value in {**self.others[run - 1], **changes}.items() if value is not None}
        _with(self.first, kept)
        return replace(self, others=tuple(kept if i == run else own for i, own in enumerate(self.others, start=1)))

    def leading(self, first: Training) -> TrainingRace:
        """The same race behind another first one; what a training can no longer have is dropped."""
        return replace(self, first=first, others=tuple(_kept(first, own)[0] for own in self.others))

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: the first one's own, then ``run2=optimizer:adam;alpha:0.01``."""
        return self.first.to_params() | {
            name: ";".join(f"{key}:{value}" for key, value in own.items())
            for name, own in zip(RUNS, self.others, strict=False)
        }

    @classmethod
    def from_params(
        cls, params: Mapping[str, str], table: Table | None = None, plain: Training | None = None
    ) -> tuple[TrainingRace, list[str]]:
        """The race of a link, and one sentence for each thing that is wrong with it; the rest still works. plain: the
        first, where the link says nothing of it."""
        params, sentences = readable(params)
        if len(params) > MOST_PARAMS:
            sentences.append(f"A link has at most {MOST_PARAMS} parameters; {len(params) - MOST_PARAMS} were left out.")
        params = {key: params[key] for key in _in_order(params)[:MOST_PARAMS]}
        runs = {name: params.pop(name) for name in RUNS if name in params}
        first, wrong = (plain, []) if plain is not None and not params else _read(params, table)
        sentences += wrong
        others = []
        for name, text in runs.items():
            pairs = [pair.partition(":") for pair in text.split(";") if pair]
            own, unfit = _kept(first, {key.strip(): value for key, _, value in pairs[:MOST_PARAMS]})
            others.append(own)
            sentences += [f"{name}: {sentence}" for sentence in unfit]
        return cls(first, tuple(others)), sentences


def _read(params: Mapping[str, str], table: Table | None) -> tuple[Training, list[str]]:
    """The training of these parameters, in the order of `_in_order`, and a sentence for each that is wrong."""
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


def _in_order(keys: Mapping[str, str]) -> list[str]:
    return [*(key for key in FIRST if key in keys), *(key for key in keys if key not in FIRST)]


def _kept(first: Training, own: Own) -> tuple[Own, list[str]]:
    """Of a training's own, what is allowed behind this first one, and a sentence for each part that is not."""
    good: dict[str, str] = {}
    sentences = []
    for key in _in_order(own):
        try:
            _with(first, {**good, key: own[key]})
            good[key] = own[key]
        except BadInput as wrong:
            sentences.append(str(wrong))
    return good, sentences


def _with(first: Training, own: Own) -> Training:
    shared = {"data", "table", "values", EPOCHS.key, VALIDATION.key, *(knob.key for knob in first.data_knobs)}
    if wrong := shared & own.keys():
        raise BadInput(f"Trainings of a race share data, validation and epochs, so none has {shown(min(wrong))} alone.")
    changes = dict(own)
    if "optimizer" in changes and "framework" not in changes:
        key = find("optimizer", changes["optimizer"], OPTIMIZERS, ALIASES)
        if first.framework not in OPTIMIZERS[key].rules:
            changes["framework"] = next(iter(OPTIMIZERS[key].rules))
    return first.having(**changes)


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
