"""PyTorch's scheduler, stepped once a batch instead of once an epoch."""

from __future__ import annotations

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import apart, digits
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.lessons.real_model.cases import end, with_callback
from lrviz.lessons.trained import trained
from lrviz.once import made_once_for
from lrviz.training import History, Training

WHEN = ("After the first epoch", "Later", "Never")
ROUNDING = 1e-9
"""A product of the rate and the factor may miss the floor by less than this part of it."""


def stepped(training: Training, how: str) -> Training:
    """The same with a scheduler that is stepped once a ``batch`` or once an ``epoch``."""
    return with_callback(training).having(monitor="loss", stepped=how)


def floor_reached(history: History) -> int | None:
    """The epoch, from 1, after which the rate is the lowest that is allowed; None if it never is."""
    floor = float(history.training["min_lr"])  # type: ignore[arg-type]
    at = np.flatnonzero(history.log.learning_rate <= floor * (1 + ROUNDING))
    return int(at[0]) + 1 if at.size else None


@made_once_for(QUESTIONS)
def when_at_the_floor(training: Training) -> Question:
    """When is the rate at its floor if the scheduler is stepped once a batch? Graded by training it."""
    by_batch = stepped(training, "batch")
    epoch = floor_reached(trained(by_batch))
    what = (
        "In PyTorch you call scheduler.step(loss) yourself. Here it stands one line too deep: it is called after each"
        f" batch. An epoch has {by_batch.steps_per_epoch} batches, patience is {by_batch['patience']}. When does the"
        f" rate reach min_lr, {digits(float(by_batch['min_lr']))}?"  # type: ignore[arg-type]
    )
    right = 2 if epoch is None else 1 if epoch > 1 else 0
    because = "it never does" if epoch is None else f"it is there after epoch {epoch}"
    return Question(what, WHEN, right, f"We trained it: {because}.")


def story(training: Training) -> list[Statement]:
    """When each reaches its lowest rate, how each ends, and for how long patience lasts."""
    by_batch, by_epoch = (trained(stepped(training, how)) for how in ("batch", "epoch"))
    ends = apart(end(by_batch), end(by_epoch))
    epoch, batches = floor_reached(by_batch), training.steps_per_epoch
    patience = int(by_batch.training["patience"])  # type: ignore[arg-type]
    lasts = [float(history.log.learning_rate[-1]) for history in (by_batch, by_epoch)]
    floor = float(by_batch.training["min_lr"])  # type: ignore[arg-type]
    first = (
        Statement(("real.above_floor",), {"rate": lasts[0]}, {"ends": ends[0]})
        if epoch is None
        else Statement(("real.at_floor",), {"floor": floor, "epoch": epoch}, {"ends": ends[0]})
    )
    return [
        first,
        Statement(("real.by_epoch",), {"patience": patience, "rate": lasts[1]}, {"ends": ends[1]}),
        Statement(("real.batches",), {"batches": batches, "patience": patience, "part": patience / batches}),
    ]
