"""What leads into the lab: a small stage that plays, links with a state, the lessons as cards."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache

import streamlit as st

from lrviz import play, stage
from lrviz.analysis.sentences import sentences
from lrviz.analysis.summary import summary
from lrviz.lessons import LESSONS, Lesson, card, link
from lrviz.link import Link
from lrviz.palette import Theme
from lrviz.race import Race
from lrviz.ui.frame import theme
from lrviz.ui.pages import PLAYGROUND, lesson_page
from lrviz.ui.progress import lessons_done
from lrviz.ui.terms import note, say, words_of_stage
from lrviz.ui.words import marked, plain

COLUMNS = 3
LOOK_AT = "try"
"""The step at which an answer opens its lesson."""


def picture(race: Race) -> None:
    """A small stage that plays this race, how it is read, and what it does in words."""
    first = race.first
    stage.show(
        play.race_runs(race), play.landscape(first), key="picture", start=first.start or (), start_draggable=False,
        autoplay=True, small=True, height=300, label=race.title, file=race.file_name, explains=words_of_stage(),
    )  # fmt: skip
    statements = [one for one in summary(first, play.run_of(first)) if {"run.ends", "rule.cuts"} & set(one.rows)]
    seen = (
        "Seen from above: a line joins points of one height, and each straight piece of the path is a step. The boxes"
        " over the loss, and its grey band, count the steps without a clearly lower loss."
    )
    note(f"{seen} {marked(' '.join(sentences(reversed(statements))))}")


def ways_in(races: Mapping[str, Race]) -> None:
    """Links to the playground, each with a race."""
    with st.container(horizontal=True):
        for label, race in races.items():
            st.page_link(PLAYGROUND, label=label, icon=":material/arrow_forward:", query_params=Link(race).to_params())


def first_lesson() -> None:
    """The way into the first lesson."""
    first = next(iter(LESSONS))
    if st.button("Start lesson 1", icon=":material/play_arrow:", type="primary", key="start_lesson"):
        st.switch_page(lesson_page(first))


def answers() -> None:
    """Each question that has a lesson: one sentence, and the experiment that shows it one click away."""
    rows = [(answer, lesson) for lesson in LESSONS.values() for answer in lesson.answers]
    place = st.container(key="answers")
    for answer, lesson in sorted(rows, key=lambda row: row[0].number):
        with place.container(border=True, gap="small"):
            say(f"**{plain(answer.question)}**")
            say(plain(answer.sentence))
            params = link(lesson.answer_race(answer), LOOK_AT)
            st.page_link(
                lesson_page(lesson.key),
                label="See the experiment",
                icon=":material/arrow_forward:",
                query_params=params,
            )


def lesson_cards() -> None:
    """Every lesson in order, with a picture of its opening run; the ones that the visitor has done are marked."""
    done = lessons_done()
    rows = list(LESSONS.values())
    for begin in range(0, len(rows), COLUMNS):
        places = st.columns(COLUMNS)
        for i, (place, lesson) in enumerate(zip(places, rows[begin : begin + COLUMNS], strict=False), start=begin + 1):
            with place:
                _card(lesson, i, lesson.key in done)


@cache
def _inline(key: str, theme: Theme) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(card(key, theme).read_bytes()).decode()}"


def _card(lesson: Lesson, number: int, done: bool) -> None:
    with st.container(border=True, key=f"card_{lesson.key}", height="stretch"):
        st.html(f'<img alt="" style="width:100%;display:block;border-radius:6px" src="{_inline(lesson.key, theme())}">')
        st.page_link(lesson_page(lesson.key), label=f"**{number}. {lesson.question}**")
        say(plain(lesson.teaser))
        st.caption(":material/check_circle: Done" if done else ":material/radio_button_unchecked: Not yet done")
