"""New data: two settings over many seeds, in words and as points."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lrviz.analysis.sentences import sentences
from lrviz.figures import FIGURES, Figure
from lrviz.figures.lessons.real_model import ends_figure
from lrviz.lessons import new_data
from lrviz.lessons.new_data import OUTSIDE, SEEDS
from lrviz.lessons.pairs import least
from lrviz.once import made_once_for
from lrviz.palette import Theme
from lrviz.server.training_queue import aside
from lrviz.training import Training
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lesson import Page, computed, first_predict
from lrviz.ui.terms import note, say
from lrviz.ui.words import marked, plain

PICTURES = {
    "val_loss": "val_loss at the end",
    "loss": "loss at the end",
    "sharpness": "sharpness at the end",
    "epochs": "epochs until it is stopped",
}
"""A number of a `new_data.Side` -> the axis of its picture."""


def what_the_seeds_say(page: Page[Any]) -> None:
    """The two settings in words, and each number of all seeds: one at a time."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    training = page.lab.race.first
    with run_text():
        texts = sentences(computed(new_data.story, training))
        pictures = ("val_loss", "loss", "epochs" if new_data.case_of(training) == "stop" else "sharpness")
        words, *places = st.tabs(["In words", *pictures])
        with words:
            say("\n".join(f"- {marked(sentence)}" for sentence in texts))
            note(
                f"Medians of {SEEDS} seeds; in brackets the spread, without {OUTSIDE} seeds at each end. Each seed is"
                f" trained in both ways: by chance alone, {least(SEEDS)} or more agree less than once in a thousand"
                " times. The stage shows one seed, which proves nothing."
            )
        for place, which in zip(places, pictures, strict=True):
            with place:
                chart(aside(partial(_points, training, which, theme())), f"seeds_{which}", " ".join(texts))
                note(f"A point is the {plain(which)} of one seed, a line the median.")


@made_once_for(FIGURES)
def _points(training: Training, which: str, colours: Theme) -> Figure:
    ends = {side.name: getattr(side, which) for side in new_data.sides(training)}
    return ends_figure(ends, PICTURES[which], colours)
