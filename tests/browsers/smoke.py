"""``make browsers``: the lab in Firefox and in WebKit, a minute each. What is tried in depth is tried in Chromium
(tests/browser); ``make test`` does not collect this file, whose name does not begin with test."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from lrviz import Scenario, simulate
from lrviz.analysis.stability import edge
from lrviz.export import files
from lrviz.play import live_stops
from lrviz.race import Race
from tests.browser.conftest import served
from tests.browser.driver import assert_run
from tests.browsers import engines
from tests.browsers.pages import Page
from tests.installed import lacking

RACE = Race(
    Scenario(optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", values={"factor": 0.5, "patience": 3}),
    ({"optimizer": "adam"},),
)
FILES = """
  window.files = [];
  const make = URL.createObjectURL;
  URL.createObjectURL = blob => { files.push(blob); return make.call(URL, blob); };
"""
"""Keeps what the page hands over as files, in its variable ``files``."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def page(request, tmp_path_factory) -> Iterator[Page]:
    """A page of each browser. One that is missing is skipped aloud, and fails in CI."""
    name = request.param
    if missing := engines.missing(name):
        lacking(f"{' and '.join(missing)} not found: NOTHING was tried in {name}")
    with getattr(engines, name)(tmp_path_factory.mktemp(name)) as engine:
        yield Page(engine)


def colours(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as shown:
        return len(shown.convert("RGB").getcolors(1 << 24) or [])


def test_a_link_opens_its_race_and_the_player_plays(page, server):
    page.open(f"{server}/playground?{'&'.join(f'{key}={value}' for key, value in RACE.to_params().items())}")
    assert [run["name"] for run in page("runs")] == RACE.names
    for place, scenario in enumerate(RACE.scenarios):
        assert_run(page(f"curve({place})"), scenario)
    assert page("runs[0].cuts") == simulate(RACE.first).cuts.tolist()
    page.focus(".lrviz-stage")
    page.press("Home", "ArrowRight", "ArrowRight", "ArrowLeft")
    assert page("step") == 1
    page.press(" ")
    page.wait("step > 3")
    page.click("[aria-label=Pause]")
    page.wait("playing === false")
    page.press("End")
    assert page("step") == 60
    page.script("find('.speed').value = '16'; find('.speed').dispatchEvent(new Event('change'));")
    page.wait("speed === 16")
    assert colours(page.engine.picture()) > 500, "the screen is not blank"


@pytest.mark.parametrize("panel", ["slice", "3d", "2d"])
def test_every_panel_is_drawn(page, panel):
    frames = page("frames")
    page.click(f"button[data-panel='{panel}']")
    page.wait(f"panel === '{panel}' && stage.frames > {frames}")
    tones = page.script("""const canvas = find(".panel.land .layer.background");
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(pixels.buffer)).size;""")
    assert tones > 100


def test_a_slider_of_the_stage_is_moved_by_keys_and_by_the_mouse(page):
    page.focus("[data-knob=alpha] input[type=range]")
    page.hover("[data-knob=alpha] input[type=range]")
    page.wait("live.alpha.ready")
    stops = live_stops(Scenario().knob("alpha"), 0.05, edge(Scenario()))
    page.press("ArrowRight", "ArrowRight")
    alpha = stops[stops.index(0.05) + 2]
    assert page("live.alpha.value") == pytest.approx(alpha)
    assert_run(page("curve(0)"), RACE.first.having(alpha=alpha))
    page.until("decodeURIComponent(location.search).includes(arguments[0])", f"alpha={alpha:g}")
    page.wait("live.alpha.preview === false")
    x, y = page.middle("[data-knob=alpha] input[type=range]")
    page.drag((x - 40, y), (x, y), (x + 60, y), (x + 120, y))
    page.wait("live.alpha.preview === false")
    moved = page("live.alpha.value")
    assert moved != pytest.approx(alpha) and moved != Scenario(optimizer="momentum").alpha, (
        "the default is not in the address"
    )
    page.until("decodeURIComponent(location.search).includes(arguments[0])", f"alpha={moved:g}")
    assert_run(page("curve(0)"), RACE.first.having(alpha=moved))


def test_a_slider_of_the_page_moves_the_stage(page):
    alpha = page("live.alpha.value")
    slider = ".st-key-knob_noise input[type=range]"
    page.focus(slider)
    page.press("ArrowRight", "ArrowRight")
    page.until("Number(find(arguments[0]).getAttribute('aria-valuetext')) > 0", slider)
    noise = float(page.script("return find(arguments[0]).getAttribute('aria-valuetext')", slider))
    page.until("decodeURIComponent(location.search).includes(arguments[0])", f"noise={noise:g}")
    wanted = simulate(RACE.first.having(alpha=alpha, noise=noise))
    page.wait(f"curve(0).x[2] === Math.fround({float(wanted.x[1, 0])!r})")
    assert_run(page("curve(0)"), RACE.first.having(alpha=alpha, noise=noise))


def test_the_start_is_dragged(page):
    x, y = page("start")
    page.script("find('[data-testid=stMain]').scrollTo(0, 0)")
    there = page.place("land", 0.3, 0.3)
    canvas = page.script(
        "const box = find('.panel.land .layer.head').getBoundingClientRect(); return [box.left, box.top]"
    )
    ring = page("startPixel")
    page.drag((canvas[0] + ring[0], canvas[1] + ring[1]), (there[0] - 30, there[1]), there)
    page.wait(f"start[0] !== {x} && stage.start[1] !== {y}")
    page.until("/start=/.test(location.search)")


def test_a_curve_is_drawn_by_hand(page, server):
    page.open(f"{server}/schedules")
    page.until("Boolean(find('.st-key-prediction button'))")
    page.wait("steps === 0")  # the stage stands, and nothing moves any more
    page.click(".st-key-prediction button")
    page.until("find('.draw') && !find('.draw').hidden")
    page.click(".draw")
    page.wait("drawing.on")
    page.drag(*[page.place("rate", across, up) for across, up in ((0.02, 0.8), (0.3, 0.8), (0.6, 0.5), (0.98, 0.3))])
    page.until("/drawn/.test(decodeURIComponent(location.search))")
    page.wait("drawing.steps === 0")


def test_the_file_plays_from_disk_with_the_engines_numbers(page, tmp_path):
    path = tmp_path / "run.html"
    path.write_bytes(files.page(RACE))
    page.open(path.as_uri())
    for place, scenario in enumerate(RACE.scenarios):
        run, curve = simulate(scenario), page(f"curve({place})")
        np.testing.assert_array_equal(np.array(curve["x"], float).reshape(-1, 2), run.x)
        np.testing.assert_array_equal(np.array(curve["loss"], float), run.loss)
        np.testing.assert_array_equal(curve["rate"], run.learning_rate)
    page.focus(".lrviz-stage")
    page.press("End")
    assert page("step") == 60 and page("live") == {}
    assert page.script("return find('#fault').hidden") is True


def test_a_picture_is_saved_and_a_film_or_a_sentence(page):
    page.script(FILES)
    page.click("[aria-label='Picture or film']")
    page.click(".items button")
    page.until("files.length === 1 && files[0].size > 5000")
    page.script("find('.speed').value = '16'; find('.speed').dispatchEvent(new Event('change'));")
    page.click("[aria-label='Picture or film']")
    if page.script("return find('.items').children.length") == 1:
        assert "cannot film" in page.script("return find('.save .note').textContent")
        return
    page.click(".items button:nth-child(2)")
    film = page.until("files[1]?.size || find('.save .note').textContent")
    if isinstance(film, str):
        assert "cannot film" in film
    else:
        first = page.script("return [...new Uint8Array(await files[1].slice(0, 4).arrayBuffer())]")
        assert film > 5000 and bytes(first) == b"\x1aE\xdf\xa3"
