"""What a learner does on the lesson about hyperparameters, and sees: questions 1 and 3."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.lessons import LESSONS
from lrviz.lessons.hyperparameter import chain
from tests.browser.conftest import hosted
from tests.browser.driver import Stage, open_step, predict, widget

pytestmark = [pytest.mark.browser, hosted]

FIRST = LESSONS["hyperparameter"].race.first


def points(stage: Stage, place: int) -> np.ndarray:
    return np.array(stage(f"curve({place}).x"), float).reshape(-1, 2)


def test_the_chain_retraces_the_run_when_nothing_is_lost(server, visit):
    page = visit(f"{server}/hyperparameter")
    stage = Stage(page)
    assert stage("runs[0].steps") == 0, "the run is to be predicted first"
    predict(page, "Another path")
    stage.wait(f"runs[0].steps === {FIRST.steps}")
    links = chain(FIRST)
    open_step(page, "happened")
    page.get_by_text(f"the paths part at step {links.parts(links.fresh)}").wait_for()
    page.get_by_text("Here the fresh jobs end lower").wait_for()
    page.get_by_role("tab", name="The jobs").click()
    for job in links.jobs:
        page.get_by_role("cell", name=f"{job.begin + 1} to {job.end}", exact=True).wait_for()
    np.testing.assert_allclose(points(stage, 1), points(stage, 0))
    np.testing.assert_allclose(points(stage, 2), links.fresh.x)
    assert np.abs(points(stage, 2) - points(stage, 0)).max() > 0.5
    assert page.get_by_text("This run used the rates 0.2, 0.1, 0.05").count() == 1

    widget(page, "case").get_by_text("Plain descent").click()
    stage.wait("runs[0].steps === 0")
    predict(page, "The same path")
    open_step(page, "happened")
    page.get_by_role("tab", name="The paths").click()
    page.get_by_text("With a fresh optimizer in each job, the chain takes the path of the run").wait_for()
    np.testing.assert_allclose(points(stage, 2), points(stage, 0))

    stage.part("[data-knob=factor] input[type=range]").focus()
    stage.press("ArrowLeft")  # another factor: other jobs, other rates, still one setting
    page.get_by_text("This run used the rates 0.2, 0.1, 0.05").wait_for(state="detached")
    np.testing.assert_allclose(points(stage, 2), points(stage, 0))
