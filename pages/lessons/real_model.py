"""Lesson 7: the callback on a network that learns from data, and what a stop or a wrong step makes of it."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("real_model")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.presets(page)
with page.step("happened"):
    ui.what_the_jobs_ended_with(page)
with page.step("why"):
    ui.say(
        "An epoch is one pass over the data. Each step uses the gradient of one batch of rows, so it is noisy, and the"
        " noise throws the weights about in proportion to the rate."
    )
    st.latex(r"w_{t+1} = w_t - \alpha\, \frac{1}{B} \sum_{i \in \text{batch}} \nabla \ell_i(w_t)")
    ui.say("So the large rate is quick, and does not settle. A cut lets the training settle where it is.")
with page.step("check"):
    ui.check(page)
ui.onward(page)
