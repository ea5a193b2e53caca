"""What every lesson is made of: question, prediction, story, presets, check, and the way on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lrviz.knob import BadInput
from lrviz.lessons import LESSONS
from lrviz.lessons.questions import Question
from lrviz.link import Link
from lrviz.race import Race
from lrviz.ui.code import your_code
from lrviz.ui.lab import Lab, current, open_lab
from lrviz.ui.pages import GLOSSARY, PLAYGROUND, lesson_page
from lrviz.ui.panel import notes
from lrviz.ui.progress import mark_done
from lrviz.ui.words import plain


def open_lesson(key: str) -> Lab:
    """The lesson's question as the title, and its state."""
    lesson, place = LESSONS[key], list(LESSONS).index(key) + 1
    with st.container(key="asks", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(lesson.asks, anchor=False, width="content")
        st.caption(f"Lesson {place} of {len(LESSONS)}", width="content")
    return open_lab(lesson.race)


def predicted(asks: str, question: Callable[[Lab], Question]) -> bool:
    """The prediction that is asked before the run may be seen: one click. Has it been made?

    The question is made, and so graded, from the run that is on the page at the moment of the click; what was said, and
    what came out, stay in sight.
    """
    lab = current()
    state = st.session_state.setdefault(f"predicted_{lab.page}", {})
    with st.container(key="prediction", border=True, gap="small"):
        asking, saying = st.columns(2, gap="medium")
        asking.markdown(f"**Before you look:** {asks}")
        if state:
            mark = ":material/check_circle: You said it" if state["good"] else ":material/cancel: You expected"
            saying.markdown(f"{mark}: *{plain(state['said'])}*. {plain(state['because'])}")
            return True
        asked = question(lab)
        with saying.container(horizontal=True):
            for i, choice in enumerate(asked.choices):
                st.button(choice, key=f"predict_{lab.page}_{i}", on_click=_predict, args=(lab.page, asked, i))
    return False


def _predict(page: str, asked: Question, choice: int) -> None:
    st.session_state[f"predicted_{page}"] = {
        "said": asked.choices[choice],
        "good": choice == asked.right,
        "because": asked.because,
    }


@dataclass(frozen=True)
class Preset:
    """One click: its name, is it known good or known bad, the settings that it changes, and the reason."""

    label: str
    good: bool
    changes: Mapping[str, str]
    reason: str


def presets(lab: Lab, rows: Sequence[Preset]) -> None:
    """Settings known good and known bad. Each starts from the lesson's own settings."""
    st.subheader("Try these", anchor=False)
    for i, row in enumerate(rows):
        with st.container(key=f"preset_{i}", horizontal=True, vertical_alignment="center"):
            icon = ":material/thumb_up:" if row.good else ":material/thumb_down:"
            st.button(row.label, key=f"preset_{lab.page}_{i}", icon=icon, on_click=_preset, args=(row,), width=260)
            st.markdown(("Good: " if row.good else "Bad: ") + row.reason, width="stretch")


def preset_race(key: str, row: Preset) -> Race:
    """The race of a preset of this lesson."""
    race = LESSONS[key].race
    return race.leading(race.first.having(**row.changes))


def _preset(row: Preset) -> None:
    lab = current()
    lab.take(preset_race(lab.page, row))
    lab.redraw.stage_first()


def check(lab: Lab, ask: Callable[[Lab], Sequence[Question]]) -> None:
    """Three questions about the settings of the moment, graded by running them. All right: the lesson is done."""
    st.subheader("Check yourself", anchor=False)
    key = f"check_{lab.page}"
    made: dict = st.session_state.setdefault(key, {})
    params = Link(lab.race).to_params()
    if made.get("params") != params:  # other settings, other questions
        made.clear()
        try:
            made.update(params=params, questions=list(ask(lab)), said=None)
        except BadInput:  # a link has taken away what they ask about
            st.markdown("The questions of this lesson are about its own run. This one lacks what they ask about.")
            st.button("Back to the lesson's own run", key=f"own_{lab.page}", on_click=_own_run)
            return
    questions: list[Question] = made["questions"]
    setting = "&".join(f"{name}={value}" for name, value in params.items())
    with st.form(f"{key}_{setting}", border=True):
        given = [
            place.radio(
                f"{i + 1}. {question.text}",
                range(len(question.choices)),
                index=None,
                format_func=question.choices.__getitem__,
                key=f"{key}_{i}_{setting}",
            )
            for i, (place, question) in enumerate(zip(st.columns(len(questions)), questions, strict=True))
        ]
        if st.form_submit_button("Check"):
            made["said"] = given
    if made["said"]:
        _graded(lab, questions, made["said"])


def _own_run() -> None:
    lab = current()
    lab.take(LESSONS[lab.page].race)
    lab.redraw.stage_first()


def _graded(lab: Lab, questions: Sequence[Question], said: Sequence[int | None]) -> None:
    right = [choice == question.right for choice, question in zip(said, questions, strict=True)]
    for i, (question, good) in enumerate(zip(questions, right, strict=True), start=1):
        answer = question.choices[question.right]
        (st.success if good else st.error)(
            f"{i}. {'Right' if good else 'Not this one'}: {plain(answer)}. {plain(question.because)}"
        )
    if all(right):
        mark_done(lab.page)
        st.markdown(
            "**All three are right: this lesson is done.** It is marked on the welcome page, in this browser only."
        )


def onward(lab: Lab) -> None:
    """What the run's schedule class cannot do, the run as code, the playground with exactly this state, the glossary,
    and the next lesson."""
    for note in notes(lab.race):
        st.caption(note)
    your_code(lab.scenario)
    keys = list(LESSONS)
    place = keys.index(lab.page)
    with st.container(key="onward", horizontal=True):
        st.page_link(
            PLAYGROUND, label="Open this in the playground", icon=":material/tune:", query_params=lab.link.to_params()
        )
        st.page_link(GLOSSARY, label="Glossary", icon=":material/menu_book:")
        if place + 1 < len(keys):
            following = LESSONS[keys[place + 1]]
            st.page_link(lesson_page(following.key), label=f"Next: {following.asks}", icon=":material/arrow_forward:")
