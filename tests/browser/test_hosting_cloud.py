"""As Community Cloud shows the app: in a frame with a sandbox, below ``/~/+``, 100 ms away. See `proxies`."""

from __future__ import annotations

import html
import re
from urllib.parse import quote, urlsplit

import pytest

from lrviz import Scenario
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn
from tests.browser.network import delayed
from tests.browser.proxies import community_cloud, program
from tests.browser.sliders.pointer import slider_of

pytestmark = pytest.mark.browser

SCENARIO = Scenario(optimizer="momentum", alpha=0.05, steps=60)
QUERY = "optimizer=momentum&alpha=0.05&steps=60"


@pytest.fixture(scope="module")
def cloud(server, tmp_path_factory):
    """The addresses of the app's outer page and of a page elsewhere."""
    program()
    with community_cloud(server, tmp_path_factory.mktemp("cloud")) as (direct, course), delayed(direct, 0.1) as far:
        yield far, course


@pytest.fixture(scope="module")
def outer(cloud, visit_once):
    """The outer page, with an app in it that was opened by a link."""
    page = visit_once(f"{cloud[0]}/playground?{QUERY}", frames=1, accept_downloads=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


@pytest.fixture
def stage(outer):
    return Stage(outer.frames[1])


def requested(frame) -> list[str]:
    """The paths of what the page in this frame has loaded."""
    names = frame.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    return [urlsplit(name).path for name in names]


def in_outer_address(outer, part: str) -> None:
    """The outer page follows the app in its frame."""
    outer.wait_for_function("part => decodeURIComponent(location.search).includes(part)", arg=part)


def test_a_link_to_the_outer_page_opens_the_run(outer, stage):
    assert urlsplit(stage.page.url).path == "/~/+/playground"
    assert_drawn(stage, 0, SCENARIO)
    boxes = stage.page.locator("[data-testid=stSelectbox] input")
    assert "Momentum" in boxes.evaluate_all("inputs => inputs.map(({ value }) => value)")
    assert outer.url.endswith(f"/playground?{QUERY}")


def test_its_files_come_packed(stage):
    packed = stage.page.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter(({ name, decodedBodySize: size }) => name.includes("/static/js/") && size > 10_000)
          .map(({ encodedBodySize: sent, decodedBodySize: size }) => sent < 0.6 * size)"""
    )
    assert len(packed) > 10 and all(packed)


def test_sliders_are_answered_and_the_way_back_is_the_browsers(outer, stage):
    slider = slider_of(stage, "steps")
    slider.focus()
    stage.wait("hovered?.ready")
    slider.press("ArrowRight")
    in_outer_address(outer, "steps=70")
    settle(stage.page)
    assert_drawn(stage, 0, SCENARIO.having(steps=70))
    assert "/~/+/lab/runs" in requested(stage.page)
    for go, steps in ((outer.go_back, 60), (outer.go_forward, 70), (outer.go_back, 60)):
        go()
        in_outer_address(outer, f"steps={steps}")
        stage.wait(f"runs[0].steps === {steps}")
        settle(stage.page)
        assert_drawn(stage, 0, SCENARIO.having(steps=steps))


def test_what_is_copied_or_shown_wakes_a_sleeping_app(cloud, outer, stage):
    app = stage.page
    app.get_by_role("button", name="Copy link").click()
    app.get_by_text("Copied.").wait_for()
    assert outer.evaluate("navigator.clipboard.readText()") == outer.url
    app.get_by_role("button", name="QR code, frame, class").click()
    dialog = app.get_by_role("dialog")
    shown = dialog.locator("code:visible")
    shown.wait_for()
    assert shown.inner_text().strip() == outer.url
    dialog.get_by_role("tab", name="Frame").click()
    app.wait_for_function("e => e.innerText.includes('iframe')", arg=shown.element_handle())
    (source,) = re.findall('src="([^"]+)"', shown.inner_text())
    assert html.unescape(source) == f"{outer.url}&embed=true"
    dialog.get_by_role("tab", name="For a class").click()
    app.wait_for_function("e => e.innerText.includes('/class?')", arg=shown.element_handle())
    assert shown.inner_text().startswith(f"{cloud[0]}/class?")
    outer.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_files_and_films_can_be_saved(outer, stage):
    app = stage.page
    app.get_by_text("Take it with you").click()
    with outer.expect_download() as saved:
        app.get_by_role("button", name="Download").click()
    assert b"lrviz-stage" in saved.value.path().read_bytes()
    stage.part(".speed").select_option("4")
    stage.part("[aria-label='Picture or film']").click()
    with outer.expect_download() as saved:
        app.get_by_role("menuitem", name="WebM").click()
    assert saved.value.path().read_bytes().startswith(b"\x1aE\xdf\xa3")


def test_in_a_course_page_it_is_the_stage_alone_in_the_readers_theme(cloud, visit):
    """A frame in a frame in a page of another origin."""
    far, course = cloud
    frame = (
        f'<iframe src="{far}/playground?{QUERY}&amp;embed=true" width="100%" height="640" style="border:0"></iframe>'
    )
    page = visit(f"{course}/course.html?frame={quote(frame)}", frames=2, scheme="dark")
    app = page.frames[2]
    stage = Stage(app)
    assert stage("theme") == "dark"
    assert_drawn(stage, 0, SCENARIO)
    assert app.locator("[data-testid=stSelectbox], [data-testid=stExpander], [data-testid=stButton]").count() == 0
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    slider.press("ArrowRight")
    settle(app)
    assert_drawn(stage, 0, SCENARIO.having(alpha=stage("live.alpha.value")))
    assert urlsplit(page.url).path == "/course.html"
