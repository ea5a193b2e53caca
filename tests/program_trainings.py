"""Real trainings with the lines of ``lrviz.codegen.training``: three times as long as the run they come from, saved and
loaded on the way, each step's rate compared with the app's schedule of the training's own length.

``make programs`` runs them. The model is a small linear regression; the frameworks are imported where they are used.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lrviz import Scenario
from lrviz.codegen import nearest, real_lines
from lrviz.plateau import PLATEAU, initial_state

STEPS = 20
"""Of the run in the app; 32 is also what ``model.fit`` takes."""
BATCHES, BATCH, EPOCHS = 4, 32, 15
STOP = 6
"""After so many epochs the training is saved, and goes on in a new one that loads it."""
RTOL, PART = 1e-6, 2e-7
"""How near a rate has to be: relative, and as a part of the highest, as some schedules are computed in float32."""

_RESTLESS = {"alpha": "0.3", "patience": "1", "factor": "0.5"}
_ON_TOP = {**_RESTLESS, "plateau_on_top": "1", "threshold": "0.1"}
_GRADIENT = {"optimizer": "gradient_descent", "alpha": "0.1"}
PLATEAUS: tuple[dict[str, str], ...] = (
    {"optimizer": "momentum", "schedule": "plateau", "momentum": "0.9", **_RESTLESS},
    {"optimizer": "rmsprop", "schedule": "plateau", "clipnorm": "0.5", "monitor": "loss", "cooldown": "1", **_RESTLESS},
    {
        "optimizer": "gradient_descent", "schedule": "plateau", "warmup_steps": "6", "start_factor": "0.2", **_RESTLESS,
        "min_lr": "0.05",
    },
)  # fmt: skip
LEFT_TO_THE_RUN: tuple[dict[str, str], ...] = (
    {**_GRADIENT, "schedule": "one_cycle"},
    {**_GRADIENT, "schedule": "cosine"},
    {**_GRADIENT, "schedule": "cosine", "warmup_steps": "5", "eta_min": "0.001"},
    {**_GRADIENT, "schedule": "polynomial", "power": "2"},
    {**_GRADIENT, "schedule": "drawn"},
    {**_GRADIENT, "schedule": "annealing", "warmup_steps": "5", "decay_steps": "9", "step_size": "7"},
    {**_GRADIENT, "schedule": "wsd"},
)
SET_IN_STEPS: tuple[dict[str, str], ...] = (
    {**_GRADIENT, "schedule": "one_cycle", "total_steps": "30", "anneal_strategy": "linear"},
    {**_GRADIENT, "schedule": "cyclical", "step_size_up": "7", "mode": "triangular2"},
    {**_GRADIENT, "schedule": "exponential", "decay_steps": "20"},
)
QUICK: tuple[dict[str, str], ...] = (
    {**_GRADIENT, "schedule": "one_cycle", "three_phase": "1", "pct_start": "0.4"},
    {**_GRADIENT, "schedule": "one_cycle", "pct_start": "0"},
    {**_GRADIENT, "schedule": "one_cycle", "warmup_steps": "4"},
    {**_GRADIENT, "schedule": "polynomial"},
    {**_GRADIENT, "schedule": "constant", "warmup_steps": "8", "start_factor": "0.5"},
    {**_GRADIENT, "schedule": "annealing"},
    {**_GRADIENT, "schedule": "drawn", "points": "0:0.1,25:0.01"},
    {**_GRADIENT, "schedule": "step_decay", "step_size": "10", "warmup_steps": "4"},
    {**_GRADIENT, "schedule": "multi_step", "milestones": "10,30"},
    {**_GRADIENT, "schedule": "inverse_time", "decay_steps": "10"},
    {**_GRADIENT, "schedule": "cosine_restarts", "first_decay_steps": "8"},
    {**_GRADIENT, "schedule": "cosine_restarts", "first_decay_steps": "8", "t_mul": "1", "warmup_steps": "3"},
)
"""For the frameworks in which a training takes no second to compile."""
ONLY_PYTORCH: tuple[dict[str, str], ...] = (
    {"optimizer": "schedule_free_adamw", "alpha": "0.1", "schedule": "wsd", "decay_type": "cosine"},
    {"optimizer": "schedule_free_sgd", "schedule": "plateau", **_RESTLESS},
    {"optimizer": "lbfgs", "alpha": "0.5", "schedule": "cosine"},
    {"optimizer": "gradient_descent", "schedule": "cosine", **_ON_TOP},
    {"optimizer": "momentum", "schedule": "step_decay", "step_size": "20", "monitor": "loss", **_ON_TOP},
)
CASES = {
    "keras": (*PLATEAUS, *LEFT_TO_THE_RUN, *SET_IN_STEPS),
    "pytorch": (*PLATEAUS, *LEFT_TO_THE_RUN, *SET_IN_STEPS, *QUICK, *ONLY_PYTORCH),
    "optax": (*PLATEAUS, *LEFT_TO_THE_RUN, *SET_IN_STEPS, *QUICK),
}
ALL = EPOCHS * BATCHES
AFTER = 1
"""Epochs after the last one, where the framework's class can be asked for more."""


class Stopped(Exception):
    """The training is interrupted."""


@dataclass
class Training:
    """What a training did: the rate of each step, and the monitored loss of each epoch."""

    rates: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def data() -> tuple[np.ndarray, np.ndarray]:
    """A small regression: the first points to train on, 32 more to validate."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((BATCHES * BATCH + 32, 3))
    return inputs, inputs @ rng.standard_normal((3, 1)) + 0.3 * rng.standard_normal((len(inputs), 1))


def run(lines: str, names: dict[str, Any]) -> None:
    """The lines as they are pasted, among the names that the reader's script has, until they are stopped."""
    with contextlib.suppress(Stopped):
        exec(compile(lines, "<lines>", "exec"), names)


def monitored(names: dict[str, Any], scenario: Scenario) -> list[float]:
    """The loss that the loop gave to the plateau rule last, if there is a rule."""
    return [float(names[scenario.monitor])] if scenario.watches else []


class Loader:
    """``each()`` gives the batches of an epoch; after so many epochs the training is stopped.

    ``begin`` is called before the first epoch, ``end`` after each.
    """

    def __init__(
        self, each: Callable[[], Iterator[Any]], epochs: int, begin: Callable[[], None], end: Callable[[], None]
    ):
        self.each, self.epochs, self.begin, self.end, self.done = each, epochs, begin, end, 0

    def __len__(self) -> int:
        return BATCHES

    def __iter__(self) -> Iterator[Any]:
        (self.end if self.done else self.begin)()
        if self.done == self.epochs:
            raise Stopped
        self.done += 1
        return self.each()


def by_keras(lines: str, scenario: Scenario) -> Training:
    """``model.fit`` to STOP; ``model.save`` and ``load_model``; ``fit`` to the end, and an epoch more."""
    import keras

    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(0)
    done = Training()

    class Recorder(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            done.rates.append(float(self.model.optimizer.learning_rate))

    class Interrupted:
        """The model of the script, saved and loaded in its training."""

        def __init__(self) -> None:
            self.model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
            self.compile = self.model.compile

        def fit(self, *given: Any, epochs: int, callbacks: Any = (), **options: Any) -> None:
            with tempfile.TemporaryDirectory() as folder:
                for first, last in ((0, STOP), (STOP, epochs + AFTER)):
                    parts = {"initial_epoch": first, "epochs": last, "callbacks": [*callbacks, Recorder()]}
                    history = self.model.fit(*given, **parts, verbose=0, **options).history
                    done.losses += history[scenario.monitor]
                    self.model.save(Path(folder, "model.keras"))
                    self.model = keras.models.load_model(Path(folder, "model.keras"))

    x, y = data()
    n = BATCHES * BATCH
    given = {"x_train": x[:n], "y_train": y[:n], "x_val": x[n:], "y_val": y[n:], "batch_size": BATCH}
    run(lines, {"model": Interrupted(), "loss": "mse", "epochs": EPOCHS, **given})
    return done


def by_pytorch(lines: str, scenario: Scenario) -> Training:
    """The loop to STOP; ``torch.save`` and ``torch.load`` of the state_dicts, in a new script that goes on."""
    import torch

    mse = torch.nn.functional.mse_loss
    x, y = (torch.tensor(part) for part in data())
    batches = list(zip(x.split(BATCH), y.split(BATCH), strict=True))
    done, saved = Training(), io.BytesIO()

    def script(epochs: int, begin: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        torch.manual_seed(0)
        names: dict[str, Any] = {}

        def loss_fn(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            done.rates.append(float(names["optimizer"].param_groups[0]["lr"]))
            return mse(output, target)

        def evaluate(model: torch.nn.Module, loader: Any) -> float:
            with torch.no_grad():
                return float(np.mean([mse(model(a), b).item() for a, b in loader]))

        def end() -> None:
            done.losses += monitored(names, scenario)

        loader = Loader(lambda: iter(batches[:BATCHES]), epochs, lambda: begin(names), end)
        names |= {"model": torch.nn.Linear(3, 1, dtype=torch.float64), "epochs": EPOCHS, "train_loader": loader}
        names |= {"val_loader": batches[BATCHES:], "loss_fn": loss_fn, "evaluate": evaluate}
        run(lines, names)
        return names

    def load(names: dict[str, Any]) -> None:
        saved.seek(0)
        for name, state in torch.load(saved, weights_only=True).items():
            names[name].load_state_dict(state)

    first = script(STOP, lambda names: None)
    parts = [name for name in ("model", "optimizer", "warmup", "scheduler", "plateau") if name in first]
    torch.save({name: first[name].state_dict() for name in parts}, saved)
    after = AFTER if "LambdaLR" in lines else 0  # past its end PyTorch's OneCycleLR raises, and its cosine rises
    script(EPOCHS - STOP + after, load)
    return done


def by_optax(lines: str, scenario: Scenario) -> Training:
    """The loop to STOP; the arrays of params, state and watch in a file of numpy's, read by a new script."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    x, y = (jnp.array(part).reshape(BATCHES + 1, BATCH, -1) for part in data())
    done, saved = Training(), io.BytesIO()

    def loss_fn(params: Any, inputs: Any, targets: Any) -> Any:
        return ((inputs @ params["w"] + params["b"] - targets) ** 2).mean()

    grad = jax.jit(jax.grad(loss_fn))

    def flat(tree: Any) -> np.ndarray:
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])

    def script(epochs: int, begin: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        names: dict[str, Any] = {}

        def each() -> Iterator[Any]:
            for batch in zip(x[:BATCHES], y[:BATCHES], strict=True):
                before = names["params"]
                yield batch
                if scenario.optimizer == "gradient_descent":  # then a step is the rate times the gradient
                    slope, step = flat(grad(before, *batch)), flat(before) - flat(names["params"])
                    done.rates.append(float(step @ slope / (slope @ slope)))
                else:
                    done.rates.append(float(names["state"].hyperparams["rate"]))

        def end() -> None:
            done.losses += monitored(names, scenario)

        loader = Loader(each, epochs, lambda: begin(names), end)
        names |= {"params": {"w": jnp.zeros((3, 1)), "b": jnp.zeros(1)}, "epochs": EPOCHS, "train_loader": loader}
        names |= {"val_loader": (x[-1], y[-1]), "loss_fn": loss_fn, "evaluate": lambda params, on: loss_fn(params, *on)}
        run(lines, names)
        return names

    def load(names: dict[str, Any]) -> None:
        saved.seek(0)
        arrays = iter(np.load(saved, allow_pickle=False).values())
        for name in parts:
            leaves, tree = jax.tree.flatten(names[name])
            names[name] = jax.tree.unflatten(tree, [jnp.asarray(next(arrays)) for _ in leaves])

    first = script(STOP, lambda names: None)
    parts = [name for name in ("params", "state", "watch") if name in first]
    np.savez(saved, *[np.asarray(leaf) for name in parts for leaf in jax.tree.leaves(first[name])])
    script(EPOCHS - STOP + AFTER, load)
    return done


TRAIN: dict[str, Callable[[str, Scenario], Training]] = {"keras": by_keras, "pytorch": by_pytorch, "optax": by_optax}


def hyper_of(scenario: Scenario) -> Any:
    """What the plateau rule's knobs are set to."""
    rule = PLATEAU[scenario.framework]
    numbers = [
        knob.choices.index(str(scenario[knob.key])) if knob.choices else float(scenario[knob.key])  # type: ignore[arg-type]
        for knob in rule.knobs
    ]
    return rule.hyper(*(np.array([float(number)]) for number in numbers))


def on_top(scenario: Scenario, losses: list[float]) -> np.ndarray:
    """The rate of each step with PyTorch's plateau rule on top of a schedule, after these losses.   -> (ALL,)"""
    rule, hyper, rates = PLATEAU["pytorch"], hyper_of(scenario), []
    state = initial_state(np.ones(1), "pytorch")  # type: ignore[arg-type]
    for step, (a, b) in enumerate(scenario.having(steps=ALL).going_on(), start=1):
        state = state._replace(lr=a * state.lr + b)
        rates.append(float(state.lr[0]))
        if step % BATCHES == 0:
            now = np.array([losses[step // BATCHES - 1]])
            state, _ = rule.step(state, now, np.array([step == BATCHES]), hyper)
    return np.array(rates)


def ruled(scenario: Scenario, losses: list[float], anew: int) -> np.ndarray:
    """The rate of each epoch by the app's own plateau rule, after these losses.   -> (epochs + 1,)

    ``anew``: the epoch at which the rule forgets all but the rate, as Keras's callback does in a new ``fit``.
    """
    rule, hyper = PLATEAU[scenario.framework], hyper_of(scenario)
    state, rates = initial_state(np.array([scenario.alpha]), scenario.framework), [float(scenario.alpha or 0)]  # type: ignore[arg-type]
    for epoch, loss in enumerate(losses):
        if epoch == anew:
            state = initial_state(state.lr, scenario.framework)
        state, _ = rule.step(state, np.array([loss]), np.array([epoch in (0, anew)]), hyper)
        rates.append(float(state.lr[0]))
    return np.array(rates)


def by_the_app(scenario: Scenario, done: Training, framework: str) -> np.ndarray:
    """The rates that the app has for a run as long as the training.   -> (ALL,)"""
    if scenario.on_top:
        return on_top(scenario, done.losses)
    if not scenario.schedule_row.plateau:
        return scenario.having(steps=ALL).rates()
    warm = scenario.having(steps=ALL, alpha=1.0).rates()
    return warm * np.repeat(ruled(scenario, done.losses, STOP if framework == "keras" else -1), BATCHES)[:ALL]


def check(framework: str, params: dict[str, str]) -> tuple[str, int]:
    """What is wrong with a training by these lines, '' for nothing; and how often the plateau rule cut."""
    given = Scenario.from_params(
        {"framework": "keras" if framework == "keras" else "pytorch", **params, "steps": str(STEPS)}
    )
    scenario = nearest(given, framework)
    assert scenario is not None, params
    try:
        done = TRAIN[framework](real_lines(given, framework), scenario)
    except Exception as error:
        return f"lines: {type(error).__name__}: {error} in {scenario.to_json()}", 0
    here, app = np.array(done.rates), by_the_app(scenario, done, framework)
    top = app.max()
    if len(here) < ALL or not np.allclose(here[:ALL], app, rtol=RTOL, atol=PART * top):
        off = int(np.argmax(np.abs(here[:ALL] - app[: len(here)])))
        return f"lines have the rate {here[off]} in step {off}, the app {app[off]}: {scenario.to_json()}", 0
    if not np.all((here[ALL:] >= -PART * top) & (here[ALL:] <= top * (1 + RTOL))):  # optax's end of 0 is a float32's
        return f"lines have the rates {here[ALL:]} after their end: {scenario.to_json()}", 0
    if scenario.on_top and np.allclose(app, scenario.having(steps=ALL).rates()):
        return f"the plateau rule made no cut: {scenario.to_json()}", 0
    return "", int((np.diff(app[::BATCHES]) < 0).sum()) if scenario.schedule_row.plateau else 0
