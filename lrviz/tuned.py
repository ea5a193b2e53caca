"""What a run on a surface and a training share: an optimizer, a framework, a schedule, the rate, and their knobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from lrviz import schedules
from lrviz.frameworks import ALIASES as OTHER_NAMES
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import FLAGS, Argument, BadInput, Knob, Value, find, plain_name, shown, unknown
from lrviz.optimizers import ALIASES, ARGUMENTS, OPTIMIZERS, Optimizer, Rule
from lrviz.plateau import NOT_IN_KERAS, ON_TOP, PLATEAU
from lrviz.schedules import SCHEDULES, WARMUP, Schedule

ALPHA = Knob(
    "alpha",
    "Learning rate",
    0,
    1e6,
    0.1,
    "log",
    symbol=r"\alpha",
    help="How far a step follows the gradient.",
    low_open=True,
    slider=(1e-4, 10),
    live=True,
)


def _whose(key: str) -> str:
    """Which schedules and optimizers have a knob of this name: a sentence after another one, '' where none has."""
    owners = [f"schedule {row.key}" for row in SCHEDULES.values() if key in _of_schedule(row)]
    owners += [
        f"optimizer {row.key}"
        for row in OPTIMIZERS.values()
        if any(key == knob.key for rule in row.rules.values() for knob in rule.knobs)
    ]
    return f" {key} belongs to: {', '.join(owners)}." if owners else ""


def _of_schedule(row: Schedule) -> set[str]:
    rules = PLATEAU.values() if row.plateau else ()
    knobs = [
        *(knob for name in FRAMEWORKS for knob in row.knobs_in(name)),
        *(knob for rule in rules for knob in rule.knobs),
    ]
    return {knob.key for knob in knobs}


class Tuned:
    """The base of what is tuned: a frozen dataclass with the fields below, ``knobs`` that ``values`` may hold, and
    ``rows``, every knob that it has."""

    noun: ClassVar[str]
    optimizer: str
    framework: str
    schedule: str
    alpha: float | None
    monitor: str | None
    values: Mapping[str, Value]

    def __getitem__(self, key: str) -> Value:
        """The value of any knob, its default where it is not set."""
        raise NotImplementedError

    @property
    def steps(self) -> int:
        raise NotImplementedError

    @property
    def knobs(self) -> tuple[Knob, ...]:
        raise NotImplementedError

    @property
    def rows(self) -> dict[str, Knob]:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        if not isinstance(data, Mapping):
            raise BadInput(f"A {cls.noun} is a JSON object, not {shown(data)}.")
        for key in data:
            if key not in cls.__dataclass_fields__:  # type: ignore[attr-defined]
                raise BadInput(unknown(f"field of a {cls.noun} called", key, cls.__dataclass_fields__))  # type: ignore[attr-defined]
        return cls(**data)

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise BadInput(f"{shown(text)} is not JSON.") from None
        return cls.from_dict(data)

    def _put(self, name: str, value: Any) -> None:
        """Into a frozen dataclass, while it is made."""
        object.__setattr__(self, name, value)

    def _find_names(self) -> None:
        """The names are those of rows, the framework has the optimizer; raises ``BadInput``."""
        self._put("optimizer", find("optimizer", self.optimizer, OPTIMIZERS, ALIASES))
        framework = self.framework or next(iter(self.optimizer_row.rules))
        self._put("framework", find("framework", framework, FRAMEWORKS, OTHER_NAMES))
        self._put("schedule", find("schedule", self.schedule, SCHEDULES, schedules.ALIASES, schedules.NOT_SCHEDULES))
        if self.framework not in self.optimizer_row.rules:
            have = ", ".join(self.optimizer_row.rules)
            raise BadInput(f"optimizer {self.optimizer} is not in framework {self.framework}; it is in: {have}.")

    def _check_values(self, fields: Sequence[Knob], alpha: float) -> None:
        """Each number is allowed, and ``values`` holds what differs from the defaults; raises ``BadInput``.

        fields: the knobs that are fields. alpha: the rate where none is set.
        """
        if not isinstance(self.values, Mapping):
            raise BadInput(f"values is {shown(self.values)}, but must be knobs and their values.")
        values = self.arguments(self.values, () if self.alpha is None else (ALPHA.key,))
        self._put("alpha", values.pop("alpha", self.alpha))
        self._put("alpha", ALPHA.check(alpha if self.alpha is None else self.alpha))
        for knob in fields:
            self._put(knob.key, knob.check(getattr(self, knob.key)))
        known = {knob.key: knob for knob in self.knobs}
        checked = {}
        for key, value in values.items():
            if key == ON_TOP.key not in known and self.why_not_on_top:
                raise BadInput(self.why_not_on_top)
            if key not in known:
                raise self.without(key, known)
            checked[key] = known[key].check(value)
        self._put("values", {key: value for key, value in checked.items() if value != known[key].default})

    @property
    def optimizer_row(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def rule(self) -> Rule:
        return self.optimizer_row.rules[self.framework]

    @property
    def schedule_row(self) -> Schedule:
        return SCHEDULES[self.schedule]

    @property
    def schedule_knobs(self) -> tuple[Knob, ...]:
        """The schedule's, with the defaults of the framework's class."""
        return self.schedule_row.knobs_in(self.framework)

    @property
    def warmup_knobs(self) -> tuple[Knob, ...]:
        return WARMUP[self.framework]

    @property
    def why_not_on_top(self) -> str:
        """Why the plateau rule cannot stand on top of a schedule, '' where it can."""
        return NOT_IN_KERAS if self.framework == "keras" else ""

    @property
    def on_top_knobs(self) -> tuple[Knob, ...]:
        """What puts the plateau rule on top of the schedule, where the framework can do that."""
        return (ON_TOP,) if self.framework == "pytorch" and not self.schedule_row.plateau else ()

    @property
    def on_top(self) -> bool:
        """Does the plateau rule cut the rate of another schedule?"""
        raised = str(self.values.get(ON_TOP.key, 0)).strip().lower()
        return bool(self.on_top_knobs and FLAGS.get(raised))

    @property
    def watches(self) -> bool:
        """Does the plateau rule look at the loss, alone or on top of a schedule?"""
        return self.schedule_row.plateau or self.on_top

    @property
    def plateau_knobs(self) -> tuple[Knob, ...]:
        return PLATEAU[self.framework].knobs if self.watches else ()

    def without(self, key: str, rows: Mapping[str, Knob], what: str = "knob") -> BadInput:
        """For a knob that is not among these rows of it: the sentence says whose it is."""
        return BadInput(unknown(f"{what} in this {self.noun} called", key, rows) + _whose(key))

    def knob(self, key: str) -> Knob:
        """The row of one knob."""
        if key not in self.rows:
            raise self.without(key, self.rows)
        return self.rows[key]

    def argument(self, key: str) -> Argument | None:
        """What an argument of the framework's classes is here, ``T_max`` or ``betas``; None if they have none such."""
        if isinstance(key, str):
            for table in (
                self.schedule_row.arguments_in(self.framework) if self.optimizer_row.has_rate else {},
                self.rule.arguments,
                schedules.ARGUMENTS,
                ARGUMENTS,
            ):
                for name, argument in table.items():
                    if plain_name(name) == plain_name(key):
                        return argument
        return None

    def arguments(self, values: Mapping[str, Any], taken: Sequence[str] = ()) -> dict[str, Any]:
        """The same by our names: an argument of the framework's classes becomes the knobs that it sets.

        taken: what is set already. Raises ``BadInput`` for an argument that is no knob here, for one set twice, and for
        alpha where a class has an alpha that is not the learning rate.
        """
        own: dict[str, Any] = {}
        for key, value in values.items():
            argument = None if key in self.rows and key != ALPHA.key else self.argument(key)
            meant = {key: value} if argument is None else argument(value) if callable(argument) else {argument: value}
            for name, its in meant.items():
                if name in own or name in taken:
                    raise BadInput(f"{shown(key)} sets {name}, which is set already.")
                own[name] = its
        return own

    @property
    def notes(self) -> list[str]:
        """What the framework's schedule class cannot do of this run, and what is done instead: a sentence each."""
        if not self.optimizer_row.has_rate:
            return []
        values = self._of(self.schedule_knobs + self.warmup_knobs)
        sentences = schedules.notes(self.schedule_row, self.framework, values, self.steps)
        if self.on_top:
            sentences += schedules.on_top_notes(self.schedule_row, values, self.steps)
        if "eps" in self.values and "epsilon" in self.rows:
            sentences.append("eps is the smallest cut of the plateau rule here; the optimizer's eps is epsilon.")
        return sentences

    def rates(self, alpha: float | None = None, **changes: Value) -> np.ndarray:
        """The learning rate of each step before any cut, from this alpha or the scenario's own, with these values of
        knobs of the schedule instead of its own.   -> (steps,)"""
        values = self._of(self.schedule_knobs + self.warmup_knobs) | changes
        alpha = self.alpha if alpha is None else alpha
        return schedules.with_warmup(self.schedule_row, self.framework, values, alpha, self.steps)  # type: ignore[arg-type]

    def _of(self, knobs: Sequence[Knob]) -> dict[str, Value]:
        return {knob.key: self.values.get(knob.key, knob.default) for knob in knobs}
