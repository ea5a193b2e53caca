"""What is stored in the browser alone: which lessons the visitor has done, and of each what was predicted and
answered."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from lrviz.knob import LONGEST
from lrviz.lessons import LESSONS

LONGEST_RECORD = 8000
"""Characters that are stored of a lesson."""
SCRIPT = """
const KEY = "lrviz.done";
const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const write = (key, text) => { try { localStorage.setItem(key, text); } catch { /* private windows may forbid it */ } };
const list = () => { try { return JSON.parse(read(KEY)) ?? []; } catch { return []; } };
export default function ({ data, setStateValue }) {
  const done = list().filter((key) => typeof key === "string");
  if (data.done && !done.includes(data.done)) {
    done.push(data.done);
    write(KEY, JSON.stringify(done));
  }
  const sent = done.join();
  if (sent !== (data.sent ?? "")) setStateValue("done", sent);
  if (!data.lesson) return;
  const place = `lrviz.lesson.${data.lesson}`;
  if (data.store !== null) write(place, data.store);
  else if ((read(place) ?? "") !== data.stored) setStateValue("stored", read(place));
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("lrviz_progress", js=SCRIPT)


def lessons_done() -> frozenset[str]:
    """What the browser remembers; empty in the first moment of a visit, until it has answered."""
    done = _sent("progress", "done", LONGEST)
    data = {"done": None, "sent": done, "lesson": None}
    _component()(key="progress", data=data, on_done_change=lambda: None, on_stored_change=lambda: None)
    return frozenset(LESSONS.keys() & done.split(","))


def stored(lesson: str) -> str:
    """What the browser has stored of this lesson; "" until it has answered, and where it has nothing."""
    return _sent(f"progress_{lesson}", "stored", LONGEST_RECORD)


def store(lesson: str, text: str | None, done: bool) -> None:
    """Once a run of a lesson's page: store this of the lesson, or, with None, say what is stored; and is it done?"""
    key = f"progress_{lesson}"
    data = {
        "done": lesson if done else None, "sent": _sent(key, "done", LONGEST), "lesson": lesson, "store": text,
        "stored": stored(lesson),
    }  # fmt: skip
    _component()(key=key, data=data, on_done_change=lambda: None, on_stored_change=lambda: None)


def _sent(key: str, name: str, longest: int) -> str:
    text = (st.session_state.get(key) or {}).get(name)
    return text if isinstance(text, str) and len(text) <= longest else ""
