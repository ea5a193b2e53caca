"""A run with plateau cuts as a chain of jobs with constant rates, one after the other. Pure.

jobs(run) -> the jobs; chained(scenario) -> the runs of the chain, each job started where the last one ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.trajectory import Trajectory


@dataclass(frozen=True)
class Job:
    """The steps begin + 1 to end, all at one rate. start: the point from which they go."""

    begin: int
    end: int
    rate: float
    start: tuple[float, float]

    @property
    def steps(self) -> int:
        return self.end - self.begin


def jobs(run: Trajectory) -> list[Job]:
    """The run cut where its rate changes: as many jobs as stairs."""
    rate = run.learning_rate
    bounds = [0, *(np.flatnonzero(rate[1:] != rate[:-1]) + 1).tolist(), len(rate)]
    return [
        Job(begin, end, float(rate[begin]), (float(run.x[begin, 0]), float(run.x[begin, 1])))
        for begin, end in pairwise(bounds)
    ]
