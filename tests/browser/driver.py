"""What drives a page with a stage, and reads it back through the stage's test API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lrviz import Scenario, simulate
from lrviz.lessons import STEPS
from lrviz.race import Race
from tests.browser.conftest import settle

NO_FAMILY = """(() => {
  const { fetch } = window;
  window.fetch = (url, options) => JSON.parse(options?.body ?? "{}").around
    ? Promise.resolve(new Response(null, { status: 204 }))
    : fetch(url, options);
  window.familiesAgain = () => { window.fetch = fetch; };
})()"""
"""To the page it is as if there were no room for the runs of all stops: the server is asked for each stop."""

TOGETHER = "**/static/js/lab.*.js"
"""The one file with Streamlit's small modules. Without it the browser asks for each of them."""


class Late:
    """``prepare`` of a visit: after ``hold()``, what the server sends is held back from the first message on that
    ``begins`` says, until ``release()``."""

    def __init__(self, begins: Callable[[ForwardMsg], bool]):
        self.begins = begins
        self.holding = False
        self.held: list[Callable[[], None]] = []

    def __call__(self, page) -> None:
        page.route_web_socket(lambda url: "_stcore/stream" in url, self._through)

    def _through(self, browser) -> None:
        def from_server(message) -> None:
            if self.holding and (self.held or self.begins(ForwardMsg.FromString(message))):
                self.held.append(lambda: browser.send(message))
            else:
                browser.send(message)

        browser.connect_to_server().on_message(from_server)

    def hold(self) -> None:
        self.holding = True

    def release(self) -> None:
        self.holding = False
        for send in self.held:
            send()
        self.held.clear()


class Stage:
    """The stage of a page: ``stage("runs[0].x")`` reads its test API."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator(".lrviz-stage")
        self.wait("runs.length > 0")

    def __call__(self, what: str):
        return self.element.evaluate(f"element => element.stage.{what}")

    def wait(self, what: str, tries: int = 400) -> None:
        """Until this is true of its test API (the stage is in a shadow root, so the page cannot be queried)."""
        for _ in range(tries):
            if self.element.evaluate(f"element => Boolean(element.stage && element.stage.{what})"):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {what}")

    def part(self, css: str):
        return self.page.locator(f".lrviz-stage {css}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> None:
        self.element.evaluate("element => element.focus()")

    def place(self, panel: str, across: float = 0.5, up: float = 0.5) -> tuple[float, float]:
        """A point of a plot in pixels of the page: (0, 0) is its lower left corner, (1, 1) its upper right."""
        box, canvas = self(f"boxes.{panel}"), self.part(f".panel.{panel} .layer.head").bounding_box()
        x = box["left"] + across * (box["right"] - box["left"])
        y = box["bottom"] + up * (box["top"] - box["bottom"])
        return canvas["x"] + x, canvas["y"] + y

    def ring(self) -> tuple[float, float]:
        """The start, in pixels of the page."""
        canvas = self.part(".panel.land .layer.head").bounding_box()
        x, y = self("toPixel(...element.stage.start)")
        return canvas["x"] + x, canvas["y"] + y

    def follow(self, link: str) -> None:
        """Another link on the same page, as the browser's history brings it: much cheaper than a page load.

        Settled first: what the page still writes to its address would go over the link."""
        read = self("links")
        settle(self.page)
        self.page.evaluate(
            """link => {
              history.pushState({}, "", "/" + link);
              dispatchEvent(new PopStateEvent("popstate"));
            }""",
            link,
        )
        self.wait(f"links > {read}")


def assert_drawn(stage: Stage, place: int, scenario: Scenario) -> None:
    """The curve on the stage is the server's own run."""
    assert_run(stage(f"curve({place})"), scenario)


def assert_race_drawn(stage: Stage, race: Race) -> None:
    """Each curve on the stage is the server's own run."""
    for place, scenario in enumerate(race.scenarios):
        assert_drawn(stage, place, scenario)


def assert_run(shown: Mapping[str, Sequence[float]], scenario: Scenario) -> None:
    """This curve, as the test API has it, is the server's own run, to the digits and the range of a float32."""
    run = simulate(scenario)
    curve = {name: np.array(values, float) for name, values in shown.items()}
    with np.errstate(over="ignore"):
        x, loss, *drawn = (
            part.astype(np.float32) for part in (run.x, run.loss, curve["x"].reshape(-1, 2), curve["loss"])
        )
    finite = np.isfinite(loss) & np.isfinite(x).all(axis=1)
    finite_too = np.isfinite(drawn[1]) & np.isfinite(drawn[0]).all(axis=1)
    np.testing.assert_array_equal(finite_too, finite)
    np.testing.assert_allclose(drawn[0][finite], x[finite], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(drawn[1][finite], loss[finite], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(curve["rate"], run.learning_rate, rtol=1e-6)


def open_step(page, step: str) -> None:
    """Of a lesson: by its name in the bar; it is open at once, and then the address says so."""
    page.locator(".st-key-walk_bar ol").get_by_role("button", name=STEPS[step], exact=True).click()
    assert page.evaluate("document.documentElement.dataset.step") == step
    page.locator(f".st-key-step_{step}").wait_for()


def predict(page, choice: str | None = None) -> None:
    """Of a lesson: the first choice, or this one."""
    made = page.locator("[class*=st-key-predict_] button")
    (made.first if choice is None else made.filter(has_text=choice).first).click()
    page.locator(".st-key-result").wait_for()
    settle(page)


def widget(page, name: str):
    """The widget of this name, whatever number its key has by now (lrviz/ui/keys.py)."""
    return page.locator(f".st-key-{name}, [class*='st-key-{name}-']")


def in_address(page, part: str) -> None:
    page.wait_for_function("part => decodeURIComponent(location.search).includes(part)", arg=part)
