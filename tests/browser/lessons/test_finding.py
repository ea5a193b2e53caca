"""The lesson on finding a rate, as a learner goes through it: tries by hand, then searches and a range test."""

from __future__ import annotations

import re

import pytest

from lrviz.knob import digits
from lrviz.lessons import LESSONS, finding
from lrviz.lessons.finding import BUDGET
from tests.browser.conftest import hosted, settle
from tests.browser.driver import Stage, assert_drawn, in_address, open_step, predict

pytestmark = [pytest.mark.browser, hosted]

LESSON = LESSONS["finding"]
FIRST = LESSON.race.first


@pytest.fixture
def page(server, visit):
    page = visit(f"{server}/finding")
    Stage(page)
    predict(page, "It ends above the start")
    return page


def test_question_9_ten_tries_by_hand_and_what_the_searches_find(page):
    page.get_by_text("You predicted (right)").wait_for()
    stage = Stage(page)
    assert_drawn(stage, 0, FIRST)
    open_step(page, "try")
    slider = page.locator(".st-key-step_try").get_by_role("slider")
    for left in range(BUDGET - 1, -1, -1):
        slider.press("ArrowRight")
        slider.press("ArrowRight")  # a key is no try: the button is
        page.get_by_role("button", name="Try this rate").click()
        if left:
            page.get_by_text(f"{left} of {BUDGET} tries are left").wait_for()
        settle(page)
    page.get_by_text("Your ten tries are spent").wait_for()
    stage.wait("runs.length === 2")
    tried = float(stage("curve(1).rate[0]"))
    assert_drawn(stage, 1, finding.constant(FIRST, tried))
    open_step(page, "happened")
    page.get_by_role("tab", name="Searches").click()
    rows = page.locator(".st-key-finding_table tbody tr").all_inner_texts()
    table = {cells[0]: cells[1:] for cells in (re.split(r"\s*\t\s*", line) for line in rows)}
    for found in finding.searches(FIRST):
        assert table[found.name] == [digits(found.rate), digits(found.loss), str(found.lower)]
    for row in finding.advice(FIRST):
        assert table[row.name] == [digits(row.rate), digits(row.loss), str(row.lower)]
    assert "You" in table


def test_a_late_test_is_one_click_and_in_the_link(page):
    open_step(page, "try")
    page.get_by_role("button", name="It begins late").click()
    page.wait_for_function("/schedule=range_test/.test(location.search) && !/alpha=/.test(location.search)")
    stage = Stage(page)
    stage.wait("curve(0).rate[0] > 0.14")
    settle(page)
    assert_drawn(stage, 0, FIRST.having(alpha=0.15))
    open_step(page, "happened")
    page.get_by_role("tab", name="In words").click()
    page.get_by_text("kept constant, fly off").wait_for()


def test_the_map_of_two_knobs_says_which_matters(page):
    open_step(page, "why")
    page.get_by_role("tab", name="One knob to tune").click()
    assert page.get_by_text("Spread: variance").count() == 0, "nothing is explained before it is there"
    page.locator(".st-key-beside input").click()
    page.get_by_role("option", name="Momentum").click()
    _, share = finding.matters("Momentum")
    page.get_by_text(f"{share.x:.0%} of the spread goes with the rate alone").wait_for()
    page.get_by_text("Spread: variance").wait_for()
    page.get_by_role("link", name="Open this map").click()
    page.wait_for_function("location.pathname.endsWith('/maps')")
    in_address(page, "y:momentum")
