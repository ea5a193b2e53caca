"""The trainings of the lessons: short ones, each made once for all visitors. Pure."""

from __future__ import annotations

from lrviz.lessons.questions import QUESTIONS
from lrviz.once import made_once_for
from lrviz.training import History, Training, Trial, train

MOST_WEIGHTS = 200_000
"""Of one training, over all epochs, 1.6 MB: a link may ask for one that has 32 MB of them, and many are remembered."""
MOST_SECONDS = 4.0
"""Of a processor that a lesson's trainings may take, about: its page waits for them."""


@made_once_for(QUESTIONS)
def trained(training: Training, sharpness: int = 0) -> History:
    """A training to its end, with no more weights than its player is sent. sharpness: computed after every so many
    epochs, 0 for never."""
    return train(training, sharpness=sharpness).thinned(MOST_WEIGHTS)


def too_long(trial: Trial, many: int = 1) -> str:
    """Why this training is none for a lesson that makes so many like it, one sentence; "" if it is short enough."""
    if many * trial.first.seconds(int(trial.sharpness)) <= MOST_SECONDS:
        return ""
    return "This training takes too long for a lesson; the page Train a model has room for it."
