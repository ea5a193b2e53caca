"""The run in optax, where optax has the rule."""

from __future__ import annotations

from collections.abc import Callable

from lrviz.knob import read_steps
from lrviz.scenario import Scenario
from lrviz.twin import rates, surfaces
from lrviz.twin.rates import Plan
from lrviz.twin.text import Lines, Watch, call, indented, literal, noise_lines, printed, program, several, start, title

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


def _line_search(scenario: Scenario, rate: str) -> str:
    search = call(
        "optax.scale_by_backtracking_linesearch",
        max_backtracking_steps="49",
        slope_rtol=literal(scenario["sufficient_decrease"]),
        decrease_factor=literal(scenario["shrink"]),
        increase_factor="math.inf",
        max_learning_rate=literal(scenario["first_step"]),
    )
    return _chain("optax.sgd(1.0)", search)


OPTIMIZERS: dict[tuple[str, str], Callable[[Scenario, str], str]] = {
    **{("gradient_descent", rule): _own("sgd") for rule in ("keras", "pytorch")},
    **{("momentum", rule): _heavy(False) for rule in ("keras", "pytorch")},
    **{("nesterov", rule): _heavy(True) for rule in ("keras", "pytorch")},
    ("adagrad", "keras"): _own("adagrad", "initial_accumulator_value", "epsilon"),
    **{("rmsprop", rule): _rmsprop for rule in ("keras", "pytorch")},
    **{("adadelta", rule): _own("adadelta", "rho", "epsilon") for rule in ("keras", "pytorch")},
    ("adam", "pytorch"): _own("adam"),
    ("adamw", "pytorch"): _own("adamw", "weight_decay"),
    ("adamax", "pytorch"): _own("adamax"),
    ("lion", "keras"): _own("lion", weight_decay="0.0"),
    **{("line_search", rule): _line_search for rule in ("keras", "pytorch")},
}
"""(optimizer, framework): the call that does the same in optax; the rules that are not here, optax does not have."""


def _piecewise(plan: Plan) -> str:
    drops = ", ".join(f"{m}: {plan.text('gamma')}" for m in read_steps(plan["milestones"]))
    return call("optax.piecewise_constant_schedule", literal(plan.alpha), f"{{{drops}}}")


def _filled(template: str, when: Callable[[Plan], bool] = lambda plan: True) -> Callable[[Plan], str]:
    return lambda plan: plan.fill(template) if when(plan) else ""


def _exponential(plan: Plan) -> str:
    steps, rate = plan.text("decay_steps"), plan.text("decay_rate")
    stairs = {"staircase": "True"} if plan["staircase"] else {}
    return call("optax.exponential_decay", literal(plan.alpha), transition_steps=steps, decay_rate=rate, **stairs)


SCHEDULES: dict[str, Callable[[Plan], str]] = {
    "step_decay": _filled(
        "optax.exponential_decay({alpha}, transition_steps={step_size}, decay_rate={gamma}, staircase=True)"
    ),
    "multi_step": _piecewise,
    "exponential": _exponential,
    "polynomial": _filled(
        "optax.polynomial_schedule({alpha}, {end_learning_rate}, power={power}, transition_steps={decay_steps})",
        lambda plan: not plan["cycle"],
    ),
    "cosine": _filled(
        "optax.cosine_decay_schedule({alpha}, {decay_steps}, alpha={eta_min} / {alpha})",
        lambda plan: not rates.rises_again(plan),
    ),
}
"""By schedule; the empty string where optax has none that does the same, and the rates are listed."""


def schedule(scenario: Scenario) -> tuple[Lines, str]:
    """The lines before the optimizer, and its learning rate."""
    plan = Plan(scenario)
    alpha = literal(plan.alpha)
    main = alpha if plan.schedule == "constant" else SCHEDULES.get(plan.schedule, lambda plan: "")(plan)
    if not plan.warmup and main:
        return [] if main == alpha else [f"schedule = {main}"], alpha if main == alpha else "schedule"
    if not main:
        return [*rates.table(scenario), "rates = jnp.array(rates)"], "lambda step: rates[step]"
    then = f"optax.constant_schedule({alpha})" if main == alpha else main
    rise = f"optax.linear_schedule({literal(plan.start_factor * plan.alpha)}, {alpha}, {plan.warmup})"
    return [f"schedule = {call('optax.join_schedules', several(rise, then), f'[{plan.warmup}]')}"], "schedule"


def in_float32(scenario: Scenario) -> bool:
    """Is the rate computed by a schedule of optax's own? Those count in int32, and so compute in float32."""
    rated = scenario.optimizer_row.has_rate and not scenario.schedule_row.plateau
    return rated and schedule(scenario)[1] == "schedule"


def plateau(scenario: Scenario) -> str:
    """optax's rule cuts when its patience is reached, and counts its cooldown as PyTorch does."""
    patience, cooldown = scenario["patience"], scenario["cooldown"]
    assert isinstance(patience, int) and isinstance(cooldown, int)
    if scenario.framework == "keras":
        patience, cooldown = max(patience, 1), max(cooldown - 1, 0)
        tolerance = {"rtol": "0.0", "atol": literal(scenario["min_delta"])}
    else:
        patience += 1
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


def write(scenario: Scenario) -> str:
    """The whole program."""
    watch = Watch(scenario, "loss(x)")
    warm = rates.warm_part(scenario) if watch.on else []
    searches = not scenario.optimizer_row.has_rate
    before, rate = ([], literal(scenario.alpha)) if watch.on or searches else schedule(scenario)
    made = OPTIMIZERS[scenario.optimizer, scenario.framework](scenario, "rate" if watch.on else rate)
    if scenario["clipnorm"]:
        made = _chain(f"optax.clip_by_global_norm({literal(scenario['clipnorm'])})", made)
    if watch.on:
        made = f"optax.inject_hyperparams(lambda rate: {made})(rate={rate})"
    hyper = 'state.hyperparams["rate"]'
    judge = [
        "scale = watch.scale",
        f"_, watch = judge(x, watch, value={watch.monitored})",
        "cuts += int(watch.scale < scale)",
        *([] if warm else [f"{hyper} = {rate} * watch.scale"]),
    ]
    callback = [
        f"plateau = {plateau(scenario)}" if watch.on else "",
        "judge = jax.jit(plateau.update)",
        "watch = plateau.init(x)",
        "cuts = 0",
    ]
    more = ", value=value, grad=grad, value_fn=loss" if searches else ""
    step = [
        *([f"{hyper} = {rate} * watch.scale * warm[step]"] if warm else []),
        "value, grad = value_and_grad(x)",
        *(["grad = grad + noise[step]"] if scenario.noise else []),
        *watch.keep,
        f"updates, state = update(grad, state, x{more})",
        "x = optax.apply_updates(x, updates)",
        *(watch.epoch(judge) if watch.on else []),
    ]
    return program(
        title(scenario, "optax"),
        ['jax.config.update("jax_enable_x64", True)', *surfaces.constants(scenario), f"steps = {scenario.steps}"],
        [
            surfaces.loss(scenario, "jnp"),
            ["value_and_grad = jax.jit(jax.value_and_grad(loss))", *noise_lines(scenario), *before, *warm],
            [
                f"x = jnp.array({start(scenario)})",
                f"optimizer = {made}",
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
