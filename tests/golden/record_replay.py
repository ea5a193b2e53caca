"""Drive the real plateau rules through two thousand random histories with settings, in float64 and in float32.

``python -m tests.golden.record_replay`` records each precision in a process of its own, as Keras and JAX take theirs
when they are loaded: Keras's ReduceLROnPlateau and EarlyStopping and optax's reduce_on_plateau in both, PyTorch's
scheduler, whose numbers are Python's, in one.
"""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.golden.histories import history

HERE = Path(__file__).parent
COUNT = 2000
State = tuple[float, float, int, int, bool]
"""Learning rate, best, wait and cooldown after an epoch, and whether it cut."""


def cases() -> list[dict[str, Any]]:
    """Always the same: the histories of the plateau rules, longer ones, tiny ones, rising ones, interrupted ones."""
    rng = np.random.default_rng(2016)
    return [case(rng) for _ in range(COUNT)]


def case(rng: np.random.Generator) -> dict[str, Any]:
    """One history and settings of every framework."""
    base = history(rng)
    values, tolerance = np.array(base.losses), base.tolerance
    alpha, min_lr = max(base.alpha, 1e-12), base.min_lr if base.min_lr > 1e-30 else 0.0
    match rng.integers(8):
        case 0:  # of order 1e-5, where the default min_delta is larger than all
            values, tolerance = 1e-5 * values, float(rng.choice([0.0, 1e-4, 1e-6, 1e-7]))
        case 1:  # as float32 training logs them
            values = values.astype(np.float32).astype(float)
        case 2:  # a value a batch
            values = np.exp(-np.arange(200) / rng.uniform(20, 400)) + 0.1 * rng.standard_normal(200)
    relative = int(rng.integers(3))  # optax: by rtol, by atol, by both
    rtol = min(tolerance, 1.0) if relative != 1 else 0.0
    atol = tolerance if relative != 0 else 0.0
    rising = int(rng.random() < 0.3)
    if relative == 2 and rng.random() < 0.7:  # at optax's bar, give or take one rounding
        low = -values if rising else values
        for epoch in np.flatnonzero(rng.random(len(low)) < 0.3)[1:]:
            low[epoch] = (1 - rtol) * np.fmin.reduce(low[:epoch]) - atol
        values = -low if rising else low
    return {
        "values": values.tolist(),
        "alpha": alpha,
        "factor": base.factor,
        "patience": base.patience,
        "cooldown": base.cooldown,
        "min_lr": min_lr,
        "tolerance": tolerance,
        "relative": int(base.relative),
        "eps": base.eps,
        "rtol": rtol if rtol or atol else 1e-4,
        "atol": atol,
        "accumulation_size": int(rng.choice([1, 1, 1, 2, 3, 5, 7])),
        "min_scale": min(min_lr / alpha, 1.0),
        "rising": rising,
        "resume_after": int(rng.integers(1, len(values))) if len(values) > 1 and rng.random() < 0.2 else 0,
        "stop_patience": int(rng.choice([0, 1, 2, 3, 5, 8])),
        "start_from_epoch": int(rng.choice([0, 0, 0, 1, 3, 10])),
    }


def sittings(run: dict[str, Any]) -> list[list[float]]:
    """The values before and after the training was stopped and started again."""
    at = run["resume_after"]
    return [run["values"][:at], run["values"][at:]] if at else [run["values"]]


def keras_states(run: dict[str, Any]) -> Iterator[State]:
    """The callback after each epoch; a fresh one on the same optimizer after a stop."""
    import keras

    class Watched(keras.callbacks.ReduceLROnPlateau):
        reduced = False

        def _reduce_optimizer_lr(self, *args: Any, **kwargs: Any) -> bool:
            self.reduced = super()._reduce_optimizer_lr(*args, **kwargs)
            return self.reduced

    optimizer = keras.optimizers.SGD(run["alpha"])
    for values in sittings(run):
        callback = Watched(
            monitor="loss",
            mode="max" if run["rising"] else "min",
            min_delta=run["tolerance"],
            **{key: run[key] for key in ("factor", "patience", "cooldown", "min_lr")},
        )
        callback.set_model(SimpleNamespace(optimizer=optimizer))
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.reduced = False
            callback.on_epoch_end(epoch, {"loss": value})
            rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
            yield rate, callback.best, callback.wait, callback.cooldown_counter, callback.reduced


def keras_stop(run: dict[str, Any]) -> int:
    """The epoch, from 0, after which EarlyStopping ends the training; -1 if it does not."""
    import keras

    callback = keras.callbacks.EarlyStopping(
        monitor="loss",
        mode="max" if run["rising"] else "min",
        min_delta=run["tolerance"],
        patience=run["stop_patience"],
        start_from_epoch=run["start_from_epoch"],
    )
    model = SimpleNamespace(stop_training=False)
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(run["values"]):
        callback.on_epoch_end(epoch, {"loss": value})
        if model.stop_training:
            return epoch
    return -1


def pytorch_states(run: dict[str, Any]) -> Iterator[State]:
    """The scheduler after each epoch; a fresh one on the same optimizer after a stop."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(2)], lr=run["alpha"])
    for values in sittings(run):
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer,
            mode="max" if run["rising"] else "min",
            threshold=run["tolerance"],
            threshold_mode="rel" if run["relative"] else "abs",
            **{key: run[key] for key in ("factor", "patience", "cooldown", "min_lr", "eps")},
        )
        for value in values:
            before = optimizer.param_groups[0]["lr"]
            scheduler.step(value)
            rate = float(optimizer.param_groups[0]["lr"])
            yield rate, scheduler.best, scheduler.num_bad_epochs, scheduler.cooldown_counter, rate != before


def keras_names() -> dict[str, list[str]]:
    """The metrics by whose names Keras's mode auto knows which way is better."""
    import keras

    arguments = {"IoU": (2, [0]), "BinaryIoU": ([0],), "MeanIoU": (2,), "OneHotIoU": (2, [0]), "OneHotMeanIoU": (2,)}
    arguments |= {f"{a}At{b}": (0.5,) for a, b in (("Sensitivity", "Specificity"), ("Specificity", "Sensitivity"))}
    arguments |= {f"{a}At{b}": (0.5,) for a, b in (("Precision", "Recall"), ("Recall", "Precision"))}
    names: dict[str, list[str]] = {"up": [], "down": []}
    for name, kind in vars(keras.metrics).items():
        if inspect.isclass(kind) and issubclass(kind, keras.metrics.Metric) and name != "MeanMetricWrapper":
            metric = kind(*arguments.get(name, ()))
            if hasattr(metric, "_direction") and metric.name not in names[metric._direction]:
                names[metric._direction].append(metric.name)
    return names


_STEPS: dict[Any, Any] = {}


def optax_step(factor: float, rtol: float, atol: float) -> Any:
    """The compiled update; what may be traced is."""
    import jax
    import optax

    def step(rate: Any, state: Any, value: Any, patience: Any, cooldown: Any, size: Any, min_scale: Any) -> Any:
        rule = optax.contrib.reduce_on_plateau(factor, patience, rtol, atol, cooldown, size, min_scale)
        return rule.update(rate, state, value=value)

    return _STEPS.setdefault((factor, rtol, atol), jax.jit(step))


def optax_states(run: dict[str, Any]) -> Iterator[State]:
    """The state after each update of the rate; a fresh one after a stop. A rising value is handed over negated."""
    import jax.numpy as jnp
    import optax

    kind = jnp.zeros(()).dtype.type
    rate, sign = kind(run["alpha"]), -1.0 if run["rising"] else 1.0
    step = optax_step(run["factor"], run["rtol"], run["atol"])
    more = run["patience"], run["cooldown"], run["accumulation_size"], kind(run["min_scale"])
    for values in sittings(run):
        state = optax.contrib.reduce_on_plateau().init(jnp.asarray(rate))
        for value in values:
            scaled, new = step(rate, state, kind(sign * value), *more)
            cut = bool(new.scale < state.scale)
            state = new
            best = sign * float(state.best_value)
            yield float(scaled), best, int(state.plateau_count), int(state.cooldown_count), cut


def record(precision: str) -> None:
    """One precision, in this process."""
    if precision == "float64":
        from tests.golden.keras64 import keras  # noqa: F401  before JAX is loaded
    else:
        os.environ["KERAS_BACKEND"] = "jax"
    runs = cases()
    arrays = {
        **{key: np.array([run[key] for run in runs]) for key in runs[0] if key != "values"},
        "length": np.array([len(run["values"]) for run in runs]),
        "values": np.concatenate([run["values"] for run in runs]),
        "keras_stop": np.array([keras_stop(run) for run in runs]),
        **{f"keras_{way}": np.array(sorted(names)) for way, names in keras_names().items()},
    }
    machines = {"keras": keras_states, "pytorch": pytorch_states, "optax": optax_states}
    if precision == "float32":
        del machines["pytorch"]
        arrays = {"keras_stop": arrays["keras_stop"]}  # all else is in the other file
    for framework, states in machines.items():
        rows = [state for run in runs for state in states(run)]
        for name, column in zip(
            ("learning_rate", "best", "wait", "cooldown", "cut"), zip(*rows, strict=True), strict=True
        ):
            arrays[f"{framework}_{name}"] = np.array(column)
        print(precision, framework, len(rows), "epochs", int(arrays[f"{framework}_cut"].sum()), "cuts")
    small = {key: value.astype(np.int16) if value.dtype.kind == "i" else value for key, value in arrays.items()}
    np.savez_compressed(HERE / f"replay_{precision}.npz", **small)


if __name__ == "__main__":
    if sys.argv[1:]:
        record(sys.argv[1])
    for precision in () if sys.argv[1:] else ("float64", "float32"):
        subprocess.run([sys.executable, "-m", "tests.golden.record_replay", precision], check=True)
