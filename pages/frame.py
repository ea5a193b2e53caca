"""The frame around every page: set-up, theme, navigation, and the page that was asked for. The main script: Streamlit
runs it for each page. No words and no numbers of the lab stand here."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import LESSONS


def frame() -> None:
    """One run of a page."""
    st.set_page_config(page_title="Learning-rate lab", page_icon="📉", layout="wide")
    lessons = [st.Page(ui.lesson_page(key), title=lesson.question, url_path=key) for key, lesson in LESSONS.items()]
    page = st.navigation(
        {
            "": [
                st.Page(ui.WELCOME, title="Welcome", default=True),
                st.Page(ui.PLAYGROUND, title="Playground", url_path="playground"),
                st.Page(ui.MAPS, title="Map of all rates", url_path="maps"),
                st.Page(ui.TRAINING, title="Train a model", url_path="training"),
                st.Page(ui.REPLAY, title="Your own run", url_path="replay"),
                st.Page(ui.ASSIGNMENT, title="Assignment", url_path=ui.CLASS, visibility="hidden"),
                st.Page(ui.TRAINING_ASSIGNMENT, title="Assignment", url_path=ui.TRAINING_CLASS, visibility="hidden"),
                st.Page(ui.GLOSSARY, title="Glossary", url_path="glossary"),
                st.Page(ui.CLOSING, title="Questions and answers", url_path="answers"),
            ],
            "Lessons": lessons,
        },
        position="hidden" if ui.alone() else "top",
    )
    with ui.frame(page.url_path):
        page.run()


if __name__ == "__main__":
    frame()
