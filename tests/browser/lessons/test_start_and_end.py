"""Before the first lesson and after the last one: one button in, and every answer with its experiment."""

from __future__ import annotations

import pytest

from lrviz.lessons import LESSONS
from lrviz.link import Link
from tests.browser.driver import Stage

pytestmark = pytest.mark.browser


def test_one_button_leads_into_the_first_lesson(server, visit):
    page = visit(f"{server}/")
    page.get_by_role("button", name="Start lesson 1").click()
    page.wait_for_function(
        "title => document.querySelector('h1')?.textContent === title", arg=LESSONS["how_long"].question
    )


def test_each_answer_leads_to_its_experiment(server, visit):
    page = visit(f"{server}/answers", waits_for="[data-testid=stPageLink]")
    links = page.get_by_role("link", name="See the experiment")
    rows = sorted(
        ((answer, lesson) for lesson in LESSONS.values() for answer in lesson.answers), key=lambda row: row[0].number
    )
    assert links.count() == len(rows)
    for place, (answer, _) in enumerate(rows):
        assert answer.question in page.locator("[data-testid=stMain]").inner_text()
        assert links.nth(place).is_visible()
    answer, lesson = rows[-1]
    links.last.click()
    page.wait_for_function("title => document.querySelector('h1')?.textContent === title", arg=lesson.question)
    Stage(page)
    link, wrong = Link.from_params(page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert (link.race, link.step, wrong) == (lesson.answer_race(answer), "try", [])


def test_answers_stand_side_by_side_where_there_is_room(server, visit):
    page = visit(f"{server}/answers", waits_for="[data-testid=stPageLink]")
    links = page.get_by_role("link", name="See the experiment")
    for width, columns in ((390, 1), (1280, 2), (1920, 4)):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(200)
        assert len({link.bounding_box()["x"] for link in links.all()}) == columns
