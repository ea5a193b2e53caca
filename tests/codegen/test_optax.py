"""Programs in optax. That they end where the app ends is shown by ``make programs``."""

from __future__ import annotations

from lrviz import Scenario
from lrviz.codegen import optax, program, real_lines
from lrviz.codegen.rates import Plan

OF_OPTAX = {
    "step_decay": "exponential_decay",
    "multi_step": "piecewise_constant_schedule",
    "exponential": "exponential_decay",
    "polynomial": "linear_schedule",
    "cosine": "cosine_decay_schedule",
    "cosine_restarts": "sgdr_schedule",
    "one_cycle": "piecewise_interpolate_schedule",
    "annealing": "join_schedules",
    "range_test": "exponential_decay",
}
WARMED = {
    "constant": "warmup_constant_schedule",
    "exponential": "warmup_exponential_decay_schedule",
    "cosine": "warmup_cosine_decay_schedule",
}


def test_optax_has_schedules_of_its_own():
    for warmup, names in ((0, OF_OPTAX), (5, WARMED)):
        for schedule, name in names.items():
            scenario = Scenario(schedule=schedule, values={"warmup_steps": warmup})
            assert optax.own_schedule(Plan(scenario)).startswith(f"optax.{name}(")
            assert f"optax.{name}(" in program(scenario, "optax").code and f"optax.{name}(" in real_lines(
                scenario, "optax"
            )
