"""Lesson 4: eight ways to change the rate over a run, and one of one's own."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("schedules")
ui.show_stage(page, drawable=True, lead="rate", rate_log=False)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.schedule_pills(page.lab)
    ui.presets(page)
    ui.note("Or press *Draw a curve* on the rate panel and drag from left to right.")
    ui.drawn_field(page.lab)
with page.step("happened"):
    ui.what_the_schedules_did(page)
with page.step("why"):
    why, fits, noise, names = st.tabs(["Why", "What fits when", "Noise", "In your code"])
    with why:
        ui.say(
            "Noise throws the run about. At a constant α, near a minimum of curvature L, its mean squared distance is"
        )
        st.latex(r"\mathrm{E}\,x^2 = \frac{\alpha\,\sigma^2}{L\,(2 - \alpha L)}")
        ui.say(
            "A smaller rate means a lower floor, but a slower way to it. So begin with long steps and end with short"
            " ones. (Robbins & Monro, 1951)"
        )
    with fits:
        ui.what_fits(page.lab)
    with noise:
        ui.best_rate_by_noise(page.lab)
    with names:
        ui.framework_names(page.lab)
with page.step("check"):
    ui.check(page)
ui.onward(page)
