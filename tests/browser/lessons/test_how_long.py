"""Lesson 1 as a learner does it: predict, move alpha, find the edge, and read what each run did."""

from __future__ import annotations

import pytest

from lrviz import simulate
from lrviz.analysis.diagnosis import diagnose
from lrviz.analysis.stability import edge
from lrviz.lessons import LESSONS
from lrviz.scenario import ALPHA
from tests.browser.conftest import hosted, settle
from tests.browser.driver import Stage, assert_drawn, in_address, open_step, predict

pytestmark = [pytest.mark.browser, hosted]

FIRST = LESSONS["how_long"].race.first


def set_alpha(stage: Stage, at_least: float) -> float:
    """The stage's slider goes to the first stop from there on, in one move."""
    slider, values = stage.part("[data-knob=alpha] input[type=range]"), stage("stops.alpha")
    slider.focus()
    stage.wait("live.alpha.ready")
    index = next(i for i, value in enumerate(values) if value >= at_least)
    slider.evaluate("(input, i) => { input.value = i; input.dispatchEvent(new Event('input')); }", index)
    slider.evaluate("input => input.dispatchEvent(new Event('change'))")
    in_address(stage.page, f"alpha={ALPHA.text(values[index])}")
    return values[index]


def story(page) -> str:
    return " ".join(page.locator(".st-key-story button").all_inner_texts())


def test_the_edge_is_found_by_the_learner_and_then_named(server, visit):
    page = visit(f"{server}/how_long", height=900)
    stage = Stage(page)
    assert stage("steps") == 0, "the run may not be seen before the prediction"
    predict(page)
    stage.wait("steps === 60")
    assert_drawn(stage, 0, FIRST)
    result = page.locator(".st-key-result")
    assert "We ran it" in result.inner_text() and "α 0.19" in page.locator(".st-key-prediction").inner_text()
    assert result.evaluate("element => element === document.activeElement"), "the focus goes to the result"
    open_step(page, "try")

    long = set_alpha(stage, 0.25)
    page.get_by_text("The edge lies").wait_for()
    open_step(page, "happened")
    diagnosis = diagnose(FIRST.having(alpha=long), simulate(FIRST.having(alpha=long)))
    (divergence,) = diagnosis.of("divergence")
    assert divergence.sentence.replace(" ", "") in story(page).replace(" ", "")
    assert stage.part(".regime").count() == 0, "the edges are painted when the learner has found one"

    assert page.get_by_role("progressbar").count() == 0, "it would name the edge"
    open_step(page, "try")
    past = set_alpha(stage, 0.21)
    page.get_by_text("Found: it lies").wait_for()
    assert f"{edge(FIRST):g}" in page.get_by_text("Found: it lies").inner_text()
    stage.element.locator(".regime").first.wait_for(state="attached")
    assert stage.part(".regime").count() >= 3
    for width in (390, 1280):  # the zone between 1/L and 2/L has its name on the track, and for a screen reader
        page.set_viewport_size({"width": width, "height": 844})
        stage.part(".regime span:visible").get_by_text("swings", exact=True).wait_for()

    open_step(page, "happened")
    page.get_by_text(f"{10 * past:.3g} of 2").wait_for()
    page.get_by_text("That is above the limit 2").wait_for()
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
    alpha = set_alpha(stage, 0.12)
    slider = stage.part("[data-knob=alpha] input[type=range]")
    assert slider.get_attribute("aria-valuetext").endswith(" · swings, 1/L to 2/L")
    page.get_by_text("That is below the limit 2").wait_for()
    page.get_by_text(f"{10 * alpha:.3g} of 2").wait_for()
    assert int(page.get_by_role("progressbar").get_attribute("aria-valuenow")) == pytest.approx(500 * alpha, abs=1)


def test_a_sentence_leads_to_its_step(server, visit):
    page = visit(f"{server}/how_long?alpha=0.15&steps=60", height=900)
    stage = Stage(page)
    predict(page)
    open_step(page, "happened")
    stage.wait("steps === 60")
    scenario = FIRST.having(alpha=0.15)
    event = diagnose(scenario, simulate(scenario)).story(3)[-1]
    page.locator(".st-key-story button").last.click()
    stage.wait(f"step === {event.step}")
    assert stage("playing") is False


def test_a_lesson_is_a_walk_by_button_and_key_beside_a_stage_that_stays(server, visit):
    page = visit(f"{server}/how_long")
    stage = Stage(page)
    predict(page)
    stage.element.evaluate("element => { element.mark = 1; }")
    stage.wait("steps === 60")
    bottom = "() => document.querySelector('[class*=st-key-step_' + document.documentElement.dataset.step + ']')"
    seen = []
    for name in ("Next: Try", "Next: What happened", "Next: Why", "Next: Check"):
        page.get_by_role("button", name=name).click()
        seen.append(page.evaluate("document.documentElement.dataset.step"))
        in_address(page, f"step={seen[-1]}")
        settle(page)
        assert page.evaluate(f"({bottom})().getBoundingClientRect().bottom") <= 800
        assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop") == 0
    assert seen == ["try", "happened", "why", "check"]
    page.locator("h1").click()
    page.keyboard.press("PageUp")
    assert page.evaluate("document.documentElement.dataset.step") == "why"
    page.keyboard.press("PageDown")
    assert page.evaluate("document.documentElement.dataset.step") == "check"
    assert stage.element.evaluate("element => element.mark") == 1, "the stage was mounted anew"
    in_address(page, "step=check")
    page.goto(page.url)
    page.locator(".st-key-step_check").wait_for()
    assert page.evaluate("document.documentElement.dataset.step") == "check"


def test_what_was_predicted_and_answered_survives_a_reload(server, visit):
    page = visit(f"{server}/how_long")
    predict(page)
    open_step(page, "check")
    page.locator(".st-key-checking").get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Choose an answer to each").wait_for()
    for place in range(3):
        page.locator(".st-key-step_check [role=radiogroup]").nth(place).locator("label").first.click()
        settle(page)
    page.locator(".st-key-checking").get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Not quite. The answer is").first.wait_for()
    settle(page)
    page.wait_for_function("() => (localStorage.getItem('lrviz.lesson.how_long') ?? '').includes('true')")
    alerts = page.locator(".st-key-step_check [data-testid=stAlert]").all_inner_texts()
    in_address(page, "step=check")
    page.goto(page.url)
    page.get_by_text("Not quite. The answer is").first.wait_for()
    settle(page)
    assert page.locator(".st-key-step_check [data-testid=stAlert]").all_inner_texts() == alerts
    open_step(page, "predict")
    assert "You predicted" in page.locator(".st-key-result").inner_text()
    assert Stage(page)("steps") == 60


def test_no_preset_moves_away_from_below_the_pointer(server, visit):
    page = visit(f"{server}/how_long", motion="reduce")
    predict(page)
    open_step(page, "try")
    button = page.locator(".st-key-preset_3 button")
    before = button.bounding_box()
    button.click()
    page.get_by_text("Found: it lies").wait_for()
    assert button.bounding_box() == before


def test_on_a_phone_a_preset_brings_the_stage_into_sight(server, visit):
    page = visit(f"{server}/how_long", width=390, height=844, motion="reduce")
    predict(page)
    open_step(page, "try")
    button = page.locator(".st-key-preset_3 button")
    button.scroll_into_view_if_needed()
    top = "() => document.querySelector('.st-key-picture_of_lesson').getBoundingClientRect().top"
    assert page.evaluate(top) < 0
    button.click()
    in_address(page, "alpha=0.21")
    page.wait_for_function(f"() => ({top})() >= 0")
    assert page.evaluate(top) < 300
