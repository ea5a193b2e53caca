"""What lesson 7 says of its trainings: each number of a sentence is computed anew, from the weights and the log."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz.analysis.sentences import sentences
from lrviz.figures.lessons.real_model import curves_figure
from lrviz.knob import digits, read
from lrviz.lessons import LESSONS
from lrviz.lessons.real_model import (
    JOBS,
    LOSSES,
    SEEDS,
    STARTS,
    ends_of_seeds,
    ends_of_starts,
    in_one_go,
    jobs,
    kinds,
    side_by_side,
    stepped,
    story,
    wins,
)
from lrviz.lessons.trained import MOST_WEIGHTS, trained
from lrviz.training import Training, Trial, train

ROOT = Path(__file__).parents[2]
LESSON = LESSONS["real_model"]
FIRST = LESSON.race.first
CASES = {case: LESSON.case_race(case).first for case in LESSON.cases}


def text_of(training: Training) -> str:
    return " ".join(sentences(story(training)))


def numbers(text: str, pattern: str) -> list[float]:
    found = re.search(pattern, text)
    assert found, (pattern, text)
    return [read(group) for group in found.groups()]


def loss_of(training: Training, weights: np.ndarray, rows: np.ndarray) -> float:
    """The mean loss of these rows, by numpy."""
    outputs = training.shape.at(weights, training.split.x[rows])
    return float(training.shape.losses(outputs, training.y[rows], np).mean())


def val_loss(training: Training) -> float:
    """At the end, from the last weights."""
    return loss_of(training, train(training).final, training.split.validation)


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


def test_stopped_and_resumed_the_cut_never_comes():
    resumed = CASES["resumed"]
    whole = train(in_one_go(resumed))
    assert whole.training == FIRST and len(whole.cuts) == 4 and len(train(resumed).cuts) == 0
    text = text_of(resumed)
    assert f"In one go the rate is cut 4 times, and val_loss ends at {digits(val_loss(FIRST))}." in text
    assert f"Resumed every 8 epochs it is never cut, and val_loss ends at {digits(val_loss(resumed))}." in text
    assert "In 8 epochs it counts to 7 at most, and patience is 10: no cut can come." in text
    question = LESSON.prediction(resumed)
    assert question.choices[question.right] == "Never"


@pytest.mark.parametrize("restart", range(2, 14))
@pytest.mark.parametrize("patience", [2, 6, 10])
def test_no_cut_can_come_is_said_only_where_none_can(restart, patience):
    training = CASES["resumed"].having(restart=restart, patience=patience)
    history, text = train(training), text_of(training)
    longest = int(history.log.wait.max())
    assert ("no cut can come" in text) == (restart - 1 < patience)
    assert longest <= restart - 1
    if "no cut can come" in text:
        assert not len(history.cuts)
    question = LESSON.prediction(training)
    cuts, whole = len(history.cuts), len(train(in_one_go(training)).cuts)
    assert question.right == (0 if cuts >= whole else 1 if cuts else 2)


def test_what_is_never_stopped_is_not_said_to_be():
    whole = LESSON.preset_race("resumed", LESSON.cases["resumed"].presets[0]).first
    assert text_of(whole).endswith("100 epochs are all there are: it is not stopped.")


def test_stepped_once_a_batch_the_floor_comes_after_the_first_epoch():
    training = CASES["batch"]
    by_batch, by_epoch = (train(stepped(training, how)) for how in ("batch", "epoch"))
    assert by_batch.log.learning_rate[0] == pytest.approx(training["min_lr"], rel=1e-9)
    assert by_epoch.log.rate[40] == 0.1
    text = text_of(training)
    ends = (val_loss(by_batch.training), val_loss(by_epoch.training))
    assert numbers(text, r"after epoch (\d+), and val_loss ends at (\S+)\.") == [1, pytest.approx(ends[0], rel=6e-3)]
    assert numbers(text, r"patience (\d+) lasts \1 epochs: the rate ends at (\S+), and val_loss at (\S+)\.") == [
        10, pytest.approx(by_epoch.log.learning_rate[-1], rel=6e-3), pytest.approx(ends[1], rel=6e-3),
    ]  # fmt: skip
    assert f"An epoch has {training.steps_per_epoch} batches" in text and "patience 10 lasts 0.227 epochs" in text
    question = LESSON.prediction(training)
    assert question.choices[question.right] == "After the first epoch"


def test_convex_models_end_in_one_loss_and_a_network_does_not():
    training = CASES["starts"]
    text = text_of(training)
    for kind, one in kinds(training).items():
        ends = ends_of_starts(one)
        assert len(ends) == STARTS and (np.diff(ends) >= 0).all()
        seeds = (0, 3, 11)
        alone = [train(one.having(seed=seed)) for seed in seeds]
        for history in alone:
            assert np.abs(ends - history.log.loss[-1]).min() < 1e-9
        name = one.model_row.name
        if kind == "network":
            low, high, near = numbers(
                text, rf"{name}: 64 starts end between (\S+) and (\S+) .cross-entropy., (\d+) of them"
            )
            assert (low, high) == (pytest.approx(ends[0], rel=6e-3), pytest.approx(ends[-1], rel=6e-3))
            assert near == sum(end <= 1.05 * ends[0] for end in ends) and high > 2 * low
        else:
            assert (
                f"{name}: 64 starts end at {digits(ends[0])} ({LOSSES[one.shape.loss]}), no further apart than 1e-12"
                in text
            )
            assert one.shape.loss == ("squared_error" if kind == "linear" else "binary")
            assert ends[-1] - ends[0] <= 1e-12
            assert max(history.log.gradient_norm[-1] for history in alone) < 1e-9, "there is no slope left"
            starts = [loss_of(one, one.having(seed=seed).initial, one.split.train) for seed in seeds]
            assert np.ptp(starts) > 0.1, "they do begin at different losses"


def test_the_numbers_beside_the_curves_are_the_heights_that_they_stand_at():
    axis = curves_figure({name: train(job) for name, job in jobs(FIRST).items()}).layout.yaxis
    written = np.array([read(text) for text in axis.ticktext])
    np.testing.assert_allclose(written, axis.tickvals, rtol=1e-12)
    assert np.sum((np.log10(written) >= axis.range[0]) & (np.log10(written) <= axis.range[1])) >= 2


@pytest.mark.parametrize("case", CASES)
def test_the_check_is_answered_by_training(case):
    for question in LESSON.check(CASES[case]):
        assert len(set(question.choices)) == len(question.choices) and question.tries is not None
        right = question.choices[question.right]
        cuts = len(train(question.tries).cuts)
        if "cut?" in question.text:
            assert right == str(cuts)
        elif "look at" in question.text:
            assert right == f"{question.tries.steps if case == 'batch' else question.tries.epochs} times"
        elif "With patience" in question.text:
            before = len(train(CASES[case]).cuts)
            assert right == ("Fewer" if cuts < before else "More" if cuts > before else "As many")
        else:
            assert case == "starts"


@pytest.mark.parametrize("case", CASES)
def test_each_case_and_its_presets_stay_that_case(case):
    for preset in LESSON.cases[case].presets:
        trial = LESSON.preset_race(case, preset)
        assert LESSON.case(trial.first) == case and not LESSON.lacks(trial)
        assert text_of(trial.first)
        assert trial.first in side_by_side(trial.first).values() or case in ("starts", "callback")


def test_the_presets_of_the_jobs_are_the_jobs():
    one, two, _ = LESSON.cases["callback"].presets
    assert [LESSON.preset_race("callback", preset).first for preset in (one, two)] == [
        jobs(FIRST)[key].having(alpha=round(float(jobs(FIRST)[key].alpha), 6)) for key in ("one", "two")
    ]


def test_a_training_that_is_none_of_the_lesson_is_never_made(monkeypatch):
    """Not even where its case was predicted before: it may take minutes, and the page waits for it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    at.switch_page("pages/lessons/real_model.py")
    at.run()
    at.button(key="predict_real_model_0").click().run()
    long = Trial(FIRST.having(data="digits", layers="64,64", epochs=500))
    at.session_state["lab"].take(long)
    made: list[Training] = []
    monkeypatch.setattr("lrviz.ui.training.lesson.trained", lambda training, sharpness: made.append(training))
    at.run()
    assert not at.exception and not made
    assert any("two classes" in warning.value for warning in at.warning)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"data": "digits"}, "two classes"), ({"data": "line"}, "two classes"), ({"schedule": "cosine"}, "no callback"),
        ({"validation": 0, "monitor": "loss"}, "No row validates"), ({"layers": "64,64"}, "too long"),
    ],
)  # fmt: skip
def test_what_a_link_may_not_take_away(changes, why):
    assert why in LESSON.lacks(Trial(FIRST.having(**changes)))
    assert not LESSON.lacks(LESSON.race)


def test_what_is_remembered_of_a_large_training_is_what_its_player_is_sent():
    large = Training(model="network", epochs=60, values={"layers": "64,64", "rows": 20})
    history = trained(large)
    assert history.weights.size <= MOST_WEIGHTS < 60 * large.shape.weights
    np.testing.assert_array_equal(history.final, train(large).final)
    assert history.weight_epochs[[0, -1]].tolist() == [0, 60]
