"""Record ``schedules.json``: the defaults of the frameworks' classes as their signatures have them, and the rates that
their schedules give, in float64."""

import inspect
import itertools
import json
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import prodigyopt
import schedulefree
import torch
from torch.optim import lr_scheduler

from tests.golden.keras64 import keras
from tests.golden.trace import HERE

# isort: split
import jax
import jax.numpy as jnp

SEED = 14
EACH = 8
"""So many settings of each class, one of them with nothing but what the class asks for."""
ALPHA = 0.1
OPTIMIZERS = {
    "keras": (
        keras.optimizers,
        ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Nadam", "Adamax", "Lion", "ScheduleFreeAdamW"),
    ),
    "pytorch": (
        torch.optim,
        ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "NAdam", "Adamax", "RAdam", "LBFGS"),
    ),
}
Settings = dict[str, Callable[[random.Random], Any]]


def _whole(low: int, high: int) -> Callable[[random.Random], int]:
    return lambda rng: rng.randint(low, high)


def _part(low: float, high: float) -> Callable[[random.Random], float]:
    return lambda rng: round(rng.uniform(low, high), 3)


def _flag(rng: random.Random) -> bool:
    return rng.random() < 0.5


def _milestones(rng: random.Random) -> list[int]:
    return sorted(rng.sample(range(1, 60), 3))


# By class: what it asks for, then what has a default.
KERAS: dict[str, tuple[Settings, Settings]] = {
    "ExponentialDecay": ({"decay_steps": _whole(1, 40), "decay_rate": _part(0.3, 1)}, {"staircase": _flag}),
    "InverseTimeDecay": ({"decay_steps": _whole(1, 40), "decay_rate": _part(0.3, 2)}, {"staircase": _flag}),
    "PolynomialDecay": (
        {"decay_steps": _whole(5, 90)},
        {"end_learning_rate": _part(0, 0.05), "power": _part(0.5, 3), "cycle": _flag},
    ),
    "CosineDecay": ({"decay_steps": _whole(5, 90)}, {"alpha": _part(0, 0.5)}),
    "CosineDecayRestarts": (
        {"first_decay_steps": _whole(3, 30)},
        {"t_mul": _part(1, 3), "m_mul": _part(0.4, 1), "alpha": _part(0, 0.5)},
    ),
}
PYTORCH: dict[str, tuple[Settings, Settings]] = {
    "StepLR": ({"step_size": _whole(1, 40)}, {"gamma": _part(0.1, 1)}),
    "MultiStepLR": ({"milestones": _milestones}, {"gamma": _part(0.1, 1)}),
    "ExponentialLR": ({"gamma": _part(0.9, 1)}, {}),
    "PolynomialLR": ({}, {"total_iters": _whole(5, 90), "power": _part(0.5, 3)}),
    "CosineAnnealingLR": ({"T_max": _whole(1, 90)}, {"eta_min": _part(0, 0.05)}),
    "CosineAnnealingWarmRestarts": ({"T_0": _whole(3, 30)}, {"T_mult": _whole(1, 3), "eta_min": _part(0, 0.05)}),
    "OneCycleLR": (
        {"max_lr": lambda rng: ALPHA, "total_steps": _whole(60, 90)},
        {
            "pct_start": _part(0, 1),
            "anneal_strategy": lambda rng: rng.choice(["cos", "linear"]),
            "div_factor": _part(1, 50),
            "final_div_factor": _part(1, 1e4),
            "three_phase": _flag,
        },
    ),
    "CyclicLR": (
        {"base_lr": _part(0.001, 0.05), "max_lr": lambda rng: ALPHA, "step_size_up": _whole(1, 40)},
        {
            "step_size_down": _whole(1, 40),
            "mode": lambda rng: rng.choice(["triangular", "triangular2", "exp_range"]),
            "gamma": _part(0.9, 1),
        },
    ),
    "LinearLR": ({}, {"start_factor": _part(0.1, 1), "total_iters": _whole(1, 40)}),
}
STEPS = {"CosineAnnealingLR": 200}
"""Longer than the others: past several floors."""


def defaults(kind: Any) -> dict[str, Any]:
    """The arguments of a class -> their defaults, without those that have none."""
    arguments = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return {
        a.name: list(a.default) if isinstance(a.default, tuple) else a.default
        for a in arguments
        if a.default is not inspect.Parameter.empty
    }


def signatures() -> dict[str, dict[str, Any]]:
    """By framework: every class of which a schedule, an optimizer or the plateau rule here bears the name."""
    found: dict[str, dict[str, Any]] = {}
    for framework, (module, names) in OPTIMIZERS.items():
        found[framework] = {name: defaults(getattr(module, name)) for name in names}
    packages = (schedulefree.SGDScheduleFree, schedulefree.AdamWScheduleFree, prodigyopt.Prodigy)
    found["pytorch"] |= {kind.__name__: defaults(kind) for kind in packages}
    schedules = keras.optimizers.schedules
    found["keras"] |= {name: defaults(getattr(schedules, name)) for name in (*KERAS, "PiecewiseConstantDecay")}
    found["keras"]["ReduceLROnPlateau"] = defaults(keras.callbacks.ReduceLROnPlateau)
    found["pytorch"] |= {name: defaults(getattr(lr_scheduler, name)) for name in (*PYTORCH, "ReduceLROnPlateau")}
    return found


def classes() -> dict[str, list[str]]:
    """Every schedule class that there is, by framework."""
    return {
        "keras": sorted(name for name in vars(keras.optimizers.schedules) if name[0].isupper()),
        "pytorch": sorted(
            name
            for name, kind in vars(lr_scheduler).items()
            if inspect.isclass(kind) and issubclass(kind, lr_scheduler.LRScheduler) and not name.startswith("_")
        ),
    }


def settings(table: dict[str, tuple[Settings, Settings]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each class some at random, the first with its defaults."""
    rng = random.Random(SEED)
    for name, (required, more) in table.items():
        for number in range(EACH):
            chosen = {key: draw(rng) for key, draw in more.items() if number and rng.random() < 0.7}
            yield name, {key: draw(rng) for key, draw in required.items()} | chosen


def of_keras(name: str, options: dict[str, Any], steps: int) -> list[float]:
    """The rate of each step."""
    schedule = getattr(keras.optimizers.schedules, name)(ALPHA, **options)
    if name != "PolynomialDecay":  # compiled, its 1 - step/decay_steps may end below 0, and its power is no number then
        schedule = jax.jit(schedule)
    return [float(schedule(jnp.array(step))) for step in range(steps)]


def of_pytorch(name: str, options: dict[str, Any], steps: int) -> list[float]:
    """The rate of each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=ALPHA)
    fixed = {"cycle_momentum": False} if name in ("OneCycleLR", "CyclicLR") else {}
    scheduler, rates = getattr(lr_scheduler, name)(optimizer, **options, **fixed), []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        scheduler.step()
    return rates


def past_the_end() -> dict[str, Any]:
    """OneCycleLR in a run longer than its cycle: the step before which it raises, and what it says."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=ALPHA)
    scheduler = lr_scheduler.OneCycleLR(optimizer, ALPHA, total_steps=20)
    for step in itertools.count(1):
        try:
            scheduler.step()
        except ValueError as error:
            return {"total_steps": 20, "steps": step - 1, "error": str(error)}
    raise AssertionError


def recorded() -> dict[str, Any]:
    """All that the file holds."""
    rates = [
        {
            "framework": framework,
            "class": name,
            "arguments": options,
            "rates": record(name, options, STEPS.get(name, 60)),
        }
        for framework, table, record in (("keras", KERAS, of_keras), ("pytorch", PYTORCH, of_pytorch))
        for name, options in settings(table)
    ]
    return {
        "alpha": ALPHA,
        "classes": classes(),
        "signatures": signatures(),
        "one_cycle_past_its_end": past_the_end(),
        "rates": rates,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    document = recorded()
    rows = ",\n".join(json.dumps(row) for row in document.pop("rates"))
    (HERE / "schedules.json").write_text(json.dumps(document, indent=1)[:-2] + ',\n "rates": [\n' + rows + "\n]}\n")
    print(f"{rows.count(chr(10)) + 1} vectors of rates")
