"""Schedules that race: which take part, how each ends, and what Keras and PyTorch call it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from lrviz.figures.lessons.schedules import best_rate_figure, contest_figure
from lrviz.knob import digits
from lrviz.lessons.schedules import GROUPS, LEVELS, OFFERED, SEEDS, TRIED, Result, best_rates, fits, result
from lrviz.palette import MOST_RUNS
from lrviz.race import Race
from lrviz.schedules import SCHEDULES
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import story
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import fold
from lrviz.ui.words import at_end, plain

PILLS = "schedule_pills"
GROUP = "schedule_group"


def schedule_pills(lab: Lab) -> None:
    """Which schedules race: a group at a click, or any, six at most; the first one leads."""
    racing = [run.schedule for run in lab.race.scenarios]
    own = next((name for name, keys in GROUPS.items() if tuple(racing) == keys), None)
    key = lab.key(GROUP, own)
    st.segmented_control(
        "Race", list(GROUPS), default=own, key=key, on_change=_group_chosen, args=(key,), label_visibility="collapsed"
    )
    offered = [*OFFERED, *(("drawn",) if "drawn" in racing else ())]
    chosen = [key for key in offered if key in racing]
    key = lab.key(PILLS, chosen, lambda given, chosen: set(given) == set(chosen))
    st.pills(
        "Schedules in the race", offered, selection_mode="multi", default=chosen, key=key, on_change=_chosen,
        format_func=lambda key: SCHEDULES[key].name, args=(key,), label_visibility="collapsed",
    )  # fmt: skip
    if PILLS in lab.wrong:
        note(lab.wrong.pop(PILLS))


def with_schedules(race: Race, keys: Sequence[str]) -> Race:
    """The race of these schedules, one at least and six at most; a drawn one keeps its points."""
    settings = {run.schedule: own for run, own in zip(race.scenarios[1:], race.others, strict=True)}
    if race.first.schedule == "drawn":
        settings["drawn"] = {"schedule": "drawn", "points": race.first.knob("points").text(race.first["points"])}
    first = race.first if keys[0] == race.first.schedule else race.first.having(schedule=keys[0])
    if keys[0] == "drawn" and "drawn" in settings:
        first = first.having(**settings["drawn"])
    return Race(first, tuple(settings.get(key) or {"schedule": key} for key in keys[1:]))


def _group_chosen(key: str) -> None:
    lab = current()
    name = lab.given(key, GROUPS)
    if name is not None:
        lab.shows += 1
        lab.take(with_schedules(lab.race, GROUPS[name]))


def _chosen(key: str) -> None:
    lab = current()
    given = lab.given(key)
    if given is None:
        return
    lab.shows += 1
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


def contest_sentences(lab: Lab) -> None:
    """What the race shows, and a row for each run: all computed."""
    rows, noisy = results(lab.race), bool(lab.race.first.noise)
    say("\n".join(f"- {sentence}" for sentence in _sentences(lab.race, rows)))
    lines = ["| Schedule | Last rate | Loss at the end |" + (f" Median of {SEEDS} |" if noisy else "")]
    lines.append("| :-- | --: | --: |" + (" --: |" if noisy else ""))
    for run, row in zip(lab.race.scenarios, rows, strict=True):
        line = f"| {row.name} | {digits(float(run.rates()[-1]))} | **{at_end(row.loss)}** |"
        lines.append(line + (f" {at_end(row.typical)} |" if noisy else ""))
    with st.container(key="contest_table"):
        st.markdown("\n".join(lines))
        if noisy:
            note(f"Median of {SEEDS}: the same run with {SEEDS} other noises, so that luck evens out.")


def contest_chart(lab: Lab) -> None:
    """How each run ends, on one axis."""
    rows = results(lab.race)
    alt = "Loss at the end. " + " ".join(f"{row.name}: {at_end(row.loss)}." for row in rows)
    bar = f" Bar: the middle half of the runs with {SEEDS} other noises." if lab.race.first.noise else ""
    note(f"Mark: how this run ends.{bar}")
    chart(contest_figure(rows, theme()), "contest_chart", alt)


def what_fits(lab: Lab) -> None:
    """In four situations: which of all schedules ends lowest, and why."""
    rows = [f"| **{row.best.name}** fits when {row.fit.when} | {plain(row.because.sentence)} |" for row in fits()]
    with st.container(key="fits_table"):
        st.markdown("\n".join(["| This | because |", "| :-- | :-- |", *rows]))
        note(f"It ends lowest of the eight on this bowl; with noise, in the median of {SEEDS} runs.")


def framework_names(lab: Lab) -> None:
    """What Keras and PyTorch call each schedule."""
    lines = ["| Schedule | Keras | PyTorch |", "| :-- | :-- | :-- |"]
    for key in (*OFFERED[1:], "plateau"):
        row = SCHEDULES[key]
        lines.append(f"| {row.name} | {_code(row.keras)} | {_code(row.pytorch)} |")
    with st.container(key="framework_names"):
        st.markdown("\n".join(lines))


def _code(name: str) -> str:
    return f"`{name}`" if name else "–"


def _sentences(race: Race, rows: Sequence[Result]) -> list[str]:
    """With noise all claims are about the medians."""
    noisy = bool(race.first.noise)
    best, worst = (pick(rows, key=lambda row: row.typical) for pick in (min, max))
    texts = [
        f"**{best.name}** ends lowest{f' in the median of {SEEDS} noises' if noisy else ''}: {at_end(best.typical)}."
    ]
    away = [row.name for row in rows if row.flies_off]
    if away:
        texts.append(f"Flies off: {', '.join(away)}.")
    elif len(rows) > 1 and best.typical > 0:
        times = digits(worst.typical / best.typical)
        texts.append(f"{worst.name} ends highest: {at_end(worst.typical)}, {plain(times)} times as high.")
    constant = next((row for row in rows if row.schedule == "constant"), None)
    if constant and len(rows) > 1:
        others = [row for row in rows if row is not constant]
        better = sum(row.typical < constant.typical for row in others)
        count = f"All {better}" if better == len(others) else f"{better} of the {len(others)}"
        texts.append(f"{count} other schedules end lower than a constant rate{' in the median' if noisy else ''}.")
    return texts


def what_the_schedules_did(page: Page) -> None:
    """How each ends, in a table and on one axis; and the first one, step by step."""
    if first_predict(page):
        return
    with run_text():
        race, ends, steps = st.tabs(["The race", "Chart", f"{page.lab.scenario.schedule_row.name}, step by step"])
        with race:
            contest_sentences(page.lab)
        with ends:
            contest_chart(page.lab)
        with steps:
            story(page.lab, most=3)


def best_rate_by_noise(lab: Lab) -> None:
    """A fold with the best constant rate against the noise: many runs, made when it is opened."""
    place = fold("Which constant rate fits how much noise?", key="best_rate_by_noise")
    if place is None:
        return
    with place:
        rates = best_rates(lab.scenario.steps)
        alt = f"The best constant rate falls from {digits(rates[0])} to {digits(rates[-1])} as the noise grows."
        chart(best_rate_figure(np.array(LEVELS), rates, float(lab.scenario.noise), theme()), "best_rates", alt)
        note(
            f"{alt} Each point: the best of {len(TRIED)} rates, by the median loss of {SEEDS} noises after"
            f" {lab.scenario.steps} steps."
        )
