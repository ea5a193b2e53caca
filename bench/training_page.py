"""The page of trainings in a browser: sliders, playing, cancel; and what another visitor notices of a long training,
whose own visitor is a socket here: a browser on the same cores would take them from the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit

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
from tests.sessions import Visitor

LONG = {"data": "digits", "model": "network", "layers": "64,64", "batch_size": "1", "epochs": "150"}
SECONDS = 8


@contextmanager
def long_training(url: str) -> Iterator[None]:
    """A visitor of this server watches one."""
    begun, over = Event(), Event()

    async def watch() -> None:
        async with Visitor(url, "training", **LONG) as visitor:
            await visitor.rerun()
            while not over.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(visitor.picture(), 1)
                    begun.set()

    thread = Thread(target=lambda: asyncio.run(watch()))
    thread.start()
    assert begun.wait(60), "the training did not begin"
    yield
    over.set()
    thread.join()


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
        page.goto(f"{url}/training?{urlencode(LONG)}")
        stage = Stage(page)
        stage.wait("state === 'running' && element.stage.steps > 0")
        page.evaluate("addEventListener('click', () => window.pressed = performance.now(), {capture: true})")
        stage.part(".progress button").click()  # the driver first waits until the button stands still
        stage.wait("state === 'cancelled'")
        bounded("from Cancel to cancelled", page.evaluate("performance.now() - pressed") / 1000, "s", most=0.5)
        page.goto("about:blank")
        place = urlsplit(url).netloc
        other = visited(place, "")
        idle = moves(place, other.shown, SECONDS)
        with long_training(url):
            beside = moves(place, other.shown, SECONDS)
        for name, part in (("median", 0.5), ("95th percentile", 0.95)):
            alone, while_training = (1e3 * lags[int(part * len(lags))] for lags in (idle.seconds, beside.seconds))
            bounded(f"another visitor's slider, {name}", alone, "ms")
            bounded("beside a long training, times that", while_training / alone, "", most=2)
        browser.close()


if __name__ == "__main__":
    main()
