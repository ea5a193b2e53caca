"""The questions of the check: how often the callback cuts and how often it looks, another patience, or the starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.lessons.real_model.cases import case_of, times, with_callback
from lrviz.lessons.real_model.starts import do_others_agree, how_many_near
from lrviz.lessons.trained import trained
from lrviz.once import made_once_for
from lrviz.training import Training


@made_once_for(QUESTIONS)
def how_many_cuts(training: Training) -> Question:
    """How often is the rate of this training cut?"""
    history = trained(training)
    count = len(history.cuts)
    after = ", ".join(map(str, history.cuts.tolist()))
    because = f"After epochs {after}." if count else f"{training.monitor} never stood still for long enough."
    unit = "In how many epochs" if training.by_batch else "How often"
    return how_many(f"{unit} is the rate of this training cut?", count, because, tries=training)


@made_once_for(QUESTIONS)
def how_often_looked(training: Training) -> Question:
    """How often the rule looks at what it watches."""
    epochs, steps = training.epochs, training.steps
    count = steps if training.by_batch else epochs
    choices = sorted({1, epochs, steps, 2 * epochs})[:3] if steps == epochs else [1, epochs, steps]
    what = f"{epochs} epochs of {training.steps_per_epoch} batches. How often does the rule look at {training.monitor}?"
    where = "after each batch" if training.by_batch else "when an epoch ends"
    because = f"It is called {where}: {times(count)}."
    return Question(what, [times(choice).capitalize() for choice in choices], choices.index(count), because, training)


@made_once_for(QUESTIONS)
def other_patience(training: Training) -> Question:
    """Fewer, as many or more cuts with half the patience? Graded by training both."""
    patience = max(int(training["patience"]) // 2, 1)  # type: ignore[arg-type]
    changed = training.having(patience=patience)
    before, after = len(trained(training).cuts), len(trained(changed).cuts)
    epochs = "epochs with a cut" if training.by_batch else "cuts"
    what = f"With patience {patience} instead of {training['patience']}: how many {epochs} does this training get?"
    because = f"We trained both: {before} now, {after} then."
    return Question(what, ("Fewer", "As many", "More"), 1 + int(np.sign(after - before)), because, changed)


def check(training: Training) -> Sequence[Question]:
    """About starts, or about the callback: how often it cuts, how often it looks, and another patience."""
    if case_of(training) == "starts":
        return [do_others_agree(training, "logistic"), do_others_agree(training, "linear"), how_many_near(training)]
    watched = with_callback(training)
    return [how_many_cuts(watched), how_often_looked(watched), other_patience(watched)]
