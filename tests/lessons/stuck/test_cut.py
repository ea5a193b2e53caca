"""The cuts of a run, the noise floor, and the callback that forgot, against loops of their own."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.lessons.stuck import cuts, forgotten, predicted_floor, reduced
from lrviz.lessons.stuck.questions import which_rate
from tests.lessons.stuck.runs import LESSON, plateau


def test_the_opening_shows_several_cuts_and_a_lower_loss_after_each():
    run = simulate(LESSON)
    made = cuts(run)
    assert len(made) >= 4
    assert [cut.step for cut in made] == run.cuts.tolist()
    for cut in made:
        assert cut.new == pytest.approx(cut.old * 0.5)
        assert cut.loss_after < 0.7 * cut.loss_before
        assert run.epochs.improved[run.epochs.step > cut.step].any()


def test_reduce_means_times_the_factor():
    assert reduced(LESSON, simulate(LESSON)).startswith("The first cut of this run: 0.4 × 0.5 = 0.2. Cut by cut: 0.4 →")
    small = LESSON.having(alpha=0.001, factor=0.1, min_lr=0)
    assert "from 0.001 to 1e-4" in reduced(small, simulate(small))
    question = which_rate(small)
    assert question.choices[question.right] == "1e-4" and "0.01" in question.choices
    for changes in ({"factor": 0.9}, {"factor": 0.5}, {"min_lr": 0.39}, {"factor": 0.05}):
        question = which_rate(LESSON.having(**changes))
        assert len(set(question.choices)) == 3


def test_the_noise_floor_is_that_of_the_formula_on_the_page():
    base = Scenario(alpha=0.2, noise=1, steps=20_000, values={"kappa": 3})
    for alpha in (0.2, 0.1):
        run = simulate(base.having(alpha=alpha))
        floor = sum(alpha / (2 * (2 - alpha * curvature)) for curvature in (1, 3))
        assert np.mean(run.loss[1000:]) == pytest.approx(floor, rel=0.1)


def test_the_predicted_floor_is_near_the_measured_means():
    """Over many noises: the mean loss in the second half of a long run at one rate."""
    base = LESSON.having(schedule="constant", steps=4000)
    for rate in (0.4, 0.1):
        run = simulate(base.having(alpha=rate))
        assert predicted_floor(LESSON, rate) == pytest.approx(np.mean(run.loss[2000:]), rel=0.2)
    assert predicted_floor(LESSON.having(optimizer="adam"), 0.1) is None
    assert predicted_floor(plateau("zigzag"), 0.1) is None and predicted_floor(LESSON, 1.0) is None


CASES = [LESSON, *(plateau(case) for case in ("zigzag", "shelf"))]


@pytest.mark.parametrize("scenario", [*CASES, LESSON.having(framework="pytorch")], ids=lambda one: one.surface_row.key)
def test_a_callback_that_forgot_cuts_later_and_the_weights_go_on(scenario):
    """The fresh rule as a loop of its own over the losses that the resumed run has."""
    run = simulate(scenario)
    found, texts = forgotten(scenario)
    cut, length = int(run.cuts[0]), scenario.steps_per_epoch
    assert found.epoch * length == cut - length
    np.testing.assert_array_equal(found.run.x[: cut + 1], run.x[: cut + 1])
    keras = scenario.framework == "keras"
    best, wait, rate, cuts = None if keras else np.inf, 0, scenario.alpha, []
    for epoch in range(found.epoch + 1, scenario.steps // length + 1):
        steps = slice((epoch - 1) * length, epoch * length)
        np.testing.assert_allclose(found.run.learning_rate[steps], rate, rtol=1e-12)
        now = found.run.loss[steps].mean() if scenario.monitor == "loss" else found.run.loss[epoch * length]
        bar = np.inf if best is None else best - scenario["min_delta"] if keras else best * (1 - scenario["threshold"])
        better = best is None or now < bar
        best, wait = (now, 0) if better else (best, wait + 1)
        if wait >= scenario["patience"] + (not keras) and rate > scenario["min_lr"]:
            rate, wait = max(rate * scenario["factor"], scenario["min_lr"]), 0
            cuts.append(epoch * length)
    assert found.cuts == tuple(cuts) and cuts[0] > cut
    assert f"and {found.wait} epoch" in texts[1] and f"the cut comes after step {cuts[0]}, " in texts[1]
    assert texts[0].endswith(f"the cut still comes after step {cut}.")


def test_a_run_without_a_cut_has_nothing_to_forget():
    assert forgotten(LESSON.having(patience=200)) == (None, ())
    assert forgotten(LESSON.having(warmup_steps=20))[0] is None
