"""Lesson 2: a loss that stalls, and the callback that makes the steps smaller, under the microscope."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import questions, stuck

lab = ui.open_lesson("stuck")
st.markdown("Watch the cells over the loss: when all are full, the rate is cut.")
seen = ui.predicted(
    "will the callback help this run, or harm it?",
    lambda lab: stuck.does_it_help(lab.scenario),
)
ui.which_plateau(lab)
ui.player(lab, live=("alpha", "factor", "patience"), veiled=not seen)
if seen:
    with ui.told():
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("What happened", anchor=False)
            ui.with_and_without(lab)
            ui.story(lab)
            st.subheader("Keras or PyTorch?", anchor=False)
            ui.frameworks(lab)
        with right:
            st.subheader("What does “reduce” mean?", anchor=False)
            ui.the_cuts(lab)
        st.subheader("How many steps did nothing?", anchor=False)
        ui.wasted(lab)

st.subheader("Why", anchor=False)
st.markdown(
    "A cut makes steps shorter, not better. It helps where steps are too long: they jump from wall to wall of a valley,"
    " or noise throws them around the minimum. For plain descent with noise of spread σ, an axis of curvature L keeps,"
    " on average, a loss of"
)
st.latex(r"\frac{\alpha\,\sigma^2}{2\,(2 - \alpha L)}")
st.markdown(
    "For small α that is proportional to the rate: half the rate, half the floor. (Bottou, Curtis & Nocedal, 2018) On a"
    " shelf the steps are too *short*. The callback cannot tell: in both cases the loss has stalled."
)
ui.presets(
    lab,
    [
        ui.Preset(
            "Patience 3",
            True,
            {},
            "each cut waits until the loss has come to its floor, and with the rate the floor sinks.",
        ),
        ui.Preset("Patience 16", False, {"patience": "16"}, "most of the run is spent on the first floor, waiting."),
        ui.Preset("Factor 0.9", False, {"factor": "0.9"}, "each cut is too small to see; the floor hardly sinks."),
    ],
)
ui.check(
    lab,
    lambda lab: [
        stuck.which_rate(lab.scenario),
        stuck.how_many_cuts(lab.scenario),
        questions.which_ends_lowest(
            lab.scenario,
            "Which of these ends with the lowest loss?",
            {"With the callback": {}, "At a constant rate": {"schedule": "constant"}},
        ),
    ],
)
st.page_link(ui.REPLAY, label="Where would it have cut in your own run?", icon=":material/upload_file:")
ui.onward(lab)
