"""Rates that fall: in drops, by a constant share, along a curve."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import Knob, fixed, read_steps, refused
from lrviz.schedules.schedule import GAMMA, LAMBDA, LISTS, Own, Schedule, Values, always, multiplies, steps


def step_decay(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha gamma^floor(t/step_size).   torch.optim.lr_scheduler.StepLR."""
    return alpha * values["gamma"] ** (np.arange(n) // values["step_size"])


def multi_step(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha gamma^(number of milestones reached by step t).   torch.optim.lr_scheduler.MultiStepLR."""
    return alpha * values["gamma"] ** np.searchsorted(read_steps(values["milestones"]), np.arange(n), side="right")


def exponential(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha decay_rate^(t/decay_steps), the exponent rounded down with staircase.

    keras.optimizers.schedules.ExponentialDecay.
    """
    return alpha * values["decay_rate"] ** _periods(values, n)


def inverse_time(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha/(1 + decay_rate t/decay_steps), t/decay_steps rounded down with staircase.

    keras.optimizers.schedules.InverseTimeDecay.
    """
    return alpha / (1 + values["decay_rate"] * _periods(values, n))


def polynomial(values: Values, alpha: float, n: int) -> np.ndarray:
    """(alpha - end)(1 - t/T)^power + end, T = decay_steps; then end, or with cycle T grows to the next multiple.

    keras.optimizers.schedules.PolynomialDecay; torch.optim.lr_scheduler.PolynomialLR has end 0.
    """
    t, first = np.arange(n), float(values["decay_steps"] or max(n, 1))
    length = first * np.maximum(np.ceil(t / first), 1) if values["cycle"] else first
    end = values["end_learning_rate"]
    return (alpha - end) * (1 - np.minimum(t / length, 1)) ** values["power"] + end


def annealing(values: Values, alpha: float, n: int) -> np.ndarray:
    """Gradual first, larger drops later.

    alpha decay_rate^(t/decay_steps) up to drop_from, then times gamma every step_size steps.
    """
    turn = n // 2 if values["drop_from"] is None else int(values["drop_from"])
    t = np.arange(n)
    gradual = alpha * values["decay_rate"] ** (np.minimum(t, turn) / values["decay_steps"])
    return gradual * values["gamma"] ** np.where(t < turn, 0, 1 + (t - turn) // values["step_size"])


def _periods(values: Values, n: int) -> np.ndarray:
    periods = np.arange(n) / float(values["decay_steps"])
    return np.floor(periods) if values["staircase"] else periods


DECAY_RATE = Knob(
    "decay_rate",
    "Decay rate",
    0,
    10,
    0.5,
    "log",
    help="What the rate is multiplied by in decay_steps.",
    slider=(0.01, 1),
    low_open=True,
)
_DECAY_STEPS = steps("decay_steps", "Decay steps", 50, "Steps for one decay.")
_TOTAL_ITERS = 5
_STAIRCASE = Knob("staircase", "Staircase", 0, 1, 0, kind="flag", help="Fall in steps and not smoothly.")
_GAMMA_OF_CLASS = Own({"gamma": 0.1}, goes_on=multiplies)


def _exponential_lr(values: Values, n: int) -> Iterator[str]:
    if values["staircase"]:
        yield "ExponentialLR has no staircase: the program uses StepLR, which does the same."


def _polynomial_lr(values: Values, n: int) -> Iterator[str]:
    if values["decay_steps"] == _TOTAL_ITERS < n:
        yield f"PolynomialLR ends after {_TOTAL_ITERS} steps unless total_iters says more: decay_steps here."
    if values["end_learning_rate"]:
        yield f"PolynomialLR always ends at 0: {LAMBDA}"
    if values["cycle"]:
        yield f"PolynomialLR does not begin again: {LAMBDA}"


DECAY = (
    Schedule(
        "step_decay", "Step decay", step_decay, r"\alpha_t = \alpha\,\gamma^{\lfloor t/T \rfloor}",
        "ExponentialDecay(staircase=True)", "StepLR",
        knobs=(steps("step_size", "Steps between drops", 50, "A drop every so many steps."), GAMMA),
        aliases=("step", "StepLR"),
        arguments={
            "decay_steps": "step_size", "transition_steps": "step_size", "decay_rate": "gamma",
            "staircase": fixed(1, "Without a staircase it is the schedule exponential."),
        },
        own={"pytorch": _GAMMA_OF_CLASS},
    ),
    Schedule(
        "multi_step", "Multi-step", multi_step, r"\alpha_t = \alpha\,\gamma^{\#\{m \le t\}}",
        "PiecewiseConstantDecay", "MultiStepLR",
        knobs=(
            Knob(
                "milestones", "Milestones", default="60,120", kind="steps",
                help="The steps at which the rate drops.",
            ),
            GAMMA,
        ),
        aliases=("MultiStepLR", "PiecewiseConstantDecay", "piecewise_constant_schedule"),
        arguments={
            "boundaries": refused("Keras drops the rate after a boundary: milestones here, each one step later."),
            "values": refused("The values are alpha and gamma here, the same drop at each milestone."),
        },
        own={"pytorch": _GAMMA_OF_CLASS},
    ),
    Schedule(
        "exponential", "Exponential decay", exponential, r"\alpha_t = \alpha\,r^{t/T}",
        "ExponentialDecay", "ExponentialLR",
        knobs=(_DECAY_STEPS, DECAY_RATE, _STAIRCASE),
        aliases=("ExponentialDecay", "ExponentialLR"),
        arguments={
            "gamma": lambda gamma: {"decay_rate": gamma, "decay_steps": 1}, "transition_steps": "decay_steps",
        },
        own={"pytorch": Own(cannot=_exponential_lr, goes_on=multiplies)},
    ),
    Schedule(
        "inverse_time", "Inverse time decay", inverse_time, r"\alpha_t = \alpha / (1 + r\,t/T)",
        "InverseTimeDecay", "LambdaLR", "Robbins & Monro (1951), doi 10.1214/aoms/1177729586",
        (_DECAY_STEPS, DECAY_RATE.with_default(1.0), _STAIRCASE),
        aliases=("InverseTimeDecay",),
        own={
            "pytorch": Own(
                cannot=always("PyTorch has no inverse time decay: the program writes it for LambdaLR.")
            )
        },
    ),
    Schedule(
        "polynomial", "Polynomial decay", polynomial, r"\alpha_t = (\alpha - \alpha_T)(1 - t/T)^p + \alpha_T",
        "PolynomialDecay", "PolynomialLR",
        knobs=(
            steps(
                "decay_steps", "Decay steps", None,
                f"Steps until the lowest rate is reached. PyTorch's PolynomialLR: {_TOTAL_ITERS}, if not said.",
                "the whole run",
            ),
            Knob(
                "end_learning_rate", "Last rate", 0, 10, 1e-4, "log", help="The rate at the end.", slider=(1e-6, 1),
            ),
            Knob("power", "Power", 0, 10, 1, help="1 is a straight line.", slider=(0.1, 5)),
            Knob(
                "cycle", "Begin again", 0, 1, 0, kind="flag",
                help="Begin again after the end, each time for longer.",
            ),
        ),
        aliases=("PolynomialDecay", "PolynomialLR", "polynomial_schedule"),
        arguments={
            "total_iters": "decay_steps", "transition_steps": "decay_steps", "end_value": "end_learning_rate",
        },
        own={
            "pytorch": Own(
                {"decay_steps": _TOTAL_ITERS, "end_learning_rate": 0.0}, cannot=_polynomial_lr, goes_on=multiplies
            )
        },
    ),
)  # fmt: skip

ANNEALING = Schedule(
    "annealing", "Annealing", annealing, r"\alpha_t = \alpha\,r^{\min(t, t_d)/T}\,\gamma^{\#\text{drops}}",
    "", "",
    "Gradual first, then larger drops; He et al. (2016), arXiv 1512.03385, for the drops",
    (
        _DECAY_STEPS.with_default(20),
        DECAY_RATE.with_default(0.9),
        steps(
            "drop_from", "Drops begin at", None, "The step of the first large drop.", "half of the run", low=0,
        ),
        steps("step_size", "Steps between drops", 40, "A drop every so many steps."),
        GAMMA.with_default(0.3),
    ),
    own={
        "keras": Own(cannot=always(f"Keras has no such annealing: {LISTS}")),
        "pytorch": Own(cannot=always(f"PyTorch has no such annealing: {LAMBDA}")),
    },
)  # fmt: skip
