"""One run with the callback against a chain of jobs with constant rates: on the stage, in a table, in words."""

from __future__ import annotations

import streamlit as st

from lrviz import stage
from lrviz.knob import digits
from lrviz.lessons.hyperparameter import Chain, chain, compared, measured, one_setting
from lrviz.ui.frame import run_text
from lrviz.ui.lab import Lab
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import story
from lrviz.ui.terms import note, say
from lrviz.ui.words import plain, point

MOST_ROWS = 8
NAMES = ("State kept", "Fresh jobs")
"""Of the two chains; short, so that the legend has room on a phone."""


def _links(lab: Lab) -> Chain | None:
    return chain(lab.scenario) if lab.scenario.plateau_knobs else None


def chained(lab: Lab) -> list[stage.Run]:
    """The two chains as runs of the stage, beside those of the race."""
    links, place = _links(lab), len(lab.race.scenarios)
    if links is None or links.handed_on is None or links.fresh is None or place > 4:
        return []
    formula = lab.scenario.rule.formula
    return [
        stage.Run(name, run, place + i, formula)
        for i, (name, run) in enumerate(zip(NAMES, (links.handed_on, links.fresh), strict=True))
    ]


def the_chain(lab: Lab) -> None:
    """How far each chain is from the run with the callback."""
    links = _links(lab)
    if links is None:
        say("This run has no callback.")
        return
    say("\n".join(f"- {plain(sentence)}" for sentence in measured(links)))
    why = compared(links)
    if why:
        say(plain(why))


def the_jobs(lab: Lab) -> None:
    """The jobs that retrace the run."""
    links = _links(lab)
    if links is None:
        return
    rows = [
        f"| {i} | {job.begin + 1} to {job.end} | {digits(job.rate)} | {plain(point(links.run.x[job.begin]))} |"
        for i, job in enumerate(links.jobs[:MOST_ROWS], start=1)
    ]
    st.markdown("| Job | Steps | Constant rate | Starts at |\n| --: | :-- | :-- | :-- |\n" + "\n".join(rows))
    if len(links.jobs) > MOST_ROWS:
        note(f"{len(links.jobs) - MOST_ROWS} more jobs follow.")


def the_setting(lab: Lab) -> None:
    """What was set before the run, and which rates came of it."""
    links = _links(lab)
    if links is not None:
        say(plain(one_setting(lab.scenario, links)))


def what_the_jobs_did(page: Page) -> None:
    """How far the chains are from the run, the jobs, and what was set."""
    if first_predict(page):
        return
    with run_text():
        paths, jobs, setting = st.tabs(["The paths", "The jobs", "What was fixed"])
        with paths:
            the_chain(page.lab)
            story(page.lab, most=2)
        with jobs:
            the_jobs(page.lab)
        with setting:
            the_setting(page.lab)
