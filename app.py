"""The frame around every page: set up, theme, navigation. No words and no numbers of the lab stand here."""

import streamlit as st

from lrviz import ui

st.set_page_config(page_title="Learning-rate lab", page_icon="📉", layout="wide")
page = st.navigation(
    [
        st.Page("app_pages/start/welcome.py", title="Welcome", default=True),
        st.Page("app_pages/lab/playground.py", title="Playground", url_path="playground"),
    ],
    position="top",
)
ui.frame(page.url_path)
page.run()
