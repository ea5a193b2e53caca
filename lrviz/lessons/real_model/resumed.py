"""Stopped and started again: the weights, the optimizer and the rate are kept, and the callback is new."""

from __future__ import annotations

from lrviz.analysis.sentences import Statement
from lrviz.knob import apart
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.lessons.real_model.cases import end, times
from lrviz.lessons.trained import trained
from lrviz.once import made_once_for
from lrviz.training import History, Training

OFTEN = ("As often", "Less often", "Never")


def in_one_go(training: Training) -> Training:
    """The same training, never stopped."""
    return training.having(restart=None)


@made_once_for(QUESTIONS)
def how_often_cut(training: Training) -> Question:
    """Is the rate cut as often if the training is stopped and resumed? Graded by training both."""
    cuts, whole = (len(trained(one).cuts) for one in (training, in_one_go(training)))
    every, patience = training["restart"], training["patience"]
    what = (
        f"The same job, but stopped after every {every} epochs and started again: the weights, the optimizer and the"
        f" rate are kept, the callback is new. Patience is {patience}. Is the rate cut as often as in one go?"
    )
    right = 0 if cuts >= whole else 1 if cuts else 2
    return Question(what, OFTEN, right, f"We trained both: {whole} cuts in one go, {cuts} if it is resumed.")


def story(training: Training) -> list[Statement]:
    """How often each is cut, how each ends, and whether a cut can come between two stops."""
    both = trained(in_one_go(training)), trained(training)
    whole, resumed = apart(*map(end, both))
    restart, patience = int(training["restart"]), int(training["patience"])  # type: ignore[arg-type]
    statements = [Statement(("real.whole",), {}, {"cuts": _cut(both[0]), "ends": whole})]
    if restart >= training.epochs:
        return [*statements, Statement(("real.not_stopped",), {"restart": restart})]
    row = "real.no_room" if restart - 1 < patience else "real.room"
    return [
        *statements,
        Statement(("real.resumed",), {"restart": restart}, {"cuts": _cut(both[1]), "ends": resumed}),
        Statement((row,), {"restart": restart, "most": restart - 1, "patience": patience}),
    ]


def _cut(history: History) -> str:
    """How often its rate is cut."""
    count = len(history.cuts)
    return f"cut {times(count)}" if count else "never cut"
