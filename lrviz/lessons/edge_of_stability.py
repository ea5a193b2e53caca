"""Lesson 9: the sharpness of a network's loss, which moves to the edge that the rate sets. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.analysis.sharpening import TOLERANCE, Stretch, stretches, turns_of
from lrviz.analysis.stability import bound_of
from lrviz.knob import apart, digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.lessons.trained import trained
from lrviz.once import made_once, made_once_for
from lrviz.training import History, Training, Trial, train
from lrviz.training.story import Sentence

EPOCHS, FEWEST_EPOCHS = 1500, 40
"""Of a training here; and of each of its rates."""
MOST_RATES = 3
MOST_WORK = 1.5e8
"""Weights times training rows times epochs: some seconds, with the sharpness of each epoch."""
OFTEN, SELDOM = 1, 5
"""Epochs between two sharpnesses: on the stage, and where only the height is asked for."""
BATCH = 16
RATES = (0.05, 0.07, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
"""Of the chart."""

# The sharpness --------------------------------------------------------------------------------------------------------


def bound(training: Training) -> float:
    """What sharpness times rate is at the edge: 2 for plain descent."""
    return bound_of(training) or np.nan


def _parts(history: History) -> list[Stretch]:
    sharpness = history.sharpness.copy()
    if history.broke is not None:
        sharpness[(history.broke - 1) // history.training.steps_per_epoch :] = np.inf
    return stretches(history.log.rate, sharpness, bound(history.training))


def parts(training: Training, every: int = OFTEN) -> list[Stretch]:
    """A stretch for each rate of this training."""
    return _parts(trained(training, every))


class Measured(NamedTuple):
    """Trainings with one rate each, every field (R,): the rate, the sharpness after the first epochs, and its mean over
    the last quarter with the standard deviation; nan where the training has flown off."""

    rate: np.ndarray
    first: np.ndarray
    height: np.ndarray
    spread: np.ndarray

    @property
    def at_edge(self) -> np.ndarray:
        """Which of them end with a mean at 2/rate, (R,)."""
        return np.abs(self.height * self.rate / 2 - 1) <= TOLERANCE


@made_once(len(RATES))
def at_rate(rate: float) -> Stretch:
    """The lesson's own training with this rate."""
    return _parts(train(LESSON.race.first.having(alpha=rate), keep_weights=False, sharpness=SELDOM))[-1]


def measured(rows: Sequence[Stretch]) -> Measured:
    """What these trainings, one rate each, end with."""
    return Measured(*np.array([(row.rate, row.first, row.height, row.spread / row.rate) for row in rows]).T)


# Words ----------------------------------------------------------------------------------------------------------------


def story(training: Training) -> list[Sentence]:
    """Where the sharpness begins, when it is at the edge and how long it takes, where it ends, and what the loss does;
    each with the epoch to look at."""
    history, rows = trained(training, OFTEN), parts(training)
    sentences: list[Sentence] = []
    for place, row in enumerate(rows):
        sentences.append(_arrives(row, rows[place - 1] if place else None))
        if row.where == "gone":
            step = int(history.broke or 0)
            gone = Statement(("sharpening.gone",), {"step": step})
            return [*sentences, Sentence(gone.sentence, -(-step // training.steps_per_epoch))]
        numbers = {"count": row.counted, "mean": row.mean, "spread": row.spread, "bound": row.bound}
        ends = Statement(("sharpening.ends", f"sharpening.{row.where}"), numbers)
        sentences.append(Sentence(ends.sentence, row.end))
    return [*sentences, _loss(history, rows[-1])]


def _arrives(row: Stretch, before: Stretch | None) -> Sentence:
    numbers = {"sharpness": row.first, "rate": row.rate, "edge": row.edge, "epochs": row.end - row.begin + 1}
    if before is not None:
        numbers |= {"epoch": before.end, "old_rate": before.rate, "old_edge": before.edge}
    begins = "sharpening.begins" if before is None else "sharpening.turn"
    if row.reached is None:
        return Sentence(Statement((begins, "sharpening.never"), numbers).sentence, row.begin)
    if row.reached <= row.begin:
        return Sentence(Statement((begins, "sharpening.at_once"), numbers).sentence, row.begin)
    numbers |= {"reached": row.reached, "later": row.reached - row.begin + 1}
    arrives = "sharpening.reaches" if before is None else "sharpening.again"
    return Sentence(Statement((begins, arrives), numbers).sentence, row.reached)


def _loss(history: History, row: Stretch) -> Sentence:
    loss = history.log.loss[row.end - row.counted : row.end]
    rises = int((np.diff(loss) > 0).sum())
    falls = loss[-1] < loss[0]
    which = "smooth" if falls and not rises else "bumpy" if falls else "worse"
    numbers = {"rises": rises, "loss_before": float(loss[0]), "loss": float(loss[-1])}
    return Sentence(Statement((f"sharpening.{which}",), numbers).sentence, row.end)


def judged(found: Measured) -> Statement:
    """How many of these rates end at their edge."""
    gone = int(np.isnan(found.height).sum())
    below = int((found.height * found.rate < 2 * (1 - TOLERANCE)).sum())
    numbers = {"all": len(found.rate), "there": int(found.at_edge.sum()), "below": below, "gone": gone}
    return Statement(("sharpening.rates",), numbers | {"above": len(found.rate) - numbers["there"] - below - gone})


# Questions ------------------------------------------------------------------------------------------------------------

NONE = "None of these"


def _heights(training: Training) -> dict[str, float]:
    """What is offered as the height: in words -> the sharpness. Of a rate that is not kept the old edge and the new
    one; of momentum its own edge beside that of plain descent."""
    rates, limit = training.rates(), bound(training)
    alpha, turns = float(rates[-1]), turns_of(rates)
    if len(turns) > 1:
        old, new = limit / float(rates[turns[-1] - 1]), limit / alpha
        found = {"Still about {}": old, "About {}": new, "Past that, about {}": new * new / old}
    elif limit > 2:
        found = {"About {} = 1/α": 1 / alpha, "About {} = 2/α": 2 / alpha, "About {} = (2 + 2μ)/α": limit / alpha}
    else:
        found = {"About {} = 1/α": 1 / alpha, "About {} = 2/α": 2 / alpha, "About {} = 4/α": 4 / alpha}
    return {words.format(digits(height)): height for words, height in found.items()}


def _which(training: Training, what: str, every: int) -> Question:
    heights, last = _heights(training), parts(training, every)[-1]
    off = [abs(last.height / height - 1) for height in heights.values()]
    right = int(np.argmin(off)) if np.isfinite(last.height) and min(off) <= TOLERANCE else len(off)
    because = f"We trained it: {_ended(last)}."
    return Question(what, (*heights, NONE), right, because, training)


def _ended(row: Stretch) -> str:
    if row.where == "gone":
        return "it flies off, and has no sharpness at the end"
    return f"over the last {row.counted} epochs the sharpness is {digits(row.height)} in the mean"


@made_once_for(QUESTIONS)
def predict(training: Training) -> Question:
    """At which height is the sharpness at the end?"""
    rates = training.rates()
    turns = turns_of(rates)
    rate = f"This network trains at α = {digits(float(rates[0]))}."
    if len(turns) > 1:
        old, new = apart(float(rates[turns[-1] - 1]), float(rates[-1]))
        rate = f"After epoch {turns[-1] // training.steps_per_epoch} the rate goes from {old} to {new}."
    what = (
        "The sharpness is the largest curvature of the loss: the L of lesson 1. While a network trains, it moves."
        f" {rate} At which height will the sharpness be in the end?"
    )
    return replace(_which(training, what, OFTEN), tries=None)


SIDES = ("Below the edge", "At the edge", "Above it, or it flies off")


@made_once_for(QUESTIONS)
def with_batches(training: Training) -> Question:
    """Where does the sharpness end if a step takes a few rows and not all?"""
    changed = training.having(batch_size=BATCH)
    last = parts(changed, SELDOM)[-1]
    right = {"below": 0, "hovers": 1}.get(last.where, 2)
    what = f"If each step sees {BATCH} rows and not all, where does the sharpness end?"
    return Question(what, SIDES, right, f"We trained it: {_ended(last)}; the edge is {digits(last.edge)}.", changed)


OFTEN_UP = ("In none", "In some of them", "In all of them")


@made_once_for(QUESTIONS)
def how_often_up(training: Training) -> Question:
    """In how many of the last epochs does the loss go up?"""
    history, last = trained(training, OFTEN), parts(training)[-1]
    loss = history.log.loss[last.end - last.counted : last.end]
    rises = int((np.diff(loss) > 0).sum())
    what = f"In how many of its last {last.counted} epochs does the loss of this training go up?"
    right = 0 if not rises else 2 if rises == last.counted - 1 else 1
    because = "It has no numbers any more there." if last.where == "gone" else f"It goes up in {rises} of them."
    return Question(what, OFTEN_UP, right, because)


def check(training: Training) -> list[Question]:
    """About twice the rate, about small batches, and about the loss at the edge."""
    twice = training.having(alpha=min(2 * float(training.alpha or 0), training.rows["alpha"].high))
    what = f"With twice the rate, α = {digits(float(twice.alpha or 0))}: at which height does the sharpness end?"
    return [_twice(twice, what), with_batches(training), how_often_up(training)]


@made_once_for(QUESTIONS)
def _twice(training: Training, what: str) -> Question:
    return _which(training, what, SELDOM)


# The lesson -----------------------------------------------------------------------------------------------------------


def lacks(trial: Trial) -> str:
    """It is about a small network under descent, with a rate that is kept or changed at once."""
    training = trial.first
    if training.model != "network":
        return f"This lesson is about a network, and this link trains another model: {training.model_row.name.lower()}."
    if not bound_of(training):
        return "This lesson is about plain descent and momentum, and the edge of this link's optimizer is not known."
    if training.plateau_knobs or training["stop_patience"] is not None:
        return "This lesson keeps the rate or changes it at an epoch of its own, and this link lets the loss decide."
    turns = turns_of(training.rates())
    lengths = [(end - begin) / training.steps_per_epoch for begin, end in pairwise([*turns, training.steps])]
    if len(turns) > MOST_RATES or min(lengths) < FEWEST_EPOCHS:
        return f"This lesson has at most {MOST_RATES} rates, for {FEWEST_EPOCHS} epochs or more each."
    if training.shape.weights * training.train_rows * training.epochs > MOST_WORK:
        return "This training takes too long for a lesson; the page Train a model has room for it."
    return "" if trial.sharpness else "This link leaves out the sharpness, and this lesson is about it."


def case_of(training: Training) -> str:
    """Which of the lesson's cases a training shows, "" for none."""
    if training.batch < training.train_rows:
        return ""
    if training.optimizer == "gradient_descent":
        return {"constant": "kept", "multi_step": "cut"}.get(training.schedule, "")
    return "momentum" if training.optimizer == "momentum" and training.schedule == "constant" else ""


def _preset(label: str, see: str, look: str = "", **changes: str) -> Preset:
    return Preset(label, changes, see, look)


_CUT: Mapping[str, str] = {"schedule": "multi_step", "alpha": "0.3", "milestones": "200", "gamma": "0.6"}

LESSON = Lesson(
    key="edge_of_stability",
    question="Who moves to the edge?",
    teaser="A bowl has its curvature for good. A network's curvature moves while it trains: where to?",
    race=Trial(
        Training(
            model="network",
            alpha=0.15,
            batch_size=None,
            epochs=EPOCHS,
            seed=9,  # one of those whose swing does not begin with the last digit of a number
            values={"layers": "16,16", "loss_function": "squared_error"},
        ),
        sharpness=True,
    ),
    cases={
        "kept": Case(
            "One rate",
            presets=(
                _preset("A smaller rate", "The edge is higher.", "It takes longer to get there.", alpha="0.1"),
                _preset("Twice the rate", "The edge is half as high.", "It comes down to it.", alpha="0.3"),
                _preset("Too large", "It flies off.", "It cannot come down fast enough.", alpha="0.8"),
            ),
        ),
        "cut": Case(
            "A cut",
            "The rate is cut on the way.",
            _CUT,
            presets=(
                _preset("Cut by half", "The edge moves further.", "It takes far longer to get there.", gamma="0.5"),
                _preset("A small cut", "The edge moves a little.", "It is there soon.", gamma="0.75"),
                _preset(
                    "Raise it",
                    "The edge comes down.",
                    "It follows within some epochs.",
                    alpha="0.1",
                    gamma="1.5",
                    milestones="1000",
                ),
            ),
        ),
        "momentum": Case(
            "Momentum",
            "Momentum has an edge of its own.",
            {"optimizer": "momentum", "momentum": "0.2"},
            presets=(
                _preset("Less momentum", "It stays lower.", "The edge, (2 + 2μ)/α, is lower.", momentum="0.1"),
                _preset("More momentum", "It stays higher.", "The edge, (2 + 2μ)/α, is higher.", momentum="0.3"),
            ),
        ),
    },
    predict="At which height will the sharpness be in the end?",
    prediction=predict,
    check=check,
    live=("alpha",),
    case_of=case_of,
    lacks=lacks,
    answers=(
        Answer(
            19,
            "Why does my network train at a rate past 2/L?",
            "Because L moves: it rises or falls until it is about 2/α, and the training goes on at this edge.",
            changes={"alpha": "0.3"},
        ),
        Answer(
            5,
            "Where is the edge of a network?",
            "At 2/sharpness, but the sharpness comes to meet the rate; a rate far too large still flies off.",
            changes={"alpha": "0.8"},
        ),
    ),
)
