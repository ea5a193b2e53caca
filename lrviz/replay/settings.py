"""All that defines a replay besides the values: knobs by framework, mode, precision; as plain data, and in a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lrviz.knob import BadInput, Knob, Value, find, number_text, unknown
from lrviz.replay.rules import RULES

RATE = Knob(
    "rate",
    "Learning rate",
    0,
    1e6,
    None,
    "log",
    symbol=r"\alpha",
    help="The rate with which the recorded training began.",
    auto="that of the file, else 0.001",
    low_open=True,
    slider=(1e-5, 1),
)
PLAIN_RATE = 0.001
"""Where neither the file nor the reader says: Adam's in Keras and in PyTorch."""
MODE = Knob(
    "mode",
    "Mode",
    default="auto",
    kind="choice",
    choices=("auto", "min", "max"),
    help="Is lower or higher better; auto goes by the name of what is monitored, as Keras does.",
)
RESUME_AFTER = Knob(
    "resume_after",
    "Stopped after",
    1,
    100_000,
    None,
    unit="epochs",
    kind="integer",
    help="After so many epochs the training was stopped and went on with a fresh callback.",
    auto="no stop",
)
STEPS_PER_EPOCH = Knob(
    "steps_per_epoch",
    "Values an epoch",
    1,
    100_000,
    None,
    kind="integer",
    help="How many values there are an epoch, where the rule was stepped once a batch.",
    auto="what the file says, else 1",
)
STOP_PATIENCE = Knob(
    "stop_patience",
    "EarlyStopping's patience",
    0,
    1000,
    None,
    unit="epochs",
    kind="integer",
    help="Epochs without improvement after which Keras's EarlyStopping ends the training.",
    auto="no EarlyStopping",
    slider=(0, 50),
)
STOP_MIN_DELTA = Knob(
    "stop_min_delta", "EarlyStopping's min_delta", 0, 1e6, 0, "log", help="As min_delta, for EarlyStopping."
)
START_FROM_EPOCH = Knob(
    "start_from_epoch",
    "EarlyStopping starts from epoch",
    0,
    100_000,
    0,
    unit="epochs",
    kind="integer",
    help="So many epochs pass before EarlyStopping looks.",
)
FLOAT32 = Knob("float32", "float32", default=0, kind="flag", help="Keras and optax compute in float32, their default.")
STOPPING = (STOP_PATIENCE, STOP_MIN_DELTA, START_FROM_EPOCH)
RUN = (RATE, MODE, RESUME_AFTER, STEPS_PER_EPOCH)
KNOBS: dict[str, Knob] = {
    knob.key: knob for knobs in (*(rule.knobs for rule in RULES.values()), STOPPING, RUN) for knob in knobs
}
"""Every knob of a replay, by its key."""


@dataclass(frozen=True)
class Settings:
    """``frameworks``: whose rules, side by side. ``values``: the knobs that are set; the others have their defaults.

    Raises ``BadInput`` for a framework, a knob or a value that there is not.
    """

    frameworks: tuple[str, ...] = tuple(RULES)
    float32: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.frameworks:
            raise BadInput(f"No framework is named; there are {', '.join(RULES)}.")
        names = (find("framework", name, RULES, {"torch": "pytorch", "tf": "keras"}) for name in self.frameworks)
        object.__setattr__(self, "frameworks", tuple(dict.fromkeys(names)))
        checked = {}
        for key, value in self.values.items():
            if key not in KNOBS:
                raise BadInput(unknown("knob", key, KNOBS))
            checked[key] = KNOBS[key].check(value)
        object.__setattr__(self, "values", checked)

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key, KNOBS[key].default)

    def numbers(self, framework: str) -> dict[str, Any]:
        """A value for each knob of this framework's rule."""
        return {knob.key: self[knob.key] for knob in RULES[framework].knobs}

    def having(self, **changes: Any) -> Settings:
        """The same with other values of knobs."""
        return replace(self, values={**self.values, **changes})

    def to_params(self) -> dict[str, str]:
        """Only what is not the default, as text for a link."""
        params = {key: KNOBS[key].text(value) for key, value in self.values.items() if value != KNOBS[key].default}
        if self.frameworks != tuple(RULES):
            params["rules"] = ",".join(self.frameworks)
        return params | ({"float32": "1"} if self.float32 else {})

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> tuple[Settings, list[str]]:
        """The settings of a link, and a sentence for each part that is wrong; the rest still works."""
        settings, sentences = cls(), []
        for key, text in params.items():
            try:
                if key == "rules":
                    settings = replace(settings, frameworks=tuple(filter(None, text.split(","))))
                elif key == "float32":
                    settings = replace(settings, float32=bool(FLOAT32.check(text)))
                else:
                    settings = replace(settings, values={**settings.values, key: text})
            except BadInput as wrong:
                sentences.append(str(wrong))
        return settings, sentences


LONGEST = 200
"""So many values a link holds; of a longer history it holds the settings alone."""


def values_text(values: Any) -> str:
    """The values as a link has them, '' where they are too many; ``read(text, decimal=".")`` gives them back."""
    return ",".join(number_text(float(value)) for value in values) if len(values) <= LONGEST else ""
