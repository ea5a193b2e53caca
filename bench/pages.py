"""How long a lesson takes to its first picture, on a warm server, in a real Chromium on this machine."""

from __future__ import annotations

import shutil
import statistics
from typing import Any

from bench.clock import bounded
from lrviz.lessons import LESSONS
from tests.browser.conftest import QUIET, served

BOUND = 1500  # milliseconds
TIMES = 5


def first_picture(browser: Any, url: str) -> float:
    """From the start of the navigation to the first frame of the stage, in a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('stage drawn').length > 0", polling=50)
    taken = page.evaluate("performance.getEntriesByName('stage drawn')[0].startTime")
    context.close()
    return float(taken) / 1000


def main() -> None:
    """One line a lesson."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
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


if __name__ == "__main__":
    main()
