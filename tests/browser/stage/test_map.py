"""The map, its start, its views and its window: driven as a visitor would, and read through the stage's test API."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest

from lrviz.knob import number_text
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address
from tests.browser.stage.conftest import FIRST, LINK

pytestmark = pytest.mark.browser

WIDE = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"


@contextmanager
def ctrl(stage):
    """The wheel alone is the page's."""
    stage.page.keyboard.down("Control")
    yield
    stage.page.keyboard.up("Control")


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
    assert [round(place, 2) for place in start] == start, "a pixel of this map is 0.015 wide and 0.02 high"
    at_the_start(stage, start)
    assert_drawn(stage, 1, FIRST.having(start=tuple(start), optimizer="adam"))
    assert stage("landscapesReceived") == 1


def at_the_start(stage, start) -> None:
    """Server, address and picture have this start, to the digits of an address."""
    stage.wait(f"curve(0).x[0] === Math.fround({start[0]!r})")
    stage.wait(f"curve(0).x[1] === Math.fround({start[1]!r})")
    in_address(stage.page, f"start={number_text(start[0])},{number_text(start[1])}&")
    assert_drawn(stage, 0, FIRST.having(start=tuple(start)))


def test_a_click_puts_the_start_there(stage):
    stage.page.mouse.click(*stage.place("land", 0.75, 0.75))
    stage.wait("start[0] > 2")
    start = stage("start")
    np.testing.assert_allclose(start, [2.5, 1.75], atol=0.03)
    assert [round(place, 2) for place in start] == start
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


def test_zoom_pan_and_reset_stay_through_a_change(stage):
    whole = stage("view")
    x, y = stage.place("land", 0.6, 0.4)
    stage.page.mouse.move(x, y)
    with ctrl(stage):
        stage.page.mouse.wheel(0, -300)
    stage.wait(f"view.x1 - element.stage.view.x0 < {whole['x1'] - whole['x0']}")
    zoomed = stage("view")
    at = [zoomed["x0"] + 0.6 * (zoomed["x1"] - zoomed["x0"]), zoomed["y0"] + 0.4 * (zoomed["y1"] - zoomed["y0"])]
    np.testing.assert_allclose(at, [1, -0.7], atol=0.02, err_msg="the point under the pointer stays")
    stage.page.mouse.down()
    stage.page.mouse.move(x + 50, y - 20, steps=4)
    stage.page.mouse.up()
    panned = stage("view")
    assert panned["x0"] < zoomed["x0"] and panned["y0"] < zoomed["y0"]
    stage.part("[data-knob=patience] input[type=range]").focus()
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
    with ctrl(stage):
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
        frames = stage("frames")
        stage.part(".slices").select_option(label="along y")
        assert stage.part(".slices").is_visible()
        stage.wait(f"frames > {frames}")  # the start has its place on this slice
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
    x0, y0 = FIRST.start or (0.0, 0.0)
    stage.wait(f"start[1] < {y0 - 0.3}")
    start = stage("start")
    assert start[0] == x0 and start[1] < y0 - 0.3
    at_the_start(stage, start)
    stage.follow(LINK)
    settle(stage.page)
    stage.wait(f"start[1] === {y0!r}")


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
    zoomed = stage("view")
    assert (zoomed["x1"] - zoomed["x0"]) / (whole["x1"] - whole["x0"]) == pytest.approx(0.25, abs=0.08)
    touch("touchStart", (x - 80, y), (x + 80, y))
    touch("touchMove", (x - 20, y), (x + 20, y))
    touch("touchEnd")
    assert stage("start") == list(FIRST.start), "two fingers move no start"
    before = stage("view")
    touch("touchStart", (x - 30, y), (x + 30, y))
    for by in (10, 20, 30):
        touch("touchMove", (x - 30 + by, y + by), (x + 30 + by, y + by))
    touch("touchEnd")
    moved = stage("view")
    assert moved["x0"] < before["x0"] and moved["y0"] > before["y0"], "two fingers take the map with them"
    assert moved["x1"] - moved["x0"] == pytest.approx(before["x1"] - before["x0"], rel=0.02)
    assert stage.part(".reset").is_visible()
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    top = stage.page.evaluate(scrolled)
    x, y = stage.place("land", 0.7, 0.3)
    touch("touchStart", (x, y))
    for by in (10, 30, 60, 90):
        touch("touchMove", (x + 5, y - by))
    touch("touchEnd")
    stage.page.wait_for_function(f"{scrolled} > {top}")
    while top != (top := stage.page.evaluate(scrolled)):  # a tap on a page that still scrolls stops it, and is no tap
        stage.page.wait_for_timeout(100)
    assert stage("view") == moved, "one finger scrolls the page"
    assert stage("start") == list(FIRST.start)
    stage.part(".reset").tap()
    stage.wait(f"view.x0 === {whole['x0']!r}")
    stage.part(".panel.land").scroll_into_view_if_needed()
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


WRITTEN = """
window.written = {};
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const canvas = this.canvas.getBoundingClientRect?.();
  if (canvas) window.written[text] = canvas.top + this.getTransform().transformPoint({ x, y }).y / devicePixelRatio;
  return fillText.call(this, text, x, y);
};
"""
"""Of all that is written on a canvas: how far down the window its middle is."""


def test_what_is_said_of_a_run_that_leaves_does_not_lie_over_the_meaning_of_the_arrows(server, visit):
    page = visit(
        f"{server}/playground?alpha=0.1&kappa=50&rotation=45&steps=60&run2=optimizer:momentum",
        motion="reduce",
        prepare=lambda page: page.add_init_script(WRITTEN),
    )
    stage = Stage(page)
    page.wait_for_function("Object.keys(written).filter((text) => text.includes('leaves at step')).length === 2")
    legend = stage.part(".marker-legend").bounding_box()
    for text, middle in page.evaluate("Object.entries(written)"):
        assert "leaves at step" not in text or middle + 10 <= legend["y"]
