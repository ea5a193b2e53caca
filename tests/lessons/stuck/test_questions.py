"""The questions are graded by running."""

from __future__ import annotations

from lrviz import simulate
from lrviz.lessons.stuck.questions import how_many_cuts
from tests.lessons.stuck.runs import LESSON


def test_the_questions_are_graded_by_running():
    question = how_many_cuts(LESSON)
    more, now = (len(simulate(LESSON.having(patience=p)).cuts) for p in (6, 3))
    assert more < now and question.choices[question.right] == "Fewer cuts"
