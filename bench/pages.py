"""How long a lesson takes to its first picture, on a warm server, in a real Chromium on this machine; and a class that
opens it, and one that moves sliders."""

from __future__ import annotations

import gzip
import json
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from bench.attacks import opened
from bench.clock import bounded, compared, median
from lrviz import Scenario, play
from lrviz.lessons import LESSONS
from lrviz.race import Race
from lrviz.server import slider_api
from tests import installed
from tests.browser.conftest import QUIET, served

BOUND = 1500  # milliseconds
TIMES = 5
CLASS = 30
MOVES, EVERY = 40, 0.1  # of each visitor, and the seconds between two


def first_picture(browser: Any, url: str) -> float:
    """From the start of the navigation to the first frame of the stage, in a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('stage drawn').length > 0", polling=50)
    taken = page.evaluate("performance.getEntriesByName('stage drawn')[0].startTime")
    context.close()
    return float(taken) / 1000


def a_class(url: str) -> float:
    """Seconds in which a whole class gets the files that every page begins with, one connection each."""

    def visitor(_: int) -> int:
        server = HTTPConnection(urlsplit(url).netloc)
        size, files = 0, [""]
        for place in files:
            server.request("GET", f"/{place}", headers={"Accept-Encoding": "gzip", "Accept": "text/html, */*"})
            answer = server.getresponse()
            body = answer.read()
            size += len(body)
            if not place:
                page = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
                files += re.findall(r'(?:href|src)="\./(static/[^"]+)"', page.decode())
        server.close()
        return size

    def everyone() -> None:
        with ThreadPoolExecutor(CLASS) as visitors:
            assert min(visitors.map(visitor, range(CLASS))) > 500_000

    return median(everyone, TIMES)


def drags(url: str) -> list[float]:
    """Seconds that each stop takes, rising, while a whole class moves a slider whose runs are not in its browsers."""
    slider = play.slider_family(Race(Scenario()), "noise")
    assert slider

    def drag(visitor: int) -> list[float]:
        server, taken = HTTPConnection(urlsplit(url).netloc), []
        for move in range(MOVES):
            text = slider.text[(7 * visitor + move) % len(slider.text)]
            question = {"race": {"seed": str(visitor)}, "knob": "noise", "text": text, "slice": None, "around": False}
            begin = time.perf_counter()
            server.request("POST", f"/{slider_api.ADDRESS}", json.dumps(question))
            assert len(server.getresponse().read()) > 1000
            taken.append(time.perf_counter() - begin)
            time.sleep(max(0.0, EVERY - taken[-1]))
        server.close()
        return taken

    opened(urlsplit(url).netloc, "").socket.close()  # compiles
    with ThreadPoolExecutor(CLASS) as visitors:
        return sorted(one for taken in visitors.map(drag, range(CLASS)) for one in taken)


def main() -> None:
    """One line a lesson, and two for a class."""
    from playwright.sync_api import sync_playwright

    found = installed.chromium()
    print("A lesson, from navigation to its first picture (warm server, new browser context, median of five)")
    if found is None:
        print("  no browser found: NOT measured")
        return
    with served() as url, served("bench/bare_page.py") as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))

        def taken(page: str) -> float:
            first_picture(browser, page)  # warms the server
            return 1000 * statistics.median(first_picture(browser, page) for _ in range(TIMES))

        for key in LESSONS:
            bounded(key, taken(f"{url}/{key}"), "ms", most=BOUND)
        print(f"    of which Streamlit alone takes, here and now: {taken(bare):.0f} ms (one slider, one empty canvas)")
        browser.close()
        print(f"What a page begins with, for a class of {CLASS} at once: the server alone, and Streamlit's own ways")
        ours = a_class(url)
        compared(f"{ours * 1000:.0f} ms; Streamlit's", ours, a_class(bare), 2)
        moved = drags(url)
        print(f"A slider that asks for each stop, moved by a class of {CLASS}, each {1 / EVERY:.0f} times a second")
        bounded("from the question to its answer, median", 1000 * statistics.median(moved), "ms")
        bounded("95% of them within", 1000 * moved[int(0.95 * len(moved))], "ms", most=1000 * EVERY)


if __name__ == "__main__":
    main()
