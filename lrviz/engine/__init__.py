"""The only place that compiles: one program steps any number of runs side by side, whatever the schedule.

A program belongs to a (surface, optimizer, framework). All that a slider moves is data, and a run of any length is made
of calls of ``CHUNK`` steps that hand on their state, so that nothing that a visitor moves compiles again. It is
compiled for at most three widths: one run, a batch of 64 (a slider's whole range) and a map of 4,096 runs at a time.
"""

from lrviz.engine.batch import Batch, Numbers, Outcome
from lrviz.engine.paths import trace
from lrviz.engine.survey import Cancelled, outcomes

__all__ = ["Batch", "Cancelled", "Numbers", "Outcome", "outcomes", "trace"]
