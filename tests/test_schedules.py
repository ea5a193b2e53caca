"""Schedules: the ones that only this lab has, the corners of the others. The rest is retraced in ``test_golden``."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import SCHEDULES, BadInput, Scenario, simulate, simulate_many, survey
from lrviz.codegen import program, real_lines
from lrviz.race import Race


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


@pytest.mark.parametrize(("shape", "left"), [("linear", 0.5), ("cosine", 0.5), ("1-sqrt", 1 - np.sqrt(0.5))])
def test_wsd_rises_stays_and_falls_in_parts_of_the_run(shape, left):
    rate = rates("wsd", warmup_fraction=0.1, decay_fraction=0.4, decay_type=shape, min_lr_ratio=0.2)
    np.testing.assert_allclose(rate[:10], 0.1 * np.arange(1, 11) / 10, rtol=1e-12)
    np.testing.assert_array_equal(rate[10:61], 0.1)
    np.testing.assert_allclose(rate[80], 0.1 * (0.2 + 0.8 * left), rtol=1e-12)
    assert (np.diff(rate[60:]) < 0).all() and rate[-1] > 0.02


# The plateau rule on top of a schedule: that its runs are PyTorch's is in ``test_golden`` --------------------


def on_top(schedule, **values):
    return Scenario(schedule=schedule, framework="pytorch", values={"plateau_on_top": 1, "factor": 0.5, **values})


def test_the_plateau_rule_on_top_is_in_links_json_and_python_and_old_links_keep_their_run():
    scenario = on_top("step_decay", patience=2)
    assert scenario.watches and scenario["patience"] == 2
    assert Scenario.from_params(scenario.to_params()) == Scenario.from_json(scenario.to_json()) == scenario
    assert Race.from_params({"run2": "schedule:cosine;factor:0.5;plateau_on_top:1", "framework": "pytorch"})[1] == []
    assert scenario.having(gamma=0.3)["patience"] == 2 and scenario.having(schedule="cosine").on_top
    off = scenario.having(plateau_on_top=0)
    assert off == Scenario(schedule="step_decay", framework="pytorch") and "plateau_on_top" not in off.to_params()
    plain = scenario.having(schedule="plateau")
    assert not plain.on_top and plain.values == {"factor": 0.5, "patience": 2}
    assert not scenario.having(framework="keras").watches


def test_keras_takes_a_schedule_or_the_callback_and_that_is_one_sentence():
    with pytest.raises(BadInput, match="Keras takes a schedule or ReduceLROnPlateau"):
        Scenario(schedule="cosine", values={"plateau_on_top": 1})
    made = program(on_top("cosine"), "keras")
    assert made.code == "" and made.missing.startswith("Keras takes a schedule or ReduceLROnPlateau")
    assert program(on_top("cosine"), "optax").code == program(on_top("cosine"), "numpy").code == ""


def test_the_program_steps_the_plateau_rule_first_and_then_the_schedule():
    code = program(on_top("cosine"), "pytorch").code
    places = [code.index(line) for line in ("optimizer.step()", "plateau.step(", "scheduler.step()")]
    assert places == sorted(places)
    lines = real_lines(on_top("cosine"), "pytorch")
    assert "optimizer, scheduler and plateau." in lines and "plateau.step(val_loss)  # once per epoch" in lines


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (on_top("one_cycle"), "OneCycleLR computes each rate from the first one"),
        (on_top("drawn"), "LambdaLR computes each rate from the first one"),
        (on_top("cosine_restarts"), "CosineAnnealingWarmRestarts computes each rate"),
        (on_top("cosine", decay_steps=50), "CosineAnnealingLR forgets the cuts where it rises again"),
        (on_top("step_decay", warmup_steps=9), "SequentialLR sets the rate anew where its next part begins"),
        (on_top("wsd"), "SequentialLR sets the rate anew"),
    ],
    ids=lambda given: getattr(given, "schedule", ""),
)
def test_where_cuts_do_not_stay_a_sentence_says_so(scenario, words):
    assert [note for note in scenario.notes if words in note]
    assert not [note for note in scenario.having(plateau_on_top=0).notes if words in note]
    assert on_top("step_decay").notes == on_top("exponential").notes == []


def test_a_batch_and_a_survey_on_top_are_the_single_runs():
    scenario = on_top("exponential", patience=1).having(surface="rosenbrock", steps=60, decay_steps=20)
    alphas = [1e-4, 1e-3, 2e-3]
    ends = survey(scenario, alpha=alphas)
    for place, (alpha, run) in enumerate(zip(alphas, simulate_many(scenario, alpha=alphas), strict=True)):
        single = simulate(scenario.having(alpha=alpha))
        np.testing.assert_array_equal(run.x, single.x)
        np.testing.assert_array_equal(run.learning_rate, single.learning_rate)
        np.testing.assert_allclose(ends.loss[place], single.loss[-1], rtol=1e-9)
        assert ends.cuts[place] == len(single.cuts)


@pytest.mark.parametrize("decay_fraction", [0, 1e-3, 0.7])
@pytest.mark.parametrize("warmup_fraction", [0, 0.2])
@pytest.mark.parametrize("decay_type", ["linear", "cosine", "1-sqrt"])
def test_without_a_cut_the_rates_on_top_are_the_schedules(decay_fraction, warmup_fraction, decay_type):
    own = {"decay_fraction": decay_fraction, "warmup_fraction": warmup_fraction, "decay_type": decay_type}
    scenario, rate, made = on_top("wsd", **own), 0.0, []
    for a, b in scenario.going_on():
        rate = a * rate + b
        made.append(rate)
    np.testing.assert_allclose(made, scenario.rates(), rtol=1e-9, atol=1e-15)


def test_rates_beyond_all_numbers_are_infinite_without_a_warning():
    grown = Scenario(schedule="step_decay", steps=2000, values={"gamma": 10, "step_size": 1})
    with np.errstate(all="raise"):
        assert np.isinf(grown.rates()[-1])
