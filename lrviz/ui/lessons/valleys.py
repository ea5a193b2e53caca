"""Several valleys: which rate each holds, where the run ended, what gets out, and what noise does."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lrviz.analysis import basins
from lrviz.analysis.basins import Ending, Minimum
from lrviz.figures import FIGURES, Figure
from lrviz.figures.lessons.valleys import shares_figure
from lrviz.knob import digits
from lrviz.lessons import valleys
from lrviz.lessons.valleys import Remedy
from lrviz.once import made_once_for
from lrviz.palette import Theme
from lrviz.play import run_of
from lrviz.scenario import Scenario
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import story
from lrviz.ui.terms import note, say
from lrviz.ui.words import plain, point

TRIED = {
    "A smaller rate": "rates from {low} to {high}",
    "ReduceLROnPlateau": "factors from {low} to {high}",
    "A larger rate": "rates from {low} to {high}",
    "Momentum": "momenta from {low} to {high}",
    "Warm restarts": "rates at the restart, from {low} to {high},",
    "Cycles": "top rates from {low} to {high}",
    "Noise": "seeds, with noise σ = {sigma},",
}
SYMBOLS = {"alpha": "α", "momentum": "μ", "max_lr": "α", "factor": "factor", "seed": "seed"}
ROUNDING = 1e-12
AGAINST = {"noise": "the noise σ", "alpha": "the rate α"}


@made_once_for(64)
def _ending(scenario: Scenario) -> Ending:
    """A class sees the same run."""
    return basins.basin(scenario, run_of(scenario))


def where_it_went(lab: Lab) -> None:
    """In which valley the run began and ended, and when it left the first for good."""
    scenario, rows = lab.scenario, basins.minima(lab.scenario)
    ending, own = _ending(scenario), basins.home(scenario)
    begins = "It starts in no known valley" if own is None else f"It starts in the valley of {point(rows[own].place)}"
    if ending.basin is None:
        ends = "and ends in none: it is off the map, not finite, or near no known minimum"
    elif ending.basin == own:
        ends = "and ends in it" + _how_it_ends(ending)
    else:
        ends = f"and ends in the valley of **{point(rows[ending.basin].place)}**" + _how_it_ends(ending)
    left = f" It left the first valley for good at step {ending.left}." if ending.left and own is not None else ""
    say(f"{begins}, {ends}.{left}")


def _how_it_ends(ending: Ending) -> str:
    if ending.converged:
        return ", at rest"
    return f", still moving, {digits(ending.distance)} from its floor"


def show_minima(lab: Lab) -> None:
    """Each known minimum: its loss, its curvature, the rates that it holds, and whether it holds this run's."""
    scenario, rows = lab.scenario, basins.minima(lab.scenario)
    run = run_of(scenario)
    ending = _ending(scenario)
    bound = scenario.optimizer in ("gradient_descent", "momentum")
    rate = float(run.learning_rate.max())
    edge = "2(1 + μ)/L" if scenario.optimizer == "momentum" else "2/L"
    head = f"| Minimum | Loss | Moved | L | {edge} |" + (f" α = {digits(rate)} |" if bound else "")
    body = [head, "| :-- " * (6 if bound else 5) + "|"]
    for i, row in enumerate(rows):
        mark = " ⬅ end" if i == ending.basin else ""
        moved = valleys.on_moved_surface(scenario, row.place)
        cells = [point(row.place) + mark, _loss(row.loss), digits(moved), digits(row.sharpness), digits(row.holds)]
        if bound:
            cells.append("holds" if rate < row.holds else "too long")
        body.append("| " + " | ".join(cells) + " |")
    with st.container(key="minima_table"):
        st.markdown("\n".join(body))
    bounds = "" if bound else f" The bound {edge} is that of plain descent: this optimizer scales its steps by itself."
    note(
        f"A minimum holds the rates below {edge}. Moved: its mean loss when the ground below it moves by"
        f" {valleys.MOVED}.{bounds}"
    )


def _loss(loss: float) -> str:
    """Of a minimum: 0 but for rounding is 0."""
    return digits(0.0 if abs(loss) < ROUNDING else loss)


def show_remedies(lab: Lab) -> None:
    """What gets out of the first valley: each remedy tried with many values, and one of them to look at."""
    scenario, rows = lab.scenario, basins.minima(lab.scenario)
    if len(rows) <= 1:
        if scenario.surface == "bowl":
            say(
                "This map has one valley: it is convex, like the loss of linear and of logistic regression. There is"
                " no other valley to reach. A rate that is too long only leads off the map."
            )
        else:
            say("No other minimum of this map is known here, so there is no other valley to reach.")
        return
    careful = valleys.careful(scenario)
    own = basins.home(scenario)
    place = f"the valley of {point(rows[own].place)}" if own is not None else "where it starts"
    say(
        f"From this start, plain descent with {_rate(scenario, careful)} ends in {place}. Then we changed one"
        f" thing at a time and tried {valleys.TRIED} values. Press a name to see one."
    )
    for i, remedy in enumerate(valleys.remedies(scenario)):
        with st.container(key=f"remedy_{i}", gap=None):
            icon = ":material/logout:" if remedy.out else ":material/block:"
            st.button(remedy.name, key=f"remedy_{lab.page}_{i}", icon=icon, on_click=_show, args=(remedy,))
            note(outcome_of(remedy, rows))


def _rate(shown: Scenario, careful: Scenario) -> str:
    """The rate that these runs have, and that of the stage where it is another one."""
    rate, stage = digits(careful.alpha or 0), digits(shown.alpha or 0)
    return f"α = {rate}" if rate == stage else f"a small α = {rate} ({stage} on the stage)"


def outcome_of(remedy: Remedy, rows: list[Minimum]) -> str:
    """What came of a remedy, in one or two sentences."""
    low, high = digits(float(remedy.values.min())), digits(float(remedy.values.max()))
    range_ = TRIED[remedy.name].format(low=low, high=high, sigma=digits(remedy.shown.noise))
    count = f"{remedy.out} of {len(remedy.values)}" if remedy.out else "None"
    text = f"**{count}** of the" if not remedy.out else f"**{count}**"
    text += f" {range_} {'led' if remedy.out != 1 else 'leads'} to another valley"
    if remedy.out and remedy.ending.basin is not None:
        row = rows[remedy.ending.basin]
        text += f"; the first, {SYMBOLS[remedy.knob]}\u00a0=\u00a0{digits(remedy.value)}, to {point(row.place)},"
        text += f" loss {digits(row.loss)}, L\u00a0=\u00a0{digits(row.sharpness)}"
    return text + "." + (f" {remedy.gone} left the map." if remedy.gone else "")


def _show(remedy: Remedy) -> None:
    lab = current()
    lab.take(lab.race.leading(remedy.shown))
    lab.shows += 1
    lab.redraw.stage_first()


def show_shares(lab: Lab) -> None:
    """Runs of many seeds: where they end, against the noise or against the rate."""
    scenario = lab.scenario
    against = st.segmented_control(
        "Against", list(AGAINST), format_func=AGAINST.__getitem__, default="noise", key="valleys_against", required=True
    )
    against = against or "noise"  # required, but a browser may send none
    if against == "noise":
        careful = valleys.careful(scenario)
        scenario, fixed = scenario.having(alpha=careful.alpha), _rate(scenario, careful)
        now: float | None = lab.scenario.noise
    else:
        fixed, now = f"σ = {digits(scenario.noise)}", scenario.alpha
    found = valleys.shares(scenario, against)
    own = basins.home(scenario)
    say(f"Each point is {valleys.SEEDS} runs with other noise; {plain(fixed)}. {_most(found, own)}")
    alt = f"Share of the seeds that end in each valley, against {AGAINST[against]}."
    chart(_shares(scenario, against, now, theme()), key="shares", alt=alt)


@made_once_for(FIGURES)
def _shares(scenario: Scenario, against: str, now: float | None, colours: Theme) -> Figure:
    rows, own = basins.minima(scenario), basins.home(scenario)
    symbol = "noise σ" if against == "noise" else "rate α"
    return shares_figure(valleys.shares(scenario, against), rows, own, symbol, now, colours)


def _most(found: valleys.Shares, own: int | None) -> str:
    """From which value on do most of the runs end elsewhere?"""
    if own is None:
        return ""
    away = np.flatnonzero(found.ended[:, own] < 0.5)
    if not away.size:
        return "At every value most of them stay in the first valley."
    symbol = "σ" if found.knob == "noise" else "α"
    return f"From {symbol} = {digits(float(found.values[away[0]]))} on, most of them end elsewhere."


def where_it_ended(page: Page) -> None:
    """Where the run went, what each minimum holds, what helps a run to leave, and what noise does: one at a time."""
    if first_predict(page):
        return
    with run_text():
        run, minima, leaving, noise = st.tabs(["The run", "The minima", "What helps to leave?", "Noise"])
        with run:
            where_it_went(page.lab)
            story(page.lab, 3)
        with minima:
            show_minima(page.lab)
        with leaving:
            show_remedies(page.lab)
        with noise:
            show_shares(page.lab)
