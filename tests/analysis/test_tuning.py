"""Each optimizer is tuned on the same rates; what the lesson on adaptive optimizers claims holds."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import OPTIMIZERS, Scenario, simulate
from lrviz.analysis.tuning import LONG, RATES, effective_rate, span, squares, tuned
from lrviz.figures.lessons.adaptive import axes_figure, tuning_figure
from lrviz.lessons import LESSONS, adaptive
from lrviz.lessons.adaptive import at_their_best, same_rate, trials
from lrviz.lessons.lesson import Preset
from lrviz.race import Race
from tests.charts import checked

RACE = LESSONS["adaptive"].race
FIVE = ("gradient_descent", "momentum", "rmsprop", "adagrad", "adam")
BOWL = {"surface": "bowl", "start": "-4,2", "alpha": "0.02", "steps": "60", "kappa": "50"}


def end(scenario):
    return simulate(scenario).loss[-1]


def test_every_optimizer_tries_the_same_rates_and_the_best_is_the_lowest():
    scenario = Scenario(surface="rosenbrock", steps=60)
    for row in tuned(scenario, FIVE):
        assert tuple(row.rates) == RATES and len(row.rates) == len(row.losses) == 26
        again = [end(scenario.having(optimizer=row.optimizer, alpha=rate)) for rate in RATES]
        finite = [value if np.isfinite(value) else np.inf for value in again]
        np.testing.assert_array_equal(row.losses, finite)
        assert row.best_loss == min(finite) and row.best_rate == RATES[int(np.argmin(finite))]


def test_on_a_bowl_the_best_rate_of_descent_is_known():
    """2/(L + mu) is the best rate of plain descent on a quadratic."""
    scenario = Scenario(steps=100, values={"kappa": 9})
    (row,) = tuned(scenario, ("gradient_descent",), np.linspace(0.02, 0.3, 57).tolist())
    assert row.best_rate == pytest.approx(2 / (9 + 1), abs=0.006)


def test_the_rate_of_the_scenario_does_not_matter_and_long_runs_give_the_same():
    scenario = Scenario(surface="rosenbrock", steps=40)
    one, other = (tuned(scenario.having(alpha=alpha), ("momentum",))[0] for alpha in (0.1, 3))
    assert one is other
    (long,) = tuned(Scenario(steps=LONG + 1), ("momentum",), [0.01, 0.1])
    assert long.losses[0] == pytest.approx(end(Scenario(optimizer="momentum", steps=LONG + 1, alpha=0.01)), abs=1e-300)


def test_without_a_rate_there_is_nothing_to_tune():
    (newton,) = tuned(Scenario(surface="rosenbrock", steps=60), ("newton",))
    assert newton.best_rate is None and not len(newton.rates) and newton.within(1e9) == 0 and not newton.at_the_end
    assert newton.best_loss == end(Scenario(surface="rosenbrock", optimizer="newton", steps=60))
    assert span([newton]) == 1


@pytest.mark.parametrize("optimizer", FIVE)
def test_the_effective_rate_is_what_the_step_was_made_with(optimizer):
    scenario = RACE.first.having(optimizer=optimizer, alpha=0.001, steps=20)
    run = simulate(scenario)
    rate, state = effective_rate(scenario, run), squares(run)
    if optimizer in ("gradient_descent", "momentum"):
        assert state is None
        np.testing.assert_array_equal(rate, np.full((20, 2), 0.001))
        return
    if optimizer == "rmsprop":
        np.testing.assert_allclose(run.terms["pushed"], -rate * run.used_grad)
    if optimizer == "adagrad":
        np.testing.assert_allclose(run.dx, -rate * run.used_grad)
        np.testing.assert_allclose(rate, 0.001 / np.sqrt(state[1] + 1e-7))
    if optimizer == "adam":
        np.testing.assert_allclose(run.dx, -rate * run.terms["first_moment"])


def test_newton_has_no_effective_rate():
    scenario = RACE.first.having(optimizer="newton", steps=5)
    assert effective_rate(scenario, simulate(scenario)) is None and squares(simulate(scenario)) is None


def test_switching_to_the_best_rates_and_back():
    best = at_their_best(RACE)
    rows = trials(RACE)
    assert [run.alpha for run in best.scenarios[:-1]] == [row.best_rate for row in rows[:-1]]
    assert same_rate(best).others == RACE.others
    for run, row in zip(best.scenarios, rows, strict=True):
        assert end(run) == row.best_loss
    assert best.names == RACE.names  # the legend does not change


def test_the_lesson_has_the_points_that_it_makes():
    """The rates span a wide range, the order changes with the rate, and turning the bowl costs the adaptive ones."""
    rows = trials(RACE)
    assert span(rows) > 100
    at_one = [end(run) for run in RACE.scenarios[:-1]]
    assert np.argsort(at_one)[1:].tolist() != np.argsort([row.best_loss for row in rows[:-1]])[1:].tolist()
    straight, turned = (
        {row.optimizer: row.best_loss for row in tuned(RACE.first.having(**BOWL, rotation=turn), FIVE)}
        for turn in ("0", "45")
    )
    for key in ("rmsprop", "adagrad", "adam"):
        assert turned[key] > 2 * straight[key]
    assert turned["gradient_descent"] <= straight["gradient_descent"]


def test_those_without_a_rate_are_all_there_and_race_from_the_same_start():
    race = adaptive.without_rate(RACE.first)
    assert {run.optimizer for run in race.scenarios} == {key for key, row in OPTIMIZERS.items() if not row.has_rate}
    assert {run.start for run in race.scenarios} == {RACE.first.start}
    assert Race.from_params(race.to_params())[0] == race, "the link to the playground"


def test_the_presets_do_what_they_say():
    def ends(alpha):
        race = LESSONS["adaptive"].preset_race("bent", Preset("", {"alpha": alpha}, ""))
        return {run.optimizer: end(run) for run in race.scenarios if run.optimizer_row.has_rate}

    momentum, adam, default = ends("0.0025"), ends("1"), ends("0.001")
    assert min(momentum, key=momentum.get) == "momentum" and momentum["adam"] > 1000 * momentum["momentum"]
    assert not np.isfinite(adam["gradient_descent"]) and not np.isfinite(adam["momentum"])
    assert min((key for key in adam if np.isfinite(adam[key])), key=adam.get) == "adam"
    assert OPTIMIZERS["adam"].alpha["keras"] == 0.001
    assert default["adam"] > 1000 * tuned(RACE.first, ("adam",))[0].best_loss


@pytest.mark.parametrize(
    ("case", "winners"), [("narrow", ("momentum", "rmsprop")), ("turned", ("gradient_descent", "rmsprop"))]
)
def test_the_presets_of_the_other_maps_do_what_they_say(case, winners):
    lesson = LESSONS["adaptive"]
    for preset, winner in zip(lesson.cases[case].presets, winners, strict=True):
        runs = {
            run.optimizer: end(run) for run in lesson.preset_race(case, preset).scenarios if run.optimizer_row.has_rate
        }
        assert min(runs, key=runs.get) == winner
    start = lesson.case_race(case).first
    assert runs["gradient_descent"] > simulate(start).loss[0] < runs["momentum"], "they fly off"
    if case == "turned":
        straight = lesson.preset_race("narrow", lesson.cases["narrow"].presets[1]).first.having(optimizer="rmsprop")
        assert runs["rmsprop"] > 100 * end(straight)


def test_the_questions_are_graded_by_running():
    question = adaptive.lowest_at_one_rate(RACE.first, "?", FIVE)
    ends = [end(RACE.first.having(optimizer=key)) for key in FIVE]
    assert question.right == int(np.argmin(ends)) and question.choices[1] == "Momentum"
    assert adaptive.lowest_at_its_best(RACE.first, "?", FIVE).right == int(
        np.argmin([row.best_loss for row in tuned(RACE.first, FIVE)])
    )
    assert adaptive.larger_best_rate(RACE.first, "?", "adam", "gradient_descent").right == 0
    assert adaptive.larger_best_rate(RACE.first, "?", "gradient_descent", "adam").right == 2
    assert adaptive.larger_best_rate(RACE.first, "?", "momentum", "gradient_descent").right == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figures_show_the_numbers(theme):
    rows = trials(RACE)
    start = simulate(RACE.first).loss[0]
    figure = checked(tuning_figure(rows, start, theme, 0.002))
    for row in rows[:-1]:
        line = next(trace for trace in figure.data if trace.name == row.name)
        inside = (row.losses <= start) & (row.losses > 1e-9)
        np.testing.assert_allclose(np.array(line.y)[inside], row.losses[inside])
        mark = next(trace for trace in figure.data if trace.name == f"best of {row.name}")
        assert mark.x[0] == row.best_rate
    assert len({(t.line.dash, t.marker.symbol) for t in figure.data if t.mode == "lines+markers"}) == len(rows)
    for place, scenario in enumerate(RACE.scenarios):
        drawn = checked(axes_figure(scenario, simulate(scenario), place, theme))
        assert len(drawn.data) == {"newton": 0, "gradient_descent": 2, "momentum": 2}.get(scenario.optimizer, 4)


def test_a_preset_sets_its_own_rates_and_another_map_keeps_them_tuned():
    tuned_race = adaptive.at_their_best(RACE)
    assert adaptive.carried(tuned_race, RACE) == RACE
    other = adaptive.LESSON.case_race(list(adaptive.LESSON.cases)[1])
    assert adaptive.carried(tuned_race, other) == adaptive.at_their_best(other) != other
