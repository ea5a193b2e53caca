"""The warm-up before a schedule, and what the framework's class cannot do of both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import Knob
from lrviz.schedules.schedule import LAMBDA, LISTS, Schedule, Values, steps

_WARMUP_STEPS = steps("warmup_steps", "Warm-up", 0, "Steps in which the rate first rises on a straight line.", low=0)
_START_FACTOR = Knob(
    "start_factor",
    "Warm-up starts at",
    0,
    1,
    0,
    help="Part of alpha with which the warm-up starts.",
    unit="× alpha",
)
WARMUP = {"keras": (_WARMUP_STEPS, _START_FACTOR), "pytorch": (_WARMUP_STEPS, _START_FACTOR.with_default(1 / 3))}
"""The knobs of the warm-up by framework: LinearLR begins at a third, Keras's CosineDecay where one says."""


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def with_warmup(schedule: Schedule, framework: str, values: Values, alpha: float, n: int) -> np.ndarray:
    """The schedule, begun after warmup_steps that rise on a straight line from start_factor alpha to alpha.   -> (n,)

    A rate beyond all numbers is infinite, and the run leaves the finite there.

    keras.optimizers.schedules.CosineDecay(warmup_target=), torch.optim.lr_scheduler.LinearLR before any other.
    """
    rates, warm = schedule.rates_in(framework), min(int(values["warmup_steps"]), n)
    if warm == 0:
        return rates(values, alpha, n)
    start = values["start_factor"]
    rising = alpha * (start + (1 - start) * np.arange(warm) / int(values["warmup_steps"]))
    return np.concatenate([rising, rates(values, alpha, n - warm)])


def notes(schedule: Schedule, framework: str, values: Values, n: int) -> list[str]:
    """What the framework's class cannot do of this run of n steps, and what is done instead: a sentence each."""
    warm = int(values["warmup_steps"])
    sentences = list(schedule.of(framework).cannot(values, n - warm)) if n > warm else []
    return [*sentences, *_WARM_UP[framework](schedule, values)] if warm else sentences


def _keras_warm_up(schedule: Schedule, values: Values) -> Iterator[str]:
    if schedule.plateau:
        yield "Keras has no warm-up before ReduceLROnPlateau: the program sets the rate of each step."
    elif schedule.key != "cosine":
        yield f"In Keras only CosineDecay has a warm-up: {LISTS}"


def _pytorch_warm_up(schedule: Schedule, values: Values) -> Iterator[str]:
    if schedule.plateau:
        yield "SequentialLR takes no ReduceLROnPlateau after a warm-up: the program sets the rate of each step."
    elif schedule.key == "wsd":
        yield f"A chain of schedulers takes no other warm-up before it: {LAMBDA}"
    elif schedule.key in ("one_cycle", "cyclical"):
        yield f"{schedule.pytorch} sets the first rate itself, which a LinearLR before it would change: {LAMBDA}"
    elif not values["start_factor"]:
        yield f"LinearLR refuses a start_factor of 0: {LAMBDA}"


_WARM_UP = {"keras": _keras_warm_up, "pytorch": _pytorch_warm_up}
