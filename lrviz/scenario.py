"""A scenario is all that defines a run, as plain validated data: to and from JSON and short URL parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import product
from typing import Any

import numpy as np

from lrviz import engine, schedules, tuned
from lrviz.columns import COLUMNS, ENDS
from lrviz.engine import Batch, Numbers, Outcome
from lrviz.knob import BadInput, Knob, Value, comma_hint, digits, find, number_text, shown, unknown
from lrviz.optimizers import CLIPNORM
from lrviz.plateau import ON_TOP, PLATEAU
from lrviz.schedules import WARMUP
from lrviz.surfaces import SURFACES, Surface
from lrviz.trajectory import Trajectory
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

    def earlier(self, said: Collection[str]) -> str:
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
            if knob.key not in said and not same(rates(self.framework, now | {knob.key: then[knob.key]}))
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


def noise(seed: int, steps: int) -> np.ndarray:
    """Standard normal numbers, one pair a step: what sigma scales and each gradient gets.   -> (steps, 2)"""
    return np.random.default_rng(seed).standard_normal((steps, 2))


def simulate(scenario: Scenario) -> Trajectory:
    """Run one scenario."""
    run = engine.trace(scenario.surface_row, scenario.optimizer_row, scenario.framework, _batch(scenario, {}))[0]
    return run.of(scenario)


def retrace(scenario: Scenario, rates: np.ndarray, start: np.ndarray | None = None, after: int = 0) -> Trajectory:
    """The run at given rates, one a step, with no plateau rule to look on: a fresh optimizer.   rates: (N,)

    start (2,): where it begins, by default the scenario's own. after: so many steps were done before, by others; the
    noise goes on from there.
    """
    plain = scenario.having(schedule="constant")
    batch = _batch(plain.having(steps=1), {})
    steps = len(rates)
    drawn = noise(plain.seed, after + steps)[after:] if plain.noise else np.zeros((steps, 2))
    numbers = batch.numbers._replace(base=np.ones(1))
    if start is not None:
        numbers = numbers._replace(x=tuple(np.asarray(start, float)[:, None]))
    shape = np.asarray(rates, float)[:, None]
    batch = batch._replace(numbers=numbers, shape=shape, noise=drawn[..., None], watches=False)
    return engine.trace(plain.surface_row, plain.optimizer_row, plain.framework, batch)[0]


_OF_ALL = {"steps", "monitor", ON_TOP.key}
"""Knobs that change the shape of a run, or what all runs side by side share."""


def simulate_many(scenario: Scenario, **knobs: Sequence[Value]) -> list[Trajectory]:
    """Run the scenario with every value of one knob, or every pair of two (the last runs fastest), side by side.

    ``simulate_many(scenario, alpha=[0.01, 0.1])``. Any knob will do, ``x`` and ``y`` of the start and ``steps`` too.
    """
    for key in knobs.keys() & _OF_ALL:
        rest = {other: values for other, values in knobs.items() if other != key}
        having = [scenario.having(**{key: value}) for value in _checked(scenario, {key: knobs[key]}, MOST_RUNS)[key]]
        groups = [simulate_many(one, **rest) if rest else [simulate(one)] for one in having]
        if key == next(iter(knobs)):
            return [run for group in groups for run in group]
        return [run for pair in zip(*groups, strict=True) for run in pair]
    batch = _batch(scenario, _checked(scenario, knobs, MOST_RUNS))
    return engine.trace(scenario.surface_row, scenario.optimizer_row, scenario.framework, batch)


MOST_CELLS, MOST_RUNS = 2**22, 2**14
"""Runs of one survey, and of one batch with all paths."""


def survey(
    scenario: Scenario,
    *,
    columns: Collection[str] = ("x", "loss", "best_loss", "cuts", "learning_rate"),
    target: Any = None,
    cancelled: Callable[[], bool] = lambda: False,
    **knobs: Sequence[Value],
) -> Outcome:
    """How the run ends for every value of one knob or every pair of two, without the paths.

    ``survey(scenario, alpha=[0.01, 0.1], kappa=[1, 10, 100])``. Each column of the outcome has one last axis a knob:
    loss (2, 3). Any knob will do, ``x`` and ``y`` of the start too; what all runs side by side share (``steps``,
    ``monitor``, ``plateau_on_top``) takes one survey a value. For maps of many thousand runs: only the columns that are
    asked for are computed.

    columns: ``x`` (2, ...), ``loss`` and ``learning_rate`` at the end, and those of `lrviz.columns`: ``best_loss``,
    ``cuts``, ``reached``, ``diverged_at``, ``convergence``. target: the loss for ``reached``, a number or one a run, in
    the shape of a column. cancelled: asked every 50 ms or so; where it says yes, ``engine.Cancelled`` is raised.

    Raises ``BadInput``, for more than ``MOST_CELLS`` runs too: every value of one knob meets every value of the other.
    """
    for name in columns:
        if name not in (*ENDS, *COLUMNS):
            raise BadInput(unknown("column called", name, (*ENDS, *COLUMNS)))
    checked = _checked(scenario, knobs, MOST_CELLS)
    sizes = [len(values) for values in knobs.values()]
    return _survey(scenario, columns, _targets(target, sizes, "reached" in columns), cancelled, checked)


def _survey(
    scenario: Scenario,
    columns: Collection[str],
    target: np.ndarray,
    cancelled: Callable[[], bool],
    knobs: Mapping[str, Sequence[Value]],
) -> Outcome:
    """target: one number, or one a run in the shape of a column."""
    for place, key in enumerate(knobs):
        if key in _OF_ALL:
            rest = {other: values for other, values in knobs.items() if other != key}
            targets = [target] * len(knobs[key]) if target.size == 1 else np.moveaxis(target, place, 0)
            parts = [
                _survey(scenario.having(**{key: value}), columns, goal, cancelled, rest)
                for value, goal in zip(knobs[key], targets, strict=True)
            ]
            return Outcome({name: np.stack([part[name] for part in parts], place - len(knobs)) for name in columns})
    batch = _batch(scenario, knobs)
    ends = engine.outcomes(
        scenario.surface_row,
        scenario.optimizer_row,
        scenario.framework,
        batch,
        columns,
        target.ravel(),
        _floors(scenario, batch.numbers.coef) if "convergence" in columns else np.zeros(1),
        cancelled,
    )
    sizes = [len(values) for values in knobs.values()]
    return Outcome({name: column.reshape((*column.shape[:-1], *sizes)) for name, column in ends.items()})


_GRID = "alpha=np.geomspace(1e-4, 1, 256), kappa=np.linspace(1, 100, 256)"


def _targets(target: Any, sizes: Sequence[int], needed: bool) -> np.ndarray:
    if needed and target is None:
        raise BadInput("The column reached needs a target: the loss that counts as reached.")
    try:
        given = np.asarray(np.nan if target is None else target, float)
        return given.reshape(1) if given.size == 1 else np.broadcast_to(given, sizes)
    except (TypeError, ValueError):
        raise BadInput(f"target must be a number or one for each run, {' x '.join(map(str, sizes))}.") from None


def _floors(scenario: Scenario, coef: Sequence[np.ndarray]) -> np.ndarray:
    """The loss at the lowest known minimum of each run, (K,), or of all, (1,).   coef: each (K,) or (1,)"""
    each = np.stack(np.broadcast_arrays(*coef)) if coef else np.zeros((0, 1))
    kinds, kind_of = np.unique(each, axis=1, return_inverse=True)
    return np.array([scenario.surface_row.floor(kind) for kind in kinds.T])[kind_of.ravel()]


def _count(key: str, values: Any) -> int:
    try:
        if not isinstance(values, str):
            return len(values)
    except TypeError:
        pass
    raise BadInput(f"{key} is {shown(values)}, but runs side by side take a list of its values, as {key}=[0.1, 0.2].")


def _checked(scenario: Scenario, knobs: Mapping[str, Sequence[Value]], most: int) -> dict[str, list[Value]]:
    sizes = [_count(key, values) for key, values in knobs.items()]
    if not all(sizes or [0]):
        raise BadInput("Runs side by side need at least one value of at least one knob.")
    for knob in SURFACES[scenario.surface].settings:
        if knob.key in knobs:
            raise BadInput(f"Runs side by side share their surface; {knob.key} makes another one.")
    if math.prod(sizes) > most:
        raise BadInput(
            f"{' x '.join(f'{size:,}' for size in sizes)} = {math.prod(sizes):,} runs: every value of one knob meets"
            f" every value of the other, and at most {most:,} runs fit. Give each axis of the grid once, as in {_GRID}."
        )
    return {key: [scenario.knob(key).check(value) for value in values] for key, values in knobs.items()}


def _batch(scenario: Scenario, knobs: Mapping[str, Sequence[Value]]) -> Batch:
    """The scenario with every combination of the knobs' values, as data for one program.

    No Scenario is made for each run: maps are large.
    """
    indices = (
        np.indices([len(values) for values in knobs.values()]).reshape(len(knobs), -1)
        if knobs
        else np.zeros((0, 1), int)
    )
    place = dict(zip(knobs, indices, strict=True))

    def column(knob: Knob) -> np.ndarray:
        """(K,), or (1,) where no knob moves it."""
        if knob.key not in knobs and scenario[knob.key] is None:  # of a rule: what the surface says
            return _floors(scenario, coef)
        values = np.array([knob.number(value) for value in knobs.get(knob.key, [scenario[knob.key]])])
        return values[place[knob.key]] if knob.key in knobs else values

    def columns(row: Sequence[Knob]) -> tuple[np.ndarray, ...]:
        return tuple(column(knob) for knob in row)

    def kinds(by: Sequence[Knob], data: Callable[..., np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """What depends on these knobs alone, computed once a combination of them, and which of these a run has.

        data: takes those that move by their keys. A Scenario each would take most of a map's time.
        """
        moving = [knob.key for knob in by if knob.key in knobs]
        if not moving:
            return data()[..., None], np.zeros(1, int)
        parts = [data(**dict(zip(moving, values, strict=True))) for values in product(*(knobs[key] for key in moving))]
        sizes = [len(knobs[key]) for key in moving]
        return np.stack(parts, axis=-1), np.ravel_multi_index([place[key] for key in moving], sizes)

    coef = columns(scenario.surface_row.knobs)
    watches = scenario.watches
    of_rates = (*scenario.schedule_knobs, *scenario.warmup_knobs)
    if scenario.on_top:
        base, shape = np.ones(1), kinds((ALPHA, *of_rates), scenario.going_on)
    elif scenario.schedule == "constant" or watches:
        # The rate is alpha, exactly, times a shape that alpha does not change.
        base, shape = column(ALPHA), kinds(of_rates, partial(scenario.rates, alpha=1.0))
    else:
        base, shape = np.ones(1), kinds((ALPHA, *of_rates), scenario.rates)
    sigma = column(NOISE)
    noisy = bool(sigma.any())

    plateau = columns(PLATEAU[scenario.framework].knobs) if watches else _resting_plateau(scenario)
    numbers = Numbers(
        x=columns((START_X, START_Y)),
        coef=coef,
        hyper=columns(scenario.rule.knobs),
        plateau=plateau,
        clipnorm=column(CLIPNORM),
        sigma=sigma,
        steps_per_epoch=column(STEPS_PER_EPOCH),
        base=base,
    )
    quiet = np.zeros((scenario.steps, 2))
    drawn = kinds((SEED,), lambda seed=scenario.seed: noise(seed, scenario.steps) if noisy else quiet)
    return Batch(indices.shape[1], numbers, *shape, *drawn, scenario.monitor == "val_loss", watches)


def _resting_plateau(scenario: Scenario) -> tuple[np.ndarray, ...]:
    """The rule's defaults, for runs in which it only looks on."""
    return tuple(np.array([knob.number(knob.default)]) for knob in PLATEAU[scenario.framework].knobs)
