"""One screen: what this is, one picture, and ways in."""

import streamlit as st

from lrviz import Scenario, figures, simulate, ui
from lrviz.race import Race

PLAYGROUND = "app_pages/lab/playground.py"
SHOWN = Scenario(
    surface="bowl", optimizer="momentum", alpha=0.1, schedule="plateau", steps=150, noise=2.0,
    values={"momentum": 0.8, "factor": 0.5, "patience": 10},
)  # fmt: skip
WAYS_IN = {
    "A step that is a little too long": Scenario(alpha=0.205, steps=60),
    "A plateau that cuts the rate": SHOWN,
    "A shelf on which cutting is the wrong answer": Scenario(
        surface="shelf",
        alpha=0.3,
        schedule="plateau",
        steps=400,
        values={"patience": 3, "min_delta": 0.01, "factor": 0.5},
    ),
    "Out of the sharp valley, into the wide one": Scenario(surface="twin_valleys", alpha=0.25, steps=80),
}

RACED = (
    Race(Scenario(surface="rosenbrock", alpha=0.001, steps=300))
    .add({"optimizer": "adam", "alpha": "0.05"})
    .add({"optimizer": "momentum"})
)

words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("How long should a step be?")
    st.markdown(
        "Training follows the slope downhill, one step at a time. The **learning rate** decides how long a step is: too"
        " short and it crawls, too long and it overshoots, swings or flies off."
    )
    st.markdown(
        "Here you move the rate, the schedule and `ReduceLROnPlateau`, and see at once what every step does,"
        " number for number as Keras and PyTorch do it."
    )
    for label, scenario in WAYS_IN.items():
        st.page_link(PLAYGROUND, label=label, icon=":material/arrow_forward:", query_params=scenario.to_params())
    st.page_link(
        PLAYGROUND, label="A race of three optimizers, played", icon=":material/flag:", query_params=RACED.to_params()
    )
    st.page_link(PLAYGROUND, label="Everything at once: the playground", icon=":material/tune:")
with picture:
    run = simulate(SHOWN)
    ui.chart(
        figures.landscape(SHOWN, run, ui.theme(), height=460), key="picture", alt="A run on a contour map.", still=True
    )
    st.caption(" ".join(ui.summary(SHOWN, run)))
