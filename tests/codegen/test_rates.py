"""A schedule as code."""

from __future__ import annotations

import numpy as np

from lrviz import SCHEDULES, Scenario
from lrviz.codegen import rates
from tests.program_cases import value


def schedules_at_random(seed, each):
    """Every schedule that knows only the step, with knobs at random; every third after a warm-up."""
    rng = np.random.default_rng(seed)
    for schedule in rates.RATES:
        row = SCHEDULES[schedule]
        for number in range(0 if row.plateau else each):
            scenario = Scenario(schedule=schedule, steps=int(rng.integers(20, 120)), alpha=float(rng.choice([1, 0.3])))
            knobs = {knob.key: value(knob, rng, scenario.steps) for knob in row.knobs if rng.random() < 0.5}
            if number % 3 == 0:
                knobs |= {"warmup_steps": int(rng.integers(1, 15)), "start_factor": float(rng.choice([0, 0.25, 1]))}
            yield scenario.having(**knobs)


def test_a_schedule_as_code_is_the_schedule():
    """As a run has it, and as a training of as many steps has it, whose number stands in a variable."""
    for scenario in schedules_at_random(5, 40):
        expected = scenario.rates()
        for total, names in (("", {"steps": scenario.steps}), ("total_steps", {"total_steps": scenario.steps})):
            space = {"np": np, **names}
            exec("\n".join(rates.table(scenario, total)), space)
            np.testing.assert_allclose(space["rates"], expected, rtol=1e-12, atol=1e-14 * expected.max())
