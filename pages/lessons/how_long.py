"""Lesson 1: the length of a step, and the rate past which descent turns into flight."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("how_long")
hunt = ui.hunt(page.lab)
ui.show_stage(page, regimes=page.seen and hunt.found)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say("**Find the edge:** with which largest α does the loss still fall? Move α, or press a name below.")
    ui.presets(page)
    ui.knobs(page.lab, ("kappa", "steps"))
    ui.show_hunt(hunt)  # last: it grows, and no button moves away from below the pointer
with page.step("happened"):
    ui.what_it_did(page)
with page.step("why"):
    ui.say(
        "Near a minimum the loss is a bowl. Call its steepest curvature L. One step of plain descent multiplies the"
        " distance to the valley floor by one number, the same in every step:"
    )
    st.latex(r"x_{t+1} = (1 - \alpha L)\,x_t")
    ui.say(
        "- **Up to 1/L** the number is positive: the run glides down on one side.\n"
        "- **Between 1/L and 2/L** it is negative: every step lands on the other side, but nearer.\n"
        "- **Past 2/L** every step lands further away.\n\n"
        "([Goh, 2017](https://doi.org/10.23915/distill.00006))"
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
