"""A diagnosis says what is true: closed forms on quadratics, runs made by hand, and a sweep over every surface."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SURFACES, Scenario, diagnose, simulate
from lrviz.analysis.diagnosis import RANK
from lrviz.analysis.leaving import departure
from lrviz.analysis.sentences import sentences
from lrviz.analysis.summary import summary
from lrviz.knob import digits
from tests.by_hand import DESCENT, along, descend, descent, mode


def kinds(diagnosis):
    return [event.kind for event in diagnosis.events]


def only(diagnosis, kind):
    (event,) = diagnosis.of(kind)
    return event


@pytest.mark.parametrize("product", [1.5, 1.9, 2.1])
def test_descent_swings_with_a_period_of_two(product):
    scenario = Scenario(alpha=product / 10, steps=30)
    event = only(diagnose(scenario, simulate(scenario)), "oscillation")
    assert event.numbers["period"] == pytest.approx(2, rel=1e-6)
    assert event.numbers["ratio"] == pytest.approx(product - 1, rel=1e-6)
    assert event.step == 1 and event.detail == ("growing" if product > 2 else "shrinking")


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize(("optimizer", "alpha"), [("momentum", 0.02), ("momentum", 0.1), ("nesterov", 0.002)])
def test_momentum_swings_with_the_period_of_its_complex_mode(optimizer, alpha, framework):
    beta = 0.98
    scenario = descent(optimizer, beta, framework=framework, alpha=alpha, steps=400, start=(0, 2))
    z = complex(mode(optimizer, beta, alpha * 10))
    event = only(diagnose(scenario, simulate(scenario)), "oscillation")
    period = 2 * np.pi / abs(np.angle(z))
    assert event.numbers["period"] == pytest.approx(period, rel=5e-3)
    assert event.numbers["ratio"] == pytest.approx(abs(z) ** (period / 2), rel=2e-2)


@pytest.mark.parametrize("rotation", [0.0, 35.0])
def test_overshoot_says_how_far_past_the_floor(rotation):
    scenario = Scenario(alpha=0.15, values={"rotation": rotation})
    angle = np.radians(rotation)
    v = -4 * -np.sin(angle) + 2 * np.cos(angle)
    (event,) = diagnose(scenario, simulate(scenario)).of("overshoot")
    assert (event.step, event.detail) == (1, "steep")
    assert event.numbers["past"] == pytest.approx(0.5 * v, rel=1e-6)
    assert event.numbers["curvature"] == pytest.approx(10, rel=1e-6)
    assert event.numbers["product"] == pytest.approx(1.5, rel=1e-6)


@pytest.mark.parametrize("key", SURFACES)
def test_hessian_is_the_difference_of_gradients(key):
    surface = SURFACES[key]
    scenario = Scenario(surface=key)
    low, high = np.array(surface.domain).reshape(2, 2).T
    points = np.random.default_rng(3).uniform(low, high, (5, 2))
    hessian = surface.hessian(scenario.coef, points.T)
    for j, aside in enumerate(1e-5 * np.eye(2)):
        up, down = along(scenario, points + aside).grad, along(scenario, points - aside).grad
        np.testing.assert_allclose(hessian[:, j].T, (up - down) / 2e-5, rtol=1e-5, atol=1e-5)
    values, vectors = surface.curvature(scenario.coef, points.T)
    np.testing.assert_allclose(np.einsum("iat,at,jat->ijt", vectors, values, vectors), hessian, rtol=1e-9, atol=1e-9)


# Runs made by hand ------------------------------------------------------------------


def test_a_step_down_one_side_is_no_overshoot_and_one_past_the_floor_is():
    scenario = Scenario()
    stays = diagnose(scenario, along(scenario, [(-4, 2), (-3, 1), (-2, 0.5)]))
    assert not stays.of("overshoot")
    passes = diagnose(scenario, along(scenario, [(-4, 2), (-3, 1), (-2, -0.25)]))
    event = only(passes, "overshoot")
    assert event.step == 2 and event.numbers["past"] == pytest.approx(0.25) and "product" not in event.numbers


def test_a_step_that_the_noise_made_is_no_overshoot():
    scenario = Scenario(noise=1.0)
    run = along(scenario, [(-4, 0.1), (-3.6, -0.1)])
    assert diagnose(scenario, run).of("overshoot")
    assert not diagnose(scenario, replace(run, used_grad=run.used_grad + np.array([0, 2]))).of("overshoot")


def test_three_full_periods_are_a_swing_and_fewer_are_none():
    scenario = Scenario()
    heights = [2 * (-0.9) ** k for k in range(9)]
    for passages in range(1, 9):
        run = along(scenario, [(-4 + k / 10, v) for k, v in enumerate(heights[: passages + 1])])
        found = diagnose(scenario, run).of("oscillation")
        assert len(found) == (passages == 8), "the way turns round in each point but the first and the last"
    (event,) = found
    assert (event.step, event.until, event.detail) == (1, 7, "shrinking")
    assert event.numbers["ratio"] == pytest.approx(0.9)


def test_swings_that_grow_and_swings_that_stay():
    scenario = Scenario()
    growing = diagnose(scenario, along(scenario, [(0, 0.01 * (-2) ** k) for k in range(9)]))
    assert only(growing, "oscillation").detail == "growing"
    assert only(growing, "oscillation").numbers["ratio"] == pytest.approx(2)
    steady = only(diagnose(scenario, along(scenario, [(0, (-1) ** k) for k in range(9)])), "oscillation")
    assert steady.detail == "steady" and "equally wide" in steady.sentence


@pytest.mark.parametrize(
    ("heights", "why"),
    [
        ([0.01 * (-5) ** k for k in range(9)], "thrown out"),
        ([(-1) ** k * min(1.3**k, 3) for k in range(18)], "grows, then stays"),
        ([2, -1.5, 1.2, -1], "three steps"),
        ([2, -1, 1.9, -0.3, 1.8, -1.7, 0.2, -1.6, 1.5, -0.1], "uneven"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_steady_swing_is_not_called_one(heights, why):
    scenario = Scenario()
    found = diagnose(scenario, along(scenario, [(0, v) for v in heights])).of("oscillation")
    assert len(found) == (why == "grows, then stays")
    for event in found:
        assert event.detail == "steady" and event.step >= 4


def test_divergence_says_the_bound_only_where_it_was_passed():
    scenario = Scenario(alpha=0.25)
    points = [(0, 2.0 * (-1.5) ** k) for k in range(9)]
    event = only(diagnose(scenario, along(scenario, points, rate=0.25)), "divergence")
    assert event.step == 1 and event.numbers["product"] == pytest.approx(2.5) and event.numbers["limit"] == 2
    within = only(diagnose(scenario, along(scenario, points, rate=0.1)), "divergence")
    assert "limit" not in within.numbers and "above the limit" not in within.sentence
    adam = Scenario(optimizer="adam", alpha=0.25)
    assert "limit" not in only(diagnose(adam, along(adam, points, rate=0.25)), "divergence").numbers


def test_a_high_loss_that_falls_again_or_stays_on_the_map_is_no_divergence():
    scenario = Scenario()
    falls = [(0, 0.5), (0, 20), (0, 60), (0, 50)]
    stays = [(0, 0.1), (0, 0.5), (0, 1), (0, 3)]
    for points in (falls, stays):
        assert not diagnose(scenario, along(scenario, points)).of("divergence")


@pytest.mark.parametrize("first_bad", [0, 1, 2, 5])
@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_run_that_leaves_the_finite_at_any_point(first_bad, value):
    scenario = Scenario()
    points = np.array([(-4, 2.0 * 1.5**k) for k in range(8)])
    points[first_bad:] = value
    diagnosis = diagnose(scenario, along(scenario, points))
    event = only(diagnosis, "divergence")
    assert event.numbers["not_finite"] == first_bad and event.step <= first_bad
    assert diagnosis.wasted.share == 1


def test_a_run_that_comes_to_where_a_formula_has_no_value_is_not_too_large():
    scenario = Scenario(surface="formula", values={"f": "x^1.5 + sqrt(y)"})
    run = simulate(scenario)
    assert run.x[run.diverged, 0] < 0 < run.x[run.diverged - 1, 0]
    texts = [event.sentence for event in diagnose(scenario, run).events]
    assert texts == [f"At step {run.diverged} the run is where the surface has no value: it ends there."]
    first = sentences(summary(scenario, run))[0]
    assert f"has no value** at step {run.diverged} (at step {run.diverged - 1} the loss was" in first
    grows = Scenario(surface="formula", values={"f": "x^2 - y^4"}, alpha=0.02, steps=20)
    assert "are too large to compute" in sentences(summary(grows, simulate(grows)))[0]


def test_a_shelf_is_a_plateau_without_any_rule():
    scenario = Scenario(surface="shelf")
    run = along(scenario, [(-6 + 0.01 * k, 0) for k in range(100)])
    event = only(diagnose(scenario, run), "plateau")
    assert (event.detail, event.step, event.until) == ("flat gradient", 0, 99)
    assert event.numbers["loss_before"] == run.loss[0] and event.numbers["loss"] == run.loss[99]


def test_the_four_reasons_of_a_plateau():
    bowl, still = Scenario(), np.full(40, 2.0)
    zigzag = along(bowl, [(-1, v) for v in still * (-1) ** np.arange(40)])
    short = along(bowl, [(-4 + 1e-5 * k, 2) for k in range(40)])
    noisy = Scenario(noise=5.0)
    points = [(0.1 * (-1) ** k, 0.1) for k in range(40)]
    hidden = along(noisy, points)
    hidden = replace(hidden, used_grad=hidden.used_grad + np.array([5, 0]))
    for scenario, run, why in ((bowl, zigzag, "zig-zag"), (bowl, short, "small steps"), (noisy, hidden, "noise floor")):
        assert only(diagnose(scenario, run), "plateau").detail == why


def test_a_loss_that_falls_is_no_plateau():
    scenario = Scenario()
    run = along(scenario, [(-4 * 0.99**k, 0) for k in range(100)])
    assert kinds(diagnose(scenario, run)) == ["unfinished"]


def test_nineteen_steps_without_gain_are_no_plateau():
    scenario = Scenario()
    for still, found in ((19, 0), (21, 1)):
        points = [(-4, 2)] * still + [(-4 * 0.8**k, 2 * 0.8**k) for k in range(60)]
        assert len(diagnose(scenario, along(scenario, points)).of("plateau")) == found


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
def test_every_cut_has_the_numbers_of_its_epoch(framework):
    scenario = Scenario(
        framework=framework, schedule="plateau", steps=120, alpha=0.19, noise=1.0, steps_per_epoch=3,
        values={"patience": 4, "factor": 0.5, "cooldown": 2},
    )  # fmt: skip
    run = simulate(scenario)
    events = diagnose(scenario, run).of("cut")
    assert [event.step for event in events] == run.cuts.tolist() and len(events) > 2
    for event, e in zip(events, np.flatnonzero(run.epochs.cut), strict=True):
        assert event.numbers["monitored"] == run.loss[event.step] == run.epochs.monitored[e]
        assert event.numbers["best"] == run.epochs.best[e]
        assert event.numbers["old_rate"] == run.learning_rate[event.step - 1]
        assert event.numbers["new_rate"] == run.epochs.learning_rate[e]
        assert event.numbers["new_rate"] == pytest.approx(event.numbers["old_rate"] / 2)
        assert event.numbers["wait"] == 4 + (framework == "pytorch")


def test_no_cut_is_told_where_no_rate_is_used():
    scenario = Scenario(optimizer="newton", schedule="plateau", values={"patience": 1})
    run = simulate(scenario)
    assert len(run.cuts) and not diagnose(scenario, run).of("cut")


def test_rest_is_of_the_kind_that_the_curvatures_say():
    bowl, well = Scenario(), Scenario(surface="saddle")
    hill = Scenario(surface="himmelblau")
    top = (-0.270844590667, -0.923038555970)
    for scenario, place, kind in ((bowl, (0, 0), "minimum"), (well, (0, 0), "saddle"), (hill, top, "maximum")):
        points = [(place[0], place[1] + 0.5 * (0.5**k)) for k in range(12)] + [place] * 3
        event = only(diagnose(scenario, along(scenario, points)), "converged")
        assert event.detail == kind and ("no minimum" in event.sentence) == (kind != "minimum")
        assert (event.numbers["x"], event.numbers["y"]) == pytest.approx(place, abs=1e-6)
        assert event.numbers["distance"] == pytest.approx(np.hypot(*(np.array(points[event.step]) - place)), rel=1e-5)


def test_a_run_in_motion_or_on_a_slope_is_not_at_rest():
    scenario = Scenario()
    passing = along(scenario, [(-3 + k, 0) for k in range(4)])  # ends in the minimum, at full speed
    assert not diagnose(scenario, passing).of("converged")
    shelf = Scenario(surface="shelf", values={"slope": 0.001})
    crawling = along(shelf, [(-5 + 1e-6 * k, 0) for k in range(30)])
    assert not diagnose(shelf, crawling).of("converged")


def test_a_local_minimum_is_told_from_the_lowest():
    scenario = Scenario(surface="six_hump_camel")
    minima = scenario.surface_row.minima(scenario.coef)
    for place, stuck in zip(minima, (False, False, True, True, True, True), strict=True):
        diagnosis = diagnose(scenario, along(scenario, [place] * 4))
        assert only(diagnosis, "converged").detail == "minimum"
        assert len(diagnosis.of("local_minimum")) == stuck
    event = only(diagnosis, "local_minimum")
    assert event.numbers["loss"] > event.numbers["floor"] == scenario.surface_row.floor(scenario.coef)


def test_leaving_the_map_and_coming_back():
    scenario = Scenario()
    back = only(diagnose(scenario, along(scenario, [(-4, 2), (-6, 2), (-7, 2), (-3, 1)])), "left_map")
    assert (back.step, back.until, back.numbers["returns"]) == (1, 2, 3)
    gone = only(diagnose(scenario, along(scenario, [(-4, 2), (-6, 2), (-7, 2)])), "left_map")
    assert (gone.step, gone.until) == (1, 2) and "not come back" in gone.sentence
    outside = only(diagnose(scenario, along(scenario, [(-6, 2), (-4, 2)])), "left_map")
    assert outside.step == 0 and "starts outside" in outside.sentence
    assert not diagnose(scenario, along(scenario, [(-4, 2), (-3, 1)])).of("left_map")


def test_a_run_of_one_step_and_one_that_stands_still():
    scenario = Scenario(steps=1, alpha=0.05)
    assert kinds(diagnose(scenario, simulate(scenario))) == ["unfinished"]
    still = Scenario(start=(0, 0), steps=30)
    diagnosis = diagnose(still, simulate(still))
    assert kinds(diagnosis) == ["converged"] and "exactly at" in diagnosis.events[0].sentence
    assert diagnosis.wasted.share == 1 and diagnosis.gauge.measured is None


def test_a_story_is_the_most_important_in_order():
    scenario = Scenario(alpha=0.25)
    diagnosis = diagnose(scenario, simulate(scenario))
    story = diagnosis.story()
    assert 2 <= len(story) <= 3 and "divergence" in [event.kind for event in story]
    assert len({event.kind for event in story}) == len(story)
    assert [event.step for event in story] == sorted(event.step for event in story)
    assert len(diagnosis.story(1)) == 1 and diagnosis.story(1)[0].kind == "divergence"


# Every surface with every optimizer ---------------------------------------------------


def covering():
    """Every optimizer in each of its frameworks once, every surface with two of them or more.

    All pairs would compile 280 programs; here every rule and every surface meets too small, fair and too large.
    """
    rules = [(key, framework) for key, row in OPTIMIZERS.items() for framework in row.rules]
    surfaces = list(SURFACES)
    return [(surfaces[3 * i % len(surfaces)], *rule) for i, rule in enumerate(rules)]


def numbers_in(event):
    return re.findall(r"−?\d+(?:\.\d+)?(?:e-?\d+)?", event.sentence.replace("× (1 − ", ""))


def check(scenario, run):
    diagnosis = diagnose(scenario, run)
    n, found = run.steps, set(kinds(diagnosis))
    assert [event.step for event in diagnosis.events] == sorted(event.step for event in diagnosis.events)
    for event in diagnosis.events:
        assert event.kind in RANK and 0 <= event.step <= n
        assert event.until is None or event.step <= event.until <= n
        texts = {digits(v, size) for v in event.numbers.values() for size in range(3, 18)}
        assert set(numbers_in(event)) <= texts | {str(event.step), str(event.until)}, event
        names = re.sub("val_loss|min_delta", "", event.sentence)
        assert event.sentence.endswith(".") and not re.search(r"[*`_]", names)
    if run.diverged is not None:
        assert "divergence" in found
    if "divergence" in found:
        assert run.diverged is not None or run.loss[-1] > 10 * run.loss[0] - 9 * diagnosis_floor(scenario)
        assert not found & {"converged", "plateau", "unfinished", "local_minimum"}
        numbers = only(diagnosis, "divergence").numbers
        assert "product" not in numbers or numbers["product"] > numbers["limit"] > 0
    for event in diagnosis.of("converged"):
        low, high = np.array(scenario.surface_row.domain).reshape(2, 2).T
        steepest = np.abs(scenario.surface_row.curvature(scenario.coef, run.x[-1])[0]).max()
        assert np.hypot(*run.grad[-1]) <= 2e-3 * np.hypot(*(high - low)) * steepest and np.isfinite(run.loss).all()
        place = np.array([event.numbers["x"], event.numbers["y"]])
        assert np.hypot(*(run.x[event.step :] - place).T).max() == pytest.approx(event.numbers["distance"])
    assert [event.step for event in diagnosis.of("cut")] == (
        run.cuts.tolist() if scenario.optimizer_row.has_rate else []
    )
    leaves = departure(run, scenario.surface_row.domain)
    assert [event.step for event in diagnosis.of("left_map")] == ([] if leaves is None else [leaves.step])
    for event in diagnosis.of("plateau"):
        assert event.until - event.step >= 20 and event.numbers["loss"] >= run.loss[: event.until + 1].min()
    assert 0 <= diagnosis.wasted.share <= 1
    assert diagnosis.gauge.product.shape == diagnosis.gauge.curvature.shape == (n,)
    assert len(diagnosis.story()) <= 3
    assert (diagnosis.gauge.limit is None) == (scenario.optimizer not in dict(DESCENT))


def diagnosis_floor(scenario):
    return scenario.surface_row.floor(scenario.coef)


@pytest.mark.parametrize(("surface", "optimizer", "framework"), covering(), ids=str)
def test_a_diagnosis_never_fails_and_never_contradicts_its_run(surface, optimizer, framework):
    scenario = Scenario(
        surface=surface, optimizer=optimizer, framework=framework, steps=60, schedule="plateau",
        values={"patience": 5, "factor": 0.3},
    )  # fmt: skip
    suited = scenario.alpha * (1 if optimizer in dict(DESCENT) else 5)
    alphas = [suited / 1000, suited, 50 * suited]
    for noise in (0.0, 1.0):
        noisy = scenario.having(noise=noise)
        for alpha in alphas:
            check(noisy.having(alpha=alpha), simulate(noisy.having(alpha=alpha)))


@pytest.mark.parametrize("surface", SURFACES)
def test_descent_on_every_surface_at_many_rates(surface):
    for alpha in np.geomspace(1e-4, 100, 30).tolist():
        scenario = Scenario(surface=surface, steps=150, alpha=alpha)
        check(scenario, descend(scenario))
