"""The schedules in plain numpy, each as the lines that make ``rates``, one rate a step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from lrviz.knob import read_points, read_steps
from lrviz.scenario import Scenario
from lrviz.twin.text import Lines, literal


class Plan:
    """A schedule's numbers. ``n``: its steps, without the warm-up's; ``values`` with what was left to be derived."""

    def __init__(self, scenario: Scenario):
        self.schedule = scenario.schedule
        self.framework = scenario.framework
        self.alpha = scenario.alpha or 0.0
        self.steps = scenario.steps
        self.start_factor: Any = scenario["start_factor"]
        self.warmup = int(scenario["warmup_steps"] or 0)
        self.n: int = max(scenario.steps - self.warmup, 1)
        self.values: dict[str, Any] = {knob.key: scenario[knob.key] for knob in scenario.schedule_knobs}
        derived = {
            "total_steps": self.n,
            "max_lr": self.alpha,
            "base_lr": self.alpha / 10,
            "step_size_down": self.values.get("step_size_up"),
            "drop_from": self.n // 2,
            "points": f"0:{self.alpha!r},{max(self.n - 1, 1)}:{self.alpha / 100!r}",
            "decay_steps": self.n,
        }
        for key, value in derived.items():
            if key in self.values and not self.values[key] and (key != "drop_from" or self.values[key] is None):
                self.values[key] = value
        self.rates = scenario.rates

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def text(self, key: str) -> str:
        return literal(self.alpha if key == "alpha" else self.values[key])

    def fill(self, template: str) -> str:
        """The template with every {knob} as a literal, and {alpha}."""
        return template.format(alpha=literal(self.alpha), **{key: literal(v) for key, v in self.values.items()})


def _simple(template: str) -> Callable[[Plan], Lines]:
    return lambda plan: plan.fill(template).split("\n")


def _either(flag: str, on: str, off: str) -> Callable[[Plan], Lines]:
    return lambda plan: plan.fill(on if plan[flag] else off).split("\n")


def _multi_step(plan: Plan) -> Lines:
    milestones = literal(read_steps(plan["milestones"]))
    return [plan.fill(f'rates = {{alpha}} * {{gamma}} ** np.searchsorted({milestones}, t, side="right")')]


def rises_again(plan: Plan) -> bool:
    """Is it PyTorch's cosine, which does not stay down, in a run long enough to show it?"""
    return plan.schedule == "cosine" and plan.framework == "pytorch" and plan.n - 1 > plan["decay_steps"]


def _cosine(plan: Plan) -> Lines:
    part = "t / {decay_steps}" if rises_again(plan) else "np.minimum(t / {decay_steps}, 1)"
    wave = "rates = {eta_min} + ({alpha} - {eta_min}) * (1 + np.cos(np.pi * part)) / 2"
    return plan.fill(f"part = {part}\n{wave}").split("\n")


def _cosine_restarts(plan: Plan) -> Lines:
    return plan.fill("""\
rates, begin, length, height = [], 0, {first_decay_steps}, 1.0
for now in t:
    if now >= begin + length:
        begin, length, height = begin + length, length * {t_mul}, height * {m_mul}
    wave = height * (1 + np.cos(np.pi * (now - begin) / length)) / 2
    rates.append({eta_min} + ({alpha} - {eta_min}) * wave)
rates = np.array(rates)""").split("\n")


def turns(plan: Plan) -> list[tuple[float, float]]:
    """Where one-cycle turns, as (step, rate); empty where its phases overlap."""
    top, total = plan["max_lr"], plan["total_steps"]
    bottom = top / plan["div_factor"]
    rise = plan["pct_start"] * total
    points = [(0.0, bottom), (rise - 1, top), (total - 1.0, bottom / plan["final_div_factor"])]
    if plan["three_phase"]:
        points.insert(2, (2 * rise - 2, bottom))
    while len(points) > 2 and points[1][0] < 0:
        del points[0]
    return points if all(a < b for (a, _), (b, _) in pairwise(points)) else []


def _one_cycle(plan: Plan) -> Lines:
    points = turns(plan)
    if not points:
        return [f"rates = np.array({literal(plan.rates().tolist()[min(plan.warmup, plan.steps) :])})"]
    places, levels = (literal(list(column)) for column in zip(*points, strict=True))
    if plan["anneal_strategy"] == "linear":
        return [f"rates = np.interp(t, {places}, {levels})"]
    last = len(points) - 2
    return [
        f"places, levels = {places}, np.array({levels})",
        "where = np.interp(t, places, range(len(places)))",
        f"phase = np.minimum(where.astype(int), {last})",
        "part = (1 - np.cos(np.pi * (where - phase))) / 2",
        "rates = levels[phase] + (levels[phase + 1] - levels[phase]) * part",
    ]


_SHRINKS = {"triangular": "", "triangular2": " / 2.0 ** (t // (up + down))", "exp_range": " * {gamma} ** t"}


def _cyclical(plan: Plan) -> Lines:
    return plan.fill(
        """\
up, down = {step_size_up}, {step_size_down}
place = t % (up + down)
height = np.where(place <= up, place / up, (up + down - place) / down)"""
        + _SHRINKS[plan["mode"]]
        + "\nrates = {base_lr} + ({max_lr} - {base_lr}) * height"
    ).split("\n")


def _drawn(plan: Plan) -> Lines:
    places, levels = zip(*read_points(plan["points"]), strict=True)
    return [f"rates = np.exp(np.interp(t, {literal(list(places))}, np.log({literal(list(levels))})))"]


RATES: dict[str, Callable[[Plan], Lines]] = {
    "constant": _simple("rates = np.full(len(t), {alpha})"),
    "plateau": _simple("rates = np.full(len(t), {alpha})"),
    "step_decay": _simple("rates = {alpha} * {gamma} ** (t // {step_size})"),
    "multi_step": _multi_step,
    "exponential": _either(
        "staircase",
        "rates = {alpha} * {decay_rate} ** (t // {decay_steps})",
        "rates = {alpha} * {decay_rate} ** (t / {decay_steps})",
    ),
    "inverse_time": _either(
        "staircase",
        "rates = {alpha} / (1 + {decay_rate} * (t // {decay_steps}))",
        "rates = {alpha} / (1 + {decay_rate} * t / {decay_steps})",
    ),
    "polynomial": _either(
        "cycle",
        """\
length = {decay_steps} * np.maximum(np.ceil(t / {decay_steps}), 1)
rates = ({alpha} - {end_learning_rate}) * (1 - t / length) ** {power} + {end_learning_rate}""",
        """\
left = 1 - np.minimum(t / {decay_steps}, 1)
rates = ({alpha} - {end_learning_rate}) * left**{power} + {end_learning_rate}""",
    ),
    "cosine": _cosine,
    "cosine_restarts": _cosine_restarts,
    "one_cycle": _one_cycle,
    "cyclical": _cyclical,
    "annealing": _simple("""\
gradual = {decay_rate} ** (np.minimum(t, {drop_from}) / {decay_steps})
drops = np.where(t < {drop_from}, 0, 1 + (t - {drop_from}) // {step_size})
rates = {alpha} * gradual * {gamma} ** drops"""),
    "drawn": _drawn,
}


def rising(plan: Plan, alpha: str) -> str:
    """The warm-up's rates, from its start to alpha."""
    begin, times = literal(plan.start_factor), "" if alpha == "1.0" else f"{alpha} * "
    return f"{times}np.linspace({begin}, 1, {plan.warmup}, endpoint=False)"


def table(scenario: Scenario) -> Lines:
    """The lines that make ``rates`` from ``steps``."""
    plan = Plan(scenario)
    if not plan.warmup:
        return ["t = np.arange(steps)", *RATES[plan.schedule](plan)]
    warm = f"warm = {rising(plan, literal(plan.alpha))}"
    if plan.warmup >= plan.steps:
        return [warm, "rates = warm[:steps]"]
    return [
        warm,
        f"t = np.arange(steps - {plan.warmup})",
        *RATES[plan.schedule](plan),
        "rates = np.concatenate([warm, rates])",
    ]


def warm_part(scenario: Scenario) -> Lines:
    """For the plateau rule: the part of its rate that each step takes, or nothing."""
    plan = Plan(scenario)
    if not plan.warmup:
        return []
    return [
        "warm = np.ones(steps)",
        f"warm[:{plan.warmup}] = {rising(plan, '1.0')}" + ("[:steps]" if plan.warmup > plan.steps else ""),
    ]
