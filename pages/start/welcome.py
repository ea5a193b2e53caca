"""One screen: what this is, a run already playing, and the lessons in order."""

import streamlit as st

from lrviz import Scenario, ui
from lrviz.race import Race

SHOWN = Race(
    Scenario(
        surface="bowl",
        alpha=0.2,
        schedule="plateau",
        steps=30,
        values={"factor": 0.5, "patience": 2, "min_delta": 2, "min_lr": 0.1},
    )
)
RACED = (
    Race(Scenario(surface="rosenbrock", alpha=0.001, steps=300))
    .add({"optimizer": "adam", "alpha": "0.05"})
    .add({"optimizer": "momentum"})
)

ui.open_terms()
words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("How long should a step be?", anchor=False)
    ui.say(
        "Training goes downhill, one step at a time. The **learning rate** says how long a step is. If steps are too"
        " short, it takes for ever. If they are too long, it swings from side to side or flies off."
    )
    ui.say("Here you change the rate and see at once what every step does, with the numbers of Keras and PyTorch.")
    ui.first_lesson()
    ui.ways_in({"Change this run yourself": SHOWN, "Race three optimizers": RACED})
    st.page_link(ui.MAPS, label="See every rate at once", icon=":material/grid_on:")
    st.page_link(ui.TRAINING, label="Train a real model on data", icon=":material/model_training:")
    st.page_link(ui.REPLAY, label="Bring the losses of your own training", icon=":material/upload_file:")
with picture:
    ui.picture(SHOWN)

st.subheader("Each lesson is a question and an experiment", anchor=False)
ui.say("Take them in this order. In each you first say what you expect. Then you try it, and see why.")
ui.lesson_cards()
