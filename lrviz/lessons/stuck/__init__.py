"""Lesson 2: what the callback does to a run that is stuck: with and without it, by both frameworks. Pure."""

from lrviz.lessons.stuck.comparison import at_the_end, compare, does_it_help, how_often, never_cut
from lrviz.lessons.stuck.cut import Cut, cuts, forgotten, predicted_floor, reduced
from lrviz.lessons.stuck.frameworks import against, rival, rival_of
from lrviz.lessons.stuck.patience import Sweep, story, sweep, waste
from lrviz.lessons.stuck.row import LESSON

__all__ = [
    "LESSON", "Cut", "Sweep", "against", "at_the_end", "compare", "cuts", "does_it_help", "forgotten", "how_often",
    "never_cut", "predicted_floor", "reduced", "rival", "rival_of", "story", "sweep", "waste",
]  # fmt: skip
