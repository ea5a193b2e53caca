"""Sliders whose runs are not all in the browser: those around the pointer are fetched, or of one stop."""

from __future__ import annotations

import pytest

from lrviz import Scenario, play
from tests.browser.conftest import over_a_network, settle
from tests.browser.driver import NO_FAMILY, Stage, assert_drawn, assert_race_drawn
from tests.browser.sliders.pointer import (
    along,
    assert_landscape,
    by_text,
    frames_sent,
    moved,
    places,
    pressed,
    seen,
    show,
    slider_of,
)

pytestmark = [pytest.mark.browser, over_a_network]


@pytest.mark.parametrize("knob", ["x", "noise"])
def test_long_runs_are_here_around_the_pointer(stage, knob):
    """And as the pointer goes on, around where it is."""
    race = show(stage, Scenario(alpha=0.05, steps=1500, noise=0.1), {"optimizer": "adam"})
    at, place, values = pressed(stage, race, knob)
    text = seen(stage, knob)[0]
    sent = frames_sent(stage)
    for part in (0.05, -0.05, 0.03):
        stage.page.mouse.move(*at(place + part))
        text, _, preview = moved(stage, knob, text)
        assert preview is True
        there = race.leading(race.first.having(**{knob: values[text]}))
        assert_race_drawn(stage, there)
    assert not sent, "the server was sent something"
    families = stage("familiesReceived")
    for part in (0.95, 0.02):
        stage.page.mouse.move(*at(part))
        text, _, preview = moved(stage, knob, text)
        assert preview is True, "it fell back to the run of before"
        there = race.leading(race.first.having(**{knob: values[text]}))
        families += 1
        stage.wait(f"familiesReceived >= {families}")
        stage.page.wait_for_timeout(100)
        assert stage("hovered.preview") is True
        assert_race_drawn(stage, there)
    stage.page.mouse.up()
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert_race_drawn(stage, there)
    assert stage("familiesReceived") == families, "they are fetched once"


@pytest.mark.parametrize(
    ("scenario", "knob"),
    [(Scenario(alpha=0.06, steps=1500, noise=0.1), "noise"), (Scenario(alpha=0.06, steps=1500), "kappa")],
    ids=["noise", "landscape"],
)
def test_the_runs_around_the_pointer_may_come_before_its_own(stage, scenario, knob):
    """Each request has its own way through the network: here that of the stop alone is the longer one."""
    race, alone = show(stage, scenario, {"optimizer": "adam"}), []

    def hold_the_stop(route):
        if route.request.post_data_json["around"]:
            route.continue_()
        else:
            alone.append(route)

    stage.page.route("**/lab/runs", hold_the_stop)
    at, _, values = pressed(stage, race, knob)
    text = seen(stage, knob)[0]
    for part in (0.95, 0.02):
        families, stops = stage("familiesReceived"), stage("stopsReceived")
        stage.page.mouse.move(*at(part))
        text, *_ = moved(stage, knob, text)
        stage.wait(f"familiesReceived > {families}")
        assert alone, "the stop was not asked for"
        there = race.leading(race.first.having(**{knob: values[text]}))
        assert_race_drawn(stage, there)
        assert_landscape(stage, there.first)
        while alone:
            alone.pop().continue_()
        stage.wait(f"stopsReceived > {stops}")
        assert_race_drawn(stage, there)
    stage.page.unroute("**/lab/runs")
    stage.page.mouse.up()
    stage.wait("hovered.preview === false")
    settle(stage.page)


def test_a_slider_on_the_stage_is_live_over_its_whole_range_in_a_long_run(stage):
    scenario = Scenario(surface="rosenbrock", alpha=0.001, steps=2000)
    show(stage, scenario)
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.hover()
    stage.wait("live.alpha.ready")
    stage.page.wait_for_timeout(300)
    at = places(slider)
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.3, 0.6, 0.05, 0.7):
        families = stage("familiesReceived")
        stage.page.mouse.move(*at(part))
        stage.wait(f"familiesReceived > {families}")
        stage.page.wait_for_timeout(100)
        assert stage("live.alpha.preview") is True
        assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))
    stage.page.mouse.up()
    stage.wait("live.alpha.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))


@pytest.mark.parametrize(
    ("scenario", "knob", "panel"),
    [
        (Scenario(noise=0.4, alpha=0.11), "noise", "2d"),
        (Scenario(alpha=0.11, values={"kappa": 6}), "kappa", "slice"),
        (Scenario(surface="twin_valleys", alpha=0.011), "x", "2d"),
    ],
    ids=["noise", "landscape", "start"],
)
def test_without_a_family_each_stop_comes_from_the_endpoint(stage, scenario, knob, panel):
    race = show(stage, scenario, {"optimizer": "adam"})
    stage.part(f".switch [data-panel='{panel}']").click()
    values = by_text(scenario, knob)
    slider_of(stage, knob).scroll_into_view_if_needed()
    stage.page.evaluate(NO_FAMILY)
    at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.page.wait_for_timeout(200)
    assert stage("hovered") == {"knob": knob, "ready": False, "preview": False}
    text = seen(stage, knob)[0]
    stage.page.mouse.down()
    sent = frames_sent(stage)
    for part in (0.8, 0.1, 0.6):
        stops = stage("stopsReceived")
        stage.page.mouse.move(*at(part))
        text, *_ = moved(stage, knob, text)
        stage.wait(f"stopsReceived > {stops}")
        assert stage("hovered") == {"knob": knob, "ready": False, "preview": True}
        there = race.leading(scenario.having(**{knob: values[text]}))
        assert_race_drawn(stage, there)
        assert_landscape(stage, there.first)
        if panel == "slice":
            assert stage("slice.base") == [*play.profiles(there.first)[0].base]
    assert not sent, "Streamlit was sent something in the middle of a drag"
    answers = stage("answers")
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("hovered.preview === false")
    stage.page.evaluate("familiesAgain()")
    settle(stage.page)
    assert_race_drawn(stage, there)
    stage.part(".switch button").first.click()


def test_a_slider_on_the_stage_that_has_no_family_asks_for_each_stop_too(stage):
    scenario = Scenario(surface="rosenbrock", alpha=0.001, steps=15_000)
    show(stage, scenario, {"optimizer": "adam", "alpha": "0.01"})
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.hover()
    sent = frames_sent(stage)
    at = places(slider)
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.3, 0.7):
        stage.page.mouse.move(*at(part))
        stage.wait("curve(0).rate[0].toPrecision(6) === element.stage.live.alpha.value.toPrecision(6)")
        assert stage("live.alpha.ready") is False and stage("live.alpha.preview") is True
        assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))
        assert_drawn(stage, 1, scenario.having(optimizer="adam", alpha=0.01))
    assert not sent, "Streamlit was sent something in the middle of a drag"
    stage.page.mouse.up()
    stage.wait("live.alpha.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))


def test_where_the_server_has_no_such_way_streamlit_answers(server, visit):
    """A host that only runs scripts."""
    page = visit(f"{server}/playground?noise=0.3")
    page.route("**/lab/runs", lambda route: route.fulfill(status=404))
    stage = Stage(page)
    noise = slider_of(stage, "noise")
    noise.focus()
    page.wait_for_timeout(300)
    answers = stage("answers")
    stage.press("ArrowRight")
    stage.wait(f"answers > {answers}")
    settle(page)
    assert stage("hovered") == {"knob": "noise", "ready": False, "preview": False}
    assert_drawn(stage, 0, Scenario(noise=float(noise.get_attribute("aria-valuetext"))))


def test_a_server_that_has_no_time_yet_is_queried_again(server, visit):
    """As where the program is not compiled yet: the pointer stays, and the runs come."""
    page, refused = visit(f"{server}/playground?noise=0.35"), []

    def refuse_first(route):
        if len(refused) < 2:
            refused.append(route.request.post_data)
            route.fulfill(status=204, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/lab/runs", refuse_first)
    stage = Stage(page)
    noise = slider_of(stage, "noise")
    noise.focus()
    stage.wait("hovered?.ready")
    assert len(refused) == 2 and stage("familiesReceived") == 1
    text = noise.get_attribute("aria-valuetext")
    stage.press("ArrowRight")
    page.wait_for_function("([slider, text]) => slider.ariaValueText !== text", arg=[noise.element_handle(), text])
    settle(page)
    assert_drawn(stage, 0, Scenario(noise=float(noise.get_attribute("aria-valuetext"))))


def test_runs_that_are_too_long_for_a_family_are_requested_once(stage):
    show(stage, Scenario(steps=20_000))
    noise = slider_of(stage, "noise")
    questions = []
    stage.page.on("request", lambda request: questions.append(request.post_data) if "lab/runs" in request.url else None)
    noise.focus()
    stage.page.wait_for_timeout(200)
    settle(stage.page)
    for x in range(6):
        noise.locator("xpath=ancestor::*[@role='group']").hover(position={"x": 10 + 12 * x, "y": 3})
        stage.page.wait_for_timeout(100)
    assert stage("hovered") == {"knob": "noise", "ready": False, "preview": False}
    assert len(questions) == 1
    answers = stage("answers")
    stage.press("ArrowRight")
    stage.wait(f"answers > {answers}")
    settle(stage.page)
    assert_drawn(stage, 0, Scenario(steps=20_000, noise=float(noise.get_attribute("aria-valuetext"))))
