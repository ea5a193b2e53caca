"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.ui.cards import lesson_cards, picture, ways_in
from lrviz.ui.chains import chained, descends_by, the_chain, the_jobs, the_setting
from lrviz.ui.edge import hunt, show_hunt
from lrviz.ui.frame import chart, frame, theme
from lrviz.ui.lab import Lab, open_lab
from lrviz.ui.lesson import Preset, check, onward, open_lesson, path, predicted, presets
from lrviz.ui.notches import notches
from lrviz.ui.panel import formulas, main_knobs, more_knobs, names
from lrviz.ui.plateaus import frameworks, the_cuts, wasted, which_plateau, with_and_without
from lrviz.ui.player import player
from lrviz.ui.runs import past_runs, race_rows
from lrviz.ui.scene import run_of
from lrviz.ui.story import story, what_happened
from lrviz.ui.switch import switched
from lrviz.ui.words import plain, summary

__all__ = [
    "Lab",
    "Preset",
    "chained",
    "chart",
    "check",
    "descends_by",
    "formulas",
    "frame",
    "frameworks",
    "hunt",
    "lesson_cards",
    "main_knobs",
    "more_knobs",
    "names",
    "notches",
    "onward",
    "open_lab",
    "open_lesson",
    "past_runs",
    "path",
    "picture",
    "plain",
    "player",
    "predicted",
    "presets",
    "race_rows",
    "run_of",
    "show_hunt",
    "story",
    "summary",
    "switched",
    "the_chain",
    "the_cuts",
    "the_jobs",
    "the_setting",
    "theme",
    "wasted",
    "ways_in",
    "what_happened",
    "which_plateau",
    "with_and_without",
]
