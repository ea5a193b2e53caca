"""The edges of descent, and how fast it comes nearer: against closed forms, eigenvalues and runs."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import Scenario, diagnose, simulate, simulate_many
from lrviz.analysis.stability import edge, regimes
from lrviz.analysis.summary import stability
from tests.by_hand import DESCENT, descend, descent, mode


@pytest.mark.parametrize("rotation", [0.0, 35.0])
@pytest.mark.parametrize("kappa", [1.0, 10.0, 100.0])
def test_regimes_of_descent_end_at_one_and_two_over_the_curvature(kappa, rotation):
    scenario = Scenario(steps=2000, values={"kappa": kappa, "rotation": rotation})
    slow, monotone, oscillating, divergent = regimes(scenario)
    assert [r[2] for r in (slow, monotone, oscillating, divergent)] == ["slow", "monotone", "oscillating", "divergent"]
    np.testing.assert_allclose(
        [slow[1], monotone[1], oscillating[1]], [1 - np.exp(-1 / 2000), 1 / kappa, 2 / kappa], rtol=1e-6
    )
    assert slow[0] == 0 and divergent[1] == np.inf
    assert edge(scenario) == pytest.approx(2 / kappa, rel=1e-6)


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize(("optimizer", "beta"), DESCENT)
def test_regimes_are_those_of_the_eigenvalues(optimizer, beta, framework):
    """Just below and just above each edge, the update matrices of both axes say what the regime's name says."""
    scenario = descent(optimizer, beta, framework=framework, steps=300, values={"kappa": 10.0})
    found = regimes(scenario)
    assert [low for low, _, _ in found[1:]] == [high for _, high, _ in found[:-1]]
    for low, high, name in found:
        for alpha in (low + 1e-6 * (high - low), high * (1 - 1e-6)) if high < np.inf else (low * (1 + 1e-6), 9 * low):
            modes = [np.array(mode(optimizer, beta, alpha * curvature)) for curvature in (1, 10)]
            radius = max(abs(z) for z in modes)
            swings = any(abs(z.imag) > 1e-9 or z.real < 0 for z in modes)
            assert (radius > 1) == (name == "divergent")
            assert name in ("divergent", "oscillating") or not swings
            assert name != "oscillating" or swings
            if name == "slow":
                assert radius > np.exp(-1 / 300)
            elif name == "monotone":
                assert radius < np.exp(-1 / 300)


def test_an_edge_divides_the_runs():
    for optimizer, beta in DESCENT:
        scenario = descent(optimizer, beta, steps=500, alpha=0.1)
        limit = edge(scenario)
        below, above = simulate_many(scenario, alpha=[0.98 * limit, 1.02 * limit])
        assert below.loss[-1] < 1e-3 and above.loss[-1] > 1e3


def test_there_are_no_edges_where_none_is_known():
    for scenario in (Scenario(optimizer="adam"), Scenario(optimizer="newton"), Scenario(values={"clipnorm": 1.0})):
        assert regimes(scenario) == [] and edge(scenario) is None
    gauge = diagnose(Scenario(optimizer="adam"), simulate(Scenario(optimizer="adam"))).gauge
    assert gauge.limit is None and gauge.predicted is None


def test_few_steps_leave_no_room_for_monotone():
    assert [name for _, _, name in regimes(Scenario(steps=1))] == ["slow", "oscillating", "divergent"]


@pytest.mark.parametrize("rotation", [0.0, 30.0])
@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize(("optimizer", "beta"), DESCENT)
def test_contraction_is_the_spectral_radius_predicted_and_measured(optimizer, beta, framework, rotation):
    scenario = descent(optimizer, beta, framework=framework, steps=400, alpha=0.1, values={"rotation": rotation})
    alphas = [0.03, 0.07, 0.099, 0.9 * edge(scenario), 1.1 * edge(scenario)]
    for alpha, run in zip(alphas, simulate_many(scenario, alpha=alphas), strict=True):
        gauge = diagnose(scenario.having(alpha=alpha), run).gauge
        radius = max(abs(mode(optimizer, beta, alpha * curvature)) for curvature in (1, 10))
        assert gauge.predicted == pytest.approx(radius, rel=1e-6)
        assert gauge.measured == pytest.approx(radius, rel=1e-6)
        np.testing.assert_allclose(gauge.curvature, 10, rtol=1e-6)
        np.testing.assert_allclose(gauge.product, alpha * 10, rtol=1e-6)


@pytest.mark.parametrize(
    ("alpha", "product", "comparison", "factor"),
    [
        (0.19, "1.9", "below the limit 2", "0.9"),
        (0.2, "2", "the limit, 2", "1"),
        (0.21, "2.1", "above the limit 2", "1.1"),
    ],
)
def test_the_words_say_how_close_to_the_edge_it_is(alpha, product, comparison, factor):
    scenario = Scenario(alpha=alpha, values={"kappa": 10})
    most, far = (statement.sentence for statement in stability(scenario, diagnose(scenario, simulate(scenario)).gauge))
    assert re.match(rf"Rate × curvature( on the map)? was at most \*\*{product}\*\*", most) and comparison in most
    assert far.count(f"**{factor}**") == 2, "predicted and measured"


def test_no_limit_is_said_where_none_is_known():
    adam, newton = Scenario(optimizer="adam"), Scenario(optimizer="newton")
    assert "For Adam no limit is known" in stability(adam, diagnose(adam, simulate(adam)).gauge)[0].sentence
    clipped = Scenario(alpha=0.5, values={"clipnorm": 1.0})
    (statement,) = stability(clipped, diagnose(clipped, simulate(clipped)).gauge)[:1]
    assert "For clipped gradients no limit is known" in statement.sentence
    assert stability(newton, diagnose(newton, simulate(newton)).gauge) == []


def test_contraction_near_a_minimum_of_any_surface():
    for surface in ("himmelblau", "six_hump_camel", "styblinski_tang", "saddle"):
        scenario = Scenario(surface=surface)
        gauge = diagnose(scenario, descend(scenario)).gauge
        assert gauge.measured == pytest.approx(gauge.predicted, rel=1e-5)


def test_no_contraction_is_measured_under_noise_or_far_from_a_minimum():
    noisy = Scenario(noise=1.0)
    assert diagnose(noisy, simulate(noisy)).gauge.measured is None
    bent = Scenario(surface="rosenbrock")
    gauge = diagnose(bent, descend(bent)).gauge
    assert gauge.measured is None and gauge.predicted is None
