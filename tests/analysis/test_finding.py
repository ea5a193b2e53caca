"""What is read from a range test, against closed forms on a bowl and losses whose answer is known; effects of axes."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.analysis.finding import (
    SUGGESTIONS,
    Sweep,
    effects,
    minimum,
    slide,
    smoothed,
    steep,
    suggestions,
    sweep,
    valley,
)

STEPS = 98
"""With 100 a rate would be 1/L: it throws the point to 0, and what follows is rounding."""
RATES = np.geomspace(1e-4, 10, STEPS + 1)[:-1]


def bowl(rates, kappa=10.0, start=(-4.0, 2.0)):
    """The loss before each step of descent with these rates: coordinate i is x_i prod_s (1 - alpha_s l_i)."""
    curvatures = np.array([1.0, kappa])
    factors = np.cumprod(1 - rates[:-1, None] * curvatures, axis=0)
    x = np.array(start) * np.concatenate([np.ones((1, 2)), factors])
    return (x**2 * curvatures).sum(axis=1) / 2


@pytest.mark.parametrize("kappa", [1, 10, 60])
def test_the_loss_under_a_growing_rate_is_its_closed_form(kappa):
    scenario = Scenario(schedule="range_test", alpha=1e-4, steps=STEPS, values={"kappa": kappa, "end_lr": 10})
    seen = sweep(simulate(scenario), 0.0)
    closed = bowl(RATES, kappa)[: len(seen.losses)]
    np.testing.assert_allclose(seen.losses, closed, rtol=1e-9)
    np.testing.assert_allclose(seen.smooth, _smooth_directly(closed), rtol=1e-9)
    assert (seen.smooth[:-1] <= 4 * np.minimum.accumulate(seen.smooth)[:-1]).all()
    assert len(seen.losses) == STEPS or seen.smooth[-1] > 4 * seen.smooth.min()


def _smooth_directly(losses):
    """The mean of what was so far, weighted by 0.98 a step back."""
    return [np.average(losses[: t + 1], weights=0.98 ** np.arange(t, -1, -1)) for t in range(len(losses))]


def test_smoothing_is_a_weighted_mean_of_what_was():
    losses = np.random.default_rng(0).uniform(size=30)
    np.testing.assert_allclose(smoothed(losses), _smooth_directly(losses), rtol=1e-12)


def test_the_suggestions_on_a_bowl_are_those_of_its_closed_form():
    """With one curvature, 1: log l_t = 2 sum log|1 - alpha_s|, lowest at the last rate before |1 - alpha| passes 1."""
    losses = bowl(RATES, 1.0, (1.0, 0.0))
    low = int(np.argmin(losses))
    assert RATES[low - 1] < 2 <= RATES[low], "each factor up to 2/L makes the loss smaller"
    assert minimum(RATES, losses) == RATES[low] / 10
    falls = -np.diff(losses)  # the rates lie a factor apart, so the steepest is where a step falls furthest
    assert steep(RATES, losses) == RATES[np.argmax(falls)]
    # It falls at every step from the first to the lowest: the middle of the second third of these.
    third = (low + 1) / 3
    assert valley(RATES, losses) == RATES[-1 + int(third) + int(third / 2)]


def test_a_smoothed_loss_is_lowest_later():
    losses = bowl(RATES)
    assert np.argmin(smoothed(losses)) > np.argmin(losses) > np.searchsorted(RATES, 0.2)


def test_an_early_spike_misleads_the_steepest_slope_alone():
    calm = 10 - 9 / (1 + np.exp(-(np.arange(90) - 60) / 4.0))
    rates, spiked = np.geomspace(1e-4, 1, 90), calm.copy()
    spiked[8] += 8
    assert steep(rates, calm) == rates[59] or steep(rates, calm) == rates[60]
    assert steep(rates, spiked) == rates[8]
    assert minimum(rates, spiked) == minimum(rates, calm) and abs(
        np.log(valley(rates, spiked) / valley(rates, calm))
    ) < np.log(rates[2] / rates[0])


def test_slide_stops_where_the_slopes_are_alike():
    """Flat up to 60, then ever steeper: from the end back, until both slopes lie on the flat."""
    losses = np.concatenate([np.ones(60), 1 + 0.1 * np.arange(1, 41) ** 2.0])
    rates = np.geomspace(1e-5, 1, 100)
    # slopes at 58 and before are 0: the last pair that differs is (59, 44)
    assert slide(rates, losses) == rates[44]
    assert slide(rates, np.ones(100)) == rates[84], "alike at once: it stays where it begins"
    assert slide(rates[:10], losses[:10]) == rates[0]


def test_the_ends_are_left_out_and_from_too_little_nothing_is_read():
    losses = 100.0 - np.arange(STEPS)
    whole = Sweep(RATES, losses, losses, STEPS)
    assert suggestions(whole) == {key: suggest(RATES[9:93], losses[9:93]) for key, (_, suggest) in SUGGESTIONS.items()}
    assert suggestions(Sweep(RATES[:16], losses[:16], losses[:16], STEPS)) == {}
    assert suggestions(Sweep(RATES[:17], losses[:17], losses[:17], STEPS)) != {}


def test_a_test_ends_at_the_first_number_that_is_none():
    run = simulate(Scenario("rosenbrock", schedule="range_test", alpha=1.0, steps=60, values={"end_lr": 100}))
    seen = sweep(run, 0.0)
    assert len(seen.rates) < 60 and np.isfinite(seen.smooth).all()


def test_effects_are_the_shares_of_the_variance():
    x, y = np.linspace(-1, 1, 41), np.linspace(-2, 2, 31)[:, None]
    only = effects(np.broadcast_to(x, (31, 41)))
    np.testing.assert_allclose(only, (1, 0, 0), atol=1e-12)
    np.testing.assert_allclose(effects(x * y), (0, 0, 1), atol=1e-12)
    both = effects(x + y)
    assert both.x == pytest.approx(x.var() / (x.var() + y.var())) and both.both == pytest.approx(0, abs=1e-12)
    assert effects(np.ones((3, 4))) == (0, 0, 0)
