"""A learning-rate curve of the visitor's own: drawn on the stage with the pointer, or typed as points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lrviz.knob import BadInput, number_text
from lrviz.palette import MOST_RUNS
from lrviz.race import Race
from lrviz.schedules import SCHEDULES
from lrviz.ui.lab import Lab, current
from lrviz.ui.widgets import complaint, hint, typed_the_same

POINTS = SCHEDULES["drawn"].knobs[0]
FIELD = "drawn_points"


def with_drawn(race: Race, points: str) -> Race:
    """The race in which the run with the drawn schedule has these points; without one it joins, in the last one's place
    where the race is full. Raises ``BadInput``."""
    if race.first.schedule == "drawn":
        return race.leading(race.first.having(points=points))
    own = {"schedule": "drawn", "points": points}
    for run, other in enumerate(race.others, start=1):
        if other.get("schedule") == "drawn":
            return race.own(run, **own)
    full = len(race.scenarios) >= MOST_RUNS
    return (race.remove(len(race.others)) if full else race).add(own)


def draws(race: Race) -> bool:
    """Does a run follow a curve that is drawn by hand?"""
    return any(run.schedule == "drawn" and run.optimizer_row.has_rate for run in race.scenarios)


def drawn_points(race: Race) -> str:
    """The points of the drawn run as text; empty if there is none, or none were given."""
    points = (run["points"] for run in race.scenarios if run.schedule == "drawn")
    return str(next(points, None) or "")


def take_drawn(points: Sequence[tuple[int, float]]) -> None:
    """From the stage: step:rate points."""
    _take(",".join(f"{step}:{number_text(rate)}" for step, rate in points))


def drawn_field(lab: Lab) -> None:
    """The points of the drawn run, to be typed: the way without a pointer."""
    points = drawn_points(lab.race)
    key = lab.key(FIELD, points, partial(typed_the_same, lab, FIELD, POINTS))
    st.text_input(
        "Your own curve, as step:rate points", points, max_chars=POINTS.longest, key=key,
        placeholder="0:0.02, 20:0.15, 149:0.001", help=hint(POINTS), on_change=_typed, args=(key,),
    )  # fmt: skip
    complaint(lab, FIELD)


def own_curve(lab: Lab) -> None:
    """How to draw, where a run is drawn by hand; and its points to be typed, but where the knobs of the page, which are
    the first run's, have them."""
    if not draws(lab.race):
        return
    st.caption(
        "Press *Draw a curve* on the panel of the rate, then drag over it from left to right. Or type its points."
    )
    if lab.race.first.schedule != "drawn":
        drawn_field(lab)


def _typed(key: str) -> None:
    text = current().given(key)
    if text is not None and text.strip():
        _take(text)


def _take(text: str) -> None:
    lab = current()
    lab.touched = True
    try:
        lab.take(with_drawn(lab.race, str(POINTS.check(text))))
        lab.wrong.pop(FIELD, None)
    except BadInput as wrong:
        lab.wrong[FIELD] = str(wrong)
