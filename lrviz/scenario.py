"""A scenario is all that defines a run, as plain validated data: to and from JSON and short URL parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from lrviz import schedules, tuned
from lrviz.knob import BadInput, Knob, Value, comma_hint, digits, find, number_text, shown
from lrviz.optimizers import CLIPNORM
from lrviz.plateau import ON_TOP
from lrviz.schedules import WARMUP
from lrviz.surfaces import SURFACES, Surface
from lrviz.tuned import Tuned

ALPHA = tuned.ALPHA
STEPS = Knob(
    "steps", "Steps", 1, 20_000, 200, "log", "steps", "How many steps the run takes.", "integer", slider=(1, 2000)
)
STEPS_PER_EPOCH = Knob(
    "steps_per_epoch",
    "Steps per epoch",
    1,
    20_000,
    1,
    "log",
    "steps",
    "The plateau rule looks once an epoch.",
    "integer",
    slider=(1, 50),
)
MONITORS = ("val_loss", "loss")
MONITOR = Knob(
    "monitor", "Monitored", default="val_loss", kind="choice", choices=MONITORS,
    help="val_loss: the loss after the epoch's last step. loss: its mean over the epoch.",
)  # fmt: skip
NOISE = Knob(
    "noise",
    "Gradient noise",
    0,
    1000,
    0,
    "log",
    symbol=r"\sigma",
    help="Spread of the noise that is added to each gradient.",
    slider=(0.001, 10),
)
SEED = Knob(
    "seed",
    "Seed",
    0,
    2**31 - 1,
    0,
    kind="integer",
    help="Which noise: the same seed gives the same run.",
    slider=(0, 99),
)
START_X = Knob("x", "Start, horizontal", -1e6, 1e6, 0, symbol="x_0", help="Where the run begins.")
START_Y = Knob("y", "Start, vertical", -1e6, 1e6, 0, symbol="x_1", help="Where the run begins.")
RUN_KNOBS = (ALPHA, STEPS, STEPS_PER_EPOCH, MONITOR, NOISE, SEED)
NAMES = ("surface", "optimizer", "framework", "schedule")
"""What a scenario chooses by name, in the order of a page."""


@dataclass(frozen=True)
class Scenario(Tuned):
    """All that defines a run. Names are found whatever their case or hyphens; a start of ``None`` is the surface's own.

    ``alpha`` of ``None`` is a rate that suits the surface; no ``framework`` is Keras where it has the optimizer.
    ``values`` holds the knobs of the surface, the optimizer, the schedule and the plateau rule that differ from their
    defaults. Classes of Keras and PyTorch are names too, and their arguments are knobs: ``schedule="CosineAnnealingLR",
    values={"T_max": 50}`` is ``schedule="cosine", values={"decay_steps": 50}``. Raises ``BadInput``.
    """

    noun = "scenario"
    surface: str = "bowl"
    start: tuple[float, float] | None = None
    optimizer: str = "gradient_descent"
    framework: str = ""
    alpha: float | None = None
    schedule: str = "constant"
    monitor: str = "val_loss"
    steps_per_epoch: int = 1
    steps: int = 200
    noise: float = 0.0
    seed: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._put("surface", find("surface", self.surface, SURFACES))
        self._find_names()
        surface = self._surface(self.values if isinstance(self.values, Mapping) else {})
        self._put("start", tuple(map(float, surface.start)) if self.start is None else _start(self.start))
        self._check_values(RUN_KNOBS, surface.alpha)

    def _surface(self, values: Mapping[str, Any]) -> Surface:
        own = SURFACES[self.surface]
        return own.of({knob.key: knob.check(values.get(knob.key, knob.default)) for knob in own.settings})

    @property
    def surface_row(self) -> Surface:
        """The surface, as its settings make it."""
        return self._surface(self.values)

    @property
    def surface_knobs(self) -> tuple[Knob, ...]:
        """What makes the surface, and its coefficients."""
        return (*SURFACES[self.surface].settings, *SURFACES[self.surface].knobs)

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """The knobs that ``values`` may hold, in the order of a page."""
        return (
            *self.surface_knobs,
            *self.rule.knobs,
            *self.schedule_knobs,
            *self.on_top_knobs,
            *self.plateau_knobs,
            *self.warmup_knobs,
            CLIPNORM,
        )

    @cached_property
    def rows(self) -> dict[str, Knob]:
        """Every knob that this scenario has, by key: those of the run and of its start too."""
        return {knob.key: knob for knob in (*RUN_KNOBS, START_X, START_Y, *self.knobs)}

    def __getitem__(self, key: str) -> Value:
        """The value of any knob, its default where it is not set."""
        if key in _RUN:
            return getattr(self, key)
        if key in ("x", "y"):
            return self.start[key == "y"]  # type: ignore[index]
        return self.values.get(key, self.knob(key).default)

    def having(self, **changes: Any) -> Scenario:
        """The same with other names or knobs. Knobs that the new names do not have are dropped; a start and a rate that
        are the surface's own follow its settings."""
        if changes.keys() & {knob.key for knob in SURFACES[self.surface].settings}:
            own = {"start": self.surface_row.start, "alpha": self.surface_row.alpha}
            changes = {name: None for name, value in own.items() if getattr(self, name) == value} | changes
        named = {key: value for key, value in changes.items() if key in _FIELDS}
        if "x" in changes or "y" in changes:
            named["start"] = (changes.pop("x", self["x"]), changes.pop("y", self["y"]))
        loose = Scenario(**{**self._names(), **{k: v for k, v in named.items() if k in (*NAMES, "start")}})
        if ON_TOP in loose.knobs:  # it brings knobs of its own
            loose = replace(loose, values={ON_TOP.key: changes.get(ON_TOP.key, self.values.get(ON_TOP.key, 0))})
        known = {knob.key for knob in loose.knobs}
        values = {key: value for key, value in self.values.items() if key in known}
        values |= loose.arguments({key: value for key, value in changes.items() if key not in _FIELDS})
        named |= {"alpha": values.pop("alpha")} if "alpha" in values else {}
        return replace(self, **{"values": values, **named})

    def _names(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*NAMES, "start")}

    def earlier(self, given: Collection[str]) -> str:
        """What this run was before PyTorch's schedules had PyTorch's defaults and rates: a sentence, '' if the same.

        said: the knobs that its link sets. All schedules were Keras's then, or had the defaults that they have there.
        """
        if self.framework == "keras" or not self.optimizer_row.has_rate:
            return ""
        knobs = self.schedule_knobs + self.warmup_knobs
        now = self._of(knobs)
        then = {knob.key: knob.default for knob in (*self.schedule_row.knobs_in("keras"), *WARMUP["keras"])}
        rates = lambda framework, values: schedules.with_warmup(  # noqa: E731
            self.schedule_row, framework, values, float(self.alpha or 0), self.steps
        )
        same = lambda one: np.allclose(one, self.rates(), rtol=1e-9, atol=1e-9 * float(self.alpha or 0))  # noqa: E731
        other = {
            knob: then[knob.key]
            for knob in knobs
            if knob.key not in given and not same(rates(self.framework, now | {knob.key: then[knob.key]}))
        }
        before = now | {knob.key: value for knob, value in other.items()}
        sentences = []
        if other:
            was = " and ".join(f"{knob.key}={knob.text(before[knob.key])}" for knob in other)
            has = " and ".join(f"{knob.key}={digits(float(now[knob.key]))}" for knob in other)  # type: ignore[arg-type]
            sentences.append(
                f"PyTorch has {has} by default. Links made before showed {was}: add that to have it again."
            )
        if not np.allclose(rates("keras", before), rates(self.framework, before), rtol=1e-9, atol=1e-9):
            sentences.append(
                f"{self.schedule_row.pytorch} in PyTorch rises again after its end. Links made before stayed down, as"
                f" {self.schedule_row.keras} does in Keras."
            )
        return " ".join(sentences)

    def going_on(self, alpha: float | None = None, **changes: Value) -> np.ndarray:
        """What PyTorch's scheduler makes of the rate that is there before each step, as `schedules.going_on`, from this
        alpha and with these values of knobs instead of its own."""
        values = self._of(self.schedule_knobs + self.warmup_knobs) | changes
        alpha = self.alpha if alpha is None else alpha
        return schedules.going_on(self.schedule_row, values, float(alpha or 0), self.steps)

    @cached_property
    def coef(self) -> np.ndarray:
        """The coefficients of the surface."""
        return np.array([knob.number(self[knob.key]) for knob in self.surface_row.knobs])

    @property
    def hyper(self) -> dict[str, Value]:
        """The values of the update rule's knobs; what is left to the surface is its lowest known loss."""
        floor = self.surface_row.floor(self.coef)
        return {knob.key: floor if self[knob.key] is None else self[knob.key] for knob in self.rule.knobs}

    # Plain data -------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """All fields, as JSON has them."""
        return {name: getattr(self, name) for name in _FIELDS} | {
            "start": list(self.start or ()),
            "values": dict(self.values),
        }

    def to_params(self) -> dict[str, str]:
        """Short URL parameters: what differs from the defaults, one each."""
        settings = {knob.key: self[knob.key] for knob in SURFACES[self.surface].settings}
        plain = Scenario(surface=self.surface, optimizer=self.optimizer, values=settings)
        own = {
            "surface": _PLAIN.surface,
            "optimizer": _PLAIN.optimizer,
            "framework": plain.framework,
            "schedule": plain.schedule,
        }
        params = {name: getattr(self, name) for name, usual in own.items() if getattr(self, name) != usual}
        if self.start != plain.start:
            params["start"] = ",".join(number_text(v) for v in self.start or ())
        for knob in RUN_KNOBS:
            if self[knob.key] != plain[knob.key]:
                params[knob.key] = knob.text(self[knob.key])
        known = {knob.key: knob for knob in self.knobs}
        return params | {key: known[key].text(value) for key, value in self.values.items()}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Scenario:
        """From URL parameters or ``--set`` pairs, all text; raises ``BadInput`` for the first that is wrong."""
        named = {key: value for key, value in params.items() if key in _FIELDS and key != "values"}
        return cls(**named, values={key: value for key, value in params.items() if key not in named})  # type: ignore[arg-type]


_FIELDS = tuple(Scenario.__dataclass_fields__)
_RUN = {knob.key for knob in RUN_KNOBS}
_PLAIN = Scenario()


def _start(start: Any) -> tuple[float, float]:
    try:
        return _two_numbers(start)
    except (TypeError, ValueError):
        raise BadInput(
            f"start is {shown(start)}, but must be two numbers such as -4,2, each from -1000000 to 1000000."
            + comma_hint(start, _two_numbers)
        ) from None


def _two_numbers(start: Any) -> tuple[float, float]:
    x, y = start.split(",") if isinstance(start, str) else start
    return float(START_X.check(x)), float(START_Y.check(y))  # type: ignore[arg-type]
