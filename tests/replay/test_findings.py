"""What is found in a replay, the most important first; and cuts compared in words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.knob import read as number_in
from lrviz.replay import History, Settings, report
from lrviz.replay.drawing import as_svg
from lrviz.replay.findings import FIRST_OF_ALL, find, most_important
from lrviz.replay.prepared import PREPARED
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES
from lrviz.replay.why import why
from tests.replay.recorded import found, replayed

ROOT = Path(__file__).parents[2]


def test_optax_refuses_two_tolerances_of_0():
    assert "refused" in found([1, 0.5, 0.5], "optax", rtol=0)
    assert "refused" not in found([1, 0.5, 0.5], "optax", rtol=0, atol=1e-9)
    assert "refused" not in found([1, 0.5, 0.5], "optax") | found([1, 0.5, 0.5], "pytorch", rtol=0)


def test_a_relative_threshold_below_zero():
    finding = found([-1] * 8, "pytorch", patience=2)["relative_below_zero"]
    assert finding.epoch == 2 and "7 epochs counted as better" in finding.sentence and "abs" in finding.remedy
    negated = found([0.9] * 8, "optax", mode="max")["relative_below_zero"].sentence
    assert "the value is handed over negated, and then best × (1 − rtol) is easier to beat than a negative" in negated
    assert "relative_below_zero" in found([-1] * 8, "optax") and "relative_below_zero" in found(
        [-1] * 8, "pytorch", mode="max"
    )
    assert "relative_below_zero" not in found([-1] * 8, "pytorch", threshold_mode="abs")
    assert "relative_below_zero" not in found([1] * 8, "pytorch") | found([-1] * 8, "keras")


def test_a_min_delta_larger_than_the_improvements():
    values = 1e-5 * 0.9 ** np.arange(40)
    finding = found(values, patience=5)["improvement_too_small"]
    assert finding.epoch == 6 and "from 1e-5 to 5.9e-6" in finding.sentence and "min_delta" in finding.remedy
    enough = number_in(re.search(r"to (\S+) or less", finding.remedy)[1])
    assert enough > 1e-7 and not replayed(values, patience=5, min_delta=enough).decisions["keras"].cut[5]
    assert "improvement_too_small" in found(values, "pytorch", patience=5, threshold_mode="abs")
    assert "improvement_too_small" not in found(values, min_delta=0) | found(values, "pytorch") | found(
        [1] * 20, patience=2
    )


NOISY = [1, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.6, 0.65, 0.5]


@pytest.mark.parametrize(
    ("framework", "patience", "enough"), [("keras", 0, 2), ("keras", 1, 2), ("pytorch", 0, 1), ("optax", 1, 2)]
)
def test_patience_0_and_noise(framework, patience, enough):
    finding = found(NOISY, framework, patience=patience)["patience_and_noise"]
    assert finding.epoch == 3 and "4 of 4 cuts" in finding.sentence and f"patience={enough}" in finding.remedy
    assert not replayed(NOISY, framework, patience=enough).decisions[framework].cut.any()
    assert "patience_and_noise" not in found([1] * 10, framework, patience=patience)


def test_patience_0_in_optax():
    assert found([1, 1, 0.5], "optax", patience=0)["patience_0"].epoch == 1
    assert "patience_0" not in found([1, 1, 0.5], "optax", patience=1)


def test_eps_drops_the_cut():
    finding = found([1] * 8, "pytorch", patience=0, rate=1e-7, factor=0.1)["eps"]
    assert finding.epoch == 3 and "from 1e-8 to 1e-9" in finding.sentence
    enough = number_in(re.search(r"to (\S+) or less", finding.remedy)[1])
    assert enough > 0 and "eps" not in found([1] * 3, "pytorch", patience=0, rate=1e-7, factor=0.1, eps=enough)
    assert "eps" not in found([1] * 8, "pytorch", patience=0, rate=1e-7, eps=0)
    assert "eps" not in found([1] * 30, "pytorch", patience=0, rate=1e-3, min_lr=1e-6)  # that is the floor


def test_a_rate_at_its_floor():
    assert found([1] * 8, patience=2, rate=0.1, min_lr=0.01)["floor"].epoch == 3
    assert found([1] * 8, "optax", patience=2, rate=0.1, min_scale=0.1)["floor"].epoch == 3
    assert found([1] * 8, patience=2, rate=0.1, min_lr=0.1)["floor"].epoch == 1
    assert "floor" not in found([1] * 8, patience=2, rate=0.1, min_lr=1e-9)


def test_one_more_cut_in_float32():
    knobs = {"rate": 1e-3, "factor": 0.1, "min_lr": 1e-4, "patience": 1}
    assert found([1] * 8, float32=True, **knobs)["float32_floor"].epoch == 3
    assert "float32_floor" not in found([1] * 8, **knobs)


def test_patience_that_counts_batches():
    values = 1 + 0.1 * np.random.default_rng(0).standard_normal(1600)
    knobs = {"factor": 0.1, "patience": 6, "min_lr": 1e-6, "rate": 1e-3}
    findings = found(values, steps_per_epoch=800, **knobs)
    assert "800 an epoch" in findings["batches"].sentence and "in epoch 1" in findings["batches"].sentence
    assert findings["floor"].epoch < 800 and "once an epoch" in findings["batches"].remedy
    assert "If these 1600 values are one a batch" in found(values, **knobs)["batches"].sentence
    assert "batches" not in found([1] * 50, patience=5)
    made = replayed(values, steps_per_epoch=800, cooldown=2, stop_patience=3, resume_after=700, **knobs)
    texts = report.as_text(made), *report.story(made), *(why(made, "keras", k) for k in range(60)), as_svg(made)
    named = re.findall(r"[Ee]pochs? \d+|\d+ epochs?|(?:one|each|worse|last|same|an) epoch", " ".join(texts))
    assert set(named) <= {"an epoch", "0075 epochs", "epoch 1"}, "each value is a step, of an epoch that has 800"
    assert "1600 steps" in texts[0] and "cuts, after step " in texts[0] and "since step " in texts[0]


def test_cooldown_in_keras():
    assert "changes nothing" in found([1] * 10, patience=2, cooldown=1)["cooldown"].sentence
    assert "every 3 epochs" in found([1] * 10, patience=1, cooldown=3)["cooldown"].sentence
    assert np.flatnonzero(replayed([1] * 10, patience=1, cooldown=3).decisions["keras"].cut).tolist() == [1, 4, 7]
    assert "cooldown" not in found([1] * 10, patience=2, cooldown=2) | found(
        [1] * 10, "pytorch", patience=2, cooldown=1
    )


def test_a_lone_lucky_low_value_as_best():
    values = [1, 0.9, 0.3, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55]
    finding = found(values, patience=5)["lone_best"]
    assert (
        finding.epoch == 3
        and "0.3 in epoch 3" in finding.sentence
        and "cut after epoch 8 would not come" in finding.sentence
    )
    assert "lone_best" not in found([1, 0.9, 0.8, 0.7, 0.6, 0.61, 0.6, 0.62, 0.6, 0.61], patience=4)
    assert "lone_best" in found([1 - value for value in values], "pytorch", patience=4, mode="max")


def test_a_best_that_cannot_be_beaten():
    assert found([np.nan, 1, 0.5, 0.4], patience=2)["best_beyond_beating"].epoch == 1
    assert found([1, -np.inf, 0.5, 0.4], "pytorch", patience=2)["best_beyond_beating"].epoch == 2
    assert "best_beyond_beating" not in found([np.nan, 1, 0.5, 0.4], "pytorch", patience=2)


def test_what_a_fresh_rule_has_forgotten():
    values = [1, *[0.5] * 6]
    assert (
        "Without the stop there is a cut after epoch 6"
        in found(values, patience=4, resume_after=4)["forgotten"].sentence
    )
    assert "forgotten" not in found(values, patience=4)
    sentence = found([1] * 8, "optax", patience=2, rate=0.1, resume_after=4)["forgotten"].sentence
    assert "the rate is 0.1 again" in sentence


def test_a_name_of_which_keras_knows_no_direction():
    history = History(np.array([0.5, 0.6]), "score")
    assert "ValueError" in find(lrviz.replay(history), "keras")[0].sentence
    assert not [f for f in find(lrviz.replay(history, mode="max"), "keras") if f.key == "mode"]


def test_early_stopping_first():
    finding = found([1] * 12, patience=5, stop_patience=3)["stopped_first"]
    assert finding.epoch == 4 and "before the first cut, after epoch 6" in finding.sentence
    assert "it is for nothing" in found([1] * 12, patience=3, stop_patience=3)["stopped_first"].sentence
    assert "stopped_first" not in found([1] * 12, patience=3, stop_patience=6) | found([1] * 12, patience=5)


def test_why_there_is_no_cut():
    finding = found([1, 0.9, 0.95, 0.96, 0.8, 0.7], patience=5)["no_cut"]
    assert finding.epoch == 4 and "patience=2" in finding.remedy
    assert replayed([1, 0.9, 0.95, 0.96, 0.8, 0.7], patience=2).decisions["keras"].cut.any()
    assert found(1 - 1e-6 * np.arange(30), min_delta=0, patience=5)["by_a_hair"].remedy == "Set a larger min_delta."
    assert "no_cut" not in found([1] * 9, patience=5)


def test_the_most_important_findings_come_first_one_of_each_kind():
    replay = Replay(PREPARED["batches"].replay.history, Settings(values=PREPARED["batches"].knobs))
    every = {(framework, finding) for framework in RULES for finding in find(replay, framework)}
    findings = most_important(replay, 100)
    assert {(framework, finding) for frameworks, finding in findings for framework in frameworks} == every
    assert [finding.key for _, finding in findings] == ["batches", "floor", "batches", "floor"]
    assert len(most_important(replay, 2)) == 2


def test_every_kind_of_finding_has_a_rank():
    kinds = {
        node.args[0].value
        for path in (ROOT / "lrviz" / "replay" / "findings").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
        if isinstance(node.args[0], ast.Constant)
    }
    assert kinds == set(FIRST_OF_ALL) and len(kinds) == len(FIRST_OF_ALL)


def test_first_cuts_and_early_stopping_are_compared():
    values = History(np.array([1, 0.5, 0.5, 0.5, 0.5]))
    sentences = report.story(Replay(values, Settings(values={"patience": 2, "stop_patience": 1})))
    assert sentences == [
        "Keras: 1 cut, after epoch 4.",
        "PyTorch: 1 cut, after epoch 5.",
        "optax: 1 cut, after epoch 4.",
        "Keras and optax cut first, 1 epoch before the next.",
        "EarlyStopping ends the training after epoch 3, before the first cut.",
    ]
