"""What is trained on what: names in one row, the knobs that matter, the others behind a fold, a file of one's own."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, Knob
from lrviz.optimizers import OPTIMIZERS
from lrviz.play.trainings import LIVE
from lrviz.schedules import SCHEDULES
from lrviz.training import CSV, DATA, MODELS, NOT_OFFERED, Training, read
from lrviz.training.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from lrviz.training.training import EPOCHS, MONITOR, SEED, VALIDATION
from lrviz.training.trial import SHARPNESS
from lrviz.ui.training.state import TrainingState, current
from lrviz.ui.widgets import any_exact, complaint, draw_knob, face_value, is_typed, opened, typed_the_same
from lrviz.ui.words import plain

MAIN = (MONITOR.key, EPOCHS.key, VALIDATION.key, SEED.key, "noise")
OF_THE_MODEL = ("layers", "activation")


def choose(own: TrainingState) -> None:
    """One row: which data, model, optimizer, framework and schedule; what is wrong with a choice below it."""
    with st.container(key="names_of_training", horizontal=True):
        for name in ("data", "model"):
            name_widget(own, name)
        for key in OF_THE_MODEL:
            if key in own.training.rows:
                knob_widget(own, own.training.rows[key])
        for name in ("optimizer", "framework", "schedule"):
            name_widget(own, name)
    with st.container():  # there without them too: the player below would else be mounted anew as they come and go
        for name in ("data", "model", "optimizer", "framework", "schedule"):
            complaint(own, name)
        for note in own.training.notes:
            st.caption(plain(note))


def _of_own(own: TrainingState) -> dict[str, str]:
    return {} if own.table is None else {CSV: own.table.name}


def _models(training: Training) -> dict[str, str]:
    return {key: row.name for key, row in MODELS.items() if training.data_row.task in row.tasks}


def _optimizers(training: Training) -> dict[str, str]:
    return {
        key: row.name
        for key, row in OPTIMIZERS.items()
        if key not in NOT_OFFERED and training.framework in row.rules
    }  # fmt: skip


def name_widget(own: TrainingState, field: str, disabled: bool = False) -> None:
    """The choice of data, a model, an optimizer, a framework or a schedule."""
    label, choices = _choices(own, field)
    now = getattr(own.training, field)
    key = own.keys.key(f"training_{field}", now)
    st.selectbox(
        label, list(choices), list(choices).index(now), format_func=lambda one: choices.get(one, one), key=key,
        on_change=_chosen, args=(field, key, tuple(choices)), disabled=disabled,
    )  # fmt: skip


def _choices(own: TrainingState, field: str) -> tuple[str, Mapping[str, str]]:
    match field:
        case "data":
            return "Data", {key: row.name for key, row in DATA.items()} | _of_own(own)
        case "model":
            return "Model", _models(own.training)
        case "optimizer":
            return "Optimizer", _optimizers(own.training)
        case "framework":
            return "As in", {key: FRAMEWORKS[key] for key in own.training.optimizer_row.rules}
    return "Schedule", {key: row.name for key, row in SCHEDULES.items()}


def _chosen(field: str, key: str, choices: tuple[str, ...]) -> None:
    own = current()
    name = own.given(key, choices)
    if name is not None:
        more = {"table": own.table} if name == CSV else {}
        own.change(field, **{field: name}, **more)


def main_knobs(own: TrainingState) -> None:
    """The knobs that matter most, but those that have a slider beside the picture; and is sharpness computed."""
    rows = own.training.rows
    _grid(own, [rows[key] for key in MAIN if key in rows], "knobs")
    key = own.keys.key("training_sharpness", own.sharpness)
    st.toggle(
        "Sharpness", own.sharpness, key=key, on_change=_measured, args=(key,),
        help="The largest eigenvalue of the Hessian of the whole training loss after each epoch, beside 2/α: plain"
        " descent on the whole data is stable below it.",
    )  # fmt: skip
    complaint(own, SHARPNESS)


def _measured(key: str) -> None:
    own = current()
    on = own.given(key)
    if on is not None:
        own.measure(bool(on))


def more_knobs(own: TrainingState) -> None:
    """All the others, behind a fold that is empty while it is closed."""
    place = opened("More", "training_more")
    if place is None:
        return
    rows = own.training.rows
    shown = {*MAIN, *LIVE, *OF_THE_MODEL}
    with place:
        _grid(own, [row for key, row in rows.items() if key not in shown], "knobs_run")
        any_exact(own, rows.values(), own.training, _changed, "training_exact")


def _grid(own: TrainingState, rows: list[Knob], key: str) -> None:
    with st.container(key=key, horizontal=True):
        for row in rows:
            with st.container():
                knob_widget(own, row)


def knob_widget(own: TrainingState, row: Knob, disabled: bool = False) -> None:
    """The widget that sets this knob."""
    training = own.training
    value, name = training[row.key], f"training_{row.key}"
    if row.key == MONITOR.key:
        row = replace(row, choices=_monitors(training), auto="")
    shown = face_value(row, value)
    key = own.keys.key(name, shown, partial(typed_the_same, own, name, row) if is_typed(row) else operator.eq)
    draw_knob(row, value, key, disabled=disabled, on_change=_changed, args=(row.key, name, key))
    complaint(own, name)


def _monitors(training: Training) -> tuple[str, ...]:
    """What there is to be watched."""
    return tuple(
        name
        for name in MONITOR.choices
        if (training.classifies or not name.endswith("accuracy"))
        and (training.validation or not name.startswith("val_"))
    )


def _changed(knob: str, name: str, key: str) -> None:
    own = current()
    value: Any = own.given(key)
    if value is not None:
        own.change(name, **{knob: value})


def own_file(own: TrainingState) -> None:
    """A CSV file of one's own; nothing of it is stored."""
    key = own.keys.key("training_file", None)
    st.file_uploader(
        "Or your own data: a CSV file whose last column is predicted", ["csv", "tsv", "txt"], key=key,
        max_upload_size=MOST_BYTES // 1_000_000, on_change=_take_file, args=(key,),
        help=f"At most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns, numbers but for the last column. Nothing is"
        " stored, and it is in no link.",
    )  # fmt: skip
    complaint(own, "file")


def _take_file(key: str) -> None:
    """The file is read and forgotten: the next run draws an empty field."""
    own, context = current(), get_script_run_ctx()
    file = own.given(key)
    if file is None:
        return
    try:
        own.bring(read(file.getvalue(), file.name[:60]))
    except BadInput as wrong:
        own.wrong["file"] = str(wrong)
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
