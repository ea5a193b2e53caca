"""The edge up close: the neighbours of a rate are run anew, and a bowl's edge is a line where the other is none."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import simulate
from lrviz.analysis.sentences import sentences
from lrviz.figures.lessons.coastline import count_figure, rows_figure
from lrviz.lessons import LESSONS, coastline
from lrviz.lessons.coastline import NEIGHBOURS, WITHIN, ZOOMS, comes_down, counted, neighbours, plane, zoomed
from lrviz.maps.grid import cells
from tests.charts import checked

LESSON = LESSONS["coastline"]
CURVED, BOWL = (LESSON.case_race(case).first for case in LESSON.cases)
BOTH = pytest.mark.parametrize("scenario", [CURVED, BOWL], ids=["himmelblau", "bowl"])


@BOTH
def test_a_run_comes_down_as_the_map_says(scenario):
    """Sohl-Dickstein's measure is below 0 where it converged."""
    plan = zoomed(scenario, 100)
    x, y = plan.values(9)
    shown = cells(plan, x, y)
    for i in range(0, 9, 2):
        for j in range(0, 9, 2):
            run = simulate(plan.cell(x[i], y[j]))
            assert comes_down(run, 0.0) == (shown[j, i] < 0)


@BOTH
def test_neighbours_are_single_runs(scenario):
    row = neighbours(scenario, 1e-2)
    np.testing.assert_allclose(row.rates, scenario.alpha * np.linspace(0.99, 1.01, NEIGHBOURS), rtol=1e-12)
    alone = [comes_down(simulate(scenario.having(alpha=rate)), 0.0) for rate in row.rates[::9]]
    assert row.down[::9].tolist() == alone
    assert row.changes == sum(one != other for one, other in zip(row.down, row.down[1:], strict=False))


def test_on_a_bowl_the_end_changes_once_at_every_width_and_elsewhere_many_times():
    assert [neighbours(BOWL, within).changes for within in WITHIN] == [1, 1, 1]
    assert all(neighbours(CURVED, within).changes > 4 for within in WITHIN)
    assert comes_down(simulate(CURVED), 0.0), "the run on the stage comes down, and a millionth beside it most do not"
    assert neighbours(CURVED, WITHIN[2]).down.sum() < NEIGHBOURS / 8


def test_the_presets_on_the_edge_do_what_they_say():
    curved, bowl = (LESSON.preset_race(case, LESSON.cases[case].presets[0]).first for case in LESSON.cases)
    assert comes_down(simulate(curved), 0.0)
    loss = simulate(bowl).loss
    assert loss[-20:].mean() == pytest.approx(loss[0], rel=0.2)


def test_well_below_the_edge_all_neighbours_come_down():
    for case in LESSON.cases:
        below = LESSON.preset_race(case, LESSON.cases[case].presets[1]).first
        assert all(neighbours(below, within).down.all() for within in WITHIN)


def test_a_zoom_is_so_many_times_smaller_around_the_run_and_within_the_plane():
    whole = plane(CURVED)
    assert zoomed(CURVED, 1) == whole
    for times in ZOOMS[1:]:
        plan = zoomed(CURVED, times)
        for axis, own, at in ((plan.x, whole.x, CURVED.alpha), (plan.y, whole.y, CURVED["momentum"])):
            assert axis.high - axis.low == pytest.approx((own.high - own.low) / times, rel=1e-6)
            assert axis.low < at < axis.high and own.low <= axis.low < axis.high <= own.high


def test_the_edge_of_a_bowl_is_a_line_at_every_zoom_and_the_other_none():
    line, coast = counted(BOWL), counted(CURVED)
    assert all(one.dimension == pytest.approx(1, abs=0.1) for one in line)
    assert all(one.dimension > 1.3 for one in coast)
    assert "that of a line" in sentences([coastline.judged(line)])[0]
    (text,) = sentences([coastline.judged(coast)])
    assert f"from {min(one.dimension for one in coast):.3g}" in text and "more than a line" in text
    figure = checked(count_figure(coast))
    assert [trace.y[-1] for trace in figure.data] == [one.counts[-1] for one in coast]


def test_what_is_said_of_neighbours_is_counted():
    for within, text in zip(WITHIN, sentences(coastline.story(CURVED)), strict=True):
        row = neighbours(CURVED, within)
        assert f"{row.down.sum()} come down; the outcome changes {row.changes} times." in text
        assert f"within {100 * within:g}%" in text
    figure = checked(rows_figure([neighbours(CURVED, within) for within in WITHIN]))
    assert np.array(figure.data[0].z).shape == (3, NEIGHBOURS)


def test_questions_are_graded_by_running_all_neighbours():
    closer, which, away = LESSON.check(CURVED)
    assert closer.right == 2 and which.right == 1 and away.right == 0
    assert closer.because.endswith("changes 9 times.") and away.because.endswith("and the outcome never changes.")
    assert LESSON.prediction(CURVED).right == 1 and LESSON.prediction(BOWL).right == 0
    assert [question.right for question in LESSON.check(BOWL)] == [0, 1, 0]


def test_other_runs_are_none_of_this_lesson():
    for wrong in ({"optimizer": "adam"}, {"surface": "rosenbrock"}, {"steps": 5000}):
        assert LESSON.lacks(LESSON.race.leading(CURVED.having(**wrong)))
    assert not LESSON.lacks(LESSON.race)
