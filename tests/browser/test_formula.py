"""A formula of one's own in the playground: typed, refused in place, taken from an example, kept in the link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from lrviz import Scenario
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address, widget

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=alert(1)> + $x$"
WIDE = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"


def scenario(text):
    return Scenario(surface="formula", values={"f": text})


@pytest.fixture(scope="module")
def stage(server, visit_once):
    return Stage(visit_once(f"{server}/playground"))


def typed(page, text):
    field = page.locator(".st-key-formula_text input")
    field.fill(text)
    field.press("Enter")
    return field


def test_typing_error_example_link_and_reload(stage):
    page = stage.page
    box = page.locator(".st-key-names input").first
    box.fill("formula")
    box.press("Enter")
    in_address(page, "surface=formula")
    assert_drawn(stage, 0, Scenario(surface="formula"))

    typed(page, "(x - 1)^2 + 4*(y + 1)^2")
    in_address(page, "f=")
    assert_drawn(stage, 0, scenario("(x - 1)^2 + 4*(y + 1)^2"))
    (place,) = stage("landscape.minima")
    assert place == pytest.approx([1, -1], abs=1e-9)
    kept = page.url

    field = typed(page, EVIL)
    alert = page.locator(".st-key-formula_text [role=alert]")
    expect(alert).to_contain_text("at character 1: '<' has no place in a formula")
    assert page.locator("img[src=x]").count() == 0 and field.input_value() == EVIL
    typed(page, "x^2 + foo(y)")
    expect(alert).to_contain_text("at character 7: there is no 'foo'")
    assert_drawn(stage, 0, scenario("(x - 1)^2 + 4*(y + 1)^2"))  # the last good one
    assert page.url == kept

    page.get_by_role("button", name="A kink").click()
    expect(alert).to_have_count(0)
    expect(field).to_have_value("abs(x) + b*abs(y)")
    assert_drawn(stage, 0, scenario("abs(x) + b*abs(y)"))
    settle(page)
    expect(page.locator("[data-testid=stMain]")).to_contain_text("kink where its argument is 0")
    in_address(page, "f=abs")

    page.reload()
    again = Stage(page)
    settle(page)
    assert_drawn(again, 0, scenario("abs(x) + b*abs(y)"))
    expect(page.locator(".st-key-formula_text input")).to_have_value("abs(x) + b*abs(y)")


def test_a_link_opens_it_and_its_coefficient_moves_the_landscape(stage):
    stage.follow("playground?surface=formula&f=(x-a)%5E2%2Bexp(y)%2Bexp(-y)&domain=4")
    text = "(x-a)^2+exp(y)+exp(-y)"
    assert_drawn(stage, 0, scenario(text).having(domain="4"))
    settle(stage.page)
    slider = widget(stage.page, "knob_a").locator("input[type=range]")
    slider.focus()
    stage.press("ArrowRight", "ArrowRight", "ArrowRight")
    in_address(stage.page, "&a=")
    settle(stage.page)
    value = float(re.search(r"[?&]a=([\d.]+)", stage.page.url)[1])
    assert value > 1
    ((x, y),) = stage("landscape.minima")
    assert (x, y) == pytest.approx((value, 0), abs=1e-6)


def test_it_fits_a_phone(stage):
    page = stage.page
    page.set_viewport_size({"width": 390, "height": 844})
    field = page.locator(".st-key-formula_text input")
    field.scroll_into_view_if_needed()
    assert max(page.evaluate(WIDE)) <= 0
    assert field.bounding_box()["width"] > 250
    page.set_viewport_size({"width": 1280, "height": 800})
