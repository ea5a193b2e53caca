"""The rate as it is, as a visitor draws it, as a range test needs it; and as ReduceLROnPlateau leaves it."""

from __future__ import annotations

import numpy as np

from lrviz.knob import Knob, read_points
from lrviz.schedules.schedule import SMITH, Own, Schedule, Values, multiplies


def constant(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha."""
    return np.full(n, float(alpha))


def range_test(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha (end_lr/alpha)^(t/n): the rate grows by one factor a step, over the whole run.

    ExponentialDecay with a rate of decay above 1, ExponentialLR with a gamma above 1; ``LRFinder`` of fastai, which has
    1e-7 to 10 in 100 steps. Smith (2017), arXiv 1506.01186, section 3.3, there on a straight line.
    """
    return alpha * (values["end_lr"] / alpha) ** (np.arange(n) / max(n, 1))


def drawn(values: Values, alpha: float, n: int) -> np.ndarray:
    """Through the given step:rate points, straight on a log scale; level before the first and after the last."""
    points = read_points(values["points"]) if values["points"] else [(0, alpha), (max(n - 1, 1), alpha / 100)]
    steps, rates = zip(*points, strict=True)
    return np.exp(np.interp(np.arange(n), steps, np.log(rates)))


CONSTANT = Schedule(
    "constant", "Constant", constant, r"\alpha_t = \alpha", aliases=("none", "constant_schedule"),
    own={"pytorch": Own(goes_on=multiplies)},
)  # fmt: skip

RANGE_TEST = Schedule(
    "range_test", "Range test", range_test, r"\alpha_t = \alpha\,(\alpha_{end}/\alpha)^{t/T}",
    "ExponentialDecay", "ExponentialLR", SMITH,
    (
        Knob(
            "end_lr", "Last rate", 0, 1000, 10, "log", low_open=True, slider=(1e-3, 100),
            help="The rate to which it grows; alpha is the first.",
        ),
    ),
    aliases=("lr_find", "LRFinder", "lr_range_test"),
    arguments={"start_lr": "alpha"},
    own={"pytorch": Own(goes_on=multiplies)},
)  # fmt: skip

DRAWN = Schedule(
    "drawn", "Drawn by hand", drawn, r"\alpha_t \text{ through the drawn points}",
    knobs=(
        Knob(
            "points", "Points", default=None, kind="points", auto="alpha, falling to a hundredth",
            help="step:rate, step:rate, …",
        ),
    ),
)  # fmt: skip

PLATEAU = Schedule(
    "plateau", "Reduce on plateau", constant, r"\alpha \leftarrow \max(\alpha f, \alpha_{\min})",
    "ReduceLROnPlateau", "ReduceLROnPlateau", plateau=True,
    aliases=("ReduceLROnPlateau", "reduce_lr_on_plateau"),
)  # fmt: skip
