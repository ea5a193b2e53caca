"""What interacts on the stage: the wheel, Reset view, a number that is typed, what the slice and the menu say."""

from __future__ import annotations

import re

import pytest

from lrviz import Scenario
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address
from tests.browser.stage.conftest import FIRST, LINK

pytestmark = pytest.mark.browser

SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def test_the_wheel_scrolls_the_page_and_with_ctrl_zooms(stage):
    whole, box = stage("view"), stage.part(".panel.land .canvas").bounding_box()
    assert stage.part(".reset").is_hidden()
    stage.page.mouse.move(*stage.place("land", 0.6, 0.4))
    stage.page.mouse.wheel(0, 120)
    stage.page.wait_for_function(f"{SCROLLED} > 0")
    assert stage("view") == whole, "the map did not trap the page"
    stage.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    stage.page.mouse.move(*stage.place("land", 0.6, 0.4))
    stage.page.keyboard.down("Control")
    stage.page.mouse.wheel(0, -300)
    stage.page.keyboard.up("Control")
    stage.wait(f"view.x0 > {whole['x0']}")
    assert stage.page.evaluate(SCROLLED) == 0
    reset = stage.part(".reset")
    reset.wait_for()
    assert stage.part(".panel.land .canvas").bounding_box() == box, "the button moves nothing"
    reset.focus()
    stage.press("Enter")
    stage.wait(f"view.x0 === {whole['x0']!r}")
    reset.wait_for(state="hidden")
    assert stage("view") == whole
    assert stage.part(".panel.land .canvas").bounding_box() == box
    stage.part(".switch [data-panel='3d']").click()
    assert reset.is_hidden()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + 50, y, steps=3)
    stage.page.mouse.up()
    reset.wait_for()
    reset.click()
    reset.wait_for(state="hidden")


def typed(stage, knob):
    return stage.part(f"[data-knob={knob}] .typed")


def test_a_typed_number_is_run_exactly(stage):
    field = typed(stage, "alpha")
    assert field.input_value() == "0.05"
    field.fill("0.0437")
    stage.press("Enter")
    in_address(stage.page, "alpha=0.0437")
    stage.wait("live.alpha.value === 0.0437")
    stage.wait("curve(0).rate[0] === 0.0437")
    assert_drawn(stage, 0, FIRST.having(alpha=0.0437))
    assert field.input_value() == "0.0437"
    assert stage.part("[data-knob=alpha] input[type=range]").get_attribute("aria-valuetext").startswith("0.0437")
    patience = typed(stage, "patience")
    patience.fill("7")
    stage.press("Enter")
    in_address(stage.page, "patience=7")
    stage.wait("live.patience.value === 7")
    assert_drawn(stage, 0, FIRST.having(alpha=0.0437, patience=7))
    assert stage("step") == 60, "digits and arrows in the field are not the player's"


def test_what_may_not_be_typed_is_told_in_a_sentence(stage):
    field, wrong = typed(stage, "patience"), stage.part("[data-knob=patience] .wrong")
    for text, sentence in (("2.5", "Patience must be a whole number from 0 to"), ("0,5", "Write 0.5.")):
        field.fill(text)
        stage.press("Enter")
        assert sentence in wrong.inner_text() or stage.page.wait_for_timeout(100) or sentence in wrong.inner_text()
        assert field.get_attribute("aria-invalid") == "true"
    assert stage("live.patience.value") == 3
    stage.press("Escape")
    assert field.input_value() == "3" and not wrong.inner_text()
    assert "patience=3" in stage.page.url


def test_the_stops_of_a_rate_lie_close_at_the_edge(stage):
    stage.follow("playground?alpha=0.21&steps=60")
    settle(stage.page)
    stage.wait("stops.alpha.includes(0.21)")
    assert {0.18, 0.19, 0.2, 0.21, 0.22} <= set(stage("stops.alpha"))
    slice_of_a_run_that_left(stage)


def slice_of_a_run_that_left(stage):
    stage.wait("steps === 60")
    assert stage("runs[0].leaves.step") == 6
    stage.part(".switch [data-panel='slice']").click()
    words = drawn_words(stage)
    assert any("leaves at step 6, loss 63.2" in text for text in words), words
    assert "tangent" not in stage.part(".marker-legend").inner_text(), "none is drawn"
    x, y = stage("startPixel")
    assert stage("toPixel(-4, 28)") == pytest.approx([x, y]), "the ring is at the start's own loss"
    stage.focus()
    stage.press("Home")
    stage.page.wait_for_timeout(100)
    assert "tangent" in stage.part(".marker-legend").inner_text()


def drawn_words(stage) -> list[str]:
    """What is written on the canvas of the landscape at the next drawing."""
    stage.element.evaluate(
        """() => {
          window.drawnWords = [];
          const write = CanvasRenderingContext2D.prototype.fillText;
          CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
            window.drawnWords.push(text);
            return write.call(this, text, ...at);
          };
        }"""
    )
    stage.focus()
    stage.press("ArrowLeft", "ArrowRight")
    stage.page.wait_for_timeout(150)
    return stage.page.evaluate("window.drawnWords")


def test_a_run_without_a_rate_has_no_line_on_the_panel_of_rates(stage):
    stage.follow("playground?optimizer=newton&steps=60")
    settle(stage.page)
    stage.wait("runs.length === 1")
    stage.part(".cell.rate .value").filter(has_text=re.compile("^–$")).wait_for()  # in the next frame
    assert not stage.part("[data-knob=alpha]").count()


def test_the_menu_of_a_phone_closes_after_a_choice(server, visit):
    page = visit(f"{server}/playground", width=390, height=844, has_touch=True, is_mobile=True)
    stage = Stage(page)
    assert stage.element.bounding_box()["y"] < 300, "the stage is in sight"
    page.locator("[data-testid=stExpandSidebarButton]").tap()
    link = page.locator("[data-testid=stSidebarNavLink]", has_text="Glossary")
    link.wait_for()
    link.tap()
    page.wait_for_url("**/glossary")
    page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
    assert page.locator("[data-testid=stExpandSidebarButton]").is_visible()


def test_the_run_of_a_link_is_the_one_that_is_typed_next(stage):
    """What was typed survives as any other value: in the address, and so in a link."""
    stage.follow(LINK.replace("alpha=0.05", "alpha=0.0512345"))
    settle(stage.page)
    stage.wait("live.alpha.value === 0.0512345")
    assert typed(stage, "alpha").input_value() == "0.0512345"
    assert Scenario(alpha=0.0512345).alpha == 0.0512345
