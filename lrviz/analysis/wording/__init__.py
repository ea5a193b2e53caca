"""The words of every sentence that is said of runs and trainings, in one table. A key is event.case; the first part of
a sentence is a whole one, the others follow it."""

from lrviz.analysis.wording.lessons import LESSONS
from lrviz.analysis.wording.row import Row
from lrviz.analysis.wording.runs import RUNS
from lrviz.analysis.wording.trainings import TRAININGS

TABLE: dict[str, Row] = {**RUNS, **LESSONS, **TRAININGS}

__all__ = ["TABLE", "Row"]
