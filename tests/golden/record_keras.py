"""Record ``keras.jsonl`` with the optimizers, schedules and callback of Keras, in float64."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.golden.cases import cases
from tests.golden.keras64 import keras
from tests.golden.losses import loss_of
from tests.golden.trace import distance, record, trace

# isort: split
import jax
import jax.numpy as jnp

schedules = keras.optimizers.schedules

OPTIMIZERS: dict[str, tuple[Callable[..., keras.optimizers.Optimizer], tuple[str, ...], dict[str, Any]]] = {
    "gradient_descent": (keras.optimizers.SGD, (), {}),
    "momentum": (keras.optimizers.SGD, ("momentum",), {"momentum": 0.9}),
    "nesterov": (keras.optimizers.SGD, ("momentum",), {"momentum": 0.9, "nesterov": True}),
    "adagrad": (keras.optimizers.Adagrad, ("initial_accumulator_value", "epsilon"), {}),
    "rmsprop": (keras.optimizers.RMSprop, ("rho", "momentum", "epsilon", "centered"), {}),
    "adadelta": (keras.optimizers.Adadelta, ("rho", "epsilon"), {}),
    "adam": (keras.optimizers.Adam, ("beta_1", "beta_2", "epsilon"), {}),
    "amsgrad": (keras.optimizers.Adam, ("beta_1", "beta_2", "epsilon"), {"amsgrad": True}),
    "adamw": (keras.optimizers.AdamW, ("beta_1", "beta_2", "epsilon", "weight_decay"), {}),
    "nadam": (keras.optimizers.Nadam, ("beta_1", "beta_2", "epsilon"), {}),
    "adamax": (keras.optimizers.Adamax, ("beta_1", "beta_2", "epsilon"), {}),
    "lion": (keras.optimizers.Lion, ("beta_1", "beta_2"), {}),
    "schedule_free_adamw": (keras.optimizers.ScheduleFreeAdamW, ("beta_1", "beta_2", "epsilon"), {}),
}
FIT_TOO = ("plateau-validation", "plateau-unfinished-epoch", "plateau-adam-floor", "plateau-adam-clipped")


def chosen(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """The knobs that are set; the others keep Keras's defaults."""
    return {name: values[name] for name in names if name in values}


def rate_of(scenario: dict[str, Any]) -> float | schedules.LearningRateSchedule:
    """The learning rate to build an optimizer with: a number or a schedule."""
    alpha, values = scenario["alpha"], scenario["values"]
    floor = {"alpha": values["eta_min"] / alpha} if "eta_min" in values else {}
    match scenario["schedule"]:
        case "exponential" | "inverse_time" | "range_test" as name:
            kind = schedules.InverseTimeDecay if name == "inverse_time" else schedules.ExponentialDecay
            options = chosen(values, "decay_steps", "decay_rate", "staircase")
            if name == "range_test":
                options = {"decay_steps": scenario["steps"], "decay_rate": values["end_lr"] / alpha}
            return kind(alpha, **options)
        case "polynomial":
            options = chosen(values, "decay_steps", "end_learning_rate", "power", "cycle")
            return schedules.PolynomialDecay(alpha, **options)
        case "cosine" if "warmup_steps" in values:
            return schedules.CosineDecay(
                values["start_factor"] * alpha,
                values["decay_steps"],
                warmup_target=alpha,
                warmup_steps=values["warmup_steps"],
                **floor,
            )
        case "cosine":
            return schedules.CosineDecay(alpha, values["decay_steps"], **floor)
        case "cosine_restarts":
            options = chosen(values, "first_decay_steps", "t_mul", "m_mul")
            return schedules.CosineDecayRestarts(alpha, **options, **floor)
    return alpha


class Compiled(schedules.LearningRateSchedule):
    """A schedule compiled once; called eagerly, the ``cond`` inside would be compiled anew at every step."""

    def __init__(self, schedule: schedules.LearningRateSchedule) -> None:
        super().__init__()
        self.compiled = jax.jit(schedule)

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step."""
        return self.compiled(keras.ops.convert_to_tensor(step))


def optimizer_of(scenario: dict[str, Any]) -> keras.optimizers.Optimizer:
    """The scenario's optimizer."""
    kind, knobs, fixed = OPTIMIZERS[scenario["optimizer"]]
    options = fixed | chosen(scenario["values"], *knobs, "clipnorm")
    rate = rate_of(scenario)
    return kind(learning_rate=rate if isinstance(rate, float) else Compiled(rate), **options)


def plateau_of(scenario: dict[str, Any]) -> keras.callbacks.ReduceLROnPlateau:
    """The scenario's callback."""
    options = chosen(scenario["values"], "factor", "patience", "min_delta", "cooldown", "min_lr")
    return keras.callbacks.ReduceLROnPlateau(monitor=scenario["monitor"], **options)


@cache
def differentiated(surface: str, coefficients: tuple[tuple[str, Any], ...]) -> tuple[Callable, Callable]:
    """The compiled loss of a surface and its gradient by JAX."""
    formula = loss_of(jnp, {"surface": surface, "values": dict(coefficients)})
    return jax.jit(formula), jax.jit(jax.grad(formula))


class KerasMachine:
    """A variable of two coordinates, an optimizer and the callback."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.variable = keras.Variable(scenario["start"])
        self.formula, self.gradient = differentiated(scenario["surface"], tuple(scenario["values"].items()))
        self.monitor = scenario["monitor"]
        self.optimizer = optimizer_of(scenario)
        self.optimizer.build([self.variable])
        assert_float64(self.optimizer, self.variable)
        self.plateau = plateau_of(scenario)
        # The callback asks its model for nothing but the optimizer.
        self.plateau.set_model(SimpleNamespace(optimizer=self.optimizer))
        self.plateau.on_train_begin()

    def point(self) -> list[float]:
        """Where the run stands."""
        return np.asarray(self.variable.value).tolist()

    def loss(self) -> float:
        """The loss there."""
        return float(self.formula(self.variable.value))

    def rate(self) -> float:
        """The learning rate the next step will use."""
        return float(keras.ops.convert_to_numpy(self.optimizer.learning_rate))

    def step(self) -> None:
        """Take the gradient here and update."""
        self.optimizer.apply_gradients([(self.gradient(self.variable.value), self.variable)])

    def move(self, point: list[float]) -> None:
        """Stand somewhere else, with the same state."""
        self.variable.assign(point)

    def judge(self, epoch: int, monitored: float) -> None:
        """Tell ReduceLROnPlateau how an epoch ended."""
        self.plateau.on_epoch_end(epoch, logs={self.monitor: monitored})

    def go_on(self) -> None:
        """The schedule follows the optimizer's own count."""


def assert_float64(optimizer: keras.optimizers.Optimizer, variable: keras.Variable) -> None:
    """Trace one whole update and refuse any float32 in it, inside the schedules too."""
    state = [v.value for v in optimizer.variables]
    update = jax.make_jaxpr(optimizer.stateless_apply)(state, [variable.value], [variable.value])
    assert "f32" not in str(update), f"{optimizer.name} computes in float32"


class Surface(keras.layers.Layer):
    """A layer whose output is the loss at its own two weights."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        super().__init__()
        self.formula = loss_of(jnp, scenario)
        start = keras.initializers.Constant(np.array(scenario["start"]))
        self.place = self.add_weight(shape=(2,), initializer=start, name="place")

    def call(self, inputs: Any) -> Any:
        """The loss, once for every row of the batch."""
        return inputs * 0 + self.formula(self.place.value)


class Diary(keras.callbacks.Callback):
    """What a fit looks like from outside: point, monitored value and rate after every epoch."""

    def __init__(self, monitor: str) -> None:
        super().__init__()
        self.monitor = monitor
        self.pages: list[tuple[list[float], float, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Write a page; placed after ReduceLROnPlateau, so the rate is the decided one."""
        place = np.asarray(self.model.trainable_variables[0].value).tolist()
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.pages.append((place, logs[self.monitor], rate))


def fitted(scenario: dict[str, Any]) -> list[tuple[list[float], float, float]]:
    """The same scenario through ``model.fit``: batches of one row, validation on one row."""
    length = scenario["steps_per_epoch"]
    model = keras.Sequential([keras.Input((1,)), Surface(scenario)])
    model.compile(optimizer_of(scenario), loss=lambda _, output: keras.ops.mean(output), jit_compile=False)
    diary, rows = Diary(scenario["monitor"]), np.ones((length, 1))
    model.fit(
        rows,
        rows,
        batch_size=1,
        epochs=scenario["steps"] // length,
        validation_data=(rows[:1], rows[:1]),
        callbacks=[plateau_of(scenario), diary],
        shuffle=False,
        verbose=0,
    )
    return diary.pages


def check_against_fit(scenario: dict[str, Any]) -> float:
    """How far ``model.fit`` ends from the hand-driven run; every verdict has to be the same."""
    run, pages = trace(KerasMachine(scenario), scenario), fitted(scenario)
    length, epochs = scenario["steps_per_epoch"], run["epochs"]
    assert len(pages) == len(epochs)
    assert [rate for *_, rate in pages] == [epoch["learning_rate"] for epoch in epochs]
    by_hand = {"x": run["x"][length::length], "loss": [epoch["monitored"] for epoch in epochs]}
    by_fit = {"x": [place for place, *_ in pages], "loss": [value for _, value, _ in pages]}
    nothing = {"learning_rate": [], "epochs": []}
    return distance(by_hand | nothing, by_fit | nothing)


if __name__ == "__main__":
    every = dict(cases("keras"))
    for name in FIT_TOO:
        gap = check_against_fit(every[name])
        assert gap < 1e-12, f"{name}: fit goes elsewhere, by {gap}"
        print(f"{name:40} model.fit agrees to {gap:.1e}")
    record(KerasMachine, every.items(), "keras.jsonl")
