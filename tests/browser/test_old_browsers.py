"""A browser that lacks something says so where the thing is missing, and what is drawn stays where it belongs."""

from __future__ import annotations

import pytest

from lrviz import Scenario
from lrviz.export import files
from lrviz.race import Race
from lrviz.stage.bundle import NEEDS

pytestmark = pytest.mark.browser

OLD = "delete window.DecompressionStream"
NO_FILM = "delete window.MediaRecorder"
EMPTY_FILM = """window.MediaRecorder = class {
  static isTypeSupported = type => type.startsWith("video/webm");
  state = "inactive";
  start() { this.state = "recording"; }
  stop() {
    this.state = "inactive";
    setTimeout(() => { this.ondataavailable({ data: new Blob([]) }); this.onstop(); });
  }
};
window.files = 0;
const make = URL.createObjectURL;
URL.createObjectURL = blob => { files++; return make.call(URL, blob); };"""
OUTSIDE = """(canvas, box) => {
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const found = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x > box.left - EDGE && x < box.right + EDGE && y > box.top - EDGE && y < box.bottom + EDGE;
      if (!inside && pixels[4 * (y * width + x) + 3]) found.push([x, y]);
    }
  }
  return found;
}""".replace("EDGE", "10")
"""The painted pixels of a canvas outside this box; half a marker may stand over its edge."""


@pytest.fixture
def opened(browser, tmp_path):
    """``opened(address or content of a file, script)``: a page in which that script runs before all others."""
    contexts = []

    def open_page(what: str | bytes, before: str = ""):
        if isinstance(what, bytes):
            path = tmp_path / "run.html"
            path.write_bytes(what)
            what = path.as_uri()
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        contexts[-1].add_init_script(before)
        page = contexts[-1].new_page()
        page.goto(what)
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_an_old_browser_reads_what_it_needs_and_still_gets_the_words(server, opened):
    page = opened(f"{server}/playground", OLD)
    page.get_by_text(NEEDS).wait_for(timeout=60_000)
    page.get_by_text("Rate × curvature").first.wait_for(timeout=60_000)
    assert page.get_by_text(NEEDS).count() == 1
    assert page.get_by_text("DecompressionStream").count() == 0, "that is for people who write browsers"


def test_so_it_does_in_the_exported_file(opened):
    page = opened(files.page(Race(Scenario())), OLD)
    page.get_by_text(NEEDS).wait_for()
    assert page.locator(".lrviz-stage").count() == 0
    page = opened(files.page(Race(Scenario())))
    page.locator(".lrviz-stage canvas").first.wait_for()
    assert page.get_by_text(NEEDS).is_hidden()


def test_a_browser_that_cannot_film_offers_none(opened):
    page = opened(files.page(Race(Scenario())), NO_FILM)
    page.get_by_role("button", name="Picture or film").click()
    assert page.get_by_role("menuitem").all_inner_texts() == ["Save picture (PNG)"]
    page.get_by_text("This browser cannot film the run.").wait_for()


def test_an_empty_film_is_no_file(opened):
    page = opened(files.page(Race(Scenario(steps=8))), EMPTY_FILM)
    page.locator(".speed").select_option("16")
    assert page.get_by_text("This browser cannot film the run.").count() == 0
    page.get_by_role("button", name="Picture or film").click()
    page.get_by_role("menuitem", name="WebM").click()
    page.get_by_text("This browser cannot film the run.").wait_for()
    assert page.get_by_role("menuitem").all_inner_texts() == ["Save picture (PNG)"]
    assert page.evaluate("files") == 0


@pytest.mark.parametrize("panel", ["2d", "slice"])
def test_a_run_that_flies_off_is_not_drawn_over_the_axes(opened, panel):
    flying = Race(Scenario(alpha=0.56, steps=60), ({"optimizer": "momentum", "alpha": "0.4"}, {"alpha": "5"}))
    page = opened(files.page(flying))
    stage = page.locator(".lrviz-stage")
    stage.locator("canvas").first.wait_for()
    page.locator(f"button[data-panel='{panel}']").click()
    stage.focus()
    page.keyboard.press("Home")
    for step in (0, 1, 2, 20, 60):
        page.keyboard.press("End") if step == 60 else None
        for _ in range(step - stage.evaluate("element => element.stage.step")):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)  # axes ease into place
        assert stage.evaluate("element => element.stage.step") == step
        boxes = stage.evaluate("element => element.stage.boxes")
        for name in ("land", "loss", "rate"):
            outside = page.locator(f".panel.{name} .layer.head").evaluate(OUTSIDE, boxes[name])
            assert outside == [], f"{name} at step {step}: {len(outside)} pixels, {outside[:5]}"
