"""ReduceLROnPlateau: the one policy that watches the loss, by Keras's rule and by PyTorch's."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import Knob


class PlateauState(NamedTuple):
    """What the rule remembers between epochs, each (K,) for K runs side by side.

    wait is Keras's ``wait`` and PyTorch's ``num_bad_epochs``.
    """

    lr: Array
    best: Array
    wait: Array
    cooldown: Array


class Verdict(NamedTuple):
    """What it decided in one epoch: had the monitored value improved, was the rate cut, below what it had to fall."""

    improved: Array
    cut: Array
    threshold: Array


FACTOR = Knob(
    "factor",
    "Factor",
    0,
    0.999,
    0.1,
    symbol="f",
    help="A cut multiplies the rate by this.",
    low_open=True,
    slider=(0.05, 0.95),
    live=True,
)
PATIENCE = Knob(
    "patience",
    "Patience",
    0,
    1000,
    10,
    unit="epochs",
    kind="integer",
    help="Epochs without improvement before the rate is cut.",
    slider=(0, 50),
    live=True,
)
COOLDOWN = Knob(
    "cooldown",
    "Cooldown",
    0,
    1000,
    0,
    unit="epochs",
    kind="integer",
    help="Epochs after a cut in which nothing is counted; Keras counts in the last of them.",
    slider=(0, 50),
)
MIN_LR = Knob("min_lr", "Lowest rate", 0, 10, 0, "log", help="The rate is never cut below this.", slider=(1e-6, 1))
MIN_DELTA = Knob(
    "min_delta",
    "Smallest improvement",
    0,
    1e6,
    1e-4,
    "log",
    help="A fall by less than this is no improvement.",
    slider=(1e-8, 1),
)
THRESHOLD = Knob(
    "threshold", "Threshold", 0, 1e6, 1e-4, "log", help="A fall by less than this is no improvement.", slider=(1e-8, 1)
)
THRESHOLD_MODE = Knob(
    "threshold_mode",
    "Threshold mode",
    default="rel",
    kind="choice",
    choices=("rel", "abs"),
    help="Threshold as a part of the best loss, or as it is.",
)
EPS = Knob(
    "eps", "Smallest cut", 0, 1, 1e-8, "log", help="A cut by no more than this is not made.", slider=(1e-12, 1e-2)
)


ON_TOP = Knob(
    "plateau_on_top",
    "Plateau rule on top",
    0,
    1,
    0,
    kind="flag",
    help="Let PyTorch's ReduceLROnPlateau cut the schedule's rate: it is stepped first, then the schedule.",
)
"""For a schedule in PyTorch. Keras takes a schedule or the callback."""
NOT_IN_KERAS = (
    "Keras takes a schedule or ReduceLROnPlateau: with both, its callback raises TypeError at the first cut. By"
    " PyTorch's rules it may stand on top of a schedule: plateau_on_top."
)


class KerasHyper(NamedTuple):
    factor: Array
    patience: Array
    cooldown: Array
    min_lr: Array
    min_delta: Array


class PytorchHyper(NamedTuple):
    """``threshold_mode`` is 0 for rel, 1 for abs."""

    factor: Array
    patience: Array
    cooldown: Array
    min_lr: Array
    threshold: Array
    threshold_mode: Array
    eps: Array


def initial_state(lr: Array, framework: str) -> PlateauState:
    """Before the first epoch. Keras has no best yet and takes the first value, whatever it is: NaN stands for that."""
    best = jnp.full_like(lr, jnp.nan if framework == "keras" else jnp.inf)
    return PlateauState(lr, best, jnp.zeros_like(lr), jnp.zeros_like(lr))


def keras(state: PlateauState, monitored: Array, first: Array, hyper: KerasHyper) -> tuple[PlateauState, Verdict]:
    """Cut when ``wait`` reaches ``patience``: lr <- max(lr factor, min_lr).   monitored: (K,), first: (K,).

    first says whether this is the first epoch. An improvement is monitored + min_delta < best. Cooldown is counted
    down first, so that the epoch in which it ends counts already. A rate at the floor is not cut and its wait goes on.
    The floor is compared in float32, as Keras does. keras.callbacks.ReduceLROnPlateau.on_epoch_end.
    """
    cooldown = jnp.where(state.cooldown > 0, state.cooldown - 1, 0.0)
    wait = jnp.where(state.cooldown > 0, 0.0, state.wait)
    improved = first | (monitored + hyper.min_delta < state.best)
    counting = ~improved & (cooldown == 0)
    wait = jnp.where(improved, 0.0, wait + counting)
    above_floor = _in_float32(state.lr) > _in_float32(hyper.min_lr)
    cut = counting & (wait >= hyper.patience) & above_floor
    new = PlateauState(
        lr=jnp.where(cut, jnp.maximum(state.lr * hyper.factor, hyper.min_lr), state.lr),
        best=jnp.where(improved, monitored, state.best),
        wait=jnp.where(cut, 0.0, wait),
        cooldown=jnp.where(cut, hyper.cooldown, cooldown),
    )
    return new, Verdict(improved, cut, jnp.where(first, jnp.inf, state.best - hyper.min_delta))


def _in_float32(value: Array) -> Array:
    """What float32 keeps of a number >= 0. By hand below 2^-126, which compiled code makes 0 and numpy does not."""
    return jnp.where(
        value < 2.0**-126, jnp.round(value * 2.0**149) * 2.0**-149, value.astype(jnp.float32).astype(float)
    )


def pytorch(state: PlateauState, monitored: Array, first: Array, hyper: PytorchHyper) -> tuple[PlateauState, Verdict]:
    """Cut when the bad epochs exceed ``patience``, one later than Keras: lr <- max(lr factor, min_lr).

    An improvement is monitored < best (1 - threshold) (rel) or < best - threshold (abs). The epoch in which the
    cooldown ends is not counted. A cut by no more than ``eps`` is not made, but counted as one.
    torch.optim.lr_scheduler.ReduceLROnPlateau.
    """
    threshold = jnp.where(hyper.threshold_mode == 0, state.best * (1 - hyper.threshold), state.best - hyper.threshold)
    improved = monitored < threshold
    cooling = state.cooldown > 0
    wait = jnp.where(improved | cooling, 0.0, state.wait + 1)
    over = wait > hyper.patience
    lower = jnp.maximum(state.lr * hyper.factor, hyper.min_lr)
    cut = over & (state.lr - lower > hyper.eps)
    new = PlateauState(
        lr=jnp.where(cut, lower, state.lr),
        best=jnp.where(improved, monitored, state.best),
        wait=jnp.where(over, 0.0, wait),
        cooldown=jnp.where(over, hyper.cooldown, jnp.where(cooling, state.cooldown - 1, state.cooldown)),
    )
    return new, Verdict(improved, cut, threshold)


def limit(framework: str, patience: int) -> int:
    """So many bad epochs in a row make a cut: Keras's patience, but at least one; one more in PyTorch."""
    return max(patience, 1) if framework == "keras" else patience + 1


class PlateauRule(NamedTuple):
    """One framework's rule, its numbers and its knobs, in the order of the numbers."""

    step: Any
    hyper: type
    knobs: tuple[Knob, ...]


_KNOBS = {knob.key: knob for knob in (FACTOR, PATIENCE, COOLDOWN, MIN_LR, MIN_DELTA, THRESHOLD, THRESHOLD_MODE, EPS)}


def _rule(step: Any, hyper: Any) -> PlateauRule:
    return PlateauRule(step, hyper, tuple(_KNOBS[name] for name in hyper._fields))


PLATEAU: dict[str, PlateauRule] = {"keras": _rule(keras, KerasHyper), "pytorch": _rule(pytorch, PytorchHyper)}
