"""The sliders of the page around the stage: what the hand does there is seen at once, without the server."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.race import Race
from lrviz.stage.ground import FULL, TONE, ground_arrays
from lrviz.ui import scene
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, assert_run, in_address

pytestmark = pytest.mark.browser

PLATEAU = Scenario(alpha=0.3, schedule="plateau", noise=0.5, steps=120, values={"factor": 0.5, "patience": 3})


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/playground", height=900))


@pytest.fixture
def stage(opened):
    opened.page.mouse.up()
    opened.page.mouse.move(2, 2)
    opened.focus()
    return opened


def show(stage: Stage, scenario: Scenario, *others: dict[str, str]) -> Race:
    """The race of this run and the others is on the page."""
    wanted = Race(scenario, others)
    race, _ = Race.from_params(stage.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    if race != wanted:
        stage.follow("playground?" + "&".join(f"{key}={value}" for key, value in wanted.to_params().items()))
        settle(stage.page)
    return wanted


def slider_of(stage: Stage, knob: str):
    return stage.page.locator(f".st-key-knob_{knob} input[type=range]")


def places(track):
    """On this element: 0 is its left end, 1 its right."""
    box = track.bounding_box()
    return lambda part: (box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def along(stage: Stage, knob: str):
    """Places on the track of the knob's slider."""
    return places(slider_of(stage, knob).locator("xpath=ancestor::*[@role='group']"))


def seen(stage: Stage, knob: str) -> tuple[str, dict, bool | None]:
    """What stands over the slider, the curve on the stage, and is it a preview (None: of no slider of the page), at the
    same moment."""
    return stage.element.evaluate(
        """(element, input) => [
          input.getAttribute("aria-valuetext"), element.stage.curve(0), element.stage.near?.preview ?? null]""",
        slider_of(stage, knob).element_handle(),
    )


def moved(stage: Stage, knob: str, before: str) -> tuple[str, dict, bool | None]:
    """The same once the slider stands elsewhere: Streamlit's moves a moment after the hand."""
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
    """What stands over the knob's slider -> the value that it means."""
    row = scene.near(Race(scenario), knob)
    assert row and row.text
    return dict(zip(row.text, row.values, strict=True))


def test_a_drag_shows_the_servers_run_at_every_notch_and_asks_nobody(stage):
    show(stage, Scenario(noise=0.5))
    stage.press("Home", "ArrowRight", "ArrowRight")
    values = by_text(Scenario(noise=0.5), "noise")
    at = along(stage, "noise")
    stage.page.mouse.move(*at(0.5))
    stage.wait("near?.ready")
    got = stage("familiesReceived"), stage("notchesReceived")
    stage.page.mouse.down()
    asked = frames_sent(stage)
    notches, view = [seen(stage, "noise")[0]], stage("view")
    for part in np.linspace(0, 1, 60):
        stage.page.mouse.move(*at(part))
        for _ in range(20):  # Streamlit's slider moves a moment after the hand; beyond its ends it stays
            text, curve, _ = seen(stage, "noise")
            if text != notches[-1]:
                break
            stage.page.wait_for_timeout(10)
        notches.append(text)
        assert_run(curve, Scenario(noise=values[text]))
    assert len(set(notches)) > 55
    assert not asked, "somebody was asked"
    assert stage("near.preview") is True
    assert (stage("familiesReceived"), stage("notchesReceived")) == got
    stage.page.mouse.up()
    in_address(stage.page, f"noise={values[text]:g}")
    stage.wait("near.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, Scenario(noise=values[text]))
    assert asked, "at the end the server was not told"
    assert (stage("step"), stage("view")) == (2, view), "the cursor and the map stay"
    assert stage("familiesReceived") == got[0], "the runs of this slider do not depend on where it stands"


def assert_ground(stage: Stage, scenario: Scenario) -> None:
    """The ground on the stage is the server's own for this scenario, to less than a tone of its shade."""
    meta, arrays = ground_arrays(scene.landscape(scenario))
    told = stage("ground")
    assert told["minima"] == meta["minima"]
    np.testing.assert_allclose(told["heights"], arrays["heights"].ravel().astype(float), atol=TONE * FULL + 1)


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
def test_the_ground_moves_under_the_hand(stage, scenario, knob, panel):
    show(stage, scenario)
    stage.part(f".switch [data-panel='{panel}']").click()
    stage.focus()
    stage.press("Home", "ArrowRight")
    values = by_text(scenario, knob)
    at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.wait("near?.ready")
    answers, view, text = stage("answers"), stage("view"), seen(stage, knob)[0]
    stage.page.mouse.down()
    asked = frames_sent(stage)
    for part in (0.8, 0.1, 0.7, 0.95):
        stage.page.mouse.move(*at(part))
        text, curve, preview = moved(stage, knob, text)
        assert preview is True
        there = scenario.having(**{knob: values[text]})
        assert_run(curve, there)
        assert_ground(stage, there)
    assert not asked, "somebody was asked"
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("near.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, there)
    assert_ground(stage, there)
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
    stage.wait("near?.ready")
    assert stage("near.knob") == knob
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        stage.press(key)
        text, curve, _ = seen(stage, knob)
        assert_run(curve, scenario.having(**{knob: by_text(scenario, knob)[text]}))
    settle(stage.page)
    stage.wait("near.preview === false")
    last = scenario.having(**{knob: by_text(scenario, knob)[slider.get_attribute("aria-valuetext")]})
    assert_drawn(stage, 0, last)
    assert stage("runs[0].cuts") == (simulate(last).cuts.tolist() if last.schedule_row.plateau else [])


def test_the_ring_goes_with_the_start(stage):
    show(stage, Scenario(alpha=0.05))
    y = slider_of(stage, "y")
    y.focus()
    stage.wait("near?.ready")
    asked = frames_sent(stage)
    at = along(stage, "y")
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    stage.page.mouse.move(*at(0.8))
    stage.wait("near.preview")
    assert stage("start") == stage("curve(0).x.slice(0, 2)") and stage("start[1]") > 0
    assert not asked
    stage.page.mouse.up()
    stage.wait("near.preview === false")
    settle(stage.page)
    assert stage("start")[1] == float(y.get_attribute("aria-valuetext"))


@pytest.mark.parametrize(
    ("scenario", "knob", "line"),
    [(Scenario(surface="twin_valleys", alpha=0.01), "x", 1), (Scenario(values={"kappa": 5}), "kappa", 2)],
    ids=["start", "ground"],
)
def test_the_slice_moves_under_the_hand(stage, scenario, knob, line):
    def assert_slice(there: Scenario) -> None:
        told, own = stage("slice"), scene.profiles(there)[line]
        assert (told["label"], told["base"], told["direction"]) == (own.label, [*own.base], [*own.direction])
        np.testing.assert_allclose(told["s"], own.s, rtol=1e-12)
        np.testing.assert_allclose(told["loss"], own.loss, rtol=1e-6)

    show(stage, scenario)
    slider_of(stage, knob).focus()
    stage.wait("near?.ready")
    stage.part(".switch [data-panel='slice']").click()
    stage.part(".slices").select_option(str(line))
    families = stage("familiesReceived")
    slider_of(stage, knob).scroll_into_view_if_needed()
    stage.page.mouse.move(*along(stage, knob)(0.5))
    stage.wait(f"familiesReceived > {families}")
    assert_slice(scenario)
    text, bases = seen(stage, knob)[0], set()
    stage.page.mouse.down()
    asked = frames_sent(stage)
    for part in (0.8, 0.1, 0.7, 0.95):
        stage.page.mouse.move(*along(stage, knob)(part))
        text, curve, preview = moved(stage, knob, text)
        assert preview is True
        there = scenario.having(**{knob: by_text(scenario, knob)[text]})
        assert_run(curve, there)
        assert_slice(there)
        bases.add(tuple(stage("slice.base")))
    assert not asked, "somebody was asked"
    assert knob != "x" or len(bases) == 2, "it stays in one valley, and this shows little"
    stage.page.mouse.up()
    stage.wait("near.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, there)
    assert_slice(there)
    stage.part(".switch button").first.click()


@pytest.mark.parametrize("knob", ["x", "kappa", "steps", "noise"])
def test_all_runs_of_a_race_go_with_the_hand(stage, knob):
    race = show(stage, Scenario(alpha=0.05), {"optimizer": "adam"}, {"noise": "0.5"})
    values = by_text(race.first, knob)
    slider = slider_of(stage, knob)
    slider.focus()
    stage.wait("near?.ready")
    asked = frames_sent(stage)
    at, text = along(stage, knob), seen(stage, knob)[0]
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.9, 0.3):
        stage.page.mouse.move(*at(part))
        text, _, preview = moved(stage, knob, text)
        there = race.leading(race.first.having(**{knob: values[text]}))
        assert preview is True
        for run, scenario in enumerate(there.scenarios):
            assert_drawn(stage, run, scenario)
        assert_ground(stage, there.first)
    assert not asked, "somebody was asked"
    answers = stage("answers")
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("near.preview === false")
    settle(stage.page)
    for run, scenario in enumerate(there.scenarios):
        assert_drawn(stage, run, scenario)


@pytest.mark.parametrize("knob", ["x", "noise"])
def test_long_runs_are_here_around_the_hand(stage, knob):
    """And as the hand goes on, around where it is."""
    race = show(stage, Scenario(alpha=0.05, steps=1500, noise=0.1), {"optimizer": "adam"})
    row = scene.near(race, knob)
    values, place = by_text(race.first, knob), row.index / (len(row.values) - 1)
    slider_of(stage, knob).focus()
    stage.wait("near?.ready")
    at = along(stage, knob)
    text = seen(stage, knob)[0]
    stage.page.mouse.move(*at(place))
    stage.page.mouse.down()
    asked = frames_sent(stage)
    for part in (0.05, -0.05, 0.03):
        stage.page.mouse.move(*at(place + part))
        text, _, preview = moved(stage, knob, text)
        assert preview is True
        there = race.leading(race.first.having(**{knob: values[text]}))
        for run, scenario in enumerate(there.scenarios):
            assert_drawn(stage, run, scenario)
    assert not asked, "somebody was asked"
    families = stage("familiesReceived")
    for part in (0.95, 0.02):
        stage.page.mouse.move(*at(part))
        text, _, preview = moved(stage, knob, text)
        assert preview is True, "it fell back to the run of before"
        there = race.leading(race.first.having(**{knob: values[text]}))
        families += 1
        stage.wait(f"familiesReceived >= {families}")
        stage.page.wait_for_timeout(100)
        assert stage("near.preview") is True
        for run, scenario in enumerate(there.scenarios):
            assert_drawn(stage, run, scenario)
    stage.page.mouse.up()
    stage.wait("near.preview === false")
    settle(stage.page)
    for run, scenario in enumerate(there.scenarios):
        assert_drawn(stage, run, scenario)
    assert stage("familiesReceived") == families, "they are asked for once"


@pytest.mark.parametrize("knob", ["noise", "alpha"])
def test_words_of_another_run_than_the_one_that_is_seen_fade(stage, knob):
    def faded() -> bool:
        words = stage.page.locator(".st-key-told")
        return float(words.evaluate("words => getComputedStyle(words).opacity")) < 0.6

    show(stage, Scenario(noise=0.5, alpha=0.13))
    if knob == "alpha":
        at = places(stage.part("[data-knob=alpha] input"))
    else:
        slider_of(stage, knob).scroll_into_view_if_needed()
        at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.wait("live.alpha.ready" if knob == "alpha" else "near?.ready")
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


def test_a_slider_on_the_stage_is_live_over_its_whole_range_in_a_long_run(stage):
    scenario = Scenario(surface="rosenbrock", alpha=0.001, steps=2000)
    show(stage, scenario)
    slider = stage.part("[data-knob=alpha] input")
    slider.hover()
    stage.wait("live.alpha.ready")
    stage.page.wait_for_timeout(300)
    at = places(slider)
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.3, 0.6, 0.05, 0.7):
        families = stage("familiesReceived")
        stage.page.mouse.move(*at(part))
        stage.wait(f"familiesReceived > {families}")
        stage.page.wait_for_timeout(100)
        assert stage("live.alpha.preview") is True
        assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))
    stage.page.mouse.up()
    stage.wait("live.alpha.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))


NO_FAMILY = """() => {
  const { fetch } = window;
  window.fetch = (url, options) => JSON.parse(options?.body ?? "{}").around
    ? Promise.resolve(new Response(null, { status: 204 }))
    : fetch(url, options);
  window.again = () => { window.fetch = fetch; };
}"""


@pytest.mark.parametrize(
    ("scenario", "knob", "panel"),
    [
        (Scenario(noise=0.4, alpha=0.11), "noise", "2d"),
        (Scenario(alpha=0.11, values={"kappa": 6}), "kappa", "slice"),
        (Scenario(surface="twin_valleys", alpha=0.011), "x", "2d"),
    ],
    ids=["noise", "ground", "start"],
)
def test_without_a_family_the_server_is_asked_for_each_notch_past_streamlit(stage, scenario, knob, panel):
    race = show(stage, scenario, {"optimizer": "adam"})
    stage.part(f".switch [data-panel='{panel}']").click()
    values = by_text(scenario, knob)
    slider_of(stage, knob).scroll_into_view_if_needed()
    stage.page.evaluate(NO_FAMILY)
    at = along(stage, knob)
    stage.page.mouse.move(*at(0.5))
    stage.page.wait_for_timeout(200)
    assert stage("near") == {"knob": knob, "ready": False, "preview": False}
    text = seen(stage, knob)[0]
    stage.page.mouse.down()
    asked = frames_sent(stage)
    for part in (0.8, 0.1, 0.6):
        notches = stage("notchesReceived")
        stage.page.mouse.move(*at(part))
        text, *_ = moved(stage, knob, text)
        stage.wait(f"notchesReceived > {notches}")
        assert stage("near") == {"knob": knob, "ready": False, "preview": True}
        there = race.leading(scenario.having(**{knob: values[text]}))
        for run, own in enumerate(there.scenarios):
            assert_drawn(stage, run, own)
        assert_ground(stage, there.first)
        if panel == "slice":
            assert stage("slice.base") == [*scene.profiles(there.first)[0].base]
    assert not asked, "Streamlit was told in the middle of a drag"
    answers = stage("answers")
    stage.page.mouse.up()
    stage.wait(f"answers > {answers}")
    stage.wait("near.preview === false")
    stage.page.evaluate("again()")
    settle(stage.page)
    for run, own in enumerate(there.scenarios):
        assert_drawn(stage, run, own)
    stage.part(".switch button").first.click()


def test_a_slider_on_the_stage_that_has_no_family_asks_for_each_notch_too(stage):
    scenario = Scenario(surface="rosenbrock", alpha=0.001, steps=15_000)
    show(stage, scenario, {"optimizer": "adam", "alpha": "0.01"})
    slider = stage.part("[data-knob=alpha] input")
    slider.hover()
    asked = frames_sent(stage)
    at = places(slider)
    stage.page.mouse.move(*at(0.5))
    stage.page.mouse.down()
    for part in (0.3, 0.7):
        notches = stage("notchesReceived")
        stage.page.mouse.move(*at(part))
        stage.wait(f"notchesReceived > {notches}")
        assert stage("live.alpha.ready") is False and stage("live.alpha.preview") is True
        assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))
        assert_drawn(stage, 1, scenario.having(optimizer="adam", alpha=0.01))
    assert not asked, "Streamlit was told in the middle of a drag"
    stage.page.mouse.up()
    stage.wait("live.alpha.preview === false")
    settle(stage.page)
    assert_drawn(stage, 0, scenario.having(alpha=stage("live.alpha.value")))


def test_where_the_server_has_no_such_way_streamlit_answers(server, visit):
    """A host that only runs scripts."""
    page = visit(f"{server}/playground?noise=0.3")
    page.route("**/lab/runs", lambda route: route.fulfill(status=404))
    stage = Stage(page)
    noise = slider_of(stage, "noise")
    noise.focus()
    page.wait_for_timeout(300)
    answers = stage("answers")
    stage.press("ArrowRight")
    stage.wait(f"answers > {answers}")
    settle(page)
    assert stage("near") == {"knob": "noise", "ready": False, "preview": False}
    assert_drawn(stage, 0, Scenario(noise=float(noise.get_attribute("aria-valuetext"))))


def test_runs_that_are_too_long_for_a_family_are_asked_about_once(stage):
    show(stage, Scenario(steps=20_000))
    noise = slider_of(stage, "noise")
    questions = []
    stage.page.on("request", lambda request: questions.append(request.post_data) if "lab/runs" in request.url else None)
    noise.focus()
    stage.page.wait_for_timeout(200)
    settle(stage.page)
    for x in range(6):
        noise.locator("xpath=ancestor::*[@role='group']").hover(position={"x": 10 + 12 * x, "y": 3})
        stage.page.wait_for_timeout(100)
    assert stage("near") == {"knob": "noise", "ready": False, "preview": False}
    assert len(questions) == 1
    answers = stage("answers")
    stage.press("ArrowRight")
    stage.wait(f"answers > {answers}")
    settle(stage.page)
    assert_drawn(stage, 0, Scenario(steps=20_000, noise=float(noise.get_attribute("aria-valuetext"))))


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
    stage.page.wait_for_timeout(1500)
    settle(stage.page)
    assert not slider_of(stage, "x").count(), "else this shows nothing"
    assert_drawn(stage, 0, Scenario(optimizer="adamax", alpha=0.1))
    assert "start" not in stage.page.url


def test_a_pointer_that_passes_by_asks_for_nothing(stage):
    show(stage, Scenario(noise=0.25, alpha=0.12))
    families = stage("familiesReceived")
    box = stage.page.locator(".st-key-knob_noise").bounding_box()
    stage.page.mouse.move(box["x"] + 20, box["y"] + 20)
    stage.page.mouse.move(2, 2)
    stage.page.wait_for_timeout(400)
    assert stage("near") == {"knob": "noise", "ready": False, "preview": False}
    assert stage("familiesReceived") == families
