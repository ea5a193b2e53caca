"""Lesson 7: the callback on a network that learns from data, and what a stop or a misplaced step makes of it."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("real_model")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.presets(page)
with page.step("happened"):
    ui.what_the_trainings_say(page)
with page.step("why"):
    ui.say("An **epoch** is one pass over the data. Each step sees one batch B of rows, so its gradient is noisy:")
    st.latex(r"w_{t+1} = w_t - \alpha\, \frac{1}{|B|} \sum_{i \in B} \nabla \ell_i(w_t)")
    ui.say(
        "The noise throws the weights about, in proportion to α. A large rate is quick and does not settle. A cut lets"
        " the weights settle where they are. It does not find them a better place."
    )
    ui.say(
        "The callback remembers two things: the **best** value so far, and how long it has **waited** for a better one."
        " A new callback starts both anew. If it is stepped once a batch, patience ends soon."
    )
    ui.say(
        "The loss of linear and logistic regression is convex, so it has one lowest value. A network's is not: where it"
        " ends depends on where it starts. (Goodfellow et al., 2016)"
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
