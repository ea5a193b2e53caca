"""Lesson 10: a good rate by hand, by ten runs of a search, and by one run whose rate grows."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("finding")
ui.show_stage(page, extra=ui.own_try)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.by_hand(page.lab)
    ui.note("Below the stage, α is where the test begins.")
    ui.presets(page)
with page.step("happened"):
    ui.what_the_searches_found(page)
with page.step("why"):
    why, one = st.tabs(["Why", "One knob to tune"])
    with why:
        ui.say("A range test multiplies the rate by the same g at each step. On a bowl of curvature L that leads to")
        st.latex(r"x_t = x_0 \prod_{s<t} (1 - \alpha_s L), \qquad \alpha_s = \alpha_0\, g^s")
        ui.say(
            "Past 2/L each 1 − αL is larger than 1 in size. But x is tiny by then, so the loss falls on for a while:"
            " the test sees the edge too late. A smoothed loss sees it later still. (Smith, 2017)"
        )
        ui.say(
            "An early spike misleads the steepest slope: it picks the fall after it. Slide compares slopes with"
            " a fixed number, 0.005, so it depends on the size of the loss."
        )
        ui.say("A log grid looks at each power of ten. An even one puts nine of ten rates above 1.")
    with one:
        ui.say("If you may tune one knob only: which? A map of two shows on which the loss depends more.")
        ui.one_knob(page.lab)
with page.step("check"):
    ui.check(page)
ui.onward(page)
