"""Several minima: which valley a run ends in, which rate each holds, what gets out; and the presets of the lesson."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lrviz import SURFACES, Scenario, simulate
from lrviz.analysis import basins
from lrviz.figures.lessons.valleys import shares_figure
from lrviz.lessons import LESSONS, valleys
from lrviz.lessons.valleys import GONE, LEAVES, STAYS
from tests.charts import checked

TWIN = LESSONS["valleys"].race.first
SEVERAL = ("twin_valleys", "styblinski_tang", "six_hump_camel", "himmelblau", "saddle")


@pytest.mark.parametrize("sharpness", [2, 20, 77])
def test_the_minima_of_the_twin_valleys_are_those_it_was_made_with(sharpness):
    """Its Hessians are exactly k I and I."""
    sharp, wide = basins.minima(TWIN.having(sharpness=sharpness))
    assert (sharp.place, wide.place) == ((-2, 0), (2, 0))
    np.testing.assert_allclose([sharp.sharpness, wide.sharpness], [sharpness, 1], rtol=1e-5)
    np.testing.assert_allclose([sharp.holds, wide.holds], [2 / sharpness, 2], rtol=1e-5)


@pytest.mark.parametrize("surface", SEVERAL)
@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_a_minimum_holds_a_rate_below_its_edge_and_none_above(surface, momentum):
    scenario = Scenario(surface=surface, optimizer="momentum", steps=400, values={"momentum": momentum})
    for i, row in enumerate(basins.minima(scenario)):
        _, axes = SURFACES[surface].curvature(scenario.coef, row.place)
        beside = tuple(np.array(row.place) + 1e-4 * axes[:, 1])
        start = np.hypot(*(np.array(beside) - row.place))
        run = simulate(scenario.having(alpha=0.97 * row.holds, start=beside))
        ending = basins.basin(scenario, run)
        assert (ending.basin, ending.converged, ending.left) == (i, True, None)
        assert np.hypot(*(run.x[-1] - row.place)) < start
        away = simulate(scenario.having(alpha=1.03 * row.holds, start=beside)).x - row.place
        assert not np.nanmax(np.hypot(*away.T)) < 10 * start


@pytest.mark.parametrize("surface", SEVERAL)
def test_a_valley_is_where_the_downhill_flow_leads(surface):
    """Compared with an integration of dx/dt = -grad f by another solver and a gradient by differences."""
    row, coef = SURFACES[surface], Scenario(surface=surface).coef
    rng = np.random.default_rng(1)
    points = rng.uniform(row.domain[::2], row.domain[1::2], (12, 2))

    def downhill(t, x):
        d = 1e-6 * np.eye(2)
        return [-(row.f(x + e, coef) - row.f(x - e, coef)) / 2e-6 for e in d]

    minima = np.array(row.minima(coef))
    wanted = [
        int(np.argmin(np.hypot(*(minima - solve_ivp(downhill, (0, 60), point, method="LSODA").y[:, -1]).T)))
        for point in points
    ]
    assert basins.basins_of(Scenario(surface=surface), points).tolist() == wanted


def test_what_is_off_the_map_or_not_finite_is_in_no_valley():
    points = np.array([(np.nan, 0), (np.inf, 0), (99, 0), (-2, 0), (2.5, 0)])
    assert basins.basins_of(TWIN, points).tolist() == [-1, -1, -1, 0, 1]
    gone = basins.basin(TWIN, simulate(TWIN.having(alpha=3)))
    assert gone.basin is None and not gone.converged and gone.left is not None


def test_a_swing_is_in_a_valley_but_not_at_rest():
    ending = basins.basin(TWIN, simulate(TWIN.having(alpha=0.15)))
    assert ending.basin == 0 and not ending.converged


def test_remedies_of_the_twin_valleys():
    careful = valleys.careful(TWIN)
    assert careful.alpha == pytest.approx(1 / 20)
    assert basins.basin(careful, simulate(careful)).basin == 0
    by = {remedy.name: remedy for remedy in valleys.remedies(TWIN)}
    assert by["A smaller rate"].out == by["ReduceLROnPlateau"].out == 0
    for name in ("A larger rate", "Momentum", "Warm restarts", "Cycles", "Noise"):
        remedy = by[name]
        assert 0 < remedy.out < len(remedy.values) == len(remedy.outcome)
        first = int(np.argmax(remedy.outcome == LEAVES))
        assert remedy.value == remedy.values[first]
        run = simulate(remedy.shown)
        assert basins.basin(remedy.shown, run) == remedy.ending
        assert remedy.ending.basin == 1
    assert by["A larger rate"].value > basins.minima(TWIN)[0].holds


@pytest.mark.parametrize("surface", ["bowl", "styblinski_tang", "saddle"])
def test_every_outcome_of_a_remedy_is_counted_once(surface):
    for remedy in valleys.remedies(Scenario(surface=surface, steps=60)):
        assert set(remedy.outcome) <= {STAYS, LEAVES, GONE}
        if surface == "bowl":
            assert remedy.out == 0, "a convex map has no other valley"


def test_shares_are_of_single_runs_and_add_up():
    found = valleys.shares(TWIN.having(noise=6.8), "alpha")
    np.testing.assert_allclose(found.ended.sum(axis=1), 1)
    place = 3
    one = TWIN.having(alpha=float(found.values[place]), noise=6.8)
    ends = [basins.basin(one, simulate(one.having(seed=seed))).basin for seed in range(valleys.SEEDS)]
    assert found.ended[place].tolist() == [np.mean([end == v for end in ends]) for v in (0, 1, None)]


def test_noise_leaves_the_sharp_valley_for_the_wide_one():
    """The less noise the more stay; with the most, most are in the wide valley, though it lies no lower."""
    found = valleys.shares(TWIN.having(alpha=0.05), "noise")
    assert found.ended[0].tolist() == [1, 0, 0]
    assert found.ended[-1, 1] > 0.5 > found.ended[-1, 0]


def test_the_chart_shows_the_shares():
    found = valleys.shares(TWIN.having(alpha=0.05), "noise")
    figure = checked(shares_figure(found, basins.minima(TWIN), 0, "noise", 3.3))
    assert [line.name for line in figure.data] == ["(−2, 0), L = 20", "(2, 0), L = 1", "off the map"]
    np.testing.assert_array_equal(figure.data[1].y, 100 * found.ended[:, 1])
    assert len({line.line.dash for line in figure.data}) == len({line.marker.symbol for line in figure.data}) == 3
    many = Scenario(surface="six_hump_camel", steps=40)
    found = valleys.shares(many, "noise")
    figure = checked(shares_figure(found, basins.minima(many), basins.home(many), "noise", None))
    np.testing.assert_allclose(np.sum([line.y for line in figure.data], axis=0), 100)


@pytest.mark.parametrize(
    ("changes", "right"), [({"alpha": 0.05}, STAYS), ({"alpha": 0.25}, LEAVES), ({"alpha": 3}, GONE)]
)
def test_where_it_ends(changes, right):
    question = valleys.where_it_ends(TWIN.having(**changes))
    assert question.right == right
    assert valleys.where_it_ends(TWIN.having(alpha=0.05), times=5).right == LEAVES


@pytest.mark.parametrize(("alpha", "count"), [(0.05, "2"), (0.1, "1"), (0.25, "1"), (2.5, "0")])
def test_how_many_hold(alpha, count):
    question = valleys.how_many_hold(TWIN.having(alpha=alpha))
    assert question.choices[question.right] == count


# The lesson's presets: what their reasons say ------------------------------------------------------------


def ended(case, place):
    """A preset's run: its scenario, the run, and in which valley it ends."""
    lesson = LESSONS["valleys"]
    scenario = lesson.preset_race(case, lesson.cases[case].presets[place]).first
    run = simulate(scenario)
    return scenario, run, basins.basin(scenario, run)


def test_presets_do_what_they_say():
    sharp, wide = basins.minima(TWIN)
    scenario, _, ending = ended("twin_valleys", 0)
    assert scenario.alpha < sharp.holds and ending.basin == 0 and ending.converged
    scenario, _, ending = ended("twin_valleys", 1)
    assert scenario.alpha > sharp.holds and ending.basin == 0 and not ending.converged
    longer = simulate(scenario.having(steps=2000))
    assert (basins.basins_of(scenario, longer.x) == 0).all() and longer.loss[-50:].min() > 1e-3
    scenario, _, ending = ended("twin_valleys", 2)
    assert sharp.holds < scenario.alpha < wide.holds and ending.basin == 1 and ending.converged
    scenario, _, ending = ended("twin_valleys", 3)
    assert scenario.alpha < sharp.holds and ending.basin == 1
    scenario, _, ending = ended("twin_valleys", 4)
    assert ending.basin == 0 and ending.left is None
    assert len(LESSONS["valleys"].cases["twin_valleys"].presets) == 5


@pytest.mark.parametrize("case", ["styblinski_tang", "six_hump_camel", "himmelblau"])
def test_presets_of_the_other_maps_do_what_they_say(case):
    (careful, _, stays), (_, _, away), (_, _, momentum) = (ended(case, place) for place in range(3))
    own = basins.home(careful)
    assert stays.basin == own and stays.converged
    assert away.basin not in (own, None) and not away.converged
    stay = LESSONS["valleys"].cases[case].presets[2].see == "It stays."
    assert (momentum.basin == own) == stay and momentum.basin is not None


def test_the_bowl_has_no_other_valley():
    (_, _, converged), (_, _, leaves) = (ended("bowl", place) for place in range(2))
    assert converged.basin == 0 and converged.converged and leaves.basin is None


@pytest.mark.parametrize("place", [(-2.0, 0.0), (2.0, 0.0)])
def test_on_moved_surface_a_wide_minimum_loses_less(place):
    """Against the quadratic: the mean over all directions is r^2 (l + L)/4."""
    row = next(row for row in basins.minima(TWIN) if row.place == place)
    moved = valleys.on_moved_surface(TWIN, place)
    assert moved == pytest.approx(valleys.MOVED**2 * row.sharpness / 2, rel=0.25)
    sharp, wide = (valleys.on_moved_surface(TWIN, there) for there in ((-2.0, 0.0), (2.0, 0.0)))
    assert sharp > 10 * wide
