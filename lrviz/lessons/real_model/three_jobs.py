"""The callback beside two constant rates: three jobs, with many seeds, and what the first cut calms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import apart, digits
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.lessons.real_model.cases import end, times, with_callback
from lrviz.lessons.trained import trained
from lrviz.once import made_once_for
from lrviz.training import History, Training, run_many

SEEDS = 21
"""Other first weights and other batches. Three jobs with so many are one batch of the compiled program."""
MOST_EPOCHS = 10
"""So many epochs before and after the first cut are looked at."""
JOBS = {"one": "Job 1", "two": "Job 2", "callback": "With the callback"}


def jobs(training: Training) -> dict[str, Training]:
    """The three jobs of the question: constant at the first rate, constant at what one cut makes of it, and from the
    first rate with the callback."""
    watched = with_callback(training)
    plain = watched.having(schedule="constant")
    rate = float(watched["alpha"]) * float(watched["factor"])  # type: ignore[arg-type]
    return {"one": plain, "two": plain.having(alpha=rate), "callback": watched}


@made_once_for(QUESTIONS)
def which_ends_lowest(training: Training) -> Question:
    """Which of the three jobs ends with the lowest val_loss? Graded by training all."""
    three = jobs(training)
    first, second = (digits(float(three[key].alpha or 0)) for key in ("one", "two"))
    what = (
        f"Three jobs train this network. Job 1 keeps the rate {first}, job 2 keeps {second}. The third starts with"
        f" {first} and has ReduceLROnPlateau on val_loss. Which ends with the lowest val_loss?"
    )
    ends = [end(trained(job)) for job in three.values()]
    listed = "; ".join(f"{name}: {text}" for name, text in zip(JOBS.values(), apart(*ends), strict=True))
    return Question(what, list(JOBS.values()), int(np.argmin(ends)), f"We trained all. At the end {listed}.")


@made_once_for(QUESTIONS)
def ends_of_seeds(training: Training) -> Mapping[str, np.ndarray]:
    """val_loss at the end of the three jobs, each with other seeds: a key of ``JOBS`` -> (SEEDS,)."""
    many = [job.having(seed=seed) for job in jobs(training).values() for seed in range(SEEDS)]
    for histories in run_many(many, keep_weights=False):
        ended = histories
    ends = np.array([end(history) for history in ended]).reshape(len(JOBS), SEEDS)
    return dict(zip(JOBS, ends, strict=True))


def wins(ends: Mapping[str, np.ndarray]) -> dict[str, int]:
    """With how many seeds each job ends lowest."""
    lowest = np.argmin([ends[key] for key in JOBS], axis=0)
    return {key: int(np.sum(lowest == place)) for place, key in enumerate(JOBS)}


def moved(val_loss: np.ndarray, cut: int) -> tuple[int, float, float] | None:
    """By how much val_loss moves from one epoch to the next in the mean of so many epochs before a cut and of as many
    after it; None where there are not two on each side.   -> epochs, before, after"""
    epochs = min(MOST_EPOCHS, cut - 1, len(val_loss) - cut)
    steps = np.abs(np.diff(val_loss))
    if epochs < 2:
        return None
    return epochs, float(np.mean(steps[cut - 1 - epochs : cut - 1])), float(np.mean(steps[cut - 1 : cut - 1 + epochs]))


def story(training: Training) -> list[Statement]:
    """How the three end, what the first cut calms, and who wins with other seeds."""
    histories = {key: trained(job) for key, job in jobs(training).items()}
    ends = apart(*(end(histories[key]) for key in JOBS))
    statements = [Statement(("real.jobs",), {}, dict(zip(JOBS, ends, strict=True))), _first_cut(histories["callback"])]
    found = wins(ends_of_seeds(training))
    return [
        *statements,
        Statement(("real.seeds",), {"seeds": SEEDS}, {f"wins_{key}": times(n) for key, n in found.items()}),
    ]


def _first_cut(history: History) -> Statement:
    if not len(history.cuts):
        return Statement(("real.never",), {})
    cut = int(history.cuts[0])
    found = moved(history.log.val_loss, cut)
    if found is None:
        return Statement(("real.first_cut",), {"first_cut": cut})
    return Statement(
        ("real.first_cut", "real.calm"),
        {"first_cut": cut, "epochs": found[0], "before": found[1], "after": found[2]},
    )
