"""After the last lesson: each question that has a lesson, its answer in one sentence, and the experiment."""

import streamlit as st

from lrviz import ui

st.title("Questions and answers", anchor=False)
ui.open_terms()
ui.say("What the lessons answer, a sentence each, with the experiment that shows it.")
ui.answers()
ui.say("Now with your own numbers:")
st.page_link(ui.REPLAY, label="Bring the losses of your own training", icon=":material/upload_file:")
st.page_link(ui.PLAYGROUND, label="Open the playground", icon=":material/tune:")
