"""Maps: each cell is the run that `simulate` makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.maps import grid
from lrviz.maps.axis import Axis, axes_of
from lrviz.maps.grid import Tiles, assembled, cells, places
from lrviz.maps.map import Map
from lrviz.maps.shown import SHOWN
from tests.maps.plans import MAPS, shown


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize(("axis", "most"), [(Axis("end_lr", 1, 10), grid.MOST_RATES), (Axis("kappa", 1, 10), 2**40)])
def test_a_block_whose_runs_have_rates_of_their_own_holds_no_more_of_them_than_there_is_room_for(
    monkeypatch, axis, most, twice
):
    blocks = []

    def compute(block):
        blocks.append(len(block.x) * len(block.y))
        return np.zeros((len(block.y), len(block.x)))

    monkeypatch.setitem(SHOWN, "loss", replace(SHOWN["loss"], compute=compute))
    on_top = {"framework": "pytorch", "values": {"plateau_on_top": 1}} if twice else {}
    plan = Map(Scenario(schedule="range_test", steps=20_000, **on_top), Axis("alpha", 0.1, 1), axis)
    cells(plan, *plan.values(100), side=100)
    assert sum(blocks) == 100 * 100 and (len(blocks) == 1) == (most > grid.MOST_RATES)
    assert max(blocks) * 20_000 * (1 + twice) <= most


@pytest.mark.parametrize("flip", [False, True])
def test_a_block_is_wide_along_the_axis_beside_the_lengths(monkeypatch, flip):
    """Each length is a survey, and few runs side by side take as long as many."""
    blocks = []

    def compute(block):
        blocks.append((len(block.x), len(block.y)))
        return np.zeros((len(block.y), len(block.x)))

    monkeypatch.setitem(SHOWN, "loss", replace(SHOWN["loss"], compute=compute))
    axes = (Axis("steps", 1, 64), Axis("alpha", 0.1, 1))
    plan = Map(Scenario(), *(axes if flip else axes[::-1]))
    cells(plan, *plan.values())
    assert blocks == [(16, 256) if flip else (256, 16)] * 4


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("name", MAPS)
def test_every_cell_is_its_run(name, show):
    plan = replace(MAPS[name], show=show)
    x, y = plan.values()
    drawn = cells(plan, x, y)
    assert drawn.shape == (len(y), len(x))
    runs = [[shown(plan.cell(across, up), show, plan.tolerance) for across in x] for up in y]
    if show == "convergence":  # a sum of many numbers, in another order
        np.testing.assert_allclose(drawn, runs, rtol=1e-9)
    else:
        np.testing.assert_array_equal(drawn, runs)


RANDOM = 20
GROUNDS = (("bowl", "momentum"), ("himmelblau", "adam"), ("rosenbrock", "gradient_descent"))
PAIRS = 6
"""Few surfaces, and of axes so many pairs: few programs, so that many maps are cheap."""


@pytest.mark.parametrize("number", range(RANDOM))
def test_every_cell_of_a_random_map_is_its_run(number):
    """Any two knobs of the run or of its start, any part of their ranges, with all that a map shows of such a run."""
    rng = np.random.default_rng([20, number])
    surface, optimizer = GROUNDS[number % len(GROUNDS)]
    scenario = Scenario(surface, optimizer=optimizer, steps=int(rng.integers(10, 60)), noise=0.2 * (number % 2))
    if number % 4 == 0:
        scenario = scenario.having(schedule="plateau", monitor="loss", patience=2, factor=0.5)
    free = [key for key in axes_of(Scenario(surface, optimizer=optimizer)) if key != "steps_per_epoch"]
    keys = [str(key) for key in np.random.default_rng(number % PAIRS).choice(free, 2, replace=False)]
    axes = []
    for key in keys:
        whole = Axis.from_text(key, scenario)
        low, high = np.sort(rng.uniform(0, 1, 2)) if key != "seed" else (0, 1)
        ends = whole.low + np.array([low, high]) * (whole.high - whole.low)
        axes.append(Axis(key, float(ends[0]), float(ends[1]), 3, whole.scale if ends[0] > 0 else "linear"))
    show = str(rng.choice(["loss", "best_loss", "cuts", "basin", "diverged_at"]))
    plan = Map(scenario, axes[0], axes[1], show)
    x, y = plan.values()
    drawn = cells(plan, x, y)
    runs = [[shown(plan.cell(across, up), show, plan.tolerance) for across in x] for up in y]
    np.testing.assert_array_equal(drawn, runs)


def test_a_map_is_the_same_in_blocks_tiles_and_at_once():
    plan = replace(MAPS["plateau"], x=Axis("alpha", 0.01, 1, 300, "log"), y=Axis("patience", 0, 4), show="cuts")
    x, y = plan.values(300)
    at_once = cells(plan, x, y, side=512)
    np.testing.assert_array_equal(cells(plan, x, y, side=100), at_once)
    tiles = Tiles()
    made = assembled(plan, 300, lambda place: tiles.tile(plan, place))
    np.testing.assert_array_equal(made.values, at_once)
    assert len(places(plan, 300)) == 2 and (at_once > 0).any()


def test_a_run_that_falls_below_all_that_is_known_is_not_the_best():
    scenario = Scenario(surface="formula", alpha=0.1, steps=60, values={"f": "x*y", "domain": "5"})
    x, y = (Axis.from_text(text, scenario, between=":") for text in ("x:-2:2:8", "y:1:2:4"))
    plan = Map.of(scenario, x=x, y=y)
    for show in ("loss", "best_loss"):
        across, up = plan.values(8)
        found = cells(replace(plan, show=show), across, up)
        ends = [[simulate(plan.cell(x, y)).loss[-1] for x in across] for y in up]
        below = np.array(ends) < scenario.surface_row.floor(scenario.coef)
        assert below.any() and np.isnan(found[below]).all()
