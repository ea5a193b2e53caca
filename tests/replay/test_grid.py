"""The map of a replay over patience and tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.replay.grid import grid
from lrviz.replay.prepared import PREPARED
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES


@pytest.mark.parametrize("framework", RULES)
@pytest.mark.parametrize("changes", [{}, {"resume_after": 30, "rate": 0.01, "min_lr": 1e-4, "accumulation_size": 2}])
def test_each_cell_of_the_map_is_a_replay_of_its_own(framework, changes):
    noisy = PREPARED["noisy"].replay
    replay = Replay(noisy.history, noisy.settings.having(**changes))
    made = grid(replay, framework)
    for row, patience in enumerate(made.patiences):
        for column, tolerance in enumerate(made.tolerances):
            other = Replay(replay.history, replay.settings.having(patience=patience, **{made.tolerance: tolerance}))
            at = np.flatnonzero(other.decisions[framework].cut)
            assert made.cuts[row, column] == at.size
            assert made.first[row, column] == (at[0] + 1 if at.size else 0)
    assert made.patiences[made.mine[0]] == replay.settings["patience"]
    assert made.tolerances[made.mine[1]] == replay.settings[made.tolerance]
