"""The network or the server goes in the middle of a drag, and comes back."""

from __future__ import annotations

import os
import signal
from urllib.parse import urlsplit

import pytest

from lrviz import Scenario
from lrviz.race import Race
from tests.browser.conftest import settle, started
from tests.browser.driver import Stage, assert_drawn, in_address
from tests.browser.network import delayed
from tests.browser.sliders.pointer import along, moved, places, pressed, seen, slider_of

pytestmark = pytest.mark.browser

SCENARIO = Scenario(noise=0.5, optimizer="momentum")
LINK = "playground?noise=0.5&optimizer=momentum"


@pytest.fixture
def page(browser):
    """It may complain that nobody answers, but not of an error."""
    errors: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


def opened(page, url: str) -> Stage:
    page.goto(f"{url}/{LINK}")
    stage = Stage(page)
    settle(page)
    return stage


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def press_noise(stage: Stage):
    """The pointer is pressed on the page's slider of the noise: places on its track, and what its labels mean."""
    slider_of(stage, "noise").scroll_into_view_if_needed()
    at, _, values = pressed(stage, Race(SCENARIO), "noise")
    return at, values


def disabled(stage: Stage, knob: str) -> None:
    slider_of(stage, knob).and_(stage.page.locator(":disabled")).wait_for(state="attached")


def test_a_slider_of_the_page_that_is_let_go_while_the_network_is_away(page, loopback):
    with delayed(loopback) as url:
        stage = opened(page, url)
        at, values = press_noise(stage)
        before = seen(stage, "noise")[0]
        page.mouse.move(*at(0.7))
        text = moved(stage, "noise", before)[0]
    disabled(stage, "noise")
    page.mouse.up()
    with delayed(loopback, port=port_of(url)):
        in_address(page, f"noise={values[text]:g}")
        settle(page)
        assert seen(stage, "noise")[0] == text
        assert_drawn(stage, 0, SCENARIO.having(noise=values[text]))
        assert not page.locator("[data-run-ahead]").count(), "the words are of another run"
        page.mouse.click(*at(0.3))
        text = moved(stage, "noise", text)[0]
        in_address(page, f"noise={values[text]:g}")


def test_a_slider_that_is_held_until_the_network_is_back(page, loopback):
    with delayed(loopback) as url:
        stage = opened(page, url)
        at, values = press_noise(stage)
    disabled(stage, "noise")
    with delayed(loopback, port=port_of(url)):
        slider_of(stage, "noise").and_(page.locator(":enabled")).wait_for(state="attached")
        before = seen(stage, "noise")[0]
        page.mouse.move(*at(0.7))
        text = moved(stage, "noise", before)[0]
        page.mouse.up()
        in_address(page, f"noise={values[text]:g}")
        settle(page)
        assert_drawn(stage, 0, SCENARIO.having(noise=values[text]))


def test_a_slider_of_the_stage_moves_on_without_a_network(page, loopback):
    with delayed(loopback) as url:
        stage = opened(page, url)
        slider = stage.part("[data-knob=alpha] input[type=range]")
        slider.focus()
        stage.wait("live.alpha.ready")
        at = places(slider)
        page.mouse.move(*at(0.5))
        page.mouse.down()
    disabled(stage, "noise")
    for part in (0.4, 0.6):
        page.mouse.move(*at(part))
        alpha = stage("live.alpha.value")
        assert_drawn(stage, 0, SCENARIO.having(alpha=alpha))
    page.mouse.up()
    with delayed(loopback, port=port_of(url)):
        in_address(page, f"alpha={alpha:g}")
        stage.wait("live.alpha.preview === false")
        settle(page)
        assert_drawn(stage, 0, SCENARIO.having(alpha=alpha))


def test_a_server_that_is_killed_in_a_drag_and_served_again(page):
    """The page is that of its address again: the new server knows nothing of what was let go without it."""
    with started() as (url, process):
        stage = opened(page, url)
        at, values = press_noise(stage)
        page.mouse.move(*at(0.7))
        os.kill(process, signal.SIGKILL)
        disabled(stage, "noise")
        page.mouse.up()
        with started(port=port_of(url)):
            page.wait_for_selector("[data-test-connection-state=CONNECTED]", state="attached")
            noise = slider_of(stage, "noise")
            noise.and_(page.locator("[aria-valuetext='0.5']:enabled")).wait_for(state="attached")
            settle(page)
            assert_drawn(stage, 0, SCENARIO)
            noise.scroll_into_view_if_needed()
            page.mouse.click(*along(stage, "noise")(0.3))
            text = moved(stage, "noise", "0.5")[0]
            in_address(page, f"noise={values[text]:g}")
            settle(page)
            assert_drawn(stage, 0, SCENARIO.having(noise=values[text]))
