"""Real models, the same controls: train on data, see val_loss, and what the model has learnt in each epoch."""

import streamlit as st

from lrviz import ui
from lrviz.ui import training

own = training.open_training()
if ui.embedded():
    training.show_training(own, fit=True)
    training.close_training(own)
    st.stop()
ui.open_terms()
with st.container(key="title_row", horizontal=True, vertical_alignment="center", gap="medium"):
    st.title("Train a model", anchor=False, width="content")
    ui.note("Real data, the real ReduceLROnPlateau: what does the rate do to val_loss?", width="content")
training.choose(own)
training.show_training(own)
training.story(own)
training.race_rows(own)
training.main_knobs(own)
training.own_file(own)
training.more_knobs(own)
training.surface(own)
training.exports(own)
training.code(own)
with st.container(key="onward", horizontal=True, vertical_alignment="center"):
    ui.share_params(own.to_params(), training.controls(own.training))
    st.page_link(ui.REPLAY, label="The losses of your own training", icon=":material/upload_file:")
    st.page_link(ui.GLOSSARY, label="Glossary", icon=":material/menu_book:")
training.close_training(own)
