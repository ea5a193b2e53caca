"""Lesson 9: the sharpness of a network's loss moves to the edge that the rate sets."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("edge_of_stability")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    presets, yours = st.tabs(["What to try", "Your turn"])
    with presets:
        ui.presets(page)
    with yours:
        ui.your_rate(page)
with page.step("happened"):
    ui.where_the_sharpness_went(page)
with page.step("why"):
    ui.say(
        "A bowl has the same curvature everywhere: past 2/L a run flies off for good. A network's loss has another"
        " curvature at each place. As the loss falls, the sharpness tends to rise. At the edge it stops:"
    )
    st.latex(r"\lambda_{\max}\big(\nabla^2 f(w)\big) \approx \frac{2}{\alpha}")
    ui.say(
        "Past the edge the weights swing from wall to wall, ever wider. But a wide swing feels more than the curvature:"
        " it drifts to where the walls are less steep. The sharpness falls, the swing dies down, and all begins again."
        " So the loss goes up and down, and sinks in the long run."
    )
    ui.say(
        "This is the edge of stability. ([Cohen et al., 2021](https://arxiv.org/abs/2103.00065);"
        " [Damian et al., 2023](https://arxiv.org/abs/2209.15594))"
    )
    ui.say("Momentum μ has its edge at (2 + 2μ)/α. With small batches the sharpness stays lower.")
    ui.say(
        "**If you train:** the rate chooses how sharp the place is where you end. A cut lets the sharpness rise again."
        " A rate far too large still flies off."
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
