"""Lesson 11: the edge between what comes down and what does not, on a map that is zoomed."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("coastline")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    zoom, beside = st.tabs(["Zoom into the edge", "On it, and away from it"])
    with zoom:
        ui.edge_map(page)
    with beside:
        ui.presets(page)
with page.step("happened"):
    ui.what_the_edge_is(page)
with page.step("why"):
    ui.say("On a bowl every step follows one straight rule. A run with momentum μ comes down below the line")
    st.latex(r"\alpha = \frac{2 + 2\mu}{L}")
    ui.say(
        "and not above it. On other ground the slope bends, so the same rule is folded into itself 200 times. Such maps"
        " have edges without end: a part of one, enlarged, looks like the whole. The Mandelbrot set is made so."
    )
    ui.say("Networks have such edges too. ([Sohl-Dickstein, 2024](https://arxiv.org/abs/2402.06184))")
    ui.say(
        "**If you tune a rate:** next to the edge a result says nothing of its neighbours, nor of the next seed. A rate"
        " that does well there may do so by luck. Go well below it, where all neighbours come down."
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
