"""Where many first weights end, each trained alone too."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.knob import digits
from lrviz.lessons.real_model import ends_of_starts, kinds
from lrviz.lessons.real_model.starts import LOSSES, STARTS
from lrviz.training import train
from tests.lessons.real_model.recomputed import CASES, loss_of, numbers, text_of


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
