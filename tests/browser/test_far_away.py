"""300 ms from the server, as on another continent: a drag, a preset and the start still answer in the browser."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario
from lrviz.lessons import LESSONS
from tests.browser.conftest import away, settle
from tests.browser.driver import Stage, assert_drawn, assert_run, in_address, open_step, widget
from tests.browser.sliders.pointer import along, by_text, moved, places, seen

pytestmark = [pytest.mark.browser, away(0.3)]


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/playground?noise=0.5", height=900))


@pytest.fixture
def stage(opened):
    opened.page.mouse.up()
    opened.page.mouse.move(2, 2)
    opened.focus()
    settle(opened.page)
    return opened


def test_a_drag_on_the_stage_shows_each_stop_and_ends_in_the_address(stage):
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    at = places(slider)
    stage.page.mouse.move(*at(0.3))
    stage.page.mouse.down()
    for part in np.linspace(0.3, 0.68, 12):
        stage.page.mouse.move(*at(part))
        assert_run(stage("curve(0)"), Scenario(noise=0.5, alpha=stage("live.alpha.value")))
    alpha = stage("live.alpha.value")
    assert stage("live.alpha.preview") is True and alpha != 0.15
    stage.page.mouse.up()
    in_address(stage.page, f"alpha={alpha:g}")
    stage.wait("live.alpha.preview === false")
    assert stage("live.alpha.value") == alpha, "the answer put the slider back"
    assert_drawn(stage, 0, Scenario(noise=0.5, alpha=alpha))


def test_a_drag_of_a_slider_of_the_page_too(stage):
    alpha = stage("live.alpha.value")
    values = by_text(Scenario(noise=0.5, alpha=alpha), "noise")
    at = along(stage, "noise")
    stage.page.mouse.move(*at(0.5))
    stage.wait("hovered?.ready")
    stage.page.mouse.down()
    text = seen(stage, "noise")[0]
    for part in (0.3, 0.8, 0.6):
        stage.page.mouse.move(*at(part))
        text, curve, preview = moved(stage, "noise", text)
        assert preview is True
        assert_run(curve, Scenario(noise=values[text], alpha=alpha))
    stage.page.mouse.up()
    in_address(stage.page, f"noise={values[text]:g}")
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert seen(stage, "noise")[0] == text
    assert_drawn(stage, 0, Scenario(noise=values[text], alpha=alpha))


def test_a_start_that_is_dragged_stays_where_it_was_dropped(stage):
    stage.page.mouse.move(*stage.ring())
    stage.page.mouse.down()
    stage.page.mouse.move(*stage.place("land", 0.7, 0.3), steps=6)
    dropped = stage("start")
    stage.page.mouse.up()
    in_address(stage.page, "start=")
    settle(stage.page)
    stage.page.wait_for_timeout(700)
    start = stage("start")
    np.testing.assert_allclose(start, dropped, atol=0.02)
    alpha, noise = stage("live.alpha.value"), by_text(Scenario(), "noise")[seen(stage, "noise")[0]]
    assert_drawn(stage, 0, Scenario(noise=noise, alpha=alpha, start=tuple(start)))
    x = widget(stage.page, "knob_x").locator("input[type=range]")
    assert float(x.get_attribute("aria-valuetext")) == pytest.approx(start[0]), "the slider of the page follows"


def test_a_preset_of_a_lesson_is_on_the_stage_and_stays(server, visit):
    page = visit(f"{server}/stuck")
    stage, first = Stage(page), LESSONS["stuck"].race.first
    page.get_by_role("button", name="It ends lower with the callback").click()
    stage.wait(f"runs[0].steps === {first.steps}")
    settle(page)
    open_step(page, "try")
    page.locator(".st-key-preset_0 button").click()
    in_address(page, "patience=16")
    settle(page)
    assert_drawn(stage, 0, first.having(patience=16))
    slider = stage.part("[data-knob=factor] input[type=range]")
    slider.focus()
    stage.press("ArrowRight")
    factor = stage("live.factor.value")
    in_address(page, f"factor={factor:g}")
    stage.wait("live.factor.preview === false")
    settle(page)
    assert_drawn(stage, 0, first.having(patience=16, factor=factor))
