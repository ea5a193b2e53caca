"""Rates that rise and fall between two bounds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import Argument, Knob, fixed, refused
from lrviz.schedules.schedule import LAMBDA, LISTS, SMITH, Own, Schedule, Values, always, given, rate_knob, steps


def one_cycle(values: Values, alpha: float, n: int) -> np.ndarray:
    """Up from max_lr/div_factor to max_lr in pct_start of the steps, then down to max_lr/div_factor/final_div_factor.

    With three_phase the way down first mirrors the way up. The momentum is not cycled (cycle_momentum=False).
    After total_steps the rate stays, where the class raises ValueError.
    torch.optim.lr_scheduler.OneCycleLR; Smith & Topin (2018), arXiv 1708.07120.
    """
    top, total = given(values["max_lr"], alpha), int(values["total_steps"] or n)
    bottom = top / values["div_factor"]
    last = bottom / values["final_div_factor"]
    rise = values["pct_start"] * total
    if values["three_phase"]:
        phases = [(rise - 1, bottom, top), (2 * rise - 2, top, bottom), (total - 1.0, bottom, last)]
    else:
        phases = [(rise - 1, bottom, top), (total - 1.0, top, last)]
    t, begin = np.arange(n, dtype=float), 0.0
    rates, open_ = np.full(n, last), np.ones(n, dtype=bool)
    for end, low, high in phases:
        here = open_ & (t <= end)
        part = (t[here] - begin) / (end - begin) if end != begin else np.ones(int(here.sum()))
        if values["anneal_strategy"] == "cos":
            rates[here] = high + (low - high) / 2 * (np.cos(np.pi * part) + 1)
        else:
            rates[here] = (high - low) * part + low
        open_, begin = open_ & ~here, end
    return rates


def cyclical(values: Values, alpha: float, n: int) -> np.ndarray:
    """A triangle between base_lr and max_lr, step_size_up steps up and step_size_down down.

    triangular2 halves its height each cycle, exp_range shrinks it by gamma each step. The momentum is not cycled.
    torch.optim.lr_scheduler.CyclicLR; Smith (2017), arXiv 1506.01186.
    """
    low, high = given(values["base_lr"], alpha / 10), given(values["max_lr"], alpha)
    up = float(values["step_size_up"])
    total = up + float(values["step_size_down"] or up)
    t = np.arange(n)
    cycle = np.floor(1 + t / total)
    x, ratio = 1.0 + t / total - cycle, up / total
    height = np.where(x <= ratio, x / ratio, (x - 1) / (ratio - 1))
    if values["mode"] == "triangular2":
        height = height / 2.0 ** (cycle - 1)
    elif values["mode"] == "exp_range":
        height = height * values["gamma"] ** t
    return low + (high - low) * height


_MAX_LR = rate_knob("max_lr", "Highest rate", "alpha", "The top of the cycle.")
_CYCLED: dict[str, Argument] = {
    "cycle_momentum": fixed(0, "The momentum is not cycled here: cycle_momentum=False."),
    "base_momentum": refused("The momentum is not cycled here: cycle_momentum=False, and no base_momentum."),
    "max_momentum": refused("The momentum is not cycled here: cycle_momentum=False, and no max_momentum."),
}


def _not_cycled(kind: str) -> str:
    return f"By default {kind} cycles the momentum (or beta_1) too: here and in the program it does not."


def _one_cycle_lr(values: Values, n: int) -> Iterator[str]:
    total = int(values["total_steps"] or n)
    if n > total:
        yield (
            f"OneCycleLR raises ValueError after total_steps, {total}: here and in the program the rate stays as it is"
            " from there on."
        )
    if values["pct_start"] * total == 1:
        yield f"OneCycleLR divides by zero where one step rises: {LAMBDA}"
    yield _not_cycled("OneCycleLR")


def _only_in_pytorch(name: str) -> Own:
    return Own(cannot=always(f"Keras has no {name} schedule (PyTorch has one): {LISTS}"))


CYCLES = (
    Schedule(
        "one_cycle", "One-cycle", one_cycle,
        r"\alpha_0 = \alpha/d \;\nearrow\; \alpha \;\searrow\; \alpha_0/f",
        "", "OneCycleLR", "Smith & Topin (2018), arXiv 1708.07120",
        (
            _MAX_LR,
            steps("total_steps", "Length of the cycle", None, "Steps of the whole cycle.", "the whole run"),
            Knob("pct_start", "Part that rises", 0, 1, 0.3, help="Part of the steps in which the rate rises."),
            Knob(
                "anneal_strategy", "Shape", default="cos", kind="choice", choices=("cos", "linear"),
                help="Bent or straight.",
            ),
            Knob(
                "div_factor", "First rate is lower by", 1, 1e6, 25, "log", slider=(1, 1000),
                help="First rate = highest/this.",
            ),
            Knob(
                "final_div_factor", "Last rate is lower by", 1, 1e9, 1e4, "log", slider=(1, 1e6),
                help="Last rate = first/this.",
            ),
            Knob(
                "three_phase", "Three phases", 0, 1, 0, kind="flag",
                help="Mirror the rise before the final fall.",
            ),
        ),
        aliases=("OneCycleLR",),
        arguments={
            "epochs": refused("The length of the cycle is total_steps here, epochs times the steps of one."),
            **_CYCLED,
        },
        own={"keras": _only_in_pytorch("one-cycle"), "pytorch": Own(cannot=_one_cycle_lr)},
    ),
    Schedule(
        "cyclical", "Cyclical", cyclical,
        r"\alpha_t = \alpha_{lo} + (\alpha_{hi} - \alpha_{lo})\,\mathrm{triangle}(t)",
        "", "CyclicLR", SMITH,
        (
            rate_knob("base_lr", "Lowest rate", "alpha / 10", "The bottom of the cycle."),
            _MAX_LR,
            steps(
                "step_size_up", "Steps up", 25,
                "Steps from the bottom to the top. CyclicLR has 2000, longer than most runs here.",
            ),
            steps("step_size_down", "Steps down", None, "Steps from the top to the bottom.", "as many as up"),
            Knob(
                "mode", "Mode", default="triangular", kind="choice",
                choices=("triangular", "triangular2", "exp_range"), help="How the height changes.",
            ),
            Knob(
                "gamma", "Shrink a step", 0, 1, 1, symbol=r"\gamma", slider=(0.9, 1),
                help="Height of exp_range: times gamma each step.",
            ),
        ),
        aliases=("CyclicLR", "cyclic"),
        arguments=_CYCLED,
        own={
            "keras": _only_in_pytorch("cyclical"),
            "pytorch": Own(cannot=always(_not_cycled("CyclicLR"))),
        },
    ),
)  # fmt: skip
