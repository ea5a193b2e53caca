"""Lesson 3: one run with the callback, and the chain of jobs with constant rates that retraces it."""

import streamlit as st

from lrviz import ui

page = ui.open_lesson("hyperparameter")
ui.show_stage(page, extra=ui.chained)

with page.step("predict"):
    ui.predict(page)
with page.step("try"):
    ui.say(
        "Two chains of jobs go beside the run. **State kept** hands on the optimizer's memory; **fresh jobs** forget"
        " it. Where do the paths part?"
    )
    ui.presets(page)
with page.step("happened"):
    ui.what_the_jobs_did(page)
with page.step("why"):
    ui.say(
        "Plain descent knows only the point where it stands. Momentum also has a velocity v, and Adam two averages of"
        " the gradient. A fresh optimizer starts them at zero."
    )
    st.latex(r"\begin{gathered} v_{t+1} = \mu\,v_t - \alpha\,\nabla f(x_t) \\ x_{t+1} = x_t + v_{t+1} \end{gathered}")
    ui.say(
        "So the chain is the run if each job hands on all that the rule remembers. (Polyak, 1964; Kingma & Ba, 2015)"
    )
    ui.say(
        "A **hyperparameter** is fixed before the run. With the callback the rate is part of the run, like the weights."
        " What you fix is the first rate, factor, patience and lowest rate."
    )
with page.step("check"):
    ui.check(page)
ui.onward(page)
