"""The stage in a headless Chromium on the app's own server: frames, answers and bytes; Plotly's page is the peer."""

from __future__ import annotations

import statistics
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.clock import bounded, compared, figure
from tests import installed
from tests.browser.conftest import QUIET, served, settle
from tests.browser.driver import NO_FAMILY, Stage, widget

RACE = (
    "playground?surface=rosenbrock&alpha=0.001&steps=500"
    "&run2=optimizer:adam;alpha:0.05&run3=optimizer:momentum&run4=optimizer:rmsprop;alpha:0.01"
)
PLATEAU = "schedule=plateau&factor=0.5&patience=5&steps=300"
TIMES = 15

KEYS_TO_STAGE = """(element, what) => {
  const page = element.ownerDocument.defaultView;
  page.lags = [];
  const seen = { line: () => element.stage.curve(0).x.join(), answer: () => element.stage.answers }[what];
  element.ownerDocument.addEventListener("keydown", ({ timeStamp }) => {
    const [before, drawn] = [seen(), element.stage.drawnAt];
    const look = () => {
      if (seen() === before || element.stage.drawnAt === drawn) page.requestAnimationFrame(look);
      else page.lags.push(what === "line" ? element.stage.drawnAt - timeStamp : page.performance.now() - timeStamp);
    };
    page.requestAnimationFrame(look);
  }, true);
}"""
"""From a key to the end of the drawing that shows another run, or until the server's own answer is there. Each frame
begins with a look, so this drawing is the last one then; and a time that is taken then would be that of the next
frame."""

KEYS_TO_PLOTLY = """() => {
  window.lags = [];
  const lines = () => [...document.querySelectorAll(".js-plotly-plot")].map(
    chart => [...chart.querySelectorAll(".scatterlayer .js-line")].map(line => line.getAttribute("d")).join());
  document.addEventListener("keydown", ({ timeStamp }) => {
    const before = lines();
    const changes = new MutationObserver(() => {
      const now = lines();
      if (now.length !== 2 || now.some((line, i) => !line || line === before[i])) return;
      lags.push(performance.now() - timeStamp);
      changes.disconnect();
    });
    changes.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["d"] });
  }, true);
}"""
"""From a key to the change after which both charts have other lines."""


DRAG = """(element, [x, y, seconds]) => new Promise(done => {
  const map = element.querySelector(".panel.land .layer.head");
  const begin = performance.now();
  let moves = 0;
  const move = () => {
    const passed = (performance.now() - begin) / 1000;
    if (passed > seconds) return done(moves);
    moves += 1;
    map.dispatchEvent(new PointerEvent("pointermove", {
      bubbles: true, composed: true, pointerId: 1, pointerType: "mouse", isPrimary: true, buttons: 1,
      clientX: x + 300 * passed / seconds, clientY: y + 60 * (2 * passed % 1),
    }));
    setTimeout(move, 16);
  };
  move();
})"""
"""A pointer inside the page: through the browser's remote control each move would wait for the one before."""


class Wire:
    """What goes over the page's websocket, in bytes."""

    def __init__(self, page: Page):
        self.bytes = 0
        self.messages = 0
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Network.enable")
        self.cdp.on("Network.webSocketFrameReceived", self._count)
        self.cdp.on("Network.webSocketFrameSent", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        text = frame["payloadData"]
        self.bytes += len(text) * 3 // 4 - text.count("=", -2) if frame["opcode"] == 2 else len(text.encode())
        self.messages += 1

    def since(self) -> tuple[int, int]:
        """Bytes and messages since the last call."""
        counted = self.bytes, self.messages
        self.bytes = self.messages = 0
        return counted


def opened(browser: Browser, url: str, alone: bool = False) -> Page:
    """The page, at rest. Its address decides all of it. alone: a slider of the page has no family."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    if alone:
        page.add_init_script(NO_FAMILY)
    page.set_default_timeout(120_000)
    page.goto(url)
    page.wait_for_selector(".js-plotly-plot .scatterlayer, .lrviz-stage")
    wait_until_idle(page)
    return page


def wait_until_idle(page: Page) -> None:
    """Until everything that is under way has arrived."""
    page.wait_for_timeout(150)
    settle(page)
    page.wait_for_timeout(250)


def playing(stage: Stage, seconds: float) -> tuple[float, float]:
    """Frames a second after the first second, and the longest frame in milliseconds."""
    stage.focus()
    stage.press("Home")
    before = len(stage("frameTimes"))
    stage.press(" ")
    stage.page.wait_for_timeout(seconds * 1000)
    stage.press(" ")
    times, passed = stage("frameTimes")[before:], 0.0
    while passed < 1000:
        passed += times.pop(0)
    return 1000 * len(times) / sum(times), max(times)


def frames(browser: Browser, url: str) -> None:
    """Four runs of 500 steps, played; and the same on a processor a quarter as fast."""
    page = opened(browser, f"{url}/{RACE}")
    stage, cdp = Stage(page), page.context.new_cdp_session(page)
    rate, longest = playing(stage, 7)
    bounded("playing 4 runs of 500 steps", rate, "fps", least=58)
    bounded("the longest frame of it", longest, "ms", most=34)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    stage.press("End")
    page.wait_for_timeout(600)
    rate, _ = playing(stage, 5)
    bounded("the same on a processor a quarter as fast", rate, "fps", least=40)
    page.close()


def sweep(browser: Browser, url: str) -> None:
    """The pointer on a live slider, over its whole range and back."""
    page = opened(browser, f"{url}/playground?{PLATEAU}")
    stage, wire = Stage(page), Wire(page)
    drag(stage, wire, "alpha", least=60)
    page.close()


def drag(stage: Stage, wire: Wire, knob: str, least: int) -> None:
    """Over the whole range of a slider of the stage and back."""
    page = stage.page
    slider = stage.part(f"[data-knob={knob}] input[type=range]")
    slider.hover()
    stage.wait(f"live.{knob}.ready")
    wait_until_idle(page)
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    wire.since()
    page.mouse.move(box["x"] + 10, middle)
    page.mouse.down()
    stops, before = set(), len(stage("inputToDraw"))
    for part in [*range(0, 81), *range(80, -1, -1)]:
        page.mouse.move(box["x"] + 10 + (box["width"] - 20) * part / 80, middle)
        page.wait_for_timeout(20)
        stops.add(stage(f"live.{knob}.index"))
    _, messages = wire.since()
    lags = sorted(stage("inputToDraw")[before:])
    page.mouse.up()
    bounded(f"slider of {knob}, stops passed", len(stops), "", least=least)
    bounded("pointer to picture, median", statistics.median(lags), "ms", most=17)
    bounded("pointer to picture, 95th percentile", lags[int(0.95 * len(lags))], "ms", most=17)
    bounded("messages to or from the server meanwhile", messages, "", most=0)


def keys(page: Page, count: int, knob: str = "noise") -> float:
    """So many stops of a slider of the page by key, one at a time: the median lag in seconds."""
    widget(page, f"knob_{knob}").locator("input[type=range]").focus()
    wait_until_idle(page)
    for done in range(1, count + 2):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"lags.length >= {done}")
        wait_until_idle(page)
    return statistics.median(page.evaluate("lags")[1:]) / 1000


def answers(browser: Browser, url: str) -> None:
    """A slider of the page, whose runs are fetched as the pointer hovers: of the noise, in a long run too, of the
    number of steps and of the landscape, in a race and below a slice too; the same where each stop is fetched
    alone; beside an empty canvas, and with Plotly."""

    def lag(address: str, knob: str = "noise", what: str = "line", panel: str = "2d", alone: bool = False) -> float:
        page = opened(browser, address, alone)
        stage = Stage(page)
        stage.part(f".switch [data-panel='{panel}']").click()
        stage.element.evaluate(KEYS_TO_STAGE, what)
        widget(page, f"knob_{knob}").locator("input[type=range]").focus()
        if not alone:
            stage.wait("hovered?.ready")  # a first family compiles
        before = stage("stopsReceived")
        median = keys(page, TIMES, knob)
        fetched = stage("stopsReceived") - before
        least, most = (TIMES + 1, TIMES + 1) if alone else (0, 1)
        assert least <= fetched <= most, f"{fetched} stops were fetched"
        page.close()
        return median

    noise = f"{url}/playground?noise=0.01"
    bowl = f"{url}/playground?surface=bowl&kappa=5"
    ours = lag(noise)
    long = lag(f"{noise}&steps=2000")
    steps = lag(f"{url}/playground?steps=100", "steps")
    landscape = lag(bowl, "kappa")
    race = lag(f"{bowl}&run2=optimizer:adam", "kappa")
    slice_ = lag(bowl, "kappa", panel="slice")
    alone = lag(noise, alone=True)
    alone_landscape = lag(bowl, "kappa", alone=True)
    words = lag(noise, what="answer")
    with served("bench/bare_page.py") as bare:
        page = opened(browser, bare)
        Stage(page).element.evaluate(KEYS_TO_STAGE, "line")
        least = keys(page, TIMES)
        page.close()
    with served("bench/plotly_page.py") as peer:
        page = opened(browser, f"{peer}/?noise=0.01")
        page.evaluate(KEYS_TO_PLOTLY)
        theirs = keys(page, TIMES)
        page.close()
    live = {
        f"slider of the page to picture, median of {TIMES}": ours,
        "the same in a run of 2,000 steps": long,
        "slider of the number of steps": steps,
        "slider of the landscape": landscape,
        "the same in a race of two": race,
        "the same below a slice": slice_,
    }
    not_live = {
        "slider that asks the server for each stop, to picture": alone,
        "the same of the landscape": alone_landscape,
    }
    for name, taken in (live | not_live).items():
        bounded(name, taken * 1000, "ms", most=45)
    compared("the slowest live one, and Plotly's page", max(live.values()), theirs, 4)
    compared("the slowest that asks, and Plotly's page", max(not_live.values()), theirs, 4)
    print(f"    Streamlit's own answer, with the words of the run, comes behind: {words * 1000:.1f} ms")
    print(f"    Streamlit alone takes, here and now: {least * 1000:.1f} ms (one slider, one empty canvas)")


def weight(browser: Browser, url: str) -> None:
    """Bytes over the websocket for one stop of alpha, and for a slider's whole family."""
    for optimizer, settings in (
        ("gradient_descent", "steps=300"),
        ("momentum", "steps=300"),
        ("adam", "steps=300"),
        ("adamw", "steps=300"),
        ("adamw", PLATEAU),
    ):
        page = opened(browser, f"{url}/playground?optimizer={optimizer}&alpha=0.1&{settings}")
        stage, wire = Stage(page), Wire(page)
        slider = stage.part("[data-knob=alpha] input[type=range]")
        wire.since()
        slider.focus()
        stage.wait("live.alpha.ready")
        wait_until_idle(page)
        family, _ = wire.since()
        changes = []
        for _ in range(3):
            drawn = stage("answers")
            page.keyboard.press("ArrowRight")
            stage.wait(f"answers > {drawn}")
            wait_until_idle(page)
            changes.append(wire.since()[0])
        assert stage("landscapesReceived") == 1, "the landscape was sent again"
        name = f"{optimizer}{' under the plateau rule' * (settings == PLATEAU)}"
        bounded(f"one change of alpha, {name}, 300 steps", statistics.median(changes) / 1000, "kB", most=30)
        bounded(f"a family of 64 stops, {name}", family / 1000, "kB", most=250)
        page.close()


def dragging(browser: Browser, url: str, seconds: float = 3) -> None:
    """The start, dragged by a pointer that moves as often as the page lets it, at most 60 times a second."""
    page = opened(browser, f"{url}/playground?{PLATEAU}")
    stage = Stage(page)
    x, y = stage.ring()
    page.mouse.move(x, y)
    page.mouse.down()
    before = stage("answers")
    moves = stage.element.evaluate(DRAG, [x, y, seconds])
    got = stage("answers") - before
    page.mouse.move(x + 290, y + 30)
    page.mouse.up()
    start = stage("start")
    wait_until_idle(page)
    bounded(f"the start dragged, {moves / seconds:.0f} moves a second: answers", got / seconds, "a s", least=15)
    curve = stage("curve(0).x.slice(0, 2)")
    bounded(
        "the last place wins: it is off by", max(abs(a - b) for a, b in zip(curve, start, strict=True)), "", most=1e-6
    )
    page.close()


def main() -> None:
    """Print the figures."""
    print("\nThe stage in a browser, 1280 x 900")
    chromium = installed.chromium()
    if chromium is None:
        print("  no browser found (chromium, chromium-browser, google-chrome): NOT MEASURED")
        return
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for figures in (frames, sweep, answers, weight, dragging):
            with figure(figures.__name__):
                figures(browser, url)
        browser.close()


if __name__ == "__main__":
    main()
