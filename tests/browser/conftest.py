"""The app on a server of its own and a real headless Chromium: what the browser tests share."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests import installed
from tests.browser.network import delayed

ROOT = Path(__file__).parents[2]
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
HERE = re.compile(r"(http|ws)://127\.0\.0\.1:|data:|blob:")
STREAMLITS_OWN = re.compile(r"Failed to load resource.* 404")  # it looks for its server below the page's address first


@pytest.fixture(scope="session")
def chromium() -> str:
    found = installed.chromium()
    if found is None:
        installed.lacking(f"no browser found ({', '.join(installed.CHROMIUM)}): the browser tests were NOT run")
    return found


@contextmanager
def served(script: str = "app.py", base: str = "") -> Iterator[str]:
    """The app on a free port: its address."""
    with started(script, base) as (url, _):
        yield url


@contextmanager
def started(
    script: str = "app.py", base: str = "", inside: Sequence[str] = (), port: int = 0
) -> Iterator[tuple[str, int]]:
    """The app from the root of the repository, as ``streamlit run app.py`` starts it: its address and its process.
    ``base``: below which path it lies, "" or "/lab". ``inside``: a command that runs the one after it. ``port``: 0 is a
    free one."""
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [
        *inside, sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port),
        "--server.address", "127.0.0.1",
    ]  # fmt: skip
    command += ["--server.baseUrlPath", base.strip("/")] if base else []
    url = f"http://127.0.0.1:{port}{base}"
    no_window = os.environ | {"BROWSER": "true"}  # the tester's own browser is a command that does nothing
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=no_window, stdout=nowhere, stderr=nowhere) as server:
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, "the server did not start"
                    time.sleep(0.1)
            yield url, server.pid
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def serving(chromium: str):
    """``with serving() as url``: a fresh server."""
    return served


@pytest.fixture(scope="session")
def loopback(chromium: str) -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def server(loopback: str, request) -> Iterator[str]:
    """Where the browser finds the app: on loopback, or a network away (`over_a_network`). To the browser each network
    is another host, so its cache is cold there."""
    round_trip = getattr(request, "param", 0)
    with delayed(loopback, round_trip) if round_trip else nullcontext(loopback) as url:
        yield url


def away(*round_trips: float):
    """A mark: these tests run at so many seconds from the server, once for each."""
    names = [f"{trip * 1000:.0f}ms" if trip else "loopback" for trip in round_trips]
    return pytest.mark.parametrize("server", round_trips, ids=names, indirect=True, scope="module")


over_a_network = away(0, 0.1)
"""Links and sliders hold on loopback and as a hosted visitor has them."""
hosted = away(0.1)
"""Lessons are walked as a hosted visitor has them; those on trainings and maps, which compute longer, on loopback."""


@pytest.fixture(scope="session")
def browser(chromium: str):
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where there is a browser

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@contextmanager
def visiting(contexts):
    """``visit(url)`` opens a page; at the end no page may have complained in its console or called another host."""
    complaints: list[str] = []
    elsewhere: list[str] = []
    pages = []

    def open_page(
        url: str, width: int = 1280, height: int = 800, scheme: str = "light", motion: str = "no-preference",
        waits_for: str = ".js-plotly-plot .scatterlayer, .lrviz-stage", prepare=lambda page: None,
        frames: int = 0, **more,
    ):  # fmt: skip
        """``frames``: how many of them the app lies in, one in the other."""
        page = contexts(scheme, motion, more).new_page()
        prepare(page)
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: elsewhere.append(request.url) if not HERE.match(request.url) else None)
        page.goto(url)
        app = page
        for _ in range(frames):
            app = app.wait_for_selector("iframe").content_frame()
        app.wait_for_selector(waits_for)
        settle(app)
        return page

    try:
        yield open_page
    finally:
        for page in pages:
            if page.url.startswith("http"):
                page.evaluate("localStorage.clear()")  # the next visitor is another one
            page.close()
    assert [text for text in complaints if not STREAMLITS_OWN.search(text)] == []
    assert elsewhere == [], "somebody else was called"


@pytest.fixture(scope="session")
def contexts(browser):
    """One browser context for each set of settings: with its cache warm a page loads in half the time."""
    made: dict[str, Any] = {}

    def context(scheme: str, motion: str, more: dict[str, Any]):
        key = repr((scheme, motion, sorted(more.items())))
        if key not in made:
            made[key] = browser.new_context(color_scheme=scheme, reduced_motion=motion, **more)
        return made[key]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def visit(contexts):
    with visiting(contexts) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def visit_once(contexts, server):
    """The same for a page that all tests of a module share: loading one takes longer than what most of them do. Its
    pages close before the network of ``server`` goes, of which they would complain."""
    with visiting(contexts) as open_page:
        yield open_page


def settle(page) -> None:
    """Until the script has run to its end, and nothing waits for the stage's picture."""
    stage = page.locator(".lrviz-stage")
    for _ in range(400):
        page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
        if not stage.count() or not stage.first.evaluate("element => Boolean(element.stage?.stale)"):
            return
        page.wait_for_timeout(25)
    raise AssertionError("the rest of the page did not follow its stage")
