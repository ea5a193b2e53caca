"""How a visit begins: how much is requested, and what waits for what. Counted, not timed."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import away, settle
from tests.browser.driver import TOGETHER, Stage
from tests.browser.sliders.pointer import slider_of

pytestmark = pytest.mark.browser

REQUESTS = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(file => file.transferSize > 0)
  .map(file => [new URL(file.name).pathname, file.startTime < performance.getEntriesByName("stage drawn")[0].startTime])
"""
"""What went over the network (not from a cache): its path, and was it before the first picture?"""
FILES_OF_THE_SMALL = 40
"""At least as many more files there are where Streamlit's small modules come one by one."""


class Visit:
    """A page, watched from its beginning to its rest."""

    def __init__(self, context, address: str, prepare=lambda page: None):
        self.page = context.new_page()
        self.requests: list[str] = []
        self.sockets: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.sockets.append(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.set_default_timeout(60_000)
        prepare(self.page)
        self.page.goto(address)
        self.stage = Stage(self.page)
        settle(self.page)

    def modules(self) -> list[str]:
        """Streamlit's code, file by file, as it was requested."""
        return [url for url in self.requests if re.search(r"/static/js/.*\.js$", url)]


@pytest.fixture
def context(browser):
    with_cold_cache = browser.new_context(viewport={"width": 1280, "height": 800})
    yield with_cold_cache
    with_cold_cache.close()


@away(0.1)
@pytest.mark.parametrize("address", ["how_long", "playground?optimizer=adam", ""])
def test_a_first_visit_asks_for_little_and_a_second_one_for_what_may_have_changed(server, context, address):
    first = Visit(context, f"{server}/{address}")
    requests = first.page.evaluate(REQUESTS)
    before = [path for path, early in requests if early]
    assert len(before) <= 18, before
    html = first.page.request.get(f"{server}/{address}", headers={"accept": "text/html"}).text()
    found_late = [path for path in before if path.endswith(".js") and f".{path}" not in html]
    assert found_late == [], "a picture waits for code of which its page does not tell"
    assert len(first.sockets) == 1, "the socket that was opened first is Streamlit's"
    assert sum("_stcore/health" in url for url in first.requests) == 1, "the server is looked for once"
    first.page.wait_for_timeout(4000)  # until the browser would complain of a preload that nobody used
    assert first.complaints == []
    first.page.close()

    second = Visit(context, f"{server}/{address}")
    again = {path for path, _ in second.page.evaluate(REQUESTS)} - {"/favicon.png"}  # which it may ask for again
    assert again == {f"/{address.partition('?')[0]}", "/_stcore/health", "/_stcore/host-config"}


def without_the_file(page) -> None:
    page.route(TOGETHER, lambda route: route.fulfill(status=404, body="gone"))


def without_import_maps(page) -> None:
    page.add_init_script("HTMLScriptElement.supports = () => false")


def with_a_policy(page) -> None:
    """As where a host allows what Streamlit needs, but no code in an address."""
    page.add_init_script("""new MutationObserver((_, observer) => {
      if (!document.head) return;
      observer.disconnect();
      const policy = document.createElement("meta");
      policy.httpEquiv = "Content-Security-Policy";
      policy.content = "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:";
      document.head.prepend(policy);
    }).observe(document, { childList: true, subtree: true })""")


@pytest.mark.parametrize("prepare", [without_the_file, without_import_maps, with_a_policy])
def test_where_the_small_modules_cannot_come_together_they_come_one_by_one(loopback, context, prepare):
    visit = Visit(context, f"{loopback}/how_long", prepare)
    assert len(visit.modules()) > FILES_OF_THE_SMALL
    assert visit.page.get_by_role("heading", level=1).count() == 1
    visit.page.locator(".st-key-prediction button").first.click()
    visit.stage.wait("runs[0].steps === 60")


def test_a_program_that_is_missing_is_compiled_for_the_page_that_asks(serving, context):
    """A fresh server has none for the runs of a slider."""
    with serving() as url:
        visit = Visit(context, f"{url}/playground?surface=beale&optimizer=adamax&alpha=0.02&noise=0.1")
        slider_of(visit.stage, "noise").focus()
        visit.stage.wait("hovered?.ready")
        answers = [request for request in visit.requests if request.endswith("lab/runs")]
        assert len(answers) > 1, "it was there at once: this shows nothing"
        visit.page.close()
