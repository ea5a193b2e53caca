"""Lesson 3: one run with the callback, and the chain of jobs with constant rates that retraces it."""

import streamlit as st

from lrviz import ui
from lrviz.lessons import hyperparameter

lab = ui.open_lesson("hyperparameter")
st.markdown("Run the same rates as separate jobs. Where do the paths part, and why?")
seen = ui.predicted(
    "each job starts a fresh optimizer. Is it the same path?",
    lambda lab: hyperparameter.does_it_retrace(lab.scenario),
)
ui.descends_by(lab)
ui.player(lab, live=("alpha", "factor", "patience"), veiled=not seen, extra=ui.chained)
if seen:
    with ui.told():
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("What happened", anchor=False)
            ui.the_chain(lab)
            ui.story(lab, most=3)
        with right:
            st.subheader("The jobs of this run", anchor=False)
            ui.the_jobs(lab)

st.subheader("Why", anchor=False)
st.markdown(
    "Plain descent knows only the point where it stands. Hand on the point, and nothing is lost. Momentum also carries"
    " a velocity, and Adam two averages of the gradient: a fresh optimizer starts them at zero."
)
st.latex(r"\begin{gathered} v_{t+1} = \mu\,v_t - \alpha\,\nabla f(x_t) \\ x_{t+1} = x_t + v_{t+1} \end{gathered}")
st.markdown(
    "So the chain is the run if everything is handed on that the rule remembers: point and state. (Polyak, 1964;"
    " Kingma & Ba, 2015)"
)
st.subheader("So what is the hyperparameter?", anchor=False)
if seen:
    with ui.told("more"):
        ui.the_setting(lab)
st.markdown(
    "A hyperparameter is fixed before the run. With a constant rate, that is the rate. With the callback the rate is"
    " part of the run, like the weights. What you fix then: first rate, factor, patience and lowest rate. They"
    " decide the length of each job too, together with the loss."
)
ui.presets(
    lab,
    [
        ui.Preset(
            "Plain descent", True, {"optimizer": "gradient_descent"}, "it remembers nothing; both chains are the run."
        ),
        ui.Preset(
            "Plain descent, noise",
            True,
            {"optimizer": "gradient_descent", "noise": "1", "alpha": "0.15"},
            "with the same noise in the same steps, both chains are still the run.",
        ),
        ui.Preset(
            "Momentum", False, {}, "each fresh job forgets its speed; the chain of fresh jobs takes another path."
        ),
        ui.Preset(
            "Adam", False, {"optimizer": "adam"}, "fresh averages make the first steps of a job as long as the rate."
        ),
    ],
)
ui.check(
    lab,
    lambda lab: [
        hyperparameter.how_many_jobs(lab.scenario),
        hyperparameter.last_rate(lab.scenario),
        hyperparameter.does_it_retrace(
            lab.scenario,
            "Fresh optimizers with plain descent instead: which path does the chain take?"
            if lab.scenario.optimizer != "gradient_descent"
            else "Fresh optimizers with Adam instead: which path does the chain take?",
            optimizer="adam" if lab.scenario.optimizer == "gradient_descent" else "gradient_descent",
        ),
    ],
)
ui.onward(lab)
