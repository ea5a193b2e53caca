"""Seeded random scenarios for the programs of ``lrviz.codegen``, and which of them can be compared to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, codegen, simulate
from lrviz.codegen import nearest
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import Knob
from lrviz.trajectory import Trajectory
from tests.formulas import SAMPLES

NUDGE, MOST = 1e-13, 1e-10
"""A run is passed over if its start, moved by this part, moves any point by more than that, or any cut."""
RTOL, ATOL = 1e-6, 1e-9
"""How near a program has to end, relative to the app's end, with a floor for coordinates that end at 0."""
OFTEN_SET = {
    "factor": (0.1, 0.9),
    "patience": (0, 4),
    "cooldown": (0, 3),
    "clipnorm": (0.5, 20),
    "warmup_steps": (3, 15),
}
SELDOM = {
    "clipnorm": 0.2,
    "warmup_steps": 0.2,
    "plateau_on_top": 0.2,
    "start_factor": 0.7,
    "patience": 1.0,
    "factor": 1.0,
    "epsilon": 0.3,
}
FOLLOWS_THE_GRADIENT = ("gradient_descent", "momentum", "nesterov")


def value(knob: Knob, rng: np.random.Generator, steps: int) -> Any:  # noqa: PLR0911
    """A random value of a knob, within what its slider offers and what shows within so many steps."""
    low, high = OFTEN_SET.get(knob.key, knob.slider_range)
    if knob.kind == "choice":
        return str(rng.choice(knob.choices))
    if knob.kind == "text":
        return str(rng.choice(SAMPLES[knob.key]))
    if knob.kind == "steps":
        return ",".join(map(str, sorted({int(step) for step in rng.integers(1, steps, 3)})))
    if knob.kind == "points":
        places = sorted({int(step) for step in rng.integers(0, steps, 3)})
        return ",".join(f"{place}:{10 ** rng.uniform(-3, -1):.4g}" for place in places)
    if knob.kind == "flag":
        return int(rng.integers(2))
    if knob.kind == "integer":
        return int(rng.integers(int(low), int(min(high, steps)) + 1))
    drawn = low + (high - low) * rng.random()
    if knob.scale == "log":
        low = max(low, high * 1e-6)
        drawn = low * (high / low) ** rng.random()
    return float(f"{drawn:.4g}")


def programs(rng: np.random.Generator, each: int) -> Iterator[tuple[str, str, str]]:
    """A surface, an optimizer and a framework that has it, for ever; each more than once, as each costs a compile."""
    while True:
        framework = str(rng.choice(list(FRAMEWORKS)))
        optimizer = str(rng.choice([key for key, row in OPTIMIZERS.items() if framework in row.rules]))
        yield from [(str(rng.choice(list(SURFACES))), optimizer, framework)] * each


def draw(rng: np.random.Generator, surface_key: str, optimizer: str, framework: str) -> Scenario:
    """A run by any schedule, with any knobs; a third of them watch the loss."""
    surface = SURFACES[surface_key]
    schedule = "plateau" if rng.random() < 0.35 else str(rng.choice(list(SCHEDULES)))
    steps = int(rng.integers(30, 61))
    alpha = surface.alpha if optimizer in FOLLOWS_THE_GRADIENT else 1.0 if optimizer == "adadelta" else 0.1
    x_low, x_high, y_low, y_high = surface.domain
    start = np.array(surface.start) + 0.1 * rng.uniform(-1, 1, 2) * (x_high - x_low, y_high - y_low)
    scenario = Scenario(
        surface=surface.key,
        start=(float(f"{start[0]:.4g}"), float(f"{start[1]:.4g}")),
        optimizer=optimizer,
        framework=framework,
        alpha=float(f"{alpha * 10 ** rng.uniform(-0.7, 0.2):.3g}"),
        schedule=schedule,
        monitor=str(rng.choice(["loss", "val_loss"])),
        steps_per_epoch=int(rng.choice([1, 1, 1, 3, 5])),
        steps=steps,
        noise=float(rng.choice([0, 0, 0.01, 0.3])),
        seed=int(rng.integers(100)),
    )
    chosen = [knob for knob in scenario.knobs if rng.random() < SELDOM.get(knob.key, 0.4)]
    scenario = scenario.having(**{knob.key: value(knob, rng, steps) for knob in chosen})
    if scenario.values.get("centered"):  # subtracts two nearly equal numbers: epsilon has to cover their rounding
        scenario = scenario.having(epsilon=1e-2)
    return scenario


def steady(scenario: Scenario, run: Trajectory) -> bool:
    """Can two programs that round differently be expected to agree on this run? Measured: see ``NUDGE``."""
    if run.diverged is not None:
        return False
    x, y = (place * (1 + sign * NUDGE) + sign * NUDGE for place, sign in ((scenario["x"], 1), (scenario["y"], -1)))  # type: ignore[operator]
    moved = simulate(scenario.having(x=x, y=y))
    gap = np.abs(moved.x - run.x) / np.maximum(1, np.abs(run.x))
    return bool(gap.max() < MOST and np.array_equal(moved.epochs.cut, run.epochs.cut))


def agrees(end: Any, run: Trajectory, rtol: float = RTOL) -> bool:
    """Did the program end where the app ends?"""
    return np.allclose(end, run.x[-1], rtol=rtol, atol=ATOL)


def cases(
    framework: str, count: int, seed: int, passed_over: Counter[str], each: int = 3
) -> Iterator[tuple[Scenario, Trajectory]]:
    """So many scenarios that the framework can express and that are steady, as its program has them; what was passed
    over is counted."""
    rng = np.random.default_rng(seed)
    for program in programs(rng, each):
        if not count:
            return
        scenario = draw(rng, *program)
        closest = nearest(scenario, framework)
        if closest is None:
            passed_over[codegen.program(scenario, framework).missing] += 1
            continue
        run = simulate(closest)
        if not steady(closest, run):
            passed_over["not steady: rounding decides where it ends"] += 1
            continue
        count -= 1
        yield closest, run


ON_TOP = {"framework": "pytorch", "surface": "shelf", "plateau_on_top": "1", "patience": "1", "threshold": "0.01"}
ENDS: tuple[dict[str, str], ...] = (
    {"schedule": "cosine", "decay_steps": "17"},
    {"schedule": "cosine", "decay_steps": "9", "eta_min": "0.01", "optimizer": "adam", "alpha": "0.1"},
    {"schedule": "cosine", "decay_steps": "9", "warmup_steps": "8", "start_factor": "0.5"},
    {"schedule": "one_cycle", "total_steps": "25"},
    {"schedule": "range_test", "alpha": "0.001", "end_lr": "0.3"},
    {"schedule": "one_cycle", "total_steps": "20", "pct_start": "0.05"},
    {"schedule": "one_cycle", "pct_start": "0.8", "three_phase": "1", "anneal_strategy": "linear"},
    {"schedule": "polynomial"},
    {"schedule": "cosine_restarts", "first_decay_steps": "9"},
    {"schedule": "cosine_restarts", "first_decay_steps": "9", "t_mul": "1.5"},
    {"schedule": "step_decay", "warmup_steps": "7"},
    {"schedule": "polynomial", "cycle": "1", "decay_steps": "20", "power": "2"},
    {"schedule": "wsd", "optimizer": "adam"},
    {"schedule": "wsd", "decay_type": "cosine", "min_lr_ratio": "0.1", "warmup_fraction": "0"},
    {"schedule": "wsd", "decay_type": "1-sqrt"},
    {"schedule": "wsd", **ON_TOP},
    {"schedule": "cosine", "decay_steps": "40", **ON_TOP},
    {"schedule": "step_decay", "step_size": "20", "gamma": "0.5", "warmup_steps": "10", **ON_TOP},
    {"schedule": "range_test", "end_lr": "2", **ON_TOP},
)
"""Runs past the end of their schedules, by the defaults of the classes, and with the plateau rule on top."""


def ends(framework: str) -> Iterator[tuple[Scenario, Trajectory]]:
    """These runs, by the rules of either framework."""
    for params in ENDS:
        for rules in (params["framework"],) if "framework" in params else FRAMEWORKS:
            scenario = Scenario.from_params({"steps": "60", "alpha": "0.05", **params, "framework": rules})
            closest = nearest(scenario, framework)
            if closest is not None:
                yield closest, simulate(closest)


def read(printed: str) -> tuple[list[float], int]:
    """What every program prints last: the end, and the cuts if there is a rule that cuts."""
    *_, end, cuts = ["", *printed.strip().split("\n")]
    if cuts.startswith("end "):
        end, cuts = cuts, "cuts 0"
    assert end.startswith("end ") and cuts.startswith("cuts ")
    return [float(word) for word in end.split()[1:]], int(cuts.split()[1])
