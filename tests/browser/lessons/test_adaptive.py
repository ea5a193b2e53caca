"""The lesson on adaptive optimizers, as a learner goes through it: what the page says is what the runs did."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import simulate
from lrviz.analysis.tuning import tuned
from lrviz.knob import digits
from lrviz.lessons import LESSONS
from tests.browser.conftest import hosted, settle
from tests.browser.driver import Stage, assert_drawn, open_step, predict, widget

pytestmark = [pytest.mark.browser, hosted]

RACE = LESSONS["adaptive"].race


def rows(page) -> dict[str, list[str]]:
    page.get_by_role("tab", name="Table").click()
    lines = page.locator(".st-key-comparison_table tbody tr").all_inner_texts()
    return {cells[0]: cells[1:] for cells in (re.split(r"\s*\t\s*", line) for line in lines)}


def until(page, text: str) -> None:
    page.locator("[data-testid=stMain]").get_by_text(text).first.wait_for(state="attached")
    settle(page)


def test_question_10_the_rate_is_still_to_be_tuned(server, visit):
    page = visit(f"{server}/adaptive")
    stage = Stage(page)
    assert stage("steps") == 0  # nothing is shown before the prediction
    predict(page, "Adam")
    open_step(page, "happened")
    stage.wait("steps > 0")
    until(page, "ends lowest of those with a rate")
    for place, run in enumerate(RACE.scenarios):
        if run.optimizer_row.has_rate:
            assert_drawn(stage, place, run)
    same = rows(page)
    ends = [simulate(run).loss[-1] for run in RACE.scenarios]
    for run, end in zip(RACE.scenarios[:-1], ends, strict=False):
        assert same[run.optimizer_row.name][0] == f"α {digits(run.alpha)}: {digits(float(end))}"
    assert same["Newton"][0].startswith("no rate")

    open_step(page, "try")
    page.get_by_role("radio", name="Each at its best rate").click()
    open_step(page, "happened")
    stage.wait("runs.length === 6")
    until(page, "with these rates")
    best = tuned(RACE.first, [run.optimizer for run in RACE.scenarios])
    for place, (run, row) in enumerate(zip(RACE.scenarios[:-1], best, strict=False)):
        cells = rows(page)[row.name]
        assert cells[0] == cells[1] == f"α {digits(row.best_rate)}: {digits(row.best_loss)}"
        assert_drawn(stage, place, run.having(alpha=row.best_rate))
    assert same["Adam"][0] != rows(page)["Adam"][0]
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(chart => chart.data)
          .filter(trace => trace.name.startsWith('best of')).map(trace => [trace.name, trace.x[0]])"""
    )
    assert dict(drawn) == {f"best of {row.name}": row.best_rate for row in best[:-1]}


def test_the_table_follows_the_slider_and_the_landscape(server, visit):
    page = visit(f"{server}/adaptive")
    stage = Stage(page)
    predict(page, "Momentum")
    open_step(page, "happened")
    until(page, "ends lowest of those with a rate")
    stage.part("[data-knob=alpha] input[type=range]").focus()
    stage.press("ArrowLeft")
    page.wait_for_function("/alpha=/.test(location.search) && !/alpha=0.002(&|$)/.test(location.search)")
    alpha = float(re.search(r"alpha=([\d.e-]+)", page.url)[1])
    assert alpha < 0.002
    until(page, f"with α {digits(alpha)} for all")
    end = simulate(RACE.scenarios[1].having(alpha=alpha)).loss[-1]
    assert rows(page)["Momentum"][0] == f"α {digits(alpha)}: {digits(float(end))}"
    before = rows(page)["RMSprop"][1]
    widget(page, "case").get_by_text("Narrow bowl").click()
    predict(page)
    page.wait_for_function("location.search.includes('surface') || location.search.includes('kappa')")
    settle(page)
    page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
    assert np.isclose(stage("start"), (-4, 2)).all()


def test_all_runs_are_named_in_sight(server, visit):
    stage = Stage(visit(f"{server}/adaptive", height=800))
    legend = stage.part(".legend").bounding_box()
    names = [one.bounding_box() for one in stage.part(".legend .run").all()]
    assert len(names) == len(RACE.scenarios) == 6
    for box in names:
        assert legend["x"] <= box["x"] and box["x"] + box["width"] <= legend["x"] + legend["width"] + 1
        assert legend["y"] - 1 <= box["y"] and box["y"] + box["height"] <= legend["y"] + legend["height"] + 1
