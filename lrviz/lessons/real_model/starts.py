"""The same training from many first weights: whether a network, a logistic and a linear model all end in one loss."""

from __future__ import annotations

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import digits
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.once import made_once_for
from lrviz.training import Training, train_many

STARTS = 64
LEAST = 1e-12
"""Ends that are no further apart are shown as this far apart: all below is rounding."""
SAME, NEAR = 1e-3, 1.05
"""Ends that differ by less than this part of the lowest are the same; ends up to so many times the lowest are near."""
KINDS = ("network", "logistic", "linear")
RATES = {"network": 0.3, "logistic": 0.3, "linear": 0.1}
"""A rate at which each comes to rest."""
LOSSES = {"binary": "cross-entropy", "squared_error": "squared error"}
"""What each measures: the losses of two kinds are not to be compared."""
LAYERS = "2"
"""Of the network: as few units as can bend the line."""


def kinds(training: Training) -> dict[str, Training]:
    """The training with each model; that of the stage as it is."""
    others = {kind: {"model": kind, "alpha": RATES[kind]} for kind in KINDS if kind != training.model}
    if "network" in others:
        others["network"] |= {"layers": LAYERS}
    return {kind: training.having(**others[kind]) if kind in others else training for kind in KINDS}


@made_once_for(QUESTIONS)
def ends_of_starts(training: Training) -> np.ndarray:
    """The training loss after the last epoch from other first weights, the lowest first, (STARTS,)."""
    histories = train_many(training, keep_weights=False, seed=range(STARTS))
    ends = np.array([float(history.log.loss[-1]) for history in histories])
    return np.sort(np.where(np.isfinite(ends), ends, np.inf))


def all_the_same(ends: np.ndarray) -> bool:
    """Are sorted ends no further apart than ``SAME`` of the lowest?"""
    return bool(ends[-1] - ends[0] <= SAME * ends[0])


@made_once_for(QUESTIONS)
def do_starts_agree(training: Training) -> Question:
    """Do all starts end with the same loss? Graded by training them."""
    ends = ends_of_starts(training)
    name = training.model_row.name.lower()
    what = (
        f"{STARTS} trainings of the same {name}, on all rows at once: only the first weights differ. Do all end with"
        " the same training loss?"
    )
    same, (low, high) = all_the_same(ends), (digits(float(ends[0])), digits(float(ends[-1])))
    because = f"We trained {STARTS}: " + (f"all end at {low}." if same else f"they end between {low} and {high}.")
    return Question(what, ("All with the same loss", "With different losses"), 0 if same else 1, because)


def story(training: Training) -> list[Statement]:
    """Between which losses the starts of each model end."""
    statements = []
    for one in kinds(training).values():
        ends = ends_of_starts(one)
        low, high = float(ends[0]), float(ends[-1])
        numbers: dict[str, float] = {"starts": STARTS, "low": low}
        if all_the_same(ends):
            row, numbers = "real.same_end", numbers | {"apart": max(high - low, LEAST)}
        else:
            row, numbers = "real.other_ends", numbers | {"high": high, "near": int(np.sum(ends <= NEAR * low))}
        statements.append(Statement((row,), numbers, {"model": one.model_row.name, "loss": LOSSES[one.shape.loss]}))
    return statements


@made_once_for(QUESTIONS)
def do_others_agree(training: Training, kind: str) -> Question:
    """Do all starts of another model end with the same loss?"""
    question = do_starts_agree(kinds(training)[kind])
    name = kinds(training)[kind].model_row.name
    return Question(
        f"{name}, from {STARTS} starts:", question.choices, question.right, question.because, kinds(training)[kind]
    )


@made_once_for(QUESTIONS)
def how_many_near(training: Training) -> Question:
    """How many starts of the network end near the lowest?"""
    network = kinds(training)["network"]
    ends = ends_of_starts(network)
    near = int(np.sum(ends <= NEAR * ends[0]))
    right = 0 if 2 * near < STARTS else 2 if near == STARTS else 1
    what = f"How many of the network's {STARTS} starts end within 5% of the lowest loss?"
    because = f"{near} do."
    return Question(what, ("Fewer than half", "Half or more, not all", "All"), right, because, network)
