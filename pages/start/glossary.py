"""Each term of the lab: one sentence, one formula, one place to see it."""

import streamlit as st

from lrviz import ui
from lrviz.glossary import TERMS

st.title("Glossary", anchor=False)
st.markdown(f"{len(TERMS)} terms. Each leads to where it can be seen.")
ui.glossary()
