"""Exports: how large they are, how long they take, how smoothly the file plays, and what a slider feels of them."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.clock import median, seconds
from lrviz import Race, Scenario, scene, simulate
from lrviz.export import files
from lrviz.export.workshop import Order, Workshop

RACE = Race(
    Scenario(surface="rosenbrock", alpha=0.001, steps=500, schedule="plateau"),
    ({"optimizer": "adam", "alpha": "0.05"}, {"optimizer": "momentum"}, {"optimizer": "rmsprop"}),
)
PLAYED = 6.0
"""Seconds of which the pictures a second are counted, after the first one."""


def said(what: str, value: float, unit: str, limit: float, least: bool = False) -> None:
    """One line: the figure and its limit."""
    good = value >= limit if least else value <= limit
    word = "at least" if least else "at most"
    print(f"  {what:<46} {value:10.2f} {unit:<4} ({word} {limit:g})   {'ok' if good else 'MISSED'}")


def played(page: bytes) -> tuple[float, float] | None:
    """(pictures a second, seconds from opening to the first one) of the file in the machine's own Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import QUIET

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
    shop = Workshop()

    def work() -> None:
        job = shop.order(order, message)
        while job.state in ("waiting", "running"):
            time.sleep(0.01)
        made.append(job.result or b"")

    made: list[bytes] = []
    return seconds(work), made[-1]


def slider(message: bytes) -> tuple[float, float]:
    """Seconds of the server's part of a slider move: alone, and while two films are being drawn."""
    scenarios = (RACE.first.having(alpha=0.001 + 1e-6 * i) for i in range(10_000))

    def move() -> None:
        simulate(next(scenarios))
        scene.message(Race(RACE.first))

    alone = median(move, 31)
    shop = Workshop(places=2)
    jobs = [shop.order(Order("gif", frames=1000), message) for _ in range(2)]
    while not all(job.progress > 0 for job in jobs):
        time.sleep(0.05)
    beside = statistics.median(seconds(move) for _ in range(31))
    for job in jobs:
        job.cancel()
    return alone, beside


def main() -> None:
    """Four runs of 500 steps."""
    print("Exports, 4 runs x 500 steps")
    message = scene.message(RACE, autoplay=True)
    page = files.page(RACE)
    said("HTML, with landscape and slices", len(page) / 1000, "kB", 400)
    found = played(page)
    if found is None:
        print("  no browser found: how the file plays was NOT measured")
    else:
        said("HTML, pictures a second while playing", found[0], "fps", 58, least=True)
        said("HTML, from disk to the first picture", found[1], "s", 2)
    for panel in ("all", "landscape", "3d"):
        took, film = drawn(Order("gif", panel), message)
        said(f"GIF of {panel}, 200 frames of 800 x 500", took, "s", 15)
        said(f"GIF of {panel}, its size", len(film) / 1e6, "MB", 6)
    said("PNG of all, 1600 x 1000", drawn(Order("png", size=(1600, 1000)), message)[0], "s", 5)
    alone, beside = slider(message)
    said("a slider move, alone", alone * 1000, "ms", 100)
    said("a slider move beside two films", beside * 1000, "ms", 2 * alone * 1000)
    code = "import lrviz.export.worker, lrviz.export.film; print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    most = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    said("memory of a process that draws, before it draws", most / 1000, "MB", 120)


if __name__ == "__main__":
    main()
