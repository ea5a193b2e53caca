"""The playground as it was on Plotly: the peer of the stage. ``streamlit run bench/plotly_page.py``."""

import streamlit as st

from bench import plotly_figures as figures
from lrviz import simulate, ui
from lrviz.analysis.sentences import sentences
from lrviz.analysis.summary import summary

st.set_page_config(page_title="On Plotly", layout="wide")
with ui.frame("plotly"):
    lab = ui.open_lab()
    scenario = lab.scenario
    ui.names(lab)
    run = simulate(scenario)

    map_and_knobs, curves_and_words = st.columns([3, 2], gap="medium")
    with map_and_knobs:
        ui.chart(
            figures.landscape(scenario, run, ui.theme()).to_dict(),
            key="landscape",
            alt="Contour map of the loss with the path of the run.",
        )
        ui.main_knobs(lab)
        ui.more_knobs(lab)
    with curves_and_words:
        ui.chart(
            figures.curves(scenario, run, ui.theme()).to_dict(),
            key="curves",
            alt="The loss and the learning rate over the steps.",
        )
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences(summary(scenario, run))))
        ui.formulas(lab.race)
