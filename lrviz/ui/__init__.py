"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.ui.frame import chart, frame, theme
from lrviz.ui.lab import Lab, open_lab
from lrviz.ui.link import params_of, read_link, switched
from lrviz.ui.notches import notches
from lrviz.ui.panel import formulas, main_knobs, more_knobs, names
from lrviz.ui.words import plain, summary

__all__ = [
    "Lab",
    "chart",
    "formulas",
    "frame",
    "main_knobs",
    "more_knobs",
    "names",
    "notches",
    "open_lab",
    "params_of",
    "plain",
    "read_link",
    "summary",
    "switched",
    "theme",
]
