"""What is found in a replay: the most important first, and cuts compared in words."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

from lrviz.replay import History, Settings, report
from lrviz.replay.findings import FIRST_OF_ALL, find, most_important
from lrviz.replay.prepared import PREPARED
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES

ROOT = Path(__file__).parents[2]


def test_the_most_important_findings_come_first_one_of_each_kind():
    replay = Replay(PREPARED["batches"].replay.history, Settings(values=PREPARED["batches"].knobs))
    every = {(framework, finding) for framework in RULES for finding in find(replay, framework)}
    found = most_important(replay, 100)
    assert {(framework, finding) for frameworks, finding in found for framework in frameworks} == every
    assert [finding.key for _, finding in found] == ["batches", "floor", "batches", "floor"]
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
    told = report.story(Replay(values, Settings(values={"patience": 2, "stop_patience": 1})))
    assert told == [
        "Keras: 1 cut, after epoch 4.",
        "PyTorch: 1 cut, after epoch 5.",
        "optax: 1 cut, after epoch 4.",
        "Keras and optax cut first, 1 epoch before the next.",
        "EarlyStopping ends the training after epoch 3, before the first cut.",
    ]
