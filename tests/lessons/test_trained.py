"""What is remembered of a lesson's training."""

from __future__ import annotations

import numpy as np

from lrviz.lessons.trained import MOST_WEIGHTS, trained
from lrviz.training import Training, train


def test_what_is_remembered_of_a_large_training_is_what_its_player_is_sent():
    large = Training(model="network", epochs=60, values={"layers": "64,64", "rows": 20})
    history = trained(large)
    assert history.weights.size <= MOST_WEIGHTS < 60 * large.shape.weights
    np.testing.assert_array_equal(history.final, train(large).final)
    assert history.weight_epochs[[0, -1]].tolist() == [0, 60]
