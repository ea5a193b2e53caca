"""What every page has: its style, the theme of the moment, and Plotly charts set up alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import streamlit as st
from plotly.basedatatypes import BaseFigure
from streamlit.delta_generator import DeltaGenerator

from lrviz.figures import Figure
from lrviz.lessons import LESSONS
from lrviz.palette import Theme
from lrviz.turns import turns
from lrviz.ui.guard import guard
from lrviz.ui.history import begin_history
from lrviz.ui.lab import close_lab, current
from lrviz.ui.messages import read_messages
from lrviz.ui.redraw import wait_for_pictures
from lrviz.ui.terms import close_terms

MOST_PRESETS = max(len(case.presets) for lesson in LESSONS.values() for case in lesson.cases.values())

STYLE = """
  .st-key-style {display: none;}
  .st-key-terms {position: absolute;}
  [data-testid="stMainBlockContainer"] {padding-left: clamp(1rem, 3vw, 3rem); padding-right: clamp(1rem, 3vw, 3rem);}
  .streamlit-embedded [data-testid="stMain"] [data-testid="stMainBlockContainer"] {padding: 6px 10px 0;}
  [data-testid="stMain"] {font-variant-numeric: tabular-nums;}
  [data-testid="stMain"] .stVerticalBlock {gap: 0.5rem;}
  [data-testid="stMain"] [data-testid="stAlert"] p {overflow-wrap: anywhere;}
  [data-testid="stMain"] .katex-display {margin: 0.3em 0 1.2rem; overflow-x: auto; overflow-y: hidden;}
  [data-testid="stMain"] [data-testid="stCaptionContainer"] {opacity: 0.8;}
  [data-testid="stMain"] .stMarkdown p, [data-testid="stMain"] .stMarkdown li {max-width: 70ch;}
  :is(.st-key-story, .st-key-story_of_training) button {text-align: left; justify-content: flex-start; max-width: 70ch;}
  .st-key-story_of_training {min-height: 4.5rem; align-items: flex-start;}
  .st-key-story_of_training > * {flex: 1 1 22%; min-width: 15rem; max-width: 70ch;}
  .st-key-story_of_training button p {white-space: normal;}
  KNOBS > * {flex: 1 1 28%; min-width: 28%;}
  KNOBS > :has([data-testid="stAlert"]) {flex-basis: 100%;}
  [data-testid="stMain"] h1 {padding-top: 0;}
  .st-key-title_row {row-gap: 0;}
  .st-key-lesson {align-items: flex-start;}
  .st-key-lesson > * {flex: 1 1 100%; min-width: 0;}
  .st-key-picture_of_lesson {scroll-margin-top: 3.75rem;}
  :is(.st-key-step_predict, .st-key-step_try, .st-key-step_happened, .st-key-step_why,
    .st-key-step_check) {display: none;}
  [data-step=predict] .st-key-step_predict, [data-step=try] .st-key-step_try,
  [data-step=happened] .st-key-step_happened, [data-step=why] .st-key-step_why,
  [data-step=check] .st-key-step_check {display: flex;}
  /* The steps that are not seen take no room: a gap for each would push the last one down. */
  [data-testid="stMain"] .st-key-walk {gap: 0;}
  .st-key-walk_bar {padding-bottom: 0.5rem;}
  .st-key-step_check [data-testid="stAlertContainer"] {padding: 0.5rem 0.75rem;}
  .st-key-step_check [data-testid="stAlertContainer"] :is(p, li) {font-size: 0.9375rem;}
  /* What a tall screen has left is the stage's, above knobs half of it: a projector shows it larger. */
  :root {--taller: clamp(0px, 50vh - 425px, 140px);}
  [data-step] {--taller: clamp(0px, 100vh - 850px, 280px);}
  .st-key-prediction button {justify-content: flex-start; text-align: left;}
  /* what could be chosen is still read on a projector */
  [data-testid="stMain"] .st-key-prediction button:disabled {color: inherit; opacity: 0.75;}
  PRESETS {flex-wrap: nowrap;}
  PRESETS > :last-child {flex: 1 1 0; min-width: 0;}
  PRESETS button p {white-space: normal;}
  [data-testid="stMain"] a[href^="#term-"] {color: inherit; text-decoration: underline dotted;
    text-underline-offset: 3px;}
  .st-key-fits_table table {font-size: 0.875rem;}
  [data-testid="stMain"] .st-key-answers {display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr));}
  .st-key-result:focus {outline: none;}
  [data-testid="stBaseButton-primary"] {color: light-dark(#fff, #161d28);} /* white is not seen on a pale button */
  @media (max-width: 760px) {
    [data-result-shown] .st-key-result {position: fixed; left: 0; right: 0; bottom: 0; z-index: 100; max-height: 40vh;
      overflow-y: auto; padding: 0.75rem 1rem; border-top: 2px solid;}
  }
  @media (min-width: 1100px) {
    .st-key-lesson {flex-wrap: nowrap;}
    .st-key-lesson > :first-child {flex: 1 1 0;}
    .st-key-lesson > :last-child {flex: 0 0 clamp(380px, 33%, 600px);}
  }
  [data-testid="stMain"] a:focus-visible {outline: 2px solid currentColor; outline-offset: 2px;}
  [data-testid="stMain"] [data-testid="stCode"] .token {color: inherit !important;}
  [data-testid="stMain"] [data-testid="stCode"] .token.keyword {font-weight: 600;}
  [data-testid="stMain"] .stMarkdown td code {white-space: normal; overflow-wrap: anywhere;}
  /* Streamlit fades what the server takes long to answer for: not what is under the hand, which goes on */
  .stElementContainer[data-stale="true"]:has(> .stBidiComponent) {opacity: 1 !important; transition: none;}
  :is(.st-key-run_text, .st-key-run_text_more) {transition: opacity 0.2s;}
  [data-run-ahead] :is(.st-key-run_text, .st-key-run_text_more) {opacity: 0.45; transition-delay: 0.4s;}
  .st-key-formula > :first-child {flex: 1 1 22rem; min-width: min(22rem, 100%);}
  @media (min-width: 641px) {
    .st-key-names_of_training > * {flex-basis: 155px;}
    .st-key-names_of_training > :last-child {flex-basis: 165px;}
  }
  @media (max-width: 640px) {
    [data-testid="stMain"] [data-testid="stMainBlockContainer"] {padding-top: 3.75rem;}
    [data-testid="stMain"] h1 {font-size: 1.5rem;}
    [data-testid="stMain"] .katex-display {font-size: 0.9em;}
    [data-testid="stMain"] .stMarkdown td {padding-left: 0.4rem; padding-right: 0.4rem;}
    .st-key-replay_rows :is(th, td):nth-child(n+6) {display: none;}
    .st-key-replay_rows :is(th, td) {padding-left: 0.3rem; padding-right: 0.3rem;}
    .st-key-map_side.st-key-map_side {flex-direction: column-reverse;}
    .st-key-names > *, KNOBS > * {flex: 1 1 40%; min-width: 40%;}
    .st-key-names_of_training {flex-wrap: nowrap; overflow-x: auto;}
    .st-key-names_of_training > * {flex: 0 0 42%; min-width: 42%;}
  }
""".replace(
    "KNOBS",
    ":is(.st-key-knobs, .st-key-knobs_run, .st-key-knobs_surface, .st-key-knobs_optimizer, .st-key-knobs_schedule)",
).replace("PRESETS", f":is({', '.join(f'.st-key-preset_{i}' for i in range(MOST_PRESETS))})")
"""Without ``:has`` (before Firefox 121) a sentence among the knobs is as narrow as a knob, and all else is the same.

Whole names only: with one selector that looks for a part of a class, the browser matches all elements of the page
anew at each answer of the server (5 ms become 14 to 27)."""


MENU = """
const CHOICE = "[data-testid=stSidebarNavLink]";
const CLOSE = "[data-testid=stSidebarCollapseButton] button";
export default () => {
  const { dataset } = document.documentElement;
  if ("menuCloses" in dataset) return;
  dataset.menuCloses = "";
  document.addEventListener("click", ({ target }) => {
    const chosen = target.closest?.(CHOICE) && matchMedia("(max-width: 768px)").matches;
    if (chosen) setTimeout(() => document.querySelector(CLOSE)?.click());
  });
};
"""
"""On a phone Streamlit's navigation is a menu over the page, and stays open over the page that was chosen."""


@contextmanager
def frame(page: str) -> Iterator[None]:
    """Around the page, once a run: the style, what stays loaded, whether the visitor has just come to this page, and
    its turn among those of other visitors."""
    guard()
    close_terms()
    read_messages()
    begin_history()
    _freeze()
    with turns.run():
        _style()(key="style")
        if st.session_state.get("page") != page:
            st.session_state.page = page
            st.session_state.arrived = True
        elif "lab" in st.session_state and current().redraw.follows():
            wait_for_pictures()
        yield
        close_lab()


@cache
def _style() -> Callable[..., Any]:
    """The style as a component, not by `st.html`: the first component of a page shows up to 0.3 s late, because React
    holds back what it had to load the code for. So it had better not be the stage."""
    return st.components.v2.component("lrviz_style", css=STYLE, js=MENU, isolate_styles=False)


@st.cache_resource(show_spinner=False)
def _freeze() -> None:
    """Once a process: what is loaded by now stays, so no later collection has to walk through it."""
    gc.collect()
    gc.freeze()


def theme() -> Theme:
    """The visitor's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def embedded() -> bool:
    """Does the page stand in a frame of another page, where only the stage and its sliders are wanted?"""
    return bool(st.context.is_embedded)


def run_text(which: str = "") -> DeltaGenerator:
    """A container for text about the run. It fades while a slider is dragged: the stage then shows another run,
    and says so on the root of the page (``data-run-ahead``)."""
    return st.container(key=f"run_text_{which}" if which else "run_text")


class _Shown(BaseFigure):
    """A figure as Streamlit takes it unchecked: it asks for all that it holds."""

    def __init__(self, figure: Figure) -> None:
        self.__dict__["held"] = figure

    def to_dict(self) -> dict[str, Any]:
        """All that it holds."""
        return dict(self.__dict__["held"])


def chart(figure: Figure, key: str, alt: str, still: bool = False) -> None:
    """A figure as wide as its place."""
    config: dict[str, Any] = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False, "staticPlot": still}
    st.plotly_chart(_Shown(figure), key=key, theme=None, config=config, alt=alt)
