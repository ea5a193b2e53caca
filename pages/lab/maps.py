"""Every rate at once: a map of two knobs, one exact run a point, and the run of the point that is chosen."""

import streamlit as st

from lrviz import ui
from lrviz.ui import maps

title_row = st.container(key="title_row", horizontal=True, vertical_alignment="center", gap="medium")
lab = maps.open_map()
with title_row:
    st.title(maps.question(lab), anchor=False, width="content")
    maps.count()
plane, run = st.columns([11, 10], gap="medium")
if ui.embedded():
    with plane:
        maps.the_map()
    with run:
        ui.player(lab, height=300)
    st.stop()
ui.open_terms()
with plane, st.container(key="map_side"):
    maps.map_presets(lab)
    maps.map_choice(lab)
    maps.the_map()
with run:
    ui.player(lab, height=300)
ui.share(lab)
ui.names(lab)
controls, words = st.columns([3, 2], gap="large")
with controls:
    ui.main_knobs(lab)
    ui.more_knobs(lab)
    maps.map_files(lab)
    ui.your_code(lab.scenario)
with words, ui.run_text():
    ui.what_happened(lab)
