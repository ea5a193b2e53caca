"""The steps of a lesson, one open at a time: the browser shows another one at once, and then says so.

All steps are on the page; which one is seen is an attribute of its root (``data-step``), so that neither the stage nor
the server has a part in it. Page Down goes on where the end of the step is in sight, Page Up goes back where the stage
is: a presenter's remote control sends these keys. On a phone the result of a prediction lies over the end of the screen
(``data-result-shown``) while the run plays above, until the learner scrolls down to it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from lrviz.lessons import STEPS
from lrviz.ui.lab import Lab, current

WALK = "walk"
PARTS = '<nav aria-label="Steps of this lesson"><ol></ol><div class="ways"></div></nav>'
LOOKS = """
nav { font: 15px var(--st-font); color: var(--st-text-color); }
ol { display: flex; margin: 0; padding: 0; list-style: none; border-bottom: 1px solid var(--st-border-color); }
li { flex: 1 1 auto; }
button { font: inherit; color: inherit; min-height: 40px; padding: 0 8px; cursor: pointer; background: none; border: 0;
  border-radius: 4px; white-space: nowrap; }
ol button { width: 100%; border-radius: 4px 4px 0 0; }
ol button[aria-current] { font-weight: 600; box-shadow: inset 0 -3px var(--st-primary-color); }
button:hover { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
.ways { display: flex; justify-content: space-between; gap: 8px; margin-top: 6px; }
.ways button { border: 1px solid var(--st-border-color); padding: 0 14px; border-radius: var(--st-button-radius); }
.ways button[disabled] { visibility: hidden; }
@media (max-width: 760px) { nav { font-size: 14px; } button { min-height: 44px; padding: 0 4px; } }
"""
WALKS = """
export default function ({ data, parentElement, setStateValue }) {
  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 760px)");
  const list = parentElement.querySelector("ol");
  const ways = parentElement.querySelector(".ways");
  const state = (list.walk ??= { turn: null, shows: data.shows, results: data.results });
  state.setStateValue = setStateValue;
  const keys = data.steps.map(([key]) => key);
  const button = (label, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = label;
    one.onclick = act;
    return one;
  };
  if (!state.go) {
    state.draw = () => {
      const at = keys.indexOf(root.dataset.step);
      [...list.querySelectorAll("button")].forEach((one, i) => {
        if (i === at) one.setAttribute("aria-current", "step");
        else one.removeAttribute("aria-current");
      });
      const [back, next] = ways.children;
      back.disabled = at <= 0;
      next.disabled = at >= keys.length - 1;
      next.textContent = next.disabled ? "Next" : `Next: ${data.steps[at + 1][1]}`;
    };
    state.go = (key) => {
      if (!keys.includes(key) || root.dataset.step === key) return;
      root.dataset.step = key;
      delete root.dataset.resultShown;
      state.draw();
      dispatchEvent(new Event("resize"));  // charts that were out of sight measure their place anew
      state.setStateValue("step", key);
    };
    const by = (n) => state.go(keys[keys.indexOf(root.dataset.step) + n]);
    list.replaceChildren(...data.steps.map(([key, label]) => {
      const item = document.createElement("li");
      item.append(button(label, () => state.go(key)));
      return item;
    }));
    ways.replaceChildren(button("Back", () => by(-1)), button("Next", () => by(1)));
    state.press = (event) => {
      const n = { PageDown: 1, PageUp: -1 }[event.key];
      if (!n || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      if (event.composedPath()[0].matches?.("input, textarea, select, [contenteditable], [role=dialog] *")) return;
      const open = document.querySelector(`.st-key-step_${root.dataset.step}`)?.getBoundingClientRect();
      const whole = document.querySelector(".st-key-lesson")?.getBoundingClientRect();
      if (!open || !whole || (n > 0 ? open.bottom > innerHeight : whole.top < 0)) return;
      event.preventDefault();
      by(n);
    };
    addEventListener("keydown", state.press);
  }
  if (state.turn !== data.turn) {
    state.turn = data.turn;
    root.dataset.step = data.step;
  }
  state.draw();
  if (state.shows !== data.shows) {
    state.shows = data.shows;
    const stage = document.querySelector(".st-key-picture_of_lesson");
    const box = stage?.getBoundingClientRect();
    if (box && box.top < 0) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      stage.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
  }
  if (state.results !== data.results) {
    state.results = data.results;
    const from = document.activeElement;
    const look = () => {  // over a slow network the result comes long after the bar knows of it
      if (list.walk !== state || state.results !== data.results) return;
      const result = document.querySelector(".st-key-result");
      if (!result) { setTimeout(look, 50); return; }
      if (![from, document.body].includes(document.activeElement)) return;  // the learner is elsewhere by now
      result.tabIndex = -1;
      result.focus({ preventScroll: true });
      if (!narrow.matches) { result.scrollIntoView({ block: "nearest" }); return; }
      root.dataset.resultShown = "";
      const style = getComputedStyle(list);
      result.style.background = style.getPropertyValue("--st-background-color");
      result.style.borderTopColor = style.getPropertyValue("--st-primary-color");
      document.querySelector(".st-key-picture_of_lesson").scrollIntoView({ block: "start" });
      const prediction = document.querySelector(".st-key-prediction");
      const { top, bottom } = prediction.getBoundingClientRect();
      let away = bottom < 0 || top > innerHeight;  // now: the observer first looks when a frame is drawn
      new IntersectionObserver(([{ isIntersecting }], seer) => {
        if (isIntersecting && away) { seer.disconnect(); delete root.dataset.resultShown; }
        away ||= !isIntersecting;
      }).observe(prediction);
    };
    look();
  }
  return () => {
    removeEventListener("keydown", state.press);
    delete root.dataset.step;
    delete root.dataset.resultShown;
    list.walk = undefined;
  };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("lrviz_walk", js=WALKS, css=LOOKS, html=PARTS)


def walk(lab: Lab) -> None:
    """The bar with the steps, and the ways back and on."""
    _walk(lab.links, lab.pushes)


@st.fragment(key=WALK)
def _walk(links: int, pushes: int) -> None:
    lab = current()
    data = {
        "steps": tuple(STEPS.items()), "step": lab.step or next(iter(STEPS)), "turn": f"{links}.{pushes}",
        "shows": lab.shows, "results": lab.results,
    }  # fmt: skip
    _component()(key=f"walk_{lab.page}", data=data, on_step_change=_stepped)


def _stepped() -> None:
    """Only the address follows."""
    lab = current()
    step = (st.session_state.get(f"walk_{lab.page}") or {}).get("step")
    if step in STEPS:
        lab.open_step(step, push=False)
        lab.write()
