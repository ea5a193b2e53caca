"""The frame around every page, and the server that brings it. No words and no numbers of the lab stand here."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lrviz import memory, ui
from lrviz.assets import Assets
from lrviz.lessons import LESSONS


def frame() -> None:
    """Set up, theme, navigation, and the page that was asked for."""
    st.set_page_config(page_title="Learning-rate lab", page_icon="📉", layout="wide")
    lessons = [st.Page(ui.path(key), title=lesson.asks, url_path=key) for key, lesson in LESSONS.items()]
    page = st.navigation(
        {
            "": [
                st.Page("app_pages/start/welcome.py", title="Welcome", default=True),
                st.Page("app_pages/lab/playground.py", title="Playground", url_path="playground"),
                st.Page("app_pages/lab/classroom.py", title="Assignment", url_path=ui.CLASS, visibility="hidden"),
                st.Page("app_pages/start/glossary.py", title="Glossary", url_path="glossary"),
            ],
            "Lessons": lessons,
        },
        position="hidden" if ui.alone() else "top",
    )
    ui.frame(page.url_path)
    page.run()
    ui.close_lab()


if __name__ == "__main__":
    frame()
else:  # imported by `streamlit run`, for the server
    memory.limit_arenas()
    base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    assets = Middleware(Assets, folder=Path(st.__file__).parent / "static", base=base)
    app = st.App(__file__, routes=[ui.route(base)], middleware=[assets], lifespan=ui.lifespan)
