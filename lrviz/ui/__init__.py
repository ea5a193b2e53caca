"""What the pages are made of: a knob's row becomes a widget, a page's state a link, a run words. Knows Streamlit."""

from lrviz.ui.cards import answers, first_lesson, lesson_cards, picture, ways_in
from lrviz.ui.classroom import assigned
from lrviz.ui.code import your_code
from lrviz.ui.drawing import drawn_field, draws, own_curve
from lrviz.ui.exports import exports
from lrviz.ui.frame import chart, embedded, frame, run_text, theme
from lrviz.ui.glossary import glossary
from lrviz.ui.lab import open_lab
from lrviz.ui.lesson import check, onward, open_lesson, predict, presets, show_stage
from lrviz.ui.lessons.adaptive import what_the_rates_did, which_rates
from lrviz.ui.lessons.coastline import edge_map, what_the_edge_is
from lrviz.ui.lessons.edge_of_stability import where_the_sharpness_went, your_rate
from lrviz.ui.lessons.finding import by_hand, one_knob, own_try, what_the_searches_found
from lrviz.ui.lessons.how_long import hunt, show_hunt, what_it_did
from lrviz.ui.lessons.hyperparameter import chained, what_the_jobs_did
from lrviz.ui.lessons.new_data import what_the_seeds_say
from lrviz.ui.lessons.real_model import what_the_trainings_say
from lrviz.ui.lessons.schedules import (
    best_rate_by_noise,
    framework_names,
    schedule_pills,
    what_fits,
    what_the_schedules_did,
)
from lrviz.ui.lessons.stuck import other_framework, what_the_cuts_did, without_callback
from lrviz.ui.lessons.valleys import where_it_ended
from lrviz.ui.pages import (
    ASSIGNMENT,
    CLOSING,
    GLOSSARY,
    MAPS,
    PLAYGROUND,
    REPLAY,
    TRAINING,
    TRAINING_ASSIGNMENT,
    WELCOME,
    lesson_page,
)
from lrviz.ui.panel import formula_field, formulas, knobs, main_knobs, more_knobs, names
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
from lrviz.ui.share import CLASS, TRAINING_CLASS, alone, copy_button, share, share_params
from lrviz.ui.story import what_happened
from lrviz.ui.switch import switched
from lrviz.ui.terms import note, open_terms, say
from lrviz.ui.words import marked, plain

__all__ = [
    "ASSIGNMENT",
    "CLASS",
    "CLOSING",
    "GLOSSARY",
    "MAPS",
    "PLAYGROUND",
    "REPLAY",
    "TRAINING",
    "TRAINING_ASSIGNMENT",
    "TRAINING_CLASS",
    "WELCOME",
    "alone",
    "answers",
    "assigned",
    "best_rate_by_noise",
    "bring_numbers",
    "by_hand",
    "chained",
    "chart",
    "check",
    "close_replay",
    "copy_button",
    "drawn_field",
    "draws",
    "edge_map",
    "embedded",
    "epoch_by_epoch",
    "exports",
    "findings",
    "first_lesson",
    "formula_field",
    "formulas",
    "frame",
    "framework_names",
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
    "note",
    "one_knob",
    "onward",
    "open_lab",
    "open_lesson",
    "open_replay",
    "open_terms",
    "other_framework",
    "own_curve",
    "own_try",
    "past_runs",
    "picture",
    "plain",
    "player",
    "predict",
    "presets",
    "race_rows",
    "replay_code",
    "run_text",
    "say",
    "schedule_pills",
    "share",
    "share_params",
    "show_hunt",
    "show_replay",
    "show_stage",
    "switched",
    "theme",
    "ways_in",
    "what_fits",
    "what_happened",
    "what_if_map",
    "what_it_did",
    "what_the_cuts_did",
    "what_the_edge_is",
    "what_the_jobs_did",
    "what_the_rates_did",
    "what_the_schedules_did",
    "what_the_searches_found",
    "what_the_seeds_say",
    "what_the_trainings_say",
    "where_it_ended",
    "where_the_sharpness_went",
    "which_rates",
    "without_callback",
    "your_code",
    "your_rate",
]
