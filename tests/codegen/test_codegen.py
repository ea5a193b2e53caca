"""The programs that the app writes. Those in plain numpy are run here; ``make programs`` runs the others."""

from __future__ import annotations

import contextlib
import io
import math
import re
import shlex
import sys
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, simulate
from lrviz.cli import main
from lrviz.codegen import (
    WRITERS,
    cuts,
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
from lrviz.codegen.rates import Plan
from lrviz.codegen.training import LINES, what_to_set, yours
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.knob import BadInput
from tests.program_cases import agrees, cases, draw, ends, read, value

COUNT = 60
HARD = (
    {"surface": "rosenbrock", "optimizer": "adam", "alpha": "0.05", "schedule": "plateau", "patience": "2",
     "warmup_steps": "9", "min_lr": "0.001", "monitor": "loss", "steps_per_epoch": "3", "noise": "0.1"},
    {"surface": "bowl", "rotation": "30", "optimizer": "newton", "steps": "5"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "0.8", "three_phase": "1"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "0", "total_steps": "20"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "1", "total_steps": "20"},
    {"surface": "bowl", "schedule": "one_cycle", "pct_start": "0.8", "total_steps": "20", "three_phase": "1"},
    {"surface": "bowl", "schedule": "cosine", "warmup_steps": "300"},
    {"surface": "bowl", "schedule": "plateau", "warmup_steps": "300", "framework": "pytorch"},
)  # fmt: skip


def run_here(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
    return read(out.getvalue())


def assert_same_end(scenario, run):
    end, count = run_here(program(scenario, "numpy").code)
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


@pytest.mark.parametrize("key", surfaces.SOURCES)
def test_a_surface_as_code_is_the_surface(key):
    points = jnp.array(np.random.default_rng(1).uniform(-2, 2, (20, 2)))
    for values in [{}, {"rotation": 25.0, "kappa": 7.0}][: 2 if key == "bowl" else 1]:
        scenario = Scenario(surface=key, values=values)
        f, coef = scenario.surface_row.f, jnp.array(scenario.coef)
        loss, slope = jax.vmap(jax.value_and_grad(f), (0, None))(points, coef)
        space = {"np": np, "jnp": jnp, "math": math}
        exec("\n".join([*surfaces.constants(scenario, "jnp"), *surfaces.loss(scenario, "jnp")]), space)
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


def without_comments(lines):
    return "\n".join(line.split("  # ")[0] for line in lines.split("\n") if not line.lstrip().startswith("#"))


def left_to_the_run(scenario):
    """Does the rate of a run stretch with the run?"""
    plan = Plan(scenario, "total_steps")
    return bool(plan.texts) and not scenario.schedule_row.plateau and scenario.optimizer_row.has_rate


def test_lines_for_a_training_do_not_know_the_length_of_the_run():
    """Every optimizer, schedule and framework: what was left to the run's length follows the training's."""
    rng, seen = np.random.default_rng(11), Counter()
    for optimizer, row in OPTIMIZERS.items():
        for schedule in SCHEDULES:
            rules = str(rng.choice(list(row.rules)))
            short = draw(rng, "bowl", optimizer, rules).having(schedule=schedule)
            if rng.random() < 0.5:  # as it comes
                short = short.having(**{knob.key: knob.default for knob in short.schedule_row.knobs})
            for framework in LINES:
                lines = real_lines(short, framework)
                assert without_comments(lines) == without_comments(real_lines(short.having(steps=7919), framework))
                if not lines:
                    assert nearest(short, framework) is None or not rates.has(short)
                    continue
                compile(lines, framework, "exec")
                follows = "total_steps = epochs * " in lines
                assert follows >= left_to_the_run(short), lines
                assert ("steps_per_epoch = math.ceil(len(x_train) / batch_size)" in lines) == (
                    follows and framework == "keras"
                )
                seen[framework, follows] += 1
    assert len(seen) == 6 and min(seen.values()) > 20


@pytest.mark.parametrize("framework", LINES)
def test_what_the_lines_need_is_said_in_one_sentence(framework):
    own = {
        "keras": {"model", "loss", "epochs", "batch_size", "x_train", "y_train", "x_val", "y_val"},
        "pytorch": {"model", "loss_fn", "epochs", "train_loader", "val_loader", "evaluate"},
        "optax": {"params", "loss_fn", "epochs", "train_loader", "val_loader", "evaluate"},
    }[framework]
    length = {"keras": "epochs * steps_per_epoch"}.get(framework, "epochs * len(train_loader)")
    seen = set()
    for schedule in rates.RATES:
        for warmup in (0, 5):
            lines = real_lines(Scenario(schedule=schedule, values={"warmup_steps": warmup}), framework)
            needed, said = yours(lines), what_to_set(lines)
            assert set(needed) <= own and all(f"`{name}`" in said for name in needed), said
            assert (f"`{length}` batches" in said) == ("total_steps = " in lines)
            assert said.count(".") == 1 and said.endswith(".")
            seen |= set(needed)
    assert seen == own


def test_a_schedule_that_keras_does_not_have_can_be_saved():
    for schedule, own in (("one_cycle", "OneCycle"), ("cyclical", "Cyclical"), ("drawn", "Drawn")):
        lines = real_lines(Scenario(schedule=schedule), "keras")
        head = (
            f"@keras.saving.register_keras_serializable()\nclass {own}(keras.optimizers.schedules.LearningRateSchedule)"
        )
        assert head in lines and 'return {"total_steps": self.total_steps}' in lines
    assert "so that the scheduler's state_dict() holds it.\n" in real_lines(Scenario(schedule="drawn"), "pytorch")


def test_the_lines_say_when_the_scheduler_steps():
    for schedule in rates.RATES:
        lines = real_lines(Scenario(schedule=schedule, optimizer="adam", framework="pytorch"), "pytorch")
        calls = re.findall(r"^( *)scheduler\.step\((\w*)\)  # once per (\w+)$", lines, re.MULTILINE)
        if schedule == "constant":
            assert not calls
        else:
            assert calls == ([("    ", "val_loss", "epoch")] if schedule == "plateau" else [(" " * 8, "", "batch")])
    lines = real_lines(Scenario(steps=200, schedule="multi_step", values={"warmup_steps": 20}), "keras")
    assert "# As set, in batches: milestones 60, 120; warmup_steps 20 (30%, 60%, 10% of the run in the lab).\n" in lines


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
    """That they are the app's is shown by ``make programs``."""
    for warmup, names in ((0, OF_OPTAX), (5, WARMED)):
        for schedule, name in names.items():
            scenario = Scenario(schedule=schedule, values={"warmup_steps": warmup})
            assert optax.own_schedule(Plan(scenario)).startswith(f"optax.{name}(")
            assert f"optax.{name}(" in program(scenario, "optax").code and f"optax.{name}(" in real_lines(
                scenario, "optax"
            )


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


def test_one_cut_is_one_cut():
    mine = Scenario(surface="shelf", optimizer="momentum", schedule="plateau", alpha=0.5)
    seen = set()
    for cooldown in range(60, 200, 5):
        said = difference(mine.having(cooldown=cooldown), "pytorch")
        seen |= set(re.findall(r"with (\d+ cuts?) instead", said))
    assert "1 cut" in seen and not seen & {"1 cuts", "0 cut"}


def test_what_differs_is_measured():
    scenario = Scenario(surface="shelf", optimizer="momentum", schedule="plateau", alpha=0.5, values={"patience": 2})
    theirs = nearest(scenario, "pytorch")
    assert theirs.framework == "pytorch" and theirs["threshold"] == 1e-4 and theirs["threshold_mode"] == "abs"
    said, mine, other = difference(scenario, "pytorch"), simulate(scenario), simulate(theirs)
    away = np.hypot(*(mine.x[-1] - other.x[-1]))
    assert f"{away:.3g} away" in said and f"{len(other.cuts)} cuts instead of {len(mine.cuts)}" in said
    assert "velocity" in program(scenario, "pytorch").missing
    assert difference(scenario, "keras") == difference(scenario, "numpy") == program(scenario, "keras").missing == ""


def test_rules_that_are_the_same_differ_in_nothing():
    for optimizer in ("gradient_descent", "adadelta", "nadam"):
        assert program(Scenario(optimizer=optimizer), "pytorch").missing == ""
    nadam = Scenario(optimizer="nadam", steps=40)
    np.testing.assert_allclose(simulate(nearest(nadam, "pytorch")).x, simulate(nadam).x, rtol=1e-12)
    assert "Lion" in program(Scenario(optimizer="lion"), "pytorch").missing
    assert program(Scenario(optimizer="radam"), "keras").code == ""


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


def test_the_command_prints_the_program(capsys):
    flags = "--surface beale --optimizer adam --alpha 0.05 --steps 50 --schedule plateau --set patience=3"
    for framework, rules in (("keras", "keras"), ("pytorch", "pytorch"), ("numpy", "keras")):
        params = {"surface": "beale", "optimizer": "adam", "alpha": "0.05", "steps": "50", "schedule": "plateau"}
        scenario = Scenario.from_params({**params, "patience": "3", "framework": rules})
        assert main(["code", "--framework", framework, *shlex.split(flags)]) == 0
        assert capsys.readouterr().out == program(scenario, framework).code
        if real_lines(scenario, framework):
            assert main(["code", "--lines", "--framework", framework, *shlex.split(flags)]) == 0
            assert capsys.readouterr().out == real_lines(scenario, framework)
    assert main(["code", "--framework", "pytorch", "--rules", "keras", *shlex.split(flags)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Keras adds epsilon") and "away" in out
    assert all(len(line) <= 100 for line in out.split("\n") if line.startswith("#"))
    note = " ".join(line[2:] for line in out.split("\n") if line.startswith("# "))
    assert program(near := Scenario.from_params({**params, "patience": "3"}), "pytorch").missing in note
    assert difference(near, "pytorch") in note
    compile(out, "<program>", "exec")


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
    for framework in PROGRAMS:
        program(scenario, framework)
    assert not {"torch", "keras", "optax"} & sys.modules.keys()
