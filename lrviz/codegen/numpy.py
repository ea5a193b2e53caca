"""The run in plain numpy: every rule written out."""

from __future__ import annotations

from typing import Any, NamedTuple

from lrviz.codegen import rates, surfaces
from lrviz.codegen.text import Lines, Watch, assigned, indented, literal, noise_lines, printed, program, start, title
from lrviz.frameworks import PROGRAMS
from lrviz.scenario import Scenario


class Update(NamedTuple):
    """What a rule remembers, before the first step; how it steps, from ``grad`` and ``rate``; functions it needs."""

    init: str
    step: str
    helpers: tuple[str, ...] = ()


_ARMIJO = '''\
def armijo(x, grad, direction, first, shrink, decrease):
    """The first size that keeps enough of the promised fall, or the last of 50; 0 where that is not finite."""
    for tries in range(50):
        size = first * shrink**tries
        if loss(x + size * direction) <= loss(x) + decrease * size * (grad @ direction):
            break
    return size if np.isfinite(loss(x + size * direction) - loss(x)) else 0.0'''
_HESSIAN = '''\
def hessian(x):
    """By a tiny imaginary step, which loses no digits."""
    return np.array([gradient(x + 1e-30j * axis).imag / 1e-30 for axis in np.eye(2)])'''

_QUASI_NEWTON = '''\
def quasi_newton(grad, history, scale):
    """-H grad, where H is made of the last steps and of how the gradient changed over them."""
    direction, shares = -grad, []
    for step, change in reversed(history):
        shares.append(step @ direction / (step @ change) if step @ change else 0.0)
        direction = direction - shares[-1] * change
    direction = scale * direction
    for (step, change), share in zip(history, reversed(shares)):
        if step @ change:
            direction = direction + (share - change @ direction / (step @ change)) * step
    return direction'''

_MOMENTS = """\
m = beta_1 * m + (1 - beta_1) * grad
v = beta_2 * v + (1 - beta_2) * grad**2
"""
_TWO = "m, v, k = np.zeros(2), np.zeros(2), 0"
_THREE = "m, v, largest, k = np.zeros(2), np.zeros(2), np.zeros(2), 0"
_ADAM_KERAS = """\
size = rate * np.sqrt(1 - beta_2**k) / (1 - beta_1**k)
x = x - size * m / (np.sqrt({v}) + epsilon)"""
_ADAM_PYTORCH = """\
root = np.sqrt({v} / (1 - beta_2**k)) + epsilon
x = x - rate / (1 - beta_1**k) * m / root"""
_LARGEST = "largest = np.maximum(largest, v)\n"
_NADAM = """\
k = k + 1
mu = beta_1 * (1 - 0.96 ** {k} / 2)
mu_next = beta_1 * (1 - 0.96 ** {next} / 2)
product = product * mu
m = beta_1 * m + (1 - beta_1) * grad
v = beta_2 * v + (1 - beta_2) * grad**2
look_ahead = mu_next * m / (1 - product * mu_next) + (1 - mu) * grad / (1 - product)
x = x - rate * look_ahead / (np.sqrt(v / (1 - beta_2**k)) + epsilon)"""
_RMSPROP = """\
mean_square = rho * mean_square + (1 - rho) * grad**2
"""
_CENTERED = """\
mean = rho * mean + (1 - rho) * grad
spread = mean_square - mean**2
"""
_STEPS = "k = k + 1\n"
_FREE = """\
largest = max(largest, rate)
total = total + largest**2
weight = largest**2 / total if total else 0.0
"""
_FREE_KERAS = "weight = 1 / k\n"
_SECOND = """\
v = beta_2 * v + (1 - beta_2) * grad**2
root = np.sqrt(v / (1 - beta_2**k)) + epsilon
"""
_AVERAGE = """\
average = (x - (1 - {part}) * z) / {part}
z = z - rate * {step}
average = average + weight * (z - average)
x = z + {part} * (average - z)"""

UPDATES: dict[str, dict[str, Update]] = {
    "gradient_descent": {"both": Update("", "x = x - rate * grad")},
    "momentum": {
        "keras": Update("velocity = np.zeros(2)", "velocity = momentum * velocity - rate * grad\nx = x + velocity"),
        "pytorch": Update("velocity = np.zeros(2)", "velocity = momentum * velocity + grad\nx = x - rate * velocity"),
    },
    "nesterov": {
        "keras": Update(
            "velocity = np.zeros(2)",
            "velocity = momentum * velocity - rate * grad\nx = x + momentum * velocity - rate * grad",
        ),
        "pytorch": Update(
            "velocity = np.zeros(2)",
            "velocity = momentum * velocity + grad\nx = x - rate * (grad + momentum * velocity)",
        ),
    },
    "adagrad": {
        "keras": Update(
            "total = np.full(2, initial_accumulator_value)",
            "total = total + grad**2\nx = x - rate * grad / np.sqrt(total + epsilon)",
        ),
        "pytorch": Update(
            "total = np.full(2, initial_accumulator_value)",
            "total = total + grad**2\nx = x - rate * grad / (np.sqrt(total) + epsilon)",
        ),
    },
    "rmsprop": {
        "keras": Update(
            "mean_square, velocity = np.zeros(2), np.zeros(2)",
            _RMSPROP
            + "velocity = momentum * velocity + rate * grad / np.sqrt(mean_square + epsilon)\nx = x - velocity",
        ),
        "pytorch": Update(
            "mean_square, velocity = np.zeros(2), np.zeros(2)",
            _RMSPROP
            + "velocity = momentum * velocity + grad / (np.sqrt(mean_square) + epsilon)\nx = x - rate * velocity",
        ),
    },
    "adadelta": {
        "both": Update(
            "mean_square, mean_square_step = np.zeros(2), np.zeros(2)",
            _RMSPROP
            + "step_taken = grad * np.sqrt(mean_square_step + epsilon) / np.sqrt(mean_square + epsilon)\n"
            + "mean_square_step = rho * mean_square_step + (1 - rho) * step_taken**2\nx = x - rate * step_taken",
        )
    },
    "adam": {
        "keras": Update(_TWO, _STEPS + _MOMENTS + _ADAM_KERAS.format(v="v")),
        "pytorch": Update(_TWO, _STEPS + _MOMENTS + _ADAM_PYTORCH.format(v="v")),
    },
    "amsgrad": {
        "keras": Update(_THREE, _STEPS + _MOMENTS + _LARGEST + _ADAM_KERAS.format(v="largest")),
        "pytorch": Update(_THREE, _STEPS + _MOMENTS + _LARGEST + _ADAM_PYTORCH.format(v="largest")),
    },
    "adamw": {
        "keras": Update(_TWO, _STEPS + _MOMENTS + "x = x - rate * weight_decay * x\n" + _ADAM_KERAS.format(v="v")),
        "pytorch": Update(_TWO, _STEPS + _MOMENTS + "x = x - rate * weight_decay * x\n" + _ADAM_PYTORCH.format(v="v")),
    },
    "nadam": {
        "keras": Update("m, v, product, k = np.zeros(2), np.zeros(2), 1.0, 0", _NADAM.format(k="k", next="(k + 1)")),
        "pytorch": Update(
            "m, v, product, k = np.zeros(2), np.zeros(2), 1.0, 0",
            _NADAM.format(k="(k * momentum_decay)", next="((k + 1) * momentum_decay)"),
        ),
    },
    "adamax": {
        "keras": Update(
            "m, largest, k = np.zeros(2), np.zeros(2), 0",
            "k = k + 1\nm = beta_1 * m + (1 - beta_1) * grad\nlargest = np.maximum(beta_2 * largest, abs(grad))\n"
            "x = x - rate / (1 - beta_1**k) * m / (largest + epsilon)",
        ),
        "pytorch": Update(
            "m, largest, k = np.zeros(2), np.zeros(2), 0",
            "k = k + 1\nm = beta_1 * m + (1 - beta_1) * grad\n"
            "largest = np.maximum(beta_2 * largest, abs(grad) + epsilon)\n"
            "x = x - rate / (1 - beta_1**k) * m / largest",
        ),
    },
    "lion": {
        "both": Update(
            "m = np.zeros(2)",
            "x = x - rate * np.sign(beta_1 * m + (1 - beta_1) * grad)\nm = beta_2 * m + (1 - beta_2) * grad",
        )
    },
    "radam": {
        "both": Update(
            _TWO,
            _STEPS
            + _MOMENTS
            + """\
limit = 2 / (1 - beta_2) - 1
length = limit - 2 * k * beta_2**k / (1 - beta_2**k)
if length > 5:  # the variance is known well enough
    r = np.sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
    scale = r * np.sqrt(1 - beta_2**k) / (np.sqrt(v) + epsilon)
else:
    scale = 1.0
x = x - rate / (1 - beta_1**k) * m * scale""",
        )
    },
    "newton": {
        "both": Update(
            "",
            """\
curvatures, axes = np.linalg.eigh(hessian(x))
direction = -axes @ (axes.T @ grad / (abs(curvatures) + damping))
x = x + armijo(x, grad, direction, 1.0, 0.5, 1e-4) * direction""",
            (_HESSIAN, _ARMIJO),
        )
    },
    "line_search": {
        "both": Update(
            "",
            "x = x - armijo(x, grad, -grad, first_step, shrink, sufficient_decrease) * grad",
            (_ARMIJO,),
        )
    },
    "schedule_free_sgd": {
        "both": Update("z, total, largest = x, 0.0, 0.0", _FREE + _AVERAGE.format(part="momentum", step="grad"))
    },
    "schedule_free_adamw": {
        "keras": Update(
            "z, v, k = x, np.zeros(2), 0",
            _STEPS + _FREE_KERAS + _SECOND + _AVERAGE.format(part="beta_1", step="grad / root"),
        ),
        "pytorch": Update(
            "z, v, total, largest, k = x, np.zeros(2), 0.0, 0.0, 0",
            _STEPS + _FREE + _SECOND + _AVERAGE.format(part="beta_1", step="(grad / root + weight_decay * x)"),
        ),
    },
    "polyak": {
        "both": Update(
            "",
            """\
square = grad @ grad
size = min((loss(x) - f_min) / square, max_learning_rate) if square > 2.0**-52 else 0.0
x = x - size * grad""",
        )
    },
    "dog": {
        "both": Update(
            "begin, distance, total = x, reps_rel * (1 + np.linalg.norm(x)), 0.0",
            """\
distance = max(distance, np.linalg.norm(x - begin))
total = total + grad @ grad
x = x - distance / np.sqrt(total + epsilon) * grad""",
        )
    },
    "prodigy": {
        "both": Update(
            "begin, m, v, s, n, d, k = x, np.zeros(2), np.zeros(2), np.zeros(2), 0.0, d0, 0",
            """\
k = k + 1
size = d{corrected}
m = beta_1 * m + (1 - beta_1) * d * grad
v = beta_2 * v + (1 - beta_2) * (d * grad) ** 2
n = beta_2**0.5 * n + size * d / d0 * (grad @ (begin - x))
s = beta_2**0.5 * s + size * d / d0 * grad
if s.any():
    d = max(d, d_coef * n / abs(s).sum())
x = x - size * (m / (np.sqrt(v) + d * epsilon) + weight_decay * x)""",
        )
    },
    "lbfgs": {
        "both": Update(
            "taken, before, history, scale = x, None, [], 1.0",
            """\
if abs(grad).max() > 1e-7:  # the class's tolerance_grad
    size = rate * (1.0 if before is not None else min(1.0, 1 / abs(grad).sum()))
    if before is not None and (grad - before) @ taken > 1e-10:
        change = grad - before
        history = [*history, (taken, change)][-history_size:]
        scale = change @ taken / (change @ change)
    direction = quasi_newton(grad, history, scale)
    taken, before = size * direction, grad
    if grad @ direction <= -1e-9:  # its tolerance_change
        x = x + taken""",
            (_QUASI_NEWTON,),
        )
    },
    "lbfgs_search": {
        "both": Update(
            "place, before, history = x, None, []",
            """\
if before is None:
    scale = min(1.0, 1 / np.linalg.norm(grad))
else:
    taken, change = x - place, grad - before
    history = [*history, (taken, change)][-history_size:]
    scale = change @ taken / (change @ change) if change @ change else 1.0
direction = quasi_newton(grad, history, scale)
place, before = x, grad
x = x + armijo(x, grad, direction, first_step, shrink, sufficient_decrease) * direction""",
            (_QUASI_NEWTON, _ARMIJO),
        )
    },
}
"""By optimizer and framework; without its row an optimizer has no program in plain numpy."""
_CENTERED_RULE = {
    framework: update._replace(
        init="mean_square, mean, velocity = np.zeros(2), np.zeros(2), np.zeros(2)",
        step=update.step.replace(_RMSPROP, _RMSPROP + _CENTERED).replace("sqrt(mean_square", "sqrt(spread"),
    )
    for framework, update in UPDATES["rmsprop"].items()
}

_KERAS_JUDGE = """\
if cooling > 0:
    cooling, wait = cooling - 1, 0
if best is None or monitored + min_delta < best:
    best, wait = monitored, 0
elif cooling == 0:
    wait = wait + 1
    if wait >= patience and np.float32({rate}) > np.float32(min_lr):  # float32, as Keras does
        {rate}, wait, cooling, cuts = max({rate} * factor, min_lr), 0, cooldown, cuts + 1"""
_PYTORCH_JUDGE = """\
if monitored < {threshold}:
    best, wait = monitored, 0
else:
    wait = wait + 1
if cooling > 0:
    cooling, wait = cooling - 1, 0
if wait > patience:
    lower = max({rate} * factor, min_lr)
    if {rate} - lower > eps:
        {rate}, cuts = lower, cuts + 1
    wait, cooling = 0, cooldown"""
_THRESHOLDS = {"rel": "best * (1 - threshold)", "abs": "best - threshold"}


def _judge(scenario: Scenario, monitored: str, rate: str) -> Lines:
    """The plateau rule on the variable that holds the rate."""
    if scenario.framework == "keras":
        rule = _KERAS_JUDGE.format(rate=rate)
    else:
        rule = _PYTORCH_JUDGE.format(rate=rate, threshold=_THRESHOLDS[str(scenario["threshold_mode"])])
    return [f"monitored = {monitored}", *rule.split("\n")]


def _clip(scenario: Scenario) -> Lines:
    limit = literal(scenario["clipnorm"])
    if not scenario["clipnorm"]:
        return []
    if scenario.framework == "keras":
        return [f"grad = grad * {limit} / max(np.linalg.norm(grad), {limit})"]
    return [f"grad = grad * min({limit} / (np.linalg.norm(grad) + 1e-6), 1.0)"]


def has(scenario: Scenario) -> bool:
    """Are the optimizer's steps by the rules of this framework written out?"""
    return not scenario.on_top and not {"both", scenario.framework}.isdisjoint(UPDATES.get(scenario.optimizer, ()))


def _update(scenario: Scenario) -> Update:
    rules = UPDATES[scenario.optimizer]
    if scenario.optimizer == "rmsprop" and scenario["centered"]:
        rules = _CENTERED_RULE
    if scenario.optimizer == "prodigy":
        corrected = " * np.sqrt(1 - beta_2**k) / (1 - beta_1**k)" if scenario["use_bias_correction"] else ""
        return rules["both"]._replace(step=rules["both"].step.format(corrected=corrected))
    return rules.get("both") or rules[scenario.framework]


def _plateau_constants(scenario: Scenario) -> Lines:
    values: dict[str, Any] = {knob.key: scenario[knob.key] for knob in scenario.plateau_knobs}
    values.pop("threshold_mode", None)
    best = "None" if scenario.framework == "keras" else "np.inf"
    return [*assigned(values), f"best, wait, cooling, cuts = {best}, 0, 0, 0"]


def write(scenario: Scenario) -> str:
    """The whole program."""
    update = _update(scenario)
    watch = Watch(scenario, "loss(x)")
    warm = rates.warm_part(scenario) if watch.on else []
    flags = [knob.key for knob in scenario.rule.knobs if knob.kind == "flag"]
    hyper = {key: value for key, value in scenario.hyper.items() if key not in flags}
    if not scenario.optimizer_row.has_rate:
        rate: Lines = []
    elif watch.on:
        rate = [f"{'base' if warm else 'rate'} = {literal(scenario.alpha)}"]
    else:
        rate = rates.table(scenario)
    noisy = bool(scenario.noise)
    step = [
        *(["value = loss(x)"] if watch.records else []),
        *watch.record,
        *(["rate = base * warm[step]"] if warm else ["rate = rates[step]"] if rate and not watch.on else []),
        "grad = gradient(x)" + (" + noise[step]" if noisy else ""),
        *_clip(scenario),
        *update.step.split("\n"),
        *(watch.epoch(_judge(scenario, watch.monitored, "base" if warm else "rate")) if watch.on else []),
    ]
    return program(
        title(scenario, PROGRAMS["numpy"]),
        [*surfaces.constants(scenario, "np"), *assigned(hyper), f"steps = {scenario.steps}"],
        [
            surfaces.loss(scenario, "np"),
            surfaces.gradient(scenario),
            *(
                surfaces.hessian(scenario, helper) if helper == _HESSIAN else helper.split("\n")
                for helper in update.helpers
            ),
            [*noise_lines(scenario), *rate, *warm, *(_plateau_constants(scenario) if watch.on else [])],
            [
                f"x = np.array({start(scenario)})",
                *([update.init] if update.init else []),
                *watch.begin,
                "for step in range(steps):",
                *indented(step),
            ],
            printed(watch, "x"),
        ],
    )
