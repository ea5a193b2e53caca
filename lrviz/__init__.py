"""The learning-rate lab: gradient descent, its schedules and ReduceLROnPlateau, retraced exactly.

>>> from lrviz import Scenario, simulate, simulate_many, survey
>>> simulate(Scenario(surface="bowl", alpha=0.15)).loss[-1]  # doctest: +SKIP
"""

import jax

jax.config.update("jax_enable_x64", True)  # before any array exists: Keras and PyTorch are retraced in float64

from lrviz.diagnosis import diagnose  # noqa: E402
from lrviz.knob import BadInput, Knob  # noqa: E402
from lrviz.optimizers import OPTIMIZERS  # noqa: E402
from lrviz.scenario import Scenario, simulate, simulate_many, survey  # noqa: E402
from lrviz.schedules import SCHEDULES  # noqa: E402
from lrviz.surfaces import SURFACES  # noqa: E402
from lrviz.trajectory import Trajectory  # noqa: E402

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "BadInput",
    "Knob",
    "Scenario",
    "Trajectory",
    "diagnose",
    "simulate",
    "simulate_many",
    "survey",
]
