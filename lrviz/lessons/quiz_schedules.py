"""Questions about schedules, graded by running them or by looking at their rates. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.knob import digits
from lrviz.lessons.quiz import Question, which_ends_lowest
from lrviz.scenario import Scenario
from lrviz.schedules import SCHEDULES

PARTS = ("In the first tenth of the run", "Between the first tenth and the middle", "After the middle")


def lowest(scenario: Scenario, what: str, schedules: Sequence[str], **changes: str | float) -> Question:
    """Which of these schedules ends lowest, with these changes? Graded by running them."""
    options = {SCHEDULES[key].name: {"schedule": key} for key in schedules}
    return which_ends_lowest(scenario.having(**changes), what, options)


def when_highest(scenario: Scenario, what: str, schedule: str) -> Question:
    """In which part of the run is the rate of this schedule highest?"""
    rates = scenario.having(schedule=schedule).rates()
    at = int(np.argmax(rates))
    part = at / max(len(rates), 1)
    right = 0 if part < 0.1 else 1 if part < 0.5 else 2
    name = SCHEDULES[schedule].name
    because = f"{name} is highest at step {at} of {len(rates)}, with a rate of {digits(float(rates[at]))}."
    return Question(what, PARTS, right, because)
