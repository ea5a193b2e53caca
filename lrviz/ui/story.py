"""What happened in the run on the page, in words, each with a way to its step."""

from __future__ import annotations

import streamlit as st

from lrviz.analysis.diagnosis import MOST, Diagnosis, diagnose
from lrviz.analysis.summary import stability, summary
from lrviz.knob import apart
from lrviz.once import made_once_for
from lrviz.play import run_of
from lrviz.scenario import Scenario
from lrviz.ui.lab import Lab, current
from lrviz.ui.redraw import WORDS
from lrviz.ui.runs import remember
from lrviz.ui.terms import explain_again, say, say_below
from lrviz.ui.words import marked, plain


@made_once_for(64)
def _diagnosed(scenario: Scenario) -> Diagnosis:
    """A class sees the same run, and a page tells of it in several places."""
    return diagnose(scenario, run_of(scenario))


def what_happened(lab: Lab) -> None:
    """The first run in short sentences; those about a step lead there. A part of its own: it can follow the stage
    while nothing else does."""
    lab.redraw.parts.add(WORDS)
    _sentences()


@st.fragment(key=WORDS)
def _sentences() -> None:
    lab = current()
    remember(lab)
    explain_again()
    run = run_of(lab.scenario)
    found = _diagnosed(lab.scenario)
    statements = [*summary(lab.scenario, run), *stability(lab.scenario, found.gauge)]
    say("\n".join(f"- {marked(statement.sentence)}" for statement in statements))
    _events(found)


def story(lab: Lab, most: int = MOST) -> None:
    """The events of the first run, as the diagnosis finds them; one click each shows the step on the stage."""
    _events(_diagnosed(lab.scenario), most)


def _events(found: Diagnosis, most: int = MOST) -> None:
    events = found.story(most)
    with st.container(key="story", gap="small"):
        for i, event in enumerate(events):
            st.button(
                plain(event.sentence),
                key=f"jump_{i}",
                type="tertiary",
                icon=":material/my_location:",
                on_click=_jump,
                args=(event.step,),
            )
        say_below(*(event.sentence for event in events))


def show_gauge(lab: Lab) -> None:
    """How much of what the surface allows the longest step took: a bar, full at the limit, and what follows from it."""
    gauge = _diagnosed(lab.scenario).gauge
    if gauge.most is None or gauge.limit is None:
        return
    if gauge.most > 0:  # else the surface never curves up, and there is nothing to stay below
        say("**Rate × curvature**, and the limit that it must stay below")
        st.progress(min(gauge.most / gauge.limit, 1.0), text=" of ".join(apart(gauge.most, gauge.limit)))
    say("\n".join(f"- {marked(statement.sentence)}" for statement in stability(lab.scenario, gauge)))


def _jump(step: int) -> None:
    lab = current()
    lab.jump = ((lab.jump or (0, 0))[0] + 1, step)
    lab.redraw.stage_alone()
