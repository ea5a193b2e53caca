"""Lesson 8: the rate, the batch size and a stop against val_loss, each over the same 32 seeds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.pairs import pairs
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.lessons.trained import too_long
from lrviz.once import made_once_for
from lrviz.training import History, Training, Trial, train_many

SEEDS = 32
"""Other first weights and other batches, on the same rows: one training proves nothing."""
OUTSIDE = 3
"""So many seeds at each end are left out of a spread."""
TIMES = 10
"""How much larger the rate of the other side is."""
FEW, MANY = 4, 16
"""Rows of a small batch, and from how many on one is large."""
LEVEL = 0.1
"""Of the training loss, where trainings are compared at an equal one."""
PATIENCE = 10


class Side(NamedTuple):
    """One setting with ``SEEDS`` seeds, each (SEEDS,): at the end loss, val_loss and the sharpness, nan where it
    was stopped before; level: val_loss after the first epoch whose loss is at ``LEVEL`` or below, nan where there is
    none; epochs: how many there were. What has flown off is inf."""

    name: str
    loss: np.ndarray
    val_loss: np.ndarray
    sharpness: np.ndarray
    level: np.ndarray
    epochs: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """val_loss minus loss."""
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(self.val_loss - self.loss, nan=np.inf)


def case_of(training: Training) -> str:
    """What the training on the stage is compared with."""
    if training["stop_patience"] is not None:
        return "stop"
    return "batch" if training.batch >= MANY else "rate"


@made_once_for(QUESTIONS)
def sides(training: Training) -> tuple[Side, Side]:
    """The two settings of the case, at equal steps; of a stop the whole training and the stopped one."""
    seeds = range(SEEDS)
    case = case_of(training)
    if case == "rate":
        rates = [float(training.alpha or 0), TIMES * float(training.alpha or 0)]
        both = train_many(training, keep_weights=False, sharpness=training.epochs, alpha=rates, seed=seeds)
        names = [f"α = {digits(rate)}" for rate in rates]
        return _side(names[0], both[:SEEDS]), _side(names[1], both[SEEDS:])
    if case == "batch":
        few = training.having(batch_size=FEW, epochs=max(training.steps // -(-training.train_rows // FEW), 1))
        pair = {f"batches of {FEW}": few, f"batches of {training.batch}": training}
    else:
        pair = {"all epochs": training.having(stop_patience=None), "an early stop": training}
    one, other = (
        _side(name, train_many(row, keep_weights=False, sharpness=row.epochs, seed=seeds)) for name, row in pair.items()
    )
    return one, other


def _side(name: str, histories: list[History]) -> Side:
    def last(row: np.ndarray) -> float:
        return float(row[-1]) if np.isfinite(row[-1]) else np.inf

    def level(history: History) -> float:
        there = np.flatnonzero(history.log.loss <= LEVEL)
        return float(history.log.val_loss[there[0]]) if len(there) else np.nan

    rows = [
        (last(one.log.loss), last(one.log.val_loss), float(one.sharpness[-1]), level(one), one.epochs)
        for one in histories
    ]
    return Side(name, *np.array(rows).T)


def spread(values: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest of these numbers but ``OUTSIDE`` at each end; nan is no number."""
    known = np.sort(values[~np.isnan(values)])
    if len(known) <= 2 * OUTSIDE:
        return np.nan, np.nan
    return float(known[OUTSIDE]), float(known[-1 - OUTSIDE])


# Words ----------------------------------------------------------------------------------------------------------------


def _of(what: str, pair: tuple[Side, Side], one: np.ndarray, other: np.ndarray) -> Statement:
    """The medians and the spreads of both, for how many seeds which is lower, and whether that may be chance."""
    found = pairs(one, other)
    more = max(found[:2])
    texts = {
        "what": what, "one": pair[0].name, "other": pair[1].name, "lower": pair[found.more].name,
        "often": f"all {more} seeds" if more == found.seeds else f"{more} of {found.seeds} seeds",
    }  # fmt: skip
    for key, values in (("one", one), ("other", other)):
        low, high = spread(values)
        known = values[~np.isnan(values)]
        middle = float(np.median(known)) if len(known) else np.nan
        texts[f"{key}_is"] = f"{digits(middle)} ({digits(low)} to {digits(high)})"
    return Statement(("seeds.medians", "seeds.chance" if found.lower is None else "seeds.lower"), {}, texts)


def story(training: Training) -> list[Statement]:
    """val_loss and the gap at the end, and val_loss at an equal training loss; each as strongly as the seeds allow."""
    pair = sides(training)
    one, other = pair
    statements = [_of("val_loss", pair, one.val_loss, other.val_loss)]
    train, new = pairs(one.loss, other.loss).lower, pairs(one.val_loss, other.val_loss).lower
    if train is not None and new is not None and train != new:
        statements.append(Statement(("seeds.crossed",), {}, {"lower": pair[train].name}))
    statements.append(_of("The gap, val_loss minus loss,", pair, one.gap, other.gap))
    known = [int((~np.isnan(side.level)).sum()) for side in pair]
    if case_of(training) != "stop" and min(known) > SEEDS // 2:
        statements.append(_of(f"val_loss when the loss is first {LEVEL} or less", pair, one.level, other.level))
    return statements


# Questions ------------------------------------------------------------------------------------------------------------

UNDECIDED = "These seeds do not tell"


def _which(question: str, what: str, pair: tuple[Side, Side], one: np.ndarray, other: np.ndarray) -> Question:
    which = pairs(one, other).lower
    because = _of(what, pair, one, other).sentence
    return Question(question, (pair[0].name, pair[1].name, UNDECIDED), 2 if which is None else which, because)


@made_once_for(QUESTIONS)
def predict(training: Training) -> Question:
    """Which of the two settings has the lower val_loss at the end?"""
    pair = sides(training)
    what = (
        f"We train this network with {SEEDS} seeds in two ways: with {pair[0].name}, and with {pair[1].name}. Both take"
        " the same number of steps."
        if case_of(training) != "stop"
        else f"We train this network with {SEEDS} seeds in two ways: through all {training.epochs} epochs, and with a"
        f" stop as soon as val_loss has not been better for {training['stop_patience']} epochs."
    )
    return _which(
        f"{what} Which ends with the lower val_loss?", "The val_loss", pair, pair[0].val_loss, pair[1].val_loss
    )


@made_once_for(QUESTIONS)
def check(training: Training) -> list[Question]:
    """About the training loss, the gap, and the sharpness at the end."""
    pair = sides(training)
    one, other = pair
    return [
        _which("Which ends with the lower loss on its own rows?", "That loss", pair, one.loss, other.loss),
        _which("Which ends with the smaller gap, val_loss minus loss?", "The gap", pair, one.gap, other.gap),
        _stops(other)
        if case_of(training) == "stop"
        else _which(
            "Which ends with the lower sharpness (largest curvature)?",
            "The sharpness",
            pair,
            one.sharpness,
            other.sharpness,
        ),
    ]


def _stops(stopped: Side) -> Question:
    count = int((stopped.epochs < stopped.epochs.max()).sum())
    earliest, latest = int(stopped.epochs.min()), int(stopped.epochs.max())
    what = "Are all seeds stopped after the same epoch?"
    choices = ("Yes, all", "No, they differ")
    return Question(what, choices, int(count > 0), f"The first stops after epoch {earliest}, the last after {latest}.")


# The lesson -----------------------------------------------------------------------------------------------------------


def lacks(trial: Trial) -> str:
    """It is about a small network and the rows that it has not seen."""
    training = trial.first
    if training.model != "network" or training.data_row.task != "two classes":
        return "This lesson is about a network for two classes, and this link trains something else."
    if not training.validation:
        return "No row validates in this link, and this lesson is about val_loss."
    return too_long(trial, 2 * SEEDS)


_BATCH: Mapping[str, str] = {"batch_size": "30", "epochs": "400", "alpha": "0.5"}

LESSON = Lesson(
    key="new_data",
    question="Does the rate matter on new data?",
    teaser="Thirty-two seeds at two rates: which of them does better on rows that it has not seen?",
    race=Trial(
        Training(
            data="circles",
            model="network",
            alpha=0.05,
            batch_size=FEW,
            epochs=200,
            validation=0.75,
            values={"layers": "16,16", "noise": 0.15, "rows": 240},
        )
    ),
    cases={
        "rate": Case(
            "Rate",
            presets=(
                Preset(
                    "Ten times the rate",
                    {"alpha": "0.5"},
                    "The loss ends far lower, val_loss far higher.",
                    "It memorizes its 60 rows.",
                ),
                Preset(
                    "A fifth of it",
                    {"alpha": "0.01"},
                    "Loss and val_loss are still high.",
                    "It has not learnt much yet.",
                ),
            ),
        ),
        "batch": Case(
            "Batch size",
            changes=_BATCH,
            presets=(
                Preset("20 rows", {"batch_size": "20"}, "Three steps make an epoch.", "Do the seeds still tell?"),
                Preset("A smaller rate", {"alpha": "0.1"}, "Both get less far.", "Do the seeds still tell?"),
            ),
        ),
        "stop": Case(
            "Early stopping",
            changes={"alpha": "0.2", "stop_patience": f"{PATIENCE}"},
            presets=(
                Preset("Patience 5", {"stop_patience": "5"}, "It stops sooner.", "Is val_loss still lower?"),
                Preset("Patience 50", {"stop_patience": "50"}, "It stops later.", "val_loss has risen by then."),
            ),
        ),
    },
    predict="Which ends with the lower val_loss?",
    prediction=predict,
    check=check,
    live=("alpha",),
    case_of=case_of,
    lacks=lacks,
    answers=(
        Answer(
            12,
            "Does the rate change how well the model does on data that it has not seen?",
            "It can: it changes how far a training gets and where it ends. One training proves nothing: compare seeds.",
        ),
    ),
)
