"""The run in optax, where optax has the rule."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from lrviz.codegen import rates, surfaces
from lrviz.codegen.rates import Plan
from lrviz.codegen.text import (
    Lines,
    Watch,
    between,
    call,
    indented,
    literal,
    literals,
    noise_lines,
    printed,
    program,
    several,
    start,
    times,
    title,
)
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.knob import read_steps
from lrviz.scenario import Scenario
from lrviz.schedules import chains

RENAMED = {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"}


def _named(scenario: Scenario, *always: str) -> dict[str, str]:
    """The rule's knobs under optax's names: what is set, and what has another default there."""
    keys = [k.key for k in scenario.rule.knobs if k.key in scenario.values or k.key in always]
    return {RENAMED.get(key, key): literal(scenario[key]) for key in keys}


def _chain(*parts: str) -> str:
    return call("optax.chain", *parts)


def _by_rate(rate: str) -> str:
    return f"optax.scale_by_learning_rate({rate})"


def _heavy(nesterov: bool) -> Callable[[Scenario, str], str]:
    """Momentum: by PyTorch's rule optax's own SGD, by Keras's with the rate before the trace."""
    more = {"nesterov": "True"} if nesterov else {}

    def make(scenario: Scenario, rate: str) -> str:
        momentum = literal(scenario["momentum"])
        if scenario.framework == "pytorch":
            return call("optax.sgd", rate, momentum=momentum, **more)
        return _chain(_by_rate(rate), call("optax.trace", decay=momentum, **more))

    return make


def _rmsprop(scenario: Scenario, rate: str) -> str:
    options = {"decay": literal(scenario["rho"]), "eps": literal(scenario["epsilon"])}
    inside = {} if scenario.framework == "keras" else {"eps_in_sqrt": "False"}
    momentum = literal(scenario["momentum"]) if scenario["momentum"] else ""
    if momentum and scenario.framework == "pytorch":
        scale = "scale_by_stddev" if scenario["centered"] else "scale_by_rms"
        return _chain(call(f"optax.{scale}", **options, **inside), f"optax.trace({momentum})", _by_rate(rate))
    if scenario["centered"]:
        options["centered"] = "True"
    return call("optax.rmsprop", rate, **options, **inside, **({"momentum": momentum} if momentum else {}))


def _own(kind: str, *always: str, **fixed: str) -> Callable[[Scenario, str], str]:
    return lambda scenario, rate: call(f"optax.{kind}", rate, **_named(scenario, *always), **fixed)


def _search(scenario: Scenario) -> str:
    return call(
        "optax.scale_by_backtracking_linesearch",
        max_backtracking_steps="49",
        slope_rtol=literal(scenario["sufficient_decrease"]),
        decrease_factor=literal(scenario["shrink"]),
        increase_factor="math.inf",
        max_learning_rate=literal(scenario["first_step"]),
    )


def _line_search(scenario: Scenario, rate: str) -> str:
    return _chain("optax.sgd(1.0)", _search(scenario))


def _lbfgs_search(scenario: Scenario, rate: str) -> str:
    return call("optax.lbfgs", memory_size=literal(scenario["history_size"]), linesearch=_search(scenario))


def _polyak(scenario: Scenario, rate: str) -> str:
    return call("optax.polyak_sgd", **literals(scenario.hyper))


def _dog(scenario: Scenario, rate: str) -> str:
    first = f'("heuristic", {literal(scenario["reps_rel"])})'
    return call("optax.contrib.dog", init_step=first, eps=literal(scenario["epsilon"]))


def _prodigy(scenario: Scenario, rate: str) -> str:
    names = {"d0": "estim_lr0", "d_coef": "estim_lr_coef", "epsilon": "eps", "weight_decay": "weight_decay"}
    options = {theirs: literal(scenario[ours]) for ours, theirs in names.items() if ours in scenario.values}
    if not scenario.values.keys().isdisjoint(("beta_1", "beta_2")):
        options["betas"] = f"({literal(scenario['beta_1'])}, {literal(scenario['beta_2'])})"
    return call("optax.contrib.prodigy", **options)


OPTIMIZERS: dict[tuple[str, str], Callable[[Scenario, str], str]] = {
    **{("gradient_descent", rule): _own("sgd") for rule in FRAMEWORKS},
    **{("momentum", rule): _heavy(False) for rule in FRAMEWORKS},
    **{("nesterov", rule): _heavy(True) for rule in FRAMEWORKS},
    ("adagrad", "keras"): _own("adagrad", "initial_accumulator_value", "epsilon"),
    **{("rmsprop", rule): _rmsprop for rule in FRAMEWORKS},
    **{("adadelta", rule): _own("adadelta", "rho", "epsilon") for rule in FRAMEWORKS},
    ("adam", "pytorch"): _own("adam"),
    ("adamw", "pytorch"): _own("adamw", "weight_decay"),
    ("adamax", "pytorch"): _own("adamax"),
    ("lion", "keras"): _own("lion", weight_decay="0.0"),
    **{("line_search", rule): _line_search for rule in FRAMEWORKS},
    **{("lbfgs_search", rule): _lbfgs_search for rule in FRAMEWORKS},
    **{("polyak", rule): _polyak for rule in FRAMEWORKS},
    **{("dog", rule): _dog for rule in FRAMEWORKS},
    ("prodigy", "pytorch"): _prodigy,
}
"""(optimizer, framework): the call that does the same in optax; the rules that are not here, optax does not have."""
SEARCHES = ("line_search", "lbfgs_search")
ASKS_FOR_THE_LOSS = (*SEARCHES, "polyak")
WHY_NOT = {
    "adagrad": "optax adds AdaGrad's epsilon inside the root, as Keras does.",
    "adam": "optax adds Adam's epsilon as PyTorch does.",
    "adamw": "optax adds AdamW's epsilon as PyTorch does.",
    "adamax": "optax adds Adamax's epsilon as PyTorch does.",
    "amsgrad": "optax has no AMSGrad that takes the largest second moment before its bias is corrected.",
    "nadam": "optax's Nadam has no momentum that grows.",
    "radam": "optax's RAdam adds epsilon after the second moment's bias is corrected.",
    "newton": "optax has no damped Newton step.",
    "schedule_free_sgd": "optax's schedule_free weighs each point by the rate of the step after it.",
    "schedule_free_adamw": "optax's schedule_free weighs each point by the rate of the step after it.",
    "lbfgs": "optax's L-BFGS has another first step than PyTorch's, and forgets no step.",
    "prodigy": "optax's Prodigy always corrects the bias of its means.",
}
"""By optimizer: what optax has in the place of the rules that it does not have."""


def has(scenario: Scenario) -> bool:
    """Does optax have the optimizer by the rules of this framework?"""
    corrected = scenario.optimizer != "prodigy" or bool(scenario["use_bias_correction"])
    return (scenario.optimizer, scenario.framework) in OPTIMIZERS and corrected


def why_not(scenario: Scenario) -> str:
    """The sentence for an optimizer that optax does not have by these rules."""
    return WHY_NOT.get(scenario.optimizer, f"optax has no {scenario.optimizer_row.name}.")


def _piecewise(plan: Plan) -> str:
    drops = ", ".join(f"{m}: {plan.text('gamma')}" for m in read_steps(plan["milestones"]))
    return call("optax.piecewise_constant_schedule", literal(plan.alpha), f"{{{drops}}}")


def _decay(plan: Plan) -> dict[str, str]:
    """The arguments of an exponential decay that do the same."""
    if plan.schedule == "step_decay":
        return {
            "transition_steps": plan.text("step_size"),
            "decay_rate": plan.text("gamma"),
            "staircase": "True",
        }
    stairs = {"staircase": "True"} if plan["staircase"] else {}
    return {"transition_steps": plan.text("decay_steps"), "decay_rate": plan.text("decay_rate"), **stairs}


def _exponential(plan: Plan) -> str:
    return call("optax.exponential_decay", literal(plan.alpha), **_decay(plan))


def _inverse_time(plan: Plan) -> str:
    periods = plan.fill("(step // {decay_steps})" if plan["staircase"] else "step / {decay_steps}")
    return f"lambda step: {literal(plan.alpha)} / (1 + {times(plan.text('decay_rate'), periods)})"


def _polynomial(plan: Plan) -> str:
    if plan["cycle"]:
        return ""
    ends = (literal(plan.alpha), plan.text("end_learning_rate"))
    if plan["power"] == 1:
        return call("optax.linear_schedule", *ends, plan.text("decay_steps"))
    return call("optax.polynomial_schedule", *ends, power=plan.text("power"), transition_steps=plan.text("decay_steps"))


def _cosine(plan: Plan) -> str:
    if rates.rises_again(plan):
        return ""
    floor = {"alpha": f"{plan.text('eta_min')} / {literal(plan.alpha)}"} if plan["eta_min"] else {}
    return call("optax.cosine_decay_schedule", literal(plan.alpha), plan.text("decay_steps"), **floor)


MOST_CYCLES = 30


def _restarts(plan: Plan) -> str:
    """Cycles side by side, so many that they cover all steps; one that is the same each time is counted from 0."""
    longer, first, lower = plan["t_mul"], plan["first_decay_steps"], plan["m_mul"]
    if longer == lower == 1:
        floor = {"alpha": f"{plan.text('eta_min')} / {literal(plan.alpha)}"} if plan["eta_min"] else {}
        cycle = call("optax.cosine_decay_schedule", literal(plan.alpha), literal(first), **floor)
        return f"lambda step: {cycle}(step % {first})"
    count, end = 1, first
    while end < plan.n and count <= MOST_CYCLES:
        count, end = count + 1, end + first * longer**count
    if count > MOST_CYCLES:
        return ""
    growth = "" if longer == 1 else f" * {literal(int(longer) if float(longer).is_integer() else longer)}**k"
    peak = literal(plan.alpha)
    if lower != 1:
        peak = between(plan.text("eta_min"), peak, f"{plan.text('m_mul')}**k")
    each = {"init_value": peak, "peak_value": peak, "warmup_steps": "0", "decay_steps": f"{first}{growth}"}
    each |= {"end_value": plan.text("eta_min")} if plan["eta_min"] else {}
    return f"optax.sgdr_schedule([\n{indented([call('dict', **each)])[0]}\n    for k in range({count})\n])"


def _one_cycle(plan: Plan) -> str:
    """PyTorch turns a step before the places that ``optax.cosine_onecycle_schedule`` turns at: its parts, at others."""
    found = rates.corners(plan)
    places = [corner.at(plan["total_steps"]) for corner in found]
    if found[-1].part != 1 or places[0] != 0 or any(b - a < 1 for a, b in pairwise(places)):
        return ""
    known = "total_steps" not in plan.texts
    turns = ", ".join(
        f"{literal(place) if known else corner.text(plan.text('total_steps'))}: {literal(corner.rate / before.rate)}"
        for before, corner, place in zip(found[:-1], found[1:], places[1:], strict=True)
    )
    kind = "linear" if plan["anneal_strategy"] == "linear" else "cosine"
    return call("optax.piecewise_interpolate_schedule", f'"{kind}"', literal(found[0].rate), f"{{{turns}}}")


def _range_test(plan: Plan) -> str:
    return call("optax.exponential_decay", plan.text("alpha"), plan.whole, rates.growth(plan)[1:-1])


def _annealing(plan: Plan) -> str:
    gradual = plan.fill("optax.exponential_decay({alpha}, {decay_steps}, {decay_rate})")
    reached = plan.fill("{alpha_times}{decay_rate} ** ({drop_from} / {decay_steps}) * {gamma}")
    drops = plan.fill(f"optax.exponential_decay({reached}, {{step_size}}, {{gamma}}, staircase=True)")
    return call("optax.join_schedules", several(gradual, drops), f"[{plan.text('drop_from')}]")


def _wsd(plan: Plan) -> str:
    if plan["decay_type"] == "1-sqrt" or not chains(plan.values, plan.n):
        return ""
    warm, fall = rates.counted(plan, "warmup_fraction"), rates.counted(plan, "decay_fraction")
    alpha, end = literal(plan.alpha), plan.text("min_lr_ratio")
    rise = call("optax.linear_schedule", f"{alpha} / {warm}", alpha, f"{warm} - 1")
    level = call("optax.constant_schedule", alpha)
    if plan["decay_type"] == "cosine":
        decay = call("optax.cosine_decay_schedule", alpha, fall, **({"alpha": end} if plan["min_lr_ratio"] else {}))
    else:
        decay = call("optax.linear_schedule", alpha, times(end, alpha) if plan["min_lr_ratio"] else "0.0", fall)
    found = [(rise, warm)] if plan["warmup_fraction"] * plan.n >= 1.5 else []
    found.append((level, f"{plan.length or literal(plan.n)} - {fall}"))
    found += [(decay, "")] if round(plan["decay_fraction"] * plan.n) else []
    if len(found) == 1:
        return level
    whens = ", ".join(when for _, when in found[:-1])
    return call("optax.join_schedules", several(*(part for part, _ in found)), f"[{whens}]")


SCHEDULES: dict[str, Callable[[Plan], str]] = {
    "constant": lambda plan: f"optax.constant_schedule({literal(plan.alpha)})",
    "step_decay": _exponential,
    "multi_step": _piecewise,
    "exponential": _exponential,
    "inverse_time": _inverse_time,
    "polynomial": _polynomial,
    "cosine": _cosine,
    "cosine_restarts": _restarts,
    "one_cycle": _one_cycle,
    "range_test": _range_test,
    "annealing": _annealing,
    "wsd": _wsd,
}
"""By schedule; the empty string where optax has none that does the same, and the rates are listed."""


def _warmed(plan: Plan, main: str) -> str:
    """The schedule after its warm-up: in one of optax's where there is one, else joined."""
    ends = [literal(plan.start_factor * plan.alpha), literal(plan.alpha), literal(plan.warmup)]
    if plan.schedule == "constant":
        return call("optax.warmup_constant_schedule", *ends)
    if plan.schedule in ("step_decay", "exponential"):
        return call("optax.warmup_exponential_decay_schedule", *ends, **_decay(plan))
    if plan.schedule == "cosine":
        whole = plan.texts["decay_steps"].removesuffix(f" - {plan.warmup}") if plan.texts else ""
        floor = {"end_value": plan.text("eta_min")} if plan["eta_min"] else {}
        length = {"decay_steps": whole or literal(plan.warmup + plan["decay_steps"])}
        return call("optax.warmup_cosine_decay_schedule", *ends, **length, **floor)
    parts = several(call("optax.linear_schedule", *ends), main)
    return call("optax.join_schedules", parts, f"[{plan.warmup}]")


def own_schedule(plan: Plan) -> str:
    """The schedule in optax's words, a number for a rate that does not change; '' where it has none."""
    if plan.schedule == "constant" and not plan.warmup:
        return literal(plan.alpha)
    main = SCHEDULES.get(plan.schedule, lambda plan: "")(plan)
    return _warmed(plan, main) if main and plan.warmup else main


def schedule(scenario: Scenario) -> tuple[Lines, str]:
    """The lines before the optimizer, and its learning rate."""
    made, alpha = own_schedule(Plan(scenario)), literal(scenario.alpha)
    if made == alpha:
        return [], alpha
    if made:
        return [f"schedule = {made}"], "schedule"
    return [*rates.table(scenario), "rates = jnp.array(rates)"], "lambda step: rates[step]"


def in_float32(scenario: Scenario) -> bool:
    """Is the rate computed by a schedule of optax's own? Those count in int32, and so compute in float32."""
    rated = scenario.optimizer_row.has_rate and not scenario.schedule_row.plateau
    return rated and schedule(scenario)[1] == "schedule"


def counted(scenario: Scenario) -> dict[str, int]:
    """The rule's patience and cooldown as optax counts them: it cuts when its patience is reached, as Keras does, and
    counts its cooldown as PyTorch does."""
    patience, cooldown = scenario["patience"], scenario["cooldown"]
    assert isinstance(patience, int) and isinstance(cooldown, int)
    if scenario.framework == "keras":
        return {"patience": max(patience, 1), "cooldown": max(cooldown - 1, 0)}
    return {"patience": patience + 1, "cooldown": cooldown}


def plateau(scenario: Scenario) -> str:
    """The rule with its own numbers."""
    patience, cooldown = counted(scenario).values()
    if scenario.framework == "keras":
        tolerance = {"rtol": "0.0", "atol": literal(scenario["min_delta"])}
    else:
        threshold = literal(scenario["threshold"])
        relative = scenario["threshold_mode"] == "rel"
        tolerance = {"rtol": threshold} if relative else {"rtol": "0.0", "atol": threshold}
    more = {"cooldown": literal(cooldown)} if cooldown else {}
    if scenario["min_lr"]:
        floor = f"{literal(scenario['min_lr'])} / {literal(scenario.alpha)}"
        more["min_scale"] = floor if float(scenario["min_lr"]) < float(scenario.alpha or 0) else "1.0"
    return call(
        "optax.contrib.reduce_on_plateau",
        factor=literal(scenario["factor"]),
        patience=literal(patience),
        **tolerance,
        **more,
    )


def made(scenario: Scenario, rate: str) -> str:
    """The call that makes the optimizer, with clipping."""
    optimizer = OPTIMIZERS[scenario.optimizer, scenario.framework](scenario, rate)
    if scenario["clipnorm"]:
        return _chain(f"optax.clip_by_global_norm({literal(scenario['clipnorm'])})", optimizer)
    return optimizer


def write(scenario: Scenario) -> str:
    """The whole program."""
    watch = Watch(scenario, "loss(x)")
    warm = rates.warm_part(scenario) if watch.on else []
    searches = scenario.optimizer in SEARCHES
    unscheduled = watch.on or not scenario.optimizer_row.has_rate
    before, rate = ([], literal(scenario.alpha)) if unscheduled else schedule(scenario)
    optimizer = made(scenario, "rate" if watch.on else rate)
    if watch.on:
        optimizer = f"optax.inject_hyperparams(lambda rate: {optimizer})(rate={rate})"
    hyper = 'state.hyperparams["rate"]'
    judge = [
        "scale = watch.scale",
        f"_, watch = judge(x, watch, value={watch.monitored})",
        "cuts += int(watch.scale < scale)",
        *([] if warm else [f"{hyper} = {times(rate, 'watch.scale')}"]),
    ]
    callback = [
        f"plateau = {plateau(scenario)}" if watch.on else "",
        "judge = jax.jit(plateau.update)",
        "watch = plateau.init(x)",
        "cuts = 0",
    ]
    more = ", value=value" if scenario.optimizer in ASKS_FOR_THE_LOSS else ""
    more += ", grad=grad, value_fn=loss" if searches else ""
    step = [
        *([f"{hyper} = {times(rate, 'watch.scale')} * warm[step]"] if warm else []),
        "value, grad = value_and_grad(x)",
        *(["grad = grad + noise[step]"] if scenario.noise else []),
        *watch.record,
        f"updates, state = update(grad, state, x{more})",
        "x = optax.apply_updates(x, updates)",
        *(watch.epoch(judge) if watch.on else []),
    ]
    return program(
        title(scenario, PROGRAMS["optax"]),
        [
            'jax.config.update("jax_enable_x64", True)',
            *surfaces.constants(scenario, "jnp"),
            f"steps = {scenario.steps}",
        ],
        [
            surfaces.loss(scenario, "jnp"),
            ["value_and_grad = jax.jit(jax.value_and_grad(loss))", *noise_lines(scenario), *before, *warm],
            [
                f"x = jnp.array({start(scenario)})",
                f"optimizer = {optimizer}",
                "state = optimizer.init(x)",
                'update = jax.jit(optimizer.update, static_argnames="value_fn")'
                if searches
                else "update = jax.jit(optimizer.update)",
                *(callback if watch.on else []),
            ],
            [*watch.begin, "for step in range(steps):", *indented(step)],
            printed(watch, "x.tolist()"),
        ],
    )
