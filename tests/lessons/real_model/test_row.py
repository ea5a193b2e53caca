"""The cases of lesson 7, their presets, and the links that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.lessons.real_model import side_by_side
from lrviz.training import Training, Trial
from tests.lessons.real_model.recomputed import CASES, FIRST, LESSON, text_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("case", CASES)
def test_each_case_and_its_presets_stay_that_case(case):
    for preset in LESSON.cases[case].presets:
        trial = LESSON.preset_race(case, preset)
        assert LESSON.case(trial.first) == case and not LESSON.lacks(trial)
        assert text_of(trial.first)
        assert trial.first in side_by_side(trial.first).values() or case in ("starts", "callback")


def test_a_training_that_is_none_of_the_lesson_is_never_made(monkeypatch):
    """Not even where its case was predicted before: it may take minutes, and the page waits for it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    at.switch_page("pages/lessons/real_model.py")
    at.run()
    at.button(key="predict_real_model_0").click().run()
    long = Trial(FIRST.having(data="digits", layers="64,64", epochs=500))
    at.session_state["lab"].take(long)
    made: list[Training] = []
    monkeypatch.setattr("lrviz.ui.training.lesson.trained", lambda training, sharpness: made.append(training))
    at.run()
    assert not at.exception and not made
    assert any("two classes" in warning.value for warning in at.warning)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"data": "digits"}, "two classes"), ({"data": "line"}, "two classes"), ({"schedule": "cosine"}, "no callback"),
        ({"validation": 0, "monitor": "loss"}, "No row validates"), ({"layers": "64,64"}, "too long"),
    ],
)  # fmt: skip
def test_what_a_link_may_not_take_away(changes, why):
    assert why in LESSON.lacks(Trial(FIRST.having(**changes)))
    assert not LESSON.lacks(LESSON.race)
