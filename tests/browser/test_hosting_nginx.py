"""Behind nginx, below a path of a site, on two servers between which it takes turns: the site of deploy/nginx.conf."""

from __future__ import annotations

import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from lrviz import Scenario
from lrviz.server.slider_api import ADDRESS
from tests.browser.conftest import served, settle
from tests.browser.driver import NO_FAMILY, Stage, assert_drawn, in_address, widget
from tests.browser.proxies import program, replicas
from tests.browser.sliders.pointer import slider_of

pytestmark = pytest.mark.browser

BASE = "/lab"
FILES = "() => performance.getEntriesByType('resource').map(({ name }) => name)"


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory):
    """Its address, and nginx's log."""
    program()
    with pytest.MonkeyPatch.context() as env, ExitStack() as servers, ThreadPoolExecutor() as both:
        env.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "the same for both")
        urls = list(both.map(servers.enter_context, [served(base=BASE), served(base=BASE)]))
        with replicas(urls, tmp_path_factory.mktemp("nginx")) as (address, log):
            yield f"{address}{BASE}", log


def answers(log, of: str, status: str = "") -> tuple[Counter, Counter]:
    """Statuses, and servers, of what was requested at addresses with this beginning; or of answers with this status."""
    lines = [line.rsplit(" ", 1) for line in log.read_text().splitlines()]
    mine = [
        request.split(" ", 1) for request, address in lines if address.startswith(of) and request.startswith(status)
    ]
    return Counter(status for status, _ in mine), Counter(servers for _, servers in mine)


@pytest.fixture(scope="module")
def opened(site, visit_once):
    page = visit_once(f"{site[0]}/playground?optimizer=momentum&alpha=0.05&steps=60&noise=0.1", accept_downloads=True)
    return Stage(page)


def test_a_link_opens_and_its_sliders_are_answered_by_both_servers(site, opened):
    scenario = Scenario(optimizer="momentum", alpha=0.05, steps=60, noise=0.1)
    assert_drawn(opened, 0, scenario)
    opened.page.evaluate(NO_FAMILY)
    slider = slider_of(opened, "steps")
    slider.focus()
    for _ in range(20):  # the server that does not show the page compiles for its visitors too
        if len(answers(site[1], f"{BASE}/{ADDRESS}", "200")[1]) == 2:
            break
        slider.press("ArrowRight")
        settle(opened.page)
        opened.page.wait_for_timeout(300)
    for _ in range(4):
        stops = opened("stopsReceived")
        slider.press("ArrowRight")
        opened.wait(f"stopsReceived > {stops}")
        settle(opened.page)
    opened.page.evaluate("familiesAgain()")
    steps = int(slider.get_attribute("aria-valuetext").split()[0])
    in_address(opened.page, f"steps={steps}")
    assert_drawn(opened, 0, scenario.having(steps=steps))
    statuses, servers = answers(site[1], f"{BASE}/{ADDRESS}")
    assert set(statuses) <= {"200", "204"} and len(servers) == 2, (statuses, servers)


def test_what_a_page_begins_with_comes_packed_from_both(site, opened):
    script = next(name for name in opened.page.evaluate(FILES) if "/static/js/index." in name)
    assert urlsplit(script).path.startswith(f"{BASE}/static/")
    for _ in range(2):
        with urllib.request.urlopen(urllib.request.Request(script, headers={"Accept-Encoding": "gzip"})) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"


def test_a_dropped_file_comes_to_the_server_that_shows_the_page(site, visit):
    page = visit(f"{site[0]}/replay", waits_for=".lrviz-stage canvas")
    for name in "abcd":
        field = widget(page, "replay_file").locator("input[type=file]")
        losses = b"9 8 7 " * 400_000 if name == "d" else b"9 8 7"  # more than nginx passes on by itself
        field.set_input_files({"name": f"{name}.txt", "mimeType": "text/plain", "buffer": losses})
        page.get_by_text("more than 100000 values" if name == "d" else f"{name}.txt: 3 values").wait_for()
        settle(page)
    statuses, servers = answers(site[1], f"{BASE}/_stcore/upload_file/")
    assert set(statuses) == {"204"}
    assert any("," in servers for servers in servers), "none was sent to the wrong server: this shows nothing"


def test_a_file_is_found_whichever_server_made_it(site, opened):
    """The page's own server makes it, and nginx asks the other one too."""
    page, log = opened.page, site[1]
    page.get_by_text("Take it with you").click()
    for _ in range(4):
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download").click()
        assert b"lrviz-stage" in saved.value.path().read_bytes()
    statuses, servers = answers(log, f"{BASE}/media/")
    assert set(statuses) == {"200"}
    assert any("," in servers for servers in servers), "none was requested at the wrong server: this shows nothing"
