"""Schedules: each gives the whole vector of learning rates at once, as data for the engine.

Where both frameworks have a schedule the knobs bear Keras's names. A schedule knows only the step, never the loss; the
one policy that watches the loss is in ``plateau``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.knob import Knob, read_points, read_steps

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Schedule:
    """``rates(values, alpha, n) -> (n,)``: the rate of each step, from the knobs' values and the first rate alpha.

    ``keras`` and ``pytorch`` name the class that does the same there, if there is one. ``plateau`` is true for the one
    that leaves the rate to ReduceLROnPlateau.
    """

    key: str
    name: str
    rates: Callable[[Values, float, int], np.ndarray]
    formula: str
    keras: str = ""
    pytorch: str = ""
    source: str = ""
    knobs: tuple[Knob, ...] = ()
    plateau: bool = False


def constant(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha."""
    return np.full(n, float(alpha))


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


def cosine(values: Values, alpha: float, n: int) -> np.ndarray:
    """eta_min + (alpha - eta_min)(1 + cos(pi t/T))/2, T = decay_steps; then eta_min.

    keras.optimizers.schedules.CosineDecay (its ``alpha`` is eta_min/alpha here) and, up to step T,
    torch.optim.lr_scheduler.CosineAnnealingLR. Loshchilov & Hutter (2017), arXiv 1608.03983.
    """
    t = np.minimum(np.arange(n) / float(values["decay_steps"] or max(n, 1)), 1)
    return values["eta_min"] + (alpha - values["eta_min"]) * (1 + np.cos(np.pi * t)) / 2


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


def one_cycle(values: Values, alpha: float, n: int) -> np.ndarray:
    """Up from max_lr/div_factor to max_lr in pct_start of the steps, then down to max_lr/div_factor/final_div_factor.

    With three_phase the way down first mirrors the way up. The momentum is not cycled (cycle_momentum=False).
    torch.optim.lr_scheduler.OneCycleLR; Smith & Topin (2018), arXiv 1708.07120.
    """
    top, total = _or(values["max_lr"], alpha), int(values["total_steps"] or n)
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
    low, high = _or(values["base_lr"], alpha / 10), _or(values["max_lr"], alpha)
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


def annealing(values: Values, alpha: float, n: int) -> np.ndarray:
    """Gradual first, larger drops later.

    alpha decay_rate^(t/decay_steps) up to drop_from, then times gamma every step_size steps.
    """
    turn = n // 2 if values["drop_from"] is None else int(values["drop_from"])
    t = np.arange(n)
    gradual = alpha * values["decay_rate"] ** (np.minimum(t, turn) / values["decay_steps"])
    return gradual * values["gamma"] ** np.where(t < turn, 0, 1 + (t - turn) // values["step_size"])


def drawn(values: Values, alpha: float, n: int) -> np.ndarray:
    """Through the given step:rate points, straight on a log scale; level before the first and after the last."""
    points = read_points(values["points"]) if values["points"] else [(0, alpha), (max(n - 1, 1), alpha / 100)]
    steps, rates = zip(*points, strict=True)
    return np.exp(np.interp(np.arange(n), steps, np.log(rates)))


def with_warmup(schedule: Schedule, values: Values, alpha: float, n: int) -> np.ndarray:
    """The schedule, begun after warmup_steps that rise on a straight line from start_factor alpha to alpha.   -> (n,)

    keras.optimizers.schedules.CosineDecay(warmup_target=), torch.optim.lr_scheduler.LinearLR before any other.
    """
    warm = min(int(values["warmup_steps"]), n)
    if warm == 0:
        return schedule.rates(values, alpha, n)
    start = values["start_factor"]
    rising = alpha * (start + (1 - start) * np.arange(warm) / int(values["warmup_steps"]))
    return np.concatenate([rising, schedule.rates(values, alpha, n - warm)])


def _periods(values: Values, n: int) -> np.ndarray:
    periods = np.arange(n) / float(values["decay_steps"])
    return np.floor(periods) if values["staircase"] else periods


def _or(value: float | None, derived: float) -> float:
    return derived if value is None else value


_MANY = 100_000


def _steps(key: str, label: str, default: int | None, help: str, auto: str = "", low: int = 1) -> Knob:
    return Knob(
        key,
        label,
        low,
        _MANY,
        default,
        "log" if low else "linear",
        "steps",
        help,
        "integer",
        auto=auto,
        slider=(low, 500),
    )


def _rate(key: str, label: str, auto: str, help: str) -> Knob:
    return Knob(key, label, 0, 100, None, "log", help=help, auto=auto, slider=(1e-6, 10))


WARMUP = (
    _steps("warmup_steps", "Warm-up", 0, "Steps in which the rate first rises on a straight line.", low=0),
    Knob(
        "start_factor",
        "Warm-up starts at",
        0,
        1,
        0,
        help="Part of alpha with which the warm-up starts.",
        unit="× alpha",
    ),
)
_ETA_MIN = Knob(
    "eta_min", "Lowest rate", 0, 10, 0, "log", symbol=r"\eta_{\min}", help="Where the cosine ends.", slider=(1e-6, 1)
)
_GAMMA = Knob(
    "gamma",
    "Factor of a drop",
    0,
    10,
    0.5,
    "log",
    symbol=r"\gamma",
    help="The rate is multiplied by this.",
    slider=(0.01, 1),
    low_open=True,
)
_DECAY_RATE = Knob(
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
_DECAY_STEPS = _steps("decay_steps", "Decay steps", 50, "Steps for one decay.")
_WHOLE_RUN = _steps("decay_steps", "Decay steps", None, "Steps until the lowest rate is reached.", "the whole run")
_STAIRCASE = Knob("staircase", "Staircase", 0, 1, 0, kind="flag", help="Fall in steps and not smoothly.")
_MAX_LR = _rate("max_lr", "Highest rate", "alpha", "The top of the cycle.")
_SMITH = "Smith (2017), arXiv 1506.01186"
_SGDR = "Loshchilov & Hutter (2017), arXiv 1608.03983"

SCHEDULES: dict[str, Schedule] = {
    row.key: row
    for row in (
        Schedule("constant", "Constant", constant, r"\alpha_t = \alpha"),
        Schedule(
            "step_decay", "Step decay", step_decay, r"\alpha_t = \alpha\,\gamma^{\lfloor t/T \rfloor}",
            "ExponentialDecay(staircase=True)", "StepLR",
            knobs=(_steps("step_size", "Steps between drops", 50, "A drop every so many steps."), _GAMMA),
        ),
        Schedule(
            "multi_step", "Multi-step", multi_step, r"\alpha_t = \alpha\,\gamma^{\#\{m \le t\}}",
            "PiecewiseConstantDecay", "MultiStepLR",
            knobs=(
                Knob(
                    "milestones", "Milestones", default="60,120", kind="steps",
                    help="The steps at which the rate drops.",
                ),
                _GAMMA,
            ),
        ),
        Schedule(
            "exponential", "Exponential decay", exponential, r"\alpha_t = \alpha\,r^{t/T}",
            "ExponentialDecay", "ExponentialLR",
            knobs=(_DECAY_STEPS, _DECAY_RATE, _STAIRCASE),
        ),
        Schedule(
            "inverse_time", "Inverse time decay", inverse_time, r"\alpha_t = \alpha / (1 + r\,t/T)",
            "InverseTimeDecay", "LambdaLR", "Robbins & Monro (1951), doi 10.1214/aoms/1177729586",
            (_DECAY_STEPS, _DECAY_RATE.with_default(1.0), _STAIRCASE),
        ),
        Schedule(
            "polynomial", "Polynomial decay", polynomial, r"\alpha_t = (\alpha - \alpha_T)(1 - t/T)^p + \alpha_T",
            "PolynomialDecay", "PolynomialLR",
            knobs=(
                _WHOLE_RUN,
                Knob(
                    "end_learning_rate", "Last rate", 0, 10, 1e-4, "log", help="The rate at the end.", slider=(1e-6, 1),
                ),
                Knob("power", "Power", 0, 10, 1, help="1 is a straight line.", slider=(0.1, 5)),
                Knob(
                    "cycle", "Begin again", 0, 1, 0, kind="flag",
                    help="Begin again after the end, each time for longer.",
                ),
            ),
        ),
        Schedule(
            "cosine", "Cosine decay", cosine,
            r"\alpha_t = \eta_{\min} + \tfrac12(\alpha - \eta_{\min})(1 + \cos \pi t/T)",
            "CosineDecay", "CosineAnnealingLR", _SGDR, (_WHOLE_RUN, _ETA_MIN),
        ),
        Schedule(
            "cosine_restarts", "Cosine with warm restarts", cosine_restarts,
            r"\alpha_t = \eta_{\min} + \tfrac12(\alpha - \eta_{\min})\,m^i (1 + \cos \pi t_i/T_i)",
            "CosineDecayRestarts", "CosineAnnealingWarmRestarts", _SGDR,
            (
                _steps("first_decay_steps", "First period", 50, "Steps until the first restart."),
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
        ),
        Schedule(
            "one_cycle", "One-cycle", one_cycle,
            r"\alpha_0 = \alpha/d \;\nearrow\; \alpha \;\searrow\; \alpha_0/f",
            "", "OneCycleLR", "Smith & Topin (2018), arXiv 1708.07120",
            (
                _MAX_LR,
                _steps("total_steps", "Length of the cycle", None, "Steps of the whole cycle.", "the whole run"),
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
        ),
        Schedule(
            "cyclical", "Cyclical", cyclical,
            r"\alpha_t = \alpha_{lo} + (\alpha_{hi} - \alpha_{lo})\,\mathrm{triangle}(t)",
            "", "CyclicLR", _SMITH,
            (
                _rate("base_lr", "Lowest rate", "alpha / 10", "The bottom of the cycle."),
                _MAX_LR,
                _steps("step_size_up", "Steps up", 25, "Steps from the bottom to the top."),
                _steps("step_size_down", "Steps down", None, "Steps from the top to the bottom.", "as many as up"),
                Knob(
                    "mode", "Mode", default="triangular", kind="choice",
                    choices=("triangular", "triangular2", "exp_range"), help="How the height changes.",
                ),
                Knob(
                    "gamma", "Shrink a step", 0, 1, 1, symbol=r"\gamma", slider=(0.9, 1),
                    help="Height of exp_range: times gamma each step.",
                ),
            ),
        ),
        Schedule(
            "annealing", "Annealing", annealing, r"\alpha_t = \alpha\,r^{\min(t, t_d)/T}\,\gamma^{\#\text{drops}}",
            "", "SequentialLR",
            "Gradual first, then larger drops; He et al. (2016), arXiv 1512.03385, for the drops",
            (
                _DECAY_STEPS.with_default(20),
                _DECAY_RATE.with_default(0.9),
                _steps(
                    "drop_from", "Drops begin at", None, "The step of the first large drop.", "half of the run", low=0,
                ),
                _steps("step_size", "Steps between drops", 40, "A drop every so many steps."),
                _GAMMA.with_default(0.3),
            ),
        ),
        Schedule(
            "drawn", "Drawn by hand", drawn, r"\alpha_t \text{ through the drawn points}",
            knobs=(
                Knob(
                    "points", "Points", default=None, kind="points", auto="alpha, falling to a hundredth",
                    help="step:rate, step:rate, …",
                ),
            ),
        ),
        Schedule(
            "plateau", "Reduce on plateau", constant, r"\alpha \leftarrow \max(\alpha f, \alpha_{\min})",
            "ReduceLROnPlateau", "ReduceLROnPlateau", plateau=True,
        ),
    )
}  # fmt: skip
ALIASES = {
    "reduce_lr_on_plateau": "plateau",
    "none": "constant",
    "cosine_warm_restarts": "cosine_restarts",
    "cyclic": "cyclical",
    "step": "step_decay",
}
