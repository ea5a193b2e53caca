"""The stage on the race page, driven as a visitor would and read through its handle (``element.stage``), not pixels."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.race import Race
from tests.browser.driver import Stage, assert_drawn, in_address

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINK = (
    "playground?optimizer=momentum&alpha=0.05&steps=60&schedule=plateau&factor=0.5&patience=3&noise=1"
    "&run2=optimizer:adam"
)
FIRST = Scenario(
    optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", noise=1, values={"factor": 0.5, "patience": 3}
)


@pytest.fixture
def stage(server, visit):
    return Stage(visit(f"{server}/{LINK}", height=900))


def test_a_link_opens_the_race_with_its_numbers(stage):
    assert [run["name"] for run in stage("runs")] == ["Momentum", "Adam"]
    assert_drawn(stage, 0, FIRST)
    assert_drawn(stage, 1, FIRST.having(optimizer="adam"))
    assert stage("runs[0].cuts") == simulate(FIRST).cuts.tolist()
    assert stage("step") == 60
    assert stage("playing") is False
    assert stage("landscapesReceived") == 1


def test_the_keyboard_plays_steps_and_scrubs(stage):
    stage.element.evaluate("element => element.focus()")
    stage.press("Home")
    assert stage("step") == 0
    stage.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert stage("step") == 1
    stage.press(" ")
    stage.wait("step > 5")
    assert stage("playing") is True
    stage.press(" ")
    assert stage("playing") is False
    assert stage.part("[role=status]").text_content()
    stage.press("End")
    assert stage("step") == 60
    stage.part(".speed").select_option("16")
    assert stage("speed") == 16
    stage.press("Home")
    for panel in ("loss", "rate"):
        box, place = stage(f"boxes.{panel}"), stage.part(f".panel.{panel} .layer.head").bounding_box()
        stage.page.mouse.click(place["x"] + (box["left"] + box["right"]) / 2, place["y"] + place["height"] / 2)
        assert stage("step") == 30
        stage.element.evaluate("element => element.focus()")
        stage.press("Home")


def test_a_live_slider_shows_the_servers_run_at_every_notch_and_asks_nobody(stage):
    slider = stage.part("[data-knob=alpha] input")
    slider.focus()
    stage.wait("live.alpha.ready")
    place = slider.bounding_box()
    middle, left, wide = place["y"] + place["height"] / 2, place["x"], place["width"]
    before = stage("sent")
    stage.page.mouse.move(left + 12, middle)
    stage.page.mouse.down()
    seen = {}
    for part in np.linspace(0.01, 0.99, 75):
        stage.page.mouse.move(left + part * wide, middle)
        told = stage("live.alpha")
        if told["index"] not in seen:
            seen[told["index"]] = told["value"]
            assert_drawn(stage, 0, FIRST.having(alpha=told["value"]))
    assert len(seen) >= 55
    assert stage("sent") == before
    last = stage("live.alpha.value")
    stage.page.mouse.up()
    in_address(stage.page, f"alpha={Scenario().knob('alpha').text(last)}")
    stage.wait("live.alpha.preview === false")
    assert stage("sent") > before
    assert_drawn(stage, 0, FIRST.having(alpha=last))
    assert_drawn(stage, 1, FIRST.having(alpha=last, optimizer="adam"))


def test_the_start_is_dragged_and_the_last_place_wins(stage):
    ground = stage.part(".panel.land .layer.head").bounding_box()
    x, y = (ground[side] + offset for side, offset in zip("xy", stage("toPixel(...element.stage.start)"), strict=True))
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    for part in range(1, 11):
        stage.page.mouse.move(x + 20 * part, y + 8 * part)
        stage.page.wait_for_timeout(40)
    stage.page.mouse.up()
    start = stage("start")
    assert start[0] > -1
    stage.wait(f"curve(0).x[0] === {start[0]!r}")
    stage.wait(f"curve(0).x[1] === {start[1]!r}")
    in_address(stage.page, "start=")
    assert_drawn(stage, 0, FIRST.having(start=tuple(start)))
    assert_drawn(stage, 1, FIRST.having(start=tuple(start), optimizer="adam"))
    assert stage("landscapesReceived") == 1


def test_runs_come_go_and_are_switched_off(stage):
    stage.page.get_by_role("button", name="Add a run").click()
    stage.wait("runs.length === 3")
    in_address(stage.page, "run3=optimizer:rmsprop")
    stage.part(".run").nth(1).click()
    in_address(stage.page, "off=2")
    assert stage("runs[1].visible") is False
    stage.page.locator(".st-key-run_2_out button").first.click()
    stage.wait("runs.length === 2")
    race, wrong = Race.from_params(stage.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert not wrong
    assert race.hidden == {1}
    stage.page.reload()
    again = Stage(stage.page)
    assert [run["visible"] for run in again("runs")] == [True, False]


def test_zoom_pan_and_reset_stay_through_a_change(stage):
    ground = stage.part(".panel.land .layer.head").bounding_box()
    whole = stage("view")
    x, y = ground["x"] + 0.6 * ground["width"], ground["y"] + 0.6 * ground["height"]
    stage.page.mouse.move(x, y)
    stage.page.mouse.wheel(0, -300)
    stage.wait(f"view.x1 - element.stage.view.x0 < {whole['x1'] - whole['x0']}")
    near = stage("view")
    stage.page.mouse.down()
    stage.page.mouse.move(x + 50, y, steps=4)
    stage.page.mouse.up()
    panned = stage("view")
    assert panned["x0"] < near["x0"]
    stage.part("[data-knob=patience] input").focus()
    stage.press("ArrowRight")
    in_address(stage.page, "patience=4")
    assert stage("view") == panned
    stage.page.mouse.dblclick(x, y)
    stage.wait(f"view.x0 === {whole['x0']!r}")


def test_a_run_that_flies_off_says_so(server, visit):
    stage = Stage(visit(f"{server}/playground?alpha=0.9&steps=400"))
    leaves = stage("runs[0].leaves")
    run = simulate(Scenario(alpha=0.9, steps=400))
    assert leaves["step"] == int(np.argmax(np.abs(run.x[:, 1]) > 3.5))
    assert stage("runs[0].lastFinite") < 400
    stage.element.evaluate("element => element.focus()")
    stage.press("Home", "ArrowRight")
    assert stage("step") == 1


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_the_race_is_no_wider_than_the_screen(server, visit, width):
    page = visit(f"{server}/{LINK}", width=width, height=844)
    Stage(page)
    wide = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(wide) == [0, 0]


def test_theme_and_reduced_motion(server, visit):
    stage = Stage(visit(f"{server}/{LINK}", scheme="dark", motion="reduce"))
    assert stage("theme") == "dark"
    assert stage("playing") is False
    stage.page.emulate_media(color_scheme="light")
    stage.wait("theme === 'light'")
    assert stage("step") == 60
