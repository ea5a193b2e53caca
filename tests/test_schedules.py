"""Schedules: the ones that only this lab has, the corners of the others. The rest is retraced in ``test_golden``."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import SCHEDULES, BadInput, Scenario


def rates(schedule, steps=100, alpha=0.1, **values):
    return Scenario(schedule=schedule, steps=steps, alpha=alpha, values=values).rates()


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_is_a_finite_vector_that_follows_alpha(schedule):
    one, two = rates(schedule, alpha=0.1), rates(schedule, alpha=0.2)
    assert one.shape == (100,) and np.isfinite(one).all() and (one >= 0).all()
    assert not np.array_equal(one, two)
    assert rates(schedule, steps=1).shape == (1,)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_warm_up_rises_on_a_line_and_then_the_schedule_begins(schedule):
    warm = rates(schedule, warmup_steps=10, start_factor=0.1)
    np.testing.assert_allclose(warm[:10], 0.1 * (0.1 + 0.9 * np.arange(10) / 10), rtol=1e-12)
    np.testing.assert_array_equal(warm[10:], rates(schedule, steps=90))
    np.testing.assert_allclose(rates(schedule, steps=4, warmup_steps=10), 0.1 * np.arange(4) / 10)


def test_annealing_is_gradual_and_then_drops():
    rate = rates("annealing", decay_rate=0.5, decay_steps=20, drop_from=60, step_size=15, gamma=0.1)
    np.testing.assert_allclose(rate[:60], 0.1 * 0.5 ** (np.arange(60) / 20), rtol=1e-12)
    np.testing.assert_allclose(rate[60:75], 0.1 * 0.5**3 * 0.1, rtol=1e-12)
    np.testing.assert_allclose(rate[75:90], 0.1 * 0.5**3 * 0.01, rtol=1e-12)


def test_a_drawn_curve_goes_through_its_points_straight_on_a_log_scale():
    rate = rates("drawn", points="10:0.1,20:0.001,40:1")
    np.testing.assert_allclose(rate[:11], 0.1, rtol=1e-12)
    np.testing.assert_allclose(rate[15], 0.01, rtol=1e-12)
    np.testing.assert_allclose(rate[30], np.sqrt(0.001), rtol=1e-12)
    np.testing.assert_allclose(rate[40:], 1, rtol=1e-12)


def test_cosine_stays_down_and_restarts_come_back():
    np.testing.assert_allclose(rates("cosine", decay_steps=40, eta_min=0.02)[40:], 0.02)
    again = rates("cosine_restarts", first_decay_steps=10, t_mul=2, m_mul=0.5)
    np.testing.assert_allclose(again[[0, 10, 30, 70]], [0.1, 0.05, 0.025, 0.0125], rtol=1e-12)


def test_cyclical_turns_at_its_corners():
    rate = rates("cyclical", base_lr=0.01, max_lr=0.11, step_size_up=10, step_size_down=20)
    np.testing.assert_allclose(rate[[0, 10, 20, 30, 40]], [0.01, 0.11, 0.06, 0.01, 0.11], rtol=1e-9)
    halved = rates("cyclical", base_lr=0.01, max_lr=0.11, step_size_up=10, mode="triangular2")
    np.testing.assert_allclose(halved[[10, 30, 50]], [0.11, 0.06, 0.035], rtol=1e-9)


def test_a_range_test_grows_by_one_factor_a_step():
    rate = rates("range_test", alpha=1e-4, end_lr=10)
    np.testing.assert_allclose(rate[1:] / rate[:-1], 1e5**0.01, rtol=1e-12)
    np.testing.assert_allclose(rate[[0, 20, 60]], [1e-4, 1e-3, 0.1], rtol=1e-12)
    same = Scenario.from_params({"schedule": "LRFinder", "start_lr": "1e-4", "end_lr": "10"})
    np.testing.assert_array_equal(same.rates()[:1], rate[:1])


@pytest.mark.parametrize("pct_start", [0, 0.01, 0.5, 1])
@pytest.mark.parametrize("three_phase", [0, 1])
def test_one_cycle_has_its_top_and_its_end(pct_start, three_phase):
    rate = rates(
        "one_cycle", pct_start=pct_start, three_phase=three_phase, max_lr=1, div_factor=10, final_div_factor=100
    )
    assert np.isfinite(rate).all() and rate.max() <= 1 + 1e-12 and rate.min() >= 0.001 - 1e-12
    if pct_start == 0.5 and not three_phase:
        np.testing.assert_allclose(rate[[0, 49, 99]], [0.1, 1, 0.001], rtol=1e-12)


@pytest.mark.parametrize(
    "points", ["", "0:0", "5:0.1,4:0.1", "0:-1", "0:nan", "x", "0:0.1,", "1.5:0.1", "0:0.1:2", "0:1e999"]
)
def test_points_of_nonsense_are_refused(points):
    if points:
        with pytest.raises(BadInput, match="points is"):
            Scenario(schedule="drawn", values={"points": points})
