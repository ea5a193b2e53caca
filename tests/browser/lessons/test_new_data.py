"""The lesson on new data, as a learner goes through it: what is predicted is graded by 32 seeds."""

from __future__ import annotations

import pytest

from lrviz.analysis.sentences import sentences
from lrviz.lessons import LESSONS, new_data
from tests.browser.conftest import settle
from tests.browser.driver import in_address, open_step, predict

pytestmark = pytest.mark.browser

LESSON = LESSONS["new_data"]


@pytest.fixture
def page(server, visit):
    page = visit(f"{server}/new_data", waits_for=".lrviz-stage")
    page.locator("[class*=st-key-predict_] button").first.wait_for()
    predict(page, "α = 0.05")
    page.get_by_text("You predicted (right)").wait_for()
    return page


def assert_story_shown(page, training) -> None:
    """All that the seeds say of this training stands on the page."""
    texts = sentences(new_data.story(training))
    page.get_by_text(texts[-1]).wait_for()
    settle(page)
    words = " ".join(page.locator(".st-key-step_happened").inner_text().split())
    assert all(sentence in words for sentence in texts)


def test_question_12_each_preset_is_judged_by_32_seeds_and_all_survives_a_reload(page):
    for preset in LESSON.cases["rate"].presets:
        open_step(page, "try")
        page.get_by_role("button", name=preset.label).click()
        open_step(page, "happened")
        assert_story_shown(page, LESSON.preset_race("rate", preset).first)
    page.reload()
    assert_story_shown(page, LESSON.preset_race("rate", LESSON.cases["rate"].presets[-1]).first)
    page.get_by_role("tab", name="sharpness").click()
    page.get_by_text("sharpness at the end").wait_for()


def test_a_stop_is_another_case_and_its_check_is_graded(page):
    page.get_by_test_id("stMain").get_by_text("Early stopping", exact=True).first.click()
    in_address(page, "stop_patience=10")
    page.locator("[class*=st-key-predict_] button").filter(has_text="an early stop").wait_for()
    predict(page, "an early stop")
    page.get_by_text("You predicted (right)").wait_for()
    training = LESSON.case_race("stop").first
    open_step(page, "check")
    settle(page)
    for place, question in enumerate(LESSON.check(training)):
        group = page.locator(".st-key-step_check [role=radiogroup]").nth(place)
        group.locator("label").nth(question.right).click()
        settle(page)
    page.locator(".st-key-checking").get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("All three are right").wait_for()
