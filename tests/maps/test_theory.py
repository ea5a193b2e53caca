"""The line of theory over a map, and its scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.analysis.stability import regimes
from lrviz.maps.axis import Axis
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS
from lrviz.maps.scale import levels, position, span
from lrviz.maps.shown import SHOWN
from lrviz.maps.theory import lines


@pytest.mark.parametrize("name", ["momentum", "curvature"])
def test_the_line_of_theory_parts_what_converges_from_what_diverges(name):
    plan = PRESETS[name].map
    (line,) = lines(plan)
    for rate, other in list(zip(line.x, line.y, strict=True))[0:60:16]:  # momentum 0.999 takes too long to tell
        for part in (0.97, 1.03):
            scenario = plan.cell(rate * part, other)
            regime = next(name for low, high, name in regimes(scenario) if low < scenario.alpha <= high)
            run = simulate(scenario.having(steps=3000))
            lost = not np.isfinite(run.loss[-1]) or run.loss[-1] > run.loss[0]
            assert lost == (part > 1) == (regime == "divergent")


def test_no_line_is_drawn_where_none_is_known():
    assert lines(replace(PRESETS["curvature"].map, scenario=Scenario(optimizer="adam"))) == []
    assert lines(Map(Scenario("rosenbrock"), Axis("alpha", 0.1, 1), Axis("b", 1, 10))) == []
    assert lines(PRESETS["basins"].map) == []


def test_the_scale_runs_over_powers_of_ten_and_leaves_out_what_has_left():
    values = np.append(10.0 ** np.linspace(-5, 2, 400), [1e300, np.inf, np.nan, 0])
    ends = span(SHOWN["loss"], values, start_loss=30)
    assert (ends.low, ends.high) == (1e-5, 100)
    np.testing.assert_allclose(levels(*ends[:2], log=True), 10.0 ** np.arange(-4, 2), rtol=1e-12)
    place = position(np.array([1e-5, 1e-1, 1e2, 1e9, 0]), ends.low, ends.high, True)
    np.testing.assert_allclose(place, [0, 4 / 7, 1, 1, 0])
    assert np.isnan(position(np.array([np.nan]), 1, 2, False)).all()
    for odd in ([], [np.nan], [0.0], [3.0], [3.0, 3.0 + 1e-12]):
        low, high, _ = span(SHOWN["loss"], np.array(odd), 1)
        assert 0 < low < high < np.inf
    assert span(SHOWN["diverged_at"], np.array([np.nan]), 1).low >= 1  # no tenth of a step
