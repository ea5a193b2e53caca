"""The sliders of the page around the stage: what the pointer does there is seen at once, without the server."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, play, simulate
from tests.browser.conftest import over_a_network, settle
from tests.browser.driver import assert_drawn, assert_race_drawn, assert_run, in_address
from tests.browser.sliders.pointer import (
    along,
    assert_landscape,
    by_text,
    frames_sent,
    moved,
    places,
    seen,
    show,
    slider_of,
)

pytestmark = [pytest.mark.browser, over_a_network]

PLATEAU = Scenario(alpha=0.3, schedule="plateau", noise=0.5, steps=120, values={"factor": 0.5, "patience": 3})


def test_a_drag_shows_the_servers_run_at_every_stop_and_asks_nobody(stage):
    show(stage, Scenario(noise=0.5))
    stage.press("Home", "ArrowRight", "ArrowRight")
    values = by_text(Scenario(noise=0.5), "noise")
    at = along(stage, "noise")
    stage.page.mouse.move(*at(0.5))
    stage.wait("hovered?.ready")
    got = stage("familiesReceived"), stage("stopsReceived")
    stage.page.mouse.down()
    sent = frames_sent(stage)
    stops, view = [seen(stage, "noise")[0]], stage("view")
    for part in np.linspace(0, 1, 60):
        stage.page.mouse.move(*at(part))
        for _ in range(20):  # Streamlit's slider moves a moment after the pointer; beyond its ends it stays
            text, curve, _ = seen(stage, "noise")
            if text != stops[-1]:
                break
            stage.page.wait_for_timeout(10)
        stops.append(text)
        assert_run(curve, Scenario(noise=values[text]))
    assert len(set(stops)) > 55
    assert not sent, "the server was sent something"
    assert stage("hovered.preview") is True
    assert (stage("familiesReceived"), stage("stopsReceived")) == got
    stage.page.mouse.up()
    in_address(stage.page, f"noise={values[text]:g}")
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, Scenario(noise=values[text]))
    assert sent, "at the end nothing was sent to the server"
    assert (stage("step"), stage("view")) == (2, view), "the cursor and the map stay"
    assert stage("familiesReceived") == got[0], "the runs of this slider do not depend on its value"


@pytest.mark.parametrize(
    ("scenario", "knob", "panel"),
    [
        (Scenario(values={"kappa": 5}), "kappa", "2d"),
        (Scenario(surface="saddle", alpha=0.2), "a", "3d"),
        (Scenario(surface="twin_valleys", alpha=0.01), "sharpness", "2d"),
        (Scenario(surface="twin_valleys", alpha=0.01), "sharpness", "3d"),
    ],
    ids=lambda what: what if isinstance(what, str) else what.surface,
)
def test_the_landscape_moves_with_the_pointer(stage, scenario, knob, panel):
    show(stage, scenario)
    stage.part(f".switch [data-panel='{panel}']").click()
    stage.focus()
    stage.press("Home", "ArrowRight")
    values = by_text(scenario, knob)
    at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.wait("hovered?.ready")
    answers, view, text = stage("answers"), stage("view"), seen(stage, knob)[0]
    stage.page.mouse.down()
    sent = frames_sent(stage)
    for part in (0.8, 0.1, 0.7, 0.95):
        stage.page.mouse.move(*at(part))
        text, curve, preview = moved(stage, knob, text)
        assert preview is True
        there = scenario.having(**{knob: values[text]})
        assert_run(curve, there)
        assert_landscape(stage, there)
    assert not sent, "the server was sent something"
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, there)
    assert_landscape(stage, there)
    assert (stage("step"), stage("view")) == (1, view), "the cursor and the map stay"
    stage.part(".switch button").first.click()


@pytest.mark.parametrize(
    ("scenario", "knob"),
    [
        (Scenario(optimizer="adam", alpha=0.1), "beta_2"),
        (Scenario(schedule="annealing", noise=0.5), "noise"),
        (PLATEAU, "cooldown"),
        (PLATEAU, "min_delta"),
        (PLATEAU.having(framework="pytorch"), "threshold"),
        (PLATEAU, "steps"),
        (PLATEAU.having(monitor="loss"), "steps_per_epoch"),
        (Scenario(schedule="cosine"), "steps"),
        (Scenario(optimizer="momentum", alpha=0.05), "x"),
    ],
    ids=lambda what: what if isinstance(what, str) else what.schedule,
)
def test_a_key_shows_the_run_before_the_server_answers(stage, scenario, knob):
    show(stage, scenario)
    if not slider_of(stage, knob).count():
        stage.page.locator(".st-key-more summary").click()
        stage.page.mouse.move(2, 2)
    slider = slider_of(stage, knob)
    slider.focus()
    stage.wait("hovered?.ready")
    assert stage("hovered.knob") == knob
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        stage.press(key)
        text, curve, _ = seen(stage, knob)
        assert_run(curve, scenario.having(**{knob: by_text(scenario, knob)[text]}))
    settle(stage.page)
    stage.wait("hovered.preview === false")
    last = scenario.having(**{knob: by_text(scenario, knob)[slider.get_attribute("aria-valuetext")]})
    assert_drawn(stage, 0, last)
    assert stage("runs[0].cuts") == (simulate(last).cuts.tolist() if last.schedule_row.plateau else [])


def test_the_ring_goes_with_the_start(stage):
    show(stage, Scenario(alpha=0.05))
    y = slider_of(stage, "y")
    y.focus()
    stage.wait("hovered?.ready")
    sent = frames_sent(stage)
    at = along(stage, "y")
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    stage.page.mouse.move(*at(0.8))
    stage.wait("hovered.preview")
    assert stage("start") == stage("curve(0).x.slice(0, 2)") and stage("start[1]") > 0
    assert not sent
    stage.page.mouse.up()
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert stage("start")[1] == float(y.get_attribute("aria-valuetext"))


@pytest.mark.parametrize(
    ("scenario", "knob", "line"),
    [(Scenario(surface="twin_valleys", alpha=0.01), "x", 1), (Scenario(values={"kappa": 5}), "kappa", 2)],
    ids=["start", "landscape"],
)
def test_the_slice_moves_with_the_pointer(stage, scenario, knob, line):
    def assert_slice(there: Scenario) -> None:
        shown, own = stage("slice"), play.profiles(there)[line]
        assert (shown["label"], shown["base"], shown["direction"]) == (own.label, [*own.base], [*own.direction])
        np.testing.assert_allclose(shown["s"], own.s, rtol=1e-12)
        np.testing.assert_allclose(shown["loss"], own.loss, rtol=1e-6)

    show(stage, scenario)
    slider_of(stage, knob).focus()
    stage.wait("hovered?.ready")
    stage.part(".switch [data-panel='slice']").click()
    stage.part(".slices").select_option(str(line))
    families = stage("familiesReceived")
    slider_of(stage, knob).scroll_into_view_if_needed()
    stage.page.mouse.move(*along(stage, knob)(0.5))
    stage.wait(f"familiesReceived > {families}")
    assert_slice(scenario)
    text, bases = seen(stage, knob)[0], set()
    stage.page.mouse.down()
    sent = frames_sent(stage)
    for part in (0.8, 0.1, 0.7, 0.95):
        stage.page.mouse.move(*along(stage, knob)(part))
        text, curve, preview = moved(stage, knob, text)
        assert preview is True
        there = scenario.having(**{knob: by_text(scenario, knob)[text]})
        assert_run(curve, there)
        assert_slice(there)
        bases.add(tuple(stage("slice.base")))
    assert not sent, "the server was sent something"
    assert knob != "x" or len(bases) == 2, "it stays in one valley, and this shows little"
    stage.page.mouse.up()
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, there)
    assert_slice(there)
    stage.part(".switch button").first.click()


@pytest.mark.parametrize("knob", ["x", "kappa", "steps", "noise"])
def test_all_runs_of_a_race_follow_the_pointer(stage, knob):
    race = show(stage, Scenario(alpha=0.05), {"optimizer": "adam"}, {"noise": "0.5"})
    values = by_text(race.first, knob)
    slider = slider_of(stage, knob)
    slider.focus()
    stage.wait("hovered?.ready")
    sent = frames_sent(stage)
    at, text = along(stage, knob), seen(stage, knob)[0]
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.9, 0.3):
        stage.page.mouse.move(*at(part))
        text, _, preview = moved(stage, knob, text)
        there = race.leading(race.first.having(**{knob: values[text]}))
        assert preview is True
        assert_race_drawn(stage, there)
        assert_landscape(stage, there.first)
    assert not sent, "the server was sent something"
    answers = stage("answers")
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("hovered.preview === false")
    settle(stage.page)
    assert_race_drawn(stage, there)


@pytest.mark.parametrize("knob", ["noise", "alpha"])
def test_words_of_another_run_than_the_one_that_is_seen_fade(stage, knob):
    def faded() -> bool:
        words = stage.page.locator(".st-key-run_text")
        return float(words.evaluate("words => getComputedStyle(words).opacity")) < 0.6

    show(stage, Scenario(noise=0.5, alpha=0.13))
    if knob == "alpha":
        at = places(stage.part("[data-knob=alpha] input[type=range]"))
    else:
        slider_of(stage, knob).scroll_into_view_if_needed()
        at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.wait("live.alpha.ready" if knob == "alpha" else "hovered?.ready")
    settle(stage.page)
    assert not faded()
    stage.page.mouse.down()
    stage.page.mouse.move(*at(0.3))
    stage.page.wait_for_timeout(1000)
    assert faded()
    stage.page.mouse.up()
    stage.page.wait_for_timeout(300)
    settle(stage.page)
    stage.page.wait_for_timeout(300)
    assert not faded()


def test_a_slider_that_has_left_the_page_does_not_set_its_knob_again(stage):
    """While a link is read, the stage tells how it is looked at, and the browser sends all its sliders along."""
    show(stage, Scenario(surface="twin_valleys", alpha=0.01))
    fold = stage.page.locator(".st-key-more details")
    if fold.get_attribute("open") is not None:
        fold.locator("summary").click()
        stage.page.wait_for_timeout(500)
        settle(stage.page)
    assert slider_of(stage, "x").count(), "else this shows nothing"
    stage.focus()
    stage.press("Home")
    stage.follow("playground?optimizer=adamax&alpha=0.1")
    slider_of(stage, "x").wait_for(state="detached")
    settle(stage.page)
    assert_drawn(stage, 0, Scenario(optimizer="adamax", alpha=0.1))
    assert "start" not in stage.page.url


def test_a_pointer_that_passes_by_asks_for_nothing(stage):
    show(stage, Scenario(noise=0.25, alpha=0.12))
    families = stage("familiesReceived")
    slider_of(stage, "noise").evaluate("""slider => {
      for (const place of [slider, document.body]) {
        place.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, composed: true }));
      }
    }""")  # at once: on a busy machine a real pointer would stay too long
    stage.page.wait_for_timeout(400)
    assert stage("hovered") == {"knob": "noise", "ready": False, "preview": False}
    assert stage("familiesReceived") == families
