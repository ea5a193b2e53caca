"""The lesson on schedules, as a learner goes through it: races, and a curve drawn by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import simulate
from lrviz.knob import digits, read_points
from lrviz.lessons import LESSONS
from lrviz.lessons.schedules import GROUPS, fits, result
from lrviz.link import Link
from lrviz.race import Race
from tests.browser.conftest import hosted, settle
from tests.browser.driver import Stage, assert_drawn, assert_race_drawn, in_address, open_step, predict

pytestmark = [pytest.mark.browser, hosted]

RACE = LESSONS["schedules"].race


@pytest.fixture
def page(server, visit):
    page = visit(f"{server}/schedules")
    Stage(page)
    predict(page, "Cosine decay")
    open_step(page, "happened")
    page.get_by_text("ends lowest in the median of 64 noises").wait_for()
    settle(page)
    return page


def rows(page) -> dict[str, list[str]]:
    lines = page.locator(".st-key-contest_table tbody tr").all_inner_texts()
    return {cells[0]: cells[1:] for cells in (re.split(r"\s*\t\s*", line) for line in lines)}


def race_of(page) -> Race:
    link, wrong = Link.from_params(page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert not wrong
    return link.race


def test_question_8_the_schedules_are_compared_and_noise_decides(page):
    stage = Stage(page)
    assert_race_drawn(stage, RACE)
    noisy = rows(page)
    for run in RACE.scenarios:
        row = result(run)
        assert noisy[row.name][1:] == [digits(row.loss), digits(row.typical)]
    open_step(page, "try")
    page.get_by_role("button", name="No noise").click()
    open_step(page, "happened")
    page.get_by_text("0 of the 4 other schedules end lower than a constant rate").wait_for()
    settle(page)
    for run in RACE.leading(RACE.first.having(noise=0)).scenarios:
        assert rows(page)[run.schedule_row.name][1] == digits(float(simulate(run).loss[-1]))
    open_step(page, "try")
    page.get_by_test_id("stMain").get_by_text("Cyclical", exact=True).first.click()
    stage.wait("runs.length === 6")
    assert [run["name"] for run in stage("runs")][-1] == "Cyclical"


def test_the_rates_have_the_large_panel_and_are_seen_before_the_prediction(server, visit):
    """On a linear scale first, a log one at a click, with a name at each line; the link keeps the scale."""
    page = visit(f"{server}/schedules")
    stage = Stage(page)
    assert stage("runs[0].steps") == 0, "the run is to be predicted first"
    sizes = {panel: stage.part(f".panel.{panel} .canvas").bounding_box() for panel in ("rate", "land", "loss")}
    assert all(sizes["rate"]["height"] > 1.4 * sizes[panel]["height"] for panel in ("land", "loss"))
    stage.wait("names.length === 5")
    low, high = stage("ranges.rate")
    assert low == 0 and stage("rateLog") is False and RACE.first.alpha < high < 0.2
    predict(page, "Cosine decay")
    stage.wait("runs[0].steps > 0")
    page.get_by_role("button", name="log scale of the rate").click()
    stage.wait("rateLog")
    assert 1e-5 < stage("ranges.rate")[0] < 1e-3, "the last steps of one-cycle do not squeeze the axis"
    in_address(page, "rate:log")
    open_step(page, "try")
    page.get_by_role("radio", name="Those that rise").or_(page.get_by_role("button", name="Those that rise")).click()
    stage.wait("runs.length === 4")
    stage.wait("names.length === 4")
    assert [run.schedule for run in race_of(page).scenarios] == list(GROUPS["Those that rise"])
    open_step(page, "why")
    page.get_by_role("tab", name="What fits when").click()
    table = page.locator(".st-key-fits_table tbody tr")
    table.nth(3).wait_for()
    assert table.all_inner_texts() == [
        f"{row.best.name} fits when {row.fit.when}\t{row.because.sentence}" for row in fits()
    ]


def test_a_curve_is_drawn_and_the_run_follows_it(page):
    stage = Stage(page)
    button = stage.part(".draw")
    button.click()
    assert stage("drawing") == {"on": True, "steps": 0}
    page.wait_for_timeout(300)  # the axis makes room
    box, place = stage("boxes.rate"), stage.part(".panel.rate .layer.head").bounding_box()
    low, high = stage("ranges.rate")
    steps = stage("steps")

    def at(step: float, rate: float) -> tuple[float, float]:
        up = (rate - low) / (high - low)
        x = box["left"] + step / steps * (box["right"] - box["left"])
        return place["x"] + x, place["y"] + box["bottom"] - up * (box["bottom"] - box["top"])

    meant = [(2, 0.02), (30, 0.15), (90, 0.1), (148, 0.01)]
    page.mouse.move(*at(*meant[0]))
    page.mouse.down()
    for step, rate in meant[1:]:
        page.mouse.move(*at(step, rate), steps=8)
    assert stage("drawing.steps") > 140
    page.mouse.up()
    stage.wait("runs.length === 6")
    stage.wait("drawing.steps === 0")
    in_address(page, "schedule:drawn")
    settle(page)
    drawn = race_of(page).scenarios[-1]
    points = read_points(drawn["points"])
    assert 4 <= len(points) <= 24
    rates = np.array(stage("curve(5).rate"))
    np.testing.assert_allclose(rates, drawn.rates(), rtol=1e-12)
    for step, rate in meant:
        assert rates[step] == pytest.approx(rate, rel=0.25)  # a pixel is 0.001 or so
    assert_drawn(stage, 5, drawn)
    assert rows(page)["Drawn by hand"][1] == digits(float(simulate(drawn).loss[-1]))
    button.click()  # without the pen, the panel scrubs again
    page.mouse.click(*at(steps / 2, 0.01))
    assert stage("step") == steps // 2
    assert race_of(page).scenarios[-1] == drawn


def test_the_keyboard_types_the_points(page):
    stage = Stage(page)
    open_step(page, "try")
    field = page.get_by_role("textbox", name="Your own curve")
    field.fill("0:0.05, 100:0.15, 149:0.001")
    field.press("Enter")
    stage.wait("runs.length === 6")
    in_address(page, "points:0:0.05,100:0.15,149:0.001")
    np.testing.assert_allclose(stage("curve(5).rate"), race_of(page).scenarios[-1].rates(), rtol=1e-12)
    field.fill("0:0.05, 0:0.1")
    field.press("Enter")
    page.get_by_text("with growing steps and rates above 0").first.wait_for()
