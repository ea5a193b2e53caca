"""A scheduler that is stepped once a batch, beside one that is stepped once an epoch."""

from __future__ import annotations

import pytest

from lrviz.lessons.real_model import stepped
from lrviz.training import train
from tests.lessons.real_model.recomputed import CASES, LESSON, numbers, text_of, val_loss


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
