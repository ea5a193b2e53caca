"""A fair race: every optimizer at one rate, or each at the rate that suits it, and what came out of the trial runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from lrviz.analysis.tuning import RATES, Tuned, effective_rate, span, tuned
from lrviz.figures import FIGURES, Figure
from lrviz.figures.lessons.adaptive import axes_figure, tuning_figure
from lrviz.knob import digits
from lrviz.lessons import LESSONS, adaptive
from lrviz.once import made_once_for
from lrviz.palette import Theme
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.pages import PLAYGROUND
from lrviz.ui.story import story
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import fold
from lrviz.ui.words import at_end, plain

SAME, BEST = "Same rate for all", "Each at its best rate"


def which_rates(lab: Lab) -> None:
    """One rate for all, or for each the rate that suits it."""
    own = BEST if adaptive.is_tuned(lab.race) else SAME
    key = lab.key("which_rates", own)
    st.segmented_control(
        "Rates", [SAME, BEST], default=own, required=True, key=key, on_change=_rates_chosen, args=(key,),
        label_visibility="collapsed",
    )  # fmt: skip


def _rates_chosen(key: str) -> None:
    """Back at one rate for all it is the one from before."""
    lab = current()
    given, before = lab.given(key), st.session_state.setdefault("rate_for_all", {})
    lesson = LESSONS[lab.page]
    case = lesson.case(lab.scenario)
    if given == BEST:
        before[case] = lab.scenario.alpha
        lab.take(adaptive.at_their_best(lab.race))
    elif given == SAME:
        alpha = before.get(case, lesson.case_race(case).first.alpha)
        lab.take(adaptive.same_rate(lab.race.leading(lab.scenario.having(alpha=alpha))))
    lab.shows += 1


def comparison(lab: Lab) -> None:
    """Who ends lowest at the rates of this race, and who when each has its own: all computed."""
    rows, ends = adaptive.trials(lab.race), _ends(lab.race)
    say("\n".join(f"- {sentence}" for sentence in _sentences(lab.race, rows, ends)))


def comparison_table(lab: Lab) -> None:
    """One row a run: its rate and loss in this race, its best rate and loss, how many of the rates would do."""
    rows, ends = adaptive.trials(lab.race), _ends(lab.race)
    mark = max(row.best_loss for row in rows if row.best_rate is not None or len(rows) == 1)
    lines = [f"| Optimizer | In this race | Best of {len(RATES)} | Good rates |", "| :-- | :-- | :-- | --: |"]
    for row, scenario, end in zip(rows, lab.race.scenarios, ends, strict=True):
        if row.best_rate is None:
            lines.append(f"| {row.name} | no rate: {at_end(end)} | the same | – |")
        else:
            here = f"α {digits(float(scenario.alpha or 0))}: {at_end(end)}"
            best = f"α {digits(row.best_rate)}: **{at_end(row.best_loss)}**"
            lines.append(f"| {row.name} | {here} | {best} | {row.within(mark)} of {len(row.rates)} |")
    with st.container(key="comparison_table"):
        st.markdown("\n".join(lines))
        note(
            f"After each α: the loss at the end. Good rates end at {digits(mark)} or less, the best loss of the worst"
            " optimizer."
        )


def without_rate(lab: Lab) -> None:
    """Those that have no rate, in a fold: they are run when it is opened."""
    place = fold("How far do they come?", key="without_rate")
    if place is None:
        return
    race = adaptive.without_rate(lab.race.first)
    rows = adaptive.trials(race)
    rated = [row for row in adaptive.trials(lab.race) if row.best_rate is not None]
    tried, lowest = min(rated, key=lambda row: row.best_loss), min(row.best_loss for row in rows)
    best = [row.name for row in rows if row.best_loss == lowest]
    goes_by = adaptive.WITHOUT_RATE
    lines = ["| Optimizer | Ends at | Its step goes by |", "| :-- | :-- | :-- |"]
    lines += [f"| {row.name} | **{at_end(row.best_loss)}** | {goes_by[row.optimizer]} |" for row in rows]
    with place:
        say(
            f"{_and(best)} {'ends' if len(best) == 1 else 'end'} lowest of these: {at_end(lowest)}. With a rate it is"
            f" {tried.name}, at the best of {len(RATES)}: {at_end(tried.best_loss)}."
        )
        with st.container(key="without_table"):
            st.markdown("\n".join(lines))
        note("What replaces a rate has to be known, or is learnt on the way, which takes steps.")
        st.page_link(
            PLAYGROUND, label="Race these in the playground", icon=":material/tune:", query_params=race.to_params()
        )


def tuning_chart(lab: Lab) -> None:
    """The trial runs: the loss at the end against the rate."""
    rows = adaptive.trials(lab.race)
    alt = "Loss at the end against the rate. " + " ".join(
        f"{row.name}: {at_end(row.best_loss)}" + ("." if row.best_rate is None else f" at {digits(row.best_rate)}.")
        for row in rows
    )
    rate = None if adaptive.is_tuned(lab.race) else float(lab.race.first.alpha or 0)
    chart(_tuning(lab.race.scenarios, rate, theme()), "tuning_chart", alt)


@made_once_for(FIGURES)
def _tuning(runs: Sequence[Scenario], rate: float | None, colours: Theme) -> Figure:
    first = runs[0]
    start = float(run_of(first).loss[0] - first.surface_row.floor(first.coef))
    return tuning_figure([tuned(run, (run.optimizer,))[0] for run in runs], start, colours, rate)


def axes_chart(lab: Lab) -> None:
    """For the run that the visitor picks: its squares, and the rate of each axis."""
    names = lab.race.names
    adam = next((i for i, scenario in enumerate(lab.race.scenarios) if scenario.optimizer == "adam"), 0)
    chosen = st.selectbox("Look inside", names, adam, key="axes_of")
    place = names.index(chosen)
    scenario = lab.race.scenarios[place]
    run = run_of(scenario)
    alt = f"What {chosen} keeps of the squared gradients, and the effective rate of each axis, over the steps."
    chart(_axes(scenario, place, theme()), "axes_chart", alt)
    say(_inside(chosen, effective_rate(scenario, run)))


@made_once_for(FIGURES)
def _axes(scenario: Scenario, place: int, colours: Theme) -> Figure:
    return axes_figure(scenario, run_of(scenario), place, colours)


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
    same = not adaptive.is_tuned(race)
    with_which = f"with α {digits(float(race.first.alpha or 0))} for all" if same else "with these rates"
    texts = [
        f"In this race, {with_which}, **{rows[first].name}** ends lowest of those with a rate: {at_end(ends[first])}."
    ]
    away = [rows[i].name for i in rated if not np.isfinite(ends[i])]
    if away:
        texts.append(f"{_and(away)} {'flies' if len(away) == 1 else 'fly'} off.")
    texts.append(
        f"Each at the best of {len(RATES)} rates tried, **{rows[best].name}** ends lowest:"
        f" {at_end(rows[best].best_loss)} at α {digits(rows[best].best_rate or 0)}."
    )
    slow, fast = (pick(rated, key=lambda i: rows[i].best_rate or 0) for pick in (min, max))
    texts.append(
        f"The best rates differ by a factor of **{digits(span(rows))}**: from {digits(rows[slow].best_rate or 0)}"
        f" ({rows[slow].name}) to {digits(rows[fast].best_rate or 0)} ({rows[fast].name})."
    )
    edge = [row.name for row in rows if row.at_the_end]
    if edge:
        texts.append(f"{_and(edge)} did best at the end of the range that was tried: a rate outside may do better.")
    texts += [
        f"{row.name} has no rate to tune: it ends at {at_end(row.best_loss)}." for row in rows if row.best_rate is None
    ]
    return texts


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def what_the_rates_did(page: Page) -> None:
    """Who ends lowest at which rates, every rate tried, and the inside of one optimizer: one at a time."""
    if first_predict(page):
        return
    with run_text():
        race, table, rates, inside, without = st.tabs(["The race", "Table", "Every rate", "Inside", "No rate"])
        with race:
            comparison(page.lab)
            story(page.lab, most=2)
        with table:
            comparison_table(page.lab)
        with rates:
            note("The loss at the end against the rate. The large mark is the best of the rates tried.")
            tuning_chart(page.lab)
        with inside:
            axes_chart(page.lab)
        with without:
            without_rate(page.lab)
