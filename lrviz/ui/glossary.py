"""The glossary: a search box, and a card for each term."""

from __future__ import annotations

import streamlit as st

from lrviz.glossary import MAPS, REPLAY, Term, found
from lrviz.knob import LONGEST_NUMBER
from lrviz.lessons import LESSONS
from lrviz.link import Link
from lrviz.race import Race
from lrviz.ui import pages
from lrviz.ui.pages import PLAYGROUND, lesson_page
from lrviz.ui.words import plain

COLUMNS = 2


def glossary() -> None:
    """All terms, or those that were searched for."""
    query = st.text_input(
        "Find a term", max_chars=LONGEST_NUMBER, placeholder="patience, overshoot, Adam …", key="glossary_search"
    )
    terms = found(query or "")
    if not terms:
        st.markdown("There is no such term here. Try a shorter word.")
    for begin in range(0, len(terms), COLUMNS):
        for place, term in zip(st.columns(COLUMNS), terms[begin : begin + COLUMNS], strict=False):
            with place.container(border=True, height="stretch", gap="small"):
                _card(term)


def _card(term: Term) -> None:
    st.markdown(f"**{plain(term.name)}**")
    st.markdown(plain(term.sentence))
    st.latex(term.formula)
    if term.see == REPLAY:
        st.page_link(pages.REPLAY, label="See it on your own losses", icon=":material/arrow_forward:")
    elif term.see == MAPS:
        st.page_link(pages.MAPS, label="See it on the map of all rates", icon=":material/arrow_forward:")
    elif isinstance(term.see, str):
        st.page_link(lesson_page(term.see), label=f"Lesson: {LESSONS[term.see].question}", icon=":material/school:")
    else:
        st.page_link(
            PLAYGROUND, label=f"See it on {term.see.surface_row.name}", icon=":material/arrow_forward:",
            query_params=Link(Race(term.see)).to_params(),
        )  # fmt: skip
