"""The first use of a term opens its entry of the glossary in place: a link in the text, and a small box beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from lrviz.glossary import TERMS, Term
from lrviz.stage import Run

KNOWN = "explained"
"""In the session: the terms that were explained further up on this page; none on a page that explains no terms."""
BY_WORD = {word.lower(): term for term in TERMS for word in term.words}
CELLS = "patience cells"
"""How the stage shows the waiting of the plateau rule."""
_APART = re.compile(r"(\[[^\]]*\]\([^)]*\)|`[^`]*`|\${2}[^$]*\${2}|\$[^$]*\$)")
"""Links, code and formulas stay as they are."""
_WORDS = re.compile(
    rf"(?<![\w/.])(?:{'|'.join(sorted(map(re.escape, BY_WORD), key=len, reverse=True))})(?![\w(])", re.I
)

BOX = '<div class="box" role="dialog" aria-label="Glossary" tabindex="-1" hidden><b></b> <span></span></div>'
LOOKS = """
.box { position: fixed; z-index: 1000001; box-sizing: border-box; width: min(340px, calc(100vw - 24px));
  padding: 10px 14px; font: 15px/1.5 var(--st-font); color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-left: 4px solid var(--st-primary-color); border-radius: 6px; box-shadow: 0 6px 20px rgb(0 0 0 / 0.18); }
.box:focus { outline: none; }
"""
OPENS = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".box");
  const state = (box.terms ??= { rows: {}, link: null });
  state.rows = Object.fromEntries(data.terms);
  if (state.stop) return state.stop;
  const close = (back) => {
    if (box.hidden) return;
    box.hidden = true;
    if (back) state.link?.focus();
  };
  const open = (link) => {
    const row = state.rows[link.hash.slice(1)];
    if (!row) return;
    state.link = link;
    [box.firstChild.textContent, box.lastChild.textContent] = row;
    box.hidden = false;
    const at = link.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - box.offsetWidth - 12);
    const below = at.bottom + 6 + box.offsetHeight < innerHeight;
    box.style.left = `${Math.max(left, 12)}px`;
    box.style.top = `${below ? at.bottom + 6 : at.top - 6 - box.offsetHeight}px`;
    box.focus({ preventScroll: true });
  };
  const click = (event) => {
    const path = event.composedPath();
    const link = path.find((part) => part.matches?.('a[href*="#term-"]'));
    if (link) {
      event.preventDefault();
      event.stopPropagation();
      const again = !box.hidden && state.link === link;
      close(false);
      if (!again) open(link);
    } else if (!path.includes(box)) close(false);
  };
  const press = (event) => {
    if (event.key === "Escape" || event.key === "Tab") close(true);
  };
  const away = () => close(false);
  document.addEventListener("click", click, true);
  document.addEventListener("keydown", press, true);
  document.addEventListener("scroll", away, true);
  state.stop = () => {
    document.removeEventListener("click", click, true);
    document.removeEventListener("keydown", press, true);
    document.removeEventListener("scroll", away, true);
    box.terms = undefined;
  };
  return state.stop;
}
"""


def anchor(term: Term) -> str:
    """Where the link of a term leads."""
    return "term-" + re.sub(r"\W+", "-", term.name.lower()).strip("-")


@cache
def _component() -> Any:
    return st.components.v2.component("lrviz_terms", js=OPENS, css=LOOKS, html=BOX)


def close_terms() -> None:
    """Before each page: it explains no terms until it opens them."""
    st.session_state.pop(KNOWN, None)


def open_terms() -> None:
    """Once a page, before its texts: nothing is explained yet, and the box is there."""
    st.session_state[KNOWN] = set()
    rows = tuple((anchor(term), (f"{term.name}.", term.sentence)) for term in TERMS if term.words)
    _component()(key="terms", data={"terms": rows})


def explain_again() -> None:
    """Of a part that is drawn anew alone: what it says is explained in it, each time."""
    if KNOWN in st.session_state:
        st.session_state[KNOWN] = set()


def explained(text: str) -> str:
    """Markdown in which each term that this page has not used before is a link to its entry."""
    known: set[str] | None = st.session_state.get(KNOWN)
    if known is None:
        return text

    def link(found: re.Match[str]) -> str:
        term = BY_WORD[found[0].lower()]
        if term.name in known:
            return found[0]
        known.add(term.name)
        return f"[{found[0]}](#{anchor(term)})"

    parts = _APART.split(text)
    return "".join(part if i % 2 else _WORDS.sub(link, part) for i, part in enumerate(parts))


def addresses(words: Iterable[str]) -> dict[str, str]:
    """Of those words that have an entry, where its link leads; of none on a page that explains no terms."""
    if KNOWN not in st.session_state:
        return {}
    return {word: f"#{anchor(BY_WORD[word])}" for word in words if word in BY_WORD}


def words_of_stage(runs: Sequence[Run] = ()) -> dict[str, str]:
    """What a stage says over the loss and below the sliders in one word, and where that is explained."""
    terms = {name.replace("_", " ") for run in runs for name in run.trajectory.terms}
    return addresses(sorted({CELLS, *terms}))


def say(text: str) -> None:
    """A paragraph whose terms are explained."""
    st.markdown(explained(text))


def say_below(*texts: str) -> None:
    """The terms of texts that can hold no link, those of buttons and tabs: each that is new, below them."""
    links = {explained(found[0]) for text in texts for found in _WORDS.finditer(text)}
    new = sorted(link for link in links if "](#" in link)
    if new:
        st.caption(f"Words: {', '.join(new)}.")


def note(text: str, **how: Any) -> None:
    """The same as a caption."""
    st.caption(explained(text), **how)
