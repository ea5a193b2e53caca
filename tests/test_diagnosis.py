"""A diagnosis says what is true: closed forms on quadratics, runs made by hand, and a sweep over every surface."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SURFACES, Scenario, diagnose, simulate, simulate_many
from lrviz.diagnosis import RANK, departure, edge, regimes
from lrviz.knob import digits
from lrviz.trajectory import Trajectory, unjudged
from lrviz.ui.words import stability

DESCENT = [("gradient_descent", 0.0), ("momentum", 0.5), ("momentum", 0.9), ("nesterov", 0.5), ("nesterov", 0.9)]


def slope(scenario, x):
    """The gradient by complex steps.   x: (2, ...) -> (2, ...)"""
    surface, coef = scenario.surface_row, scenario.coef
    aside = 1e-30j * np.eye(2)
    return np.stack([np.imag(surface.f((x.T + axis).T, coef)) / 1e-30 for axis in aside])


def along(scenario, points, rate=0.1, loss=None, used_grad=None):
    """A run made by hand through these points, with the surface's own losses and gradients."""
    x = np.array(points, float)
    with np.errstate(all="ignore"):
        own = np.asarray(scenario.surface_row.f(x.T, scenario.coef), float)
        grad = slope(scenario, x.T).T
        dx = np.diff(x, axis=0)
    loss = own if loss is None else np.asarray(loss, float)
    rates = np.broadcast_to(np.asarray(rate, float), len(dx)).copy()
    used = grad[:-1] if used_grad is None else used_grad
    return Trajectory(x, loss, grad, rates, dx, used, {}, unjudged(loss, rates, 1, True), False)


def descend(scenario):
    """Plain descent by numpy, which needs no program for each surface."""
    x = [np.array(scenario.start)]
    with np.errstate(all="ignore"):
        for _ in range(scenario.steps):
            x.append(x[-1] - scenario.alpha * slope(scenario, x[-1]))
    return along(scenario, x, scenario.alpha)


def kinds(diagnosis):
    return [event.kind for event in diagnosis.events]


def only(diagnosis, kind):
    (event,) = diagnosis.of(kind)
    return event


def descent(optimizer="gradient_descent", momentum=0.0, **kwargs):
    values = kwargs.pop("values", {}) | ({} if optimizer == "gradient_descent" else {"momentum": momentum})
    return Scenario(optimizer=optimizer, values=values, **kwargs)


def mode(optimizer, beta, product):
    """The eigenvalue of larger modulus of the update of (x, velocity), in Keras's form, on f = lambda x^2/2."""
    if optimizer == "nesterov":
        update = np.array([[1 - product - beta * product, beta**2], [-product, beta]])
    else:
        update = np.array([[1 - product, beta], [-product, beta]])
    return max(np.linalg.eigvals(update), key=abs)


# Closed forms -----------------------------------------------------------------------


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
    ("alpha", "product", "stands", "factor"),
    [
        (0.19, "1.9", "below the limit 2", "0.9"),
        (0.2, "2", "the limit, 2", "1"),
        (0.21, "2.1", "above the limit 2", "1.1"),
    ],
)
def test_the_words_say_how_close_to_the_edge_it_is(alpha, product, stands, factor):
    scenario = Scenario(alpha=alpha, values={"kappa": 10})
    near, far = stability(scenario, diagnose(scenario, simulate(scenario)).gauge)
    assert near.startswith(f"Rate × curvature was at most **{product}**") and stands in near
    assert far.count(f"**{factor}**") == 2, "predicted and measured"


def test_no_limit_is_said_where_none_is_known():
    adam, newton = Scenario(optimizer="adam"), Scenario(optimizer="newton")
    assert "For Adam no limit is known" in stability(adam, diagnose(adam, simulate(adam)).gauge)[0]
    clipped = Scenario(alpha=0.5, values={"clipnorm": 1.0})
    assert (
        "For clipped gradients no limit is known" in stability(clipped, diagnose(clipped, simulate(clipped)).gauge)[0]
    )
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


@pytest.mark.parametrize("product", [1.2, 1.5, 1.9, 2.1])
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


def test_two_passages_are_no_oscillation_and_three_are():
    scenario = Scenario()
    heights = [2, -1.5, 1.2, -1, 0.9, 0.8, 0.7]
    for passages in (1, 2, 3, 4):
        run = along(scenario, [(-4 + k / 10, v) for k, v in enumerate(heights[: passages + 1])])
        found = diagnose(scenario, run).of("oscillation")
        assert len(found) == (passages >= 3)
    assert (found[0].step, found[0].until, found[0].detail) == (1, 4, "shrinking")
    assert found[0].numbers["ratio"] == pytest.approx((1 / 1.5) ** (1 / 2), rel=1e-6)


def test_swings_that_grow_and_swings_that_stay():
    scenario = Scenario()
    growing = diagnose(scenario, along(scenario, [(0, v) for v in (0.1, -0.2, 0.4, -0.8, 1.6)]))
    assert only(growing, "oscillation").detail == "growing"
    assert only(growing, "oscillation").numbers["ratio"] == pytest.approx(2)
    steady = only(diagnose(scenario, along(scenario, [(0, v) for v in (1, -1, 1, -1, 1)])), "oscillation")
    assert steady.detail == "steady" and "same size" in steady.sentence


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
    points = [(0.1 * (-1) ** (k // 2), 0.1) for k in range(40)]
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


def test_wasted_steps_are_those_after_the_last_gain_before_each_cut_and_the_end():
    scenario = Scenario(schedule="plateau")
    run = along(scenario, [(-1, 0)] * 31, loss=[9, 8, 7] + [7] * 8 + [6, 5] + [5] * 18)
    cut = np.zeros(30, bool)
    cut[9] = True
    run = replace(run, epochs=run.epochs._replace(cut=cut), plateau=True)
    wasted = diagnose(scenario, run).wasted
    assert wasted.stretches == ((2, 10, True), (12, 30, False))
    assert wasted.steps == 26 and wasted.share == pytest.approx(26 / 30)
    falls = along(scenario, [(-4 * 0.9**k, 0) for k in range(31)])
    assert diagnose(scenario, falls).wasted.steps == 0


def test_a_run_of_one_step_and_one_that_stands_still():
    scenario = Scenario(steps=1, alpha=0.05)
    assert kinds(diagnose(scenario, simulate(scenario))) == ["unfinished"]
    still = Scenario(start=(0, 0), steps=30)
    diagnosis = diagnose(still, simulate(still))
    assert kinds(diagnosis) == ["converged"] and "exactly at" in diagnosis.events[0].sentence
    assert diagnosis.wasted.share == 1 and diagnosis.gauge.measured is None


def test_a_story_is_the_most_telling_in_order():
    scenario = Scenario(alpha=0.25)
    diagnosis = diagnose(scenario, simulate(scenario))
    story = diagnosis.story()
    assert 2 <= len(story) <= 4 and "divergence" in [event.kind for event in story]
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
    return [(surfaces[3 * i % 10], *rule) for i, rule in enumerate(rules)]


def numbers_said(event):
    return re.findall(r"−?\d+(?:\.\d+)?(?:e-?\d+)?", event.sentence)


def check(scenario, run):
    diagnosis = diagnose(scenario, run)
    n, found = run.steps, set(kinds(diagnosis))
    assert [event.step for event in diagnosis.events] == sorted(event.step for event in diagnosis.events)
    for event in diagnosis.events:
        assert event.kind in RANK and 0 <= event.step <= n
        assert event.until is None or event.step <= event.until <= n
        told = {digits(v) for v in event.numbers.values()} | {str(event.step), str(event.until)}
        assert set(numbers_said(event)) <= told, event
        assert event.sentence.endswith(".") and not re.search(r"[*`_]", event.sentence.replace("val_loss", ""))
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
    assert all(0 <= begin < end <= n for begin, end, _ in diagnosis.wasted.stretches)
    assert diagnosis.gauge.product.shape == diagnosis.gauge.curvature.shape == (n,)
    assert len(diagnosis.story()) <= 4
    assert (diagnosis.gauge.limit is None) == (scenario.optimizer not in dict(DESCENT))


def diagnosis_floor(scenario):
    return scenario.surface_row.floor(scenario.coef)


@pytest.mark.parametrize(("surface", "optimizer", "framework"), covering(), ids=str)
def test_a_diagnosis_never_fails_and_never_contradicts_its_run(surface, optimizer, framework):
    scenario = Scenario(
        surface=surface, optimizer=optimizer, framework=framework, steps=60, schedule="plateau",
        values={"patience": 5, "factor": 0.3},
    )  # fmt: skip
    fair = scenario.alpha * (1 if optimizer in dict(DESCENT) else 5)
    alphas = [fair / 1000, fair, 50 * fair]
    for noise in (0.0, 1.0):
        noisy = scenario.having(noise=noise)
        for alpha in alphas:
            check(noisy.having(alpha=alpha), simulate(noisy.having(alpha=alpha)))


@pytest.mark.parametrize("surface", SURFACES)
def test_descent_on_every_surface_at_many_rates(surface):
    for alpha in np.geomspace(1e-4, 100, 30).tolist():
        scenario = Scenario(surface=surface, steps=150, alpha=alpha)
        check(scenario, descend(scenario))
