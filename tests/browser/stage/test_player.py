"""The runs as they play: driven as a visitor would, and read through the stage's test API (``element.stage``)."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.race import Race
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address
from tests.browser.stage.conftest import FIRST

pytestmark = pytest.mark.browser


def test_a_link_opens_the_race_with_its_numbers(stage):
    assert [run["name"] for run in stage("runs")] == ["Momentum", "Adam"]
    assert_drawn(stage, 0, FIRST)
    assert_drawn(stage, 1, FIRST.having(optimizer="adam"))
    assert stage("runs[0].cuts") == simulate(FIRST).cuts.tolist()
    assert stage("step") == 60
    assert stage("playing") is False
    assert stage("landscapesReceived") == 1


def test_the_keyboard_plays_and_steps(stage):
    stage.press("Home")
    assert stage("step") == 0
    stage.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert stage("step") == 1
    stage.press("Shift+ArrowRight")
    assert stage("step") == 11
    stage.press("Shift+ArrowLeft", " ")
    stage.wait("step > 3")
    assert stage("playing") is True
    stage.press(" ")
    assert stage("playing") is False
    step = stage("step")
    stage.wait("step >= 0")
    assert stage("step") == step
    stage.press("End")
    assert stage("step") == 60


def test_the_buttons_play_and_step_and_say_where_they_are(stage):
    for button, step in (("To the start", 0), ("One step forward", 1), ("To the end", 60), ("One step back", 59)):
        stage.part(f"[aria-label^='{button}']").click()
        assert stage("step") == step
    stage.part("[aria-label=Play]").click()
    stage.wait("step === 60")
    stage.wait("playing === false")
    stage.part("[aria-label=Play]").click()
    stage.wait("step > 1")
    assert stage("step") < 60, "at its end it plays from the start"
    stage.part("[aria-label=Pause]").click()
    step = stage("step")
    assert stage("playing") is False
    stage.part("[role=status]").filter(has_text=f"Paused at step {step} of 60").wait_for(state="attached")


def test_the_formula_has_the_numbers_of_the_step(stage):
    run = simulate(FIRST)
    stage.press("Home", "ArrowRight")
    stage.part(".cell.step").filter(has_text="1 / 60").wait_for()
    written = stage.part(".with-numbers").inner_text()
    velocity, rate, used, x = run.terms["velocity"][0], run.learning_rate[1], run.used_grad[1], run.x[1]
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", written.replace("e−", "e-"))]
    expected = [0.9, *velocity, rate, *used, *x, *run.terms["velocity"][1]]
    np.testing.assert_allclose(numbers, np.abs(expected), rtol=6e-3)
    stage.press("ArrowRight")
    stage.part(".cell.step").filter(has_text="2 / 60").wait_for()
    assert stage.part(".with-numbers").inner_text() != written


@pytest.mark.parametrize("panel", ["loss", "rate"])
def test_scrubbing_on_a_panel_of_steps(stage, panel):
    stage.page.mouse.move(*stage.place(panel, 0.5))
    stage.page.mouse.down()
    assert stage("step") == 30
    for step in (31, 15, 0, 60):
        stage.page.mouse.move(*stage.place(panel, step / 60))
        assert stage("step") == step
    stage.page.mouse.up()
    stage.page.mouse.move(*stage.place(panel, 0.2))
    assert stage("step") == 60


def test_scrubbing_on_the_transport(stage):
    box = stage.part(".cursor").bounding_box()
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    stage.page.mouse.down()
    assert stage("step") == 30
    stage.page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    stage.page.mouse.up()
    assert stage("step") == 0


def test_a_loop_plays_over_the_end_and_16_times_is_faster(stage):
    rate = """async element => {
      const at = () => [element.stage.step, performance.now()];
      const passed = count => new Promise(done => {
        const look = () => (element.stage.step >= count ? done() : requestAnimationFrame(look));
        look();
      });
      await passed(2);
      const [a, begin] = at();
      await passed(a + %d);
      const [b, end] = at();
      return (1000 * (b - a)) / (end - begin);
    }"""
    stage.press("Home", " ")
    slow = stage.element.evaluate(rate % 3)
    stage.press(" ", "Home")
    stage.part(".speed").select_option("16")
    stage.part("[aria-label=Loop]").click()
    assert stage("speed") == 16 and stage("loop") is True
    stage.focus()
    stage.press(" ")
    assert stage.element.evaluate(rate % 30) > 4 * slow
    passes = """element => new Promise(done => {
      let last = element.stage.step;
      const look = () => {
        const step = element.stage.step;
        if (step < last) done(element.stage.playing);
        last = step;
        requestAnimationFrame(look);
      };
      look();
    })"""
    assert stage.element.evaluate(passes) is True
    stage.press(" ")
    assert stage("playing") is False


def test_a_live_slider_shows_the_servers_run_at_every_stop_and_asks_nobody(stage):
    slider = stage.part("[data-knob=alpha] input[type=range]")
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
        shown = stage("live.alpha")
        if shown["index"] not in seen:
            seen[shown["index"]] = shown["value"]
            assert_drawn(stage, 0, FIRST.having(alpha=shown["value"]))
    assert len(seen) >= 55
    assert stage("sent") == before
    last = stage("live.alpha.value")
    stage.page.mouse.up()
    in_address(stage.page, f"alpha={Scenario().knob('alpha').text(last)}")
    stage.wait("live.alpha.preview === false")
    assert stage("sent") > before
    assert_drawn(stage, 0, FIRST.having(alpha=last))
    assert_drawn(stage, 1, FIRST.having(alpha=last, optimizer="adam"))


def test_runs_come_go_and_are_switched_off(stage):
    stage.page.get_by_role("button", name="Add a run").click()
    stage.wait("runs.length === 3")
    in_address(stage.page, "run3=optimizer:rmsprop")
    stage.part(".run").nth(1).click()
    assert stage("runs[1].visible") is False
    in_address(stage.page, "off=2")
    stage.page.locator(".st-key-run_2_out button").first.click()
    stage.wait("runs.length === 2")
    stage.page.wait_for_function("!location.search.includes('run3')")
    race, wrong = Race.from_params(stage.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert not wrong
    assert race.hidden == {1}
    stage.page.reload()
    again = Stage(stage.page)
    assert [run["visible"] for run in again("runs")] == [True, False]
    settle(again.page)
    again.part(".run").nth(1).focus()
    again.press("Enter")
    assert again("runs[1].visible") is True
    again.press(" ")
    assert again("runs[1].visible") is False, "the space bar is the legend's here, not the player's"
    assert again("playing") is False
    again.press(" ")
    again.page.wait_for_function("!location.search.includes('off')")


@pytest.mark.parametrize("pauses", [(60, 60, 160), (90, 40, 120), (0, 20, 160), (90, 0, 0), (60, 90, 60)])
def test_the_address_is_what_is_seen_however_fast_it_changes(stage, pauses):
    stage.part(".run").nth(1).focus()
    for pause in pauses:
        stage.press("Enter")
        stage.page.wait_for_timeout(pause)  # another is pressed while the answer to this one is on its way
    stage.page.wait_for_timeout(1000)
    settle(stage.page)
    assert stage("runs[1].visible") is False
    in_address(stage.page, "off=2")


def test_hovering_tells_the_numbers(stage):
    tip = stage.part(".tip")
    stage.page.mouse.move(*stage.place("loss", 0.5))
    loss = simulate(FIRST).loss[30]
    assert tip.inner_text().startswith("step 30  loss ")
    assert float(tip.inner_text().split()[-1].replace("−", "-")) == pytest.approx(loss, rel=1e-4)
    stage.page.mouse.move(*stage.place("rate", 0.25))
    assert float(tip.inner_text().split()[-1]) == pytest.approx(simulate(FIRST).learning_rate[15], rel=1e-4)
    stage.page.mouse.move(*stage.ring())
    tip.filter(has_text="step 0").wait_for()
    stage.page.mouse.move(2, 2)
    assert tip.is_hidden()


@pytest.mark.parametrize(("width", "lines"), [(1000, 1), (390, 3)])
def test_a_term_of_the_step_is_shown_whole_or_not_at_all(server, visit, width, lines):
    stage = Stage(visit(f"{server}/playground?optimizer=adam&alpha=0.05", width=width))
    top, bottom = stage.part(".rule").evaluate("({clientHeight, offsetTop}) => [offsetTop, offsetTop + clientHeight]")
    places = stage.part(".rule .term").evaluate_all(
        "terms => terms.map(term => [term.offsetTop, term.offsetTop + term.offsetHeight])"
    )
    shown = [place for place in places if place[0] < bottom - 2]
    assert len(shown) >= 3 and (width == 390 or len(shown) < len(places)), "else the line is never full"
    assert all(top - 2 <= begin and end <= bottom + 2 for begin, end in shown)
    assert len({begin for begin, _ in shown}) <= lines


def test_a_run_that_flies_off_says_so(stage):
    stage.follow("playground?alpha=0.9&steps=400")
    stage.wait("steps === 400")
    leaves = stage("runs[0].leaves")
    run = simulate(Scenario(alpha=0.9, steps=400))
    assert leaves["step"] == int(np.argmax(np.abs(run.x[:, 1]) > 3.5))
    assert leaves["loss"] == pytest.approx(run.loss[leaves["step"]])
    assert stage("runs[0].lastFinite") < 400
    stage.focus()
    stage.press("Home", "ArrowRight")
    assert stage("step") == 1
