"""The run without the callback beside the one with it, the other framework, and what the callback did to the run."""

from __future__ import annotations

import math
from dataclasses import replace

import streamlit as st

from lrviz import play, stage
from lrviz.analysis import verdicts
from lrviz.figures import FIGURES, Figure
from lrviz.figures.lessons.stuck import patience_figure
from lrviz.frameworks import FRAMEWORKS, OTHER
from lrviz.knob import apart, digits
from lrviz.lessons import stuck
from lrviz.once import made_once_for
from lrviz.palette import MOST_RUNS, Theme
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import story
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import fold
from lrviz.ui.words import plain

MOST_CUTS = 7
NAME = "Without the callback"
FORGOT = "Callback forgotten"
FORGOTTEN = "callback_forgotten"


def without_callback(lab: Lab) -> list[stage.Run]:
    """The same run at a constant rate, pale beside those of the race; and, if it is wanted, with its callback's memory
    lost on the way."""
    place = len(lab.race.scenarios)
    if not lab.scenario.plateau_knobs or place + 1 >= MOST_RUNS:
        return []
    constant = lab.scenario.having(schedule="constant")
    runs = [replace(play.named(NAME, constant, run_of(constant), place), pale=True)]
    found = stuck.forgotten(lab.scenario)[0] if st.session_state.get(FORGOTTEN) else None
    if found:
        runs.append(play.named(FORGOT, constant, found.run, place + 1))
    return runs


def other_framework(lab: Lab) -> None:
    """The other framework as a second run."""
    raced = stuck.rival_of(lab.race) is not None
    key = lab.key("plateau_rival", raced)
    other = FRAMEWORKS[OTHER[lab.scenario.framework]]
    st.toggle(f"Race {other}, same numbers", raced, key=key, on_change=_raced, args=(key,))


def _raced(key: str) -> None:
    lab = current()
    on = lab.given(key)
    if on is not None:
        lab.take(Race(lab.race.first, (stuck.rival(lab.race.first),) if on else ()))
        lab.shows += 1


def with_and_without(lab: Lab) -> None:
    """The loss at the end with the callback and at a constant rate, of this run or with many noises."""
    scenario = lab.scenario
    if not scenario.plateau_knobs:
        say("This run has no callback.")
        return
    compared = stuck.compare(scenario)
    hardly = "no" if compared.with_it == compared.without else "hardly any" if compared.sure else "no clear"
    noisy = compared.seeds > 1
    whom = "runs like this" if noisy else "this run"
    words = {
        "better": f":material/trending_down: The callback **helped** {whom}.",
        "worse": f":material/trending_up: The callback made {whom} **worse**.",
        "same": f":material/trending_flat: The callback made **{hardly} difference** to {whom}.",
    }
    ended = f"Loss at the end, median of {compared.seeds} noises" if noisy else "Loss at the end"
    say(
        f"{words[compared.outcome]} {ended}: **{plain(digits(compared.with_it))}** with it,"
        f" **{plain(digits(compared.without))}** without (mean of the last {compared.steps} steps)."
        f"{stuck.how_often(compared)}"
    )
    if never := stuck.never_cut(scenario, run_of(scenario)):
        say(plain(never))


def the_cuts(lab: Lab) -> None:
    """What "reduce" means: the old and the new rate of each cut, and the loss on both stairs."""
    scenario = lab.scenario
    if not scenario.plateau_knobs:
        return
    run = run_of(scenario)
    say(plain(stuck.reduced(scenario, run)))
    made = stuck.cuts(run)
    if made:
        rows = [
            f"| {cut.step} | {' → '.join(apart(cut.old, cut.new))} | {digits(cut.loss_before)} → {_after(cut)} |"
            for cut in made[:MOST_CUTS]
        ]
        floors = [stuck.predicted_floor(scenario, cut.new) for cut in made[:MOST_CUTS]]
        known = all(floor is not None for floor in floors)
        if known:
            rows = [f"{row} {digits(floor or 0)} |" for row, floor in zip(rows, floors, strict=True)]
        head = "| Cut after | Rate | Mean loss |" + (" Formula |" if known else "")
        with st.container(key="cuts_table"):
            st.markdown("\n".join([head, "| --: | :-- | :-- |" + (" --: |" if known else ""), *rows]))
        more = f" {len(made) - MOST_CUTS} more cuts follow." if len(made) > MOST_CUTS else ""
        formula = " Formula: the noise floor of *Why*." if known else ""
        note(f"Mean loss: over the second half of the steps at each rate.{formula}{more}")


def two_loops(lab: Lab) -> None:
    """Stop the run and go on, with and without the callback's memory; at a click on the stage too."""
    say(
        "There are two loops. The inner one takes **steps** and remembers the weights. After each **epoch** the outer"
        " one asks the callback, which remembers the best loss and the wait."
    )
    found, texts = stuck.forgotten(lab.scenario)
    if found is None:
        say("This run has no cut that was waited for: choose a shorter patience.")
        return
    say("\n".join(f"- {plain(sentence)}" for sentence in texts))
    shown = bool(st.session_state.get(FORGOTTEN))
    key = lab.key(FORGOTTEN, shown)
    st.toggle("Show the run whose callback forgot", shown, key=key, on_change=_forgot, args=(key,))


def _forgot(key: str) -> None:
    lab = current()
    on = lab.given(key)
    if on is not None:
        st.session_state[FORGOTTEN] = bool(on)
        lab.shows += 1
        lab.redraw.stage_first()


def _after(cut: stuck.Cut) -> str:
    return digits(cut.loss_after) if math.isfinite(cut.loss_after) else "–"


def frameworks(lab: Lab) -> None:
    """When each framework cuts, if both are in the race, and what this one makes of the settings of this run."""
    raced = _side_by_side(lab)
    if not lab.scenario.plateau_knobs:
        return
    if found := verdicts.remarks(lab.scenario, run_of(lab.scenario)):
        say(plain(" ".join(found)))
    if raced:
        note(plain(verdicts.FLOAT64))
    else:
        say(f"Switch on *Race {FRAMEWORKS[OTHER[lab.scenario.framework]]}* in *Try*, and compare.")


def _side_by_side(lab: Lab) -> bool:
    """When each cuts. Are both in the race?"""
    other = stuck.rival_of(lab.race)
    if other is None or not lab.scenario.plateau_knobs or not other.plateau_knobs:
        return False
    say(plain(" ".join(stuck.against(lab.scenario, other))))
    return True


def wasted(lab: Lab) -> None:
    """The steps that were wasted, and what another patience would have cost and brought."""
    scenario = lab.scenario
    say("\n".join(f"- {plain(sentence)}" for sentence in stuck.waste(scenario, run_of(scenario))))
    place = fold("Another patience?", key="patience_fold") if scenario.plateau_knobs else None
    if place is None:
        return
    with place:
        text = stuck.story(scenario, stuck.sweep(scenario))
        say(plain(text))
        chart(_patience(scenario, theme()), "patience_sweep", f"Steps wasted and loss over patience. {text}")


@made_once_for(FIGURES)
def _patience(scenario: Scenario, colours: Theme) -> Figure:
    floor = scenario.surface_row.floor(scenario.coef)
    return patience_figure(stuck.sweep(scenario), int(scenario["patience"]), floor, colours)  # type: ignore[arg-type]


def what_the_cuts_did(page: Page) -> None:
    """With and without the callback, what a cut is, the frameworks, and the wasted steps: one at a time."""
    if first_predict(page):
        return
    with run_text():
        run, reduce, loops, both, steps = st.tabs(["The run", "“Reduce”", "Two loops", "Keras, PyTorch", "Wasted"])
        with run:
            with_and_without(page.lab)
            story(page.lab, most=3)
        with reduce:
            the_cuts(page.lab)
        with loops:
            two_loops(page.lab)
        with both:
            frameworks(page.lab)
        with steps:
            wasted(page.lab)
