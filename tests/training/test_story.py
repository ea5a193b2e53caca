"""What is said of a training is computed from it."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.cli import main
from lrviz.knob import BadInput
from lrviz.training import DATA, Training, train
from lrviz.training.loop import untrained
from lrviz.training.story import MOST_CUTS, story_of

PLATEAU = Training(
    "moons", "network", "adam", alpha=0.03, schedule="plateau", epochs=60, values={"factor": 0.2, "patience": 10}
)


def text_of(training: Training) -> str:
    return " ".join(sentence.text for sentence in story_of(train(training)))


def test_best_gap_and_cuts_are_the_trainings_own():
    history = train(PLATEAU)
    best, gap, cuts = story_of(history)
    assert best.epoch == 1 + np.argmin(history.log.val_loss)
    assert best.text.startswith(f"val_loss is lowest after epoch {best.epoch}, ") and "worse than it was" in best.text
    assert gap.epoch == 60 and "overfitting" in gap.text
    assert cuts.epoch == history.cuts[0] and all(f"{cut} (to" in cuts.text for cut in history.cuts.tolist())
    assert cuts.text.endswith("no cut brought a better value.") == (not history.log.improved[history.cuts[0] :].any())


def test_many_cuts_are_counted():
    history = train(PLATEAU.having(patience=1, epochs=80))
    assert len(history.cuts) > MOST_CUTS
    assert f"and {len(history.cuts) - MOST_CUTS} more" in story_of(history)[-1].text


def test_a_training_that_breaks_says_where_and_nothing_of_a_best():
    training = Training("line", alpha=1e5, epochs=40)
    history = train(training)
    (sentence,) = story_of(history)
    assert f"in step {history.broke}, in epoch {sentence.epoch}:" in sentence.text
    steps = training.steps_per_epoch
    assert (sentence.epoch - 1) * steps < history.broke <= sentence.epoch * steps


def test_early_stopping_and_a_training_that_may_fall_further_are_told():
    assert "Early stopping ended it after epoch" in text_of(PLATEAU.having(stop_patience=5))
    assert "it may fall further" in text_of(Training("groups", epochs=5))
    assert "never stood still" in text_of(Training("groups", schedule="plateau", epochs=5))
    assert story_of(untrained(PLATEAU)) == []


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("validation", [0.3, 0])
def test_each_data_set_has_a_story_of_plain_sentences(data, validation):
    for sentence in story_of(train(Training(data, epochs=3, validation=validation, schedule="plateau"))):
        assert sentence.text.endswith(".") and "nan" not in sentence.text
        assert sentence.epoch is None or 1 <= sentence.epoch <= 3


def test_sharpness_counts_as_work(capsys):
    training = Training("digits", "network", epochs=60, values={"layers": "64,64"})
    training.check_sharpness(0)
    with pytest.raises(BadInput, match="with their sharpness is"):
        training.check_sharpness(1)
    training.check_sharpness(60)
    with pytest.raises(BadInput, match="with their sharpness"):
        train(training, sharpness=1)
    command = ["train", "--data=digits", "--model=network", "--layers=64,64", "--epochs=60", "--sharpness"]
    assert main(command) == 2 and "sharpness" in capsys.readouterr().err
