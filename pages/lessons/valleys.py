"""Lesson 5: several valleys, which of them holds a rate, and what helps a run from one into another."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("valleys")
ui.show_stage(page)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say("Move α, or add noise. In which valley does the run come to rest?")
    ui.presets(page)
with page.step("happened"):
    ui.where_it_ended(page)
with page.step("why"):
    ui.say(
        "Close to a minimum of curvature L, one step multiplies the distance to it by 1 − αL. It comes nearer only if"
    )
    st.latex(r"|1 - \alpha L| < 1 \iff \alpha < 2/L")
    ui.say(
        "A sharp minimum has a large L, so a long step cannot rest there; a wide one holds it. Noise, too, shakes a run"
        " out of a narrow valley sooner. ([Keskar et al., 2017](https://arxiv.org/abs/1609.04836))"
    )
    ui.say(
        "Why leave, if both lie equally low? Other data move the ground a little, and then a sharp minimum loses far"
        " more than a wide one: see *Moved* in the table of the step before."
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
