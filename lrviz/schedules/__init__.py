"""Schedules: each gives the whole vector of learning rates at once, as data for the engine.

Where both frameworks have a schedule the knobs bear Keras's names. A schedule knows only the step, never the loss; the
one policy that watches the loss is in ``plateau``. Under a framework's name a schedule is that framework's class, with
its defaults; `notes` says what the class cannot do.
"""

from collections.abc import Mapping

from lrviz.knob import Argument
from lrviz.schedules.cosine import COSINE
from lrviz.schedules.cycles import CYCLES
from lrviz.schedules.decay import ANNEALING, DECAY
from lrviz.schedules.on_top import going_on, on_top_notes
from lrviz.schedules.plain import CONSTANT, DRAWN, PLATEAU, RANGE_TEST
from lrviz.schedules.schedule import Own, Schedule
from lrviz.schedules.warmup import WARMUP, notes, with_warmup
from lrviz.schedules.wsd import WSD, chains

SCHEDULES: dict[str, Schedule] = {
    row.key: row for row in (CONSTANT, *DECAY, *COSINE, *CYCLES, WSD, RANGE_TEST, ANNEALING, DRAWN, PLATEAU)
}
ALIASES = {alias: row.key for row in SCHEDULES.values() for alias in row.aliases}
"""The classes of Keras and PyTorch, functions of optax and other names -> the schedule. A class names the schedule and
not its framework: that is a choice of its own."""
_OTHER_CLASSES = {
    "LinearLR": "a LinearLR is the warm-up here, with warmup_steps and start_factor, before any schedule",
    **dict.fromkeys(
        ("ConstantLR", "LambdaLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler", "LearningRateSchedule"),
        "any rates can be drawn, with the schedule drawn and its points",
    ),
}
NOT_SCHEDULES = {name: f"{name} is no schedule of its own here: {what}." for name, what in _OTHER_CLASSES.items()}
"""Classes that are something else here -> what."""
ARGUMENTS: Mapping[str, Argument] = {"initial_learning_rate": "alpha", "init_value": "alpha"}
"""What the classes of any schedule take -> what that is here."""

__all__ = [
    "ALIASES", "ARGUMENTS", "NOT_SCHEDULES", "SCHEDULES", "WARMUP", "Own", "Schedule", "chains", "going_on", "notes",
    "on_top_notes", "with_warmup",
]  # fmt: skip
