"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.ui.contest import contest_chart, contest_told, framework_names, schedule_pills
from lrviz.ui.drawing import drawn_field
from lrviz.ui.edge import hunt, show_hunt
from lrviz.ui.fair import axes_chart, fair_switches, fair_table, fair_told, tuning_chart
from lrviz.ui.frame import chart, frame, theme
from lrviz.ui.lab import Lab, open_lab
from lrviz.ui.lesson import Preset, check, onward, open_lesson, path, predicted, presets
from lrviz.ui.notches import notches
from lrviz.ui.panel import formulas, main_knobs, more_knobs, names
from lrviz.ui.player import player
from lrviz.ui.progress import lessons_done
from lrviz.ui.runs import past_runs, race_rows
from lrviz.ui.scene import run_of
from lrviz.ui.story import story, what_happened
from lrviz.ui.switch import switched
from lrviz.ui.words import plain, summary

__all__ = [
    "Lab",
    "Preset",
    "axes_chart",
    "chart",
    "check",
    "contest_chart",
    "contest_told",
    "drawn_field",
    "fair_switches",
    "fair_table",
    "fair_told",
    "formulas",
    "frame",
    "framework_names",
    "hunt",
    "lessons_done",
    "main_knobs",
    "more_knobs",
    "names",
    "notches",
    "onward",
    "open_lab",
    "open_lesson",
    "past_runs",
    "path",
    "plain",
    "player",
    "predicted",
    "presets",
    "race_rows",
    "run_of",
    "schedule_pills",
    "show_hunt",
    "story",
    "summary",
    "switched",
    "theme",
    "tuning_chart",
    "what_happened",
]
