"""Scenarios are run: one, many side by side with their paths, or very many without."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from lrviz import engine
from lrviz.columns import COLUMNS, ENDS
from lrviz.engine import Batch, Numbers, Outcome
from lrviz.knob import BadInput, Knob, Value, shown, unknown
from lrviz.optimizers import CLIPNORM
from lrviz.plateau import ON_TOP, PLATEAU
from lrviz.scenario import ALPHA, NOISE, SEED, START_X, START_Y, STEPS_PER_EPOCH, Scenario
from lrviz.surfaces import SURFACES
from lrviz.trajectory import Trajectory


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

    plateau = columns(PLATEAU[scenario.framework].knobs) if watches else _default_plateau(scenario)
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


def _default_plateau(scenario: Scenario) -> tuple[np.ndarray, ...]:
    """The rule's defaults, for runs in which it only looks on."""
    return tuple(np.array([knob.number(knob.default)]) for knob in PLATEAU[scenario.framework].knobs)
