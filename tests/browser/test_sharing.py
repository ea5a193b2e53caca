"""What leaves the page as a link: copied, as a QR code, in a frame, and a teacher's assignment opened by a student."""

from __future__ import annotations

import io
from contextlib import suppress
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Error

from lrviz import Scenario
from tests.browser.conftest import over_a_network, settle
from tests.browser.driver import Stage, assert_drawn, in_address

pytestmark = [pytest.mark.browser, over_a_network]

GROUPS = ("Names and stage", "Run", "Surface", "Optimizer", "Schedule")
"""As the page's fold *More* has them, after what is always seen."""


def assert_decodes(page, code, text: str) -> None:
    """The QR code on the page, read from a picture of it as a camera would, comes to hold this text."""
    seen = None
    for _ in range(50):
        with suppress(Error):  # the page draws it anew while it is looked at
            code.scroll_into_view_if_needed(timeout=2000)
            if code.evaluate("image => image.complete && image.naturalWidth > 0", timeout=2000):
                seen = [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))]
        if seen == [text]:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{seen}, not {text}")


def test_the_view_is_in_the_address_and_comes_back(server, visit):
    page = visit(f"{server}/playground?alpha=0.05")
    stage = Stage(page)
    stage.part(".switch button").nth(1).click()
    stage.part(".speed").select_option("4")
    stage.element.focus()
    stage.press("Home", "ArrowRight", "ArrowRight")
    in_address(page, "view=panel:slice;step:2;speed:4")
    again = Stage(visit(page.url))
    assert (again("panel"), again("step"), again("speed"), again("playing")) == ("slice", 2, 4, False)
    assert again("sent") == 1, "that its picture is drawn, and no more: what the link says is not sent back"


def test_a_teacher_makes_a_link_and_a_student_sees_only_what_was_left_open(server, visit):
    page = visit(f"{server}/playground?optimizer=momentum&alpha=0.05&steps=60", height=1000)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    page.get_by_role("button", name="QR code, frame, class").click()
    dialog = page.get_by_role("dialog")
    assert_decodes(page, dialog.locator("img").first, page.url)
    dialog.get_by_role("tab", name="Frame").click()
    assert "embed=true" in dialog.locator("code:visible").inner_text()

    dialog.get_by_role("tab", name="For a class").click()
    dialog.get_by_label("Title").fill("Find the <b>edge</b> :material/lock:")
    dialog.get_by_label("Title").press("Enter")
    dialog.get_by_role("textbox", name="Task").fill(
        "Move alpha :material/lock:\n- **When** does it fly off?\n- Is it $2/k$?"
    )
    dialog.get_by_role("textbox", name="Task").press("Control+Enter")
    labels = dialog.locator("[data-testid=stMultiSelect] label").all_inner_texts()
    assert labels == [f"{group}: {state}" for group in GROUPS for state in ("open", "seen, but locked")]
    assert dialog.get_by_text("It is no exam mode").count() == 1
    dialog.get_by_label("Optimizer: seen, but locked").fill("Momentum")
    dialog.get_by_label("Optimizer: seen, but locked").press("Enter")
    shown = dialog.locator("code:visible")
    for part in ("locked=momentum", "title=Find", "task=Move"):
        page.wait_for_function("([e, part]) => e.innerText.includes(part)", arg=[shown.element_handle(), part])
    link = shown.inner_text().strip()
    assert_decodes(page, dialog.locator("img:visible"), link)
    assert {"open": ["alpha"], "locked": ["momentum"]}.items() <= parse_qs(urlsplit(link).query).items()

    student = visit(link, height=1000)
    stage = Stage(student)
    scenario = Scenario(optimizer="momentum", alpha=0.05, steps=60)
    assert_drawn(stage, 0, scenario)
    heading = student.get_by_role("heading").first
    assert heading.inner_text().replace("\u2060", "") == "Find the <b>edge</b> :material/lock:"
    assert student.locator("[data-testid=stMain] li").all_inner_texts()[0] == "When does it fly off?".replace(
        "When", "\u2060When\u2060"
    )
    student.locator("[data-testid=stMain] li .katex").wait_for()
    assert set(stage("live")) == {"alpha"}
    assert stage.part(".start").is_hidden()
    assert student.locator("[data-testid=stSelectbox], [data-testid=stButton], [data-testid=stExpander]").count() == 0
    assert student.get_by_role("link", name="Playground").count() == 0
    (locked,) = student.locator("[data-testid=stSlider] input[type=range]").all()
    assert locked.is_disabled()
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    slider.press("ArrowRight")
    alpha = stage("live.alpha.value")
    in_address(student, f"alpha={scenario.knob('alpha').text(alpha)}")
    in_address(student, "locked=momentum")
    assert_drawn(stage, 0, scenario.having(alpha=alpha))


FRAMED = Scenario(optimizer="momentum", alpha=0.05, schedule="plateau")
"""With four sliders on the stage."""
PARTS = """element => [...element.querySelectorAll(
  ".panel .canvas, .panel header, .transport .press, .cursor, .slider, .whole")]
  .map(part => [part.closest("[class]").className, part.getBoundingClientRect()])
  .map(([name, box]) => [name, box.left, box.top, box.right, box.bottom])"""


def apart(one: list, other: list) -> bool:
    """Neither covers the other, but for half a pixel."""
    _, left, top, right, bottom = one
    _, left_too, top_too, right_too, bottom_too = other
    return min(right, right_too) - max(left, left_too) < 0.5 or min(bottom, bottom_too) - max(top, top_too) < 0.5


@pytest.fixture(scope="module")
def framed(server, visit_once):
    page = visit_once(f"{server}/playground?optimizer=momentum&alpha=0.05&schedule=plateau&embed=true", height=640)
    settle(page)
    return page


def test_in_a_frame_there_are_only_the_stage_and_its_sliders(framed):
    stage = Stage(framed)
    assert_drawn(stage, 0, FRAMED)
    assert framed.locator("[data-testid=stSelectbox], [data-testid=stExpander], [data-testid=stButton]").count() == 0
    assert framed.get_by_role("link", name="Welcome").count() == 0


@pytest.mark.parametrize("width", [1280, 760, 390])
def test_all_of_the_stage_is_in_sight_in_a_frame_of_640(framed, width):
    framed.set_viewport_size({"width": width, "height": 640})
    framed.wait_for_timeout(400)
    stage = Stage(framed)
    parts = stage.element.evaluate(PARTS)
    names = [part[0] for part in parts]
    assert names.count("canvas") == 3 and names.count("slider") == 4 and names.count("whole") == 1
    for name, left, top, right, bottom in parts:
        assert left >= 0 and top >= 0 and right <= width and bottom <= 640, name
        assert name != "canvas" or (right - left > 150 and bottom - top > 110), "too small to see anything"
    assert [(one, other) for one, other in combinations(parts, 2) if not apart(one, other)] == []
    page = framed.locator("[data-testid=stMain]")
    assert page.evaluate("e => [e.scrollHeight <= e.clientHeight, e.scrollWidth <= e.clientWidth]") == [True, True]


def test_a_sentence_above_it_takes_its_room_from_the_stage(server, visit):
    page = visit(f"{server}/playground?kapa=2&embed=true", height=640)
    page.get_by_text("Did you mean kappa?").wait_for()
    settle(page)
    assert Stage(page).element.bounding_box()["y"] > 40
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollHeight") == 640


def test_from_a_frame_the_whole_page_opens_as_it_stands(framed):
    stage = Stage(framed)
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    slider.press("ArrowRight")
    alpha = stage("live.alpha.value")
    in_address(framed, f"alpha={FRAMED.knob('alpha').text(alpha)}")
    settle(framed)
    with framed.context.expect_page() as opened:
        stage.part(".whole").click()
    whole = opened.value
    try:
        assert "embed" not in whole.url
        whole.wait_for_selector(".lrviz-stage")
        settle(whole)
        assert_drawn(Stage(whole), 0, FRAMED.having(alpha=alpha))
        assert whole.get_by_role("link", name="Welcome").count() == 1
        assert whole.locator(".lrviz-stage .whole").is_hidden(), "it is the whole page"
    finally:
        whole.close()
