"""The first use of a term on a lesson's page opens its entry of the glossary."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.glossary import TERMS
from lrviz.lessons import LESSONS
from lrviz.ui.terms import anchor
from tests.lessons.test_lessons import opened, predicted

MUST = {
    "how_long": {"Curvature", "Hessian eigenvalue"},
    "stuck": {"ReduceLROnPlateau", "Epoch", "Patience", "Factor", "Noise floor", "Shelf"},
    "hyperparameter": {"Optimizer", "ReduceLROnPlateau", "Velocity", "Hyperparameter", "min_lr"},
    "schedules": {"Schedule", "Median", "Gradient noise"},
    "valleys": {"Hessian eigenvalue", "Sharp and wide minimum"},
    "adaptive": {"Adaptive rate", "Momentum", "Newton step", "Line search"},
    "real_model": {"ReduceLROnPlateau", "Epoch"},
    "new_data": {"Overfitting"},
    "edge_of_stability": {"Sharpness", "Edge of stability", "Momentum", "Curvature"},
    "finding": {"Range test", "Curvature", "Hessian eigenvalue"},
    "coastline": {"Momentum"},
}
"""What a learner who has just heard of the callback does not know."""


def links(at: AppTest) -> list[str]:
    return [name for one in (*at.markdown, *at.caption) for name in re.findall(r"\]\(#(term-[\w-]+)\)", one.value)]


@pytest.mark.parametrize("key", LESSONS)
def test_each_term_of_a_lesson_is_explained_where_it_comes_first(key):
    at = predicted(opened(key), key)
    found = links(at)
    assert len(found) == len(set(found)), "once a page"
    assert {anchor(term) for term in TERMS if term.name in MUST[key]} <= set(found)
    again = links(at.run())
    assert sorted(again) == sorted(found), "a page that is drawn anew explains the same"


def test_each_word_opens_one_entry():
    words = [word.lower() for term in TERMS for word in term.words]
    assert len(words) == len(set(words)) and len({anchor(term) for term in TERMS}) == len(TERMS)
