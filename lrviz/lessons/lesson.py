"""What a lesson is, as data: its question, its cases with their presets, its prediction and its check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from lrviz.lessons.questions import Question
from lrviz.link import LESSON_STEPS, STEP, Link
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.training import Training, Trial

STEPS = dict(zip(LESSON_STEPS, ("Predict", "Try", "What happened", "Why", "Check"), strict=True))
"""The steps of a lesson in their order: the key as a link has it, and the name on the page."""

Changes = Mapping[str, str]
"""Settings as a link has them."""


@dataclass(frozen=True)
class Preset:
    """One click: its name, the settings that it changes of the case that is chosen, what is then seen, and what to look
    for."""

    label: str
    changes: Changes
    see: str
    look: str = ""


@dataclass(frozen=True)
class Case:
    """One of the situations that a lesson compares; each has its own prediction.

    what: one sentence, where it needs one. changes: of the lesson's own race. presets: offered in this case.
    """

    label: str
    what: str = ""
    changes: Changes = field(default_factory=dict)
    presets: tuple[Preset, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Of the closing page. question: its number and its words. sentence: the answer. case, changes: the experiment that
    shows it, from the lesson's own race."""

    number: int
    question: str
    sentence: str
    case: str = ""
    changes: Changes = field(default_factory=dict)


Shown = Race | Trial
S = TypeVar("S", Race, Trial)
"""What is on the stage of a lesson: runs over a map, or a training. ``first``: what the sliders change."""


def nothing_lacks(race: Any) -> str:
    """Any race of a link is one of the lesson's."""
    return ""


def no_callback(first: Scenario | Training) -> str:
    """Why a lesson on the callback cannot show this."""
    name = first.schedule_row.name.lower()
    return f"This link has no callback (its schedule: {name}), and this lesson is about the callback."


def lacks_callback(race: Race) -> str:
    """Of a lesson on the callback."""
    return "" if race.first.plateau_knobs else no_callback(race.first)


def as_it_is(before: Any, after: Any) -> Any:
    """Another case takes nothing over from the one before."""
    return after


def one_case(first: Any) -> str:
    """Of a lesson without a choice."""
    return ""


@dataclass(frozen=True)
class Lesson(Generic[S]):
    """key: the last part of its address and the name of its modules. question: the title. teaser: one
    sentence for its card. race: what a visitor sees who comes without a link, runs over a map or a training.

    cases: by key, the first is the opening one; a lesson without a choice has one with the key "". case_of: the case
    that a scenario or training shows, "" for none of them. carried: what a race of another case takes over from the
    one before. predict: what is asked before the run is seen, where the question has no words of its own; prediction:
    the choices with the right one. check: the questions about a run. lacks: why a race of a link is
    none of this lesson's, one sentence; "" if it is one. live: the knobs with a slider on the stage. answers: what the
    closing page says.
    """

    key: str
    question: str
    teaser: str
    race: S
    cases: Mapping[str, Case]
    predict: str
    prediction: Callable[[Any], Question]
    check: Callable[[Any], Sequence[Question]]
    live: tuple[str, ...] = ("alpha",)
    case_of: Callable[[Any], str] = one_case
    carried: Callable[[Any, Any], Any] = as_it_is
    lacks: Callable[[Any], str] = nothing_lacks
    answers: tuple[Answer, ...] = field(default=())

    def case(self, first: Any) -> str:
        """The key of the case that this scenario or training shows; of the first if it shows none."""
        key = self.case_of(first)
        return key if key in self.cases else next(iter(self.cases))

    def case_race(self, case: str) -> S:
        """What a case begins with."""
        return self.race.having(**self.cases[case].changes)

    def preset_race(self, case: str, preset: Preset) -> S:
        """What a preset of this case shows."""
        return self.case_race(case).having(**preset.changes)

    def answer_race(self, answer: Answer) -> S:
        """The experiment behind an answer."""
        return self.case_race(answer.case or next(iter(self.cases))).having(**answer.changes)


def link(race: Shown, step: str) -> dict[str, str]:
    """The parameters of a lesson's link, in which this is shown and this step is open."""
    return Link(race, step=step).to_params() if isinstance(race, Race) else race.to_params() | {STEP: step}


def card(key: str, theme: str) -> Path:
    """The picture (SVG) of the race with which a lesson opens. Kept as a file: drawn on the page, the first visitor of
    a server would wait for eight programs to compile. ``make cards`` draws them anew."""
    return Path(__file__).parent / "cards" / f"{key}-{theme}.svg"
