"""Recorded values, replayed."""

from __future__ import annotations

import numpy as np

import lrviz
from lrviz import History
from lrviz.replay.findings import find

SHOWN = [0.5, 0.45, 0.455, 0.452, 0.451, 0.45, 0.43]


def replayed(values, framework="keras", monitor="val_loss", **knobs):
    return lrviz.replay(History(np.array(values, float), monitor), framework=framework, **knobs)


def found(values, framework="keras", **knobs):
    """The findings by their kind."""
    return {finding.key: finding for finding in find(replayed(values, framework, **knobs), framework)}
