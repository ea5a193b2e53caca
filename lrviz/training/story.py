"""What happened in a training, in two or three sentences that are computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lrviz.knob import apart, digits
from lrviz.training.history import History

MOST_CUTS = 6
WORSE = 1.02
"""The last val_loss is worse than the best where it is so many times as high."""
GAP = 1.2
"""There is a gap where val_loss is so many times the training loss."""


class Sentence(NamedTuple):
    """epoch: where it is seen, from 1; None for none."""

    text: str
    epoch: int | None = None


def story_of(history: History) -> list[Sentence]:
    """When it left the finite; when val_loss was best, and what it is at the end; each cut; how the rows held back
    compare with those that train; early stopping."""
    if not history.epochs:
        return []
    sentences = [_broke(history)] if history.broke is not None else [*_best(history), *_gap(history)]
    return [*sentences, *_cuts(history), *_stopped(history)]


def race_sentence(names: Sequence[str], histories: Sequence[History]) -> Sentence | None:
    """Which training of a race ends lowest, and how the others end; None where there is nothing to
    compare: losses of two kinds, or none yet."""
    first = histories[0].training
    if not all(history.epochs for history in histories):
        return None
    name = "val_loss" if first.validation else "loss"
    if len(histories) < 2 or len({history.training.loss_kind for history in histories}) > 1:
        return None
    ends = [(float(getattr(history.log, name)[-1]), who) for who, history in zip(names, histories, strict=True)]
    finite = sorted((end, who) for end, who in ends if np.isfinite(end))
    if not finite:
        return Sentence("None of them ends with a finite loss.")
    texts = apart(*(end for end, _ in finite))
    best = [who for end, who in finite if end == finite[0][0]]
    others = [f"{who} with {end}" for (_, who), end in zip(finite[len(best) :], texts[len(best) :], strict=True)]
    others += [f"{who} leaves the finite" for end, who in ends if not np.isfinite(end)]
    head = f"{' and '.join(best)} end{'s' if len(best) == 1 else ''} with the lowest {name}, {texts[0]}"
    epoch = max(history.epochs for history in histories)
    return Sentence("; ".join([head, *([", ".join(others)] if others else [])]) + ".", epoch)


def _broke(history: History) -> Sentence:
    step, steps = int(history.broke or 0), history.training.steps_per_epoch
    epoch = -(-step // steps)
    return Sentence(
        f"It leaves the finite numbers in step {step}, in epoch {epoch}: the rate of {digits(_rate(history))} is too"
        " large.",
        epoch,
    )


def _rate(history: History) -> float:
    return float(history.log.rate[0])


def _best(history: History) -> list[Sentence]:
    log = history.log
    name = "val_loss" if history.training.validation else "loss"
    values = getattr(log, name)
    best = int(np.nanargmin(values))
    low, last = float(values[best]), float(values[-1])
    if best + 1 == history.epochs:
        return [Sentence(f"{name} is lowest in the last epoch, {digits(low)}: it may fall further.", best + 1)]
    texts = apart(low, last)
    after = f" and ends at {texts[1]}" + (": worse than it was" if last > WORSE * low > 0 else "")
    return [Sentence(f"{name} is lowest after epoch {best + 1}, {texts[0]},{after}.", best + 1)]


def _gap(history: History) -> list[Sentence]:
    log, training = history.log, history.training
    if not training.validation:
        return []
    loss, held = float(log.loss[-1]), float(log.val_loss[-1])
    if not held > GAP * loss > 0:
        return []
    texts = apart(loss, held)
    best = int(np.nanargmin(log.val_loss))
    over = best + 1 < history.epochs and held > WORSE * log.val_loss[best] and loss < log.loss[best]
    what = "it knows its own rows better than new ones"
    if over:
        what = "past its best it gets better on its own rows alone (overfitting)"
    return [Sentence(f"At the end val_loss is {texts[1]} and loss {texts[0]}: {what}.", history.epochs)]


def _cuts(history: History) -> list[Sentence]:
    if not history.plateau:
        return []
    cuts, log, monitor = history.cuts, history.log, history.training.monitor
    if not len(cuts):
        return [Sentence(f"{monitor} never stood still long enough for a cut of the rate.")]
    shown = [f"{cut} (to {digits(float(log.learning_rate[cut - 1]))})" for cut in cuts[:MOST_CUTS].tolist()]
    more = f" and {len(cuts) - MOST_CUTS} more" if len(cuts) > MOST_CUTS else ""
    after = "epoch" if len(cuts) == 1 else "epochs"
    gain = _gained(history, int(cuts[0]))
    return [Sentence(f"The rate is cut after {after} {', '.join(shown)}{more}{gain}.", int(cuts[0]))]


def _gained(history: History, first: int) -> str:
    """Whether what is watched was ever better after the first cut."""
    improved = history.log.improved[first:]
    if not len(improved):
        return ""
    return "; after the first cut it improved again" if improved.any() else "; no cut brought a better value"


def _stopped(history: History) -> list[Sentence]:
    if history.stopped is None:
        return []
    return [Sentence(f"Early stopping ended it after epoch {history.stopped}.", history.stopped)]
