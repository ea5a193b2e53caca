"""What a visitor has predicted and answered in a lesson: in the session, and as the text that the browser keeps."""

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
    """What was said of a run or training before it was seen, and the question with what came out."""

    race: Shown
    choice: int
    question: Question


@dataclass
class Asked:
    """The three questions of a check, about the race that was on the stage when they were opened. given: what was
    chosen. sent: is it graded. fixed: the race of the stage no longer changes them."""

    race: Shown
    questions: list[Question]
    given: list[int | None] = field(default_factory=lambda: [None] * 3)
    sent: bool = False
    fixed: bool = False
    incomplete: bool = False


@dataclass
class Record:
    """predicted: by case. touched: the visitor has done something in this session, so what the browser keeps is older.
    asked_before: numbers the widgets of a check, so that a new one begins empty."""

    predicted: dict[str, Predicted] = field(default_factory=dict)
    asked: Asked | None = None
    touched: bool = False
    read: str = ""
    asked_before: int = 0

    def text(self) -> str:
        """For the browser: races as links, choices as numbers."""
        said: dict[str, Any] = {
            "predicted": {case: [one.choice, one.race.to_params()] for case, one in self.predicted.items()}
        }
        if self.asked and self.asked.fixed:
            said["check"] = [self.asked.given, self.asked.sent, self.asked.race.to_params()]
        return json.dumps(said)


def record_of(lesson: Lesson) -> Record:
    """The visitor's record of this lesson."""
    return st.session_state.setdefault(f"record_{lesson.key}", Record())


def restore(lesson: Lesson, record: Record, text: str) -> bool:
    """Take what the browser has kept, where nothing was done since; whatever it is, it does no harm. Is it news?"""
    if record.touched or not text or text == record.read:
        return False
    record.read = text
    try:
        told = json.loads(text)
        for case, (choice, params) in told["predicted"].items():
            _predicted(lesson, record, case, choice, params)
        if "check" in told:
            _asked(lesson, record, *told["check"])
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


def _asked(lesson: Lesson, record: Record, given: Any, sent: Any, params: Any) -> None:
    race = _race(lesson, params)
    questions = list(lesson.check(race.first))
    fits = [choice is None or choice in range(len(one.choices)) for choice, one in zip(given, questions, strict=True)]
    if all(fits):
        record.asked = Asked(race, questions, list(given), sent is True and None not in given, True)


def made(ask: Callable[[], Any]) -> Any:
    """What a lesson asks, None where a link has taken away what it asks about."""
    try:
        return ask()
    except BadInput:
        return None
