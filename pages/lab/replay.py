"""Your own run: recorded losses, and what ReduceLROnPlateau would have done with them."""

import streamlit as st

from lrviz import ui

own = ui.open_replay()
ui.open_terms()
with st.container(key="title_row", horizontal=True, vertical_alignment="center", gap="medium"):
    st.title("Your own run", anchor=False, width="content")
    ui.note("What would ReduceLROnPlateau have done with your losses? Nothing is stored.", width="content")
ui.bring_numbers(own)
ui.show_replay()
words, settings = st.columns([3, 2], gap="large")
with words:
    ui.findings(own)
with settings:
    ui.main_settings(own)
    ui.more_settings(own)
ui.epoch_by_epoch(own)
ui.what_if_map(own)
ui.replay_code(own)
with st.container(key="onward", horizontal=True, vertical_alignment="center"):
    ui.copy_button("Copy link", key="copy_link")
    st.page_link(ui.lesson_page("stuck"), label="Lesson: why go slower when stuck?", icon=":material/school:")
    st.page_link(ui.GLOSSARY, label="Glossary", icon=":material/menu_book:")
ui.close_replay(own)
