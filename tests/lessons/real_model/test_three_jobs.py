"""The callback beside two constant rates, computed anew from the weights and the log."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.figures.lessons.real_model import curves_figure
from lrviz.knob import read
from lrviz.lessons.real_model import JOBS, ends_of_seeds, jobs, wins
from lrviz.lessons.real_model.three_jobs import SEEDS
from lrviz.training import train
from tests.charts import checked
from tests.lessons.real_model.recomputed import FIRST, LESSON, loss_of, numbers, text_of, val_loss


def test_the_three_jobs_of_the_forum():
    one, two, callback = jobs(FIRST).values()
    assert (one.alpha, two.alpha, callback.alpha) == (0.1, pytest.approx(0.01), 0.1)
    assert (one.schedule, two.schedule) == ("constant", "constant") and callback == FIRST
    ends = [val_loss(job) for job in (one, two, callback)]
    assert numbers(text_of(FIRST), r"ends at (\S+) in job 1, at (\S+) in job 2, and at (\S+) with") == [
        pytest.approx(end, rel=6e-3) for end in ends
    ]
    question = LESSON.prediction(FIRST)
    assert question.right == int(np.argmin(ends)) and list(question.choices) == list(JOBS.values())
    assert "rate 0.1, job 2 keeps 0.01" in question.text


def test_a_cut_calms_val_loss():
    history = train(FIRST)
    cut, before, epochs, after = numbers(
        text_of(FIRST),
        r"first cut comes after epoch (\d+).*moved by (\S+) in the (\d+) epochs before it, and by (\S+) in",
    )
    held = FIRST.split.validation
    at = [loss_of(FIRST, weights, held) for weights in history.weights]  # after epoch 0, 1, 2, ...
    cut, epochs = int(cut), int(epochs)
    assert cut == history.cuts[0]
    assert before == pytest.approx(np.mean(np.abs(np.diff(at[cut - epochs : cut + 1]))), rel=6e-3)
    assert after == pytest.approx(np.mean(np.abs(np.diff(at[cut : cut + epochs + 1]))), rel=6e-3)
    assert after < before / 10


def test_other_seeds_are_counted():
    ends = ends_of_seeds(FIRST)
    three = jobs(FIRST)
    for seed in (0, 7, SEEDS - 1):
        for key, job in three.items():
            assert ends[key][seed] == pytest.approx(val_loss(job.having(seed=seed)), rel=1e-6)
    lowest = [min(JOBS, key=lambda key: ends[key][seed]) for seed in range(SEEDS)]
    assert wins(ends) == {key: lowest.count(key) for key in JOBS}
    often = lowest.count("callback")
    assert f"With {SEEDS} seeds the callback ends lowest {often} times, job 1 once and job 2 never." in text_of(FIRST)
    assert often > SEEDS / 2, "what the closing page says"


def test_the_numbers_beside_the_curves_are_the_heights_that_they_stand_at():
    axis = checked(curves_figure({name: train(job) for name, job in jobs(FIRST).items()})).layout.yaxis
    written = np.array([read(text) for text in axis.ticktext])
    np.testing.assert_allclose(written, axis.tickvals, rtol=1e-12)
    assert np.sum((np.log10(written) >= axis.range[0]) & (np.log10(written) <= axis.range[1])) >= 2


def test_the_presets_of_the_jobs_are_the_jobs():
    one, two, _ = LESSON.cases["callback"].presets
    assert [LESSON.preset_race("callback", preset).first for preset in (one, two)] == [
        jobs(FIRST)[key].having(alpha=round(float(jobs(FIRST)[key].alpha), 6)) for key in ("one", "two")
    ]
