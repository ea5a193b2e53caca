"""Wasted steps, and the sweep over patience, against single runs."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import simulate
from lrviz.figures.lessons.stuck import patience_figure
from lrviz.knob import digits
from lrviz.lessons.stuck import at_the_end, story, sweep, waste
from tests.charts import checked
from tests.lessons.stuck.runs import LESSON, plateau


def test_wasted_steps_are_told_from_the_run():
    text = " ".join(waste(plateau("zigzag"), simulate(plateau("zigzag"))))
    assert (
        text.startswith("No step was wasted") and f"loss of {digits(at_the_end(simulate(plateau('zigzag'))))} (" in text
    )


def test_the_sweep_is_what_single_runs_say():
    scenario = plateau("shelf")
    found = sweep(scenario)
    for patience in (0, 5, 20):
        run = simulate(scenario.having(patience=patience))
        at = int(np.flatnonzero(found.patience == patience)[0])
        assert found.loss[at] == pytest.approx(at_the_end(run))
        assert found.cuts[at] == len(run.cuts)
    assert found.loss[20] < 0.1 < found.loss[5]
    assert "patience 5" in story(scenario, found).lower()
    assert max(sweep(LESSON.having(patience=100)).patience) == 100
    figure = checked(patience_figure(found, 5, 0.0))
    assert list(figure.data[0].y) == pytest.approx((100 * found.wasted).tolist())


def test_a_sweep_over_noises_is_the_median_of_64_single_runs():
    found = sweep(LESSON)
    assert found.seeds == 64 and 3 in found.patience
    at = int(np.flatnonzero(found.patience == 3)[0])
    ends = np.sort([at_the_end(simulate(LESSON.having(seed=seed))) for seed in range(64)])
    assert ends[31] <= found.loss[at] <= ends[32]
    assert ends[14] <= found.low[at] <= ends[17] and ends[46] <= found.high[at] <= ends[49]
    assert sweep(LESSON.having(seed=7)) is found, "it is the same for each seed"
    assert "in the median of 64 noises" in story(LESSON, found)
    bars = checked(patience_figure(found, 3, 0.0)).data[1].error_y
    assert bars.array[at] == pytest.approx(found.high[at] - found.loss[at])
