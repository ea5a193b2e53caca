"""Models that are trained on data by the rows of ``optimizers``, ``schedules`` and ``plateau``.

``training``: all that defines one, as plain data. ``loop``: trained, many side by side. ``history``: what it leaves
behind. ``trial``: how a page looks at one. ``data``, ``table``, ``models``: what is trained on what.
"""

from lrviz.training.data import CSV, DATA
from lrviz.training.history import History
from lrviz.training.loop import run, run_many, train, train_many
from lrviz.training.models import MODELS
from lrviz.training.table import Table, read
from lrviz.training.training import NAMES, NOT_OFFERED, Training
from lrviz.training.trial import Trial

__all__ = [
    "CSV", "DATA", "MODELS", "NAMES", "NOT_OFFERED", "History", "Table", "Training", "Trial", "read", "run", "run_many",
    "train", "train_many",
]  # fmt: skip
