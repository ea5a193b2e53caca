"""The race that the tests of the stage drive: two runs under the plateau rule, on one page for each file of tests."""

from __future__ import annotations

import pytest

from lrviz import Scenario
from lrviz.race import Race
from tests.browser.conftest import settle
from tests.browser.driver import Stage

LINK = (
    "playground?optimizer=momentum&alpha=0.05&steps=60&schedule=plateau&factor=0.5&patience=3&noise=1"
    "&run2=optimizer:adam"
)
FIRST = Scenario(
    optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", noise=1, values={"factor": 0.5, "patience": 3}
)


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/{LINK}", height=900))


@pytest.fixture
def stage(opened):
    """The page that all share, as the link opened it: paused at the end, the whole map, nothing hidden."""
    opened.page.mouse.move(2, 2)
    if opened("panel") != "2d":
        opened.part(".switch button").first.click()
    race, _ = Race.from_params(opened.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    if race.to_params() != Race(FIRST, ({"optimizer": "adam"},)).to_params():
        opened.follow(LINK)
        settle(opened.page)
    opened.wait(f"start.join() === '{FIRST.start[0]:g},{FIRST.start[1]:g}'")
    opened.wait("runs.length === 2")
    opened.wait("runs.every((run) => run.visible)")
    opened.wait("steps === 60")
    opened.focus()
    opened.press("End")
    if opened("loop"):
        opened.part("[aria-label=Loop]").click()
    opened.part(".speed").select_option("1")
    opened.page.mouse.dblclick(*opened.place("land", 0.9, 0.05))
    opened.wait("view.x0 === -5")
    opened.focus()
    return opened
