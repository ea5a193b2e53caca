"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.ui.code import your_code
from lrviz.ui.frame import chart, frame, theme
from lrviz.ui.lab import Lab, open_lab
from lrviz.ui.notches import notches
from lrviz.ui.panel import formulas, main_knobs, more_knobs, names
from lrviz.ui.player import player
from lrviz.ui.runs import past_runs, race_rows
from lrviz.ui.scene import live_knobs, run_of
from lrviz.ui.switch import switched
from lrviz.ui.words import plain, summary

__all__ = [
    "Lab",
    "chart",
    "formulas",
    "frame",
    "live_knobs",
    "main_knobs",
    "more_knobs",
    "names",
    "notches",
    "open_lab",
    "past_runs",
    "plain",
    "player",
    "race_rows",
    "run_of",
    "summary",
    "switched",
    "theme",
    "your_code",
]
