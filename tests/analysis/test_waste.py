"""Wasted steps: what counts, against runs made by hand, and what the lesson's own runs read."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.analysis.waste import ENOUGH, outcome, stopped, target, waste, wasted
from lrviz.lessons import LESSONS
from tests.by_hand import along

LESSON, CASES = LESSONS["stuck"].race.first, LESSONS["stuck"].cases
BOWL = Scenario()


def made(loss):
    return along(BOWL, [(-1, 0)] * len(loss), loss=loss)


def share(loss):
    return wasted(BOWL, made(loss)).share


def test_a_loss_that_falls_in_the_log_picture_wastes_nothing():
    assert share(np.geomspace(20, 3.5e-9, 101)) == 0
    assert share(np.geomspace(20, 2, 101)) == 0


def test_a_flat_end_is_wasted_from_where_it_begins():
    fall = np.append(np.geomspace(20, 1e-6, 41), np.full(160, 1e-6))
    found = wasted(BOWL, made(fall))
    assert (found.settled, found.steps, found.share) == (41, 160, 0.8)
    assert share(np.full(101, 3.0)) == 1


@pytest.mark.parametrize("seed", range(50))
def test_with_noise_one_lucky_loss_neither_hides_nor_makes_waste(seed):
    noise = np.random.default_rng(seed).exponential(1.0, 301)
    flat = np.append(np.geomspace(1000, 1, 30), noise[30:])
    early, late = flat.copy(), flat.copy()
    early[40], late[250] = 1e-6, 1e-6
    for loss in (flat, early, late):
        assert share(loss) > 0.55, "the floor is reached at step 30"
    stairs = np.append(np.geomspace(1000, 1, 30), noise[30:] * np.repeat([1, 0.3, 0.1, 0.02], 68)[:271])
    stairs[40] = 1e-6
    assert share(stairs) <= 0.25, "the last stair begins at step 234"


def test_the_loss_is_measured_from_the_lowest_minimum():
    low = Scenario(surface="styblinski_tang")
    floor = low.surface_row.floor(low.coef)
    above = np.geomspace(50, 1e-6, 101)
    run = along(low, [(-1, 0)] * 101, loss=floor + above)
    assert wasted(low, run).share == 0
    np.testing.assert_allclose(target(floor + 2.0, floor) - floor, ENOUGH * 2)
    np.testing.assert_allclose(target(np.array([1.0, 2.0]), 0.0), [1.25, 2.5])


def test_a_run_that_diverges_is_wasted():
    loss = np.append(np.geomspace(1, 1e300, 80), np.full(21, np.inf))
    run = made(loss)
    assert wasted(BOWL, run).share == 1
    assert waste(BOWL, run)[0].sentence.startswith("All 100 steps were wasted")


def test_two_passes_without_the_path_find_the_same():
    """As a map has it: the last mean of each run, and then the first part at or below the target."""
    for changes in CASES.values():
        scenario = LESSON.having(**changes.changes)
        run = simulate(scenario)
        n, floor = run.steps, scenario.surface_row.floor(scenario.coef)
        last, size = max(1, round(n / 10)), max(1, n // 20)
        total = 0.0
        for k, loss in enumerate(run.loss):
            total += loss if k > n - last else 0.0
        bound, part, first = target(total / last, floor), 0.0, None
        for k, loss in enumerate(run.loss[1:], start=1):
            part += loss
            if k % size == 0:
                first = k - size if first is None and part / size <= bound else first
                part = 0.0
        own = 0 if first is None or first >= n - round(n / 5) else n - first
        assert wasted(scenario, run).steps == own
        assert outcome(run.loss) == pytest.approx(total / last)


def test_the_lesson_reads_as_its_picture():
    read = {key: wasted(plateau, simulate(plateau)).share for key, plateau in lessons().items()}
    assert read["zigzag"] == 0, "it falls in the log picture to its end"
    assert read["shelf"] > 0.9
    assert read["patience 3"] < read["patience 0"] < read["patience 16"]
    first = waste(lessons()["patience 16"], simulate(lessons()["patience 16"]))
    assert "at most 25% higher" in first[0].sentence and "EarlyStopping" in first[1].sentence


def lessons():
    rows = {key: LESSON.having(**plateau.changes) for key, plateau in CASES.items()}
    return rows | {f"patience {p}": LESSON.having(patience=p) for p in (0, 3, 16)}


def test_early_stopping_is_that_of_keras():
    losses = [5, 4, 3, 3.5, 3.2, 3.1, 2.9, 3, 3, 3, 3]
    run = made([9, *losses])
    assert [stopped(run, patience) for patience in (1, 2, 3, 4, 5)] == [3, 4, 5, 10, None]
    assert stopped(made([9, 2, 2, 2]), 1) == 1
