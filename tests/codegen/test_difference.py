"""What a framework does otherwise, measured and text."""

from __future__ import annotations

import re

import numpy as np

from lrviz import Scenario, simulate
from lrviz.codegen import difference, nearest, program


def test_one_cut_is_one_cut():
    mine = Scenario(surface="shelf", optimizer="momentum", schedule="plateau", alpha=0.5)
    seen = set()
    for cooldown in range(60, 200, 5):
        text = difference(mine.having(cooldown=cooldown), "pytorch")
        seen |= set(re.findall(r"with (\d+ cuts?) instead", text))
    assert "1 cut" in seen and not seen & {"1 cuts", "0 cut"}


def test_what_differs_is_measured():
    scenario = Scenario(surface="shelf", optimizer="momentum", schedule="plateau", alpha=0.5, values={"patience": 2})
    theirs = nearest(scenario, "pytorch")
    assert theirs.framework == "pytorch" and theirs["threshold"] == 1e-4 and theirs["threshold_mode"] == "abs"
    text, mine, other = difference(scenario, "pytorch"), simulate(scenario), simulate(theirs)
    away = np.hypot(*(mine.x[-1] - other.x[-1]))
    assert f"{away:.3g} away" in text and f"{len(other.cuts)} cuts instead of {len(mine.cuts)}" in text
    assert "velocity" in program(scenario, "pytorch").missing
    assert difference(scenario, "keras") == difference(scenario, "numpy") == program(scenario, "keras").missing == ""


def test_rules_that_are_the_same_differ_in_nothing():
    for optimizer in ("gradient_descent", "adadelta", "nadam"):
        assert program(Scenario(optimizer=optimizer), "pytorch").missing == ""
    nadam = Scenario(optimizer="nadam", steps=40)
    np.testing.assert_allclose(simulate(nearest(nadam, "pytorch")).x, simulate(nadam).x, rtol=1e-12)
    assert "Lion" in program(Scenario(optimizer="lion"), "pytorch").missing
    assert program(Scenario(optimizer="radam"), "keras").code == ""
