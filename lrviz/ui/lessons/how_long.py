"""The hunt for the edge: the learner finds the largest rate that still comes down before it is named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from lrviz.analysis.stability import edge
from lrviz.knob import digits
from lrviz.play import run_of
from lrviz.scenario import Scenario
from lrviz.ui.frame import run_text
from lrviz.ui.lab import Lab
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.story import show_gauge, story
from lrviz.ui.terms import say
from lrviz.ui.words import plain

FOUND_WITHIN = 1.25
"""The hunt is over, a stop of the slider from the edge, when the smallest rate that flew off is so near the largest
that came down."""


@dataclass(frozen=True)
class Hunt:
    """tried: rate -> did it come down. good, bad: the largest that came down, the smallest above it that did not."""

    tried: dict[float, bool]
    good: float | None
    bad: float | None
    edge: float | None

    @property
    def found(self) -> bool:
        return self.good is not None and self.bad is not None and self.bad <= self.good * FOUND_WITHIN


def hunt(lab: Lab) -> Hunt:
    """The rates that the visitor has tried in this setting, with the one of the moment among them."""
    scenario = lab.scenario
    setting = scenario.having(alpha=1.0).to_json()
    tried: dict[float, bool] = st.session_state.setdefault("tried", {}).setdefault(setting, {})
    tried[float(scenario.alpha or 0)] = comes_down(scenario)
    good = max((rate for rate, down in tried.items() if down), default=None)
    bad = min((rate for rate, down in tried.items() if not down and rate > (good or 0)), default=None)
    return Hunt(tried, good, bad, edge(scenario))


def show_hunt(state: Hunt) -> None:
    """What was tried, how near the edge is, and its name when it is found."""
    if len(state.tried) == 1:  # the run that was predicted: nothing has been tried
        return
    latest = sorted(state.tried.items())[-6:]
    fell, rose = (", ".join(digits(rate) for rate, down in latest if down == which) for which in (True, False))
    found = [f"fell with α = {fell}"] if fell else []
    found += [f"did not fall with α = {rose}"] if rose else []
    say(plain(f"Up to now the loss {' and '.join(found)}."))
    if state.good is None or state.bad is None:
        say("Try a rate that flies off." if state.bad is None else "Try a smaller rate.")
        return
    between = f"between {digits(state.good)} and {digits(state.bad)}"
    if not state.found:
        say(f"The edge lies {plain(between)}. Come closer.")
    else:
        named = f" Computed from the curvature, it is 2/L = **{plain(digits(state.edge))}**." if state.edge else ""
        say(f":material/check_circle: Found: it lies {plain(between)}.{named}")


def comes_down(scenario: Scenario) -> bool:
    """Is the loss at the end below the loss at the start?"""
    run = run_of(scenario)
    return bool(np.isfinite(run.loss[-1]) and run.loss[-1] < run.loss[0])


def what_it_did(page: Page) -> None:
    """The story of the run, and, once the edge is found, how close its steps came to it."""
    if first_predict(page):
        return
    with run_text():
        story(page.lab, most=3)
        if hunt(page.lab).found:
            show_gauge(page.lab)
