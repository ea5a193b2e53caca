"""The run as code: the same run in Keras, PyTorch, optax and plain numpy, to copy and to keep."""

from __future__ import annotations

import streamlit as st

from lrviz.codegen import difference, program, real_lines
from lrviz.codegen.training import what_to_set
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.scenario import Scenario
from lrviz.ui.widgets import fold
from lrviz.ui.words import plain


def your_code(scenario: Scenario) -> None:
    """A fold with a tab a framework. What is not open is not written, and not measured."""
    place = fold("Your code", key="your_code", icon=":material/code:")
    if place is None:
        return
    with place:
        own = FRAMEWORKS[scenario.framework]
        tabs = st.tabs(list(PROGRAMS.values()), default=own, key="code", on_change="rerun")
        for framework, tab in zip(PROGRAMS, tabs, strict=True):
            if tab.open:
                with tab:
                    _tab(scenario, framework)


def _tab(scenario: Scenario, framework: str) -> None:
    written = program(scenario, framework)
    if written.missing:
        st.info(plain(f"{written.missing} {difference(scenario, framework)}".strip()))
    if written.code:
        st.code(written.code, language="python", wrap_lines=True)
        st.download_button(
            "Download the program",
            written.code,
            file_name=f"{scenario.optimizer}_{framework}.py",
            mime="text/x-python",
            key=f"download_{framework}",
            on_click="ignore",
        )
    lines = real_lines(scenario, framework)
    if lines:
        st.markdown(f"**The same settings in your own training script.** {what_to_set(lines)}")
        st.code(lines, language="python", wrap_lines=True)
