"""How far a replay is true."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import lrviz
from lrviz import History
from lrviz.replay import report
from lrviz.replay.reading import read
from tests.replay.recorded import SHOWN, replayed

HISTORIES = Path(__file__).parent / "histories"


def test_a_replay_is_true_until_the_rates_part():
    assert replayed(SHOWN, patience=3).valid_until("keras") == 5
    assert replayed(SHOWN, patience=10).valid_until("keras") is None
    recorded = History(np.array(SHOWN), rates=np.array([1e-3] * 5 + [5e-4] * 2))
    made = lrviz.replay(recorded, patience=3, factor=0.5)
    assert made.valid_until("keras") is None and made.valid_until("pytorch") == 5
    assert "would have been others" in report.as_text(made)


def test_the_log_of_a_real_training_is_retraced():
    """Recorded with patience 1 and min_delta 0.3, in float32."""
    history = read((HISTORIES / "keras_csv_logger.csv").read_bytes())
    made = lrviz.replay(history, patience=1, min_delta=0.3, float32=True)
    np.testing.assert_array_equal(made.used_rates("keras"), history.rates)
    assert made.valid_until("keras") is None and made.decisions["keras"].cut.sum() > 2
    assert lrviz.replay(history, patience=3, min_delta=0.3, float32=True).valid_until("keras") == 4
