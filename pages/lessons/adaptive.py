"""Lesson 6: is the rate still to be tuned when the optimizer adapts it?"""

import streamlit as st

from lrviz import ui
from lrviz.lessons import adaptive

RATED = ("gradient_descent", "momentum", "rmsprop", "adagrad", "adam")
BOWL = {"surface": "bowl", "start": "-4,2", "alpha": "0.02", "steps": "60", "kappa": "50"}

lab = ui.open_lesson("adaptive")
st.markdown("Race them at one rate. Then give each the rate that suits it, and look who wins.")
seen = ui.predicted(
    "one rate for all (the one on the slider). Which of the five that have a rate ends lowest?",
    lambda lab: adaptive.lowest_at_one_rate(lab.scenario, "", RATED),
)
ui.fair_switches(
    lab,
    {"Bent valley": {}, "Narrow bowl": BOWL, "The bowl, turned": {**BOWL, "rotation": "45"}},
)
ui.player(lab, live=("alpha",), veiled=not seen)
if seen:
    with ui.told():
        st.subheader("What happened", anchor=False)
        doing, telling = st.columns(2, gap="large")
        with doing:
            ui.fair_told(lab)
        with telling:
            ui.fair_table(lab)
        trials, inside = st.columns(2, gap="large")
        with trials:
            st.markdown("**Every optimizer, every rate**: the loss at the end. The large mark is the best rate.")
            ui.tuning_chart(lab)
        with inside:
            ui.axes_chart(lab)
        st.markdown(f"**{lab.scenario.optimizer_row.name}, step by step**")
        ui.story(lab, most=3)

st.subheader("Why", anchor=False)
st.markdown(
    "An adaptive optimizer divides each axis by the root of its own squared gradients. But α still stands in front:"
)
st.latex(r"x_i \leftarrow x_i - \frac{\alpha}{\sqrt{v_i} + \epsilon}\, g_i")
st.markdown(
    "So it evens out the *axes*; how long a step is, α says. The first step of Adam is about α long on each axis,"
    " however steep the ground: its α is a distance, that of plain descent is not. (Kingma & Ba, 2015)"
)
st.markdown(
    "The axes are those of the parameters. Where the valley lies between them, as in the turned bowl, a rate for each"
    " axis fits less well."
)
st.markdown(
    "Newton's method divides by the curvature itself, and a line search tries lengths until the loss falls: neither"
    " has a rate. Each of their steps costs more: second derivatives, or several losses."
)
st.markdown(
    "Who wins a comparison depends on how the rates were tuned, and on how many tries each was given. (Choi et al.,"
    " 2019, arXiv 1910.05446)"
)
ui.presets(
    lab,
    [
        ui.Preset(
            "A rate for momentum", True, {"alpha": "0.0025"}, "momentum ends lowest; for the adaptive ones it is tiny."
        ),
        ui.Preset(
            "A rate for Adam", False, {"alpha": "1"}, "Adam ends lowest, but plain descent and momentum fly off."
        ),
        ui.Preset(
            "Keras's default for Adam", False, {"alpha": "0.001"},
            "a default is no tuned rate: here Adam is still far when the steps run out.",
        ),
    ],
)  # fmt: skip
ui.check(
    lab,
    lambda lab: [
        adaptive.lowest_at_one_rate(lab.scenario, "With ten times this rate for all, which ends lowest?", RATED, 10),
        adaptive.lowest_at_its_best(lab.scenario, "With each at its own best rate, which ends lowest?", RATED),
        adaptive.larger_best_rate(
            lab.scenario, "Adam and plain descent on this ground: which rates suit them?", "adam", "gradient_descent"
        ),
    ],
)
ui.onward(lab)
