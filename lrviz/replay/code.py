"""The settings of a replay as lines for a training script, and as a program that replays the values for real."""

from __future__ import annotations

import json
import math
from typing import Any

from lrviz.codegen.text import Lines, call, comments, indented, layout, literal, literals, several
from lrviz.knob import BadInput
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES
from lrviz.replay.settings import LONGEST
from lrviz.replay.why import starts

ALWAYS = ("factor", "patience")
"""What is written even where it is the default."""
CLASSES = {
    "keras": "keras.callbacks.ReduceLROnPlateau",
    "pytorch": "torch.optim.lr_scheduler.ReduceLROnPlateau",
    "optax": "optax.contrib.reduce_on_plateau",
}


def rule(replay: Replay, framework: str) -> str:
    """The call that makes the rule: factor, patience and what is not the default."""
    numbers = replay.settings.numbers(framework)
    set_ = {
        knob.key: numbers[knob.key]
        for knob in RULES[framework].knobs
        if knob.key in ALWAYS or numbers[knob.key] != knob.default
    }
    if framework == "optax":
        return call(CLASSES[framework], **literals(set_))
    if framework == "pytorch":
        mode = {"mode": '"max"'} if replay.rising else {}
        return call(CLASSES[framework], "optimizer", **mode, **literals(set_))
    return call(CLASSES[framework], **_monitored(replay), **literals(set_))


def _monitored(replay: Replay) -> dict[str, str]:
    """Keras's first arguments. By itself it knows which way a loss is better, and metrics that the model has."""
    monitor = replay.history.monitor
    plain = monitor.removeprefix("val_") == "loss" and not replay.rising
    mode = {} if plain else {"mode": '"max"' if replay.rising else '"min"'}
    return {"monitor": json.dumps(monitor), **mode}


def _early_stopping(replay: Replay) -> str:
    named = {"patience": "stop_patience", "min_delta": "stop_min_delta", "start_from_epoch": "start_from_epoch"}
    set_ = {name: replay.settings[key] for name, key in named.items() if name == "patience" or replay.settings[key]}
    return call("keras.callbacks.EarlyStopping", **_monitored(replay), **literals(set_))


def lines(replay: Replay, framework: str) -> str:
    """What to paste into a training script."""
    if framework == "keras":
        made = [rule(replay, framework)]
        made += [_early_stopping(replay)] if replay.settings["stop_patience"] is not None else []
        return f"callbacks = {several(*made)}"
    value = _variable(replay)
    if framework == "pytorch":
        return "\n".join([f"scheduler = {rule(replay, framework)}", f"scheduler.step({value})  # once per epoch"])
    negated = ["optax takes lower for better: the value is negated."] if replay.rising else []
    return "\n".join(
        [
            *comments(negated),
            f"plateau = {rule(replay, framework)}",
            "watch = plateau.init(params)",
            f"updates, watch = plateau.update(updates, watch, value={'-' * replay.rising}{value})",
        ]
    )


def _variable(replay: Replay) -> str:
    """What is monitored as the name of a variable."""
    name = replay.history.monitor
    return name if name.isascii() and name.isidentifier() else "value"


def program(replay: Replay, framework: str) -> str:
    """A short program that replays the values in the framework: epoch, rate, best and wait, a line an epoch.

    The values stand in it, up to 200; more are read from values.txt. Raises ``BadInput`` for an unknown framework.
    """
    if framework not in RULES:
        raise BadInput(f"There is no program for {framework}; there are {', '.join(RULES)}.")
    return _PROGRAMS[framework](replay)


def _values(replay: Replay) -> Lines:
    values = replay.history.values.tolist()
    if len(values) > LONGEST:
        return ['values = [float(line) for line in open("values.txt")]']
    names = [] if all(map(math.isfinite, values)) else ['nan, inf = float("nan"), float("inf")']
    return [*names, f"values = {literal(values)}"]


def _again(replay: Replay, how: Lines) -> Lines:
    """A fresh rule where the training was stopped."""
    stops = starts(replay)[1:]
    return [f"if epoch == {stops[0] + 1}:  # a fresh rule", *indented(how)] if stops else []


def _program(title: str, imports: Lines, body: Lines, loop: Lines) -> str:
    every = ["for epoch, value in enumerate(values, 1):", *indented(loop)]
    return layout([[f'"""{title}"""'], imports, [*body, *every]])


def _keras(replay: Replay) -> str:
    wide = not replay.settings.float32
    before = ["import os", "", 'os.environ["JAX_ENABLE_X64"] = "true"  # where JAX is the backend', ""]
    return _program(
        "What Keras's ReduceLROnPlateau makes of these values.",
        [*(before if wide else []), "from types import SimpleNamespace", "", "import keras"],
        [
            *(['keras.config.set_floatx("float64")'] if wide else []),
            *_values(replay),
            f"optimizer = keras.optimizers.SGD({literal(replay.rate)})",
            f"plateau = {rule(replay, 'keras')}",
            "plateau.set_model(SimpleNamespace(optimizer=optimizer))  # all that it asks of a model",
            "plateau.on_train_begin()",
        ],
        [
            *_again(replay, ["plateau.on_train_begin()"]),
            f"plateau.on_epoch_end(epoch - 1, {{{json.dumps(replay.history.monitor)}: value}})",
            "print(epoch, float(optimizer.learning_rate), plateau.best, plateau.wait)",
        ],
    )


def _pytorch(replay: Replay) -> str:
    made = f"plateau = {rule(replay, 'pytorch')}"
    return _program(
        "What PyTorch's ReduceLROnPlateau makes of these values.",
        ["import torch"],
        [
            *_values(replay),
            f"optimizer = torch.optim.SGD([torch.zeros(1)], lr={literal(replay.rate)})",
            made,
        ],
        [
            *_again(replay, [made]),
            "plateau.step(value)",
            'print(epoch, optimizer.param_groups[0]["lr"], plateau.best, plateau.num_bad_epochs)',
        ],
    )


def _optax(replay: Replay) -> str:
    negated, wide = "-" * replay.rising, not replay.settings.float32
    return _program(
        "What optax's reduce_on_plateau makes of these values."
        + " They are negated, as it looks for the lowest." * replay.rising,
        ["import jax", "import jax.numpy as jnp", "import optax"],
        [
            *(['jax.config.update("jax_enable_x64", True)'] if wide else []),
            *_values(replay),
            f"rate = jnp.asarray({literal(replay.rate)})",
            f"plateau = {rule(replay, 'optax')}",
            "watch, update = plateau.init(rate), jax.jit(plateau.update)",
        ],
        [
            *_again(replay, ["watch = plateau.init(rate)"]),
            f"scaled, watch = update(rate, watch, value={negated}value)",
            f"print(epoch, float(scaled), {negated}float(watch.best_value), int(watch.plateau_count))",
        ],
    )


_PROGRAMS: dict[str, Any] = {"keras": _keras, "pytorch": _pytorch, "optax": _optax}
