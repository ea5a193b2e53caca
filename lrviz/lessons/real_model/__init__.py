"""Lesson 7: the callback on a network that learns from data: beside constant rates, resumed, stepped once a batch; and
where many starts end. Pure."""

from lrviz.lessons.real_model.batches import stepped
from lrviz.lessons.real_model.resumed import in_one_go
from lrviz.lessons.real_model.row import LESSON, side_by_side, story
from lrviz.lessons.real_model.starts import ends_of_starts, kinds
from lrviz.lessons.real_model.three_jobs import JOBS, ends_of_seeds, jobs, wins

__all__ = [
    "JOBS", "LESSON", "ends_of_seeds", "ends_of_starts", "in_one_go", "jobs", "kinds", "side_by_side", "stepped",
    "story", "wins",
]  # fmt: skip
