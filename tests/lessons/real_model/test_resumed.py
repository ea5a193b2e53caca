"""Stopped and resumed: how often the rate is cut, counted in the log."""

from __future__ import annotations

import pytest

from lrviz.knob import digits
from lrviz.lessons.real_model import in_one_go
from lrviz.training import train
from tests.lessons.real_model.recomputed import CASES, FIRST, LESSON, text_of, val_loss


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
