"""What a learner does on the lesson about plateaus, and sees: questions 2, 4 and 6."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import simulate
from lrviz.knob import digits
from lrviz.lessons import LESSONS
from lrviz.lessons.stuck import at_the_end, forgotten, rival
from tests.browser.conftest import hosted
from tests.browser.driver import Stage, assert_drawn, in_address, open_step, predict, widget

pytestmark = [pytest.mark.browser, hosted]

FIRST = LESSONS["stuck"].race.first
SHELF = LESSONS["stuck"].case_race("shelf").first


@pytest.fixture
def lesson(server, visit):
    page = visit(f"{server}/stuck")
    stage = Stage(page)
    assert stage("runs[0].steps") == 0, "the run is to be predicted first"
    predict(page, "It ends lower with the callback")
    stage.wait(f"runs[0].steps === {FIRST.steps}")
    return stage


def test_a_cut_helps_on_the_noise_floor_and_harms_on_the_shelf(lesson):
    page, stage = lesson.page, lesson
    assert_drawn(stage, 0, FIRST)
    assert_drawn(stage, 1, FIRST.having(schedule="constant"))  # the other run is drawn too
    open_step(page, "happened")
    page.get_by_text("The callback helped runs like this").wait_for()
    page.get_by_role("tab", name="Reduce").click()
    for cut in simulate(FIRST).cuts[:2]:  # the table of rates, and what the cells show at that step
        page.get_by_role("cell", name=str(cut), exact=True).wait_for()
    stage.element.evaluate("element => element.focus()")
    stage.press("Home")
    assert stage("cells.words") == "waited 0 of 3"
    cut = int(simulate(FIRST).cuts[0])
    stage.part(".cursor").evaluate(f"e => {{ e.value = {cut}; e.dispatchEvent(new Event('input')); }}")
    stage.wait("cells.cut")
    assert stage("cells.waited") == 3
    widget(page, "case").get_by_role("radio", name="Shelf").or_(page.get_by_role("button", name="Shelf")).first.click()
    stage.wait("runs[0].steps === 0")
    assert page.evaluate("document.documentElement.dataset.step") == "predict", "another case is another prediction"
    page.locator(".st-key-prediction").get_by_text("on Shelf").wait_for()
    predict(page, "It ends lower with the callback")
    assert "It is: It ends higher" in page.locator(".st-key-result").inner_text()
    open_step(page, "happened")
    page.get_by_role("tab", name="The run").click()
    page.get_by_text("made this run worse").wait_for()
    assert_drawn(stage, 0, SHELF)
    plain = at_the_end(simulate(SHELF.having(schedule="constant")))
    assert page.get_by_text(f"{digits(plain)} without").count()
    assert page.get_by_text("0.8 × 0.5 = 0.4").count()
    open_step(page, "try")
    page.locator(".st-key-preset_0 button").click()  # a patience that is never used up: the case stays
    in_address(page, "patience=60")
    assert "surface=shelf" in page.url
    stage.wait("curve(0).rate.at(-1) === 0.8")
    assert_drawn(stage, 0, SHELF.having(patience=60))
    open_step(page, "happened")  # the run that is drawn below is hidden by this one
    page.get_by_text("The run on the stage was never cut").wait_for()


def test_question_2_a_stop_that_loses_the_callbacks_memory_is_seen(lesson):
    page, stage = lesson.page, lesson
    open_step(page, "happened")
    page.get_by_role("tab", name="Two loops").click()
    found, texts = forgotten(FIRST)
    for sentence in texts:
        page.get_by_text(sentence).wait_for()
    page.get_by_text("Show the run whose callback forgot").click()
    stage.wait("runs.length === 3")
    assert stage("curve(2).rate") == found.run.learning_rate.tolist()
    np.testing.assert_allclose(stage("curve(2).x"), found.run.x.ravel(), rtol=1e-6, atol=1e-6)


def test_pytorch_joins_with_the_same_numbers_and_cuts_one_epoch_later(lesson):
    page, stage = lesson.page, lesson
    open_step(page, "try")
    page.get_by_text("Race PyTorch, same numbers").click()
    stage.wait("runs.length === 3")
    open_step(page, "happened")
    page.get_by_role("tab", name="Keras, PyTorch").click()
    other = FIRST.having(**rival(FIRST))
    assert_drawn(stage, 1, other)
    epochs = [simulate(one).cuts[0] // one.steps_per_epoch for one in (FIRST, other)]
    page.get_by_text(f"PyTorch's in epoch {epochs[1]}: 1 epoch later").wait_for()
    in_address(page, "run2=framework:pytorch")
    stage.part("[data-knob=patience] input[type=range]").focus()
    stage.press("ArrowRight")
    in_address(page, "patience=4")
    four = FIRST.having(patience=4)
    epochs = [simulate(one).cuts[0] // one.steps_per_epoch for one in (four, four.having(**rival(four)))]
    page.get_by_text(f"PyTorch's in epoch {epochs[1]}").wait_for()
