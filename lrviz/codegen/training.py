"""The same settings in a training script of one's own: optimizer, schedule or plateau rule, and the loop around them.

What was left to the run's length is written as a part of ``total_steps``, which follows from the training's epochs and
batches. Numbers of steps that were set stay as they are. Every schedule can be saved and loaded with the training.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Callable

from lrviz.codegen import keras, optax, pytorch, rates
from lrviz.codegen.rates import Plan
from lrviz.codegen.text import (
    Lines,
    Watch,
    call,
    class_of,
    comment,
    imports,
    indented,
    layout,
    literal,
    several,
    times,
)
from lrviz.knob import Knob, read_points, read_steps
from lrviz.scenario import Scenario

ALMOST_0 = 1e-8
"""PyTorch's LinearLR multiplies the rate that is there, and so takes no start of 0."""


def yours(code: str) -> list[str]:
    """The names that the lines use before they make them, in order: what the reader's script has to give."""
    top = symtable.symtable(code, "<lines>", "exec")
    symbols, tables = top.get_symbols(), top.get_children()
    used = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    for table in tables:
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        tables += table.get_children()
    made = {symbol.get_name() for symbol in symbols if symbol.is_assigned()} - _used_first(code)
    made |= {symbol.get_name() for symbol in symbols if symbol.is_imported() or symbol.is_namespace()}
    return sorted(used - made - set(dir(builtins)), key=code.index)


def _used_first(code: str) -> set[str]:
    """The names whose value is asked for, outside of functions, before they have one."""
    lines = [line for line in ast.parse(code).body if not isinstance(line, ast.FunctionDef | ast.ClassDef)]
    names = [node for line in lines for node in ast.walk(line) if isinstance(node, ast.Name)]
    names.sort(key=lambda node: (node.lineno, isinstance(node.ctx, ast.Store)), reverse=True)
    first = {node.id: node.ctx for node in names}
    return {name for name, context in first.items() if isinstance(context, ast.Load)}


def what_to_set(code: str) -> str:
    """One sentence: what the reader's script has to give, and how long the schedule then is."""
    names = _listed(*(f"`{name}`" for name in yours(code)))
    length = next((line.split(" = ")[1] for line in code.split("\n") if line.startswith("total_steps = ")), "")
    long = f"; the schedule is then as long as your training, `{length}` batches" if length else ""
    return f"Set {names} to your own{long}."


# What all frameworks share --------------------------------------------------------------------------------------------


def _plan(scenario: Scenario) -> Plan:
    """The schedule of a training whose length is not known."""
    warmup = scenario["warmup_steps"]
    return Plan(scenario, f"total_steps - {warmup}" if warmup else "total_steps")


def _set_in_steps(scenario: Scenario) -> Lines:
    """A comment on the numbers of steps that do not follow the training's length."""
    knobs = (*(() if scenario.schedule_row.plateau else scenario.schedule_knobs), *scenario.warmup_knobs)
    found = {knob.key: numbers for knob in knobs if (numbers := _numbers(knob, scenario))}
    if not found or not scenario.optimizer_row.has_rate:
        return []
    what = "; ".join(f"{key} {', '.join(map(str, numbers))}" for key, numbers in found.items())
    parts = ", ".join(f"{number / scenario.steps:.0%}" for numbers in found.values() for number in numbers)
    return comment(f"As set, in batches: {what} ({parts} of the run in the lab).")


def _numbers(knob: Knob, scenario: Scenario) -> list[int]:
    """The steps that this knob was set to; none where it follows the run's length, or is 0."""
    value = scenario[knob.key]
    if not value:
        return []
    if knob.kind == "steps":
        return read_steps(value)
    if knob.kind == "points":
        return [step for step, _ in read_points(value) if step]
    return [int(value)] if knob.unit == "steps" else []


def _script(*paragraphs: Lines) -> str:
    """The paragraphs, below the imports that they need."""
    return layout([*imports([line for lines in paragraphs for line in lines]), *paragraphs])


def _listed(*names: str) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _total(lines: Lines, how: Lines) -> Lines:
    """How the training's number of steps is found, if the lines need it."""
    return how if any("total_steps" in line for line in lines) else []


def _class_name(scenario: Scenario) -> str:
    return scenario.schedule.title().replace("_", "")


def _what(scenario: Scenario) -> str:
    """What a class of rates is, in one sentence."""
    after = " after a warm-up" if scenario["warmup_steps"] else ""
    return f"{scenario.schedule_row.name}{after}, a rate for each step; past the last step, the last rate."


def _rising(scenario: Scenario, step: str) -> str:
    """The part of the rate in a warm-up, as code."""
    start, over = float(scenario["start_factor"] or 0), f"{step} / {scenario['warmup_steps']}"
    return f"({literal(start)} + {literal(1 - start)} * {over})" if start else over


# Keras ----------------------------------------------------------------------------------------------------------------


def _keras_class(scenario: Scenario) -> Lines:
    return [
        "@keras.saving.register_keras_serializable()",
        f"class {_class_name(scenario)}(keras.optimizers.schedules.LearningRateSchedule):",
        f'    """{_what(scenario)}',
        "",
        "    model.save keeps total_steps; the script that loads the model needs this class too.",
        '    """',
        "",
        "    def __init__(self, total_steps):",
        *indented(indented(rates.table(scenario, "total_steps"))),
        "        self.total_steps = total_steps",
        "        self.rates = keras.ops.convert_to_tensor(rates, keras.config.floatx())",
        "",
        "    def __call__(self, step):",
        '        step = keras.ops.minimum(keras.ops.cast(step, "int32"), self.total_steps - 1)',
        "        return keras.ops.take(self.rates, step)",
        "",
        "    def get_config(self):",
        '        return {"total_steps": self.total_steps}',
    ]


def _keras_warmup(scenario: Scenario) -> Lines:
    rate = times(literal(scenario.alpha), _rising(scenario, "self.step"))
    return [
        "class WarmUp(keras.callbacks.Callback):",
        f'    """The rate rises in the first {scenario["warmup_steps"]} steps; then it is the plateau rule\'s."""',
        "",
        "    def on_train_begin(self, logs=None):",
        "        self.step = int(self.model.optimizer.iterations)",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        f"        if self.step <= {scenario['warmup_steps']}:",
        f"            self.model.optimizer.learning_rate = {rate}",
        "        self.step += 1",
    ]


def _keras(scenario: Scenario) -> str:
    watches = scenario.schedule_row.plateau
    warms = bool(watches and scenario["warmup_steps"])
    made: Lines = []
    if watches:
        before, rate = _keras_warmup(scenario) if warms else [], literal(scenario.alpha)
    elif keras.has(scenario):
        before, rate = [], keras.SCHEDULES[scenario.schedule](_plan(scenario))
    else:
        before, rate = _keras_class(scenario), f"{_class_name(scenario)}(total_steps)"
    if rate != literal(scenario.alpha):
        made, rate = [f"schedule = {rate}"], "schedule"
    length = _total(
        made,
        [
            "steps_per_epoch = math.ceil(len(x_train) / batch_size)  # the last batch may be a small one",
            "total_steps = epochs * steps_per_epoch",
        ],
    )
    callbacks = [*(["WarmUp()"] if warms else []), keras.plateau(scenario)] if watches else []
    fit = [
        "x_train,",
        "y_train,",
        *(["batch_size=batch_size,"] if length else []),
        "validation_data=(x_val, y_val),",
        "epochs=epochs,",
        *([f"callbacks={several(*callbacks)},"] if callbacks else []),
    ]
    return _script(
        before,
        [
            *length,
            *_set_in_steps(scenario),
            *made,
            f"model.compile(optimizer={keras.optimizer(scenario, rate)}, loss=loss)",
            *(comment("model.save keeps the rate, but not how long the rule has waited.") if watches else []),
            "model.fit(",
            *indented(fit),
            ")",
        ],
    )


# PyTorch --------------------------------------------------------------------------------------------------------------


def _pytorch_class(scenario: Scenario) -> Lines:
    return [
        f"class {_class_name(scenario)}:",
        f'    """{_what(scenario)}',
        "",
        "    An object and not a function, so that the scheduler's state_dict() holds it.",
        '    """',
        "",
        "    def __init__(self, total_steps):",
        *indented(indented(rates.table(scenario, "total_steps"))),
        "        self.rates = rates.tolist()",
        "",
        "    def __call__(self, step):",
        "        return self.rates[min(step, len(self.rates) - 1)]",
    ]


def _linear(scenario: Scenario) -> str:
    start = float(scenario["start_factor"] or 0) or ALMOST_0
    steps = literal(scenario["warmup_steps"])
    return pytorch.scheduler("LinearLR", start_factor=literal(start), total_iters=steps)


def _pytorch_schedule(scenario: Scenario) -> tuple[Lines, str, str]:
    """A class of its own if it is needed, the optimizer's rate, and the scheduler ('' for none)."""
    alpha, made = literal(scenario.alpha), pytorch.own_scheduler(_plan(scenario))
    constant = scenario.schedule == "constant"
    if not scenario["warmup_steps"] and (made or constant):
        return [], alpha, made
    if scenario["warmup_steps"] and (made or constant) and scenario.schedule not in pytorch.NOT_AFTER_A_WARMUP:
        if constant:
            return [], alpha, _linear(scenario)
        return [], alpha, pytorch.in_turn([_linear(scenario), made], [literal(scenario["warmup_steps"])])
    listed = call("torch.optim.lr_scheduler.LambdaLR", "optimizer", f"{_class_name(scenario)}(total_steps)")
    return _pytorch_class(scenario), "1.0", listed


def _pytorch(scenario: Scenario) -> str:
    watch = Watch(scenario, "val_loss")
    warmup = _linear(scenario) if watch.on and not scenario.on_top and scenario["warmup_steps"] else ""
    before: Lines
    plateau = pytorch.plateau(scenario) if watch.on else ""
    if watch.on and not scenario.on_top:
        before, rate, scheduler = [], literal(scenario.alpha), ""
    else:
        before, rate, scheduler = _pytorch_schedule(scenario) if scenario.optimizer_row.has_rate else ([], "", "")
    whole = comment("The scheduler gives whole rates, so lr is 1.") if before else []
    notes: Lines = []
    if "lambda" in scheduler:
        notes = comment("state_dict() does not hold the function: the script that goes on needs this line too.")
    if f"start_factor={literal(ALMOST_0)}" in scheduler + warmup:
        notes = comment("LinearLR takes no start_factor of 0.")
    clip = f"torch.nn.utils.clip_grad_norm_(model.parameters(), {literal(scenario['clipnorm'])})"
    batch = [
        "optimizer.zero_grad()",
        "loss = loss_fn(model(inputs), targets)",
        "loss.backward()",
        *([clip] if scenario["clipnorm"] else []),
        pytorch.step(scenario, "loss"),
        *(["warmup.step()  # once per batch"] if warmup else []),
        *(["scheduler.step()  # once per batch"] if scheduler else []),
        *(["losses.append(loss.item())"] if watch.records else []),
    ]
    monitored = "sum(losses) / len(losses)" if scenario.monitor == "loss" else "evaluate(model, val_loader)"
    modes = class_of(scenario).modes
    epoch = [
        *(["losses = []"] if watch.records else []),
        *(["optimizer.train()"] if modes else []),
        "for inputs, targets in train_loader:",
        *indented(batch),
        *(["optimizer.eval()  # the averaged weights: to evaluate them and to save"] if modes else []),
        *(
            [
                f"{scenario.monitor} = {monitored}",
                f"{pytorch.watcher(scenario)}.step({scenario.monitor})  # once per epoch",
            ]
            if watch.on
            else []
        ),
    ]
    saved = [
        "model",
        "optimizer",
        *(["warmup"] if warmup else []),
        *(["scheduler"] if scheduler else []),
        *(["plateau"] if plateau else []),
    ]
    body = [
        *whole,
        f"optimizer = {pytorch.optimizer(scenario, 'model.parameters()', rate)}",
        *notes,
        *([f"warmup = {warmup}"] if warmup else []),
        *([f"scheduler = {scheduler}"] if scheduler else []),
        *([f"{pytorch.watcher(scenario)} = {plateau}"] if plateau else []),
        *comment(f"To go on later, save the state_dict() of {_listed(*saved)}."),
    ]
    length = _total(body, ["total_steps = epochs * len(train_loader)"])
    return _script(
        before, [*length, *_set_in_steps(scenario), *body], ["for epoch in range(epochs):", *indented(epoch)]
    )


# optax ----------------------------------------------------------------------------------------------------------------


def _optax_schedule(scenario: Scenario) -> tuple[Lines, str]:
    """The lines before the optimizer, and its learning rate."""
    made = optax.own_schedule(_plan(scenario))
    if made == literal(scenario.alpha):
        return [], made
    if made:
        return [f"schedule = {made}"], "schedule"
    table = [*rates.table(scenario, "total_steps"), "rates = jnp.array(rates)"]
    return table, "lambda step: rates[jnp.minimum(step, total_steps - 1)]"


def _optax_plateau(scenario: Scenario) -> Lines:
    """The rule, and in a comment where its numbers are counted otherwise."""
    made, notes = optax.plateau(scenario), []
    for key in ("patience", "cooldown"):
        theirs = optax.counted(scenario)[key]
        if theirs != scenario[key]:
            notes += comment(f"The {key} of {scenario[key]} is {theirs} as optax counts it.")
    return [*notes, f"plateau = {made}", "watch = plateau.init(params)"]


def _optax(scenario: Scenario) -> str:
    watch = Watch(scenario, "val_loss")
    alpha = literal(scenario.alpha)
    unscheduled = watch.on or not scenario.optimizer_row.has_rate
    before, rate = ([], alpha) if unscheduled else _optax_schedule(scenario)
    made = optax.made(scenario, "rate" if watch.on else rate)
    if watch.on:
        made = f"optax.inject_hyperparams(lambda rate: {made})(rate={alpha})"
    warms = bool(watch.on and scenario["warmup_steps"])
    warm = call("optax.linear_schedule", literal(scenario["start_factor"]), "1.0", literal(scenario["warmup_steps"]))
    body = [
        *before,
        f"optimizer = {made}",
        "state = optimizer.init(params)",
        *(_optax_plateau(scenario) if watch.on else []),
        *([f"warm = {warm}"] if warms else []),
        *comment(
            f"To go on later, save {'params, state and watch' if watch.on else 'params and state'}: trees of arrays."
        ),
    ]
    update = ["grads", "state", "params"]
    if scenario.optimizer in optax.ASKS_FOR_THE_LOSS:
        update.append("value=loss")
    if scenario.optimizer in optax.SEARCHES:
        update += ["grad=grads", "value_fn=lambda params: loss_fn(params, inputs, targets)"]
    step = [
        "@jax.jit",
        "def train_step(params, state, inputs, targets):",
        "    loss, grads = jax.value_and_grad(loss_fn)(params, inputs, targets)",
        *indented([f"updates, state = {call('optimizer.update', *update)}"]),
        "    return optax.apply_updates(params, updates), state, loss",
    ]
    monitored = "sum(losses) / len(losses)" if scenario.monitor == "loss" else "evaluate(params, val_loader)"
    hyper = 'state.hyperparams["rate"] = ' + times(alpha, "watch.scale")
    epoch = [
        *(["losses = []"] if watch.records else []),
        "for inputs, targets in train_loader:",
        *indented(
            [
                *([f"{hyper} * warm(state.count)"] if warms else []),
                "params, state, loss = train_step(params, state, inputs, targets)",
                *(["losses.append(loss)"] if watch.records else []),
            ]
        ),
        *(
            [
                f"{scenario.monitor} = {monitored}",
                f"_, watch = plateau.update(params, watch, value={scenario.monitor})  # once per epoch",
                *([] if warms else [hyper]),
            ]
            if watch.on
            else []
        ),
    ]
    length = _total(body, ["total_steps = epochs * len(train_loader)"])
    return _script(
        [*length, *_set_in_steps(scenario), *body],
        step,
        ["for epoch in range(epochs):", *indented(epoch)],
    )


LINES: dict[str, Callable[[Scenario], str]] = {"keras": _keras, "pytorch": _pytorch, "optax": _optax}
"""By framework: the lines to paste, of a scenario that the framework can express."""
