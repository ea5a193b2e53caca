"""How long a lesson takes to its first picture, on a warm server, in a real Chromium on this machine."""

from __future__ import annotations

import shutil
import statistics
import time
from typing import Any

from lrviz.lessons import LESSONS
from tests.browser.conftest import QUIET, served

BOUND = 1.5  # seconds
TIMES = 5


def first_picture(browser: Any, url: str) -> float:
    """From the start of the navigation to the first frame of the stage, in a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(url, wait_until="commit")
    stage = page.wait_for_selector(".lrviz-stage", timeout=120_000)
    while not stage.evaluate("element => Boolean(element.stage && element.stage.runs.length)"):
        page.wait_for_timeout(5)
    stage.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    taken = time.perf_counter() - begin
    context.close()
    return taken


def main() -> None:
    """One line a lesson."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    print("A lesson, from navigation to its first picture (warm server, new browser context, median of five)")
    if found is None:
        print("  no browser found: NOT measured")
        return
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        for key in LESSONS:
            first_picture(browser, f"{url}/{key}")  # warms the server
            taken = statistics.median(first_picture(browser, f"{url}/{key}") for _ in range(TIMES))
            print(f"  {key:<34} {taken * 1e3:10.0f} ms   (at most {BOUND * 1e3:.0f} ms)   {_verdict(taken)}")
        browser.close()


def _verdict(taken: float) -> str:
    return "ok" if taken <= BOUND else "TOO SLOW"


if __name__ == "__main__":
    main()
