"""The page of trainings in a browser: sliders, playing, cancel, and what another visitor notices of a long training."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench.attacks import moves
from bench.attacks import opened as visited
from bench.clock import bounded
from bench.stage import Wire, drag, opened, playing, wait_until_idle
from lrviz.play import training_sliders
from lrviz.training import train
from lrviz.ui.training.state import FIRST
from tests import installed
from tests.browser.conftest import QUIET, served
from tests.browser.driver import Stage

LONG = "training?data=digits&model=network&layers=64,64&batch_size=1&epochs=150"
SECONDS = 5


def main() -> None:
    """Print the figures."""
    print("\nThe page of trainings")
    for slider in training_sliders(FIRST, lambda trainings: [train(training) for training in trainings]):
        assert slider.family is not None
        bounded(f"all stops of {slider.knob}", len(slider.family(slider.index)) / 1e3, "kB", most=3000)
    chromium = installed.chromium()
    if chromium is None:
        print(f"  no browser found ({', '.join(installed.CHROMIUM)}): NOT MEASURED")
        return
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = opened(browser, f"{url}/training")
        stage = Stage(page)
        stage.wait("state === 'done'")
        wait_until_idle(page)
        drag(stage, Wire(page), "alpha", least=40)
        wait_until_idle(page)
        rate, longest = playing(stage, 5)
        bounded("playing with the surface of each epoch", rate, "fps", least=58)
        bounded("the longest frame of it", longest, "ms", most=34)
        page.goto("about:blank")
        place = urlsplit(url).netloc
        other = visited(place, "")
        idle = moves(place, other.shown, SECONDS)
        page.goto(f"{url}/{LONG}")
        stage = Stage(page)
        stage.wait("state === 'running' && element.stage.steps > 0")
        beside = moves(place, other.shown, SECONDS)
        for name, lags in (("no training", idle.seconds), ("a long training", beside.seconds)):
            bounded(f"another visitor's slider beside {name}, median", 1e3 * lags[len(lags) // 2], "ms")
            bounded("95th percentile", 1e3 * lags[int(0.95 * len(lags))], "ms")
        began = time.perf_counter()
        stage.part(".progress button").click()
        stage.wait("state === 'cancelled'")
        bounded("from Cancel to cancelled", time.perf_counter() - began, "s", most=0.5)
        browser.close()


if __name__ == "__main__":
    main()
