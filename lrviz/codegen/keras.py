"""The run in Keras 3 on JAX, with its own optimizers, schedules and callback."""

from __future__ import annotations

from collections.abc import Callable

from lrviz.codegen import rates, surfaces
from lrviz.codegen.rates import Plan
from lrviz.codegen.text import (
    Lines,
    Watch,
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
    start,
    title,
)
from lrviz.frameworks import PROGRAMS
from lrviz.knob import read_steps
from lrviz.scenario import Scenario
from lrviz.tuned import Tuned


def optimizer(scenario: Tuned, rate: str) -> str:
    """The call that makes the optimizer, with what differs from its defaults."""
    made = class_of(scenario)
    options = {made.names.get(key, key): text for key, text in passed(scenario).items()}
    if scenario["clipnorm"]:
        options["clipnorm"] = literal(scenario["clipnorm"])
    return call(f"keras.optimizers.{made.name}", learning_rate=rate, **options, **made.fixed)


def _schedule(kind: str, *positional: str, **named: str) -> str:
    return call(f"keras.optimizers.schedules.{kind}", *positional, **named)


def _made(kind: str, /, *flags: str, **knobs: str) -> Callable[[Plan], str]:
    """A schedule of the kind; each argument is the knob of the given name, and each flag stands there if it is set."""

    def make(plan: Plan) -> str:
        raised = {flag: "True" for flag in flags if plan[flag]}
        return _schedule(kind, literal(plan.alpha), **{k: plan.text(v) for k, v in knobs.items()}, **raised)

    return make


def _step_decay(plan: Plan) -> str:
    return _schedule(
        "ExponentialDecay",
        literal(plan.alpha),
        decay_steps=plan.text("step_size"),
        decay_rate=plan.text("gamma"),
        staircase="True",
    )


def _multi_step(plan: Plan) -> str:
    milestones = read_steps(plan["milestones"])
    values = [plan.alpha * plan["gamma"] ** k for k in range(len(milestones) + 1)]
    return _schedule("PiecewiseConstantDecay", literal([m - 1 for m in milestones]), literal(values))


def _floor(plan: Plan) -> dict[str, str]:
    """Keras's ``alpha``: the lowest rate as a part of the first."""
    return {"alpha": f"{plan.text('eta_min')} / {literal(plan.alpha)}"} if plan["eta_min"] else {}


def _cosine(plan: Plan) -> str:
    first = literal(plan.alpha)
    warmup = {}
    if plan.warmup:
        first = literal(plan.start_factor * plan.alpha)
        warmup = {"warmup_target": literal(plan.alpha), "warmup_steps": literal(plan.warmup)}
    return _schedule("CosineDecay", first, decay_steps=plan.text("decay_steps"), **_floor(plan), **warmup)


def _cosine_restarts(plan: Plan) -> str:
    options = {key: plan.text(key) for key in ("first_decay_steps", "t_mul", "m_mul")}
    return _schedule("CosineDecayRestarts", literal(plan.alpha), **options, **_floor(plan))


def _range_test(plan: Plan) -> str:
    grown = f"{plan.text('end_lr')} / {plan.text('alpha')}"
    return _schedule("ExponentialDecay", plan.text("alpha"), decay_steps=plan.whole, decay_rate=grown)


SCHEDULES: dict[str, Callable[[Plan], str]] = {
    "constant": lambda plan: literal(plan.alpha),
    "step_decay": _step_decay,
    "multi_step": _multi_step,
    "exponential": _made("ExponentialDecay", "staircase", decay_steps="decay_steps", decay_rate="decay_rate"),
    "inverse_time": _made("InverseTimeDecay", "staircase", decay_steps="decay_steps", decay_rate="decay_rate"),
    "polynomial": _made(
        "PolynomialDecay",
        "cycle",
        decay_steps="decay_steps",
        end_learning_rate="end_learning_rate",
        power="power",
    ),
    "cosine": _cosine,
    "cosine_restarts": _cosine_restarts,
    "range_test": _range_test,
}
"""By schedule; Keras has none for the others, which are listed."""
WARMS_ITSELF = "cosine"

_LISTED = '''\
class Listed(keras.optimizers.schedules.LearningRateSchedule):
    """The rate of each step, as listed."""

    def __init__(self, rates):
        self.rates = keras.ops.convert_to_tensor(rates)

    def __call__(self, step):
        return self.rates[keras.ops.cast(step, "int32")]'''


def has(scenario: Tuned) -> bool:
    """Does Keras have this schedule, with its warm-up?"""
    return scenario.schedule in SCHEDULES and (not scenario["warmup_steps"] or scenario.schedule == WARMS_ITSELF)


def in_float32(scenario: Tuned) -> bool:
    """Does Keras compute the rate in float32?"""
    return scenario.schedule in ("cosine", "cosine_restarts") and has(scenario)


def schedule(scenario: Tuned) -> tuple[Lines, Lines, str]:
    """A class of its own if it is needed, the lines before the optimizer, and its learning rate."""
    if has(scenario):
        return [], [], SCHEDULES[scenario.schedule](Plan(scenario))
    return _LISTED.split("\n"), rates.table(scenario), "Listed(rates)"


def plateau(scenario: Tuned, **more: str) -> str:
    """The callback with what differs from its defaults. more: arguments besides its knobs, as code."""
    keys = [k.key for k in scenario.plateau_knobs if k.key in ("factor", "patience") or k.key in scenario.values]
    return call(
        "keras.callbacks.ReduceLROnPlateau",
        monitor=literal(scenario.monitor),
        **more,
        **literals({key: scenario[key] for key in keys}),
    )


def write(scenario: Scenario) -> str:
    """The whole program."""
    watch = Watch(scenario, "float(loss(x.value))", "float(value)")
    warm = rates.warm_part(scenario) if watch.on else []
    listed, before, rate = ([], [], literal(scenario.alpha)) if watch.on else schedule(scenario)
    epoch = "step" if watch.length == 1 else f"step // {watch.length}"
    judge = [
        "optimizer.learning_rate = rate" if warm else "rate = float(optimizer.learning_rate)",
        f'plateau.on_epoch_end({epoch}, {{"{scenario.monitor}": {watch.monitored}}})',
        "cuts += float(optimizer.learning_rate) < rate",
        *(["rate = float(optimizer.learning_rate)"] if warm else []),
    ]
    step = [
        *(["optimizer.learning_rate = rate * warm[step]"] if warm else []),
        "value, grad = value_and_grad(x.value)",
        *watch.record,
        "optimizer.apply([grad + noise[step]], [x])" if scenario.noise else "optimizer.apply([grad], [x])",
        *(watch.epoch(judge) if watch.on else []),
    ]
    callback = [
        f"plateau = {plateau(scenario)}" if watch.on else "",
        "plateau.set_model(SimpleNamespace(optimizer=optimizer))  # all that it asks of a model",
        "plateau.on_train_begin()",
        *([f"rate = {rate}"] if warm else []),
        "cuts = 0",
    ]
    return program(
        title(scenario, PROGRAMS["keras"]),
        [
            'jax.config.update("jax_enable_x64", True)',
            'keras.config.set_floatx("float64")',
            *surfaces.constants(scenario, "jnp"),
            f"steps = {scenario.steps}",
        ],
        [
            surfaces.loss(scenario, "jnp"),
            listed,
            ["value_and_grad = jax.jit(jax.value_and_grad(loss))", *noise_lines(scenario), *before, *warm],
            [
                f"x = keras.Variable({start(scenario)})",
                *comments(scenario.notes),
                f"optimizer = {optimizer(scenario, rate)}",
                *(callback if watch.on else []),
            ],
            [*watch.begin, "for step in range(steps):", *indented(step)],
            printed(watch, "x.value.tolist()"),
        ],
        ['os.environ["KERAS_BACKEND"] = "jax"'],
    )
