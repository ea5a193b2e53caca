"""Swings that were once told and are not there, and what is said instead."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, diagnose, simulate
from lrviz.analysis.summary import stability
from tests.by_hand import along, descend
from tests.claims import Claims


def swings_of(scenario, run=None):
    run = simulate(scenario) if run is None else run
    return [event.sentence for event in diagnose(scenario, run).of("oscillation")]


def test_a_tie_of_curvatures_is_no_growing_swing():
    scenario = Scenario(
        surface="rastrigin", optimizer="momentum", alpha=0.002225, start=(-2.91, 3.493), values={"momentum": 0.921}
    )
    assert not any("wide as the one before" in one and "4.83" in one for one in swings_of(scenario))
    assert all(event.numbers["ratio"] <= 1.02 for event in diagnose(scenario, simulate(scenario)).of("oscillation"))


def test_a_swing_is_told_on_the_axis_where_it_is():
    scenario = Scenario(surface="six_hump_camel", optimizer="rmsprop", alpha=0.01904, start=(-1.629, 0.183))
    run = simulate(scenario)
    (swing,) = diagnose(scenario, run).of("oscillation")
    assert "from side to side of the valley" in swing.sentence
    x, y = np.abs(np.diff(run.x[swing.step : swing.until], axis=0)).max(axis=0)
    values, axes = scenario.surface_row.curvature(scenario.coef, run.x[-1])
    steep = axes[:, 1]
    assert (abs(steep[0]) > abs(steep[1])) == (x > y) and values[1] > values[0]


def test_a_spiral_down_a_slope_has_no_period_below_two():
    for alpha in (0.005, 0.01, 0.02, 0.03):
        for surface in ("rosenbrock", "beale", "himmelblau"):
            scenario = Scenario(surface=surface, optimizer="momentum", alpha=alpha / 4, steps=100)
            for event in diagnose(scenario, simulate(scenario)).of("oscillation"):
                assert event.numbers["period"] >= 2
                assert event.until - event.step >= 2.9 * event.numbers["period"]


@pytest.mark.parametrize("alpha", [0.12, 0.15, 0.2, 0.25])
def test_thrown_out_of_a_basin_is_no_swing_of_a_long_period(alpha):
    scenario = Scenario(surface="twin_valleys", alpha=alpha, steps=100)
    assert Claims(scenario, descend(scenario)).false == []


def test_a_two_cycle_is_a_swing_that_stays():
    scenario = Scenario(surface="styblinski_tang", alpha=0.06, start=(-1, 3), steps=120)
    (cycle,) = [one for one in swings_of(scenario, descend(scenario)) if "to step 118" in one]
    assert cycle.endswith("there and back in 2 steps; all swings are equally wide.")


def test_what_flies_apart_is_a_divergence_and_no_swing():
    scenario = Scenario(alpha=0.9)
    run = descend(scenario)
    assert not swings_of(scenario, run) and diagnose(scenario, run).of("divergence")


@pytest.mark.parametrize("surface", ["rosenbrock", "beale", "himmelblau", "styblinski_tang"])
def test_rate_times_curvature_is_one_number(surface):
    scenario = Scenario(surface=surface, alpha=0.9, steps=40)
    run = descend(scenario)
    found = diagnose(scenario, run)
    (divergence,) = found.of("divergence")
    most = stability(scenario, found.gauge)[0]
    assert most.numbers["product"] == divergence.numbers.get("product", most.numbers["product"])
    low, high = np.reshape(scenario.surface_row.domain, (2, 2)).T
    on_map = ((run.x[:-1] >= low) & (run.x[:-1] <= high)).all(axis=1)
    assert most.numbers["product"] == found.gauge.product[on_map].max()
    assert most.sentence.startswith("Rate × curvature on the map was at most")


def test_both_directions_are_told_apart_only_where_the_curvatures_are():
    round_bowl = Scenario(values={"kappa": 1.05})
    swing = [(0, (-0.9) ** k) for k in range(20)]
    (one,) = swings_of(round_bowl, along(round_bowl, swing))
    assert "the run swings back and forth, there" in one
    (one,) = swings_of(Scenario(), along(Scenario(), swing))
    assert "from side to side of the valley" in one
    (one,) = swings_of(Scenario(), along(Scenario(), [(v, 0) for _, v in swing]))
    assert "along the valley" in one
