"""The programs that the app writes, of all frameworks; ``make programs`` runs them."""

from __future__ import annotations

import re
import sys
from collections import Counter

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario
from lrviz.codegen import (
    WRITERS,
    difference,
    keras,
    nearest,
    numpy,
    optax,
    program,
    pytorch,
    rates,
    real_lines,
    surfaces,
)
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.knob import BadInput
from tests.program_cases import draw


def test_the_real_scheduler_is_used_past_its_end_and_the_program_says_what_it_cannot_do():
    scenario = Scenario(framework="pytorch", schedule="cosine", values={"decay_steps": 50})
    code = program(scenario, "pytorch").code
    assert "CosineAnnealingLR(optimizer, T_max=50" in code and "# CosineAnnealingLR rises again after T_max" in code
    cycle = program(Scenario(framework="pytorch", schedule="one_cycle", values={"total_steps": 50}), "pytorch").code
    assert "OneCycleLR(" in cycle and "if step + 1 < 50:" in cycle and "# OneCycleLR raises ValueError" in cycle
    stays = scenario.having(framework="keras")
    assert "Keras's cosine stays down, PyTorch's rises again" in program(stays, "pytorch").missing
    assert "away from where this run ends" in difference(stays, "pytorch")
    assert "# Keras has no one-cycle schedule" in program(Scenario(schedule="one_cycle"), "keras").code
    assert "cosine_decay_schedule" not in program(scenario, "optax").code


def test_nothing_is_written_that_there_is_not_and_nothing_got_lost():
    """A row of these tables is optional, but it is of a concept, and none that was there has gone."""
    assert WRITERS.keys() == PROGRAMS.keys()
    optimizers, schedules = OPTIMIZERS.keys(), SCHEDULES.keys()
    assert surfaces.SOURCES.keys() <= SURFACES.keys() and len(surfaces.SOURCES) >= 10
    assert numpy.UPDATES.keys() <= optimizers and len(numpy.UPDATES) >= 15
    assert {key for key, _ in optax.OPTIMIZERS} | optax.WHY_NOT.keys() <= optimizers and len(optax.OPTIMIZERS) >= 17
    assert rates.RATES.keys() <= schedules and len(rates.RATES) >= 13
    assert keras.SCHEDULES.keys() | pytorch.SCHEDULERS.keys() | optax.SCHEDULES.keys() <= schedules


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_class_that_a_row_names_is_in_its_program(framework):
    for key, row in SCHEDULES.items():
        if named := getattr(row, framework).split("(")[0]:
            scenario = Scenario(framework=framework, schedule=key)
            assert f".{named}(" in program(scenario, framework).code and f".{named}(" in real_lines(scenario, framework)
    for key, row in OPTIMIZERS.items():
        if framework in row.rules and (call := row.rules[framework].call):
            code = program(Scenario(framework=framework, optimizer=key), framework).code
            assert f".{call.name}(" in code and all(f"{k}={v}" in code for k, v in call.fixed.items())


def test_every_program_compiles():
    """Over all optimizers and schedules, with knobs at random; there is code, or a sentence that says why not."""
    rng, written = np.random.default_rng(3), Counter()
    for optimizer, row in OPTIMIZERS.items():
        for rules in row.rules:
            for schedule in SCHEDULES:
                surface = str(rng.choice(list(surfaces.SOURCES)))
                scenario = draw(rng, surface, optimizer, rules).having(schedule=schedule)
                for framework in PROGRAMS:
                    made = program(scenario, framework)
                    assert made.code or made.missing.endswith(".")
                    compile(made.code, framework, "exec")
                    compile(real_lines(scenario, framework), framework, "exec")
                    assert bool(made.code) == (nearest(scenario, framework) is not None)
                    written[framework] += bool(made.code)
                if numpy.has(scenario) and rates.has(scenario):
                    assert program(scenario, "numpy").code and not program(scenario, "numpy").missing
                if row.rules[rules].call:
                    assert program(scenario, rules).code
    assert min(written.values()) > 100


IDLE = re.compile(
    r"(?<![\w.])0(\.0)? \+|- 0(\.0)?(?![\w.])|(?<![\w.])1(\.0)? \*(?!\*)|\* 1(\.0)?(?![\w.])|\*\* ?1(\.0)?(?![\w.])"
)


def test_programs_are_short_to_read():
    """No constant that does nothing, no comment that is long, no count of cuts where nothing cuts."""
    assert IDLE.search("0 + (0.1 - 0) * wave") and IDLE.search("1.0 * step / 5") and IDLE.search("left**1.0")
    nothing = {"eta_min": 0, "end_learning_rate": 0, "base_lr": 0, "t_mul": 1, "m_mul": 1, "power": 1, "decay_rate": 1}
    for schedule, row in SCHEDULES.items():
        for rules in ("keras", "pytorch"):
            for knobs in ({}, {knob.key: nothing[knob.key] for knob in row.knobs if knob.key in nothing}):
                scenario = Scenario(
                    surface="rosenbrock", alpha=1, schedule=schedule, framework=rules, noise=1, values=knobs
                )
                for framework in PROGRAMS:
                    code = program(scenario, framework).code
                    assert ("cuts" in code) == row.plateau
                    for text in (code, real_lines(scenario, framework)):
                        assert not any(len(line) > 100 for line in text.split("\n") if line.lstrip().startswith("#"))
                        own = text[text.index("steps") :] if "steps" in text else text
                        assert not IDLE.search(own), IDLE.search(own)


NASTY = (
    '"; import os; "',
    "1) or exit(",
    "{alpha}",
    "0.1\nimport os",
    "__import__('os')",
    "rel\\",
    "0:0.1,1:__import__",
)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize(
    "key", ["surface", "start", "optimizer", "framework", "alpha", "monitor", "steps", "noise", "seed", "kappa",
            "milestones", "points", "mode", "anneal_strategy", "threshold_mode", "gamma", "clipnorm"],
)  # fmt: skip
def test_no_text_gets_into_the_code(key, nasty):
    schedule = {
        "milestones": "multi_step", "points": "drawn", "mode": "cyclical", "anneal_strategy": "one_cycle",
        "threshold_mode": "plateau", "gamma": "step_decay",
    }.get(key, "constant")  # fmt: skip
    with pytest.raises(BadInput):
        Scenario.from_params({"schedule": schedule, "framework": "pytorch", key: nasty})
    with pytest.raises(BadInput):
        program(Scenario(), nasty)


def test_the_page_does_not_wait_for_the_code():
    """Text only: it compiles nothing, and no framework is loaded for it."""
    scenario = Scenario(optimizer="adam", schedule="plateau", values={"patience": 3})
    for framework in PROGRAMS:
        program(scenario, framework)
    assert not {"torch", "keras", "optax"} & sys.modules.keys()
