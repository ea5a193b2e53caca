"""Lesson 7: the callback on a network that is trained on data, against two jobs with constant rates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import apart, digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.lessons.trained import too_long, trained
from lrviz.once import made_once_for
from lrviz.training import History, Training, Trial, train_many

SEEDS = 32
"""Other first weights and other batches: one training proves nothing."""
TOP = 0.1
"""The rate of job 1, where the training on the stage has no callback that starts with another."""

# Three jobs -----------------------------------------------------------------------------------------------------------

JOBS = {"one": "Job 1", "two": "Job 2", "callback": "The job with the callback"}


def jobs(training: Training) -> dict[str, Training]:
    """The three jobs of the question: constant at the first rate, constant at what one cut makes of it, and from the
    first rate with the callback."""
    watched = training if training.plateau_knobs else training.having(schedule="plateau", alpha=TOP)
    plain = watched.having(schedule="constant")
    rate = float(watched["alpha"]) * float(watched["factor"])  # type: ignore[arg-type]
    return {"one": plain, "two": plain.having(alpha=rate), "callback": watched}


@dataclass(frozen=True, eq=False)
class Compared:
    """The three jobs, and how they end with other seeds.

    histories: by key of ``JOBS``. ends: val_loss after the last epoch, a key -> (SEEDS,).
    """

    histories: Mapping[str, History]
    ends: Mapping[str, np.ndarray]

    @property
    def lowest(self) -> str:
        """The job whose val_loss ends lowest on the page."""
        return min(JOBS, key=lambda key: end(self.histories[key]))

    def wins(self, key: str) -> int:
        """With how many seeds this job ends lowest."""
        return int(sum(min(JOBS, key=lambda one: self.ends[one][i]) == key for i in range(SEEDS)))


def end(history: History) -> float:
    """val_loss after the last epoch; inf where it is not finite."""
    value = float(history.log.val_loss[-1])
    return value if np.isfinite(value) else np.inf


@made_once_for(QUESTIONS)
def compare(training: Training) -> Compared:
    """The three jobs, and each with ``SEEDS`` seeds."""
    three = jobs(training)
    ends = {
        key: np.array([end(one) for one in train_many(job, keep=False, seed=range(SEEDS))])
        for key, job in three.items()
    }
    return Compared({key: trained(job) for key, job in three.items()}, ends)


@made_once_for(QUESTIONS)
def which_ends_lowest(training: Training) -> Question:
    """Which of the three jobs ends with the lowest val_loss? Graded by training all."""
    three = jobs(training)
    histories = {key: trained(job) for key, job in three.items()}
    first, second = (digits(float(three[key].alpha or 0)) for key in ("one", "two"))
    what = (
        f"Three jobs train the same network. Job 1 keeps the rate {first}, job 2 keeps {second}. The third starts with"
        f" {first} and has the callback ReduceLROnPlateau on val_loss. Which one ends with the lowest val_loss?"
    )
    told = "; ".join(f"{name}: {digits(end(histories[key]))}" for key, name in JOBS.items())
    right = min(range(len(JOBS)), key=lambda i: end(histories[list(JOBS)[i]]))
    return Question(what, list(JOBS.values()), right, f"We trained all three. val_loss at the end: {told}.")


def told(training: Training) -> list[Statement]:
    """What the three jobs and the seeds say."""
    found = compare(training)
    ends = apart(*(end(found.histories[key]) for key in JOBS))
    callback = found.histories["callback"]
    said = [Statement(("real.jobs",), {}, dict(zip(("one", "two", "callback"), ends, strict=True)))]
    low = float(np.fmin.reduce(callback.log.val_loss))
    best = 1 + int(np.nanargmin(callback.log.val_loss))
    if len(callback.cuts):
        first = int(callback.cuts[0])
        row = "real.cut_after_best" if best < first else "real.cut_before_best"
        said.append(Statement((row,), {"best": best, "low": low, "first": first}))
    else:
        said.append(Statement(("real.never",), {}))
    wins = {key: found.wins(key) for key in JOBS}
    said.append(Statement(("real.seeds",), {"seeds": SEEDS, **{f"wins_{key}": count for key, count in wins.items()}}))
    return said


# The check ------------------------------------------------------------------------------------------------------------


@made_once_for(QUESTIONS)
def how_many_cuts(training: Training) -> Question:
    """How often does the callback cut the rate of this training?"""
    history = trained(jobs(training)["callback"])
    count = len(history.cuts)
    because = (
        f"After epochs {', '.join(map(str, history.cuts.tolist()))}." if count else "val_loss got better too often."
    )
    return how_many("How often does the callback cut the rate in this training?", count, because)


@made_once_for(QUESTIONS)
def what_is_watched(training: Training) -> Question:
    """What the callback looks at, and when."""
    watched = jobs(training)["callback"]
    steps = watched.steps_per_epoch
    what = f"An epoch here has {steps} steps. How often does the callback look at {watched.monitor}?"
    because = f"A callback on {watched.monitor} acts when an epoch ends: {watched.epochs} times in this training."
    return Question(what, ("Once a step", "Once an epoch", "Once a training"), 1, because)


@made_once_for(QUESTIONS)
def more_patience(training: Training) -> Question:
    """Fewer, as many or more cuts with half the patience? Graded by training both."""
    watched = jobs(training)["callback"]
    patience = max(int(watched["patience"]) // 2, 1)  # type: ignore[arg-type]
    changed = watched.having(patience=patience)
    before, after = len(trained(watched).cuts), len(trained(changed).cuts)
    what = f"With patience {patience} instead of {watched['patience']}: how many cuts does this training get?"
    because = f"We trained both: {before} cuts now, {after} cuts then."
    return Question(what, ("Fewer cuts", "As many", "More cuts"), 1 + int(np.sign(after - before)), because, changed)


def check(training: Training) -> list[Question]:
    """About the cuts, about what is watched, and about another patience."""
    return [how_many_cuts(training), what_is_watched(training), more_patience(training)]


# The lesson -----------------------------------------------------------------------------------------------------------


def lacks(trial: Trial) -> str:
    """It is about the callback, or a constant rate beside it, on a model of two classes."""
    training = trial.first
    if training.data_row.task != "two classes":
        return f"This lesson is about two classes, and {training.data} has none or more."
    if not training.plateau_knobs and training.schedule != "constant":
        name = training.schedule_row.name.lower()
        return f"This link has no callback (its schedule: {name}), and this lesson is about the callback."
    if not training.validation:
        return "No row validates in this link, and this lesson is about val_loss."
    return too_long(trial)


LESSON = Lesson(
    key="real_model",
    asks="Does it hold for a real model?",
    teaser="A network learns from data. Does the callback do there what it does on a bowl?",
    race=Trial(
        Training(
            model="network",
            optimizer="gradient_descent",
            alpha=TOP,
            schedule="plateau",
            batch_size=10,
            epochs=100,
            values={"factor": 0.1, "patience": 10},
        )
    ),
    cases={
        "": Case(
            "The callback",
            "",
            {},
            (
                Preset("Job 1: 0.1", {"schedule": "constant"}, "The rate stays.", "Does val_loss come to rest?"),
                Preset(
                    "Job 2: 0.01",
                    {"schedule": "constant", "alpha": "0.01"},
                    "The rate stays, ten times smaller.",
                    "How far does it get?",
                ),
                Preset("Patience 3", {"patience": "3"}, "The first cut comes early.", "Was it too early?"),
            ),
        ),
    },
    predict="Which of three jobs ends with the lowest val_loss?",
    prediction=which_ends_lowest,
    check=check,
    live=("alpha", "factor", "patience"),
    lacks=lacks,
    answers=(
        Answer(
            3,
            "On a real model, do two jobs with constant rates do as well as one with the callback?",
            "Here no: the first rate is quick but does not settle, the smaller one is slow; the callback has both.",
        ),
    ),
)
