"""The lessons are short and easy to read: no more words than are allowed, at most the eighth school year."""

from __future__ import annotations

import pytest

from lrviz.lessons import LESSONS
from tools.reading import lesson_texts, reading, syllables

EASIEST = 8
MOST = {
    "how_long": 345,
    "stuck": 507,
    "hyperparameter": 410,
    "schedules": 385,
    "valleys": 550,
    "adaptive": 485,
    "real_model": 500,
    "new_data": 500,
    "edge_of_stability": 500,
    "finding": 510,
    "coastline": 340,
}
"""Words that a learner meets in all steps together."""


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_is_short_and_easy_to_read(key):
    found = reading(lesson_texts(key))
    assert found.words <= MOST[key]
    assert found.grade <= EASIEST


def test_hard_text_has_a_high_grade():
    hard = "Hyperparameter optimization necessitates considerable experimental sophistication."
    assert reading([hard]).grade > 15 > EASIEST > reading(["The run goes down the hill. It stops."]).grade
    assert [syllables(word) for word in ("step", "rate", "valley", "learning", "jumped")] == [1, 1, 2, 2, 1]
