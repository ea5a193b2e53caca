"""One screen: what this is, a run already playing, and the lessons in order."""

import streamlit as st

from lrviz import Scenario, ui
from lrviz.race import Race

SHOWN = Race(
    Scenario(
        surface="bowl", optimizer="momentum", alpha=0.1, schedule="plateau", steps=150, noise=2.0,
        values={"momentum": 0.8, "factor": 0.5, "patience": 10},
    )
)  # fmt: skip
RACED = (
    Race(Scenario(surface="rosenbrock", alpha=0.001, steps=300))
    .add({"optimizer": "adam", "alpha": "0.05"})
    .add({"optimizer": "momentum"})
)

words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("How long should a step be?", anchor=False)
    st.markdown(
        "Training follows the slope downhill, one step at a time. The **learning rate** decides how long a step is: too"
        " short and it crawls, too long and it overshoots, swings or flies off."
    )
    st.markdown(
        "Here you move the rate, the schedule and `ReduceLROnPlateau`, and see at once what every step does,"
        " number for number as Keras and PyTorch do it."
    )
    ui.ways_in({"Take this run apart": SHOWN, "Race three optimizers": RACED})
    st.page_link(ui.REPLAY, label="Bring the losses of your own training", icon=":material/upload_file:")
with picture:
    ui.picture(SHOWN)

st.subheader("Six questions, six experiments", anchor=False)
ui.lesson_cards()
