"""Schedules that race: which take part, how each ends, and what Keras and PyTorch call it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from lrviz.figures.lessons.schedules import contest_figure
from lrviz.knob import digits
from lrviz.lessons.schedules import SEEDS, Result, result
from lrviz.palette import MOST_RUNS
from lrviz.race import Race
from lrviz.schedules import SCHEDULES
from lrviz.ui.frame import chart, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.words import plain

PILLS = "schedule_pills"


def schedule_pills(lab: Lab, offered: Sequence[str]) -> None:
    """Which schedules race: six at most, the first one leads."""
    racing = [run.schedule for run in lab.race.scenarios]
    offered = [*offered, *(("drawn",) if "drawn" in racing else ())]
    chosen = [key for key in offered if key in racing]
    key = lab.key(PILLS, chosen, lambda given, chosen: set(given) == set(chosen))
    st.pills(
        "Schedules in the race", offered, selection_mode="multi", default=chosen, key=key, on_change=_chosen,
        format_func=lambda key: SCHEDULES[key].name, args=(key,), label_visibility="collapsed",
    )  # fmt: skip
    if PILLS in lab.wrong:
        st.caption(lab.wrong.pop(PILLS))


def with_schedules(race: Race, keys: Sequence[str]) -> Race:
    """The race of these schedules, one at least and six at most; a drawn one keeps its points."""
    kept = {run.schedule: own for run, own in zip(race.scenarios[1:], race.others, strict=True)}
    if race.first.schedule == "drawn":
        kept["drawn"] = {"schedule": "drawn", "points": race.first.knob("points").text(race.first["points"])}
    first = race.first if keys[0] == race.first.schedule else race.first.having(schedule=keys[0])
    if keys[0] == "drawn" and "drawn" in kept:
        first = first.having(**kept["drawn"])
    return Race(first, tuple(kept.get(key) or {"schedule": key} for key in keys[1:]))


def _chosen(key: str) -> None:
    lab = current()
    given = lab.given(key)
    if given is None:
        return
    keys = [key for key in SCHEDULES if key in given]
    if not keys:
        lab.wrong[PILLS] = "One schedule at least has to race."
    elif len(keys) > MOST_RUNS:
        lab.wrong[PILLS] = f"At most {MOST_RUNS} race at once: take one out first."
    else:
        lab.take(with_schedules(lab.race, keys))


def results(race: Race) -> list[Result]:
    """How each run of the race ends, in its order."""
    return [result(run) for run in race.scenarios]


def contest_told(lab: Lab) -> None:
    """What the race shows, and a row for each run: all computed."""
    rows, noisy = results(lab.race), bool(lab.race.first.noise)
    for sentence in _sentences(lab.race, rows):
        st.markdown(f"- {sentence}")
    lines = ["| Schedule | Last rate | Loss at the end |" + (f" Median of {SEEDS} |" if noisy else "")]
    lines.append("| :-- | --: | --: |" + (" --: |" if noisy else ""))
    for run, row in zip(lab.race.scenarios, rows, strict=True):
        line = f"| {row.name} | {digits(float(run.rates()[-1]))} | **{_loss(row.loss)}** |"
        lines.append(line + (f" {_loss(row.typical)} |" if noisy else ""))
    with st.container(key="contest_table"):
        st.markdown("\n".join(lines))
        if noisy:
            st.caption(f"Median of {SEEDS}: the same run with {SEEDS} other noises; luck evens out.")


def contest_chart(lab: Lab) -> None:
    """How each run ends, on one axis."""
    rows = results(lab.race)
    alt = "Loss at the end. " + " ".join(f"{row.name}: {_loss(row.loss)}." for row in rows)
    bar = f" Bar: the middle half of the runs with {SEEDS} other noises." if lab.race.first.noise else ""
    st.caption(f"Mark: how this run ends.{bar}")
    chart(contest_figure(rows, theme()), "contest_chart", alt)


def framework_names(keys: Sequence[str]) -> None:
    """What Keras and PyTorch call each schedule."""
    lines = ["| Schedule | Keras | PyTorch |", "| :-- | :-- | :-- |"]
    for key in keys:
        row = SCHEDULES[key]
        lines.append(f"| {row.name} | {_code(row.keras)} | {_code(row.pytorch)} |")
    with st.container(key="framework_names"):
        st.markdown("\n".join(lines))


def _code(name: str) -> str:
    return f"`{name}`" if name else "–"


def _sentences(race: Race, rows: Sequence[Result]) -> list[str]:
    noisy = bool(race.first.noise)
    best, worst = (pick(rows, key=lambda row: row.loss) for pick in (min, max))
    told = [f"**{best.name}** ends lowest in this race: {_loss(best.loss)}."]
    if len(rows) > 1 and np.isfinite(worst.loss) and best.loss > 0:
        times = digits(worst.loss / best.loss)
        told.append(f"{worst.name} ends highest: {_loss(worst.loss)}, {plain(times)} times as high.")
    elif not np.isfinite(worst.loss):
        away = [row.name for row in rows if not np.isfinite(row.loss)]
        told.append(f"Flies off: {', '.join(away)}.")
    if noisy:
        mostly = min(rows, key=lambda row: row.typical)
        told.append(f"Over {SEEDS} noises **{mostly.name}** has the lowest median: {_loss(mostly.typical)}.")
    constant = next((row for row in rows if row.schedule == "constant"), None)
    if constant and len(rows) > 1:
        others = [row for row in rows if row is not constant]
        better = sum(row.typical < constant.typical for row in others)
        told.append(
            f"{better} of the {len(others)} other schedules end lower than a constant rate"
            f"{' in the median' if noisy else ''}."
        )
    return told


def _loss(loss: float) -> str:
    return plain(digits(loss)) if np.isfinite(loss) else "flies off"
