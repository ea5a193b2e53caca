"""A run written out: the same run as a short program in Keras, PyTorch, optax or plain numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.codegen import keras, numpy, optax, pytorch, rates, surfaces
from lrviz.codegen.training import LINES
from lrviz.frameworks import ALIASES, OTHER, PROGRAMS
from lrviz.knob import find
from lrviz.plateau import NOT_IN_KERAS
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.trajectory import Trajectory

WRITERS: dict[str, Callable[[Scenario], str]] = {
    "keras": keras.write,
    "pytorch": pytorch.write,
    "optax": optax.write,
    "numpy": numpy.write,
}


@dataclass(frozen=True)
class Program:
    """``code`` is a complete program, '' where there is none; ``missing`` says what differs or why there is none."""

    framework: str
    code: str
    missing: str


IN_FLOAT32: dict[str, tuple[Callable[[Scenario], bool], str]] = {
    "keras": (
        keras.in_float32,
        "On JAX, Keras computes the cosine in float32, which leaves the rate seven digits.",
    ),
    "optax": (optax.in_float32, "optax computes its schedules in float32, which leaves the rate seven digits."),
}


def program(scenario: Scenario, framework: str) -> Program:
    """The program in this framework, and what differs from the run. Raises ``BadInput`` for an unknown framework."""
    framework = _known(framework)
    closest = nearest(scenario, framework)
    return Program(framework, WRITERS[framework](closest) if closest else "", " ".join(_reasons(scenario, framework)))


def real_lines(scenario: Scenario, framework: str) -> str:
    """The lines to paste into a training script: optimizer, schedule or plateau rule; '' where there are none."""
    framework = _known(framework)
    closest = _expressed(scenario, framework)
    return LINES[framework](closest) if closest and framework in LINES and rates.has(closest) else ""


def nearest(scenario: Scenario, framework: str) -> Scenario | None:
    """The run that the program of this framework makes: the scenario, or the one that comes nearest to it, or None."""
    return None if _no_code(scenario) else _expressed(scenario, _known(framework))


def difference(scenario: Scenario, framework: str) -> str:
    """By how much the program's run differs, measured; '' if it does not, or if there is no program."""
    other = nearest(scenario, framework)
    if other is None or other == scenario or not _reasons(scenario, framework):
        return ""
    mine, theirs = simulate(scenario), simulate(other)
    return f"Here, {_ends(mine, theirs, scenario, other, PROGRAMS[_known(framework)])}"


def in_float32(closest: Scenario, framework: str) -> bool:
    """Does the framework compute the rate of this run in float32, so that its end has fewer digits than the app's?"""
    return framework in IN_FLOAT32 and IN_FLOAT32[framework][0](closest)


def _ends(mine: Trajectory, theirs: Trajectory, scenario: Scenario, other: Scenario, name: str) -> str:
    away = float(np.hypot(*(mine.x[-1] - theirs.x[-1])))
    counts = (cuts(scenario, mine), cuts(other, theirs))
    same_cuts = "" if not mine.plateau else ", with as many cuts" if counts[0] == counts[1] else None
    if same_cuts is None:
        same_cuts = f", with {counts[1]} {'cut' if counts[1] == 1 else 'cuts'} instead of {counts[0]}"
    if not np.isfinite(away):
        return f"{name} ends at {_point(theirs)} and this run at {_point(mine)}{same_cuts}."
    if away <= 1e-9 * max(1.0, float(np.abs(mine.x[-1]).max())):
        return f"{name} ends at the same point to nine digits{same_cuts}."
    return f"{name} ends at {_point(theirs)}, {away:.3g} away from where this run ends{same_cuts}."


def _point(run: Trajectory) -> str:
    return f"({run.x[-1, 0]:.6g}, {run.x[-1, 1]:.6g})"


def cuts(scenario: Scenario, run: Trajectory) -> int:
    """How often the plateau rule cut; without a rate there is nothing to cut."""
    return len(run.cuts) if scenario.optimizer_row.has_rate else 0


def _known(framework: str) -> str:
    return find("framework", framework, PROGRAMS, ALIASES)


# What a framework can say ---------------------------------------------------------------------------------------------


def _no_code(scenario: Scenario) -> str:
    """Why there is no program of this run in any framework; '' where there may be one."""
    if not surfaces.has(scenario):
        return f"The surface {scenario.surface_row.name} is not written as code: there is no program of this run."
    if not rates.has(scenario) and scenario.steps > rates.MOST_LISTED:
        return (
            f"The schedule {scenario.schedule_row.name} is not written as code, and a program lists at most"
            f" {rates.MOST_LISTED} rates: there is none of this run."
        )
    return ""


def _expressed(scenario: Scenario, framework: str) -> Scenario | None:
    """As `nearest`, whatever the surface is."""
    return _NEAREST[framework](scenario)


def _in_keras_or_pytorch(framework: str) -> Callable[[Scenario], Scenario | None]:
    def expressed(scenario: Scenario) -> Scenario | None:
        there = scenario if scenario.framework == framework else _switched(scenario)
        return there if there and there.rule.call else None

    return expressed


def _switched(scenario: Scenario) -> Scenario | None:
    """The same by the other framework's rules, with every number kept; None if it does not have the optimizer."""
    other = OTHER[scenario.framework]
    if other not in scenario.optimizer_row.rules:
        return None
    theirs = scenario.having(framework=other)
    shared = {knob.key: scenario[knob.key] for knob in theirs.knobs if knob.key in {k.key for k in scenario.knobs}}
    if scenario.schedule_row.plateau and other == "pytorch":
        shared |= {"threshold": scenario["min_delta"], "threshold_mode": "abs"}
    elif scenario.schedule_row.plateau:
        shared |= {"min_delta": scenario["threshold"]}
    if scenario.optimizer == "nadam" and other == "pytorch":
        shared["momentum_decay"] = 1.0  # built into Keras
    return theirs.having(**shared)


def _in_keras(scenario: Scenario) -> Scenario | None:
    return None if scenario.on_top else _in_keras_or_pytorch("keras")(scenario)


def _in_optax(scenario: Scenario) -> Scenario | None:
    """As it is, or without PyTorch's eps, or by the other framework's rules; None if optax has neither."""
    if scenario.on_top:
        return None
    return next(
        (closest for closest in map(_without_eps, (scenario, _switched(scenario))) if closest and _optax_has(closest)),
        None,
    )


def _without_eps(scenario: Scenario | None) -> Scenario | None:
    has_eps = scenario and scenario.framework == "pytorch" and scenario.schedule_row.plateau
    return scenario.having(eps=0.0) if scenario and has_eps else scenario


def _optax_has(scenario: Scenario) -> bool:
    if not optax.has(scenario):
        return False
    if scenario["clipnorm"] and (scenario.framework == "pytorch" or scenario.optimizer in optax.SEARCHES):
        return False
    if not scenario.schedule_row.plateau:
        return True
    if scenario.framework == "keras":
        return bool(scenario["min_delta"])
    return 0 < float(scenario["threshold"] or 0) <= (1 if scenario["threshold_mode"] == "rel" else np.inf)


_NEAREST: dict[str, Callable[[Scenario], Scenario | None]] = {
    "keras": _in_keras,
    "pytorch": _in_keras_or_pytorch("pytorch"),
    "optax": _in_optax,
    "numpy": lambda scenario: scenario if numpy.has(scenario) else None,
}


def _reasons(scenario: Scenario, framework: str) -> list[str]:
    """What differs between the run and its program, or why there is none: plain sentences."""
    closest = nearest(scenario, framework)
    if closest is None:
        on_top = scenario.on_top and framework != "pytorch"
        return [_no_code(scenario) or (_not_on_top if on_top else _why_not)(scenario, framework)]
    sentences = [IN_FLOAT32[framework][1]] if in_float32(closest, framework) else []
    if not rates.has(closest):
        sentences.append(
            f"The schedule {closest.schedule_row.name} is not written as code: the program lists its rates, and there"
            " are no lines for a training of another length."
        )
    if closest.framework != scenario.framework:
        sentences += _rules_differ(scenario, closest, framework)
    elif closest != scenario:
        sentences.append("optax has no eps, below which PyTorch does not make a cut.")
    return sentences


def _rules_differ(scenario: Scenario, closest: Scenario, framework: str) -> list[str]:
    """What the other framework's rules change in this run."""
    sentences, row = [], scenario.optimizer_row
    if framework == "optax" and not optax.has(scenario):
        sentences.append(optax.why_not(scenario))
    if row.differs:
        sentences.append(row.differs)
    elif row.differs is None and closest.rule.formula != scenario.rule.formula:
        sentences.append(f"Keras and PyTorch do not have the same rule of {row.name}.")
    if row.key == "nadam" and scenario.framework == "pytorch" and scenario["momentum_decay"] != 1:
        sentences.append("Keras has a momentum_decay of 1 built in.")
    if not np.allclose(scenario.rates(), closest.rates()):
        sentences.append("After its end Keras's cosine stays down, PyTorch's rises again.")
    if scenario["clipnorm"]:
        sentences.append("PyTorch adds 0.000001 to the norm when it clips, Keras does not.")
    if scenario.schedule_row.plateau:
        sentences.append(
            "Keras cuts when the patience is reached, PyTorch one epoch later, and they count the cooldown differently."
        )
        if scenario.framework == "pytorch" and scenario["threshold_mode"] == "rel":
            sentences.append("Keras knows no relative threshold: its min_delta is a fall of the loss itself.")
    return sentences


def _not_on_top(scenario: Scenario, framework: str) -> str:
    """Why the framework has no program with the plateau rule on top of a schedule."""
    if framework == "keras":
        return NOT_IN_KERAS
    return f"With the plateau rule on top of a schedule there is no program in {PROGRAMS[framework]}, only in PyTorch."


def _why_not(scenario: Scenario, framework: str) -> str:
    """Why the framework has no program of this run."""
    name = scenario.optimizer_row.name
    if framework == "numpy":
        return f"The steps of {name} are not written in plain numpy."
    if framework != "optax":
        return f"{PROGRAMS[framework]} has no {name}."
    if not any(key == scenario.optimizer for key, _ in optax.OPTIMIZERS) or scenario.optimizer in optax.WHY_NOT:
        return optax.why_not(scenario)
    if scenario["clipnorm"]:
        return "optax clips without PyTorch's 0.000001, and not before a line search."
    return "optax asks for a threshold above 0, and a relative one of at most 1."
