"""Questions about the rates that suit each optimizer, graded by trying them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.analysis.tuning import Tuned, tuned
from lrviz.knob import digits
from lrviz.lessons.questions import QUESTIONS, Question, which_ends_lowest
from lrviz.once import made_once_for
from lrviz.optimizers import OPTIMIZERS
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
    told = "; ".join(f"{row.name}: {digits(row.best_loss)}" for row in rows)
    return Question(what, [row.name for row in rows], right, f"We tried {_tries(rows)} rates for each. Lowest: {told}.")


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
    because = f"Of {_tries(rows)} rates, {digits(first)} suits {rows[0].name} best and {digits(second)} {rows[1].name}."
    return Question(what, choices, right, because)


def _tries(rows: Sequence[Tuned]) -> int:
    return max(len(row.rates) for row in rows)


def _name(optimizer: str) -> str:
    return OPTIMIZERS[optimizer].name


def _own(optimizer: str) -> dict[str, str]:
    return {"optimizer": optimizer, "framework": next(iter(OPTIMIZERS[optimizer].rules))}
