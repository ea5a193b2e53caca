"""The search for a rate: ten tries by hand, and how they compare with searches, a range test and all rates."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz import play, stage
from lrviz.analysis.sentences import sentences
from lrviz.analysis.stability import edge
from lrviz.figures.lessons.finding import LETTERS, beside_figure, finding_figure
from lrviz.knob import BadInput, digits
from lrviz.lessons import finding
from lrviz.lessons.finding import ALL, BESIDE, BUDGET, SEEDS, Ends, Found
from lrviz.link import Link
from lrviz.maps.map import PARAMETER
from lrviz.palette import MOST_RUNS
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.scenario import ALPHA, Scenario
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.pages import MAPS
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import draw_knob, face_value
from lrviz.ui.words import marked, plain

YOURS = replace(ALPHA, label="Your rate", symbol="")
TRY = "Try this rate"
FIRST = 0.001
"""Where the slider stands before the first try."""


def _tried(scenario: Scenario) -> list[float]:
    """The rates that the visitor has tried in this setting, in their order."""
    return st.session_state.setdefault("finding_tried", {}).setdefault(finding.constant(scenario).to_json(), [])


def own_try(lab: Lab) -> list[stage.Run]:
    """The rate that was tried last, as a run beside the test."""
    tried, place = _tried(lab.scenario), len(lab.race.scenarios)
    if not tried or place >= MOST_RUNS or finding.lacks(lab.race):
        return []
    scenario = finding.constant(lab.scenario, tried[-1])
    return [play.named("Your try", scenario, run_of(scenario), place)]


def by_hand(lab: Lab) -> None:
    """A constant rate beside the test on the stage; each press of the button is a try, up to ten. A form: a key on the
    slider is no try yet."""
    if finding.lacks(lab.race):
        return
    tried = _tried(lab.scenario)
    left, shown = BUDGET - len(tried), tried[-1] if tried else FIRST
    key = lab.key("tried_rate", face_value(ALPHA, shown))
    say(
        f"**Your turn.** Find a good constant rate: choose one, then press *{TRY}*. {left} of {BUDGET} tries are left."
        if left
        else f"**Your ten tries are spent.** Of all {ALL} rates {_beaten(lab.scenario)} end lower than your best."
    )  # fmt: skip
    with st.form("tries_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        draw_knob(YOURS, shown, key, disabled=not left)
        st.form_submit_button(TRY, on_click=_try, args=(key,), disabled=not left)
    if tried:
        ends = finding.ends(finding.constant(lab.scenario), tuple(tried))
        last, best = (f"α = {digits(tried[i])} {_how(ends, float(ends.losses[i]))}" for i in (-1, ends.best))
        say(plain(f"{last}. Your best so far: {best}."))
        st.button("Begin again", key="tries_again", type="tertiary", on_click=_again)


def _beaten(scenario: Scenario) -> int:
    return finding.best_of(scenario, "You", _tried(scenario)).lower


def _try(key: str) -> None:
    lab = current()
    given = lab.given(key)
    tried = _tried(lab.scenario)
    if given is None or len(tried) >= BUDGET:
        return
    try:
        tried.append(float(ALPHA.check(given)))  # type: ignore[arg-type]
    except BadInput:
        return
    lab.shows += 1
    lab.redraw.stage_first()


def _again() -> None:
    _tried(current().scenario).clear()


def what_the_searches_found(page: Page) -> None:
    """The range test over every rate, the searches side by side, and tests with other noise: one at a time."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    with run_text():
        picture, words, table, many = st.tabs(["Picture", "In words", "Searches", "Other noises"])
        with picture:
            _picture(page.lab)
        with words:
            texts = sentences(finding.story(page.lab.scenario))
            say("\n".join(f"- {marked(sentence)}" for sentence in texts))
        with table:
            _table(page.lab)
        with many:
            _others(page.lab)


def _picture(lab: Lab) -> None:
    scenario = lab.scenario
    every, rows, tried = finding.ends(finding.constant(scenario)), finding.advice(scenario), _tried(scenario)
    losses = finding.ends(finding.constant(scenario), tuple(tried)).losses.tolist() if tried else []
    texts = sentences(finding.story(scenario))
    figure = finding_figure(
        finding.seen(scenario), every, rows, edge(scenario), dict(zip(tried, losses, strict=True)), theme()
    )
    chart(figure, "finding_chart", " ".join(texts).replace("*", ""))
    letters = ", ".join(f"{LETTERS[row.key]} {row.name.lower()}" for row in rows)
    note(f"{letters}. Crosses: your tries." if rows else "Crosses: your tries.")


def _table(lab: Lab) -> None:
    scenario = lab.scenario
    every, tried = finding.ends(finding.constant(scenario)), _tried(scenario)
    rows = [finding.best_of(scenario, "You", tried)] if tried else []
    rows += finding.searches(scenario)
    rows += [Found(row.name, row.rate, row.loss, row.lower) for row in finding.advice(scenario)]
    lines = ["| Search | Rate | Loss | Beaten by |", "| :-- | --: | --: | --: |"]
    for row in rows:
        loss = "flies off" if every.flies_off(row.loss) else plain(digits(row.loss))
        lines.append(f"| {row.name} | {plain(digits(row.rate))} | {loss} | {row.lower} |")
    with st.container(key="finding_table"):
        st.markdown("\n".join(lines))
        noise = f" With noise, losses are medians of {SEEDS}." if scenario.noise else ""
        low, high = finding.at_random(scenario)[0].middle or (0, 0)
        note(
            f"Beaten by: how many of all {ALL} rates end lower. A search takes ten runs, the four suggestions one."
            f" Random: the middle one of {SEEDS}; half of them are beaten by {low} to {high}.{noise}"
        )


def _others(lab: Lab) -> None:
    rows = [row for row in finding.advice(lab.scenario) if len(row.others)]
    if not rows:
        say("This run has no noise: each test of it is the same. Choose *Noise* above.")
        return
    lines = ["| Suggestion | Middle half | Fly off |", "| :-- | :-- | --: |"]
    for row in rows:
        low, high = (plain(digits(rate)) for rate in row.middle)
        lines.append(f"| {row.name} | {low} to {high} | {row.off} of {len(row.others)} |")
    with st.container(key="other_noises"):
        st.markdown("\n".join(lines))
        note(f"{SEEDS} range tests, each with other noise: where the middle half of the suggestions lies.")


def one_knob(lab: Lab) -> None:
    """Which axis of a map matters more: the rate, or a knob beside it. Computed when one is chosen."""
    which = st.selectbox("Beside the rate", list(BESIDE), index=None, placeholder="Choose a knob", key="beside")
    if which not in BESIDE:
        return
    height, share = finding.matters(which)
    plan = BESIDE[which]
    text = (
        f"{share.x:.0%} of the spread goes with the rate alone, {share.y:.0%} with the other knob alone, and"
        f" {share.both:.0%} with both together."
    )
    chart(beside_figure(plan, height, theme()), "beside_chart", f"{plan.title}. {text}")
    say(plain(text))
    note(
        "Spread: variance of the log loss. Alone: the variance of the means over the other knob. (Hutter et al., 2014)"
    )
    params = Link(Race(plan.scenario)).to_params() | {PARAMETER: plan.to_text()}
    st.page_link(MAPS, label="Open this map", icon=":material/arrow_forward:", query_params=params)


def _how(ends: Ends, loss: float) -> str:
    return "flies off" if ends.flies_off(loss) else f"ends at {digits(loss)}"
