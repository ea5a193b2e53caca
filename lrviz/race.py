"""A race: six runs at most from one start on one landscape. Each has its own and shares the rest with the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, readable, shown, unknown
from lrviz.palette import MOST_RUNS
from lrviz.plateau import ON_TOP
from lrviz.scenario import NAMES, RUN_KNOBS, Scenario
from lrviz.schedules import Schedule
from lrviz.sharing import Own, Sharing, numbered, ruled

MOST_LONG_NAMES = 3
FIRST = ("framework", *(name for name in NAMES if name != "framework"), ON_TOP.key)
"""Read before anything else of a link, for they decide which knobs there are; and the framework, which optimizers."""

RUN_KEYS = tuple(knob.key for knob in RUN_KNOBS)
EDITION, NOW = "v", "2"
"""A parameter of links since the schedules of PyTorch have its own defaults and rates, where that matters."""


@dataclass(frozen=True)
class Race(Sharing[Scenario]):
    """``hidden``: which runs are switched off, counted from 0."""

    most = MOST_RUNS
    noun = "run"
    earliest = FIRST
    first: Scenario = field(default_factory=Scenario)
    hidden: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hidden", frozenset(i for i in self.hidden if 0 <= i <= len(self.others)))

    @classmethod
    def one(cls, first: Scenario, own: Own) -> Scenario:
        """The run that has this of its own behind this first one. Raises ``BadInput``."""
        shared = {"surface", "start", "x", "y", "steps", "values", *(knob.key for knob in first.surface_knobs)}
        if shared & own.keys():
            raise BadInput("Runs of a race share their surface, start and number of steps.")
        return first.having(**ruled(first, own))

    @classmethod
    def sets(cls, first: Scenario, good: Own, key: str, text: str) -> dict[str, str]:
        """A knob, by its own name or by that of a framework's class."""
        known = key in (*FIRST, *RUN_KEYS)
        its = {key: text} if known else _texts(cls.one(first, good).arguments({key: text}))
        _once(key, its, good)
        return its

    @property
    def scenarios(self) -> list[Scenario]:
        """Every run as a scenario of its own, the first one first."""
        return self.all

    @cached_property
    def names(self) -> list[str]:
        """A name a run: its optimizer, and what else sets it apart. In a race of many, only what is needed for that."""
        names = [_name(scenario, self.first if i else None) for i, scenario in enumerate(self.scenarios)]
        if len(names) > MOST_LONG_NAMES:
            short = _short(self.scenarios)
            names = [brief if short.count(brief) == 1 else name for brief, name in zip(short, names, strict=True)]
        return numbered(names)

    @property
    def title(self) -> str:
        """What this is in one line: Adam on Rosenbrock, α 0.05, cosine decay. A race has the rate of its first run,
        which the others share unless their names say another, and the schedule if all have the same."""
        who = self.names[0] if len(self.names) == 1 else "A race"
        return ", ".join(
            [f"{who} on {self.first.surface_row.title}", *self._rated("α {:.3g}", lambda row: row.name.lower())]
        )

    @property
    def file_name(self) -> str:
        """The same for a file, without its ending: rosenbrock-adam-alpha-0.05-cosine."""
        who = self.first.optimizer if len(self.names) == 1 else "race"
        parts = [self.first.surface, who, *self._rated("alpha-{:.3g}", lambda row: row.key)]
        return "-".join(parts).replace("_", "-")

    def _rated(self, rate: str, schedule: Callable[[Schedule], str]) -> list[str]:
        if not any(scenario.optimizer_row.has_rate for scenario in self.scenarios):
            return []
        same = len({scenario.schedule for scenario in self.scenarios}) == 1
        return [rate.format(self.first.alpha), *([schedule(self.first.schedule_row)] if same else ())]

    def remove(self, place: int) -> Race:
        """Without this run (1 is the first that can go: the others share with run 0)."""
        hidden = frozenset(i - (i > place) for i in self.hidden if i != place)
        return replace(super().remove(place), hidden=hidden)

    def show(self, run: int, visible: bool) -> Race:
        """With this run switched on or off."""
        return replace(self, hidden=self.hidden - {run} if visible else self.hidden | {run})

    # Links ------------------------------------------------------------------------------------------------------------

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: the first run's own, then ``run2=optimizer:adam;alpha:0.01``; ``off=2`` hides a run."""
        return dict(self._params)

    @cached_property
    def _params(self) -> dict[str, str]:
        params = self.first.to_params() | self.params_of_others()
        if self.hidden:
            params["off"] = ",".join(str(i + 1) for i in sorted(self.hidden))
        return params | ({EDITION: NOW} if self.changed(params) else {})

    def changed(self, params: Mapping[str, str]) -> list[str]:
        """What a link with these parameters showed otherwise before frameworks had their own schedules and defaults, a
        sentence a run; nothing for a link that was made since: such a link says so where it would matter."""
        if params.get(EDITION) == NOW:
            return []
        sentences = []
        for i, scenario in enumerate(self.scenarios):
            own = self.others[i - 1] if i else {}
            sentence = scenario.earlier({key for part in (params, own) for key in _sets(scenario, part)})
            sentences += [f"run{i + 1}: {sentence}" if i else sentence] if sentence else []
        return sentences

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> tuple[Race, list[str]]:
        """The race of a link, and one sentence for each thing that is wrong with it; the rest still works."""
        params, sentences = readable(params)
        if params.get(EDITION, NOW) != NOW:
            sentences.append(f"{EDITION} is {shown(params[EDITION])}, but must be {NOW}, or not be there.")
        params, more = cls.read_params(params)
        params.pop(EDITION, None)
        runs = {name: params.pop(name) for name in cls.names_of_others() if name in params}
        off = params.pop("off", "")
        first, wrong = _read(params)
        others, unfit = cls.read_others(first, runs)
        wrong += unfit
        hidden = []
        for part in off.split(",") if off else []:
            if part in [str(i) for i in range(1, len(others) + 2)]:
                hidden.append(int(part) - 1)
            else:
                wrong.append(
                    f"off is {shown(off)}, but must be numbers of runs from 1 to {len(others) + 1}, such as 2,3."
                )
                break
        return cls(first, others, frozenset(hidden)), sentences + more + wrong


def _read(params: Mapping[str, str]) -> tuple[Scenario, list[str]]:
    """The scenario of these parameters, names before knobs, and a sentence for each that is wrong."""
    scenario, sentences = Scenario(), []
    good: dict[str, str] = {}
    for key, value in params.items():
        known = [*FIRST, "start", *(knob.key for knob in (*RUN_KNOBS, *scenario.knobs))]
        try:
            own = {key: value} if key in known else _texts(scenario.arguments({key: value}))
            if not own.keys() <= set(known):
                raise BadInput(unknown("parameter", key, [*known, "run2", "off"]))
            _once(key, own, good)
            scenario = Scenario.from_params({**good, **own})
            good |= own
        except BadInput as wrong:
            sentences.append(str(wrong))
    return scenario, sentences


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _sets(scenario: Scenario, params: Mapping[str, str]) -> set[str]:
    """The knobs that are said in these parameters, by whatever names."""
    keys: set[str] = set()
    for key, value in params.items():
        try:
            keys |= scenario.arguments({key: value}).keys()
        except BadInput:
            continue
    return keys


def _once(key: str, sets: Own, good: Own) -> None:
    """A knob and what a framework's class calls it may not both be there."""
    for name in sets:
        if name in good:
            raise BadInput(f"{shown(key)} sets {name}, which is set already.")


def _short(runs: list[Scenario]) -> list[str]:
    """By the optimizer, or by the schedule where all have one optimizer."""
    if len({run.optimizer for run in runs}) == 1 and len({run.schedule for run in runs}) > 1:
        return [run.schedule_row.name.removesuffix(" decay") for run in runs]
    return [run.optimizer_row.name for run in runs]


def _name(scenario: Scenario, first: Scenario | None) -> str:
    parts = [scenario.optimizer_row.name]
    if first is not None:
        if scenario.framework != first.framework:
            parts.append(FRAMEWORKS[scenario.framework])
        if scenario.schedule != first.schedule:
            parts.append(scenario.schedule_row.name.lower())
        if scenario.alpha != first.alpha and scenario.optimizer_row.has_rate:
            parts.append(f"α {scenario.alpha:g}")
    return ", ".join(parts)
