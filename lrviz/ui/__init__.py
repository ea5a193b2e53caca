"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.play import run_of
from lrviz.ui.cards import lesson_cards, picture, ways_in
from lrviz.ui.classroom import assigned
from lrviz.ui.code import your_code
from lrviz.ui.drawing import drawn_field, draws, own_curve
from lrviz.ui.exports import exports
from lrviz.ui.frame import chart, embedded, frame, theme, told
from lrviz.ui.glossary import glossary
from lrviz.ui.lab import Lab, close_lab, open_lab
from lrviz.ui.lesson import Preset, check, onward, open_lesson, predicted, presets
from lrviz.ui.lessons.adaptive import axes_chart, fair_switches, fair_table, fair_told, tuning_chart
from lrviz.ui.lessons.how_long import hunt, show_hunt
from lrviz.ui.lessons.hyperparameter import chained, descends_by, the_chain, the_jobs, the_setting
from lrviz.ui.lessons.schedules import contest_chart, contest_told, framework_names, schedule_pills
from lrviz.ui.lessons.stuck import frameworks, the_cuts, wasted, which_plateau, with_and_without
from lrviz.ui.lessons.valleys import show_minima, show_remedies, show_shares, surface_choice, where_it_went
from lrviz.ui.pages import ASSIGNMENT, GLOSSARY, PLAYGROUND, REPLAY, WELCOME, lesson_page
from lrviz.ui.panel import formulas, knobs, main_knobs, more_knobs, names
from lrviz.ui.player import player
from lrviz.ui.replay import (
    bring_numbers,
    close_replay,
    epoch_by_epoch,
    findings,
    main_settings,
    more_settings,
    open_replay,
    replay_code,
    show_replay,
    what_if_map,
)
from lrviz.ui.runs import past_runs, race_rows
from lrviz.ui.share import CLASS, alone, copy_button, share
from lrviz.ui.story import show_gauge, story, what_happened
from lrviz.ui.switch import switched
from lrviz.ui.words import marked, plain, summary

__all__ = [
    "ASSIGNMENT",
    "CLASS",
    "GLOSSARY",
    "PLAYGROUND",
    "REPLAY",
    "WELCOME",
    "Lab",
    "Preset",
    "alone",
    "assigned",
    "axes_chart",
    "bring_numbers",
    "chained",
    "chart",
    "check",
    "close_lab",
    "close_replay",
    "contest_chart",
    "contest_told",
    "copy_button",
    "descends_by",
    "drawn_field",
    "draws",
    "embedded",
    "epoch_by_epoch",
    "exports",
    "fair_switches",
    "fair_table",
    "fair_told",
    "findings",
    "formulas",
    "frame",
    "framework_names",
    "frameworks",
    "glossary",
    "hunt",
    "knobs",
    "lesson_cards",
    "lesson_page",
    "main_knobs",
    "main_settings",
    "marked",
    "more_knobs",
    "more_settings",
    "names",
    "onward",
    "open_lab",
    "open_lesson",
    "open_replay",
    "own_curve",
    "past_runs",
    "picture",
    "plain",
    "player",
    "predicted",
    "presets",
    "race_rows",
    "replay_code",
    "run_of",
    "schedule_pills",
    "share",
    "show_gauge",
    "show_hunt",
    "show_minima",
    "show_remedies",
    "show_replay",
    "show_shares",
    "story",
    "summary",
    "surface_choice",
    "switched",
    "the_chain",
    "the_cuts",
    "the_jobs",
    "the_setting",
    "theme",
    "told",
    "tuning_chart",
    "wasted",
    "ways_in",
    "what_happened",
    "what_if_map",
    "where_it_went",
    "which_plateau",
    "with_and_without",
    "your_code",
]
