"""A run with cuts as a chain of jobs: what is handed on decides whether the chain retraces it."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.lessons import LESSONS
from lrviz.lessons.hyperparameter import (
    MOST_JOBS,
    chain,
    compared,
    does_it_retrace,
    how_many_jobs,
    jobs,
    last_rate,
    measured,
    one_setting,
)
from lrviz.simulation import noise, retrace

LESSON = LESSONS["hyperparameter"].race.first


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("sigma", [0, 1])
def test_for_plain_descent_both_chains_are_the_run_to_the_last_digit(framework, sigma):
    links = chain(LESSON.having(optimizer="gradient_descent", framework=framework, noise=sigma, alpha=0.2, steps=300))
    assert len(links.jobs) >= 2
    for other in (links.handed_on, links.fresh):
        assert links.apart(other) == 0
        np.testing.assert_array_equal(other.loss, links.run.loss)
        np.testing.assert_array_equal(other.learning_rate, links.run.learning_rate)
        assert not other.plateau


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_with_a_state_only_the_chain_that_hands_it_on_is_the_run(optimizer, framework):
    links = chain(LESSON.having(optimizer=optimizer, framework=framework, noise=0.5))
    first = links.jobs[0].end
    assert links.apart(links.handed_on) == 0
    assert links.apart(links.fresh) > 0.1
    assert links.parts(links.fresh) == first + 1
    np.testing.assert_array_equal(links.fresh.x[: first + 1], links.run.x[: first + 1])


def test_momentum_by_hand_agrees_with_the_fresh_chain():
    """The rule of Keras, written out: v <- 0.9 v - lr g, and v = 0 at the begin of each job."""
    links = chain(LESSON)
    x, ends = np.array(LESSON.start, float), {job.begin: job.rate for job in links.jobs}
    for k in range(LESSON.steps):
        if k in ends:
            rate, v = ends[k], np.zeros(2)
        v = 0.9 * v - rate * x * (1, 10)
        x = x + v
        np.testing.assert_allclose(links.fresh.x[k + 1], x, rtol=1e-9, atol=1e-12)


def test_noise_goes_on_where_it_was():
    scenario = Scenario(noise=1, steps=7, alpha=0.1)
    run = simulate(scenario)
    rest = retrace(scenario, np.full(3, 0.1), run.x[4], after=4)
    np.testing.assert_array_equal(rest.x, run.x[4:])
    np.testing.assert_array_equal(noise(3, 9)[:5], noise(3, 5))


def test_jobs_cover_the_run():
    links = chain(LESSON)
    assert [job.begin for job in links.jobs] == [0, *links.run.cuts.tolist()]
    assert links.jobs[-1].end == LESSON.steps
    assert jobs(simulate(LESSON.having(schedule="constant")))[0].steps == LESSON.steps


def test_a_run_that_flies_off_and_one_of_too_many_jobs_are_results():
    far = chain(LESSON.having(optimizer="gradient_descent", alpha=9, factor=0.9, min_lr=5, steps=800))
    assert far.run.diverged and len(far.jobs) > 1
    assert far.apart(far.handed_on) == far.apart(far.fresh) == 0
    many = chain(LESSON.having(patience=0, min_lr=0, steps=600))
    assert len(many.jobs) > MOST_JOBS and many.fresh is None
    assert "too many" in measured(many)[0]
    assert does_it_retrace(LESSON.having(patience=0, min_lr=0, steps=600)).right == 1


def test_the_words_and_questions_are_about_the_run():
    links = chain(LESSON)
    assert one_setting(LESSON, links).startswith("This run used the rates 0.2, 0.1, 0.05")
    assert "Four values were fixed before the run: learning rate 0.2" in one_setting(LESSON, links)
    assert "patience 5" in one_setting(LESSON, links)
    question = how_many_jobs(LESSON)
    assert question.choices[question.right] == str(len(links.run.cuts) + 1)
    question = last_rate(LESSON)
    assert question.choices[question.right] == "0.01"
    assert len(set(last_rate(LESSON.having(schedule="plateau", patience=200)).choices)) == 3
    assert does_it_retrace(LESSON).right == 1
    assert does_it_retrace(LESSON, optimizer="gradient_descent").right == 0


def test_cases_and_presets_hold_what_they_say():
    """With plain descent both chains are the run, with a memory the fresh jobs are not."""
    lesson = LESSONS["hyperparameter"]
    for key, case in lesson.cases.items():
        for race in (lesson.case_race(key), *(lesson.preset_race(key, preset) for preset in case.presets)):
            links = chain(race.first)
            assert len(links.jobs) >= 3 and links.apart(links.handed_on) == 0
            assert (links.apart(links.fresh) == 0) if key == "gradient_descent" else (links.apart(links.fresh) > 0.1)
            assert bool(compared(links)) == (key != "gradient_descent")
        few = next(preset for preset in case.presets if preset.label == "Factor 0.1")
        assert len(chain(lesson.preset_race(key, few).first).jobs) < len(chain(lesson.case_race(key).first).jobs)
    adam = chain(LESSON.having(optimizer="adam"))
    for job in adam.jobs[1:]:  # the first step of a fresh Adam is as long as the rate, on each axis
        np.testing.assert_allclose(np.abs(adam.fresh.dx[job.begin]), job.rate, rtol=0.01)


def test_a_restart_helps_in_the_opening_run_and_harms_at_a_small_rate():
    lesson = LESSONS["hyperparameter"]
    opening = chain(LESSON)
    assert opening.fresh.loss[-1] < opening.run.loss[-1] / 100 and "end lower" in compared(opening)
    small = chain(lesson.preset_race("momentum", lesson.cases["momentum"].presets[0]).first)
    assert small.fresh.loss[-1] > 100 * small.run.loss[-1] and "end higher" in compared(small)


def test_stairs_of_a_run_are_its_rates():
    run = simulate(LESSON)
    for job in jobs(run):
        assert set(run.learning_rate[job.begin : job.end]) == {job.rate}
        assert job.start == tuple(run.x[job.begin])
    assert sum(job.steps for job in jobs(run)) == run.steps
