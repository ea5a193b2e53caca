"""What happened in the run on the page, in words."""

from __future__ import annotations

import streamlit as st

from lrviz.ui.lab import Lab
from lrviz.ui.scene import run_of
from lrviz.ui.words import summary


def what_happened(lab: Lab) -> None:
    """The first run, told in short sentences."""
    st.markdown("\n".join(f"- {sentence}" for sentence in summary(lab.scenario, run_of(lab.scenario))))
