"""The settings that have no slider beside the picture: what matters in sight, the others behind a fold."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz.knob import BadInput, Knob, digits
from lrviz.play.replays import LIVE
from lrviz.replay.rules import RULES
from lrviz.replay.settings import FLOAT32, KNOBS
from lrviz.ui.replay.state import ReplayState, current
from lrviz.ui.widgets import any_exact, complaint, draw_knob, face_value, opened

MAIN = ("rate", "min_lr", "mode")
AS_LONG_AS_THE_RUN = ("resume_after", "start_from_epoch", "accumulation_size", "steps_per_epoch")
"""Their sliders end where the history does."""


def main_settings(own: ReplayState) -> None:
    """Whose rules, and the knobs that matter most for them."""
    settings = own.shown.settings
    with st.container(key="replay_rules", horizontal=True, vertical_alignment="bottom", gap="medium"):
        key = own.keys.key("replay_frameworks", list(settings.frameworks), lambda one, other: set(one) == set(other))
        st.pills(
            "By the rule of", list(RULES), selection_mode="multi", default=list(settings.frameworks),
            format_func=lambda one: RULES[one].name if one in RULES else one, key=key, on_change=_take_frameworks,
            args=(key,),
        )  # fmt: skip
        key = own.keys.key("replay_float32", settings.float32)
        st.toggle("float32", settings.float32, key=key, help=FLOAT32.help, on_change=_take_float32, args=(key,))
    _grid(own, [KNOBS[key] for key in MAIN if key in _in_use(own)], "knobs")


def more_settings(own: ReplayState) -> None:
    """The other knobs, behind a fold that is empty while it is closed."""
    place = opened("More settings: EarlyStopping, a stop, each framework's own", "replay_more")
    if place is not None:
        with place:
            _grid(own, [KNOBS[key] for key in _in_use(own) if key not in (*MAIN, *LIVE)], "knobs_run")
            rows = [KNOBS[key] for key in _in_use(own)]
            any_exact(own, rows, own.shown.settings, _changed, "replay_exact")


def _in_use(own: ReplayState) -> list[str]:
    """The knobs that do something for the frameworks that are shown."""
    every = [knob.key for framework in own.shown.settings.frameworks for knob in RULES[framework].knobs]
    others = {knob.key for rule in RULES.values() for knob in rule.knobs} - set(every)
    return [key for key in KNOBS if key not in others]


def _grid(own: ReplayState, rows: list[Knob], key: str) -> None:
    with st.container(key=key, horizontal=True):
        for row in rows:
            with st.container():
                _knob(own, row)


def _knob(own: ReplayState, row: Knob) -> None:
    value, name = own.shown.settings[row.key], f"replay_{row.key}"
    row = replace(row, unit=row.unit.replace("epoch", own.replay.unit))
    if row.key in AS_LONG_AS_THE_RUN:
        row = replace(row, slider=(row.low, max(len(own.shown.history), 2)))
    if row.key == "rate" and value is None:
        whence = "the default" if own.shown.history.rates is None else "as recorded"
        row = replace(row, auto=f"{digits(own.replay.rate)}, {whence}")
    whose = [rule.name for rule in RULES.values() if row.key in {knob.key for knob in rule.knobs}]
    if len(whose) == 1:  # as the framework names it, for there may be one like it of another
        row = replace(row, label=f"{row.key}, {whose[0]}", symbol="")
    key = own.keys.key(name, face_value(row, value))
    draw_knob(row, value, key, on_change=_changed, args=(row.key, name, key))
    complaint(own, name)


def _changed(knob: str, name: str, key: str) -> None:
    own = current()
    value = own.given(key)
    if value is None:
        return
    try:
        own.set(**{knob: value})
        own.wrong.pop(name, None)
    except BadInput as wrong:
        own.wrong[name] = str(wrong)


def _take_frameworks(key: str) -> None:
    own = current()
    chosen = own.given(key)
    named = [framework for framework in RULES if framework in (chosen or ())]
    if named:
        own.take(replace(own.shown.settings, frameworks=tuple(named)))


def _take_float32(key: str) -> None:
    own = current()
    on = own.given(key)
    if on is not None:
        own.take(replace(own.shown.settings, float32=bool(on)))
