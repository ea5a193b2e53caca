"""Every page under axe-core in both themes; no sideways scrolling and no cut label; and a lesson by keyboard alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lrviz.lessons import LESSONS, STEPS
from tests.browser.conftest import settle
from tests.browser.driver import open_step

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("", "glossary", "replay?prepared=noisy&stop_patience=6", "maps", "training?sharpness=1", *LESSONS)
RICH = "playground?optimizer=momentum&schedule=plateau&noise=1&run2=optimizer:adam&kappa=20"
"""The playground with a race, every kind of slider and the plateau rule's own knobs."""

STREAMLITS: dict[str, tuple[str, ...]] = {}
"""What Streamlit draws and this app cannot change: rule -> parts of the selector of the one element it is known for."""

IMPACTS = ("serious", "critical")
SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map((element) => element.scrollWidth - element.clientWidth)"""
CUT = """() => {
  const roots = [document];
  document.querySelectorAll('*').forEach((element) => element.shadowRoot && roots.push(element.shadowRoot));
  const parts = 'button, label, summary, a, h1, h2, h3, th, td, legend, [role=radio], '
    + '.title, .name, .value, .best, .note, .entry, .with-numbers';
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const hides = (element) => getComputedStyle(element).overflowX !== 'visible';
  return roots.flatMap((root) => [...root.querySelectorAll(parts)])
    .filter((element) => seen(element) && element.textContent.trim())
    .filter((element) => !element.closest('header[data-testid=stHeader]'))
    .filter((element) => [element, ...element.querySelectorAll('*')].some(
      (part) => part.clientWidth > 1 && hides(part) && part.scrollWidth > part.clientWidth + 1))
    .map((element) => element.textContent.trim());
}"""

STILL = "window.requestAnimationFrame = () => 0;"
"""No frame is drawn."""

SLIDERS_END = """(sliders) =>
  document.querySelector('[data-testid=stMain]').scrollTop + sliders.getBoundingClientRect().bottom"""
"""Pixels from the top of the page to the end of the stage's sliders."""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        message = "axe-core is not installed (npm ci): the pages were NOT audited"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return AXE.read_text(encoding="utf-8")


def opened(page):
    """The whole page: the prediction made, folds open, the chart of the last section there."""
    prediction = page.locator("[class*=st-key-predict_] button")
    if prediction.count():
        prediction.first.click()
        page.wait_for_selector(".st-key-result")
    for fold in page.locator("[data-testid=stExpander] summary").filter(visible=True).all():
        fold.click()  # those in a step of a lesson that is not open are hidden, and may come later
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    page.wait_for_timeout(600)
    return page


def cut_labels(page, path: str) -> list[str]:
    """On the page; on a lesson in each of its steps."""
    if path not in LESSONS:
        return page.evaluate(CUT)
    found = []
    for step in (*STEPS, next(iter(STEPS))):
        open_step(page, step)
        page.wait_for_timeout(100)
        found += [f"{step}: {label}" for label in page.evaluate(CUT)]
    return found


def arrived(visit, url: str, **how):
    page = visit(url, **how) if "glossary" not in url else visit(url, waits_for=".katex", **how)
    page.wait_for_timeout(300)
    return page


def findings(page, axe: str) -> list[str]:
    """What axe finds in page and stage, with its shadow root, as sentences; what is Streamlit's own is left out."""
    page.evaluate(axe)
    report = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']}: {node['target']} {node['html'][:200]}"
        for rule in report["violations"]
        if rule["impact"] in IMPACTS
        for node in rule["nodes"]
        if not any(part in str(node["target"]) for part in STREAMLITS.get(rule["id"], ()))
    ]


@pytest.mark.parametrize("path", [*PAGES, RICH])
def test_a_page_is_for_everyone(server, visit, axe, path):
    """Nothing serious under axe, light and dark; nothing sideways, no label cut; and a lesson's run is seen while its
    sliders are moved, on a screen of 1280 x 800."""
    page = arrived(visit, f"{server}/{path}", height=844, motion="reduce")
    light = findings(opened(page), axe)
    assert path not in LESSONS or page.locator(".lrviz-stage .sliders").evaluate(SLIDERS_END) <= 800
    sizes = {}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(400)
        sizes[width] = (page.evaluate(SIDEWAYS), cut_labels(page, path))
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(600)
    settle(page)  # the page is drawn anew for another theme, and what is not yet is pale
    page.wait_for_timeout(300)
    dark = findings(page, axe)
    assert (light, dark) == ([], [])
    assert sizes == {390: ([0, 0], []), 1280: ([0, 0], [])}


@pytest.mark.parametrize(
    ("path", "panel", "more"),
    [
        ("stuck", "land", 230),
        ("real_model", "model", 230),
        ("edge_of_stability", "model", 164),
        ("playground", "land", 115),
        ("training", "model", 115),
        ("maps", "land", 115),
        ("replay", "loss", 63),
    ],
)
def test_a_projector_of_1080_lines_shows_the_stage_larger(server, visit, path, panel, more):
    """And all of it, with its sliders."""
    page = visit(f"{server}/{path}", width=1920, height=800)
    box = page.locator(f".lrviz-stage .panel.{panel} .canvas").first
    before = box.bounding_box()["height"]
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_timeout(400)
    assert box.bounding_box()["height"] == pytest.approx(before + more, abs=2)
    assert page.locator(".lrviz-stage .sliders").evaluate(SLIDERS_END) <= 1080


def test_axe_sees_into_the_stage(server, visit, axe):
    """An audit that passes over the shadow root would find nothing there either."""
    page = visit(f"{server}/playground")
    page.locator(".lrviz-stage .press").first.evaluate("button => button.removeAttribute('aria-label')")
    page.locator(".lrviz-stage .press").first.evaluate("button => button.removeAttribute('title')")
    assert any("button-name" in finding for finding in findings(page, axe))


@pytest.mark.parametrize("path", ["playground", "training", "replay"])
def test_a_player_that_has_not_drawn_yet_is_for_everyone_too(server, visit, axe, path):
    """As where the server or the browser is slow."""
    page = visit(f"{server}/{path}", prepare=lambda page: page.add_init_script(STILL))
    assert page.locator(".lrviz-stage .cursor").get_attribute("aria-valuetext") is None, "it has drawn"
    assert findings(page, axe) == []


def test_formulas_are_set(server, visit):
    page = arrived(visit, f"{server}/glossary")
    assert page.locator(".katex").count() >= 35
    assert page.locator(".katex-error").count() == 0


# By keyboard alone ------------------------------------------------------------

FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return null;
  const drawn = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  const near = [at, at.parentElement, ...(at.closest('label')?.querySelectorAll('*') ?? [])].filter(Boolean);
  const box = at.getBoundingClientRect();
  return {
    text: (at.textContent || at.getAttribute('aria-label') || '').trim(),
    knob: at.closest('[data-knob]')?.dataset.knob ?? null,
    type: at.getAttribute('type') ?? '', href: at.getAttribute('href') ?? '', tag: at.tagName,
    ring: near.some(drawn), thumb: at.matches('input[type=range]'),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


class Keyboard:
    """A visitor without a pointer."""

    def __init__(self, page):
        self.page = page

    def to(self, wanted, most: int = 120) -> dict:
        """Tab until the focus is on what is wanted; it is visible there."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUSED)
            if at and wanted(at):
                assert at["inside"], at
                assert at["ring"], at
                return at
        raise AssertionError("the keyboard does not lead there")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def settle(self) -> None:
        self.page.wait_for_timeout(400)
        self.page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")


@pytest.mark.parametrize("lesson", ["how_long", "valleys"])
def test_a_lesson_by_keyboard_alone(server, visit, lesson):
    page = visit(f"{server}/{lesson}", motion="reduce")
    keys = Keyboard(page)
    keys.to(lambda at: at["tag"] == "BUTTON" and re.match(r"It |In ", at["text"]))
    keys.press("Enter")
    page.wait_for_selector(".st-key-result:focus")
    keys.settle()
    keys.press("PageDown")
    keys.to(lambda at: at["knob"] == "alpha")
    keys.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('alpha=')")
    keys.settle()
    assert page.evaluate(FOCUSED)["knob"] == "alpha", "a move of the slider takes the focus away"
    moved = page.url
    first = page.locator("[class*=st-key-preset_] button").first.text_content().strip()
    keys.to(lambda at: at["tag"] == "BUTTON" and at["text"] == first)
    keys.press("Enter")
    page.wait_for_function("url => location.href !== url", arg=moved)
    keys.settle()
    for _ in range(3):
        keys.press("PageDown")
    for _ in range(3):
        keys.to(lambda at: at["type"] == "radio")
        keys.press("Space")
        keys.settle()
    keys.to(lambda at: at["tag"] == "BUTTON" and at["text"] == "Check")
    keys.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('[data-testid=stAlert]').length === 3")
    onward = list(LESSONS)[list(LESSONS).index(lesson) + 1]
    keys.to(lambda at: at["href"].endswith(onward))
    keys.press("Enter")
    page.wait_for_function("title => document.querySelector('h1')?.textContent === title", arg=LESSONS[onward].question)
