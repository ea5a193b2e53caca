"""The edge of stability: the sharpness is computed anew from the Hessian, and what the lesson says of it holds."""

from __future__ import annotations

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz.analysis.sentences import sentences
from lrviz.analysis.sharpening import TOLERANCE, stretches
from lrviz.figures.lessons.edge_of_stability import rates_figure
from lrviz.lessons import LESSONS
from lrviz.lessons import edge_of_stability as lesson
from lrviz.lessons.trained import trained
from lrviz.training import Training, Trial
from tests.charts import checked

LESSON = LESSONS["edge_of_stability"]
SHOWN = {
    (case, label): trial
    for case, row in LESSON.cases.items()
    for label, trial in [
        ("", LESSON.case_race(case)),
        *((preset.label, LESSON.preset_race(case, preset)) for preset in row.presets),
    ]
}


def largest(training: Training, weights: np.ndarray) -> float:
    """The largest eigenvalue of the whole Hessian of the training loss: no power method, no Lanczos."""
    split, shape = training.split, training.shape
    x, y = jnp.asarray(split.x[split.train]), jnp.asarray(training.y[split.train])

    def loss(flat):
        return shape.losses(shape.outputs(shape.unpack(flat), x), y).mean()

    return float(np.linalg.eigvalsh(jax.hessian(loss)(jnp.asarray(weights)))[-1])


def test_the_sharpness_that_is_told_is_that_of_the_whole_hessian():
    training = LESSON.race.first
    history = trained(training, lesson.OFTEN)
    (part,) = lesson.parts(training)
    late = history.sharpness[-part.counted :] * training.alpha
    assert part.counted == 375 and len(history.sharpness) == lesson.EPOCHS
    np.testing.assert_allclose([part.mean, part.spread], [late.mean(), late.std()])
    for epoch in history.weight_epochs[[50, -1]].tolist():
        np.testing.assert_allclose(
            history.sharpness[epoch - 1], largest(training, history.weights_at(epoch)), rtol=2e-3
        )
    first = 1 + int(np.flatnonzero(history.sharpness * training.alpha >= 2)[0])
    assert part.reached == first and part.edge == pytest.approx(2 / 0.15)


def test_a_rate_that_changes_makes_stretches():
    """Ten epochs at 1, then eight at 0.5: the edge goes from 2 to 4."""
    rate = np.array([1.0] * 10 + [0.5] * 8)
    sharpness = np.array([1.0] * 4 + [2.0] * 6 + [3.0] * 5 + [4.5, 3.9, 4.1])
    one, two = stretches(rate, sharpness, 2.0)
    assert (one.begin, one.end, one.reached, one.edge, one.first) == (1, 10, 5, 2.0, 1.0)
    assert (one.counted, one.mean, one.spread, one.where) == (2, 2.0, 0.0, "hovers")
    assert (two.begin, two.end, two.reached, two.edge, two.first) == (11, 18, 16, 4.0, 3.0)
    assert (two.counted, two.mean, two.height) == (2, pytest.approx(2.0), pytest.approx(4.0))
    assert stretches(rate, 0.5 * sharpness, 2.0)[0].where == "below"
    assert stretches(rate, 2 * sharpness, 2.0)[1].where == "above"
    gone = stretches(rate, np.append(sharpness[:-1], np.inf), 2.0)[1]
    assert gone.where == "gone" and np.isnan(gone.height)
    seldom = np.where(np.arange(18) % 2, sharpness, np.nan)
    assert stretches(rate, seldom, 2.0)[1].reached == 16


@pytest.mark.parametrize(
    ("case", "label", "height"),
    [
        ("kept", "", 13.333), ("kept", "A smaller rate", 20), ("kept", "Twice the rate", 6.667), ("cut", "", 11.111),
        ("cut", "A small cut", 8.889), ("cut", "Raise it", 13.333), ("momentum", "", 16),
        ("momentum", "Less momentum", 14.667), ("momentum", "More momentum", 17.333),
    ],
)  # fmt: skip
def test_the_sharpness_comes_to_the_edge(case, label, height):
    """2/alpha, and (2 + 2 mu)/alpha with momentum."""
    last = lesson.parts(SHOWN[case, label].first)[-1]
    assert last.edge == pytest.approx(height, rel=1e-3) and last.height == pytest.approx(height, rel=0.05)
    question = lesson.predict(SHOWN[case, label].first)
    (number,) = re.findall(r"About ([\d.]+)", question.choices[question.right])
    assert float(number) == pytest.approx(height, rel=0.005)


def test_the_presets_do_what_they_say():
    def last(case, label):
        return lesson.parts(SHOWN[case, label].first)[-1]

    assert last("kept", "A smaller rate").reached > last("kept", "").reached
    assert last("kept", "Twice the rate").reached == 1, "it is past the edge, and comes down"
    assert last("kept", "Too large").where == "gone"
    small, own, half = (last("cut", label).reached for label in ("A small cut", "", "Cut by half"))
    assert 200 < small < own < half - 300
    assert last("cut", "Raise it").reached == 1001
    heights = [last("momentum", label).height for label in ("Less momentum", "", "More momentum")]
    assert 2 / 0.15 < heights[0] < heights[1] < heights[2]


@pytest.mark.parametrize(("case", "label"), SHOWN)
def test_what_is_said_holds(case, label):
    training = SHOWN[case, label].first
    assert LESSON.lacks(SHOWN[case, label]) == "" and LESSON.case_of(training) == case
    history, sentences = trained(training, lesson.OFTEN), lesson.story(training)
    text = " ".join(sentence.text for sentence in sentences)
    rate, sharpness = history.log.rate, history.sharpness
    limit = 2 + 2 * float(training["momentum"] or 0)
    assert all(1 <= sentence.epoch <= lesson.EPOCHS for sentence in sentences)
    assert ("flies off" in text) == (history.broke is not None)
    if history.broke is not None:
        assert f"In step {history.broke} the numbers" in text
        return
    turn = int(np.flatnonzero(np.diff(rate))[0]) + 1 if len(set(rate)) > 1 else 0
    there = np.flatnonzero(sharpness[turn:] * rate[turn:] >= limit)
    if "epochs later" in text:
        assert f"there {1 + there[0]} epochs later" in text
    elif not turn and "after epoch" in text:
        assert f"after epoch {1 + there[0]}." in text
    assert ("does not get there" in text) == (not len(there))
    count = (len(rate) - turn) // 4
    late = sharpness[-count:] * rate[-1]
    stated = re.findall(r"last (\d+) epochs of this rate, sharpness × α is ([\d.]+) in the mean \(± ([\d.]+)\)", text)
    assert len(stated) == 1 + bool(turn)
    np.testing.assert_allclose(np.array(stated[-1], float), [count, late.mean(), late.std()], rtol=0.01)
    assert text.count("stays at the edge") == len(stated) - (abs(late.mean() / limit - 1) > TOLERANCE)
    loss = history.log.loss[-count:]
    rises = int((np.diff(loss) > 0).sum())
    assert (f"In {rises} of these" in text) == bool(rises) and loss[-1] < loss[0]


def test_the_check_is_graded_by_training():
    training = LESSON.race.first
    twice, batches, up = LESSON.check(training)
    assert twice.tries.alpha == 2 * training.alpha and twice.choices[twice.right] == "About 6.67 = 2/α"
    few = trained(batches.tries, lesson.SELDOM)
    assert batches.tries.batch == lesson.BATCH
    assert np.nanmean(few.sharpness[-375:]) * training.alpha < 2 * (1 - TOLERANCE) and batches.right == 0
    rises = int((np.diff(trained(training, lesson.OFTEN).log.loss[-375:]) > 0).sum())
    assert up.right == 1 and str(rises) in up.because
    gone = LESSON.check(SHOWN["kept", "Too large"].first)[2]
    assert "no numbers" in gone.because


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_many_rates_are_drawn_with_their_edge(theme, monkeypatch):
    monkeypatch.setattr(lesson, "RATES", (0.1, 0.2, 0.8))
    rows = [lesson.at_rate(rate) for rate in (0.1, 0.2, 0.8)]
    found = lesson.measured(rows)
    (text,) = sentences([lesson.judged(found)])
    assert text == "Of 3 rates 2 end within 10% of 2/α, 0 lower, 0 higher; 1 flew off."
    figure = checked(rates_figure(found, lesson.parts(LESSON.race.first)[-1], theme))
    by_name = {trace.name: trace for trace in figure.data}
    np.testing.assert_allclose(by_name["last quarter"].y, [20, 10], rtol=0.05)
    np.testing.assert_allclose(np.multiply(by_name["the edge, 2/α"].x, by_name["the edge, 2/α"].y), 2)
    assert len(by_name["first epochs"].x) == 3 and len(by_name["on the stage"].x) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "logistic"}, {"optimizer": "adam"}, {"schedule": "plateau"}, {"schedule": "cosine"},
        {"stop_patience": 3}, {"warmup_steps": 9}, {"epochs": 20}, {"layers": "24,24"}, {"clipnorm": 1.0},
        {"schedule": "multi_step", "milestones": "1490"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_none_of_this_lesson(changes):
    trial = LESSON.race.having(**changes)
    assert LESSON.lacks(trial)
    assert not LESSON.lacks(LESSON.race) and LESSON.lacks(Trial(LESSON.race.first))
