"""A training is all that defines it, as plain validated data: to and from JSON and short URL parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from lrviz.knob import BadInput, Knob, Value, digits, find, read_widths
from lrviz.optimizers import ALIASES as ALIASES_OF_OPTIMIZERS
from lrviz.optimizers import CLIPNORM, OPTIMIZERS
from lrviz.training import data as made
from lrviz.training.data import CSV, DATA, DATA_SEED, Data, Split
from lrviz.training.models import ALIASES, INITS, MODELS, MOST_WEIGHTS, USUAL, LossKind, Model, Shape, targets
from lrviz.training.table import Table
from lrviz.tuned import ALPHA, Tuned

MOST_STEPS = 200_000
MOST_WORK = 2e10
"""Weights times rows times epochs, at most: some minutes."""
SHARPNESS_WORK = 50
"""Epochs that take as long as the sharpness after one: two rounds of Lanczos's twelve vectors, two gradients each."""

BATCH_SIZE = Knob(
    "batch_size", "Batch size", 1, 5000, 32, "log", "rows", "Rows whose mean gradient makes one step.", "integer",
    slider=(1, 256), auto="all training rows at once", live=True,
)  # fmt: skip
EPOCHS = Knob(
    "epochs", "Epochs", 1, 5000, 100, "log", "epochs", "How often every training row is seen.", "integer",
    slider=(1, 500),
)  # fmt: skip
VALIDATION = Knob(
    "validation", "Validation share", 0, 0.9, 0.3, help="The part of the rows that is held back to validate.",
    slider=(0, 0.5),
)  # fmt: skip
MONITORS = ("val_loss", "loss", "val_accuracy", "accuracy")
MONITOR = Knob(
    "monitor", "Monitored", default=None, kind="choice", choices=MONITORS,
    auto="val_loss, or loss where no row validates",
    help="loss and accuracy: the mean over the epoch as it went by. val_: after its last step, on the rows held back.",
)  # fmt: skip
MONITOR_MODE = Knob(
    "monitor_mode", "Mode", default="auto", kind="choice", choices=("auto", "min", "max"),
    help="Is lower or higher better; auto is max for an accuracy, as in Keras.",
)  # fmt: skip
SEED = Knob(
    "seed", "Seed", 0, 2**31 - 1, 0, kind="integer", slider=(0, 99),
    help="Which first weights, and in which order the rows are seen.",
)  # fmt: skip
STOP_PATIENCE = Knob(
    "stop_patience", "EarlyStopping's patience", 0, 1000, None, unit="epochs", kind="integer", slider=(0, 50),
    auto="no early stopping", help="Epochs without improvement after which Keras's EarlyStopping ends the training.",
)  # fmt: skip
RESTART = Knob(
    "restart", "Stopped and resumed every", 1, 5000, None, "log", "epochs", kind="integer", slider=(1, 100),
    auto="a training in one go",
    help="A resumed training has its weights, its optimizer and its rate, but a new callback, which has forgotten best"
    " and wait.",
)  # fmt: skip
STEPPED = Knob(
    "stepped", "scheduler.step()", default="epoch", kind="choice", choices=("epoch", "batch"),
    help="Once an epoch, as it is meant; or once a batch with the loss of that batch: patience then counts batches.",
)  # fmt: skip
RUN_KNOBS = (ALPHA, BATCH_SIZE, EPOCHS, VALIDATION, MONITOR, MONITOR_MODE, SEED)
NAMES = ("data", "model", "optimizer", "framework", "schedule")
"""What a training chooses by name, in the order of a page."""
_NO_RATE = (
    "is not offered here: it sets its own rate, and a training's schedule and plateau rule would have nothing to set."
)
_TWO_POINTS = (
    "Schedule-Free is not offered here: it trains at one point and validates at another, the average of its steps, and"
    " a training here does both at the same weights."
)
NOT_OFFERED = {
    "newton": "Newton's method is not offered here: it needs the Hessian of the loss at each step, a matrix of all"
    " weights by all weights, and one that a mini-batch does not give.",
    "line_search": "A line search is not offered here: it compares the whole loss at many points before each step, and"
    " a mini-batch's loss changes from batch to batch.",
    "lbfgs_search": "L-BFGS with a line search is not offered here: it compares the whole loss at many points before"
    " each step, and a mini-batch's loss changes from batch to batch.",
    "lbfgs": "L-BFGS is not offered here: it reads the curvature from how the gradient changes between steps, and a"
    " mini-batch's gradient changes with the batch.",
    "polyak": "Polyak's step is not offered here: it asks how low the loss can fall, which no training knows.",
    "dog": f"DoG {_NO_RATE}",
    "prodigy": f"Prodigy {_NO_RATE}",
    "schedule_free_sgd": _TWO_POINTS,
    "schedule_free_adamw": _TWO_POINTS,
}
"""Optimizers that toy surfaces have and trainings do not -> why."""


@dataclass(frozen=True)
class Training(Tuned):
    """All that defines a training. Names are found whatever their case or hyphens; no ``model`` is the simplest of the
    task, no ``framework`` Keras where it has the optimizer, ``alpha`` of ``None`` that class's own default.

    ``batch_size`` of ``None``: all training rows at once. ``values``: the knobs of data, model, optimizer, schedule,
    plateau rule and early stopping that differ from their defaults. ``table``: one's own data, where data is ``csv``;
    it is in no link and in no JSON. Classes of Keras and PyTorch and their arguments are names too, as in a scenario.
    Raises ``BadInput``.
    """

    noun = "training"
    why_not_on_top = (
        "A training here takes a schedule or ReduceLROnPlateau: plateau_on_top is for a run on a loss surface, by"
        " PyTorch's rules."
    )
    data: str = "moons"
    model: str = ""
    optimizer: str = "gradient_descent"
    framework: str = ""
    alpha: float | None = None
    schedule: str = "constant"
    monitor: str | None = None
    monitor_mode: str = "auto"
    batch_size: int | None = 32
    epochs: int = 100
    validation: float = 0.3
    seed: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)
    table: Table | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._put("data", find("data set", self.data, [*DATA, CSV]))  # type: ignore[arg-type]
        if (self.data == CSV) != (self.table is not None):
            raise BadInput(
                "data is csv, but there is no file: nothing of it is stored, so it has to be opened again."
                if self.table is None
                else f"data is {self.data}, but a file of your own goes with csv."
            )
        self._put("model", find("model", self.model or USUAL[self.data_row.task], MODELS, ALIASES))
        if self.data_row.task not in self.model_row.tasks:
            can = ", ".join(model.key for model in MODELS.values() if self.data_row.task in model.tasks)
            raise BadInput(f"model {self.model} does not predict {self.data_row.task} ({self.data}); there are: {can}.")
        offered = {key: row for key, row in OPTIMIZERS.items() if key not in NOT_OFFERED}
        self._put("optimizer", find("optimizer", self.optimizer, offered, _ALIASES_OFFERED, _SENTENCES))
        self._find_names()
        self._check_values(RUN_KNOBS, self.optimizer_row.alpha[self.framework])
        self._check_together()

    def _check_together(self) -> None:
        """What one knob cannot say alone."""
        if self.monitor is None:
            self._put("monitor", "val_loss" if self.validation and not self.by_batch else "loss")
        if self.by_batch and self.monitor != "loss":
            raise BadInput(f"monitor is {self.monitor}, but a scheduler that is stepped once a batch gets its loss.")
        if self["restart"] is not None and self["stop_patience"] is not None:
            raise BadInput("restart and stop_patience are both set, but a resumed EarlyStopping would begin anew, too.")
        if self.monitor.startswith("val_") and not self.validation:  # type: ignore[union-attr]
            raise BadInput(f"monitor is {self.monitor}, but no row validates; set validation above 0.")
        if self.monitor.endswith("accuracy") and not self.classifies:  # type: ignore[union-attr]
            raise BadInput(f"monitor is {self.monitor}, but {self.data} has numbers and no classes.")
        if self["loss_function"] == "cross_entropy" and not self.classifies:
            raise BadInput(f"loss_function is cross_entropy, but {self.data} has numbers: squared_error suits them.")
        if self["loss_function"] == "squared_error" and self.data_row.task == "classes":
            count = len(self.data_row.classes)
            raise BadInput(f"loss_function is squared_error, which takes two classes, but {self.data} has {count}.")
        if self.shape.weights > MOST_WEIGHTS:
            raise BadInput(f"The model has {self.shape.weights:,} weights, but at most {MOST_WEIGHTS:,} are trained.")
        if self.steps > MOST_STEPS:
            raise BadInput(
                f"{self.epochs} epochs of {self.steps_per_epoch} steps are {self.steps:,} steps, but at most"
                f" {MOST_STEPS:,} are made; take fewer epochs or larger batches."
            )
        self._check_work("", 1)

    def check_sharpness(self, every: int) -> None:
        """Is it not too much to compute the sharpness after every so many epochs, 0 for never? Raises ``BadInput``."""
        if every:
            self._check_work(" with their sharpness", 1 + SHARPNESS_WORK / every)

    def _check_work(self, what: str, times: float) -> None:
        if (work := self.shape.weights * self.rows_of_data * self.epochs * times) > MOST_WORK:
            raise BadInput(
                f"{self.shape.weights:,} weights on {self.rows_of_data:,} rows for {self.epochs:,} epochs{what} is"
                f" {digits(work / MOST_WORK)} times as much as is computed here; take fewer epochs or units."
            )

    # Rows -------------------------------------------------------------------------------------------------------------

    @cached_property
    def data_row(self) -> Data:
        return DATA[self.data] if self.table is None else self.table.row

    @property
    def model_row(self) -> Model:
        return MODELS[self.model]

    @property
    def classifies(self) -> bool:
        """Are there classes, and so an accuracy?"""
        return bool(self.data_row.classes)

    @property
    def data_knobs(self) -> tuple[Knob, ...]:
        return (*self.data_row.knobs, DATA_SEED)

    @property
    def called_knobs(self) -> tuple[Knob, ...]:
        """How the plateau rule is called. Keras's is a callback, which no loop of one's own steps."""
        if not self.schedule_row.plateau:
            return ()
        return (RESTART, STEPPED) if self.framework == "pytorch" else (RESTART,)

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """The knobs that ``values`` may hold, in the order of a page."""
        return (
            *self.data_knobs,
            *self.model_row.knobs,
            *self.rule.knobs,
            *self.schedule_knobs,
            *self.plateau_knobs,
            *self.called_knobs,
            *self.warmup_knobs,
            CLIPNORM,
            STOP_PATIENCE,
        )

    @cached_property
    def rows(self) -> dict[str, Knob]:
        """Every knob that this training has, by key."""
        return {knob.key: knob for knob in (*RUN_KNOBS, *self.knobs)}

    def __getitem__(self, key: str) -> Value:
        """The value of any knob, its default where it is not set; None where the training has no such knob."""
        if key in _RUN:
            return getattr(self, key)
        return self.values.get(key, self.rows[key].default if key in self.rows else None)

    @property
    def notes(self) -> list[str]:
        """What the frameworks' classes cannot do of this training, and what one would not expect: a sentence each."""
        sentences = super().notes
        if self["clipnorm"] and self.framework == "keras":
            sentences.append(
                "Keras's clipnorm clips the gradient of each kernel and each bias apart, PyTorch's all as one."
            )
        return sentences

    @property
    def title(self) -> str:
        """What this is in one line: Neural network on two moons, Adam, α 0.03, reduce on plateau."""
        what = f"{self.model_row.name} on {self.data_row.name.lower()}"
        parts = [what, self.optimizer_row.name, f"α {self.alpha:.3g}", self.schedule_row.name.lower()]
        parts += [f"resumed every {self['restart']} epochs"] if self["restart"] else []
        return ", ".join([*parts, *(["stepped once a batch"] if self.by_batch else [])])

    # What follows from it ---------------------------------------------------------------------------------------------

    @property
    def rows_of_data(self) -> int:
        """How many rows there are, those for validation among them."""
        return int(self["rows"] or self.data_row.rows)

    @cached_property
    def split(self) -> Split:
        """The data as the model gets them, and which rows train and which validate."""
        numbers = not self.classifies
        seed = int(self["data_seed"])  # type: ignore[arg-type]
        if self.table is not None:
            return made.split(self.table.x, self.table.y, numbers, self.validation, seed)
        noise = float(self["noise"] or 0.0)
        return _split(self.data, self.rows_of_data, noise, seed, numbers, self.validation)

    @cached_property
    def y(self) -> np.ndarray:
        """What the model is to put out, (n,), as it is fed to it: numbers, 0 and 1, -1 and 1, or indices of classes."""
        return targets(self.split.y, self.loss_kind, self.classifies)

    @property
    def loss_kind(self) -> LossKind:
        """By which loss it is trained."""
        if not self.classifies or self.model == "linear" or self["loss_function"] == "squared_error":
            return "squared_error"
        return "categorical" if self.model == "softmax" or self.data_row.task == "classes" else "binary"

    @cached_property
    def shape(self) -> Shape:
        """The model in its size."""
        outputs = len(self.data_row.classes) if self.loss_kind == "categorical" else 1
        hidden = read_widths(self["layers"]) if self.model_row.hidden else []
        return Shape((len(self.data_row.features), *hidden, outputs), str(self["activation"] or "tanh"), self.loss_kind)

    @property
    def initial(self) -> np.ndarray:
        """The first weights, (P,)."""
        return self.shape.initial(self.seed, str(self["init"] or INITS[self.framework]))

    @property
    def train_rows(self) -> int:
        count = self.rows_of_data
        return count - made.held_back(count, self.validation)

    @property
    def batch(self) -> int:
        """Rows in a batch, the last one of an epoch may have fewer."""
        return min(self.batch_size or self.train_rows, self.train_rows)

    @property
    def steps_per_epoch(self) -> int:
        return -(-self.train_rows // self.batch)

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    def seconds(self, sharpness: int = 0) -> float:
        """Of a processor that it takes, about: a step costs some microseconds, a weight and row of an epoch some
        nanoseconds (`bench/training.py`). sharpness: it is computed after every so many epochs, 0 for never."""
        times = 1 + SHARPNESS_WORK / sharpness if sharpness else 1
        return 4e-6 * self.steps + 6e-9 * self.shape.weights * self.train_rows * self.epochs * times

    @property
    def by_batch(self) -> bool:
        """Is the plateau rule stepped once a batch?"""
        return self["stepped"] == "batch"

    @property
    def rising(self) -> bool:
        """Is a higher monitored value better?"""
        if self.monitor_mode == "auto":
            return str(self.monitor).endswith("accuracy")
        return self.monitor_mode == "max"

    # Plain data -------------------------------------------------------------------------------------------------------

    def having(self, **changes: Any) -> Training:
        """The same with other names or knobs. Knobs that the new names do not have are dropped; a model that does not
        suit new data, and what is monitored there, too."""
        changes = _monitored(changes, changes.get("schedule", self.schedule))
        named = {key: value for key, value in changes.items() if key in _FIELDS}
        if "data" in named:
            named.setdefault("table", None)
        plain = {**{name: getattr(self, name) for name in (*NAMES, "table")}, **_of(named, (*NAMES, "table"))}
        try:
            loose = Training(**plain)
        except BadInput:
            if "data" not in named or "model" in named:
                raise
            loose = Training(**{**plain, "model": ""})
        if "data" in named and str(self.monitor).endswith("accuracy") and not loose.classifies:
            named.setdefault("monitor", None)
        known = {knob.key for knob in loose.knobs}
        values = {key: value for key, value in self.values.items() if key in known}
        values |= loose.arguments({key: value for key, value in changes.items() if key not in _FIELDS})
        named |= {"alpha": values.pop("alpha")} if "alpha" in values else {}
        return replace(self, **{"model": loose.model, "values": values, **named})

    def to_dict(self) -> dict[str, Any]:
        """All fields but a table, as JSON has them."""
        return {name: getattr(self, name) for name in _FIELDS if name != "table"} | {"values": dict(self.values)}

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: what differs from the defaults, one each."""
        plain = Training(self.data, optimizer=self.optimizer, framework=self.framework, table=self.table)
        usual = {
            "data": _PLAIN.data,
            "model": plain.model,
            "optimizer": _PLAIN.optimizer,
            "framework": Training(optimizer=self.optimizer).framework,
            "schedule": _PLAIN.schedule,
        }
        params = {name: getattr(self, name) for name in NAMES if getattr(self, name) != usual[name]}
        monitor = replace(plain, validation=self.validation, monitor=None).monitor  # where no row validates, the loss
        for knob in RUN_KNOBS:
            if self[knob.key] != (monitor if knob.key == "monitor" else plain[knob.key]):
                params[knob.key] = knob.text(self[knob.key])
        return params | {key: self.rows[key].text(value) for key, value in self.values.items()}

    @classmethod
    def from_params(cls, params: Mapping[str, str], table: Table | None = None) -> Training:
        """From URL parameters or ``--set`` pairs, all text; raises ``BadInput`` for the first that is wrong."""
        params = _monitored(params, params.get("schedule", _PLAIN.schedule))
        named = {key: value for key, value in params.items() if key in _FIELDS and key not in ("values", "table")}
        return cls(
            **named,
            values={key: value for key, value in params.items() if key not in named},
            table=table,
        )


@lru_cache(maxsize=32)
def _split(key: str, rows: int, noise: float, seed: int, numbers: bool, share: float) -> Split:
    return made.split(*made.points(DATA[key], rows, noise, seed), numbers, share, seed)


def _of(values: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in keys}


def _monitored(params: Mapping[str, Any], schedule: str) -> dict[str, Any]:
    """A ``mode`` is that of what is monitored, but for the schedule that has one of its own."""
    own = str(schedule).lower() in ("cyclical", "cyclic", "cycliclr")
    return {MONITOR_MODE.key if key == "mode" and not own else key: value for key, value in params.items()}


_FIELDS = tuple(Training.__dataclass_fields__)
_RUN = {knob.key for knob in RUN_KNOBS}
_ALIASES_OFFERED = {alias: key for alias, key in ALIASES_OF_OPTIMIZERS.items() if key not in NOT_OFFERED}
_SENTENCES = NOT_OFFERED | {
    alias: NOT_OFFERED[key] for alias, key in ALIASES_OF_OPTIMIZERS.items() if key in NOT_OFFERED
}
_PLAIN = Training()
