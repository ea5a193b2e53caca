"""The lesson on the edge, as a learner goes through it: zooms of its map, a click on it, and the count of boxes."""

from __future__ import annotations

import pytest

from lrviz.lessons import LESSONS, coastline
from lrviz.lessons.coastline import WITHIN, neighbours
from lrviz.link import Link
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address, open_step, predict

pytestmark = pytest.mark.browser

LESSON = LESSONS["coastline"]
FIRST = LESSON.race.first


@pytest.fixture
def page(server, visit):
    page = visit(f"{server}/coastline")
    Stage(page)
    predict(page, "Two to eight times")
    return page


def link_of(page) -> Link:
    link, wrong = Link.from_params(page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert not wrong
    return link


def test_question_20_the_map_is_zoomed_and_its_point_is_the_run(page):
    page.get_by_text("You predicted (right)").wait_for()
    assert_drawn(Stage(page), 0, FIRST)
    open_step(page, "try")
    page.locator(".lrviz-map .numbers").get_by_text("its cell diverged").wait_for()  # and the run comes down
    page.get_by_role("button", name="1,000 ×").click()
    page.locator('.st-key-zooms [data-testid="stBaseButton-primary"]').get_by_text("1,000 ×").wait_for()
    in_address(page, "show:convergence")
    settle(page)
    there = coastline.zoomed(FIRST, 1000)
    assert link_of(page).map == there
    plane = page.locator(".lrviz-map .plane")
    plane.wait_for()
    plane.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_function("!location.search.includes('alpha=0.03318938194')")
    settle(page)
    first = link_of(page).race.first
    assert there.x.low <= first.alpha <= there.x.high and first.alpha != FIRST.alpha
    assert_drawn(Stage(page), 0, first)


def test_the_bowl_is_the_other_case_and_its_edge_a_line(page):
    open_step(page, "try")
    page.get_by_role("button", name="100 ×", exact=True).click()
    in_address(page, "show:convergence")
    settle(page)
    page.get_by_test_id("stMain").get_by_text("Bowl", exact=True).first.click()
    in_address(page, "alpha=0.2997530664")
    predict(page, "Once or never")
    page.get_by_text("You predicted (right)").wait_for()
    assert link_of(page).map == coastline.plane(LESSON.case_race("bowl").first), "not the other case's zoom"
    open_step(page, "happened")
    bowl = LESSON.case_race("bowl").first
    down = neighbours(bowl, WITHIN[0]).down.sum()
    page.get_by_text(f"Of 64 rates within 1% of this one {down} come down").wait_for()
    page.get_by_role("tab", name="Count").click()
    page.locator("[data-testid=stExpander] summary").filter(has_text="Count the boxes").click()
    page.get_by_text("that of a line").wait_for()
    open_step(page, "try")
    page.locator(".lrviz-map").wait_for()
