"""What a browser asks the server for when stage and page speak at once, and when a fragment speaks alone."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import settle
from tests.browser.driver import Late, Stage, in_address

pytestmark = pytest.mark.browser


def test_a_click_in_the_moment_in_which_the_bar_of_steps_speaks_is_a_click(server, visit):
    """The browser sends both as one message, for the fragment of the bar."""
    page = visit(f"{server}/how_long")
    choice = page.locator("[class*=st-key-predict_] button").first.element_handle()
    way = page.locator(".st-key-walk_bar .ways button").last
    way.evaluate("(way, choice) => { way.click(); choice.click(); }", choice)
    in_address(page, "step=try")
    page.locator(".st-key-result").wait_for(state="attached")


def other_speed(page) -> None:
    Stage(page).part(".speed").select_option("4")


def other_epoch(page) -> None:
    Stage(page).focus()
    Stage(page).press("Home", "ArrowRight")


def other_file(page) -> None:
    page.get_by_role("combobox", name="File", exact=True).press("ArrowDown")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("stuck", other_speed),
        ("playground", other_speed),
        ("maps", other_speed),
        ("replay", other_epoch),
        ("training", other_file),
    ],
)
def test_a_fragment_alone_asks_for_nothing_but_itself(server, visit, path, act):
    """Though a browser says the values of all widgets each time."""
    ends = []

    def see(message: ForwardMsg) -> bool:
        if message.WhichOneof("type") == "script_finished":
            ends.append(message.script_finished)
        return False

    seeing = Late(see)
    page = visit(f"{server}/{path}", prepare=seeing)
    if path == "training":
        page.get_by_text("Take it with you").click()
        page.get_by_role("button", name="Download").wait_for()
    page.get_by_role("button", name="Copy link").wait_for()  # the end of the page
    settle(page)
    seeing.hold()
    act(page)
    for _ in range(200):
        page.wait_for_timeout(50)
        if ends:
            break
    settle(page)
    assert set(ends) == {ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
