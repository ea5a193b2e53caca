"""The page of a replay: where the numbers come from, the settings, the picture, and what it means."""

from lrviz.ui.replay.numbers import bring_numbers
from lrviz.ui.replay.picture import show_replay
from lrviz.ui.replay.results import epoch_by_epoch, findings, replay_code, what_if_map
from lrviz.ui.replay.settings import main_settings, more_settings
from lrviz.ui.replay.state import close_replay, open_replay

__all__ = [
    "bring_numbers",
    "close_replay",
    "epoch_by_epoch",
    "findings",
    "main_settings",
    "more_settings",
    "open_replay",
    "replay_code",
    "show_replay",
    "what_if_map",
]
