"""What a learner does on the lesson about plateaus, and sees: questions 2, 4 and 6."""

from __future__ import annotations

import pytest

from lrviz import simulate
from lrviz.knob import digits
from lrviz.lessons import LESSONS
from lrviz.lessons.stuck import at_the_end, rival
from tests.browser.conftest import over_a_network
from tests.browser.driver import Stage, assert_drawn, in_address

pytestmark = [pytest.mark.browser, over_a_network]

FIRST = LESSONS["stuck"].race.first
SHELF = LESSONS["stuck"].case_race("shelf").first


@pytest.fixture
def lesson(server, visit):
    page = visit(f"{server}/stuck")
    stage = Stage(page)
    assert stage("runs[0].steps") == 0, "the run is to be predicted first"
    page.get_by_role("button", name="It ends lower with the callback").click()
    stage.wait(f"runs[0].steps === {FIRST.steps}")
    return stage


def test_a_cut_helps_on_the_noise_floor_and_harms_on_the_shelf(lesson):
    page, stage = lesson.page, lesson
    assert_drawn(stage, 0, FIRST)
    page.get_by_text("The callback helped this run").wait_for()
    for cut in simulate(FIRST).cuts[:2]:  # the table of rates, and what the cells show at that step
        page.get_by_role("cell", name=str(cut), exact=True).wait_for()
    stage.element.evaluate("element => element.focus()")
    stage.press("Home")
    assert stage("cells.words") == "waited 0 of 3"
    cut = int(simulate(FIRST).cuts[0])
    stage.part(".cursor").evaluate(f"e => {{ e.value = {cut}; e.dispatchEvent(new Event('input')); }}")
    stage.wait("cells.cut")
    assert stage("cells.waited") == 3
    page.get_by_role("radio", name="Shelf").or_(page.get_by_role("button", name="Shelf")).first.click()
    page.get_by_text("made this run worse").wait_for()
    assert_drawn(stage, 0, SHELF)
    plain = at_the_end(simulate(SHELF.having(schedule="constant")))
    assert page.get_by_text(f"{digits(plain)} without").count()
    assert page.get_by_text("0.8 × 0.5 = 0.4").count()
    before = page.get_by_text("gained nothing").inner_text()
    page.locator(".st-key-preset_1 button").click()  # patience 16
    in_address(page, "patience=16")
    page.get_by_text("With patience 16").wait_for()
    assert page.get_by_text("gained nothing").inner_text() != before


def test_pytorch_joins_with_the_same_numbers_and_cuts_one_epoch_later(lesson):
    page, stage = lesson.page, lesson
    page.get_by_text("Race PyTorch, same numbers").click()
    stage.wait("runs.length === 2")
    other = FIRST.having(**rival(FIRST))
    assert_drawn(stage, 1, other)
    epochs = [simulate(one).cuts[0] // one.steps_per_epoch for one in (FIRST, other)]
    page.get_by_text(f"PyTorch's in epoch {epochs[1]}: 1 epoch later").wait_for()
    in_address(page, "run2=framework:pytorch")
    stage.part("[data-knob=patience] input").focus()
    stage.press("ArrowRight")
    in_address(page, "patience=4")
    four = FIRST.having(patience=4)
    epochs = [simulate(one).cuts[0] // one.steps_per_epoch for one in (four, four.having(**rival(four)))]
    page.get_by_text(f"PyTorch's in epoch {epochs[1]}").wait_for()
