"""The schedules in plain numpy, each as the lines that make ``rates``, one rate a step."""

from __future__ import annotations

import math
from collections.abc import Callable
from textwrap import wrap
from typing import Any, NamedTuple

from lrviz.codegen.text import WIDTH, Lines, between, bracketed, indented, literal, times
from lrviz.knob import read_points, read_steps
from lrviz.tuned import Tuned

MOST_LISTED = 2000
"""So many rates can be read as numbers; a program with more would be megabytes."""
LONG = 10**9
"""Stands for the steps of a training whose length is not known yet: longer than any number that a knob takes."""


class Plan:
    """A schedule's numbers. ``n``: its steps, without the warm-up's; ``values`` with what was left to be derived.

    ``length`` is what stands in the code for ``n`` where that is not known yet, such as ``total_steps``: what was left
    to the run's length is then written as a part of it.
    """

    def __init__(self, scenario: Tuned, length: str = ""):
        self.schedule = scenario.schedule
        self.framework = scenario.framework
        self.alpha = scenario.alpha or 0.0
        self.steps = LONG if length else scenario.steps
        self.length = length
        self.start_factor: Any = scenario["start_factor"]
        self.warmup = int(scenario["warmup_steps"] or 0)
        self.n: int = max(self.steps - self.warmup, 1)
        self.values: dict[str, Any] = {knob.key: scenario[knob.key] for knob in scenario.schedule_knobs}
        self.texts: dict[str, str] = {}
        derived = {
            "total_steps": self.n,
            "max_lr": self.alpha,
            "base_lr": self.alpha / 10,
            "step_size_down": self.values.get("step_size_up"),
            "drop_from": self.n // 2,
            "points": f"0:{self.alpha!r},{max(self.n - 1, 1)}:{self.alpha / 100!r}",
            "decay_steps": self.n,
        }
        parts = {
            "total_steps": length,
            "decay_steps": length,
            "drop_from": f"{bracketed(length)} // 2",
            "points": length,
        }
        for key, value in derived.items():
            if key in self.values and not self.values[key] and (key != "drop_from" or self.values[key] is None):
                self.values[key] = value
                if length and key in parts:
                    self.texts[key] = parts[key]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def whole(self) -> str:
        """The length of the schedule as it stands in the code."""
        return self.length or literal(self.n)

    def text(self, key: str) -> str:
        """The knob as it stands in the code."""
        return self.texts.get(key) or literal(self.alpha if key == "alpha" else self.values[key])

    def fill(self, template: str) -> str:
        """The template with every {knob} as it stands in the code, {alpha}, and {alpha_times}, '' where it is 1."""
        alpha = literal(self.alpha)
        knobs = {key: self.text(key) for key in self.values}
        return template.format(alpha=alpha, alpha_times=times(alpha, ""), **knobs)


def _simple(template: str) -> Callable[[Plan], Lines]:
    return lambda plan: plan.fill(template).split("\n")


def _either(flag: str, on: str, off: str) -> Callable[[Plan], Lines]:
    return lambda plan: plan.fill(on if plan[flag] else off).split("\n")


def _multi_step(plan: Plan) -> Lines:
    milestones = literal(read_steps(plan["milestones"]))
    return [plan.fill(f'rates = {{alpha_times}}{{gamma}} ** np.searchsorted({milestones}, t, side="right")')]


def _power(base: str, exponent: str) -> str:
    return base if exponent in ("1", "1.0") else f"{base} ** {exponent}"


def _inverse_time(plan: Plan) -> Lines:
    periods = plan.fill("(t // {decay_steps})" if plan["staircase"] else "t / {decay_steps}")
    return [plan.fill("rates = {alpha} / ") + f"(1 + {times(plan.text('decay_rate'), periods)})"]


def _polynomial(plan: Plan) -> Lines:
    if plan["cycle"]:
        before = plan.fill("length = {decay_steps} * np.maximum(np.ceil(t / {decay_steps}), 1)")
        left = _power("(1 - t / length)", plan.text("power"))
    else:
        before = plan.fill("left = 1 - np.minimum(t / {decay_steps}, 1)")
        left = _power("left", plan.text("power")).replace(" ", "")
    return [before, "rates = " + between(plan.text("end_learning_rate"), plan.text("alpha"), left)]


def rises_again(plan: Plan) -> bool:
    """Is it PyTorch's cosine, which does not stay down, in a run long enough to show it?"""
    return plan.schedule == "cosine" and plan.framework == "pytorch" and plan.n - 1 > plan["decay_steps"]


def _cosine(plan: Plan) -> Lines:
    part = "t / {decay_steps}" if rises_again(plan) else "np.minimum(t / {decay_steps}, 1)"
    wave = between(plan.text("eta_min"), plan.text("alpha"), "(1 + np.cos(np.pi * part)) / 2")
    return [plan.fill(f"part = {part}"), f"rates = {wave}"]


def _cosine_restarts(plan: Plan) -> Lines:
    first, longer, lower = (plan.text(key) for key in ("first_decay_steps", "t_mul", "m_mul"))
    variables = [
        ("begin", "0", "begin + length"),
        ("length", first, f"length * {longer}"),
        ("height", "1.0", f"height * {lower}"),
    ]
    variables = [
        row for row, used in zip(variables, (True, plan["t_mul"] != 1, plan["m_mul"] != 1), strict=True) if used
    ]
    names, begin, then = (", ".join(column) for column in zip(*variables, strict=True))
    wave = times("height" if plan["m_mul"] != 1 else "1", "(1 + np.cos(np.pi * (now - begin) / length)) / 2")
    return [
        *([] if plan["t_mul"] != 1 else [f"length = {first}"]),
        f"rates, {names} = [], {begin}",
        "for now in t:",
        "    if now >= begin + length:",
        f"        {names} = {then}",
        f"    rates.append({between(plan.text('eta_min'), plan.text('alpha'), wave)})",
        "rates = np.array(rates)",
    ]


class Corner(NamedTuple):
    """Where one-cycle turns: at step ``part * total_steps + more``, at this rate."""

    part: float
    more: int
    rate: float

    def at(self, total: float) -> float:
        """The step at which it is, of so many."""
        return self.part * total + self.more

    def text(self, total: str) -> str:
        """The place as code, of a total that is not known yet."""
        whole = total if self.part == 1 else f"{literal(self.part)} * {bracketed(total)}" if self.part else ""
        return (whole + (f" - {-self.more}" if self.more else "")) or "0"


def corners(plan: Plan) -> list[Corner]:
    """Where one-cycle turns, in order; the last one is not at the end of the cycle where its phases overlap."""
    top, total, rise = plan["max_lr"], plan["total_steps"], float(plan["pct_start"])
    bottom = top / plan["div_factor"]
    found = [Corner(0, 0, bottom), Corner(rise, -1, top)]
    if plan["three_phase"]:
        found.append(Corner(2 * rise, -2, bottom))
    while len(found) > 1 and found[1].at(total) <= 0:
        del found[0]
    last = bottom / plan["final_div_factor"]
    after = [k for k, corner in enumerate(found) if corner.at(total) >= total - 1]
    if not after or total == 1:
        return [*found, Corner(1, -1, last)]
    found = found[: after[0] + 1]  # what would come later begins after the end
    return [*found, Corner(0, math.floor(found[-1].at(total)) + 1, last)]


def turns(plan: Plan) -> list[tuple[float, float]]:
    """Where one-cycle turns, as (step, rate); empty where its phases overlap."""
    found = corners(plan)
    return [(corner.at(plan["total_steps"]), corner.rate) for corner in found] if found[-1].part == 1 else []


def _one_cycle(plan: Plan) -> Lines:
    found = corners(plan)
    if "total_steps" in plan.texts:  # of a cycle that ends with the training, nothing that comes later is needed
        found = found if found[-1].part == 1 else found[:-1]
        places = "[" + ", ".join(corner.text(plan.text("total_steps")) for corner in found) + "]"
    else:
        places = literal([corner.at(plan["total_steps"]) for corner in found])
    levels = literal([corner.rate for corner in found])
    if plan["anneal_strategy"] == "linear":
        return [f"rates = np.interp(t, {places}, {levels})"]
    return [
        f"places, levels = {places}, np.array({levels})",
        "where = np.interp(t, places, range(len(places)))",
        f"phase = np.minimum(where.astype(int), {len(found) - 2})",
        "part = (1 - np.cos(np.pi * (where - phase))) / 2",
        "rates = levels[phase] + (levels[phase + 1] - levels[phase]) * part",
    ]


def growth(plan: Plan) -> str:
    """By how much the rate of a range test grows, as code."""
    return f"({plan.text('end_lr')} / {plan.text('alpha')})"


_SHRINKS = {"triangular": "", "triangular2": " / 2.0 ** (t // (up + down))", "exp_range": " * {gamma} ** t"}


def _cyclical(plan: Plan) -> Lines:
    return plan.fill(
        """\
up, down = {step_size_up}, {step_size_down}
place = t % (up + down)
height = np.where(place <= up, place / up, (up + down - place) / down)"""
        + _SHRINKS[plan["mode"]]
        + f"\nrates = {between(plan.text('base_lr'), plan.text('max_lr'), 'height')}"
    ).split("\n")


def counted(plan: Plan, key: str) -> str:
    """So many of the schedule's steps, a part of all of them, as code."""
    if plan.length:
        return f"round({plan.text(key)} * {bracketed(plan.length)})"
    return literal(round(plan[key] * plan.n))


_LEFT = {"linear": "(1 - part)", "cosine": "(1 + np.cos(np.pi * part)) / 2", "1-sqrt": "(1 - np.sqrt(part))"}


def _wsd(plan: Plan) -> Lines:
    rising = "np.minimum((t + 1) / max(rise, 1), 1)"
    left = between(plan.text("min_lr_ratio"), "1", _LEFT[plan["decay_type"]])
    return [
        plan.fill("rise, fall = round({warmup_fraction} * len(t)), round({decay_fraction} * len(t))"),
        "part = np.maximum(t - (len(t) - fall), 0) / max(fall, 1)",
        f"left = {left}",
        f"rates = {times(plan.text('alpha'), rising)} * left",
    ]


def _drawn(plan: Plan) -> Lines:
    if "points" in plan.texts:
        return [f"rates = np.geomspace({literal(plan.alpha)}, {literal(plan.alpha / 100)}, {plan.text('points')})"]
    places, levels = zip(*read_points(plan["points"]), strict=True)
    return [f"rates = np.exp(np.interp(t, {literal(list(places))}, np.log({literal(list(levels))})))"]


RATES: dict[str, Callable[[Plan], Lines]] = {
    "constant": _simple("rates = np.full(len(t), {alpha})"),
    "plateau": _simple("rates = np.full(len(t), {alpha})"),
    "step_decay": _simple("rates = {alpha_times}{gamma} ** (t // {step_size})"),
    "multi_step": _multi_step,
    "exponential": _either(
        "staircase",
        "rates = {alpha_times}{decay_rate} ** (t // {decay_steps})",
        "rates = {alpha_times}{decay_rate} ** (t / {decay_steps})",
    ),
    "inverse_time": _inverse_time,
    "polynomial": _polynomial,
    "cosine": _cosine,
    "cosine_restarts": _cosine_restarts,
    "one_cycle": _one_cycle,
    "cyclical": _cyclical,
    "range_test": lambda plan: [
        f"rates = {times(plan.text('alpha'), f'{growth(plan)} ** (t / {bracketed(plan.whole)})')}"
    ],
    "annealing": _simple("""\
gradual = {decay_rate} ** (np.minimum(t, {drop_from}) / {decay_steps})
drops = np.where(t < {drop_from}, 0, 1 + (t - {drop_from}) // {step_size})
rates = {alpha_times}gradual * {gamma} ** drops"""),
    "wsd": _wsd,
    "drawn": _drawn,
}
"""By schedule; without its row the rates of a schedule are listed as numbers."""


def has(scenario: Tuned) -> bool:
    """Is the schedule written as code, if there is any?"""
    rated = scenario.optimizer_row.has_rate and not scenario.schedule_row.plateau
    return scenario.schedule in RATES or not rated


def _listed(scenario: Tuned) -> Lines:
    """The rates as numbers, of a run with its warm-up."""
    numbers = ", ".join(literal(float(rate)) for rate in scenario.rates())
    return ["rates = np.array([", *indented(wrap(numbers, WIDTH - 4)), "])"]


def rising(plan: Plan, alpha: str) -> str:
    """The warm-up's rates, from its start to alpha."""
    return times(alpha, f"np.linspace({literal(plan.start_factor)}, 1, {plan.warmup}, endpoint=False)")


def table(scenario: Tuned, total: str = "") -> Lines:
    """The lines that make ``rates``, one a step: of the run, or of a training of ``total`` steps, a variable's name."""
    if not has(scenario):
        return _listed(scenario)
    plan, steps = Plan(scenario, "len(t)" if total else ""), total or "steps"
    if not plan.warmup:
        return [f"t = np.arange({steps})", *RATES[plan.schedule](plan)]
    warm = f"warm = {rising(plan, literal(plan.alpha))}"
    if plan.warmup >= plan.steps:
        return [warm, f"rates = warm[:{steps}]"]
    return [
        warm,
        f"t = np.arange({steps} - {plan.warmup})",
        *RATES[plan.schedule](plan),
        "rates = np.concatenate([warm, rates])",
    ]


def warm_part(scenario: Tuned) -> Lines:
    """For the plateau rule: the part of its rate that each step takes, or nothing."""
    plan = Plan(scenario)
    if not plan.warmup:
        return []
    return [
        "warm = np.ones(steps)",
        f"warm[:{plan.warmup}] = {rising(plan, '1.0')}" + ("[:steps]" if plan.warmup > plan.steps else ""),
    ]
