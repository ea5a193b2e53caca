"""The questions of the check: one cut, another patience, and what a cut changes."""

from __future__ import annotations

import numpy as np

from lrviz.analysis.verdicts import next_rate
from lrviz.knob import digits
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.once import made_once_for
from lrviz.scenario import Scenario
from lrviz.simulation import simulate


@made_once_for(QUESTIONS)
def which_rate(scenario: Scenario) -> Question:
    """To what does one cut take the rate? The wrong choices divide by the factor, or take that part away."""
    alpha, factor = float(scenario.alpha or 0), float(scenario["factor"])  # type: ignore[arg-type]
    right = next_rate(scenario, alpha)
    wrong = (alpha / factor, alpha * (1 - factor), alpha * factor**2, alpha, alpha / 3)
    choices = [right]
    for rate in wrong:
        if len(choices) < 3 and digits(rate) not in [digits(choice) for choice in choices]:
            choices.append(rate)
    choices.sort()
    floor = float(scenario["min_lr"])  # type: ignore[arg-type]
    bound = f", but not below the lowest rate {digits(floor)}" if alpha * factor < floor else ""
    because = f"A cut multiplies: {digits(alpha)} × {digits(factor)} = {digits(alpha * factor)}{bound}."
    what = f"The rate is {digits(alpha)} and the factor {digits(factor)}. What is the rate after one cut?"
    return Question(what, [digits(choice) for choice in choices], choices.index(right), because)


@made_once_for(QUESTIONS)
def how_many_cuts(scenario: Scenario) -> Question:
    """Fewer, as many or more cuts with twice the patience? Graded by running both."""
    most = int(scenario.knob("patience").high)
    patience = min(2 * max(int(scenario["patience"]), 1), most)  # type: ignore[arg-type]
    changed = scenario.having(patience=patience)
    what = f"With patience {patience} instead of {scenario['patience']}: how many cuts does this run get?"
    before, after = len(simulate(scenario).cuts), len(simulate(changed).cuts)
    choices = ["Fewer cuts", "As many", "More cuts"]
    because = f"We ran both: {before} cuts now, {after} cuts then."
    return Question(what, choices, 1 + int(np.sign(after - before)), because, changed)


def what_a_cut_changes(scenario: Scenario) -> Question:
    """The rate or the weights? Read from the run."""
    run = simulate(scenario)
    moved = f"{run.steps} steps moved the weights, {len(run.cuts)} cuts moved nothing"
    because = f"In this run {moved}: a cut only changes how long the next steps are."
    return Question("What does a cut change?", ("The weights", "The learning rate", "Both"), 1, because)


def check(scenario: Scenario) -> list[Question]:
    """About one cut, about patience, and about what a cut changes."""
    return [which_rate(scenario), how_many_cuts(scenario), what_a_cut_changes(scenario)]
