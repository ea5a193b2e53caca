"""The page of trainings: what is trained on what, the player, and what it means."""

from lrviz.ui.training.classroom import assigned, controls
from lrviz.ui.training.player import show_training
from lrviz.ui.training.racing import race_rows
from lrviz.ui.training.results import code, story, surface
from lrviz.ui.training.settings import choose, main_knobs, more_knobs, own_file
from lrviz.ui.training.state import close_training, open_training
from lrviz.ui.training.taking import exports

__all__ = [
    "assigned",
    "choose",
    "close_training",
    "code",
    "controls",
    "exports",
    "main_knobs",
    "more_knobs",
    "open_training",
    "own_file",
    "race_rows",
    "show_training",
    "story",
    "surface",
]
