"""The stage's hands and keys, driven as a visitor would and read through its handle (``element.stage``), not pixels."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.race import Race
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINK = (
    "playground?optimizer=momentum&alpha=0.05&steps=60&schedule=plateau&factor=0.5&patience=3&noise=1"
    "&run2=optimizer:adam"
)
FIRST = Scenario(
    optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", noise=1, values={"factor": 0.5, "patience": 3}
)
WIDE = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/{LINK}", height=900))


@pytest.fixture
def stage(opened):
    """The page that all share, as the link opened it: paused at the end, the whole map, nothing hidden."""
    opened.page.mouse.move(2, 2)
    if opened("panel") != "2d":
        opened.part(".switch button").first.click()
    race, _ = Race.from_params(opened.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    if race.to_params() != Race(FIRST, ({"optimizer": "adam"},)).to_params():
        opened.follow(LINK)
        settle(opened.page)
    opened.wait(f"start.join() === '{FIRST.start[0]:g},{FIRST.start[1]:g}'")
    opened.wait("runs.length === 2")
    opened.wait("runs.every((run) => run.visible)")
    opened.wait("steps === 60")
    opened.focus()
    opened.press("End")
    if opened("loop"):
        opened.part("[aria-label=Loop]").click()
    opened.part(".speed").select_option("1")
    opened.page.mouse.dblclick(*opened.place("land", 0.9, 0.05))
    opened.wait("view.x0 === -5")
    opened.focus()
    return opened


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
    x, y = stage.ring()
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    for part in range(1, 11):
        stage.page.mouse.move(x + 20 * part, y + 8 * part)
        stage.page.wait_for_timeout(30)
    stage.page.mouse.up()
    start = stage("start")
    assert start[0] > FIRST.start[0] + 1
    at_the_start(stage, start)
    assert_drawn(stage, 1, FIRST.having(start=tuple(start), optimizer="adam"))
    assert stage("landscapesReceived") == 1


def at_the_start(stage, start) -> None:
    """Server, address and picture have this start, to the digits of an address."""
    stage.wait(f"curve(0).x[0] === Math.fround({start[0]!r})")
    stage.wait(f"curve(0).x[1] === Math.fround({start[1]!r})")
    in_address(stage.page, "start=")
    assert_drawn(stage, 0, FIRST.having(start=tuple(start)))


def test_a_click_puts_the_start_there(stage):
    stage.page.mouse.click(*stage.place("land", 0.75, 0.75))
    stage.wait("start[0] > 2")
    start = stage("start")
    np.testing.assert_allclose(start, [2.5, 1.75], atol=0.03)
    at_the_start(stage, start)


def test_arrow_keys_nudge_the_start(stage):
    button, (x, y) = stage.part(".start"), FIRST.start
    button.focus()
    width, height = 10, 7
    stage.press("ArrowRight")
    np.testing.assert_allclose(stage("start"), [x + 0.01 * width, y])
    stage.press("Shift+ArrowDown", "ArrowUp", "Shift+ArrowLeft")
    start = stage("start")
    np.testing.assert_allclose(start, [x - 0.04 * width, y - 0.04 * height])
    assert "Arrow keys move it" in button.get_attribute("aria-label")
    assert stage("step") == 60, "the arrow keys are the start's, not the player's"
    at_the_start(stage, start)


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


def test_zoom_pan_and_reset_stay_through_a_change(stage):
    whole = stage("view")
    x, y = stage.place("land", 0.6, 0.4)
    stage.page.mouse.move(x, y)
    stage.page.mouse.wheel(0, -300)
    stage.wait(f"view.x1 - element.stage.view.x0 < {whole['x1'] - whole['x0']}")
    near = stage("view")
    at = [near["x0"] + 0.6 * (near["x1"] - near["x0"]), near["y0"] + 0.4 * (near["y1"] - near["y0"])]
    np.testing.assert_allclose(at, [1, -0.7], atol=0.02, err_msg="the point under the pointer stays")
    stage.page.mouse.down()
    stage.page.mouse.move(x + 50, y - 20, steps=4)
    stage.page.mouse.up()
    panned = stage("view")
    assert panned["x0"] < near["x0"] and panned["y0"] < near["y0"]
    stage.part("[data-knob=patience] input").focus()
    stage.press("ArrowRight")
    in_address(stage.page, "patience=4")
    stage.wait("live.patience.preview === false")
    assert stage("view") == panned
    stage.page.mouse.dblclick(x, y)
    stage.wait(f"view.x0 === {whole['x0']!r}")
    assert stage("view") == whole
    stage.page.wait_for_timeout(300)  # a click would be one by now
    assert stage("start") == list(FIRST.start), "a double click is no click"


@pytest.mark.parametrize("panel", ["slice", "3d", "2d"])
def test_every_panel_answers(stage, panel):
    stage.part(f".switch [data-panel='{panel}']").click()
    assert stage("panel") == panel
    frames = stage("frames")
    stage.focus()
    stage.press("Home", "ArrowRight")
    stage.wait(f"frames > {frames}")
    box = stage("boxes.land")
    assert box["right"] - box["left"] > 400 and box["bottom"] - box["top"] > 250
    assert stage("step") == 1
    camera, view = stage("camera"), stage("view")
    stage.page.mouse.move(*stage.place("land", 0.5, 0.3))
    stage.page.mouse.wheel(0, -200)
    stage.page.mouse.down()
    stage.page.mouse.move(*stage.place("land", 0.6, 0.25), steps=3)
    stage.page.mouse.up()
    assert (stage("camera") != camera) == (panel == "3d")
    assert (stage("view") != view) == (panel == "2d")
    stage.page.mouse.dblclick(*stage.place("land", 0.5, 0.3))
    stage.wait("camera.zoom === 1")
    assert stage("camera") == camera and stage("view") == view
    if panel == "slice":
        stage.part(".slices").select_option(label="along y")
        assert stage.part(".slices").is_visible()
        the_start_moves_along_the_slice(stage)
    else:
        assert stage.part(".slices").is_hidden()
    assert (stage("startPixel") is None) == (panel == "3d")
    assert_drawn(stage, 0, FIRST)


def the_start_moves_along_the_slice(stage) -> None:
    canvas, (x, y) = stage.part(".panel.land .layer.head").bounding_box(), stage("startPixel")
    stage.page.mouse.move(canvas["x"] + x, canvas["y"] + y)
    stage.page.mouse.down()
    stage.page.mouse.move(canvas["x"] + x - 60, canvas["y"] + y + 30, steps=3)
    stage.page.mouse.up()
    start = stage("start")
    x0, y0 = FIRST.start or (0.0, 0.0)
    assert start[0] == x0 and start[1] < y0 - 0.3
    at_the_start(stage, start)
    stage.follow(LINK)
    settle(stage.page)
    stage.wait(f"start[1] === {y0!r}")


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


def test_the_window_is_resized_and_a_retina_screen_is_sharp(stage, server, visit):
    for width in (1000, 700, 390, 360, 1280):
        stage.page.set_viewport_size({"width": width, "height": 900})
        stage.wait("boxes.loss")
        refitted(stage, 1)
        assert stage.page.evaluate(WIDE) == [0, 0], f"wider than a screen of {width}"
    retina = Stage(visit(f"{server}/{LINK}", scheme="dark", motion="reduce", device_scale_factor=2))
    refitted(retina, 2)
    assert retina("theme") == "dark"
    assert retina("playing") is False, "with reduced motion nothing starts by itself"
    assert retina("step") == 60
    retina.page.emulate_media(color_scheme="light")
    retina.wait("theme === 'light'")
    assert retina("step") == 60


def refitted(stage, ratio: int) -> None:
    """Every canvas has the pixels of its place, and loss and rate share their left and right edge."""
    for panel in ("land", "loss", "rate"):
        canvas = stage.part(f".panel.{panel} .layer.head")
        fits = "(c, r) => Math.max(Math.abs(c.width - r * c.clientWidth), Math.abs(c.height - r * c.clientHeight)) <= 1"
        for _ in range(100):
            if canvas.evaluate(fits, ratio):
                break
            stage.page.wait_for_timeout(20)
        else:
            raise AssertionError(f"{panel} is not refitted")
        box, size = stage(f"boxes.{panel}"), canvas.evaluate("c => [c.clientWidth, c.clientHeight]")
        assert 0 <= box["left"] < box["right"] <= size[0] and 0 <= box["top"] < box["bottom"] <= size[1]
    edges = [[stage.place(panel, side)[0] for side in (0, 1)] for panel in ("loss", "rate")]
    assert edges[0] == edges[1]


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


def test_fingers_pinch_and_drag_the_start(server, visit):
    stage = Stage(visit(f"{server}/{LINK}", width=390, height=844, has_touch=True, is_mobile=True))
    stage.part(".panel.land").scroll_into_view_if_needed()
    cdp = stage.page.context.new_cdp_session(stage.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    whole, (x, y) = stage("view"), stage.place("land", 0.6, 0.3)
    touch("touchStart", (x - 20, y), (x + 20, y))
    for apart in (30, 50, 80):
        touch("touchMove", (x - apart, y), (x + apart, y))
    touch("touchEnd")
    near = stage("view")
    assert (near["x1"] - near["x0"]) / (whole["x1"] - whole["x0"]) == pytest.approx(0.25, abs=0.08)
    touch("touchStart", (x - 80, y), (x + 80, y))
    touch("touchMove", (x - 20, y), (x + 20, y))
    touch("touchEnd")
    assert stage("start") == list(FIRST.start), "two fingers move no start"
    stage.page.wait_for_timeout(50)
    x, y = stage.ring()
    touch("touchStart", (x, y))
    for part in (10, 25, 40):
        touch("touchMove", (x + part, y + part / 2))
    touch("touchEnd")
    start = stage("start")
    assert start[0] > FIRST.start[0] + 0.5 and start[1] < FIRST.start[1]
    at_the_start(stage, start)
    sizes = "els => els.map(e => e.getBoundingClientRect()).filter(r => r.width && Math.min(r.width, r.height) < 43.5)"
    small = stage.page.locator(".lrviz-stage button:not(.start), .lrviz-stage select").evaluate_all(sizes)
    assert small == [], "smaller than a finger"
