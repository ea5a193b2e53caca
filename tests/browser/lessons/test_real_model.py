"""The lesson on a real model, as a learner goes through it: three jobs, a stop, a misplaced step, 64 starts."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.analysis.sentences import sentences
from lrviz.lessons import LESSONS
from lrviz.lessons.real_model import story
from lrviz.training import Training, Trial, train
from lrviz.ui.training.state import read_link
from tests.browser.conftest import settle
from tests.browser.driver import Stage, in_address, open_step, predict, widget

pytestmark = pytest.mark.browser

LESSON = LESSONS["real_model"]


def case(name: str) -> Training:
    return LESSON.case_race(name).first


def choose(page, name: str) -> None:
    widget(page, "case").get_by_text(LESSON.cases[name].label, exact=True).click()
    page.locator("[class*=st-key-predict_] button").first.wait_for()
    settle(page)


def assert_trained(stage: Stage, training: Training) -> None:
    """The curves of the stage are this training's, to the digits of a float32."""
    history = train(training)
    stage.wait(f"steps === {history.epochs} && "
               f"Math.abs(element.stage.curve.val_loss.at(-1) / {history.log.val_loss[-1]} - 1) < 1e-6")  # fmt: skip
    curve = stage("curve")
    for name in ("loss", "val_loss", "rate", "learning_rate"):
        np.testing.assert_allclose(np.array(curve[name], float), getattr(history.log, name), rtol=1e-6, err_msg=name)
    assert curve["cuts"] == history.cuts.tolist()


def assert_story_shown(page, training: Training) -> None:
    open_step(page, "happened")
    page.get_by_role("tab", name="In words").click()
    for sentence in sentences(story(training)):
        page.get_by_text(sentence).wait_for()


def test_the_picture_keeps_its_place_and_its_legend_names_the_line_of_the_best(server, visit):
    page = visit(f"{server}/real_model", motion="reduce")
    stage = Stage(page)
    data = stage.part(".panel.model .canvas")
    before = data.bounding_box()
    predict(page, "Job 1")
    stage.wait("steps > 0")
    assert data.bounding_box() == before
    legend = stage.part(".data-legend")
    legend.get_by_text("best val_loss so far").wait_for()
    choose(page, "batch")
    predict(page, "After the first epoch")
    legend.get_by_text("best batch so far").wait_for()
    choose(page, "starts")
    legend.get_by_text("best").wait_for(state="detached")


def test_question_3_three_jobs_and_what_the_rate_does_to_noise(server, visit):
    """And questions 2 and 11: a cut moves no weight, and calms val_loss. All is kept over a reload."""
    page = visit(f"{server}/real_model", motion="reduce")
    stage = Stage(page)
    assert stage("steps") == 0 and not stage.part(".bar").is_visible(), "the training is to be predicted first"
    predict(page, "Job 1")
    page.get_by_text("It is: With the callback").wait_for()
    assert_trained(stage, case("callback"))
    assert_story_shown(page, case("callback"))
    page.get_by_role("tab", name="The three jobs").click()
    page.locator(".js-plotly-plot .legendtext", has_text="Job 2").wait_for()
    page.get_by_role("tab", name="Other seeds").click()
    page.locator(".js-plotly-plot .ytick", has_text="With the callback").wait_for()
    for place, preset in enumerate(LESSON.cases["callback"].presets):
        open_step(page, "try")
        page.locator(f".st-key-preset_real_model_{place} button").click()
        settle(page)
        assert_trained(stage, LESSON.preset_race("callback", preset).first)
    training = LESSON.preset_race("callback", LESSON.cases["callback"].presets[2]).first
    assert_story_shown(page, training)
    slider = stage.part("[data-knob=patience] input[type=range]")
    slider.focus()
    stage.press("ArrowRight")
    in_address(page, "patience=4")
    assert_trained(stage, training.having(patience=4))
    assert_story_shown(page, training.having(patience=4))

    open_step(page, "check")
    questions = LESSON.check(training.having(patience=4))
    for i, question in enumerate(questions):
        answers = page.locator(f"[class*=st-key-check_real_model_{i}_]")
        answers.get_by_text(str(question.choices[question.right]), exact=True).click()
        settle(page)
    page.locator(".st-key-send_real_model button").click()
    page.get_by_text("this lesson is done").wait_for()
    page.reload()
    page.wait_for_selector(".lrviz-stage")
    settle(page)
    page.get_by_text("this lesson is done").wait_for()
    open_step(page, "predict")
    page.get_by_text("You predicted: Job 1").wait_for()
    assert_trained(Stage(page), training.having(patience=4))
    page.get_by_role("link", name="Open this in Train a model").click()
    page.get_by_role("heading", name="Train a model").wait_for()
    assert_trained(Stage(page), training.having(patience=4))


def test_questions_13_and_14_a_new_callback_and_a_step_too_deep(server, visit):
    page = visit(f"{server}/real_model?{query('resumed')}", motion="reduce")
    stage = Stage(page)
    predict(page, "Never")
    page.get_by_text("You predicted (right)").wait_for()
    assert_trained(stage, case("resumed"))
    assert stage("curve.cuts") == []
    assert_story_shown(page, case("resumed"))
    open_step(page, "try")
    for place, cuts in enumerate((4, 4)):
        page.locator(f".st-key-preset_real_model_{place} button").click()
        settle(page)
        assert_trained(stage, LESSON.preset_race("resumed", LESSON.cases["resumed"].presets[place]).first)
        assert len(stage("curve.cuts")) == cuts

    choose(page, "batch")
    assert stage("steps") == 0
    predict(page, "Later")
    page.get_by_text("It is: After the first epoch").wait_for()
    assert_trained(stage, case("batch"))
    assert stage("curve.learning_rate[0]") == pytest.approx(0.001)
    assert_story_shown(page, case("batch"))
    open_step(page, "try")
    page.locator(".st-key-preset_real_model_0 button").click()
    settle(page)
    assert_trained(stage, LESSON.preset_race("batch", LESSON.cases["batch"].presets[0]).first)
    assert stage("curve.learning_rate[40]") == pytest.approx(0.1)


def test_question_7_convex_models_end_in_one_loss(server, visit):
    page = visit(f"{server}/real_model?{query('starts')}", motion="reduce")
    stage = Stage(page)
    predict(page, "All with the same loss")
    page.get_by_text("It is: With different losses").wait_for()
    assert_story_shown(page, case("starts"))
    page.get_by_role("tab", name="Where they end").click()
    page.locator(".js-plotly-plot .ytick", has_text="Logistic").wait_for()
    open_step(page, "try")
    ends = []
    for place, preset in enumerate(LESSON.cases["starts"].presets):
        page.locator(f".st-key-preset_real_model_{place} button").click()
        settle(page)
        assert_trained(stage, LESSON.preset_race("starts", preset).first)
        ends.append(stage("curve.loss.at(-1)"))
    assert ends[0] != pytest.approx(train(case("starts")).log.loss[-1], rel=0.1), "the other start ends elsewhere"


def query(name: str) -> str:
    params = LESSON.case_race(name).to_params()
    race, measured, _, wrong = read_link(params)
    assert (Trial(race.first, measured), wrong) == (LESSON.case_race(name), [])
    return "&".join(f"{key}={value}" for key, value in params.items())
