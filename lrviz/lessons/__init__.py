"""The lessons in the order in which they are taught. Each module or package has the row of its lesson and what it
computes; all pure: the pages ask and show."""

from __future__ import annotations

from typing import Any

from lrviz.lessons.adaptive import LESSON as _adaptive
from lrviz.lessons.coastline import LESSON as _coastline
from lrviz.lessons.edge_of_stability import LESSON as _edge_of_stability
from lrviz.lessons.finding import LESSON as _finding
from lrviz.lessons.how_long import LESSON as _how_long
from lrviz.lessons.hyperparameter import LESSON as _hyperparameter
from lrviz.lessons.lesson import STEPS, Lesson, card, link
from lrviz.lessons.new_data import LESSON as _new_data
from lrviz.lessons.real_model import LESSON as _real_model
from lrviz.lessons.schedules import LESSON as _schedules
from lrviz.lessons.stuck import LESSON as _stuck
from lrviz.lessons.valleys import LESSON as _valleys

__all__ = ["LESSONS", "STEPS", "Lesson", "card", "link"]

LESSONS: dict[str, Lesson[Any]] = {
    lesson.key: lesson
    for lesson in (
        _how_long,
        _stuck,
        _hyperparameter,
        _schedules,
        _valleys,
        _adaptive,
        _real_model,
        _new_data,
        _edge_of_stability,
        _finding,
        _coastline,
    )
}
"""By key."""
