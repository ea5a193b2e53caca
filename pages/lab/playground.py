"""Everything at once: choose, move a slider, let it play, race up to six runs from one start."""

import streamlit as st

from lrviz import ui

lab = ui.open_lab()
drawable = ui.draws(lab.race)
if ui.embedded():
    ui.player(lab, drawable=drawable, fit=True)
    st.stop()
ui.open_terms()
ui.names(lab)
ui.formula_field(lab)
ui.player(lab, drawable=drawable)
ui.share(lab)

controls, words = st.columns([3, 2], gap="large")
with controls:
    ui.own_curve(lab)
    ui.main_knobs(lab)
    ui.race_rows(lab)
    ui.more_knobs(lab)
    ui.past_runs(lab)
    ui.your_code(lab.scenario)
    ui.exports(lab)
with words:
    with ui.run_text():
        ui.what_happened(lab)
    ui.formulas(lab.race)
