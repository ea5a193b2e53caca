"""Assignments on trainings: what a teacher may leave open or lock, and what a class sees of it."""

from __future__ import annotations

import streamlit as st

from lrviz.link import Assignment
from lrviz.optimizers import CLIPNORM
from lrviz.play.trainings import LIVE
from lrviz.training import NAMES, Training
from lrviz.training.training import RUN_KNOBS, STOP_PATIENCE
from lrviz.ui.share import NAMED
from lrviz.ui.training.player import show_training
from lrviz.ui.training.racing import race_rows
from lrviz.ui.training.settings import knob_widget, name_widget
from lrviz.ui.training.state import TrainingState
from lrviz.ui.widgets import label
from lrviz.ui.words import marked, plain

RACE = "race"
COLUMNS = 3


def controls(training: Training) -> dict[str, dict[str, str]]:
    """What an assignment may leave open or lock, as the share dialog groups it: title -> key -> name."""
    knobs = {
        "Training": (*RUN_KNOBS, STOP_PATIENCE, CLIPNORM),
        "Data": training.data_knobs,
        "Model": training.model_row.knobs,
        "Optimizer": training.rule.knobs,
        "Schedule": (*training.schedule_knobs, *training.plateau_knobs, *training.warmup_knobs),
    }
    named = {key: NAMED[key] for key in NAMES} | {RACE: "More trainings"}
    grouped = {title: {row.key: label(row) for row in rows} for title, rows in knobs.items()}
    return {"Names": named} | {title: rows for title, rows in grouped.items() if rows}


def assigned(own: TrainingState) -> None:
    """The page of an assignment. Knobs that are open have their slider on the player where they can."""
    assignment = own.assignment or Assignment(open=("alpha",))
    if assignment.title:
        st.title(plain(assignment.title), anchor=False)
    if assignment.task:
        st.markdown(marked(assignment.task))
    live = [key for key in assignment.open if key in LIVE and key in own.training.rows]
    show_training(own, live=live)
    widgets = [(key, False) for key in assignment.open if key not in (*live, RACE)]
    widgets += [(key, True) for key in assignment.locked if key != RACE]
    for begin in range(0, len(widgets), COLUMNS):
        for place, (key, locked) in zip(st.columns(COLUMNS), widgets[begin : begin + COLUMNS], strict=False):
            with place:
                _control(own, key, locked)
    if RACE in assignment.open:
        race_rows(own)


def _control(own: TrainingState, key: str, locked: bool) -> None:
    if key in NAMES:
        name_widget(own, key, disabled=locked)
    elif key in own.training.rows:
        knob_widget(own, own.training.rows[key], disabled=locked)
    if locked:
        st.caption(":material/lock: Locked")
