"""Lesson 1 as a learner does it: predict, move alpha, find the edge, and read what each run did."""

from __future__ import annotations

import pytest

from lrviz import simulate
from lrviz.analysis.diagnosis import diagnose
from lrviz.analysis.stability import edge
from lrviz.lessons import LESSONS
from lrviz.play import live_stops
from lrviz.scenario import ALPHA
from tests.browser.conftest import over_a_network
from tests.browser.driver import Stage, assert_drawn, in_address

pytestmark = [pytest.mark.browser, over_a_network]

FIRST = LESSONS["how_long"].race.first


def set_alpha(stage: Stage, at_least: float) -> float:
    """The stage's slider goes to the first notch from there on, in one move."""
    slider, values = stage.part("[data-knob=alpha] input"), live_stops(ALPHA, stage("live.alpha.value"))
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
    page.locator(".st-key-prediction button").first.click()
    stage.wait("steps === 60")
    assert_drawn(stage, 0, FIRST)
    assert "We ran it" in page.locator(".st-key-prediction").inner_text()

    long = set_alpha(stage, 0.25)
    page.get_by_text("The edge lies").wait_for()
    told = diagnose(FIRST.having(alpha=long), simulate(FIRST.having(alpha=long)))
    (divergence,) = told.of("divergence")
    assert divergence.sentence.replace(" ", "") in story(page).replace(" ", "")
    assert stage.part(".regime").count() == 0, "the edges are painted when the learner has found one"

    assert page.get_by_role("progressbar").count() == 0, "it would name the edge"
    past = set_alpha(stage, 0.21)
    page.get_by_text("Found: it lies").wait_for()
    assert f"{edge(FIRST):g}" in page.get_by_text("Found: it lies").inner_text()
    stage.element.locator(".regime").first.wait_for(state="attached")
    assert stage.part(".regime").count() >= 3

    page.get_by_text(f"{10 * past:.3g} of 2").wait_for()
    page.get_by_text("That is above the limit 2").wait_for()
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
    near = set_alpha(stage, 0.12)
    page.get_by_text("That is below the limit 2").wait_for()
    page.get_by_text(f"{10 * near:.3g} of 2").wait_for()
    assert int(page.get_by_role("progressbar").get_attribute("aria-valuenow")) == pytest.approx(500 * near, abs=1)


def test_a_sentence_leads_to_its_step(server, visit):
    page = visit(f"{server}/how_long?alpha=0.15&steps=60", height=900)
    stage = Stage(page)
    page.locator(".st-key-prediction button").first.click()
    stage.wait("steps === 60")
    scenario = FIRST.having(alpha=0.15)
    event = diagnose(scenario, simulate(scenario)).story()[-1]
    page.locator(".st-key-story button").last.click()
    stage.wait(f"step === {event.step}")
    assert stage("playing") is False
