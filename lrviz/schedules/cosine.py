"""Rates along a cosine, once or again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lrviz.knob import Argument, Knob, refused
from lrviz.schedules.schedule import LAMBDA, Own, Schedule, Values, sets_anew, steps


def cosine(values: Values, alpha: float, n: int) -> np.ndarray:
    """eta_min + (alpha - eta_min)(1 + cos(pi t/T))/2, T = decay_steps; then eta_min.

    keras.optimizers.schedules.CosineDecay; its ``alpha`` is eta_min/alpha here. Loshchilov & Hutter (2017), arXiv
    1608.03983.
    """
    t = np.minimum(np.arange(n) / float(values["decay_steps"] or max(n, 1)), 1)
    return values["eta_min"] + (alpha - values["eta_min"]) * (1 + np.cos(np.pi * t)) / 2


def cosine_annealing(values: Values, alpha: float, n: int) -> np.ndarray:
    """As cosine up to T = decay_steps; then up to alpha again within T steps, down again, and so on.

    eta_min + (alpha - eta_min) s_t with s_0 = 1, s_t = s_{t-1} (1 + cos(pi t/T))/(1 + cos(pi (t-1)/T)), and
    s_t = s_{t-1} + (1 - cos(pi/T))/2 after each floor: step by step as the class does, which keeps the digits that it
    has next to a floor. torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov & Hutter (2017), arXiv 1608.03983.
    """
    length = int(values["decay_steps"] or max(n, 1))
    wave = (1 + np.cos(np.pi * np.arange(n) / length)).tolist()
    first = (1 - float(np.cos(np.pi / length))) / 2
    part = [1.0] * n
    for t in range(1, n):
        after_floor = (t - 1 - length) % (2 * length) == 0
        part[t] = part[t - 1] + first if after_floor else part[t - 1] * wave[t] / wave[t - 1]
    return values["eta_min"] + (alpha - values["eta_min"]) * np.array(part)


def bends(length: int, floor: float, alpha: float, rates: np.ndarray) -> np.ndarray:
    """CosineAnnealingLR: what lies above the floor is multiplied; the step up from the floor is always the same."""
    t = np.arange(1, len(rates))
    wave = 1 + np.cos(np.pi * np.arange(len(rates)) / length)
    after_floor = (t - 1 - length) % (2 * length) == 0
    ratio = np.where(after_floor, 1, wave[1:] / np.where(after_floor, 1, wave[:-1]))
    more = np.where(after_floor, (alpha - floor) * (1 - np.cos(np.pi / length)) / 2, floor * (1 - ratio))
    return np.concatenate([sets_anew({}, alpha, rates[:1]), np.stack([ratio, more], axis=1)])


def _goes_on(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    return bends(int(values["decay_steps"] or len(rates)), values["eta_min"], alpha, rates)


def cosine_restarts(values: Values, alpha: float, n: int) -> np.ndarray:
    """As cosine, begun anew after T, T t_mul, T t_mul^2, ... steps, the i-th time from m_mul^i of the height.

    keras.optimizers.schedules.CosineDecayRestarts; torch.optim.lr_scheduler.CosineAnnealingWarmRestarts has m_mul 1.
    """
    period, grow = int(values["first_decay_steps"]), float(values["t_mul"])
    start, length, height = 0.0, float(period), 1.0
    rates = np.empty(n)
    for t in range(n):
        while t >= start + length:
            start, length, height = start + length, length * grow, height * values["m_mul"]
        rates[t] = height * (1 + np.cos(np.pi * (t - start) / length)) / 2
    return values["eta_min"] + (alpha - values["eta_min"]) * rates


_ETA_MIN = Knob(
    "eta_min", "Lowest rate", 0, 10, 0, "log", symbol=r"\eta_{\min}", help="Where the cosine ends.", slider=(1e-6, 1)
)
_WHOLE_RUN = steps("decay_steps", "Decay steps", None, "Steps until the lowest rate is reached.", "the whole run")
_SGDR = "Loshchilov & Hutter (2017), arXiv 1608.03983"
_FLOOR_AS_PART: Mapping[str, Argument] = {
    "alpha": refused(
        "Keras's cosine schedules call the lowest rate alpha, as a part of the first: here it is eta_min, as a rate."
        " The learning rate is --alpha or lr."
    ),
    "warmup_target": refused("warmup_target is alpha here, and a warm-up begins at start_factor times alpha."),
}


def _cosine_annealing_lr(values: Values, n: int) -> Iterator[str]:
    length = values["decay_steps"]
    if length and n > length + 1:
        yield f"CosineAnnealingLR rises again after T_max, {length} steps; Keras's CosineDecay stays down."


def _warm_restarts(values: Values, n: int) -> Iterator[str]:
    if not float(values["t_mul"]).is_integer():
        yield f"T_mult of CosineAnnealingWarmRestarts must be a whole number: {LAMBDA}"
    if values["m_mul"] != 1:
        yield f"CosineAnnealingWarmRestarts begins each period at the full height, m_mul 1: {LAMBDA}"


COSINE = (
    Schedule(
        "cosine", "Cosine decay", cosine,
        r"\alpha_t = \eta_{\min} + \tfrac12(\alpha - \eta_{\min})(1 + \cos \pi t/T)",
        "CosineDecay", "CosineAnnealingLR", _SGDR, (_WHOLE_RUN, _ETA_MIN),
        aliases=("CosineDecay", "CosineAnnealingLR", "cosine_decay_schedule"),
        arguments={"T_max": "decay_steps"},
        own={
            "keras": Own(arguments=_FLOOR_AS_PART),
            "pytorch": Own(rates=cosine_annealing, cannot=_cosine_annealing_lr, goes_on=_goes_on),
        },
    ),
    Schedule(
        "cosine_restarts", "Cosine with warm restarts", cosine_restarts,
        r"\alpha_t = \eta_{\min} + \tfrac12(\alpha - \eta_{\min})\,m^i (1 + \cos \pi t_i/T_i)",
        "CosineDecayRestarts", "CosineAnnealingWarmRestarts", _SGDR,
        (
            steps("first_decay_steps", "First period", 50, "Steps until the first restart."),
            Knob(
                "t_mul", "Longer each time", 1, 10, 2, slider=(1, 4),
                help="Each period is so many times as long as the last.",
            ),
            Knob(
                "m_mul", "Lower each time", 0, 2, 1,
                help="Each restart begins at so much of the last one's height.",
            ),
            _ETA_MIN,
        ),
        aliases=("CosineDecayRestarts", "CosineAnnealingWarmRestarts", "cosine_warm_restarts", "SGDR"),
        arguments={"T_0": "first_decay_steps", "T_mult": "t_mul"},
        own={
            "keras": Own(arguments=_FLOOR_AS_PART),
            "pytorch": Own({"t_mul": 1}, cannot=_warm_restarts),
        },
    ),
)  # fmt: skip
