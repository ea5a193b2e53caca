"""What the player plays: the runs of a race with the surface below them, and the batches of runs of its sliders; the
same of a replay and of a training. Knows neither pages nor Streamlit."""

from lrviz.play.replays import recorded, replay_sliders
from lrviz.play.runs import landscape, message, named, profiles, race_runs, run_of
from lrviz.play.sliders import (
    FAMILY,
    MOST_STEPS,
    Slider,
    can_live,
    labels,
    live,
    live_knobs,
    live_stops,
    slider_family,
    slider_point,
)
from lrviz.play.trainings import trained, training_message, training_sliders

__all__ = [
    "FAMILY",
    "MOST_STEPS",
    "Slider",
    "can_live",
    "labels",
    "landscape",
    "live",
    "live_knobs",
    "live_stops",
    "message",
    "named",
    "profiles",
    "race_runs",
    "recorded",
    "replay_sliders",
    "run_of",
    "slider_family",
    "slider_point",
    "trained",
    "training_message",
    "training_sliders",
]
