"""The trainings of the lessons: short ones, each made once for all visitors. Pure."""

from __future__ import annotations

from lrviz.lessons.questions import QUESTIONS
from lrviz.once import made_once_for
from lrviz.training import History, Training, Trial, train

MOST_SECONDS = 2.0
"""Of a processor that a lesson's training may take, about: its page waits for it."""


@made_once_for(QUESTIONS)
def trained(training: Training, sharpness: int = 0) -> History:
    """A training to its end. sharpness: computed after every so many epochs, 0 for never."""
    return train(training, sharpness=sharpness)


def too_long(trial: Trial) -> str:
    """Why this training is none for a lesson, one sentence; "" if it is short enough."""
    if trial.first.seconds(int(trial.sharpness)) <= MOST_SECONDS:
        return ""
    return "This training takes too long for a lesson; the page Train a model has room for it."
