"""The cases of lesson 2 and their presets hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import simulate
from lrviz.lessons.stuck import at_the_end, compare, does_it_help
from lrviz.lessons.stuck.row import kind
from tests.lessons.stuck.runs import LESSON, PLATEAUS, plateau, preset


def test_each_plateau_is_what_it_is_called():
    assert [kind(plateau(key)) for key in PLATEAUS] == list(PLATEAUS)
    assert plateau("noise") == LESSON
    assert [compare(plateau(key)).outcome for key in PLATEAUS] == ["better", "better", "worse"]
    for key in PLATEAUS:
        scenario = plateau(key)
        plain = simulate(scenario.having(schedule="constant"))
        last = scenario.steps // 10
        if not scenario.noise:
            assert compare(scenario).without == pytest.approx(np.mean(plain.loss[-last:]))
        assert does_it_help(scenario).right == (1 if key == "shelf" else 0)


def test_presets_hold_what_they_say():
    patient, hardly = preset("noise", 0), preset("noise", 1)
    assert compare(LESSON).with_it < min(compare(patient).with_it, compare(hardly).with_it) / 3
    cuts_of = [simulate(patient.having(seed=seed)).cuts for seed in range(64)]
    assert np.mean([not len(cut) or cut[0] > 0.5 * patient.steps for cut in cuts_of]) > 0.9
    run = simulate(hardly)
    assert len(run.cuts) >= 4 and run.learning_rate[-1] > 0.4 * run.learning_rate[0]
    late, never = preset("zigzag", 0), preset("zigzag", 1)
    assert simulate(late).cuts[0] > simulate(plateau("zigzag")).cuts[0]
    assert at_the_end(simulate(late)) < at_the_end(simulate(plateau("zigzag")))
    assert not len(simulate(never).cuts) and at_the_end(simulate(never)) > 1
    uncut, small = simulate(preset("shelf", 0)), simulate(preset("shelf", 1))
    assert not len(uncut.cuts) and at_the_end(uncut) < 0.1
    drop = int(np.argmax(small.loss < 0.5))
    assert 0 < drop <= small.cuts[0] and at_the_end(small) < 0.1
