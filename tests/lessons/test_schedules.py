"""Schedules side by side: the contest is what the runs did, and what the lesson claims holds."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import BadInput, Scenario, simulate
from lrviz.figures.lessons.schedules import contest_figure
from lrviz.knob import digits, read_points
from lrviz.lessons import LESSONS, schedules
from lrviz.lessons.lesson import Preset
from lrviz.lessons.schedules import FIVE, GROUPS, LEVELS, OFFERED, SEEDS, TRIED, best_rates, fits, result
from lrviz.palette import MOST_RUNS
from lrviz.race import Race
from lrviz.schedules import SCHEDULES
from lrviz.ui.drawing import drawn_points, with_drawn
from lrviz.ui.lessons.schedules import results, with_schedules
from tests.charts import checked

RACE = LESSONS["schedules"].race
RACING = ("step_decay", "exponential", "cosine", "one_cycle")
DECAYS = (*RACING, "annealing")
CURVE = "0:0.02,20:0.15,149:0.001"


def ends(**changes):
    """By schedule: the loss at the end of the preset's race, and of annealing beside it; and the median over noises."""
    race = LESSONS["schedules"].preset_race("", Preset("", changes, ""))
    assert [run.schedule for run in race.scenarios] == ["constant", *RACING]
    return {row.schedule: row for row in results(race.add({"schedule": "annealing"}))}


def test_a_result_is_what_the_runs_did():
    scenario = RACE.first.having(schedule="cosine", steps=40)
    row = result(scenario)
    again = np.sort([simulate(scenario.having(seed=seed)).loss[-1] for seed in range(SEEDS)])
    np.testing.assert_allclose(row.losses, again, rtol=1e-9)
    assert row.loss == simulate(scenario).loss[-1]
    assert row.middle[0] <= row.typical <= row.middle[1]
    quiet = result(scenario.having(noise=0))
    assert quiet.losses.tolist() == [quiet.loss] == [quiet.typical]


def test_with_noise_decay_wins():
    rows = ends(noise="2")
    for key in DECAYS:
        assert rows[key].loss < rows["constant"].loss and rows[key].typical < rows["constant"].typical / 2


def test_without_noise_decay_only_slows():
    rows = ends(noise="0")
    assert min(rows, key=lambda key: rows[key].loss) == "constant"


def test_past_the_edge_only_what_comes_down_arrives():
    rows = ends(noise="0", alpha="0.21")
    start = simulate(RACE.first).loss[0]
    assert rows["constant"].loss > start
    assert all(rows[key].loss < 1e-6 * start for key in DECAYS)


def test_with_a_small_rate_decay_stops_too_early():
    rows = ends(noise="0.5", alpha="0.01")
    assert min(rows, key=lambda key: rows[key].loss) == min(rows, key=lambda key: rows[key].typical) == "constant"


def test_the_presets_are_those_situations():
    settings = [dict(preset.changes) for preset in LESSONS["schedules"].cases[""].presets]
    assert settings == [
        {"noise": "2"}, {"noise": "0"}, {"noise": "0", "alpha": "0.21"}, {"noise": "0.5", "alpha": "0.01"}
    ]  # fmt: skip


def test_the_seed_on_the_stage_is_a_typical_one():
    """Each schedule of the opening race ends among the middle half of its noises or beside it, in their order."""
    rows = [result(run) for run in RACE.scenarios]
    for row in rows:
        assert 0.6 * row.typical < row.loss < 1.5 * row.typical
    assert min(rows, key=lambda row: row.loss).schedule == min(rows, key=lambda row: row.typical).schedule == "cosine"


def test_with_noise_a_question_is_graded_by_the_median_of_64_noises():
    ends = [
        np.sort([simulate(RACE.first.having(schedule=key, noise=4, seed=seed)).loss[-1] for seed in range(64)])[32]
        for key in FIVE
    ]
    assert schedules.lowest(RACE.first, "?", FIVE, noise=4).right == int(np.argmin(ends))


def test_what_fits_when_is_computed_and_its_reasons_hold():
    noise, quiet, past, small = fits()
    assert all(row.best.typical < row.constant.typical / 10 for row in (noise, past))
    assert past.constant.flies_off and not past.best.flies_off
    assert quiet.best.schedule == small.best.schedule == "constant"


def test_each_reason_states_the_numbers_of_the_runs():
    """Read back from the sentences, and computed anew from the rates and the losses."""
    noise, quiet, past, small = (row.because.sentence for row in fits())
    alphas = [RACE.first.having(**row.fit.changes) for row in fits()]
    rates = [there.having(schedule=row.best.schedule).rates() for there, row in zip(alphas, fits(), strict=True)]
    late = float(np.mean(rates[0][-15:]))
    assert noise.startswith(f"Its last 15 rates are {digits(late)} in the mean; at a constant 0.15")
    finals = sorted(simulate(RACE.first.having(seed=seed)).loss[-1] for seed in range(SEEDS))
    assert noise.endswith(f"keeps the loss at {digits(finals[SEEDS // 2])}.")
    step = int(re.search(r"From step (\d+) on its rate is below 2/L = 0.2; a constant 0.21 never is", past)[1])
    assert rates[2][step - 1] >= 0.2 > rates[2][step:].max()
    for sentence, there in ((quiet, alphas[1]), (small, alphas[3])):
        way, name, shorter = re.search(r"add up to (.+), those of (.+) to (.+): it comes", sentence).groups()
        assert way == digits(float(there.alpha * there.steps))
        schedule = next(key for key in OFFERED if SCHEDULES[key].name == name)
        assert shorter == digits(float(there.having(schedule=schedule).rates().sum()))
        ends = {key: np.median(result(there.having(schedule=key)).losses) for key in OFFERED[1:]}
        assert ends[schedule] == min(ends.values())


def test_every_schedule_races_in_a_group():
    assert set().union(*GROUPS.values()) == set(OFFERED)
    assert all(len(keys) <= MOST_RUNS for keys in GROUPS.values())


def test_the_best_rate_falls_as_the_noise_grows():
    rates = best_rates(60)
    assert rates.shape == (len(LEVELS),) and rates[-1] < rates[0] / 2
    ends = [
        np.median(
            [
                simulate(RACE.first.having(steps=60, noise=LEVELS[-1], alpha=rate, seed=seed)).loss[-1]
                for seed in range(64)
            ]
        )
        for rate in TRIED[::5]
    ]
    assert rates[-1] / 2 < TRIED[::5][int(np.argmin(ends))] < 2 * rates[-1]


def test_the_floor_of_the_noise_is_as_the_formula_says():
    """E x^2 = alpha sigma^2/(L (2 - alpha L)), on the bowl's flat axis with L = 1."""
    alpha, sigma = 0.2, 1.5
    run = simulate(Scenario(alpha=alpha, noise=sigma, steps=20_000, values={"kappa": 1}))
    assert np.mean(run.x[200:] ** 2) == pytest.approx(alpha * sigma**2 / (2 - alpha), rel=0.05)


def test_the_race_takes_the_schedules_that_are_chosen():
    race = with_schedules(RACE, ["cosine", "cyclical"])
    assert [run.schedule for run in race.scenarios] == ["cosine", "cyclical"]
    assert race.names == ["Gradient descent", "Gradient descent, cyclical"]
    race = with_schedules(RACE, list(OFFERED[:MOST_RUNS]))
    assert race.names == [SCHEDULES[key].name.removesuffix(" decay") for key in OFFERED[:MOST_RUNS]]
    assert race.first.noise == RACE.first.noise


def test_a_drawn_curve_joins_is_changed_and_led_by():
    race = with_drawn(RACE, CURVE)
    assert race.scenarios[-1].schedule == "drawn" and drawn_points(race) == CURVE
    rates = race.scenarios[-1].rates()
    for step, rate in read_points(CURVE):
        assert rates[step] == pytest.approx(rate)
    again = with_drawn(race, "0:0.1")
    assert len(again.scenarios) == len(race.scenarios) and drawn_points(again) == "0:0.1"
    full = with_drawn(with_schedules(RACE, list(OFFERED[:MOST_RUNS])), CURVE)
    assert len(full.scenarios) == MOST_RUNS and full.scenarios[-1].schedule == "drawn"
    leading = with_schedules(race, ["drawn"])
    assert leading.first.schedule == "drawn" and drawn_points(leading) == CURVE
    assert drawn_points(with_drawn(leading, "0:0.1,9:0.2")) == "0:0.1,9:0.2"
    back = with_schedules(leading, ["constant", "drawn"])
    assert drawn_points(back) == CURVE
    linked, wrong = Race.from_params(race.to_params())
    assert linked == race and not wrong
    with pytest.raises(BadInput, match="points is"):
        with_drawn(RACE, "0:-1")


def test_the_questions_are_graded_by_running():
    question = schedules.lowest(RACE.first, "?", OFFERED, noise=0)
    finals = [simulate(RACE.first.having(noise=0, schedule=key)).loss[-1] for key in OFFERED]
    assert question.right == int(np.argmin(finals)) and question.choices[0] == "Constant"
    assert schedules.when_highest(RACE.first, "?", "cosine").right == 0
    assert schedules.when_highest(RACE.first, "?", "one_cycle").right == 1
    assert schedules.when_highest(RACE.first.having(schedule="one_cycle", pct_start=0.8), "?", "one_cycle").right == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_shows_the_numbers(theme):
    rows = results(RACE)
    figure = checked(contest_figure(rows, theme))
    marks = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    for row in rows:
        assert marks[row.name].x[0] == row.loss
    assert len({trace.marker.symbol for trace in marks.values()}) == len(rows)
    flown = [result(run) for run in RACE.leading(RACE.first.having(noise=0, alpha=5.0, steps=400)).scenarios]
    assert not np.isfinite(flown[0].loss)
    checked(contest_figure(flown, theme))
