"""Lesson 6: is the rate still to be tuned when the optimizer adapts it?"""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("adaptive")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say("Give all one rate, then each its best rate: which one wins?")
    ui.which_rates(page.lab)
    ui.presets(page)
with page.step("happened"):
    ui.what_the_rates_did(page)
with page.step("why"):
    ui.say("An adaptive optimizer divides each axis by the root of its own squared gradients. But α stays:")
    st.latex(r"x_i \leftarrow x_i - \frac{\alpha}{\sqrt{v_i} + \epsilon}\, g_i")
    ui.say(
        "So it evens out the *axes*, but α says how long a step is. The first step of Adam is about α long on each"
        " axis, however steep the ground. (Kingma & Ba, 2015)"
    )
    ui.say(
        "The axes are those of the parameters. Where the valley lies between them, as in the turned bowl, a rate for"
        " each axis fits less well."
    )
    ui.say(
        "Newton's method divides by the curvature, and a line search tries lengths until the loss falls. Neither has a"
        " rate, but each of their steps costs more."
    )
    ui.say(
        "Who wins depends on how the rates were tuned, and on how many tries each had."
        " ([Choi et al., 2019](https://arxiv.org/abs/1910.05446))"
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
