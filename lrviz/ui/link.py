"""Links and switches: what of them holds becomes a scenario, what does not becomes a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.knob import BadInput, unknown
from lrviz.optimizers import OPTIMIZERS
from lrviz.scenario import RUN_KNOBS, Scenario

NAMES = ("surface", "framework", "optimizer", "schedule")
MOST_PARAMS = 60


def read_link(params: Mapping[str, str]) -> tuple[Scenario, list[str]]:
    """The scenario of a link, and a sentence for each parameter that is wrong; the others still work.

    Names are read first, as they decide which knobs there are.
    """
    scenario, sentences = Scenario(), []
    good: dict[str, str] = {}
    ordered = [key for key in NAMES if key in params] + [key for key in params if key not in NAMES]
    for key in ordered[:MOST_PARAMS]:
        known = [*NAMES, "start", *(row.key for row in (*RUN_KNOBS, *scenario.knobs))]
        if key not in known:
            sentences.append(unknown("parameter", key, known))
            continue
        try:
            scenario = Scenario.from_params({**good, key: params[key]})
            good[key] = params[key]
        except BadInput as wrong:
            sentences.append(str(wrong))
    if len(ordered) > MOST_PARAMS:
        sentences.append(f"A link has at most {MOST_PARAMS} parameters; {len(ordered) - MOST_PARAMS} were left out.")
    return scenario, sentences


def params_of(scenario: Scenario) -> dict[str, str]:
    """The shortest parameters that ``read_link`` turns into this scenario."""
    return scenario.to_params()


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
        sentences.append(
            f"{optimizer.name} is not in {FRAMEWORK_NAMES[framework]}; {plain.name.lower()} took its place."
        )
        names["optimizer"] = plain.key
    bare = Scenario(**names)
    old, new = {knob.key: knob for knob in scenario.knobs}, {knob.key: knob for knob in bare.knobs}
    values = {key: value for key, value in scenario.values.items() if key in new and new[key].label == old[key].label}
    kept = {name: getattr(scenario, name) for name in ("monitor", "steps_per_epoch", "steps", "noise", "seed")}
    own = scenario.surface_row
    alpha = scenario.alpha if scenario.surface == bare.surface or scenario.alpha != own.alpha else None
    start = scenario.start
    x_low, x_high, y_low, y_high = bare.surface_row.domain
    if scenario.surface != bare.surface and start is not None:
        on_map = x_low <= start[0] <= x_high and y_low <= start[1] <= y_high
        start = start if on_map and start != own.start else None
    return Scenario(**names, **kept, alpha=alpha, start=start, values=_allowed(bare, values)), sentences


FRAMEWORK_NAMES = {"keras": "Keras", "pytorch": "PyTorch"}


def _allowed(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    allowed = {}
    for key, value in values.items():
        try:
            allowed[key] = scenario.knob(key).check(value)
        except BadInput:
            continue
    return allowed
