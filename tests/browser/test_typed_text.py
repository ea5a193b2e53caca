"""What a visitor typed is shown as it was typed, but for the few marks of a task. The judge is Streamlit's own page."""

from __future__ import annotations

import pytest

from tests.browser.marks import TASKS, TYPED

pytestmark = pytest.mark.browser

READ = """key => {
  const escaped = (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const show = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replaceAll("\\u2060", ""));
    if (node.matches(".katex")) return `[${escaped(node.querySelector("annotation").textContent)}]`;
    const tag = node.tagName.toLowerCase();
    if (tag === "br") return "<br>";
    const more = node.attributes.length && tag !== "ol" ? " …" : "";
    return `<${tag}${more}>${[...node.childNodes].map(show).join("")}</${tag}>`;
  };
  const at = document.querySelector(`.st-key-${key} [data-testid=stMarkdownContainer]`);
  const whole = [...at.childNodes].map(show).join("").replace(/\\s+/g, " ");
  return whole.replace(/ ?(<\\/?(p|ul|ol|li|br)>) ?/g, "$1");
}"""
"""The page's own elements of one text, without what cannot be seen."""


@pytest.fixture(scope="module")
def marks(serving):
    with serving("tests/browser/marks.py") as url:
        yield url


@pytest.fixture(scope="module")
def shown(marks, visit_once):
    """key -> how a text stands on the page, once that can show all that it ever does."""
    page = visit_once(marks, waits_for=".st-key-task_0")
    first = page.locator("[data-testid=stMarkdownContainer]").first
    for sign in ("[role=img]", ".katex", "a"):
        first.locator(sign).wait_for()
    page.wait_for_function("e => /😄.*→/.test(e.innerText)", arg=first.element_handle())
    return lambda key: page.evaluate(READ, key)


def as_typed(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("key", ["plain", "marked"])
def test_a_mark_is_what_was_typed(shown, key):
    for i, text in enumerate(TYPED):
        assert shown(f"{key}_{i}") == f"<p>{as_typed(text)}</p>", text


def test_a_task_has_paragraphs_lists_bold_and_formulas(shown):
    for i, (text, rendered) in enumerate(TASKS.items()):
        assert shown(f"task_{i}") == rendered, text
