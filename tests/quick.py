"""Many short runs side by side by the app's own rules, with numpy in the place of JAX: nothing compiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from lrviz import plateau
from lrviz.optimizers import adaptive, clipping, descent, moments, rateless
from lrviz.optimizers.rule import At
from lrviz.simulation import noise
from lrviz.trajectory import Epochs, Trajectory, unjudged
from tests.by_hand import slope


@contextmanager
def by_numpy() -> Iterator[None]:
    """The update rules and the plateau rules are elementwise, and all they use of JAX numpy has too."""
    with np.errstate(all="ignore"):
        patches = [
            patch.object(module, "jnp", np) for module in (adaptive, clipping, descent, moments, rateless, plateau)
        ]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()


def number(knob, value):
    return float(knob.choices.index(value) if knob.kind == "choice" else value)


def runs(scenarios, rates=None, starts=None):
    """The runs of these scenarios, which share surface, optimizer, framework, steps, epochs and what is monitored.

    rates: a row a run, with no plateau rule to look on.
    """
    first, count = scenarios[0], len(scenarios)
    rule, judge = first.rule, plateau.PLATEAU[first.framework]
    values = [[number(knob, one.hyper[knob.key]) for one in scenarios] for knob in rule.knobs]
    hyper = type("Hyper", (), dict(zip((knob.key for knob in rule.knobs), map(np.array, values), strict=True)))
    watched = np.array([one.watches and rates is None for one in scenarios])
    rows = [one if looked else first.having(schedule="plateau") for one, looked in zip(scenarios, watched, strict=True)]
    settings = judge.hyper(*(np.array([number(knob, one[knob.key]) for one in rows]) for knob in judge.knobs))
    plan = np.array([one.rates() for one in scenarios] if rates is None else rates)
    steps, length = plan.shape[1], first.steps_per_epoch
    drawn = np.array([one.noise * noise(one.seed, steps) if one.noise else np.zeros((steps, 2)) for one in scenarios])
    clipped = np.array([float(one["clipnorm"]) for one in scenarios])
    coef = first.coef[:, None]
    x = np.array([one.start for one in scenarios] if starts is None else starts, float).T
    with by_numpy():
        state, looks = rule.init(x, hyper), plateau.initial_state(np.ones(count), first.framework)
        value, grad = evaluated(first, x, coef)
        points, losses, grads, applied, lengths, used_grads, epochs = [x], [value], [grad], [], [], [], []
        looks = looks._replace(lr=np.where(watched, [one.alpha or 0.0 for one in scenarios], 1.0))
        shape = np.where(watched[:, None], 1.0, plan)
        stays = np.tile([1.0, 0.0], (steps, 1))
        going = np.array([one.going_on() if one.on_top and rates is None else stays for one in scenarios])
        for t in range(steps):
            looks = looks._replace(lr=looks.lr * going[:, t, 0] + going[:, t, 1])
            lr = looks.lr * shape[:, t]
            used = clipping.clip(grad + drawn[:, t].T, clipped, first.framework)
            at = At(x, used, np.full(count, t + 1.0), value, lambda p: first.surface_row.f(p, coef), hessian(first))
            dx, state, _ = rule.step(at, state, lr, hyper)
            x = x + dx
            value, grad = evaluated(first, x, coef)
            for row, part in zip(
                (points, losses, grads, applied, lengths, used_grads), (x, value, grad, lr, dx, used), strict=True
            ):
                row.append(part)
            if (t + 1) % length == 0:
                mean = np.add.accumulate(losses[t + 1 - length : t + 1])[-1] / length
                now = value if first.monitor == "val_loss" else mean
                judged, verdict = judge.step(looks, now, np.full(count, t + 1 == length), settings)
                looks = plateau.PlateauState(
                    *(np.where(watched, new, old) for new, old in zip(judged, looks, strict=True))
                )
                parts = (looks.best, looks.wait, looks.cooldown, looks.lr, verdict.threshold, verdict.improved)
                epochs.append([np.full(count, t + 1), now, *parts, verdict.cut])
    arrays = [np.array(part) for part in (points, losses, grads, applied, lengths, used_grads, epochs)]
    return [trajectory(first, lane, watched[lane], arrays) for lane in range(count)]


def evaluated(scenario, x, coef):
    return np.asarray(scenario.surface_row.f(x, coef), float), slope_of(scenario, x, coef)


def slope_of(scenario, x, coef):
    return slope(scenario, x)


def hessian(scenario):
    return lambda x: scenario.surface_row.hessian(scenario.coef, x)


def trajectory(scenario, lane, watched, arrays):
    points, losses, grads, applied, lengths, used, epochs = (part[..., lane] for part in arrays)
    if watched:
        step, *others, improved, cut = epochs.T
        looked = Epochs(step.astype(int), *others, improved == 1, cut == 1)
    else:
        looked = unjudged(losses, applied, scenario.steps_per_epoch, scenario.monitor == "val_loss")
    return Trajectory(points, losses, grads, applied, lengths, used, {}, looked, bool(watched))
