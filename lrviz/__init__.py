"""The learning-rate lab: gradient descent, its schedules and ReduceLROnPlateau, retraced exactly.

>>> from lrviz import Scenario, simulate, simulate_many, survey
>>> simulate(Scenario(surface="bowl", alpha=0.15)).loss[-1]  # doctest: +SKIP

The public names are loaded at the first use: who draws a picture of a finished run needs no JAX.
"""

import os
import platform
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lrviz import trajectory

# Before any array exists: Keras and PyTorch are retraced in float64.
os.environ["JAX_ENABLE_X64"] = "true"
if "jax" in sys.modules:
    sys.modules["jax"].config.update("jax_enable_x64", True)
# Before the first program is compiled. A loop that touches less than these bytes becomes one piece of machine code, not
# a call of several for each of its steps. AVX is the last instruction set without fused multiply-add, whose rounding
# depends on what stands beside it in a program: so a run has the same bits alone, in a batch and in a survey.
_XLA = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=4000000"
if platform.machine().lower() in ("x86_64", "amd64"):
    _XLA += " --xla_cpu_max_isa=AVX"
if _XLA not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = f"{_XLA} {os.environ.get('XLA_FLAGS', '')}".strip()

if TYPE_CHECKING:
    from lrviz.analysis.diagnosis import diagnose
    from lrviz.knob import BadInput, Knob
    from lrviz.optimizers import OPTIMIZERS
    from lrviz.race import Race
    from lrviz.replay import History, replay
    from lrviz.scenario import Scenario
    from lrviz.schedules import SCHEDULES
    from lrviz.simulation import simulate, simulate_many, survey
    from lrviz.surfaces import SURFACES
    from lrviz.trajectory import Trajectory

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "BadInput",
    "History",
    "Knob",
    "Race",
    "Scenario",
    "Trajectory",
    "diagnose",
    "replay",
    "simulate",
    "simulate_many",
    "survey",
]

_HOMES = {
    "OPTIMIZERS": "optimizers",
    "SCHEDULES": "schedules",
    "SURFACES": "surfaces",
    "BadInput": "knob",
    "History": "replay",
    "Knob": "knob",
    "Race": "race",
    "Scenario": "scenario",
    "Trajectory": "trajectory",
    "diagnose": "analysis.diagnosis",
    "replay": "replay",
    "simulate": "simulation",
    "simulate_many": "simulation",
    "survey": "simulation",
}


def _player(scenario: Any, run: Any) -> str:
    from lrviz.export import notebook  # noqa: PLC0415  what draws is loaded only when something is drawn

    return notebook.player(scenario, run)


trajectory.in_notebook = _player


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"lrviz.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
