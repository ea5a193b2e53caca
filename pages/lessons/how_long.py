"""Lesson 1: the length of a step, and the edge at which descent turns into flight."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import questions

lab = ui.open_lesson("how_long")
st.markdown("Move α. Watch when the path starts to swing across the valley, and when it flies off.")
seen = ui.predicted(
    "the bowl is ten times steeper across than along, and this is the rate on the slider. What will the run do?",
    lambda lab: questions.how_it_ends(lab.scenario),
)
hunt = ui.hunt(lab)
ui.player(lab, live=("alpha",), veiled=not seen, regimes=hunt.found)
ui.knobs(lab, ("kappa", "steps"))
if seen:
    with ui.told():
        doing, telling = st.columns(2, gap="large")
        with doing:
            ui.show_hunt(hunt)
            if hunt.found:
                ui.show_gauge(lab)
        with telling:
            st.subheader("What happened", anchor=False)
            ui.story(lab)

st.subheader("Why", anchor=False)
st.markdown(
    "Near a minimum the loss is a bowl with a steepest curvature L. One step of plain descent multiplies the distance"
    " to the valley floor by one number, the same in every step:"
)
st.latex(r"x_{t+1} = (1 - \alpha L)\,x_t")
st.markdown(
    "Up to α = 1/L that number is positive: no overshoot. Between 1/L and 2/L it is negative: every step lands on the"
    " other side, but nearer. Past 2/L it lands *further* away each time."
    " ([Goh, 2017](https://doi.org/10.23915/distill.00006))"
)
ui.presets(
    lab,
    [
        ui.Preset(
            "Too short", False, {"alpha": "0.002"}, "it goes the right way, and is still far when the steps run out."
        ),
        ui.Preset("Just right", True, {"alpha": "0.18"}, "close to the best rate for this bowl, 2/(1 + 10)."),
        ui.Preset("On the edge", False, {"alpha": "0.2"}, "exactly 2/L: it swings for ever and comes no nearer."),
        ui.Preset("Too long", False, {"alpha": "0.21"}, "past 2/L: each swing is wider than the one before."),
    ],
)
ui.check(
    lab,
    lambda lab: [
        questions.how_it_ends(lab.scenario, "With twice the rate, how does this run end?", {"alpha": 2}),
        questions.how_it_ends(lab.scenario, "With a tenth of the rate?", {"alpha": 0.1}),
        questions.how_it_ends(lab.scenario, "With the same rate, on a bowl twice as steep?", {"kappa": 2}),
    ],
)
ui.onward(lab)
