"""Lesson 4: eight ways to change the rate over a run, and one of one's own."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import schedules

OFFERED = ("constant", "step_decay", "exponential", "annealing", "cosine", "cosine_restarts", "one_cycle", "cyclical")
FIVE = ("constant", "step_decay", "exponential", "cosine", "one_cycle")

lab = ui.open_lesson("schedules")
st.markdown("Race them on the same noise and steps. Then draw a curve that beats them.")
seen = ui.predicted(
    "the gradients are noisy, α is the rate on the slider. Which schedule ends lowest?",
    lambda lab: schedules.lowest(lab.scenario, "", FIVE),
)
ui.schedule_pills(lab, OFFERED)
ui.player(lab, live=("alpha", "noise"), veiled=not seen, drawable=True)
if seen:
    st.markdown(
        "**Draw your own:** press *Draw a curve* on the rate panel, then drag over it from left to right. Your run"
        " joins the race."
    )
    ui.drawn_field(lab)
    with ui.told():
        st.subheader("What happened", anchor=False)
        telling, showing = st.columns(2, gap="large")
        with telling:
            ui.contest_told(lab)
        with showing:
            ui.contest_chart(lab)
        st.markdown(f"**{lab.scenario.schedule_row.name}, step by step**")
        ui.story(lab, most=3)

st.subheader("Why", anchor=False)
st.markdown(
    "Noise throws the run about. Near a minimum of curvature L, at a constant α, its mean squared distance stays at"
)
st.latex(r"\mathrm{E}\,x^2 = \frac{\alpha\,\sigma^2}{L\,(2 - \alpha L)}")
st.markdown(
    "A smaller rate means a lower floor, and a slower way to it. So go with long steps first and end with short ones."
    " Without noise there is no floor, and short steps only cost time. (Robbins & Monro, 1951)"
)
st.subheader("What each was made for", anchor=False)
st.markdown(
    "- **Step decay**: a drop when the loss has stalled. (He et al., 2016)\n"
    "- **Annealing**: a gradual fall first, then larger drops. The name is that of metal that cools slowly."
    " (Kirkpatrick et al., 1983)\n"
    "- **Cosine**: long steps for long, then a soft landing. **Warm restarts** begin again, and leave a usable model at"
    " the end of each period. (Loshchilov & Hutter, 2017)\n"
    "- **Cyclical**: between two bounds, when one best rate is not known. (Smith, 2017)\n"
    "- **One-cycle**: few steps, a very high rate in between. (Smith & Topin, 2018)\n"
    "- **Warm-up**, before any of them: when the first steps are the dangerous ones, as with large batches."
    " (Goyal et al., 2017)"
)
ui.presets(
    lab,
    [
        ui.Preset("Noise", True, {"noise": "2"}, "decay wins: all that come down end below the constant rate."),
        ui.Preset("No noise", False, {"noise": "0"}, "decay only slows the run: the constant rate ends lowest."),
        ui.Preset(
            "A rate past the edge", True, {"noise": "0", "alpha": "0.21"},
            "the constant rate flies off; those that come down in time find the way back.",
        ),
        ui.Preset(
            "Too small from the start", False, {"noise": "0.5", "alpha": "0.01"},
            "decay stops before the run has arrived: the constant rate ends lowest.",
        ),
    ],
)  # fmt: skip
st.subheader("Their names in your code", anchor=False)
ui.framework_names((*OFFERED[1:], "plateau"))
ui.check(
    lab,
    lambda lab: [
        schedules.lowest(lab.scenario, "Without any noise, which ends lowest?", FIVE, noise=0),
        schedules.lowest(lab.scenario, "With this rate and noise of 4, which ends lowest?", FIVE, noise=4),
        schedules.when_highest(lab.scenario, "When is the rate of one-cycle highest?", "one_cycle"),
    ],
)
ui.onward(lab)
