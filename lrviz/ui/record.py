"""What a visitor has predicted and answered in a lesson: in the session, and as the text that the browser stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lrviz.knob import BadInput
from lrviz.lessons import Lesson
from lrviz.lessons.lesson import Shown
from lrviz.lessons.questions import Question
from lrviz.sharing import MOST_PARAMS


@dataclass
class Predicted:
    """What was predicted of a run or training before it was seen, and the question with what came out."""

    race: Shown
    choice: int
    question: Question


@dataclass
class CheckForm:
    """The three questions of a check, about the race that was on the stage when they were opened. given: what was
    chosen. sent: is it graded. fixed: the race of the stage no longer changes them."""

    race: Shown
    questions: list[Question]
    given: list[int | None] = field(default_factory=lambda: [None] * 3)
    sent: bool = False
    fixed: bool = False
    incomplete: bool = False

    def reads_as(self, other: CheckForm) -> bool:
        """Are its questions, word by word, those of the other? Of another run the right answers may be others."""
        return [(one.text, *one.choices) for one in self.questions] == [
            (one.text, *one.choices) for one in other.questions
        ]


@dataclass
class Record:
    """predicted: by case. touched: the visitor has done something in this session, so what the browser stores is older.
    check_number: numbers the widgets of a check, so that a new one begins empty."""

    predicted: dict[str, Predicted] = field(default_factory=dict)
    check: CheckForm | None = None
    touched: bool = False
    read: str = ""
    check_number: int = 0

    def text(self) -> str:
        """For the browser: races as links, choices as numbers."""
        document: dict[str, Any] = {
            "predicted": {case: [one.choice, one.race.to_params()] for case, one in self.predicted.items()}
        }
        if self.check and self.check.fixed:
            document["check"] = [self.check.given, self.check.sent, self.check.race.to_params()]
        return json.dumps(document)


def record_of(lesson: Lesson) -> Record:
    """The visitor's record of this lesson."""
    return st.session_state.setdefault(f"record_{lesson.key}", Record())


def restore(lesson: Lesson, record: Record, text: str) -> bool:
    """Take what the browser has stored, where nothing was done since; whatever it is, it does no harm. Is it news?"""
    if record.touched or not text or text == record.read:
        return False
    record.read = text
    try:
        document = json.loads(text)
        for case, (choice, params) in document["predicted"].items():
            _predicted(lesson, record, case, choice, params)
        if "check" in document:
            _check(lesson, record, *document["check"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, BadInput):
        pass  # a stranger's text
    return True


def _race(lesson: Lesson, params: Any) -> Shown:
    """Raises ``BadInput`` for what is no race of this lesson."""
    if not isinstance(params, Mapping) or len(params) > MOST_PARAMS:
        raise BadInput("These are no parameters.")
    race, wrong = type(lesson.race).from_params({str(key): str(value) for key, value in params.items()})
    if wrong or lesson.lacks(race):
        raise BadInput("This is no race of the lesson.")
    return race


def _predicted(lesson: Lesson, record: Record, case: str, choice: Any, params: Any) -> None:
    race = _race(lesson, params)
    question = lesson.prediction(race.first)
    if lesson.case(race.first) == case and choice in range(len(question.choices)):
        record.predicted[case] = Predicted(race, int(choice), question)


def _check(lesson: Lesson, record: Record, given: Any, sent: Any, params: Any) -> None:
    race = _race(lesson, params)
    questions = list(lesson.check(race.first))
    fits = [choice is None or choice in range(len(one.choices)) for choice, one in zip(given, questions, strict=True)]
    if all(fits):
        record.check = CheckForm(race, questions, list(given), sent is True and None not in given, True)


def made(make: Callable[[], Any]) -> Any:
    """What a lesson asks, None where a link has taken away what it is about."""
    try:
        return make()
    except BadInput:
        return None
