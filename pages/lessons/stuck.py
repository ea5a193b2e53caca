"""Lesson 2: a loss that stalls, and the callback that makes the steps smaller."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("stuck")
ui.show_stage(page, extra=ui.without_callback)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say(
        "A cell over the loss fills with each epoch without a new best loss. When all are full, the callback cuts the"
        " rate. **Patience** is the number of cells, **factor** what multiplies the rate."
    )
    ui.presets(page)
    ui.other_framework(page.lab)
with page.step("happened"):
    ui.what_the_cuts_did(page)
with page.step("why"):
    ui.say(
        "A cut makes steps shorter, not better. It helps where they are too long: they jump between walls, or"
        " noise throws them about. With noise of spread σ, plain descent stays, on each axis of curvature L, at a mean"
        " loss of"
    )
    st.latex(r"\frac{\alpha\,\sigma^2}{2\,(2 - \alpha L)}")
    ui.say(
        "This is the **noise floor**: for small α, half the rate means half the floor. (Bottou, Curtis & Nocedal, 2018)"
    )
    ui.say("On a shelf the steps are too *short*, and the callback cannot tell.")
    st.page_link(ui.REPLAY, label="Where would it have cut in your own run?", icon=":material/upload_file:")
with page.step("check"):
    ui.check(page)
ui.onward(page)
