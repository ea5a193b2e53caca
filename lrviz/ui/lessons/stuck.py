"""The run without the callback beside the one with it, the other framework, and what the callback did to the run."""

from __future__ import annotations

import math

import streamlit as st

from lrviz import play, stage
from lrviz.analysis import verdicts
from lrviz.figures.lessons.stuck import patience_figure
from lrviz.frameworks import FRAMEWORKS, OTHER
from lrviz.knob import apart, digits
from lrviz.lessons import stuck
from lrviz.palette import MOST_RUNS
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.ui.frame import chart, theme, told
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import story
from lrviz.ui.words import plain

MOST_CUTS = 7
NAME = "Without the callback"


def without_callback(lab: Lab) -> list[stage.Run]:
    """The same run at a constant rate, beside those of the race."""
    place = len(lab.race.scenarios)
    if not lab.scenario.plateau_knobs or place >= MOST_RUNS:
        return []
    constant = lab.scenario.having(schedule="constant")
    return [play.named(NAME, constant, run_of(constant), place)]


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
    """The loss at the end of this run with the callback and at a constant rate."""
    scenario = lab.scenario
    if not scenario.plateau_knobs:
        st.markdown("This run has no callback.")
        return
    told = stuck.compare(scenario)
    hardly = "no" if told.with_it == told.without else "hardly any"
    words = {
        "better": ":material/trending_down: The callback **helped** this run.",
        "worse": ":material/trending_up: The callback made this run **worse**.",
        "same": f":material/trending_flat: The callback made **{hardly} difference** to this run.",
    }
    noisy = told.seeds > 1
    ended = f"Median of {told.seeds} noises, loss at the end" if noisy else "Loss at the end"
    often = f" It is lower with it in {told.lower} of the {told.seeds}." if noisy else ""
    st.markdown(
        f"{words[told.outcome]} {ended}: **{plain(digits(told.with_it))}** with it,"
        f" **{plain(digits(told.without))}** without (mean of the last {told.steps} steps).{often}"
    )


def the_cuts(lab: Lab) -> None:
    """What "reduce" means: the old and the new rate of each cut, and the loss on both stairs."""
    scenario = lab.scenario
    if not scenario.plateau_knobs:
        return
    run = run_of(scenario)
    st.markdown(plain(stuck.reduced(scenario, run)))
    st.markdown(plain(stuck.weights_or_rate(scenario, run)))
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
        formula = " Formula: the floor of the *Why* step." if known else ""
        st.caption(f"Mean loss: over the second half of the steps at each rate.{formula}{more}")


def _after(cut: stuck.Cut) -> str:
    return digits(cut.loss_after) if math.isfinite(cut.loss_after) else "–"


def frameworks(lab: Lab) -> None:
    """When each framework cuts, if both are in the race, and what this one makes of the settings of this run."""
    _side_by_side(lab)
    if lab.scenario.plateau_knobs:
        st.markdown(plain(" ".join(verdicts.remarks(lab.scenario, run_of(lab.scenario)))))
        st.caption(plain(verdicts.FLOAT64))


def _side_by_side(lab: Lab) -> None:
    other = stuck.rival_of(lab.race)
    if other is None or not lab.scenario.plateau_knobs or not other.plateau_knobs:
        return
    st.markdown(plain(" ".join(stuck.against(lab.scenario, other))))


def wasted(lab: Lab) -> None:
    """The steps that were wasted, and what another patience would have cost and brought."""
    scenario = lab.scenario
    st.markdown(plain(" ".join(stuck.waste(scenario, run_of(scenario)))))
    if not scenario.plateau_knobs:
        return
    found = stuck.sweep(scenario)
    said = stuck.told(scenario, found)
    st.markdown(plain(said))
    floor = scenario.surface_row.floor(scenario.coef)
    own = int(scenario["patience"])  # type: ignore[arg-type]
    chart(patience_figure(found, own, floor, theme()), "patience_sweep", f"Steps wasted and loss over patience. {said}")


def what_the_cuts_did(page: Page) -> None:
    """With and without the callback, what a cut is, the frameworks, and the wasted steps: one at a time."""
    if first_predict(page):
        return
    with told():
        run, reduce, both, steps = st.tabs(["The run", "“Reduce”", "Keras, PyTorch", "Wasted steps"])
        with run:
            with_and_without(page.lab)
            story(page.lab, most=3)
        with reduce:
            the_cuts(page.lab)
        with both:
            frameworks(page.lab)
        with steps:
            wasted(page.lab)
