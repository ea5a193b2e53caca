"""Keras and PyTorch with the same numbers."""

from __future__ import annotations

import pytest

from lrviz import simulate
from lrviz.lessons.stuck import against, rival
from tests.lessons.stuck.runs import PLATEAUS, plateau


@pytest.mark.parametrize("key", PLATEAUS)
def test_keras_and_pytorch_with_the_same_numbers_are_one_epoch_apart(key):
    keras = plateau(key)
    pytorch = keras.having(**rival(keras))
    assert pytorch["threshold"] == keras["min_delta"] and pytorch["threshold_mode"] == "abs"
    assert pytorch.having(**rival(pytorch)) == keras
    first = [simulate(one).cuts[0] // one.steps_per_epoch for one in (keras, pytorch)]
    text = " ".join(against(keras, pytorch))
    assert first[1] == first[0] + 1
    assert f"Keras's first cut is in epoch {first[0]}, PyTorch's in epoch {first[1]}: 1 epoch later." in text
