"""What a learner does on the lesson about many valleys, and sees: questions 7 and 11."""

from __future__ import annotations

import pytest

from lrviz import SURFACES, simulate
from lrviz.analysis import basins
from lrviz.lessons import LESSONS, valleys
from lrviz.link import Link
from tests.browser.conftest import hosted
from tests.browser.driver import Stage, assert_drawn, open_step, predict, widget

pytestmark = [pytest.mark.browser, hosted]

FIRST = LESSONS["valleys"].race.first


def test_questions_7_and_11_what_leaves_a_valley_and_what_noise_does(server, visit):
    page = visit(f"{server}/valleys", height=900)
    stage = Stage(page)
    predict(page, "In another valley")
    stage.wait(f"runs[0].steps === {FIRST.steps}")
    assert_drawn(stage, 0, FIRST)
    ending = basins.basin(FIRST, simulate(FIRST))
    assert ending.basin != basins.home(FIRST), "the opening run leaves its valley"
    open_step(page, "happened")
    page.get_by_text(f"It left the first valley for good at step {ending.left}.").wait_for()

    answers = stage("answers")
    open_step(page, "try")
    page.get_by_role("button", name="A small rate").click()
    stage.wait(f"answers > {answers}")
    careful = FIRST.having(alpha=0.05)
    assert basins.basin(careful, simulate(careful)).basin == basins.home(careful)
    open_step(page, "happened")
    page.get_by_text("and ends in it").wait_for()
    assert_drawn(stage, 0, careful)

    page.get_by_role("tab", name="Noise").click()
    chart = page.locator(".js-plotly-plot").last
    chart.scroll_into_view_if_needed()
    drawn = chart.evaluate("chart => chart.data.map(trace => Array.from(trace.y?._inputArray ?? trace.y ?? []).length)")
    assert max(drawn) >= len(valleys.NOISES)

    bowl = SURFACES["bowl"].name
    widget(page, "case").get_by_text(bowl, exact=True).click()
    predict(page)
    open_step(page, "happened")
    page.get_by_role("tab", name="What helps to leave?").click()
    page.get_by_text("it is convex, like the loss of linear and of logistic regression").wait_for()
    assert stage("landscapesReceived") == 2
    assert_drawn(stage, 0, Link.from_params(params(page))[0].race.first)


def params(page) -> dict[str, str]:
    return page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
