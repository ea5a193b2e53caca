"""``make pictures``: every page in light and dark, 1280 and 390 wide, from the running app into ``docs/``; of some
pages alone ``python -m tools.pictures stuck maps``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from lrviz.lessons import LESSONS
from tests import installed
from tests.browser.conftest import QUIET, served, settle

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {
    "welcome": "",
    "playground": "playground?surface=rosenbrock&alpha=0.001&steps=300"
    "&run2=optimizer:adam;alpha:0.05&run3=optimizer:momentum",
    "training": "training",
    "replay": "replay",
    "maps": "maps",
    "glossary": "glossary",
    "class": "class?title=Find+the+edge&task=Which+rate+is+the+largest+that+comes+down%3F&open=alpha&locked=steps",
    **{lesson: lesson for lesson in LESSONS},
}
FIRST_SEEN = {"glossary": "h1"}
SIZES = {1280: 900, 390: 844}


def main(names: Sequence[str]) -> int:
    """Take the pictures of these pages; status 1 without a browser."""
    chromium = installed.chromium()
    if chromium is None:
        print(f"no browser found: {', '.join(installed.CHROMIUM)}", file=sys.stderr)
        return 1
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for name in names:
            link = PAGES[name]
            for scheme in ("light", "dark"):
                for width, height in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                    page.goto(f"{url}/{link}")
                    page.wait_for_selector(FIRST_SEEN.get(name, ".lrviz-stage"), state="attached", timeout=120_000)
                    settle(page)
                    if name in LESSONS:
                        page.locator(".st-key-prediction button").first.click()
                        page.wait_for_timeout(1500)
                        page.locator(".lrviz-stage").press("End")
                        page.locator(".lrviz-stage").evaluate("stage => stage.blur()")
                        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
                    page.wait_for_timeout(2500)  # fonts, and axes that ease into place
                    page.screenshot(path=DOCS / f"{name}-{scheme}-{width}.png")
                    page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PAGES)))
