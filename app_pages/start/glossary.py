"""Each term of the lab: one sentence, one formula, one link."""

import streamlit as st

st.title("Glossary", anchor=False)
