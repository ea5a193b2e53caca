"""The file that is taken home, opened from disk without a network; and what the stage itself saves."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lrviz import Scenario, simulate
from lrviz.export import files, notebook
from lrviz.race import Race
from tests.browser.conftest import settle, visiting
from tests.browser.driver import Stage

pytestmark = pytest.mark.browser

FIRST = Scenario(
    optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", noise=1, values={"factor": 0.5, "patience": 3}
)
RACE = Race(FIRST, ({"optimizer": "adam"}, {"alpha": "0.9"}))
AT = "element => element.stage."


@pytest.fixture
def opened(browser, tmp_path):
    """``opened(html, scheme)``: a page of that file, with the network switched off."""
    complaints: list[str] = []
    contexts = []

    def open_file(content: bytes, scheme: str = "light", width: int = 1280):
        path = tmp_path / "run.html"
        path.write_bytes(content)
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None)
        page.goto(path.as_uri())
        wait(page, "runs.length > 0")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert complaints == []


def the(page, what: str):
    return page.locator(".lrviz-stage").evaluate(AT + what)


def wait(page, what: str) -> None:
    """Until this is true of its test API. The file's own policy forbids the page to be queried again and again."""
    for _ in range(400):
        if page.locator(".lrviz-stage").evaluate(f"element => Boolean(element.stage && element.stage.{what})"):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never: {what}")


def test_the_file_opens_from_disk_without_a_network_and_plays_the_engines_numbers(opened):
    page = opened(files.page(RACE))
    assert [run["name"] for run in the(page, "runs")] == RACE.names
    for place, scenario in enumerate(RACE.scenarios):
        run, curve = simulate(scenario), the(page, f"curve({place})")
        np.testing.assert_array_equal(np.array(curve["x"], float).reshape(-1, 2), run.x)
        np.testing.assert_array_equal(np.array(curve["loss"], float), run.loss)
        np.testing.assert_array_equal(curve["rate"], run.learning_rate)
    assert the(page, "runs[0].cuts") == simulate(FIRST).cuts.tolist()
    before = the(page, "step")
    wait(page, f"step > {before}")
    assert the(page, "playing") is True and the(page, "live") == {}
    assert page.title().startswith("A race on Bowl")
    page.locator(".lrviz-stage").focus()
    page.keyboard.press("End")
    assert the(page, "step") == 60
    assert page.locator(".start").is_hidden(), "the start is nobody's to drag here"


def test_it_follows_the_readers_theme_and_fits_a_phone(opened):
    page = opened(files.page(Race(FIRST)), scheme="dark", width=390)
    assert the(page, "theme") == "dark"
    page.emulate_media(color_scheme="light")
    wait(page, "theme === 'light'")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(250, 246, 238)"


def test_a_nasty_name_is_only_a_name(opened):
    from lrviz import play  # noqa: PLC0415
    from lrviz.export import html  # noqa: PLC0415
    from lrviz.stage import Run  # noqa: PLC0415

    nasty = "</script><img src=x onerror=alert(1)>"
    message = play.message(Race(FIRST), made=[Run(nasty, simulate(FIRST))])
    page = opened(html.page(message, title=nasty, params={nasty: nasty}, link="javascript:alert(1)").encode())
    assert page.title() == nasty and the(page, "runs[0].name") == nasty
    assert page.locator("img, a:not([hidden])").count() == 0


def test_a_notebook_shows_the_player_in_a_frame(opened, browser, tmp_path):
    path = tmp_path / "notebook.html"
    run = simulate(FIRST)
    path.write_text(f"<!doctype html><body>{run._repr_html_()}")
    context = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".lrviz-stage canvas").first.wait_for()
    assert frame.locator(".lrviz-stage").evaluate(AT + "curve(0).loss") == run.loss.tolist()
    assert frame.locator("html").evaluate("e => e.scrollHeight") <= notebook.HEIGHT + 60
    assert frame.locator("html").evaluate("() => origin") == "null", "it is a stranger to the notebook"
    frame.get_by_role("button", name="Picture or film").click()
    with page.expect_download() as saved:
        frame.get_by_role("menuitem", name="Save picture (PNG)").click()
    assert saved.value.suggested_filename == "bowl-momentum-alpha-0.05-plateau.png"
    context.close()


def test_the_stage_saves_what_is_on_the_screen(opened):
    page = opened(files.page(RACE))
    page.locator(".lrviz-stage").focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Picture or film").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Save picture (PNG)").click()
    assert saved.value.suggested_filename == files.name(RACE, "png")
    with Image.open(io.BytesIO(saved.value.path().read_bytes())) as picture:
        assert picture.width > 1000 and picture.height > 400
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 200


LEAST = """() => {
  window.least = Infinity;
  const look = () => {
    least = Math.min(least, document.querySelector(".lrviz-stage").stage.step);
    requestAnimationFrame(look);
  };
  look();
}"""
"""The earliest step that any frame from now on shows."""


def test_the_run_is_filmed_or_not_as_the_visitor_likes(opened):
    page = opened(files.page(Race(FIRST)))
    page.locator(".speed").select_option("16")
    film = page.get_by_role("button", name="Picture or film")
    film.click()
    page.get_by_role("menuitem", name="WebM").click()
    stop = page.get_by_role("button", name="Stop recording")
    stop.wait_for()
    page.keyboard.press("Escape")
    film.wait_for()
    page.locator(".lrviz-stage").focus()
    page.keyboard.press("End")
    wait(page, "step === 60")
    film.click()
    page.evaluate(LEAST)
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="WebM").click()
    assert page.evaluate("least") < 60, "it is played from the start"
    content = saved.value.path().read_bytes()
    assert saved.value.suggested_filename == "bowl-momentum-alpha-0.05-plateau.webm"
    assert content.startswith(b"\x1aE\xdf\xa3") and len(content) > 5000
    film.wait_for()
    assert the(page, "step") == 60


def test_a_file_comes_though_others_move_their_sliders_meanwhile(server, visit):
    page, other = visit(f"{server}/playground", accept_downloads=True), Stage(visit(f"{server}/playground"))
    page.get_by_text("Take it with you").click()
    settle(page)
    slow = []

    def hold(route) -> None:
        slow.append(route)

    page.route("**/media/**", hold)
    with page.expect_download() as saved:
        with page.expect_request("**/media/**"):
            page.get_by_role("button", name="Download", exact=True).click()
        for _ in range(3):
            other.part("[data-knob=alpha] input[type=range]").press("ArrowRight")
            settle(other.page)
        slow[0].continue_()
    assert b"lrviz-stage" in saved.value.path().read_bytes()


def children(parent: int, *texts: str) -> list[int]:
    """The ids of its processes whose command line holds all of these texts."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            owner = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        if owner == parent and all(text in command for text in texts):
            found.append(int(entry.name))
    return found


def until(what, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "never"
        time.sleep(0.05)


def processor_time(process: int) -> float | None:
    """Seconds that it has worked; None if it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_a_film(page) -> None:
    page.get_by_text("Take it with you").click()
    settle(page)
    choice = page.get_by_role("combobox", name="File")
    choice.scroll_into_view_if_needed()
    choice.focus()
    page.wait_for_timeout(500)  # a list closes when the page scrolls
    choice.press("ArrowDown")
    page.get_by_role("option", name="Animation, GIF").click()
    page.get_by_role("button", name="Make", exact=True).click()
    page.get_by_text("Drawing the animation").wait_for()


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")
def test_a_film_ends_with_its_page_and_with_the_server(serving, contexts, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving() as url:
        (server,) = children(os.getpid(), "streamlit", url.rpartition(":")[2])

        def film_of_a_visitor_who_leaves() -> int:
            with visiting(contexts) as visit:
                make_a_film(visit(f"{url}/playground"))
                (film,) = children(server, "lrviz.export.worker")
                os.kill(film, signal.SIGSTOP)  # so that it does not come to its end by itself
            return film

        film_of_a_visitor_who_leaves()
        until(lambda: not children(server, "lrviz.export.worker"))
        film = film_of_a_visitor_who_leaves()
    worked = processor_time(film)
    with suppress(ProcessLookupError):
        os.kill(film, signal.SIGCONT)

    def is_gone() -> bool:
        now = processor_time(film)
        assert now is None or now < worked + 1, "it draws the whole film for nobody"
        return now is None

    until(is_gone, 60)
    assert not list(tmp_path.iterdir())
