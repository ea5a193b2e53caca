"""With the callback and without, against single runs."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.lessons.stuck import at_the_end, compare, does_it_help, never_cut
from tests.lessons.stuck.runs import LESSON, constant, preset

WEAK = {"alpha": 0.05, "steps": 100}
"""With these the callback helps some noises, harms others, and most not at all."""


def test_a_run_that_is_never_cut_is_told_why():
    camel = Scenario(surface="six_hump_camel", framework="pytorch", schedule="plateau", values={"patience": 5})
    run = simulate(camel)
    assert not len(run.cuts) and "easier to beat than a negative best" in never_cut(camel, run)
    assert 'threshold_mode="abs"' in never_cut(camel, run)
    assert not never_cut(LESSON, simulate(LESSON))


def test_with_noise_64_runs_say_whether_the_callback_helps():
    compared = compare(LESSON)
    for scenario, median in ((LESSON, compared.with_it), (LESSON.having(schedule="constant"), compared.without)):
        ends = [at_the_end(simulate(scenario.having(seed=seed))) for seed in range(64)]
        assert median == pytest.approx(np.median(ends))
    assert compared.seeds == 64 and compared.lower > 60 and compared.sure
    assert does_it_help(LESSON).because.endswith(f"Of 64 runs, {compared.lower} end lower with it.")
    own = at_the_end(simulate(LESSON))
    ends = np.sort([at_the_end(simulate(LESSON.having(seed=seed))) for seed in range(64)])
    assert ends[16] < own < ends[47], "the run on the stage is a typical one"


def test_what_may_be_chance_is_called_no_clear_difference():
    """Near a noise floor a cut or two late in the run hardly matter."""
    weak = LESSON.having(**WEAK)
    found = compare(weak)
    ends = [[at_the_end(simulate(one.having(seed=seed))) for seed in range(64)] for one in (weak, constant(weak))]
    assert (found.lower, found.higher) == (np.sum(np.less(*ends)), np.sum(np.greater(*ends))) and found.higher
    assert not found.sure and found.outcome == "same" and abs(found.with_it - found.without) > 0.01 * found.without
    question = does_it_help(weak)
    assert question.choices[question.right] == "It makes no clear difference"
    assert (
        question.because.endswith(": that may be chance.")
        and f"{found.lower} end lower with it, {found.higher} higher" in question.because
    )


def test_runs_that_are_never_cut_tell_nothing():
    patient, never = compare(preset("noise", 0)), compare(LESSON.having(patience=29))
    assert patient.sure and patient.outcome == "better" and patient.lower + patient.higher < 64
    assert (never.lower, never.higher, never.outcome) == (0, 0, "same")
    assert does_it_help(LESSON.having(patience=29)).because.endswith("Of 64 runs, 64 end the same with it.")
