"""A race: up to six runs from one start, played on one landscape."""

import streamlit as st

from lrviz import ui

lab = ui.open_lab()
ui.names(lab)
ui.player(lab)

runs, words = st.columns([3, 2], gap="large")
with runs:
    ui.race_rows(lab)
    ui.main_knobs(lab, live=ui.live_knobs(lab.scenario))
    ui.more_knobs(lab, live=ui.live_knobs(lab.scenario))
    ui.past_runs(lab)
with words:
    st.markdown("\n".join(f"- {sentence}" for sentence in ui.summary(lab.scenario, ui.run_of(lab.scenario))))
    ui.formulas(lab.scenario)
