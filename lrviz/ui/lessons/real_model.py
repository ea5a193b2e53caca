"""The trainings that a case compares, side by side; and how many others end. What is shown is computed once for all
visitors, by a thread of low priority."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lrviz.analysis.sentences import sentences
from lrviz.figures import FIGURES, Figure
from lrviz.figures.lessons.real_model import curves_figure, ends_figure
from lrviz.lessons import real_model
from lrviz.lessons.real_model import JOBS
from lrviz.lessons.trained import trained
from lrviz.once import made_once_for
from lrviz.palette import Theme
from lrviz.server.training_queue import aside
from lrviz.training import Training
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lesson import Page, computed, first_predict
from lrviz.ui.terms import say
from lrviz.ui.words import marked

SHORT = {"network": "Network", "logistic": "Logistic", "linear": "Linear"}
"""Of the models; so that they fit beside a picture."""


def what_the_trainings_say(page: Page[Any]) -> None:
    """The sentences of the case, and its picture."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    training = page.lab.race.first
    with run_text():
        texts = sentences(computed(real_model.story, training))
        alt = " ".join(texts)
        pictures = PICTURES[page.case]
        words, *places = st.tabs(["In words", *pictures])
        with words:
            say("\n".join(f"- {marked(sentence)}" for sentence in texts))
        for number, (place, draw) in enumerate(zip(places, pictures.values(), strict=True)):
            with place:
                chart(aside(partial(draw, training, theme())), f"chart_{page.case}_{number}", alt)


@made_once_for(FIGURES)
def _curves(training: Training, colours: Theme) -> Figure:
    histories = {name: trained(one) for name, one in real_model.side_by_side(training).items()}
    return curves_figure(histories, colours)


@made_once_for(FIGURES)
def _ends_of_seeds(training: Training, colours: Theme) -> Figure:
    ends = real_model.ends_of_seeds(training)
    return ends_figure({JOBS[key]: ends[key] for key in JOBS}, "val_loss at the end", colours)


@made_once_for(FIGURES)
def _ends_of_starts(training: Training, colours: Theme) -> Figure:
    ends = {SHORT[kind]: real_model.ends_of_starts(one) for kind, one in real_model.kinds(training).items()}
    return ends_figure(ends, "loss at the end; of Linear: squared error", colours)


PICTURES: dict[str, dict[str, Callable[[Training, Theme], Figure]]] = {
    "callback": {"The three jobs": _curves, "Other seeds": _ends_of_seeds},
    "resumed": {"Side by side": _curves},
    "batch": {"Side by side": _curves},
    "starts": {"Where they end": _ends_of_starts},
}
"""Of each case, by the name of its tab."""
