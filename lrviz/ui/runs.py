"""The runs of a race, one row each: its optimizer, framework and rate, and a way out; and the runs of this visit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import streamlit as st

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, digits
from lrviz.optimizers import OPTIMIZERS
from lrviz.palette import MOST_RUNS
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.scenario import ALPHA, NAMES, Scenario
from lrviz.ui.lab import Lab, current
from lrviz.ui.redraw import APP
from lrviz.ui.widgets import complaint, fold, hint
from lrviz.ui.words import plain

NEXT = ("momentum", "adam", "rmsprop", "nesterov", "adagrad", "newton")
"""Who joins a race, in this order, if nobody says otherwise."""
MOST_REMEMBERED = 8


def race_rows(lab: Lab) -> None:
    """The runs beside the first. What a row leaves empty it shares with the first run."""
    for run in range(1, len(lab.race.scenarios)):
        _row(lab, run)
    full = len(lab.race.scenarios) >= MOST_RUNS
    st.button(
        f"Add a run ({len(lab.race.scenarios)} of {MOST_RUNS})", icon=":material/add:", on_click=_add, disabled=full
    )
    complaint(lab, "add_run")


def _row(lab: Lab, run: int) -> None:
    lab.redraw.parts.add(APP)  # it tells the shared rate
    scenario, own = lab.race.scenarios[run], lab.race.others[run - 1]
    optimizer, framework, rate, out = st.container(key=f"run_{run}").columns([4, 3, 3, 1], vertical_alignment="bottom")
    names = {key: row.name for key, row in OPTIMIZERS.items()}
    key = lab.key(f"run_{run}_optimizer", scenario.optimizer)
    optimizer.selectbox(
        f"Run {run + 1}",
        list(names),
        list(names).index(scenario.optimizer),
        format_func=names.__getitem__,
        key=key,
        on_change=_set,
        args=(run, "optimizer", key, names),
    )
    there = [name for name in FRAMEWORKS if name in scenario.optimizer_row.rules]
    key = lab.key(f"run_{run}_framework", scenario.framework)
    framework.selectbox(
        "As in",
        there,
        there.index(scenario.framework),
        format_func=FRAMEWORKS.__getitem__,
        key=key,
        on_change=_set,
        args=(run, "framework", key, there),
    )
    name, alpha = f"run_{run}_alpha", own.get("alpha", "")
    key = lab.key(name, alpha, lambda given, alpha: name in lab.wrong or given.strip() == alpha)
    rate.text_input(
        "Rate", alpha, max_chars=ALPHA.longest, key=key, help=hint(ALPHA),
        placeholder=f"shared: {digits(float(lab.race.first.alpha or 0))}",
        disabled=not scenario.optimizer_row.has_rate, on_change=_set, args=(run, "alpha", key),
    )  # fmt: skip
    out.button("✕", key=f"run_{run}_out", help=f"Remove run {run + 1}", on_click=_remove, args=(run,))
    complaint(lab, name)


def _set(run: int, what: str, key: str, among: Collection[str] | None = None) -> None:
    lab = current()
    given = lab.given(key, among)
    if given is None:
        return
    changes = {what: str(given).strip() or None}
    if what == "optimizer":
        changes["framework"] = None
    _change(lab, f"run_{run}_{what}", lambda: lab.race.own(run, **changes))


def _add() -> None:
    lab = current()
    racing = {scenario.optimizer for scenario in lab.race.scenarios}
    joins = next((key for key in NEXT if key not in racing), NEXT[0])
    _change(lab, "add_run", lambda: lab.race.add({"optimizer": joins}))


def _remove(run: int) -> None:
    lab = current()
    _change(lab, "add_run", lambda: lab.race.remove(run))


def _change(lab: Lab, widget: str, changed: Callable[[], Race]) -> None:
    lab.touched = True
    try:
        lab.take(changed())
    except BadInput as wrong:
        lab.wrong[widget] = str(wrong)
    else:
        lab.wrong.pop(widget, None)
        lab.redraw.stage_first()


@dataclass(frozen=True)
class Remembered:
    """A run of this visit: how it was set, and how it ended."""

    scenario: Scenario
    loss: float
    cuts: int


def remember(lab: Lab) -> list[Remembered]:
    """The last runs of this visit, the latest first; the first run of the race joins them when it is another one."""
    past: list[Remembered] = st.session_state.setdefault("past_runs", [])
    scenario = lab.race.first
    if not past or past[0].scenario != scenario:
        run = run_of(scenario)
        past[:] = [
            Remembered(scenario, float(run.loss[-1]), len(run.cuts)),
            *(old for old in past if old.scenario != scenario),
        ][:MOST_REMEMBERED]
    return past


def past_runs(lab: Lab) -> None:
    """Side by side: what the last runs were and how they ended; each can come back, or join the race."""
    past = remember(lab)
    visit = fold("Runs of this visit", key="visit")
    if visit is None:
        return
    with visit:
        for place, old in enumerate(past):
            words, back, join = st.columns([6, 1.4, 1.4], vertical_alignment="center")
            words.markdown(plain(_words(old)))
            back.button(
                "Back to it",
                key=f"back_{place}",
                on_click=_back,
                args=(old.scenario,),
                disabled=old.scenario == lab.race.first,
            )
            own = difference(lab.race.first, old.scenario)
            join.button("Race it", key=f"join_{place}", on_click=_join, args=(own,), disabled=not own)
        complaint(lab, "past_runs")


def difference(first: Scenario, other: Scenario) -> dict[str, str] | None:
    """What the other has of its own beside the first; None if they cannot race, or do not differ."""
    if (first.surface, first.start, first.steps) != (
        other.surface,
        other.start,
        other.steps,
    ) or first.coef.tolist() != other.coef.tolist():
        return None
    own = {name: getattr(other, name) for name in NAMES if getattr(first, name) != getattr(other, name)}
    shared = first.having(**own)
    keys = ("alpha", "monitor", "steps_per_epoch", "noise", "seed", *(knob.key for knob in other.knobs))
    for key in keys:
        knob = other.knob(key)  # the first may not have it
        if other[key] != (shared[key] if key in shared.rows else knob.default):
            own[key] = knob.text(other[key])
    return own or None


def _words(old: Remembered) -> str:
    scenario = old.scenario
    parts = [scenario.surface_row.name, f"{scenario.optimizer_row.name} in {FRAMEWORKS[scenario.framework]}"]
    if scenario.optimizer_row.has_rate:
        parts += [f"α {digits(float(scenario.alpha or 0))}", scenario.schedule_row.name.lower()]
    parts += [f"{key} {scenario.knob(key).text(value)}" for key, value in scenario.values.items()][:4]
    ended = f"loss {digits(old.loss)}" + (f", {old.cuts} cuts" if scenario.watches else "")
    return ", ".join(parts) + f" → {ended}"


def _back(scenario: Scenario) -> None:
    lab = current()
    _change(lab, "past_runs", lambda: lab.race.leading(scenario))


def _join(own: dict[str, str]) -> None:
    lab = current()
    _change(lab, "past_runs", lambda: lab.race.add(own))
