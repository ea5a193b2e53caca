"""Lesson 6: the rates that suit each optimizer; questions about them, graded by trying them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrviz.analysis.tuning import Tuned, tuned
from lrviz.knob import digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question, which_ends_lowest
from lrviz.once import made_once_for
from lrviz.optimizers import OPTIMIZERS
from lrviz.race import Race
from lrviz.scenario import ALPHA, Scenario


def lowest_at_one_rate(scenario: Scenario, what: str, optimizers: Sequence[str], times: float = 1.0) -> Question:
    """With one rate for all, so many times this one: which of these optimizers ends lowest? Graded by running them."""
    rate = min(float(scenario.alpha or 0) * times, ALPHA.high)
    return which_ends_lowest(scenario.having(alpha=rate), what, {_name(key): _own(key) for key in optimizers})


@made_once_for(QUESTIONS)
def lowest_at_its_best(scenario: Scenario, what: str, optimizers: Sequence[str]) -> Question:
    """With each at its own best rate: which ends lowest?"""
    rows = tuned(scenario, optimizers)
    right = int(np.argmin([row.best_loss for row in rows]))
    listed = "; ".join(f"{row.name}: {digits(row.best_loss)}" for row in rows)
    return Question(
        what, [row.name for row in rows], right, f"We tried {_tries(rows)} rates for each. Lowest: {listed}."
    )


@made_once_for(QUESTIONS)
def larger_best_rate(scenario: Scenario, what: str, one: str, other: str) -> Question:
    """How does the rate that suits one compare with the rate that suits the other? Graded by trying all rates."""
    rows = tuned(scenario, (one, other))
    first, second = (float(row.best_rate or 0) for row in rows)
    choices = [
        f"{_name(one)} needs a rate at least 3 times as large",
        "Both are within a factor of 3",
        f"{_name(other)} needs a rate at least 3 times as large",
    ]
    right = 0 if first >= 3 * second else 2 if second >= 3 * first else 1
    tried = f"Of {_tries(rows)} rates that were tried"
    because = f"{tried}, α = {digits(first)} suits {rows[0].name} best, and α = {digits(second)} {rows[1].name}."
    return Question(what, choices, right, because)


def _tries(rows: Sequence[Tuned]) -> int:
    return max(len(row.rates) for row in rows)


def _name(optimizer: str) -> str:
    return OPTIMIZERS[optimizer].name


def _own(optimizer: str) -> dict[str, str]:
    return {"optimizer": optimizer, "framework": next(iter(OPTIMIZERS[optimizer].rules))}


# The two races --------------------------------------------------------------------------------------------------------


def is_tuned(race: Race) -> bool:
    """Has a run a rate of its own?"""
    return any("alpha" in own for own in race.others)


def same_rate(race: Race) -> Race:
    """Every run at the rate of the first."""
    return replace(race, others=tuple({k: v for k, v in own.items() if k != "alpha"} for own in race.others))


def at_their_best(race: Race) -> Race:
    """Every run at the rate that suits its optimizer."""
    first, *others = (row.best_rate for row in trials(race))
    race = race if first is None else race.leading(race.first.having(alpha=first))
    for run, rate in enumerate(others, start=1):
        if rate is not None:
            race = race.own(run, alpha=repr(rate))
    return race


def trials(race: Race) -> list[Tuned]:
    """What each run of the race made of its trial runs, in the order of the race."""
    return [tuned(run, (run.optimizer,))[0] for run in race.scenarios]


def carried(before: Race, after: Race) -> Race:
    """On another map each has the rate that suits it there, where it had that before. A preset sets its own."""
    moved = case_of(before.first) != case_of(after.first)
    return at_their_best(after) if moved and is_tuned(before) else after


def case_of(scenario: Scenario) -> str:
    """On which map is it?"""
    for key, case in LESSON.cases.items():
        there = LESSON.race.first.having(**case.changes)
        if there.surface == scenario.surface and np.array_equal(there.coef, scenario.coef):
            return key
    return ""


def lacks(race: Race) -> str:
    """It compares optimizers."""
    rated = [run for run in race.scenarios if run.optimizer_row.has_rate]
    return "" if len(rated) > 1 else "This lesson compares optimizers, and this link has only one with a rate."


WITHOUT_RATE = {
    "newton": "the curvature",
    "line_search": "ever shorter tries",
    "lbfgs_search": "past curvature, tries",
    "polyak": "the lowest loss",
    "dog": "the way so far",
    "prodigy": "a guessed distance",
}
"""Optimizers without a rate -> what the length of their steps goes by."""


def without_rate(scenario: Scenario) -> Race:
    """These side by side, from the start of this run."""
    first, *others = map(_own, WITHOUT_RATE)
    return Race(scenario.having(**first), tuple(others))


RATED = ("gradient_descent", "momentum", "rmsprop", "adagrad", "adam")
_BOWL = {"surface": "bowl", "start": "-4,2", "alpha": "0.02", "steps": "60", "kappa": "50"}


def predict(scenario: Scenario) -> Question:
    """Which of those with a rate ends lowest at the rate of the slider?"""
    return lowest_at_one_rate(scenario, "", RATED)


def check(scenario: Scenario) -> list[Question]:
    """About other rates, about the best of each, and about Adam beside plain descent."""
    return [
        lowest_at_one_rate(scenario, "All at ten times this rate: which ends lowest?", RATED, 10),
        lowest_at_its_best(scenario, "Each at the best of its 26 rates: which ends lowest?", RATED),
        larger_best_rate(scenario, "Adam and plain descent here: which rates suit them?", "adam", "gradient_descent"),
    ]


LESSON = Lesson(
    key="adaptive",
    question="Do adaptive optimizers need a rate?",
    teaser="Adam and its relatives adapt each step. Race them at one rate, then each at its own best.",
    race=Race(
        Scenario(surface="rosenbrock", alpha=0.002, steps=300),
        tuple({"optimizer": key} for key in ("momentum", "rmsprop", "adagrad", "adam", "newton")),
    ),
    cases={
        "bent": Case(
            "Bent valley",
            presets=(
                Preset(
                    "A rate for momentum",
                    {"alpha": "0.0025"},
                    "Momentum ends lowest.",
                    "For the adaptive ones this rate is tiny.",
                ),
                Preset("A rate for Adam", {"alpha": "1"}, "Adam ends lowest.", "Plain descent and momentum fly off."),
                Preset(
                    "Keras's default for Adam",
                    {"alpha": "0.001"},
                    "Adam is still far away.",
                    "A default is not a tuned rate.",
                ),
            ),
        ),
        "narrow": Case(
            "Narrow bowl",
            changes=_BOWL,
            presets=(
                Preset("A rate for momentum", {"alpha": "0.02"}, "Momentum ends lowest.", "Adam has hardly begun."),
                Preset(
                    "A rate for RMSprop",
                    {"alpha": "0.1"},
                    "RMSprop ends lowest.",
                    "Plain descent and momentum fly off.",
                ),
            ),
        ),
        "turned": Case(
            "The bowl, turned",
            changes={**_BOWL, "rotation": "45"},
            presets=(
                Preset(
                    "A rate for descent",
                    {"alpha": "0.02"},
                    "Plain descent ends lowest.",
                    "It does not care how the bowl is turned.",
                ),
                Preset(
                    "A rate for RMSprop",
                    {"alpha": "0.1"},
                    "RMSprop ends lowest.",
                    "Here its loss is much higher than on the narrow bowl.",
                ),
            ),
        ),
    },
    predict="All have one rate, that of the slider. Which of the five that have a rate ends lowest?",
    prediction=predict,
    check=check,
    case_of=case_of,
    carried=carried,
    lacks=lacks,
    answers=(
        Answer(
            9,
            "How do I compare optimizers fairly?",
            "Try rates on a logarithmic scale, the same number for each optimizer, and keep the best one.",
        ),
        Answer(
            10,
            "Adam adapts a step for each parameter: is the rate still to be tuned?",
            "Yes: Adam evens out the axes, but the rate still says how long a step is. Newton's method has no rate.",
            changes={"alpha": "0.001"},
        ),
    ),
)
