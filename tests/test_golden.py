"""The engine retraces what the real Keras and the real PyTorch did, as recorded in ``golden/``.

A case is smooth if moving its start by 1e-13, or the last digit of each of its points, moves nothing by 1e-10: then the
whole run is compared. The others (their ``why`` says by how much they move) are compared up to where rounding begins to
decide.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lrviz import OPTIMIZERS, Scenario, simulate

GOLDEN = Path(__file__).parent / "golden"
CASES = [
    json.loads(line)
    for framework in ("keras", "pytorch", "optax")
    for line in (GOLDEN / f"{framework}.jsonl").read_text().splitlines()
]


def program(case):
    """What the engine compiles once: cases that share it are run one after the other."""
    return "-".join(case["scenario"][name] for name in ("framework", "surface", "optimizer"))


PARAMS = [
    pytest.param(case, id=f"{case['scenario']['framework']}-{case['name']}") for case in sorted(CASES, key=program)
]
STEPS_BEFORE_CHAOS = 15


@pytest.mark.parametrize("case", PARAMS)
def test_retraces_the_framework(case):
    run = simulate(Scenario.from_dict(case["scenario"]))
    compared = slice(None) if case["smooth"] else slice(STEPS_BEFORE_CHAOS)
    np.testing.assert_allclose(run.x[compared], case["x"][compared], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.loss[compared], case["loss"][compared], rtol=1e-9, atol=1e-12)
    if run.scenario.optimizer_row.has_rate:
        np.testing.assert_allclose(run.learning_rate[compared], case["learning_rate"][compared], rtol=1e-9)
    if case["smooth"] and case["epochs"]:
        assert run.epochs.cut.tolist() == [epoch["cut"] for epoch in case["epochs"]]
        np.testing.assert_allclose(
            run.epochs.monitored, [epoch["monitored"] for epoch in case["epochs"]], rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(
            run.epochs.learning_rate, [epoch["learning_rate"] for epoch in case["epochs"]], rtol=1e-12
        )


def test_the_recorded_cases_cover_what_there_is():
    have_a_class = {(o.key, name) for o in OPTIMIZERS.values() for name, rule in o.rules.items() if rule.call}
    recorded = {(case["scenario"]["optimizer"], case["scenario"]["framework"]) for case in CASES}
    of_optax = {(key, "keras") for key in ("polyak", "dog", "line_search", "lbfgs_search")}
    assert recorded == have_a_class | of_optax
    assert {key for key, _ in recorded} == OPTIMIZERS.keys() - {"newton"}, "that one is ours, all others are retraced"
    assert len(CASES) >= 200 and sum(case["smooth"] for case in CASES) >= len(CASES) - 5
    cuts = [case for case in CASES if any(epoch["cut"] for epoch in case["epochs"])]
    assert {(c["scenario"]["framework"], c["scenario"]["monitor"]) for c in cuts} == {
        (framework, monitor) for framework in ("keras", "pytorch") for monitor in ("loss", "val_loss")
    }
