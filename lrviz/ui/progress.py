"""Which lessons the visitor has done: kept in the browser's own storage, nowhere else."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from lrviz.knob import LONGEST
from lrviz.lessons import LESSONS

KEPT = """
const KEY = "lrviz.done";
const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
export default function ({ data, setStateValue }) {
  const done = read().filter((key) => typeof key === "string");
  if (data.done && !done.includes(data.done)) {
    done.push(data.done);
    try { localStorage.setItem(KEY, JSON.stringify(done)); } catch { /* private windows may forbid it */ }
  }
  const told = done.join();
  if (told !== (data.told ?? "")) setStateValue("done", told);
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("lrviz_progress", js=KEPT)


def mark_done(lesson: str) -> None:
    """Remember in the visitor's browser that this lesson is done."""
    _keep(lesson)


def lessons_done() -> frozenset[str]:
    """What the browser remembers; empty in the first moment of a visit, until it has answered."""
    return _keep(None)


def _keep(lesson: str | None) -> frozenset[str]:
    told = (st.session_state.get("progress") or {}).get("done")
    told = told if isinstance(told, str) and len(told) <= LONGEST else ""
    _component()(key="progress", data={"done": lesson, "told": told}, on_done_change=lambda: None)
    return frozenset(LESSONS.keys() & told.split(","))
