"""A fair race: every optimizer at one rate, or each at the rate that suits it, and what came out of the trial runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from lrviz.analysis.tuning import RATES, Tuned, effective_rate, span, tuned
from lrviz.figures.lessons.adaptive import axes_figure, tuning_figure
from lrviz.knob import digits
from lrviz.lessons import LESSONS
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.ui.frame import chart, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.words import plain

SAME, BEST = "Same rate for all", "Each at its best rate"
Grounds = Mapping[str, Mapping[str, str]]


def fair_switches(lab: Lab, grounds: Grounds) -> None:
    """Above the stage: on which ground the race is run, and with which rates.

    grounds: what each changes of the lesson's own settings.
    """
    rates, ground = st.container(key="fair", horizontal=True), None
    with rates:
        own = BEST if any("alpha" in own for own in lab.race.others) else SAME
        key = lab.key("fair_rates", own)
        st.segmented_control(
            "Rates", [SAME, BEST], default=own, required=True, key=key, on_change=_rates_chosen, args=(key,),
            label_visibility="collapsed",
        )  # fmt: skip
        first = lab.race.first
        for label, changes in grounds.items():
            there = LESSONS[lab.page].race.first.having(**changes)
            if there.surface == first.surface and np.array_equal(there.coef, first.coef):
                ground = label
        key = lab.key("fair_ground", ground)
        st.segmented_control(
            "Ground", list(grounds), default=ground, required=True, key=key, on_change=_ground_chosen,
            args=(grounds, key), label_visibility="collapsed",
        )  # fmt: skip


def same_rate(race: Race) -> Race:
    """Every run at the rate of the first."""
    return replace(race, others=tuple({k: v for k, v in own.items() if k != "alpha"} for own in race.others))


def at_their_best(race: Race) -> Race:
    """Every run at the rate that suits its optimizer."""
    first, *others = (row.best_rate for row in trials(race))
    race = race if first is None else race.leading(race.first.having(alpha=first))
    for run, rate in enumerate(others, start=1):
        if rate is not None:
            race = race.own(run, alpha=repr(rate))
    return race


def trials(race: Race) -> list[Tuned]:
    """What each run of the race made of its trial runs, in the order of the race."""
    return [tuned(run, (run.optimizer,))[0] for run in race.scenarios]


def _rates_chosen(key: str) -> None:
    lab = current()
    given = lab.given(key)
    if given == BEST:
        lab.take(at_their_best(lab.race))
    elif given == SAME:
        own = LESSONS[lab.page].race.first
        first = lab.race.first
        alpha = own.alpha if own.surface == first.surface else first.surface_row.alpha
        lab.take(same_rate(lab.race.leading(first.having(alpha=alpha))))


def _ground_chosen(grounds: Grounds, key: str) -> None:
    lab = current()
    given = lab.given(key)
    if given in grounds:
        best = any("alpha" in own for own in lab.race.others)
        race = same_rate(lab.race.leading(LESSONS[lab.page].race.first.having(**grounds[given])))
        lab.take(at_their_best(race) if best else race)


def fair_told(lab: Lab) -> None:
    """Who ends lowest at the rates of this race, and who when each has its own: all computed."""
    rows, ends = trials(lab.race), _ends(lab.race)
    for sentence in _sentences(lab.race, rows, ends):
        st.markdown(f"- {sentence}")


def fair_table(lab: Lab) -> None:
    """One row a run: its rate and loss in this race, its best rate and loss, how many of the rates would do."""
    rows, ends = trials(lab.race), _ends(lab.race)
    mark = max(row.best_loss for row in rows if row.best_rate is not None or len(rows) == 1)
    lines = ["| Optimizer | In this race | At its best | Rates that do |", "| :-- | :-- | :-- | --: |"]
    for row, scenario, end in zip(rows, lab.race.scenarios, ends, strict=True):
        if row.best_rate is None:
            lines.append(f"| {row.name} | no rate: {_loss(end)} | the same | – |")
        else:
            here = f"α {digits(float(scenario.alpha or 0))}: {_loss(end)}"
            best = f"α {digits(row.best_rate)}: **{_loss(row.best_loss)}**"
            lines.append(f"| {row.name} | {here} | {best} | {row.within(mark)} of {len(row.rates)} |")
    with st.container(key="fair_table"):
        st.markdown("\n".join(lines))
        st.caption(
            f"After each α: the loss at the end. A rate does if it ends with {digits(mark)} or less: what the worst of"
            " those with a rate reaches at its best."
        )


def tuning_chart(lab: Lab) -> None:
    """The trial runs: the loss at the end against the rate."""
    rows = trials(lab.race)
    start = float(run_of(lab.race.first).loss[0] - lab.race.first.surface_row.floor(lab.race.first.coef))
    same = not any("alpha" in own for own in lab.race.others)
    alt = "Loss at the end against the rate. " + " ".join(
        f"{row.name}: {_loss(row.best_loss)}" + ("." if row.best_rate is None else f" at {digits(row.best_rate)}.")
        for row in rows
    )
    chart(tuning_figure(rows, start, theme(), float(lab.race.first.alpha or 0) if same else None), "tuning_chart", alt)


def axes_chart(lab: Lab) -> None:
    """For the run that the visitor picks: its squares, and the rate of each axis."""
    names = lab.race.names
    adaptive = next((i for i, scenario in enumerate(lab.race.scenarios) if scenario.optimizer == "adam"), 0)
    chosen = st.selectbox("Look inside", names, adaptive, key="axes_of")
    place = names.index(chosen)
    scenario = lab.race.scenarios[place]
    run = run_of(scenario)
    alt = f"What {chosen} keeps of the squared gradients, and the effective rate of each axis, over the steps."
    chart(axes_figure(scenario, run, place, theme()), "axes_chart", alt)
    st.markdown(_inside(chosen, effective_rate(scenario, run)))
    lines = scenario.rule.formula.split(r",\quad")
    st.latex(r"\begin{gathered}" + r"\\".join(lines) + r"\end{gathered}")


def _inside(name: str, rate: np.ndarray | None) -> str:
    if rate is None:
        return f"{name} has no rate."
    good = rate[np.isfinite(rate).all(axis=1) & (rate > 0).all(axis=1)]
    if not len(good):
        return f"{name}: it left the finite at once."
    ratio = good.max(axis=1) / good.min(axis=1)
    low, high = good.min(), good.max()
    if np.allclose(good[:, 0], good[:, 1], rtol=1e-9):
        return f"{name}: both axes have the same rate."
    return (
        f"{name}: the rate of an axis lies between {plain(digits(float(low)))} and {plain(digits(float(high)))}. At one"
        f" step the two axes differ by up to {digits(float(ratio.max()))} times."
    )


def _ends(race: Race) -> list[float]:
    """The loss above the floor at the end of each run of the race, inf where it is no longer finite."""
    ends = []
    for scenario in race.scenarios:
        above = float(run_of(scenario).loss[-1]) - scenario.surface_row.floor(scenario.coef)
        ends.append(max(above, 0.0) if np.isfinite(above) else np.inf)
    return ends


def _sentences(race: Race, rows: Sequence[Tuned], ends: Sequence[float]) -> list[str]:
    rated = [i for i, row in enumerate(rows) if row.best_rate is not None]
    if not rated:
        return []
    first, best = (min(rated, key=key) for key in (lambda i: ends[i], lambda i: rows[i].best_loss))
    same = not any("alpha" in own for own in race.others)
    with_which = f"with α {digits(float(race.first.alpha or 0))} for all" if same else "with these rates"
    told = [
        f"In this race, {with_which}, **{rows[first].name}** ends lowest of those with a rate: {_loss(ends[first])}."
    ]
    away = [rows[i].name for i in rated if not np.isfinite(ends[i])]
    if away:
        told.append(f"{_and(away)} {'flies' if len(away) == 1 else 'fly'} off.")
    told.append(
        f"With {len(RATES)} tries for each, **{rows[best].name}** ends lowest: {_loss(rows[best].best_loss)} at"
        f" α {digits(rows[best].best_rate or 0)}."
    )
    slow, fast = (pick(rated, key=lambda i: rows[i].best_rate or 0) for pick in (min, max))
    told.append(
        f"The rate that suits each spans a factor of **{digits(span(rows))}**: from {digits(rows[slow].best_rate or 0)}"
        f" ({rows[slow].name}) to {digits(rows[fast].best_rate or 0)} ({rows[fast].name})."
    )
    edge = [row.name for row in rows if row.at_the_end]
    if edge:
        told.append(f"{_and(edge)} did best at the end of the range that was tried: a rate outside may do better.")
    told += [
        f"{row.name} has no rate to tune: it ends at {_loss(row.best_loss)}." for row in rows if row.best_rate is None
    ]
    return told


def _loss(loss: float) -> str:
    return plain(digits(loss)) if np.isfinite(loss) else "flies off"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
