"""A pointer on the sliders of the page and of the stage, and what is seen under it."""

from __future__ import annotations

import numpy as np

from lrviz import Scenario, play
from lrviz.race import Race
from lrviz.stage.landscape import FULL, TONE, landscape_arrays
from tests.browser.conftest import settle
from tests.browser.driver import Stage, widget


def show(stage: Stage, scenario: Scenario, *others: dict[str, str]) -> Race:
    """The race of this run and the others is on the page."""
    wanted = Race(scenario, others)
    race, _ = Race.from_params(stage.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    if race != wanted:
        stage.follow("playground?" + "&".join(f"{key}={value}" for key, value in wanted.to_params().items()))
        settle(stage.page)
    return wanted


def slider_of(stage: Stage, knob: str):
    return widget(stage.page, f"knob_{knob}").locator("input[type=range]")


def places(track):
    """On this element: 0 is its left end, 1 its right."""
    box = track.bounding_box()
    return lambda part: (box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def along(stage: Stage, knob: str):
    """Places on the track of the knob's slider."""
    return places(slider_of(stage, knob).locator("xpath=ancestor::*[@role='group']"))


def pressed(stage: Stage, race: Race, knob: str):
    """The pointer is pressed where the knob's slider stands, and the runs around it are here. Places on its track, its
    own, and what each label over it means."""
    row = play.slider_family(race, knob)
    assert row
    place = row.index / (len(row.values) - 1)
    slider_of(stage, knob).focus()
    stage.wait("hovered?.ready")
    at = along(stage, knob)
    stage.page.mouse.move(*at(place))
    stage.page.mouse.down()
    return at, place, by_text(race.first, knob)


def seen(stage: Stage, knob: str) -> tuple[str, dict, bool | None]:
    """The label over the slider, the curve on the stage, and is it a preview (None: of no slider of the page), at the
    same moment."""
    return stage.element.evaluate(
        """(element, input) => [
          input.getAttribute("aria-valuetext"), element.stage.curve(0), element.stage.hovered?.preview ?? null]""",
        slider_of(stage, knob).element_handle(),
    )


def moved(stage: Stage, knob: str, before: str) -> tuple[str, dict, bool | None]:
    """The same once the slider is elsewhere: Streamlit's moves a moment after the pointer."""
    for _ in range(100):
        now = seen(stage, knob)
        if now[0] != before:
            return now
        stage.page.wait_for_timeout(10)
    raise AssertionError(f"the slider of {knob} stays at {before}")


def frames_sent(stage: Stage) -> list[str]:
    """What goes to the server from now on; the stage still tells what was done before, how it is looked at."""
    wire, sent = stage.page.context.new_cdp_session(stage.page), []

    def keep(frame) -> None:
        sent.append(frame["response"]["payloadData"])

    wire.on("Network.webSocketFrameSent", keep)
    wire.send("Network.enable")
    before = -1
    while before != len(sent):
        before = len(sent)
        stage.page.wait_for_timeout(800)
    sent.clear()
    return sent


def by_text(scenario: Scenario, knob: str) -> dict[str, float]:
    """The label over the knob's slider -> the value that it means."""
    row = play.slider_family(Race(scenario), knob)
    assert row and row.text
    return dict(zip(row.text, row.values, strict=True))


def assert_landscape(stage: Stage, scenario: Scenario) -> None:
    """The landscape on the stage is the server's own for this scenario, to less than a tone of its shade."""
    meta, arrays = landscape_arrays(play.landscape(scenario))
    shown = stage("landscape")
    assert shown["minima"] == meta["minima"]
    np.testing.assert_allclose(shown["heights"], arrays["heights"].ravel().astype(float), atol=TONE * FULL + 1)
