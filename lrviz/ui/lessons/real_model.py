"""The callback on a network: three jobs side by side, in words."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lrviz.analysis.sentences import sentences
from lrviz.lessons import real_model
from lrviz.server.training_queue import aside
from lrviz.ui.frame import told
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.words import marked


def what_the_jobs_ended_with(page: Page[Any]) -> None:
    """The three jobs, and what other seeds say."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    with told():
        said = sentences(aside(partial(real_model.told, page.lab.race.first)))
        st.markdown("\n".join(f"- {marked(sentence)}" for sentence in said))
