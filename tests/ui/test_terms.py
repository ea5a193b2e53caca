"""The first use of a term on a lesson's page opens its entry of the glossary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.glossary import TERMS
from lrviz.lessons import LESSONS
from lrviz.ui.terms import BY_WORD, anchor, words_of_stage
from lrviz.ui.training.state import NAME
from tests.lessons.test_lessons import opened, predicted

ROOT = Path(__file__).parents[2]
MUST = {
    "how_long": {"Curvature", "Hessian eigenvalue", "Learning rate", "Loss", "Step", "Local minimum"},
    "stuck": {
        "ReduceLROnPlateau",
        "Epoch",
        "Patience",
        "Factor",
        "Noise floor",
        "Shelf",
        "Median",
        "min_delta and threshold",
    },
    "hyperparameter": {"Optimizer", "ReduceLROnPlateau", "Velocity", "Hyperparameter", "min_lr"},
    "schedules": {"Schedule", "Median", "Gradient noise"},
    "valleys": {"Hessian eigenvalue", "Sharp and wide minimum"},
    "adaptive": {"Adaptive rate", "Momentum", "Newton step", "Line search"},
    "real_model": {"ReduceLROnPlateau", "Epoch", "Validation loss", "Batch", "Weights", "Seed"},
    "new_data": {"Overfitting", "Validation loss", "Seed", "Sharpness", "Early stopping"},
    "edge_of_stability": {"Sharpness", "Edge of stability", "Momentum", "Curvature"},
    "finding": {"Range test", "Curvature", "Hessian eigenvalue"},
    "coastline": {"Momentum", "Learning rate", "Seed"},
}
"""What a learner who has just heard of the callback does not know."""


SENTENCE = re.compile(r"jump_|predict_|said_|training_story_|replay_finding_")
LINK = re.compile(r"\]\(#(term-[\w-]+)\)")


def links(at: AppTest) -> list[str]:
    """The entries that are opened from words of the page, its questions and its results."""
    said = [one.value for one in (*at.markdown, *at.caption, *at.success, *at.error)]
    return [name for text in (*said, *(radio.label for radio in at.radio)) for name in LINK.findall(text)]


def said(at: AppTest) -> list[str]:
    """Sentences, choices and the story: all but tables, which stand beside words that explain them."""
    words = [one.value for one in (*at.markdown, *at.caption, *at.success, *at.error) if not one.value.startswith("|")]
    words += [button.label for button in at.button if SENTENCE.match(str(button.key))]
    return [text for radio in at.radio for text in (radio.label, *radio.options)] + words


def used(at: AppTest) -> set[str]:
    """The entries of all terms that the page says, however it says them."""
    bare = " ".join(re.sub(r"\]\([^)]*\)|`[^`]*`|\$[^$]*\$|[*\\\[]", "", text) for text in said(at))
    plainly = re.compile(
        r"(?<![\w/.])(" + "|".join(sorted(map(re.escape, BY_WORD), key=len, reverse=True)) + r")(?![\w(])"
    )
    return {anchor(BY_WORD[word]) for word in plainly.findall(bare.lower())}


@pytest.mark.parametrize("key", LESSONS)
def test_each_term_of_a_lesson_is_explained_where_it_comes_first(key):
    at = predicted(opened(key), key)
    found = links(at)
    assert len(found) == len(set(found)), "once a page"
    assert {anchor(term) for term in TERMS if term.name in MUST[key]} <= set(found)
    assert used(at) <= set(found), "a story, a result, a question and a choice are words too"
    again = links(at.run())
    assert sorted(again) == sorted(found), "a page that is drawn anew explains the same"


@pytest.mark.parametrize("place", ["start/welcome", "start/closing"])
def test_the_first_and_the_last_page_explain_their_terms(place):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    at.switch_page(f"pages/{place}.py").run()
    found = links(at)
    assert anchor(BY_WORD["learning rate"]) in found and len(found) == len(set(found))
    assert used(at) <= set(found)


@pytest.mark.parametrize("place", ["lab/playground", "lab/maps", "lab/replay", "training/training"])
def test_a_page_for_who_explores_alone_explains_what_it_says(place):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    at.switch_page(f"pages/{place}.py").run()
    if place == "training/training":
        at.session_state[NAME].running.wait(60)
    at.run()  # the words come after the picture
    found = links(at)
    assert found and len(found) == len(set(found))
    assert used(at) <= set(found)


def test_a_page_that_does_not_open_terms_has_no_dead_links():
    at = predicted(opened("stuck"), "stuck")
    assert links(at)
    at.switch_page("pages/start/glossary.py").run()
    assert not at.exception and not links(at)


def test_the_stage_has_no_links_on_a_page_that_explains_nothing():
    assert words_of_stage() == {}


def test_each_word_opens_one_entry():
    words = [word.lower() for term in TERMS for word in term.words]
    assert len(words) == len(set(words)) and len({anchor(term) for term in TERMS}) == len(TERMS)
