"""The rate of warm-up, stable and decay: up, level, and down at the end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import Knob
from lrviz.schedules.cosine import bends
from lrviz.schedules.schedule import LAMBDA, LISTS, Own, Schedule, Values, always, multiplies


def warmup_stable_decay(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha min(1, (t + 1)/w) (e + (1 - e) s(p)): up in w steps, level, and down to e alpha in the last d.

    w, d = warmup_fraction n, decay_fraction n, rounded; e = min_lr_ratio; p = (t - n + d)/d, 0 before the decay; s(p)
    is 1 - p, (1 + cos(pi p))/2 or 1 - sqrt(p). Hu et al. (2024), arXiv 2404.06395; the last shape: Hägele et al.
    (2024), arXiv 2405.18392.
    """
    warm, fall = _lengths(values, n)
    t = np.arange(n)
    part = np.maximum(t - (n - fall), 0) / max(fall, 1)
    shapes = {"linear": 1 - part, "cosine": (1 + np.cos(np.pi * part)) / 2, "1-sqrt": 1 - np.sqrt(part)}
    end = values["min_lr_ratio"]
    return alpha * np.minimum((t + 1) / max(warm, 1), 1) * (end + (1 - end) * shapes[values["decay_type"]])


def _lengths(values: Values, n: int) -> tuple[int, int]:
    """Of the warm-up and of the decay, in steps."""
    return round(values["warmup_fraction"] * n), round(values["decay_fraction"] * n)


def chains(values: Values, n: int) -> bool:
    """Can PyTorch's own classes, one after the other, be the warm-up, the level and the decay of n steps?"""
    warm, fall = _lengths(values, n)
    return values["decay_type"] != "1-sqrt" and warm < n - fall


def _in_turn(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """SequentialLR of the warm-up, the level and the decay: each begins anew."""
    n = len(rates)
    warm, fall = _lengths(values, n)
    rise, level, decay = np.split(rates, [warm if warm > 1 else 0, n - fall])
    if values["decay_type"] == "cosine":
        down = bends(max(fall, 1), values["min_lr_ratio"] * alpha, alpha, decay)
    else:
        down = multiplies(values, alpha, decay)
    return np.concatenate([multiplies(values, alpha, rise), multiplies(values, alpha, level), down])


def _chained(values: Values, n: int) -> Iterator[str]:
    how = "the program chains LinearLR, ConstantLR and the decay." if chains(values, n) else LAMBDA
    yield f"PyTorch has no class for warm-up, stable and decay: {how}"


WSD = Schedule(
    "wsd", "Warm-up, stable, decay", warmup_stable_decay,
    r"\alpha_t = \alpha\,\min(1, \tfrac{t + 1}{w})\,(e + (1 - e)\, s(\tfrac{t - n + d}{d}))",
    "", "", "Hu et al. (2024), arXiv 2404.06395; Hägele et al. (2024), arXiv 2405.18392",
    (
        Knob(
            "decay_fraction", "Part that decays", 0, 1, 0.2, symbol="d",
            help="Part of the steps, at the end, in which the rate falls.",
        ),
        Knob(
            "decay_type", "Shape of the decay", default="linear", kind="choice",
            choices=("linear", "cosine", "1-sqrt"), help="How it falls: straight, bent, or fast at first.",
        ),
        Knob(
            "warmup_fraction", "Part that warms up", 0, 1, 0.1, symbol="w",
            help="Part of the steps, at the start, in which the rate rises.",
        ),
        Knob("min_lr_ratio", "Last rate", 0, 1, 0, symbol="e", help="Where the decay ends.", unit="× alpha"),
    ),
    aliases=("warmup_stable_decay", "warmup_stable_decay_schedule", "get_wsd_schedule"),
    own={
        "keras": Own(cannot=always(f"Keras has no schedule of warm-up, stable and decay: {LISTS}")),
        "pytorch": Own(cannot=_chained, goes_on=_in_turn),
    },
)  # fmt: skip
