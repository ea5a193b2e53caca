"""Lesson 5: several valleys, which of them holds a rate, and what gets a run from one into another."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import valleys

lab = ui.open_lesson("valleys")
st.markdown("Move α, or add noise: in which valley does the run come to rest?")
seen = ui.predicted(
    "with the rate on the slider, where will this run end?",
    lambda lab: valleys.where_it_ends(lab.scenario),
)
ui.player(lab, live=("alpha", "momentum", "noise"), veiled=not seen)
ui.surface_choice(lab, ("twin_valleys", "styblinski_tang", "six_hump_camel", "himmelblau", "bowl"))
if seen:
    with ui.told():
        telling, holding = st.columns(2, gap="large")
        with telling:
            st.subheader("What happened", anchor=False)
            ui.where_it_went(lab)
            ui.story(lab, 3)
        with holding:
            st.subheader("Which rate each minimum holds", anchor=False)
            ui.show_minima(lab)

st.subheader("Why", anchor=False)
st.markdown(
    "Close to a minimum with curvature L, one step multiplies the distance to it by one number. It comes nearer only if"
    " the rate is below 2/L:"
)
st.latex(
    r"\begin{gathered} x_{t+1} - x^* = (1 - \alpha L)\,(x_t - x^*) \\"
    r" |1 - \alpha L| < 1 \iff \alpha < 2/L \end{gathered}"
)
st.markdown(
    "A sharp minimum has a large L, so a long step cannot rest there; a wide one holds it. Noise works the same way: it"
    " shakes a run out of a narrow valley sooner than out of a wide one."
    " ([Keskar et al., 2017](https://arxiv.org/abs/1609.04836))"
)
st.markdown(
    "Linear and logistic regression have a convex loss, like the bowl: one valley, and no other minimum to be caught"
    " in. Networks have many."
)
ui.presets(
    lab,
    [
        ui.Preset("A careful rate", False, {"alpha": "0.05"}, "below 2/L of the sharp valley: it comes to rest there."),
        ui.Preset("Just past the edge", False, {"alpha": "0.15"}, "too long to rest, too short to be thrown out."),
        ui.Preset("Far past the edge", True, {"alpha": "0.25"}, "it is thrown out, and the wide valley holds it."),
        ui.Preset(
            "Momentum, from the slope", True, {"alpha": "0.05", "optimizer": "momentum"},
            "it comes down fast enough to roll over the rim.",
        ),
        ui.Preset(
            "Momentum, from the floor", False, {"alpha": "0.05", "optimizer": "momentum", "start": "-1.9,0"},
            "without speed there is nothing to carry it out.",
        ),
    ],
)  # fmt: skip
if seen:
    with ui.told("more"):
        st.subheader("What gets out?", anchor=False)
        ui.show_remedies(lab)
        st.subheader("What does noise do?", anchor=False)
        ui.show_shares(lab)
ui.check(
    lab,
    lambda lab: [
        valleys.where_it_ends(lab.scenario, "With a fifth of this rate, where does the run end?", times=0.2),
        valleys.where_it_ends(lab.scenario, "With this rate and momentum 0.9?", optimizer="momentum", momentum=0.9),
        valleys.how_many_hold(lab.scenario),
    ],
)
ui.onward(lab)
