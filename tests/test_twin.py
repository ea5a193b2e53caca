"""The programs that the app writes. Those in plain numpy are run here; ``make twins`` runs the others."""

from __future__ import annotations

import contextlib
import io
import math
import shlex
import sys
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, simulate
from lrviz.cli import main
from lrviz.knob import BadInput
from lrviz.twin import FRAMEWORKS, cuts, difference, nearest, real_lines, surfaces, twin
from tests.twin_cases import agrees, cases, draw, ends, read

COUNT = 60
HARD = (
    {"surface": "rosenbrock", "optimizer": "adam", "alpha": "0.05", "schedule": "plateau", "patience": "2",
     "warmup_steps": "9", "min_lr": "0.001", "monitor": "loss", "steps_per_epoch": "3", "noise": "0.1"},
    {"surface": "bowl", "rotation": "30", "optimizer": "newton", "steps": "5"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "0.8", "three_phase": "1"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "0", "total_steps": "20"},
    {"surface": "bowl", "schedule": "cosine", "warmup_steps": "300"},
    {"surface": "bowl", "schedule": "plateau", "warmup_steps": "300", "framework": "pytorch"},
)  # fmt: skip


def run_here(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<twin>", "exec"), {"__name__": "__main__"})
    return read(out.getvalue())


def assert_same_end(scenario, run):
    end, count = run_here(twin(scenario, "numpy").code)
    assert agrees(end, run) and count == cuts(scenario, run), (end, run.x[-1], count, scenario.to_json())


def test_programs_in_numpy_end_where_the_app_ends():
    passed_over = Counter()
    with np.errstate(all="raise", under="ignore"):
        seen = [assert_same_end(*case) for case in cases("numpy", COUNT, 7, passed_over, each=6)]
    assert len(seen) == COUNT and sum(passed_over.values()) < COUNT


@pytest.mark.parametrize("params", HARD, ids=str)
def test_hard_ones_too(params):
    scenario = Scenario.from_params({"steps": "60", **params})
    assert_same_end(scenario, simulate(scenario))


def test_programs_go_past_the_end_of_a_schedule_as_the_app_does():
    for case in ends("numpy"):
        assert_same_end(*case)


def test_the_real_scheduler_is_used_past_its_end_and_the_program_says_what_it_cannot_do():
    scenario = Scenario(framework="pytorch", schedule="cosine", values={"decay_steps": 50})
    code = twin(scenario, "pytorch").code
    assert "CosineAnnealingLR(optimizer, T_max=50" in code and "# CosineAnnealingLR rises again after T_max" in code
    cycle = twin(Scenario(framework="pytorch", schedule="one_cycle", values={"total_steps": 50}), "pytorch").code
    assert "OneCycleLR(" in cycle and "if step + 1 < 50:" in cycle and "# OneCycleLR raises ValueError" in cycle
    stays = scenario.having(framework="keras")
    assert "Keras's cosine stays down, PyTorch's rises again" in twin(stays, "pytorch").missing
    assert "away from where this run ends" in difference(stays, "pytorch")
    assert "# Keras has no one-cycle schedule" in twin(Scenario(schedule="one_cycle"), "keras").code
    assert "cosine_decay_schedule" not in twin(scenario, "optax").code


@pytest.mark.parametrize("key", SURFACES)
def test_a_surface_as_code_is_the_surface(key):
    points = jnp.array(np.random.default_rng(1).uniform(-2, 2, (20, 2)))
    for values in [{}, {"rotation": 25.0, "kappa": 7.0}][: 2 if key == "bowl" else 1]:
        scenario = Scenario(surface=key, values=values)
        f, coef = scenario.surface_row.f, jnp.array(scenario.coef)
        loss, slope = jax.vmap(jax.value_and_grad(f), (0, None))(points, coef)
        space = {"np": np, "jnp": jnp, "math": math}
        exec("\n".join([*surfaces.constants(scenario), *surfaces.loss(scenario, "jnp")]), space)
        np.testing.assert_allclose(jax.vmap(space["loss"])(points), loss, rtol=1e-12, atol=1e-12)
        exec("\n".join([*surfaces.loss(scenario, "np"), *surfaces.gradient(scenario)]), space)
        for number, point in enumerate(np.array(points)):
            np.testing.assert_allclose(space["loss"](point), loss[number], rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(space["gradient"](point), slope[number], rtol=1e-11, atol=1e-11)


def test_every_program_compiles():
    """Over all optimizers and schedules, with knobs at random; there is code, or a sentence that says why not."""
    rng, written = np.random.default_rng(3), Counter()
    for optimizer, row in OPTIMIZERS.items():
        for rules in row.rules:
            for schedule in SCHEDULES:
                scenario = draw(rng, str(rng.choice(list(SURFACES))), optimizer, rules).having(schedule=schedule)
                for framework in FRAMEWORKS:
                    made = twin(scenario, framework)
                    assert made.code or made.missing.endswith(".")
                    compile(made.code, framework, "exec")
                    compile(real_lines(scenario, framework), framework, "exec")
                    assert bool(made.code) == (nearest(scenario, framework) is not None)
                    written[framework] += bool(made.code)
                assert twin(scenario, "numpy").code and not twin(scenario, "numpy").missing
                if row.has_rate:
                    assert twin(scenario, rules).code
    assert min(written.values()) > 100


def test_what_differs_is_measured():
    scenario = Scenario(surface="shelf", optimizer="momentum", schedule="plateau", alpha=0.5, values={"patience": 2})
    theirs = nearest(scenario, "pytorch")
    assert theirs.framework == "pytorch" and theirs["threshold"] == 1e-4 and theirs["threshold_mode"] == "abs"
    said, mine, other = difference(scenario, "pytorch"), simulate(scenario), simulate(theirs)
    away = np.hypot(*(mine.x[-1] - other.x[-1]))
    assert f"{away:.3g} away" in said and f"{len(other.cuts)} cuts instead of {len(mine.cuts)}" in said
    assert "velocity" in twin(scenario, "pytorch").missing
    assert difference(scenario, "keras") == difference(scenario, "numpy") == twin(scenario, "keras").missing == ""


def test_rules_that_are_the_same_differ_in_nothing():
    for optimizer in ("gradient_descent", "adadelta", "nadam"):
        assert twin(Scenario(optimizer=optimizer), "pytorch").missing == ""
    nadam = Scenario(optimizer="nadam", steps=40)
    np.testing.assert_allclose(simulate(nearest(nadam, "pytorch")).x, simulate(nadam).x, rtol=1e-12)
    assert "Lion" in twin(Scenario(optimizer="lion"), "pytorch").missing
    assert twin(Scenario(optimizer="radam"), "keras").code == ""


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
        twin(Scenario(), nasty)


def test_the_command_prints_the_program(capsys):
    flags = "--surface beale --optimizer adam --alpha 0.05 --steps 50 --schedule plateau --set patience=3"
    for framework, rules in (("keras", "keras"), ("pytorch", "pytorch"), ("numpy", "keras")):
        params = {"surface": "beale", "optimizer": "adam", "alpha": "0.05", "steps": "50", "schedule": "plateau"}
        scenario = Scenario.from_params({**params, "patience": "3", "framework": rules})
        assert main(["code", "--framework", framework, *shlex.split(flags)]) == 0
        assert capsys.readouterr().out == twin(scenario, framework).code
        if real_lines(scenario, framework):
            assert main(["code", "--lines", "--framework", framework, *shlex.split(flags)]) == 0
            assert capsys.readouterr().out == real_lines(scenario, framework)
    assert main(["code", "--framework", "pytorch", "--rules", "keras", *shlex.split(flags)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Keras adds epsilon") and "away" in out
    compile(out, "<twin>", "exec")


@pytest.mark.parametrize(
    "arguments",
    ["--framework jax", "--framework keras --optimizer newton", "--framework numpy --lines", "--rules numpy",
     "--framework optax --optimizer radam", "--framework pytorch --optimizer lion"],
)  # fmt: skip
def test_what_cannot_be_written_is_one_line_and_status_2(arguments, capsys):
    assert main(["code", *arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("lrviz: ") and err.count("\n") == 1


def test_the_page_does_not_wait_for_the_code():
    """Text only: it compiles nothing, and no framework is loaded for it."""
    scenario = Scenario(optimizer="adam", schedule="plateau", values={"patience": 3})
    for framework in FRAMEWORKS:
        twin(scenario, framework)
    assert not {"torch", "keras", "optax"} & sys.modules.keys()
