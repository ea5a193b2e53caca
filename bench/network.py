"""What a visit asks for and when, with a network between the browser and the app: the waterfall of a first picture."""

from __future__ import annotations

import statistics
from typing import Any, NamedTuple

from bench.clock import bounded
from tests import installed
from tests.browser.conftest import QUIET, served
from tests.browser.network import delayed

ROUND_TRIPS = (0.0, 0.1, 0.2, 0.3)  # seconds
GOALS = {0.2: (3000, 1500)}  # milliseconds at most, with a cold cache and with a warm one
TIMES = 5
PAGE = "how_long"

FILES = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(file =>
  [new URL(file.name).pathname, file.startTime, file.responseEnd, file.transferSize])"""
DRAWN = "performance.getEntriesByName('stage drawn')[0]?.startTime"


class Visit(NamedTuple):
    """drawn: milliseconds to the first picture. requests, bytes: what went over the network before it. chain: (what,
    milliseconds) of what waited for each other."""

    drawn: float
    requests: int
    bytes: int
    chain: list[tuple[str, float]]


def visit(context: Any, url: str) -> Visit:
    """One visit in this browser context, whose cache it warms."""
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    socket: dict[str, float] = {}
    begun: list[float] = []
    cdp.send("Network.enable")
    cdp.on("Network.requestWillBeSent", lambda event: begun.append(event["timestamp"]))

    def note(what: str) -> Any:
        return lambda event: socket.setdefault(what, 1000 * (event["timestamp"] - begun[0]))

    cdp.on("Network.webSocketHandshakeResponseReceived", note("socket open"))
    cdp.on("Network.webSocketFrameSent", note("page asks for its run"))
    cdp.on("Network.webSocketFrameReceived", note("first answer"))
    page.goto(url, wait_until="commit")
    page.wait_for_function(DRAWN, polling=50)
    drawn = page.evaluate(DRAWN)
    files = [file for file in page.evaluate(FILES) if file[1] < drawn]
    sent = [size for *_, size in files if size]
    code = max(end for path, _, end, _ in files if path.endswith(".js") and end < socket["page asks for its run"])
    steps = {"page": files[0][2], "code": code, **socket, "picture": drawn}
    page.wait_for_timeout(500)
    page.close()
    return Visit(drawn, len(sent), sum(sent), sorted(steps.items(), key=lambda step: step[1]))


def waterfall(browser: Any, url: str) -> None:
    """Four lines for each distance: cold and warm, and what waited for what in the median visit."""
    for trip in ROUND_TRIPS:
        with delayed(url, trip) as there:
            visits: tuple[list[Visit], list[Visit]] = [], []
            for _ in range(TIMES):
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                for found in visits:
                    found.append(visit(context, f"{there}/{PAGE}"))
                context.close()
        for cache, found, most in zip(("cold", "warm"), visits, GOALS.get(trip, (None, None)), strict=True):
            one = sorted(found)[TIMES // 2]
            size = f"{one.requests} requests, {one.bytes / 1000:.0f} kB"
            taken = statistics.median(each.drawn for each in found)
            bounded(f"{1000 * trip:.0f} ms round trip, {cache} cache ({size})", taken, "ms", most=most)
            print("    " + ", ".join(f"{what} {when:.0f}" for what, when in one.chain))


def main() -> None:
    """Print the figures."""
    from playwright.sync_api import sync_playwright

    found = installed.chromium()
    print("A lesson over a network, from navigation to its first picture (warm server, median of five)")
    if found is None:
        print("  no browser found: NOT measured")
        return
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        context = browser.new_context()
        visit(context, f"{url}/{PAGE}")  # warms the server
        context.close()
        waterfall(browser, url)
        browser.close()


if __name__ == "__main__":
    main()
