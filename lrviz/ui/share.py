"""Take the page to others: its link, a QR code of it, a frame for a course page, an assignment for a class."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import segno
import streamlit as st

from lrviz.link import LONGEST, OTHERS, Assignment
from lrviz.scenario import NAMES, Scenario
from lrviz.ui.address import INNER, address, here
from lrviz.ui.frame import embedded
from lrviz.ui.lab import Lab
from lrviz.ui.panel import groups
from lrviz.ui.widgets import label

CLASS, TRAINING_CLASS = "class", "class_training"
"""The pages of assignments, of a race of runs and of trainings."""
NAMED = {
    "surface": "Surface",
    "data": "Data",
    "model": "Model",
    "optimizer": "Optimizer",
    "framework": "As in",
    "schedule": "Schedule",
    "start": "Start, dragged on the map",
    "race": "More runs",
}
MARKS = """
An empty line begins a paragraph, `- ` or `1. ` an item of a list, `**two stars**` make **bold** letters, and
`$2/\\alpha$` is the formula $2/\\alpha$. Everything else is shown as you type it.
"""
COPY = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const said = parentElement.querySelector("[role=status]");
  button.textContent = data.label;
  const address = () => {
    const here = new URL(location);
    if (here.pathname.startsWith(data.inner)) here.pathname = here.pathname.slice(data.inner.length);
    return here.href;
  };
  button.onclick = async () => {
    const text = data.text ?? address();
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "Copied.";
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      parentElement.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      said.textContent = done ? "Copied." : "This browser does not let a page copy: take the address from its bar.";
    }
  };
}
"""
LOOKS = """
.copy { display: flex; align-items: center; gap: 8px; font: 14px var(--st-font); color: var(--st-text-color); }
button { font: inherit; color: inherit; min-height: 40px; padding: 0 14px; cursor: pointer;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""
PARTS = '<div class="copy"><button type="button"></button><span role="status"></span></div>'


@cache
def _copier() -> Any:
    return st.components.v2.component("lrviz_copy", js=COPY, css=LOOKS, html=PARTS)


def copy_button(label: str, key: str, text: str | None = None) -> None:
    """A button that copies the text, or the address of the page as it is at that moment (`address.here`)."""
    _copier()(key=key, data={"label": label, "text": text, "inner": INNER}, width="content")


def alone() -> bool:
    """Is the rest of the app out of sight: in a frame of another page, or in an assignment?"""
    return embedded() or here().rpartition("/")[2] in (CLASS, TRAINING_CLASS)


def share(lab: Lab) -> None:
    """One row: copy the link; all other ways behind a button."""
    with st.container(key="share", horizontal=True, vertical_alignment="center"):
        copy_button("Copy link", key="copy_link")
        if st.button("QR code, frame, class …", icon=":material/share:", key="share_more"):
            _dialog(lab)


@st.dialog("Share", width="medium")
def _dialog(lab: Lab) -> None:
    link, frame, lesson = st.tabs(["Link and QR code", "Frame for a course page", "For a class"])
    with link:
        _with_code(address(lab.link.to_params()))
    with frame:
        _frame(
            lab.link.to_params(),
            "Only the stage and its sliders. They fill the frame, whatever its width; *Open in the lab* opens the whole"
            " page.",
        )
    with lesson:
        _assign(controls(lab.scenario), partial(_assigned, lab))


def _assigned(lab: Lab, assignment: Assignment) -> str:
    return address(replace(lab.link, assignment=assignment).to_params(), CLASS)


Controls = Mapping[str, Mapping[str, str]]
"""What an assignment may leave open or lock, as the page groups it: title -> key -> name."""


def share_params(params: Mapping[str, str], assignable: Controls | None = None) -> None:
    """`share` for a page of another kind: its link, a QR code of it, a frame; and an assignment with these controls, on
    the page of those of trainings."""
    copy_button("Copy link", key="copy_link")
    what = "QR code, frame …" if assignable is None else "QR code, frame, class …"
    if st.button(what, icon=":material/share:", key="share_more"):
        _dialog_of(params, assignable)


@st.dialog("Share", width="medium")
def _dialog_of(params: Mapping[str, str], assignable: Controls | None) -> None:
    lesson = [] if assignable is None else ["For a class"]
    link, frame, *rest = st.tabs(["Link and QR code", "Frame for a course page", *lesson])
    with link:
        _with_code(address(params))
    with frame:
        _frame(params, "Only the player and its sliders.")
    for place in rest:
        with place:
            _assign(assignable or {}, lambda assignment: address({**params, **assignment.to_params()}, TRAINING_CLASS))


def _frame(params: Mapping[str, str], what: str) -> None:
    st.markdown(f"{what} Paste this into the page of the course:")
    there = html.escape(address({**params, "embed": "true"}))
    st.code(
        f'<iframe title="Learning-rate lab" src="{there}" width="100%" height="640" style="border:0"></iframe>',
        language="html",
        wrap_lines=True,
    )


def _with_code(link: str) -> None:
    st.code(link, language=None, wrap_lines=True)
    drawn = qr(link)
    if drawn is None:
        st.caption("This link is too long for a QR code.")
    else:
        st.html(f'<img alt="QR code of the link" width="280" src="data:image/svg+xml;base64,{drawn}">')


def qr(link: str) -> str | None:
    """The QR code of a link as base64 SVG, dark on white whatever the theme, for cameras; None if it is too long."""
    try:
        code = segno.make(link, error="m", micro=False)
    except segno.DataOverflowError:
        return None
    out = io.BytesIO()
    code.save(out, kind="svg", scale=6, border=4, light="white")
    return base64.b64encode(out.getvalue()).decode()


def controls(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Of a race of runs: the names and the stage, then the knobs by what they belong to."""
    knobs = {
        title: {row.key: label(row) for row in rows if row.key not in ("x", "y")}  # the start has its own
        for title, rows in groups(scenario).items()
    }
    named = [key for key in (*NAMES, *OTHERS) if key != "schedule" or scenario.optimizer_row.has_rate]
    return {
        "Names and stage": {key: NAMED[key] for key in named},
        **{title: rows for title, rows in knobs.items() if rows},
    }


def _assign(controls: Controls, link: Callable[[Assignment], str]) -> None:
    st.markdown("Choose what the class sees. What is neither open nor locked is hidden and keeps its value.")
    title = st.text_input("Title", max_chars=LONGEST["title"], key="class_title")
    task = st.text_area("Task", max_chars=LONGEST["task"], key="class_task", help=MARKS)
    opened: list[str] = []
    locked: list[str] = []
    for group, names in controls.items():
        left, right = st.columns(2)
        usual = ["alpha"] if "alpha" in names else []
        face, place = names.__getitem__, group.partition(" ")[0].lower()
        own = left.multiselect(f"{group}: open", list(names), usual, format_func=face, key=f"class_open_{place}")
        rest = [key for key in names if key not in (*own, *OTHERS)]  # what is locked of the others cannot be seen
        seen = right.multiselect(f"{group}: seen, but locked", rest, format_func=face, key=f"class_locked_{place}")
        opened += own
        locked += seen
    st.markdown(
        "A lock keeps a class together. It is no exam mode: all settings are in the address, where a student can change"
        " them."
    )
    _with_code(link(Assignment(title.strip(), task.strip(), tuple(opened), tuple(locked))))
