"""Exports: how large they are, how long they take, how smoothly the file plays, and what a slider feels of them."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from bench.clock import bounded, compared, seconds
from bench.stage import KEYS_TO_STAGE, keys, opened, wait_until_idle
from lrviz import Race, Scenario, play
from lrviz.export import files
from lrviz.export.render_queue import Order, RenderQueue
from tests import installed
from tests.browser.conftest import QUIET, served
from tests.browser.driver import Stage

RACE = Race(
    Scenario(surface="rosenbrock", alpha=0.001, steps=500, schedule="plateau"),
    ({"optimizer": "adam", "alpha": "0.05"}, {"optimizer": "momentum"}, {"optimizer": "rmsprop"}),
)
MOVES = 5
"""Of the slider: as many as fit while the films are drawn."""
ORDERED, LEFT = 22, 10
"""Films that are ordered at once, as many as the queue takes; and how many of these visitors, the first, then leave."""
PLAYED = 6.0
"""Seconds of which the pictures a second are counted, after the first one."""


def played(page: bytes, chromium: str) -> tuple[float, float]:
    """(pictures a second, seconds from opening to the first one) of the file in the machine's own Chromium."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "run.html"
        path.write_bytes(page)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        tab = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True).new_page()
        begin = time.perf_counter()
        tab.goto(path.as_uri())
        tab.wait_for_selector(".lrviz-stage canvas")
        opened = time.perf_counter() - begin
        time.sleep(1 + PLAYED)
        times = tab.locator(".lrviz-stage").evaluate("element => element.stage.frameTimes")
        browser.close()
    times = times[60:]
    return 1000 * len(times) / sum(times), opened


def drawn(order: Order, message: bytes) -> tuple[float, bytes]:
    """(seconds, file) in a process of its own, from the order to the file."""
    queue = RenderQueue()

    def work() -> None:
        job = queue.order(order, message)
        while job.state in ("waiting", "running"):
            time.sleep(0.01)
        made.append(job.result or b"")

    made: list[bytes] = []
    return seconds(work), made[-1]


def exporting(browser: Browser, url: str) -> Page:
    """A visitor who makes a film of four runs, and has to wait for it."""
    page = opened(browser, f"{url}/playground?" + urlencode(RACE.to_params()))
    page.get_by_text("Take it with you").click()
    wait_until_idle(page)
    choice = page.get_by_role("combobox", name="File")
    choice.focus()
    wait_until_idle(page)  # a list closes when the page scrolls
    choice.press("ArrowDown")
    page.get_by_role("option", name="Animation, GIF").click()
    page.get_by_role("button", name="Make", exact=True).click()
    page.get_by_text("Drawing the animation").wait_for()
    return page


def slider(chromium: str) -> None:
    """A visitor's slider to the picture: alone, and while two others export."""
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = opened(browser, f"{url}/playground?noise=0.01")
        Stage(page).element.evaluate(KEYS_TO_STAGE, "line")
        alone = 1000 * keys(page, MOVES)
        others = [exporting(browser, url) for _ in range(2)]
        page.bring_to_front()
        page.evaluate("lags.length = 0")
        beside = 1000 * keys(page, MOVES)
        busy = sum(other.get_by_text("Drawing the animation").count() for other in others)
        browser.close()
    bounded("slider of the page to picture, alone", alone, "ms")
    bounded(f"the same beside two who export ({busy} still at it)", beside, "ms", most=2 * alone)


def waits(message: bytes, stays: float) -> float:
    """Mean of the seconds until the last films begin, when the visitors of the first ``LEFT`` stay so many seconds."""
    queue = RenderQueue()
    begin = time.monotonic()
    order = Order("gif", "landscape", frames=100)

    def present() -> bool:
        return time.monotonic() < begin + stays

    leaving = [queue.order(order, message, present) for _ in range(LEFT)]
    jobs = leaving + [queue.order(order, message) for _ in range(ORDERED - LEFT)]
    begun: dict[int, float] = {}
    while len(begun) < len(jobs):
        for i, job in enumerate(jobs):
            if job.state != "waiting":
                begun.setdefault(i, time.monotonic() - begin)
        time.sleep(0.02)
    for job in jobs:
        job.cancel()
    return statistics.mean(begun[i] for i in range(LEFT, len(jobs)))


def main() -> None:
    """Four runs of 500 steps."""
    print("Exports, 4 runs x 500 steps")
    message = play.message(RACE, autoplay=True)
    page = files.page(RACE)
    bounded("HTML, with landscape and slices", len(page) / 1000, "kB", most=400)
    chromium = installed.chromium()
    if chromium is None:
        print("  no browser found: how the file plays, and what a slider feels, was NOT measured")
    else:
        fps, opening = played(page, chromium)
        bounded("HTML, pictures a second while playing", fps, "fps", least=58)
        bounded("HTML, from disk to the first picture", opening, "s", most=2)
    for panel in ("all", "landscape", "3d"):
        took, film = drawn(Order("gif", panel), message)
        bounded(f"GIF of {panel}, 200 frames of 800 x 500", took, "s", most=15)
        bounded(f"GIF of {panel}, its size", len(film) / 1e6, "MB", most=6)
    bounded("PNG of all, 1600 x 1000", drawn(Order("png", size=(1600, 1000)), message)[0], "s", most=5)
    all_stay, some_leave = (waits(message, stays) for stays in (math.inf, 1))
    compared(f"wait where {LEFT} of {ORDERED} leave; where none does", some_leave, all_stay, 1.3)
    if chromium is not None:
        slider(chromium)
    code = "import lrviz.export.worker, lrviz.export.film; print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    most = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    bounded("memory of a process that draws, before it draws", most / 1000, "MB", most=120)


if __name__ == "__main__":
    main()
