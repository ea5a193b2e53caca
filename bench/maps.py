"""Maps on the page: from a choice to its picture, a zoom, what others feel meanwhile, a cancel, and the memory of ten
visitors with ten maps. In a real Chromium on this machine."""

from __future__ import annotations

import json
import socket
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.attacks import opened
from bench.classroom import processor, resident
from bench.clock import bounded, figure
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.server import map_api, slider_api
from tests import installed
from tests.browser.conftest import QUIET, started

TIMES = 7
REQUESTS = 30
VISITORS = 10


CHOOSE = """link => {
  window.begun = performance.now();
  history.pushState({}, "", link);
  dispatchEvent(new PopStateEvent("popstate"));
}"""


def tile(plan: Map, points: int, across: int = 0, up: int = 0) -> str:
    """A question for a tile."""
    x, y = ([axis.low, axis.high] for axis in (plan.x, plan.y))
    question: dict[str, Any] = {"map": plan.to_params(), "x": x, "y": y, "points": points, "across": across, "up": up}
    return json.dumps(question)


def requested(url: str, address: str, body: str, shown: str) -> tuple[float, int]:
    """Seconds until the answer, and its status."""
    server = HTTPConnection(urlsplit(url).netloc)
    begin = time.perf_counter()
    server.request("POST", f"/{address}", body, {"Lab-Pass": shown})
    answer = server.getresponse()
    answer.read()
    server.close()
    return time.perf_counter() - begin, answer.status


def ready(url: str, body: str, shown: str) -> None:
    """The program is compiled."""
    while requested(url, map_api.ADDRESS, body, shown)[1] != 200:
        time.sleep(0.2)


def million(url: str, shown: str, seed: int = 0) -> None:
    """All sixteen tiles of a map of 1,024 points a side, one after the other."""
    plan = Map.of(Scenario(seed=seed, steps=300), x=PRESETS["curvature"].map.x, y=PRESETS["curvature"].map.y)
    for up in range(4):
        for across in range(4):
            requested(url, map_api.ADDRESS, tile(plan, 1024, across, up), shown)


def slider(url: str, shown: str) -> float:
    """The median of how long another visitor's slider waits for the run of a stop."""
    taken = []
    for i in range(REQUESTS):
        question = {"race": Race(Scenario(noise=0.1)).to_params(), "knob": "noise", "text": f"{0.2 + i / 1000}"}
        body = json.dumps({**question, "slice": None, "around": False})
        took, status = requested(url, slider_api.ADDRESS, body, shown)
        assert status == 200
        taken.append(took)
        time.sleep(0.03)
    return statistics.median(taken)


def given_up(url: str, shown: str, other: str) -> float:
    """Seconds from the moment that a visitor leaves a long map until another one's tile begins and is there, less what
    that tile takes alone."""
    long = tile(Map.of(Scenario(steps=20_000), x=PRESETS["curvature"].map.x), 1024)
    quick = tile(PRESETS["curvature"].map.zoomed((0.01, 0.1), (2, 3)), 64)
    alone = requested(url, map_api.ADDRESS, quick, other)[0]  # it is remembered from here on
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 80)) as leaving:
        head = f"POST /{map_api.ADDRESS} HTTP/1.1\r\nHost: {place.netloc}\r\nLab-Pass: {shown}\r\n"
        leaving.sendall(f"{head}Content-Length: {len(long)}\r\n\r\n{long}".encode())
        time.sleep(1)
    return max(requested(url, map_api.ADDRESS, quick, other)[0] - alone, 0)


def of_the_map(page: Any, what: str) -> Any:
    """Of its test API."""
    return page.locator(".lrviz-map").evaluate(f"element => element.map && element.map.{what}")


def until(page: Any, what: str) -> None:
    """Until this is true of its test API."""
    for _ in range(1500):
        if page.locator(".lrviz-map").count() and of_the_map(page, what):
            return
        page.wait_for_timeout(20)
    raise TimeoutError(what)


def pictures(page: Any, server: int, act: Callable[[int], None]) -> tuple[float, float, float]:
    """Medians in milliseconds from an act to the coarse picture, and to the fine one; and how long the server's
    processor works for one act, words and all."""
    coarse, fine, begun = [], [], processor(server)
    for turn in range(TIMES):
        page.locator(".lrviz-map").evaluate("element => { element.map.counts.tileAt = {}; }")
        act(turn)
        until(page, "counts.tileAt[256]")
        at, begin = of_the_map(page, "counts.tileAt"), page.evaluate("window.begun")
        coarse.append(at.get("64", at["256"]) - begin)
        fine.append(at["256"] - begin)
        page.wait_for_timeout(700)
    return statistics.median(coarse), statistics.median(fine), 1000 * (processor(server) - begun) / TIMES


def on_the_page(browser: Any, url: str, server: int) -> None:
    """From a choice, and from a key that zooms, to both pictures. All programs are compiled."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{url}/maps")
    until(page, "points >= 256")
    page.wait_for_timeout(2000)
    page.evaluate("() => addEventListener('keydown', () => { window.begun = performance.now(); }, true)")
    begin = time.perf_counter()
    page.get_by_text(PRESETS["momentum"].name, exact=True).first.click()
    until(page, "lines[0]?.name?.startsWith('(')")
    until(page, "points >= 256")
    bounded("the first map of another optimizer, with compiling", (time.perf_counter() - begin) * 1e3, "ms")
    page.wait_for_timeout(2000)

    def choose(turn: int) -> None:
        """Another map that the server does not remember, as the browser's history brings it: a run of the script."""
        there = urlencode(PRESETS["momentum"].map.to_params() | {"seed": str(turn + 1)})
        page.evaluate(CHOOSE, f"/maps?{there}")

    def zoom(_: int) -> None:
        page.locator(".lrviz-map .plane").press("+")

    for what, act in (("a choice", choose), ("a zoom", zoom)):
        coarse, fine, worked = pictures(page, server, act)
        bounded(f"from {what} to its picture of 64 x 64", coarse, "ms", most=150)
        bounded(f"from {what} to its picture of 256 x 256", fine, "ms", most=400)
        bounded(f"the server's processor for {what}", worked, "ms")
    page.close()


def main() -> None:
    """Print the figures."""
    from playwright.sync_api import sync_playwright

    found = installed.chromium()
    print("\nMaps on the page, two cores")
    if found is None:
        print("  no browser found: NOT measured")
        return
    with started() as (url, process), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        with figure("pictures of a map"):
            on_the_page(browser, url, process)
        browser.close()
        place = urlsplit(url).netloc
        visits = [opened(place, "") for _ in range(VISITORS)]
        one, other = visits[0].shown, visits[1].shown
        first = tile(PRESETS["curvature"].map, 64)
        ready(url, first, one)
        with figure("a slider beside a map"):
            slider(url, other)
            idle = slider(url, other)
            with ThreadPoolExecutor(1) as others:
                busy = others.submit(million, url, one)
                meanwhile = slider(url, other)
                whole = not busy.done()
            bounded("another visitor's slider, nothing else going on", idle * 1e3, "ms")
            bounded(f"while a million runs are computed{'' if whole else ' (part of the time)'}", meanwhile * 1e3, "ms")
            bounded("that many times its idle time", meanwhile / idle, "", most=2)
        with figure("a map that is given up"):
            bounded("from leaving a long map to the next one's turn", given_up(url, one, other) * 1e3, "ms", most=300)
        with figure("memory of ten maps"):
            before = resident(process)
            with ThreadPoolExecutor(VISITORS) as visitors:
                list(visitors.map(lambda i: million(url, visits[i].shown, seed=i + 1), range(VISITORS)))
            bounded(
                f"memory with the maps of {VISITORS} visitors, above idle", resident(process) - before, "MB", most=300
            )


if __name__ == "__main__":
    main()
