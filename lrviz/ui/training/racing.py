"""The trainings beside the first, one row each: what a row leaves empty it shares with the first."""

from __future__ import annotations

import streamlit as st

from lrviz.knob import Knob, digits
from lrviz.optimizers import OPTIMIZERS
from lrviz.schedules import SCHEDULES
from lrviz.training import NOT_OFFERED
from lrviz.training.race import MOST
from lrviz.training.training import BATCH_SIZE
from lrviz.tuned import ALPHA
from lrviz.ui.training.state import TrainingState, current
from lrviz.ui.widgets import complaint, hint

NEXT = ("adam", "rmsprop", "momentum", "nesterov", "adamw", "adagrad")
"""Who joins a race, in this order, if nobody says otherwise."""
FREE = "training_race"
"""The name of what is wrong with a race as a whole."""


def race_rows(own: TrainingState) -> None:
    """A row for each, and a button for one more."""
    for run in range(1, len(own.racing.trainings)):
        _row(own, run)
    count = len(own.racing.trainings)
    st.button(
        f"Race it against another ({count} of {MOST})", icon=":material/add:", on_click=_add, disabled=count >= MOST,
        key="training_race_add", help="Another training on the same data, with its own optimizer, schedule and rate.",
    )  # fmt: skip
    complaint(own, FREE)


def _row(own: TrainingState, run: int) -> None:
    training, its = own.racing.trainings[run], own.racing.others[run - 1]
    optimizer, schedule, rate, batch, out = st.container(key=f"training_run_{run}").columns(
        [4, 4, 3, 3, 1], vertical_alignment="bottom"
    )
    offered = {key: row.name for key, row in OPTIMIZERS.items() if key not in NOT_OFFERED}
    with optimizer:
        _choice(own, run, "optimizer", f"Training {run + 1}", training.optimizer, offered)
    with schedule:
        _choice(own, run, "schedule", "Schedule", training.schedule, {key: row.name for key, row in SCHEDULES.items()})
    with rate:
        _number(own, run, ALPHA, its.get(ALPHA.key, ""))
    with batch:
        _number(own, run, BATCH_SIZE, its.get(BATCH_SIZE.key, ""))
    out.button("✕", key=f"training_run_{run}_out", help=f"Remove training {run + 1}", on_click=_remove, args=(run,))
    for what in ("optimizer", "schedule", ALPHA.key, BATCH_SIZE.key):
        complaint(own, f"training_run_{run}_{what}")


def _choice(own: TrainingState, run: int, what: str, label: str, now: str, names: dict[str, str]) -> None:
    name = f"training_run_{run}_{what}"
    key = own.keys.key(name, now)
    st.selectbox(
        label, list(names), list(names).index(now), format_func=lambda one: names.get(one, one), key=key,
        on_change=_chosen, args=(run, what, name, key, tuple(names)),
    )  # fmt: skip


def _number(own: TrainingState, run: int, row: Knob, now: str) -> None:
    name, shared = f"training_run_{run}_{row.key}", own.training[row.key]
    key = own.keys.key(name, now, lambda given, now: name in own.wrong or given.strip() == now)
    face = digits(float(shared)) if isinstance(shared, (int, float)) else "all rows"
    st.text_input(
        row.label, now, max_chars=row.longest, key=key, help=hint(row), placeholder=f"shared: {face}",
        on_change=_typed, args=(run, row.key, name, key),
    )  # fmt: skip


def _chosen(run: int, what: str, name: str, key: str, among: tuple[str, ...]) -> None:
    own = current()
    given = own.given(key)
    if given in among:
        framework = {"framework": None} if what == "optimizer" else {}
        own.lead(name, lambda: own.racing.own(run, **{what: given}, **framework))


def _typed(run: int, what: str, name: str, key: str) -> None:
    own = current()
    given = own.given(key)
    if given is not None:
        own.lead(name, lambda: own.racing.own(run, **{what: str(given).strip() or None}))


def _add() -> None:
    own = current()
    racing = {training.optimizer for training in own.racing.trainings}
    joins = next((key for key in NEXT if key not in racing), NEXT[0])
    own.lead(FREE, lambda: own.racing.add({"optimizer": joins}))


def _remove(run: int) -> None:
    current().remove(FREE, run)
