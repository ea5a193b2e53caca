"""The run in PyTorch, with its own optimizers and schedulers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lrviz.codegen import rates, surfaces
from lrviz.codegen.rates import Plan
from lrviz.codegen.text import (
    Lines,
    Watch,
    bracketed,
    call,
    class_of,
    comments,
    indented,
    literal,
    literals,
    noise_lines,
    passed,
    printed,
    program,
    several,
    start,
    times,
    title,
)
from lrviz.frameworks import PROGRAMS
from lrviz.knob import read_steps
from lrviz.scenario import Scenario
from lrviz.schedules import chains
from lrviz.tuned import Tuned

RENAMED = {"epsilon": "eps"}


def _options(scenario: Tuned, names: Mapping[str, str]) -> dict[str, str]:
    """The optimizer's arguments: what differs from its defaults."""
    options = {(RENAMED | dict(names)).get(key, key): text for key, text in passed(scenario).items()}
    if "beta_1" in options or "beta_2" in options:
        options.pop("beta_1", None)
        options.pop("beta_2", None)
        options["betas"] = f"({literal(scenario['beta_1'])}, {literal(scenario['beta_2'])})"
    return options


def optimizer(scenario: Tuned, of: str, rate: str) -> str:
    """The call that makes the optimizer."""
    made = class_of(scenario)
    rated = {"lr": rate} if scenario.optimizer_row.has_rate else {}
    name = f"{made.package or 'torch.optim'}.{made.name}"
    return call(name, of, **rated, **_options(scenario, made.names), **made.fixed)


def step(scenario: Scenario, loss: str) -> str:
    """The call that takes a step, after the gradient was computed from the loss of this name."""
    return f"optimizer.step({f'lambda: {loss}' if class_of(scenario).closure else ''})"


def scheduler(kind: str, **named: str) -> str:
    """The call of a scheduler's class, after the optimizer."""
    return call(f"torch.optim.lr_scheduler.{kind}", "optimizer", **named)


def _made(kind: str, when: Callable[[Plan], bool] = lambda plan: True, /, **knobs: str) -> Callable[[Plan], str]:
    """A scheduler of the kind; each argument is the knob of the given name. None where it would not be the same."""
    return lambda plan: scheduler(kind, **{k: plan.text(v) for k, v in knobs.items()}) if when(plan) else ""


def _exponential(plan: Plan) -> str:
    rate, steps = plan.text("decay_rate"), plan.text("decay_steps")
    if plan["staircase"]:
        return scheduler("StepLR", step_size=steps, gamma=rate)
    return scheduler("ExponentialLR", gamma=rate if steps == "1" else f"{rate} ** (1 / {steps})")


def _multi_step(plan: Plan) -> str:
    return scheduler("MultiStepLR", milestones=literal(read_steps(plan["milestones"])), gamma=plan.text("gamma"))


def _inverse_time(plan: Plan) -> str:
    period = plan.fill("(step // {decay_steps})" if plan["staircase"] else "step / {decay_steps}")
    fall = f"1 / (1 + {times(plan.text('decay_rate'), period)})"
    return f"torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: {fall})"


def _one_cycle(plan: Plan) -> str:
    too_short = plan.length and plan["total_steps"] < plan.steps  # the class would raise in a longer training
    if too_short or plan["pct_start"] * plan["total_steps"] == 1:  # the class divides by zero
        return ""
    options = {key: plan.text(key) for key in ("max_lr", "total_steps", "pct_start", "div_factor", "final_div_factor")}
    if plan["anneal_strategy"] == "linear":
        options["anneal_strategy"] = '"linear"'
    if plan["three_phase"]:
        options["three_phase"] = "True"
    return scheduler("OneCycleLR", **options, cycle_momentum="False")


def _cyclical(plan: Plan) -> str:
    options = {key: plan.text(key) for key in ("base_lr", "max_lr", "step_size_up", "step_size_down", "mode")}
    if plan["mode"] == "exp_range":
        options["gamma"] = plan.text("gamma")
    return scheduler("CyclicLR", **options, cycle_momentum="False")


def in_turn(parts: list[str], milestones: list[str]) -> str:
    """One scheduler after the other."""
    sequence = "torch.optim.lr_scheduler.SequentialLR"
    return call(sequence, "optimizer", several(*parts), milestones=f"[{', '.join(milestones)}]")


def _wsd(plan: Plan) -> str:
    """In the first step LinearLR gives a part of the rate, not 0, as it multiplies what is there."""
    if not chains(plan.values, plan.n):
        return ""
    warm, fall = rates.counted(plan, "warmup_fraction"), rates.counted(plan, "decay_fraction")
    rise = scheduler("LinearLR", start_factor=f"1 / {warm}", total_iters=f"{warm} - 1")
    level = scheduler("ConstantLR", factor="1.0", total_iters="0")
    end = plan.text("min_lr_ratio")
    if plan["decay_type"] == "cosine":
        decay = scheduler("CosineAnnealingLR", T_max=fall, eta_min=times(end, literal(plan.alpha)))
    else:
        decay = scheduler("LinearLR", start_factor="1.0", end_factor=end, total_iters=fall)
    total = plan.length or literal(plan.n)
    found = [(rise, warm)] if plan["warmup_fraction"] * plan.n >= 1.5 else []
    found.append((level, f"{total} - {fall}"))
    found += [(decay, "")] if round(plan["decay_fraction"] * plan.n) else []
    if len(found) == 1:
        return level
    return in_turn([part for part, _ in found], [when for _, when in found[:-1]])


def _range_test(plan: Plan) -> str:
    return scheduler("ExponentialLR", gamma=f"{rates.growth(plan)} ** (1 / {bracketed(plan.whole)})")


SCHEDULERS: dict[str, Callable[[Plan], str]] = {
    "step_decay": _made("StepLR", step_size="step_size", gamma="gamma"),
    "multi_step": _multi_step,
    "exponential": _exponential,
    "inverse_time": _inverse_time,
    "polynomial": _made(
        "PolynomialLR",
        lambda plan: not plan["end_learning_rate"] and not plan["cycle"],
        total_iters="decay_steps",
        power="power",
    ),
    "cosine": _made("CosineAnnealingLR", T_max="decay_steps", eta_min="eta_min"),
    "cosine_restarts": _made(
        "CosineAnnealingWarmRestarts",
        lambda plan: plan["m_mul"] == 1 and float(plan["t_mul"]).is_integer(),
        T_0="first_decay_steps",
        T_mult="t_mul",
        eta_min="eta_min",
    ),
    "one_cycle": _one_cycle,
    "cyclical": _cyclical,
    "wsd": _wsd,
    "range_test": _range_test,
}
"""By schedule; the empty string where PyTorch has no scheduler that does the same."""
NOT_AFTER_A_WARMUP = ("one_cycle", "cyclical", "wsd")


def own_scheduler(plan: Plan) -> str:
    """The scheduler of PyTorch's that does the same, without the warm-up; '' where there is none."""
    if plan.schedule == "cosine_restarts":
        plan.values["t_mul"] = int(plan["t_mul"]) if float(plan["t_mul"]).is_integer() else plan["t_mul"]
    return SCHEDULERS.get(plan.schedule, lambda plan: "")(plan)


def schedule(scenario: Tuned) -> tuple[Lines, str, str]:
    """Lines before the optimizer, its first rate, and the scheduler ('' for none)."""
    plan = Plan(scenario)
    alpha, made = literal(scenario.alpha), own_scheduler(plan)
    if not plan.warmup and (made or plan.schedule == "constant"):
        return [], alpha, made
    if plan.warmup and plan.start_factor and plan.schedule not in NOT_AFTER_A_WARMUP:
        warm = scheduler("LinearLR", start_factor=literal(plan.start_factor), total_iters=literal(plan.warmup))
        if plan.schedule == "constant":
            return [], alpha, warm
        if made:
            return [], alpha, in_turn([warm, made], [literal(plan.warmup)])
    listed = "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rates[min(step, steps - 1)])"
    return [*rates.table(scenario), "rates = rates.tolist()"], "1.0", listed


def scheduled(scenario: Tuned, scheduler: str) -> Lines:
    """What the loop does with the scheduler after each step. One-cycle must not be stepped past its end."""
    if ".OneCycleLR(" in scheduler and (total := Plan(scenario)["total_steps"]) < scenario.steps:
        return [f"if step + 1 < {total}:  # it raises after total_steps", "    scheduler.step()"]
    return ["scheduler.step()"] if scheduler else []


def watcher(scenario: Scenario) -> str:
    """The name of ReduceLROnPlateau: beside another scheduler its own."""
    return "plateau" if scenario.on_top else "scheduler"


def plateau(scenario: Tuned, **more: str) -> str:
    """ReduceLROnPlateau with what differs from its defaults. more: arguments besides its knobs, as code."""
    keys = [k.key for k in scenario.plateau_knobs if k.key in ("factor", "patience") or k.key in scenario.values]
    return scheduler("ReduceLROnPlateau", **more, **literals({key: scenario[key] for key in keys}))


def write(scenario: Scenario) -> str:
    """The whole program."""
    watch = Watch(scenario, "loss(x).item()", "value.item()")
    warm = rates.warm_part(scenario) if watch.on and not scenario.on_top else []
    before: Lines
    if watch.on and not scenario.on_top:
        before, rate, scheduler = [], literal(scenario.alpha), ""
    else:
        before, rate, scheduler = schedule(scenario) if scenario.optimizer_row.has_rate else ([], "", "")
    lr = 'optimizer.param_groups[0]["lr"]'
    judge = [
        *([f"{lr} = rate"] if warm else [f"rate = {lr}"]),
        f"{watcher(scenario)}.step({watch.monitored})",
        *([f"cuts += {lr} < rate", f"rate = {lr}"] if warm else [f"cuts += {lr} < rate"]),
    ]
    loop = [
        *([f"{lr} = rate * warm[step]"] if warm else []),
        "optimizer.zero_grad()",
        "value = loss(x)",
        *watch.record,
        "value.backward()",
        *(["x.grad += noise[step]"] if scenario.noise else []),
        *([f"torch.nn.utils.clip_grad_norm_([x], {literal(scenario['clipnorm'])})"] if scenario["clipnorm"] else []),
        step(scenario, "value"),
        *(watch.epoch(judge) if watch.on else []),
        *scheduled(scenario, scheduler),
    ]
    return program(
        title(scenario, PROGRAMS["pytorch"]),
        ["torch.set_default_dtype(torch.float64)", *surfaces.constants(scenario, "torch"), f"steps = {scenario.steps}"],
        [
            surfaces.loss(scenario, "torch"),
            [*noise_lines(scenario, "torch.tensor({})"), *before, *warm],
            [
                f"x = torch.tensor({start(scenario)}, requires_grad=True)",
                *comments(scenario.notes),
                f"optimizer = {optimizer(scenario, '[x]', rate)}",
                *(["optimizer.train()"] if class_of(scenario).modes else []),
                *([f"scheduler = {scheduler}"] if scheduler else []),
                *([f"{watcher(scenario)} = {plateau(scenario)}"] if watch.on else []),
                *([f"rate = {rate}"] if warm else []),
            ],
            [
                *(["cuts = 0"] if watch.on else []),
                *watch.begin,
                "for step in range(steps):",
                *indented(loop),
            ],
            printed(watch, "x.tolist()"),
        ],
    )
