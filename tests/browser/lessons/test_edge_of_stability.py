"""The lesson on the edge of stability, as a learner goes through it: a height is predicted, and the sharpness comes."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.knob import digits
from lrviz.lessons import LESSONS, edge_of_stability
from lrviz.lessons.trained import trained
from tests.browser.conftest import settle
from tests.browser.driver import Stage, in_address, open_step, predict

pytestmark = pytest.mark.browser

LESSON = LESSONS["edge_of_stability"]
FIRST = LESSON.race.first


@pytest.fixture
def page(server, visit):
    page = visit(f"{server}/edge_of_stability", waits_for=".lrviz-stage")
    page.locator("[class*=st-key-predict_] button").first.wait_for()
    predict(page, "About 13.3 = 2/α")
    page.get_by_text("You predicted (right)").wait_for()
    return page


def assert_shown(page, training) -> None:
    """The sharpness on the stage is that of this training."""
    stage, history = Stage(page), trained(training, edge_of_stability.OFTEN)
    known = np.isfinite(history.sharpness)
    last = int(np.flatnonzero(known)[-1])
    stage.wait(f"curve && Math.abs(element.stage.curve.sharpness[{last}] / {history.sharpness[last]} - 1) < 1e-5")
    drawn = np.array([np.nan if one is None else one for one in stage("curve.sharpness")])
    np.testing.assert_allclose(drawn[known], history.sharpness[known], rtol=1e-5)
    assert stage.part(".curves > .panel").first.get_attribute("class").split()[-1] == "sharpness"


def text_of(page) -> str:
    settle(page)
    return " ".join(page.locator(".st-key-step_happened").inner_text().split())


def test_question_19_the_sharpness_comes_to_the_edge_and_each_preset_says_where(page):
    assert_shown(page, FIRST)
    for preset in LESSON.cases["kept"].presets:
        open_step(page, "try")
        page.get_by_role("button", name=preset.label).click()
        in_address(page, f"alpha={preset.changes['alpha']}")
        training = LESSON.preset_race("kept", preset).first
        assert_shown(page, training)
        open_step(page, "happened")
        sentences = edge_of_stability.story(training)
        page.get_by_text(sentences[-1].text).wait_for()
        assert all(sentence.text in text_of(page) for sentence in sentences)
    page.locator(".st-key-story button").first.click()
    Stage(page).wait(f"step === {sentences[0].epoch}")


def test_a_rate_and_a_height_of_ones_own(page):
    open_step(page, "try")
    page.get_by_role("tab", name="Your turn").click()
    rate = page.locator(".st-key-step_try").get_by_role("slider").first
    before = float(rate.get_attribute("aria-valuetext"))
    rate.press("ArrowLeft")
    settle(page)
    alpha = float(page.locator(".st-key-step_try").get_by_role("slider").first.get_attribute("aria-valuetext"))
    assert alpha < before
    page.get_by_role("button", name="Train it").click()
    training = FIRST.having(alpha=alpha)
    assert_shown(page, training)
    (last,) = edge_of_stability.parts(training)
    page.get_by_text(
        f"the sharpness is {digits(last.height)} in the mean; the edge is at {digits(last.edge)}"
    ).wait_for()


def test_a_cut_is_another_case_and_all_of_it_survives_a_reload(page):
    page.get_by_test_id("stMain").get_by_text("A cut", exact=True).first.click()
    in_address(page, "schedule=multi_step")
    page.locator("[class*=st-key-predict_] button").filter(has_text="Still about").wait_for()
    predict(page, "About 11.1")
    page.get_by_text("You predicted (right)").wait_for()
    training = LESSON.case_race("cut").first
    assert_shown(page, training)
    open_step(page, "check")
    settle(page)
    for place, question in enumerate(LESSON.check(training)):
        group = page.locator(".st-key-step_check [role=radiogroup]").nth(place)
        group.locator("label").nth(question.right).click()
        settle(page)
    page.locator(".st-key-checking").get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("All three are right").wait_for()
    in_address(page, "step=check")
    page.reload()
    page.get_by_text("All three are right").wait_for()
    assert_shown(page, training)
