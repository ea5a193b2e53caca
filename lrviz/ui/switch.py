"""From one surface, optimizer or schedule to another: what still holds is kept, the rest becomes a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput
from lrviz.optimizers import OPTIMIZERS
from lrviz.scenario import NAMES, Scenario


def switched(scenario: Scenario, **names: Any) -> tuple[Scenario, list[str]]:
    """The scenario with another surface, framework, optimizer or schedule. Knobs that mean the same there are kept.

    A start and a rate that were the old surface's own become the new one's; so does a start that is off the new map.
    An optimizer that the framework does not have makes room for plain descent, and a sentence says so.
    """
    sentences = []
    names = {**{name: getattr(scenario, name) for name in NAMES}, **names}
    framework, optimizer = names["framework"], OPTIMIZERS[names["optimizer"]]
    if framework not in optimizer.rules:
        plain = OPTIMIZERS["gradient_descent"]
        sentences.append(f"{optimizer.name} is not in {FRAMEWORKS[framework]}; {plain.name.lower()} took its place.")
        names["optimizer"] = plain.key
    bare = Scenario(**names)
    old, new = {knob.key: knob for knob in scenario.knobs}, {knob.key: knob for knob in bare.knobs}
    values = {key: value for key, value in scenario.values.items() if key in new and new[key].label == old[key].label}
    shared = {name: getattr(scenario, name) for name in ("monitor", "steps_per_epoch", "steps", "noise", "seed")}
    own = scenario.surface_row
    alpha = scenario.alpha if scenario.surface == bare.surface or scenario.alpha != own.alpha else None
    start = scenario.start
    x_low, x_high, y_low, y_high = bare.surface_row.domain
    if scenario.surface != bare.surface and start is not None:
        on_map = x_low <= start[0] <= x_high and y_low <= start[1] <= y_high
        start = start if on_map and start != own.start else None
    return Scenario(**names, **shared, alpha=alpha, start=start, values=_allowed(bare, values)), sentences


def _allowed(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    allowed = {}
    for key, value in values.items():
        try:
            allowed[key] = scenario.knob(key).check(value)
        except BadInput:
            continue
    return allowed
