"""The plateau microscope: which plateau, the other framework beside it, and what the callback did to the run."""

from __future__ import annotations

import math

import streamlit as st

from lrviz.analysis import verdicts
from lrviz.figures.lessons.stuck import patience_figure
from lrviz.frameworks import FRAMEWORKS, OTHER
from lrviz.knob import apart, digits
from lrviz.lessons import LESSONS, stuck
from lrviz.lessons.stuck import PLATEAUS
from lrviz.play import run_of
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.ui.frame import chart, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.words import plain

MOST_CUTS = 7


def which_plateau(lab: Lab) -> None:
    """One row over the stage: which of the plateaus, and the other framework as a second run."""
    scenario = lab.scenario
    with st.container(key="plateaus", horizontal=True, vertical_alignment="center", gap="medium"):
        kind, raced = stuck.kind(scenario), rival_of(lab.race) is not None
        key = lab.key("plateau_kind", kind)
        st.segmented_control(
            "Which plateau",
            list(PLATEAUS),
            format_func=lambda key: PLATEAUS[key].label,
            default=kind,
            required=True,
            key=key,
            on_change=_chosen,
            args=(key,),
            label_visibility="collapsed",
            width="content",
        )
        key = lab.key("plateau_rival", raced)
        other = FRAMEWORKS[OTHER[scenario.framework]]
        st.toggle(f"Race {other}, same numbers", raced, key=key, on_change=_raced, args=(key,))
        bars = " Bars: epoch means." if scenario.monitor == "loss" and scenario.steps_per_epoch > 1 else ""
        st.caption(plain(PLATEAUS[kind].what + bars), width="stretch")


def rival_of(race: Race) -> Scenario | None:
    """The run of the race in the other framework, if there is one."""
    return next((other for other in race.scenarios[1:] if other.framework != race.first.framework), None)


def _chosen(key: str) -> None:
    lab = current()
    kind = lab.given(key)
    if kind is None:
        return
    race = LESSONS[lab.page].race
    first = race.first.having(**PLATEAUS[kind].changes)
    lab.take(Race(first, (stuck.rival(first),) if rival_of(lab.race) else ()))


def _raced(key: str) -> None:
    lab = current()
    on = lab.given(key)
    if on is not None:
        lab.take(Race(lab.race.first, (stuck.rival(lab.race.first),) if on else ()))


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
    st.markdown(
        f"{words[told.outcome]} Loss at the end: **{plain(digits(told.with_it))}** with it,"
        f" **{plain(digits(told.without))}** without (mean of the last {told.steps} steps)."
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
            f"| {cut.step} | {' → '.join(apart(cut.old, cut.new))} | {digits(cut.loss_before)} → "
            f"{digits(cut.loss_after) if math.isfinite(cut.loss_after) else '–'} |"
            for cut in made[:MOST_CUTS]
        ]
        head = "| Cut after step | Rate | Mean loss |\n| --: | :-- | :-- |\n"
        st.markdown(head + "\n".join(rows))
        more = f" {len(made) - MOST_CUTS} more cuts follow." if len(made) > MOST_CUTS else ""
        st.caption(f"Mean loss: over the second half of the steps at each rate.{more}")


def frameworks(lab: Lab) -> None:
    """When each framework cuts, if both are in the race, and what this one makes of the settings of this run."""
    _side_by_side(lab)
    if lab.scenario.plateau_knobs:
        st.markdown(plain(" ".join(verdicts.remarks(lab.scenario, run_of(lab.scenario)))))
        st.caption(plain(verdicts.FLOAT64))


def _side_by_side(lab: Lab) -> None:
    other = rival_of(lab.race)
    if other is None or not lab.scenario.plateau_knobs or not other.plateau_knobs:
        names = " and ".join(FRAMEWORKS.values())
        st.markdown(f"Switch on the second run above the stage: {names}, with the same numbers.")
        return
    st.markdown(plain(" ".join(stuck.against(lab.scenario, other))))


def wasted(lab: Lab) -> None:
    """The steps that gained nothing, and what another patience would have cost and brought."""
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
