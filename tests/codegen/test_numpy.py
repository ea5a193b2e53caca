"""Programs in plain numpy, run here."""

from __future__ import annotations

import contextlib
import io
from collections import Counter

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.codegen import cuts, program
from tests.program_cases import agrees, cases, ends, read

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
