"""Schedules: each gives the whole vector of learning rates at once, as data for the engine.

Where both frameworks have a schedule the knobs bear Keras's names. A schedule knows only the step, never the loss; the
one policy that watches the loss is in ``plateau``. Under a framework's name a schedule is that framework's class, with
its defaults; `notes` says what the class cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from lrviz.knob import Argument, Knob, Value, fixed, read_points, read_steps, refused

Values = Mapping[str, Any]
Rates = Callable[[Values, float, int], np.ndarray]


GoesOn = Callable[[Values, float, np.ndarray], np.ndarray]
"""(values, alpha, rates (n,)) -> (n, 2), in each row a and b: the class makes a lr + b of the rate lr that is there."""


def _can_all(values: Values, n: int) -> Iterator[str]:
    yield from ()


def sets_anew(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """Each rate is computed from the first one, whatever became of the one before: LambdaLR and most others."""
    return np.stack([np.zeros_like(rates), rates], axis=1)


def multiplies(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """The rate that is there is multiplied, and what something else made of it stays: StepLR, LinearLR."""
    before = rates[:-1]
    ratio = np.where(before > 0, rates[1:] / np.where(before > 0, before, 1), 1)
    return np.concatenate([sets_anew(values, alpha, rates[:1]), np.stack([ratio, 0 * ratio], axis=1)])


def _bends(length: int, floor: float, alpha: float, rates: np.ndarray) -> np.ndarray:
    """CosineAnnealingLR: what lies above the floor is multiplied; the step up from the floor is always the same."""
    t = np.arange(1, len(rates))
    wave = 1 + np.cos(np.pi * np.arange(len(rates)) / length)
    after_floor = (t - 1 - length) % (2 * length) == 0
    ratio = np.where(after_floor, 1, wave[1:] / np.where(after_floor, 1, wave[:-1]))
    more = np.where(after_floor, (alpha - floor) * (1 - np.cos(np.pi / length)) / 2, floor * (1 - ratio))
    return np.concatenate([sets_anew({}, alpha, rates[:1]), np.stack([ratio, more], axis=1)])


@dataclass(frozen=True)
class Own:
    """What one framework's class does in its own way.

    ``defaults``: a knob's key -> the class's default. ``rates``: the class's rates, where they are others.
    ``cannot(values, n)``: a sentence for each thing that the class cannot do in a run of n steps after the warm-up, and
    what the program does instead. ``arguments``: as in `Schedule`, of this class alone. ``goes_on``: what it makes of a
    rate that something else has changed, in PyTorch.
    """

    defaults: Mapping[str, Value] = field(default_factory=dict)
    rates: Rates | None = None
    cannot: Callable[[Values, int], Iterator[str]] = _can_all
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    goes_on: GoesOn = sets_anew


_PLAIN = Own()


@dataclass(frozen=True)
class Schedule:
    """``rates(values, alpha, n) -> (n,)``: the rate of each step, from the knobs' values and the first rate alpha.

    ``keras`` and ``pytorch`` name the class that does the same there, if there is one; ``own``: by framework, what that
    class does in its own way. ``aliases``: other names of the schedule, ``arguments``: what the classes and optax call
    its knobs -> what that is here. ``plateau`` is true for the one that leaves the rate to ReduceLROnPlateau.
    """

    key: str
    name: str
    rates: Rates
    formula: str
    keras: str = ""
    pytorch: str = ""
    source: str = ""
    knobs: tuple[Knob, ...] = ()
    plateau: bool = False
    aliases: tuple[str, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    own: Mapping[str, Own] = field(default_factory=dict)

    def of(self, framework: str) -> Own:
        """What this framework's class does in its own way."""
        return self.own.get(framework, _PLAIN)

    def knobs_in(self, framework: str) -> tuple[Knob, ...]:
        """The knobs, with the defaults of the framework's class where it has any."""
        defaults = self.of(framework).defaults
        return tuple(knob.with_default(defaults[knob.key]) if knob.key in defaults else knob for knob in self.knobs)

    def rates_in(self, framework: str) -> Rates:
        """The rates of the framework's class."""
        return self.of(framework).rates or self.rates

    def arguments_in(self, framework: str) -> Mapping[str, Argument]:
        """What the framework's class calls its knobs -> what that is here."""
        return {**self.arguments, **self.of(framework).arguments}


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
    After total_steps the rate stays, where the class raises ValueError.
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


def warmup_stable_decay(values: Values, alpha: float, n: int) -> np.ndarray:
    """alpha min(1, (t + 1)/w) (e + (1 - e) s(p)): up in w steps, level, and down to e alpha in the last d.

    w, d = warmup_fraction n, decay_fraction n, rounded; e = min_lr_ratio; p = (t - n + d)/d, 0 before the decay; s(p)
    is 1 - p, (1 + cos(pi p))/2 or 1 - sqrt(p). Hu et al. (2024), arXiv 2404.06395; the last shape: Hägele et al.
    (2024), arXiv 2405.18392.
    """
    warm, fall = round(values["warmup_fraction"] * n), round(values["decay_fraction"] * n)
    t = np.arange(n)
    part = np.maximum(t - (n - fall), 0) / max(fall, 1)
    shapes = {"linear": 1 - part, "cosine": (1 + np.cos(np.pi * part)) / 2, "1-sqrt": 1 - np.sqrt(part)}
    end = values["min_lr_ratio"]
    return alpha * np.minimum((t + 1) / max(warm, 1), 1) * (end + (1 - end) * shapes[values["decay_type"]])


def drawn(values: Values, alpha: float, n: int) -> np.ndarray:
    """Through the given step:rate points, straight on a log scale; level before the first and after the last."""
    points = read_points(values["points"]) if values["points"] else [(0, alpha), (max(n - 1, 1), alpha / 100)]
    steps, rates = zip(*points, strict=True)
    return np.exp(np.interp(np.arange(n), steps, np.log(rates)))


def with_warmup(schedule: Schedule, framework: str, values: Values, alpha: float, n: int) -> np.ndarray:
    """The schedule, begun after warmup_steps that rise on a straight line from start_factor alpha to alpha.   -> (n,)

    keras.optimizers.schedules.CosineDecay(warmup_target=), torch.optim.lr_scheduler.LinearLR before any other.
    """
    rates, warm = schedule.rates_in(framework), min(int(values["warmup_steps"]), n)
    if warm == 0:
        return rates(values, alpha, n)
    start = values["start_factor"]
    rising = alpha * (start + (1 - start) * np.arange(warm) / int(values["warmup_steps"]))
    return np.concatenate([rising, rates(values, alpha, n - warm)])


def going_on(schedule: Schedule, values: Values, alpha: float, n: int) -> np.ndarray:
    """What PyTorch's scheduler makes of the rate lr that is there: a lr + b.   -> (n, 2), a and b before each step

    The first row is (0, the first rate). SequentialLR sets the rate anew where the warm-up ends.
    """
    rates, warm = with_warmup(schedule, "pytorch", values, alpha, n), min(int(values["warmup_steps"]), n)
    if _by_lambda(schedule, values, n):
        return sets_anew(values, alpha, rates)
    goes_on = schedule.of("pytorch").goes_on
    if warm == 0:
        return goes_on(values, alpha, rates)
    if schedule.key == "constant" or n == warm:
        return multiplies(values, alpha, rates)
    return np.concatenate([multiplies(values, alpha, rates[:warm]), goes_on(values, alpha, rates[warm:])])


def _by_lambda(schedule: Schedule, values: Values, n: int) -> bool:
    """Is PyTorch's program one LambdaLR, warm-up and all? Its notes say so, but for a curve drawn by hand."""
    return schedule.key == "drawn" or any(_LAMBDA in note for note in notes(schedule, "pytorch", values, n))


def on_top_notes(schedule: Schedule, values: Values, n: int) -> list[str]:
    """What becomes of the cuts of PyTorch's plateau rule on top of this schedule, where they do not simply stay."""
    warm = int(values["warmup_steps"])
    kind = "LambdaLR" if _by_lambda(schedule, values, n) else schedule.pytorch
    if kind == "LambdaLR" or (kind and schedule.of("pytorch").goes_on is sets_anew):
        return [f"{kind} computes each rate from the first one: it overwrites what the plateau rule cuts."]
    said = []
    if schedule.key == "wsd" or (0 < warm < n and schedule.key != "constant"):
        said.append("SequentialLR sets the rate anew where its next part begins: it forgets the cuts before.")
    length = values.get("decay_steps") if schedule.key == "cosine" else None
    if length and n - warm > length + 1:
        said.append(f"CosineAnnealingLR forgets the cuts where it rises again, after T_max, {length} steps.")
    return said


def notes(schedule: Schedule, framework: str, values: Values, n: int) -> list[str]:
    """What the framework's class cannot do of this run of n steps, and what is done instead: a sentence each."""
    warm = int(values["warmup_steps"])
    said = list(schedule.of(framework).cannot(values, n - warm)) if n > warm else []
    return [*said, *_WARM_UP[framework](schedule, values)] if warm else said


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


_WARMUP_STEPS = _steps("warmup_steps", "Warm-up", 0, "Steps in which the rate first rises on a straight line.", low=0)
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
_TOTAL_ITERS = 5
_WHOLE_RUN = _steps("decay_steps", "Decay steps", None, "Steps until the lowest rate is reached.", "the whole run")
_STAIRCASE = Knob("staircase", "Staircase", 0, 1, 0, kind="flag", help="Fall in steps and not smoothly.")
_MAX_LR = _rate("max_lr", "Highest rate", "alpha", "The top of the cycle.")
_SMITH = "Smith (2017), arXiv 1506.01186"
_SGDR = "Loshchilov & Hutter (2017), arXiv 1608.03983"


# What each framework's class does in its own way ----------------------------------------------------------------------

_LISTS = "the program lists the rates of its steps."
_LAMBDA = "the program hands these rates to LambdaLR."


def _always(sentence: str) -> Callable[[Values, int], Iterator[str]]:
    def cannot(values: Values, n: int) -> Iterator[str]:
        yield sentence

    return cannot


def _exponential_lr(values: Values, n: int) -> Iterator[str]:
    if values["staircase"]:
        yield "ExponentialLR has no staircase: the program uses StepLR, which does the same."


def _polynomial_lr(values: Values, n: int) -> Iterator[str]:
    if values["decay_steps"] == _TOTAL_ITERS < n:
        yield f"PolynomialLR ends after {_TOTAL_ITERS} steps unless total_iters says more: decay_steps here."
    if values["end_learning_rate"]:
        yield f"PolynomialLR always ends at 0: {_LAMBDA}"
    if values["cycle"]:
        yield f"PolynomialLR does not begin again: {_LAMBDA}"


def _cosine_annealing_lr(values: Values, n: int) -> Iterator[str]:
    length = values["decay_steps"]
    if length and n > length + 1:
        yield f"CosineAnnealingLR rises again after T_max, {length} steps; Keras's CosineDecay stays down."


def _warm_restarts(values: Values, n: int) -> Iterator[str]:
    if not float(values["t_mul"]).is_integer():
        yield f"T_mult of CosineAnnealingWarmRestarts must be a whole number: {_LAMBDA}"
    if values["m_mul"] != 1:
        yield f"CosineAnnealingWarmRestarts begins each period at the full height, m_mul 1: {_LAMBDA}"


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
        yield f"OneCycleLR divides by zero where one step rises: {_LAMBDA}"
    yield _not_cycled("OneCycleLR")


def chains(values: Values, n: int) -> bool:
    """Can PyTorch's own classes, one after the other, be the warm-up, the level and the decay of n steps?"""
    warm, fall = round(values["warmup_fraction"] * n), round(values["decay_fraction"] * n)
    return values["decay_type"] != "1-sqrt" and warm < n - fall


def _in_turn(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    """SequentialLR of the warm-up, the level and the decay: each begins anew."""
    n = len(rates)
    warm, fall = round(values["warmup_fraction"] * n), round(values["decay_fraction"] * n)
    parts = np.split(rates, [warm if warm > 1 else 0, n - fall])
    bends = partial(_bends, max(fall, 1), values["min_lr_ratio"] * alpha, alpha)
    decay = bends(parts[2]) if values["decay_type"] == "cosine" else multiplies(values, alpha, parts[2])
    return np.concatenate([*(multiplies(values, alpha, part) for part in parts[:2]), decay])


def _annealed(values: Values, alpha: float, rates: np.ndarray) -> np.ndarray:
    return _bends(int(values["decay_steps"] or len(rates)), values["eta_min"], alpha, rates)


def _chained(values: Values, n: int) -> Iterator[str]:
    how = "the program chains LinearLR, ConstantLR and the decay." if chains(values, n) else _LAMBDA
    yield f"PyTorch has no class for warm-up, stable and decay: {how}"


_CYCLED: dict[str, Argument] = {
    "cycle_momentum": fixed(0, "The momentum is not cycled here: cycle_momentum=False."),
    "base_momentum": refused("The momentum is not cycled here: cycle_momentum=False, and no base_momentum."),
    "max_momentum": refused("The momentum is not cycled here: cycle_momentum=False, and no max_momentum."),
}
_FLOOR_AS_PART: Mapping[str, Argument] = {
    "alpha": refused(
        "Keras's cosine schedules call the lowest rate alpha, as a part of the first: here it is eta_min, as a rate."
        " The learning rate is --alpha or lr."
    ),
    "warmup_target": refused("warmup_target is alpha here, and a warm-up begins at start_factor times alpha."),
}
_GAMMA_OF_CLASS = Own({"gamma": 0.1}, goes_on=multiplies)


def _only_in_pytorch(name: str) -> Own:
    return Own(cannot=_always(f"Keras has no {name} schedule, only PyTorch has: {_LISTS}"))


def _keras_warm_up(schedule: Schedule, values: Values) -> Iterator[str]:
    if schedule.plateau:
        yield "Keras has no warm-up before ReduceLROnPlateau: the program sets the rate of each step."
    elif schedule.key != "cosine":
        yield f"In Keras only CosineDecay has a warm-up: {_LISTS}"


def _pytorch_warm_up(schedule: Schedule, values: Values) -> Iterator[str]:
    if schedule.plateau:
        yield "SequentialLR takes no ReduceLROnPlateau after a warm-up: the program sets the rate of each step."
    elif schedule.key == "wsd":
        yield f"A chain of schedulers takes no other warm-up before it: {_LAMBDA}"
    elif schedule.key in ("one_cycle", "cyclical"):
        yield f"{schedule.pytorch} sets the first rate itself, which a LinearLR before it would change: {_LAMBDA}"
    elif not values["start_factor"]:
        yield f"LinearLR refuses a start_factor of 0: {_LAMBDA}"


_WARM_UP = {"keras": _keras_warm_up, "pytorch": _pytorch_warm_up}

SCHEDULES: dict[str, Schedule] = {
    row.key: row
    for row in (
        Schedule(
            "constant", "Constant", constant, r"\alpha_t = \alpha", aliases=("none", "constant_schedule"),
            own={"pytorch": Own(goes_on=multiplies)},
        ),
        Schedule(
            "step_decay", "Step decay", step_decay, r"\alpha_t = \alpha\,\gamma^{\lfloor t/T \rfloor}",
            "ExponentialDecay(staircase=True)", "StepLR",
            knobs=(_steps("step_size", "Steps between drops", 50, "A drop every so many steps."), _GAMMA),
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
                _GAMMA,
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
            knobs=(_DECAY_STEPS, _DECAY_RATE, _STAIRCASE),
            aliases=("ExponentialDecay", "ExponentialLR"),
            arguments={
                "gamma": lambda gamma: {"decay_rate": gamma, "decay_steps": 1}, "transition_steps": "decay_steps",
            },
            own={"pytorch": Own(cannot=_exponential_lr, goes_on=multiplies)},
        ),
        Schedule(
            "inverse_time", "Inverse time decay", inverse_time, r"\alpha_t = \alpha / (1 + r\,t/T)",
            "InverseTimeDecay", "LambdaLR", "Robbins & Monro (1951), doi 10.1214/aoms/1177729586",
            (_DECAY_STEPS, _DECAY_RATE.with_default(1.0), _STAIRCASE),
            aliases=("InverseTimeDecay",),
            own={
                "pytorch": Own(
                    cannot=_always("PyTorch has no inverse time decay: the program writes it for LambdaLR.")
                )
            },
        ),
        Schedule(
            "polynomial", "Polynomial decay", polynomial, r"\alpha_t = (\alpha - \alpha_T)(1 - t/T)^p + \alpha_T",
            "PolynomialDecay", "PolynomialLR",
            knobs=(
                _steps(
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
        Schedule(
            "cosine", "Cosine decay", cosine,
            r"\alpha_t = \eta_{\min} + \tfrac12(\alpha - \eta_{\min})(1 + \cos \pi t/T)",
            "CosineDecay", "CosineAnnealingLR", _SGDR, (_WHOLE_RUN, _ETA_MIN),
            aliases=("CosineDecay", "CosineAnnealingLR", "cosine_decay_schedule"),
            arguments={"T_max": "decay_steps"},
            own={
                "keras": Own(arguments=_FLOOR_AS_PART),
                "pytorch": Own(rates=cosine_annealing, cannot=_cosine_annealing_lr, goes_on=_annealed),
            },
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
            aliases=("CosineDecayRestarts", "CosineAnnealingWarmRestarts", "cosine_warm_restarts", "SGDR"),
            arguments={"T_0": "first_decay_steps", "T_mult": "t_mul"},
            own={
                "keras": Own(arguments=_FLOOR_AS_PART),
                "pytorch": Own({"t_mul": 1}, cannot=_warm_restarts),
            },
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
            "", "CyclicLR", _SMITH,
            (
                _rate("base_lr", "Lowest rate", "alpha / 10", "The bottom of the cycle."),
                _MAX_LR,
                _steps(
                    "step_size_up", "Steps up", 25,
                    "Steps from the bottom to the top. CyclicLR has 2000, longer than most runs here.",
                ),
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
            aliases=("CyclicLR", "cyclic"),
            arguments=_CYCLED,
            own={
                "keras": _only_in_pytorch("cyclical"),
                "pytorch": Own(cannot=_always(_not_cycled("CyclicLR"))),
            },
        ),
        Schedule(
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
                "keras": Own(cannot=_always(f"Keras has no schedule of warm-up, stable and decay: {_LISTS}")),
                "pytorch": Own(cannot=_chained, goes_on=_in_turn),
            },
        ),
        Schedule(
            "annealing", "Annealing", annealing, r"\alpha_t = \alpha\,r^{\min(t, t_d)/T}\,\gamma^{\#\text{drops}}",
            "", "",
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
            own={
                "keras": Own(cannot=_always(f"Keras has no such annealing: {_LISTS}")),
                "pytorch": Own(cannot=_always(f"PyTorch has no such annealing: {_LAMBDA}")),
            },
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
            aliases=("ReduceLROnPlateau", "reduce_lr_on_plateau"),
        ),
    )
}  # fmt: skip
ALIASES = {alias: row.key for row in SCHEDULES.values() for alias in row.aliases}
"""The classes of Keras and PyTorch, functions of optax and other names -> the schedule. A class names the schedule and
not its framework: that is a choice of its own."""
_OTHER_CLASSES = {
    "LinearLR": "a LinearLR is the warm-up here, with warmup_steps and start_factor, before any schedule",
    **dict.fromkeys(
        ("ConstantLR", "LambdaLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler", "LearningRateSchedule"),
        "any rates can be drawn, with the schedule drawn and its points",
    ),
}
NOT_SCHEDULES = {name: f"{name} is no schedule of its own here: {what}." for name, what in _OTHER_CLASSES.items()}
"""Classes that are something else here -> what."""
ARGUMENTS: Mapping[str, Argument] = {"initial_learning_rate": "alpha", "init_value": "alpha"}
"""What the classes of any schedule take -> what that is here."""
