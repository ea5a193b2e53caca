"""What a lesson is, as data: its question, its cases with their presets, its prediction and its check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lrviz.lessons.questions import Question
from lrviz.link import LESSON_STEPS
from lrviz.race import Race
from lrviz.scenario import Scenario

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


def nothing_lacks(race: Race) -> str:
    return ""


def as_it_is(before: Race, after: Race) -> Race:
    return after


def one_case(scenario: Scenario) -> str:
    return ""


@dataclass(frozen=True)
class Lesson:
    """key: the last part of its address and the name of its modules. asks: its question, the title. teaser: one
    sentence for its card. race: what a visitor sees who comes without a link.

    cases: by key, the first is the opening one; a lesson without a choice has one with the key "". case_of: the case
    that a scenario shows, "" for none of them. carried: what a race of another case takes over from the one before.
    predict: what is asked before the run is seen, and prediction: the choices with the right one. check: the questions
    about a run. lacks: why a race of a link is none of this lesson's, one sentence; "" if it is one.
    live: the knobs with a slider on the stage. answers: what the closing page says.
    """

    key: str
    asks: str
    teaser: str
    race: Race
    cases: Mapping[str, Case]
    predict: str
    prediction: Callable[[Scenario], Question]
    check: Callable[[Scenario], Sequence[Question]]
    live: tuple[str, ...] = ("alpha",)
    case_of: Callable[[Scenario], str] = one_case
    carried: Callable[[Race, Race], Race] = as_it_is
    lacks: Callable[[Race], str] = nothing_lacks
    answers: tuple[Answer, ...] = field(default=())

    def case(self, scenario: Scenario) -> str:
        """The key of the case that this scenario shows; of the first if it shows none."""
        key = self.case_of(scenario)
        return key if key in self.cases else next(iter(self.cases))

    def case_race(self, case: str) -> Race:
        """The race with which a case begins."""
        return self.race.leading(self.race.first.having(**self.cases[case].changes))

    def preset_race(self, case: str, preset: Preset) -> Race:
        """The race of a preset of this case."""
        race = self.case_race(case)
        return race.leading(race.first.having(**preset.changes))

    def answer_race(self, answer: Answer) -> Race:
        """The experiment behind an answer."""
        race = self.case_race(answer.case or next(iter(self.cases)))
        return race.leading(race.first.having(**answer.changes))


def card(key: str, theme: str) -> Path:
    """The picture (SVG) of the race with which a lesson opens. Kept as a file: drawn on the page, the first visitor of
    a server would wait for eight programs to compile. ``make cards`` draws them anew."""
    return Path(__file__).parent / "cards" / f"{key}-{theme}.svg"
