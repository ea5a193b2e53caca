"""The page of maps: every value of two knobs at once, and the run of the point that is chosen."""

from lrviz.ui.maps.files import map_files
from lrviz.ui.maps.page import count, map_choice, map_presets, open_map, question, the_map

__all__ = ["count", "map_choice", "map_files", "map_presets", "open_map", "question", "the_map"]
