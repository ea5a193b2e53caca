"""Questions are graded by running them, and the presets of the first lesson do what they say."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.analysis.stability import edge
from lrviz.lessons import LESSONS
from lrviz.lessons.questions import VERDICTS, how_it_ends, how_many, verdict, which_ends_lowest


@pytest.mark.parametrize(
    ("alpha", "ends"), [(0.002, "crawls"), (0.18, "arrives"), (0.2, "swings"), (0.21, "leaves"), (900.0, "leaves")]
)
def test_a_verdict_on_a_bowl_is_its_closed_form(alpha, ends):
    """kappa 10: |1 - 10 alpha| is below, at or above 1."""
    scenario = Scenario(alpha=alpha, steps=60)
    assert verdict(scenario, simulate(scenario)) == ends


@pytest.mark.parametrize(("times", "ends"), [(0.01, "crawls"), (1, "arrives"), (2, "leaves")])
def test_how_it_ends_is_what_the_run_does(times, ends):
    question = how_it_ends(Scenario(alpha=0.15, steps=60), "?", {"alpha": times})
    assert list(VERDICTS)[question.right] == ends
    assert question.choices[question.right] == VERDICTS[ends]


def test_the_lowest_is_the_lowest():
    options = {f"{alpha}": {"alpha": alpha} for alpha in (0.01, 0.15, 0.5)}
    question = which_ends_lowest(Scenario(steps=60), "?", options)
    ends = [simulate(Scenario(steps=60, alpha=alpha)).loss[-1] for alpha in (0.01, 0.15, 0.5)]
    assert question.right == int(np.argmin(ends)) == 1


@pytest.mark.parametrize("count", [0, 1, 7])
def test_how_many_has_the_count_among_three_choices(count):
    question = how_many("?", count, "")
    assert len(set(question.choices)) == 3 and question.choices[question.right] == str(count)


@pytest.mark.parametrize("count", range(5))
def test_how_many_offers_no_more_than_there_are(count):
    question = how_many("?", count, "", most=4)
    assert question.choices[question.right] == str(count)
    assert len(set(question.choices)) == 3 and all(0 <= int(choice) <= 4 for choice in question.choices)


def test_no_question_is_answered_twice():
    questions = [answer.question for lesson in LESSONS.values() for answer in lesson.answers]
    assert len(set(questions)) == len(questions)


def test_the_presets_of_the_first_lesson_do_what_they_say():
    lesson = LESSONS["how_long"]
    there = [lesson.preset_race("", preset).first for preset in lesson.cases[""].presets]
    assert [verdict(one, simulate(one)) for one in there] == ["crawls", "arrives", "swings", "leaves"]
    _, right, on_edge, _ = there
    assert right.alpha == pytest.approx(2 / (1 + 10), rel=0.02)
    assert on_edge.alpha == edge(lesson.race.first)


@pytest.mark.parametrize("key", LESSONS)
def test_a_question_says_which_run_it_is_about(key):
    """Tried out, that run gives the answer: its verdict is the one of the question."""
    lesson = LESSONS[key]
    for case in lesson.cases:
        scenario = lesson.case_race(case).first
        for question in lesson.check(scenario):
            assert question.right in range(len(question.choices)) and len(set(question.choices)) == len(
                question.choices
            )
            if key == "how_long":
                assert list(VERDICTS)[question.right] == verdict(question.tries, simulate(question.tries))


@pytest.mark.parametrize("key", LESSONS)
def test_an_answer_of_the_closing_page_leads_to_its_experiment(key):
    lesson = LESSONS[key]
    assert lesson.answers
    for answer in lesson.answers:
        race = lesson.answer_race(answer)
        assert not lesson.lacks(race) and lesson.case(race.first) == (answer.case or next(iter(lesson.cases)))
        assert answer.sentence.endswith(".") and answer.question.endswith("?")
