"""Lesson 5: in which valley a run ends, which rate each minimum holds, and what helps a run to leave one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lrviz.analysis.basins import Ending, basin, basins_of, home, minima
from lrviz.knob import Value, digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import ALPHA, NOISE, Scenario
from lrviz.simulation import simulate, simulate_many, survey

SEEDS = TRIED = 64
NOISES = (0.1, 0.3, 0.6, 1.0, 1.5, 2.2, 3.3, 4.7, 6.8, 10.0)
RATES = tuple(float(f"{alpha:.3g}") for alpha in np.geomspace(0.3, 30, 13))
"""Times 1/L of the minimum in which the start lies: 2 is its edge."""
STAYS, LEAVES, GONE = range(3)
WHERE = ("In the valley in which it starts", "In another valley", "In none: it has left the map")

MOVED = 0.3
"""How far the surface moves below a minimum, in units of the map."""
WAYS = 64

NO_CHANGE: Mapping[str, Value] = MappingProxyType({})


class Remedy(NamedTuple):
    """A remedy that was tried with many ``values`` of one ``knob``.

    outcome (n,): STAYS, LEAVES or GONE for each value. shown: the run with the first value that leads to another
    valley, or, if none does, with the middle one; ``value`` is that value and ``ending`` how it ends.
    """

    name: str
    knob: str
    values: np.ndarray
    outcome: np.ndarray
    shown: Scenario
    value: float
    ending: Ending

    @property
    def out(self) -> int:
        """How many led to another valley."""
        return int(np.sum(self.outcome == LEAVES))

    @property
    def gone(self) -> int:
        """How many left the map."""
        return int(np.sum(self.outcome == GONE))


def careful(scenario: Scenario) -> Scenario:
    """Plain descent with a constant rate, without noise, at 1/L of the valley in which the start lies: it stays.
    On a surface without a known minimum, at the surface's own rate."""
    own = home(scenario)
    rows = minima(scenario.having(optimizer="gradient_descent"))
    rate = _three(1 / rows[own or 0].sharpness) if rows else scenario.surface_row.alpha
    return scenario.having(
        optimizer="gradient_descent", framework="keras", schedule="constant", alpha=rate, noise=0.0, seed=0
    )


def _three(value: float) -> float:
    return float(f"{value:.3g}")


def remedies(scenario: Scenario) -> tuple[Remedy, ...]:
    """What gets a run out of the valley in which it starts? Each remedy is one change of the careful run, tried with
    ``TRIED`` values. Rates are multiples of 1/L of that valley; the noise is as large as the first gradient.
    """
    return _remedies(careful(scenario))


@made_once_for(32)
def _remedies(base: Scenario) -> tuple[Remedy, ...]:
    rate, steps = float(base.alpha or 0), base.steps
    sigma = _three(min(max(float(np.hypot(*simulate(base).grad[0])), 0.01), NOISE.high))
    large = [_three(value) for value in rate * np.geomspace(2, 20, TRIED)]
    small = [_three(value) for value in rate * np.geomspace(0.05, 1, TRIED)]
    restarts: dict[str, Value] = {"schedule": "cosine_restarts", "first_decay_steps": max(steps // 3, 1), "t_mul": 1}
    cycles: dict[str, Value] = {"schedule": "cyclical", "base_lr": rate, "step_size_up": max(steps // 6, 1)}
    tried: list[tuple[str, str, Mapping[str, Value], Sequence[Value]]] = [
        ("A smaller rate", "alpha", NO_CHANGE, small),
        ("ReduceLROnPlateau", "factor", {"schedule": "plateau"}, [_three(v) for v in np.linspace(0.1, 0.95, TRIED)]),
        ("A larger rate", "alpha", NO_CHANGE, large),
        ("Momentum", "momentum", {"optimizer": "momentum"}, [_three(v) for v in np.linspace(0.3, 0.99, TRIED)]),
        ("Warm restarts", "alpha", restarts, large),
        ("Cycles", "max_lr", cycles, large),
        ("Noise", "seed", {"noise": sigma}, range(TRIED)),
    ]
    return tuple(_tried(base, *row) for row in tried)


def _tried(base: Scenario, name: str, knob: str, changes: Mapping[str, Value], values: Sequence[Value]) -> Remedy:
    changed, own = base.having(**changes), home(base)
    runs = simulate_many(changed, **{knob: values})
    ends = basins_of(changed, np.array([run.x[-1] for run in runs]))
    outcome = np.where(ends < 0, GONE, np.where(ends == (-1 if own is None else own), STAYS, LEAVES))
    out = np.flatnonzero(outcome == LEAVES)
    place = int(out[0]) if out.size else len(values) // 2
    return Remedy(
        name, knob, np.array(values, float), outcome, changed.having(**{knob: values[place]}),
        float(values[place]), basin(changed, runs[place]),  # type: ignore[arg-type]
    )  # fmt: skip


class Shares(NamedTuple):
    """values (n,) of the knob; ended (n, m + 1): the share of ``SEEDS`` seeds that ended in each of m valleys, and,
    last, in none."""

    knob: str
    values: np.ndarray
    ended: np.ndarray


def shares(scenario: Scenario, knob: str) -> Shares:
    """Where do runs of ``SEEDS`` seeds end for each value of ``noise`` or ``alpha``?"""
    own = {"noise": 0.0} if knob == "noise" else {"alpha": careful(scenario).alpha}
    return _shares(scenario.having(seed=0, **own), knob)


@made_once_for(64)
def _shares(scenario: Scenario, knob: str) -> Shares:
    values = np.array(NOISES) if knob == "noise" else np.array(RATES) * float(careful(scenario).alpha or 0)
    ends = survey(scenario, **{knob: values.tolist(), "seed": range(SEEDS)})
    where = basins_of(scenario, ends.x.reshape(2, -1).T).reshape(len(values), SEEDS)
    valleys = [*range(len(minima(scenario))), -1]
    return Shares(knob, values, np.stack([np.mean(where == valley, axis=1) for valley in valleys], axis=1))


@made_once_for(QUESTIONS)
def where_it_ends(scenario: Scenario, what: str = "", times: float = 1, **changes: Value) -> Question:
    """In which valley does this run end, with these changes and so many times the rate? Graded by running it."""
    alpha = min(max(float(scenario.alpha or 0) * times, 1e-9), ALPHA.high)
    changed = scenario.having(**{"alpha": alpha, **changes})
    run = simulate(changed)
    ending, own = basin(changed, run), home(changed)
    right = GONE if ending.basin is None else STAYS if ending.basin == own else LEAVES
    if ending.basin is None:
        ended = f"after {run.steps} steps it is off the map or no longer finite"
    else:
        place = changed.surface_row.minima(changed.coef)[ending.basin]
        ended = f"after {run.steps} steps it is in the valley of ({digits(place[0])}, {digits(place[1])})"
    return Question(what, WHERE, right, f"We ran it: {ended}.", changed)


@made_once_for(QUESTIONS)
def how_many_hold(scenario: Scenario) -> Question:
    """How many of the known minima hold plain descent with the rate of the moment? Graded by their curvature."""
    rows = minima(scenario.having(optimizer="gradient_descent"))
    rate = float(scenario.alpha or 0)
    count = sum(rate < row.holds for row in rows)
    edges = " and ".join(dict.fromkeys(digits(row.holds) for row in rows))
    what = f"Plain descent, α = {digits(rate)}: how many of the {len(rows)} known minima can hold it?"
    return how_many(what, count, f"A minimum holds a rate below its own 2/L, which is {edges} here.")


def on_moved_surface(scenario: Scenario, place: tuple[float, float]) -> float:
    """The mean loss at this place after the surface has moved by ``MOVED``, over ``WAYS`` directions.

    Other data have another loss, whose minima lie a little elsewhere: on it a wide minimum loses less. At a minimum of
    depth f with curvatures l and L it is about f + MOVED^2 (l + L)/4. Keskar et al. (2017), arXiv 1609.04836.
    """
    turn = np.linspace(0, 2 * np.pi, WAYS, endpoint=False)
    points = np.array(place)[:, None] + MOVED * np.array([np.cos(turn), np.sin(turn)])
    return float(np.mean(scenario.surface_row.f(points, scenario.coef)))


# The lesson -----------------------------------------------------------------------------------------------------------


def case_of(scenario: Scenario) -> str:
    """The cases are the surfaces."""
    return scenario.surface


def lacks(race: Race) -> str:
    """It is about several minima and the rate; and about the bowl, which has one."""
    scenario = race.first
    if not scenario.optimizer_row.has_rate:
        return f"{scenario.optimizer_row.name} has no learning rate, and this lesson is about the rate."
    if scenario.surface != "bowl" and len(minima(scenario)) < 2:
        return f"This lesson is about several minima, and only one is known of {scenario.surface_row.name}."
    return ""


def check(scenario: Scenario) -> list[Question]:
    """About a smaller rate, about momentum, and about the edges."""
    return [
        where_it_ends(scenario, "With a fifth of this rate, where does the run end?", times=0.2),
        where_it_ends(scenario, "With this rate and momentum 0.9?", optimizer="momentum", momentum=0.9),
        how_many_hold(scenario),
    ]


def _careful(alpha: str) -> Preset:
    return Preset(
        "A small rate", {"alpha": alpha}, "It comes to rest in the first valley.", "The rate is below 2/L there."
    )


def _momentum(alpha: str, see: str, look: str) -> Preset:
    return Preset("Momentum", {"alpha": alpha, "optimizer": "momentum", "momentum": "0.9"}, see, look)


_OUT = "It ends in another valley."
_OVER = "Its speed carries it over the rim."

LESSON = Lesson(
    key="valleys",
    question="Many valleys: what gets you out?",
    teaser="Larger rates, restarts, noise, momentum: what leaves a local minimum, and what does not.",
    race=Race(Scenario(surface="twin_valleys", alpha=0.25, steps=80)),
    cases={
        "twin_valleys": Case(
            "Twin valleys",
            presets=(
                _careful("0.05"),
                Preset(
                    "Just past the edge",
                    {"alpha": "0.15"},
                    "It swings in the first valley for ever.",
                    "The rate is too long to rest, too short to leave.",
                ),
                Preset(
                    "Far past the edge",
                    {"alpha": "0.25"},
                    "It leaves, and rests in the wide valley.",
                    "2/L is larger there.",
                ),
                Preset(
                    "Momentum, from the slope",
                    {"alpha": "0.05", "optimizer": "momentum"},
                    "It rolls over the rim.",
                    "It comes down with speed.",
                ),
                Preset(
                    "Momentum, from the floor",
                    {"alpha": "0.05", "optimizer": "momentum", "start": "-1.9,0"},
                    "It stays.",
                    "It has no speed that could carry it out.",
                ),
            ),
        ),
        "styblinski_tang": Case(
            "Styblinski–Tang",
            changes={"surface": "styblinski_tang", "start": "0,4", "alpha": "0.0289"},
            presets=(
                _careful("0.0289"),
                Preset("Past the edge", {"alpha": "0.0636"}, _OUT, "It does not rest there either."),
                _momentum("0.0289", _OUT, _OVER),
            ),
        ),
        "six_hump_camel": Case(
            "Six-hump camel",
            changes={"surface": "six_hump_camel", "start": "-1.9,1.1", "alpha": "0.0441"},
            presets=(
                _careful("0.0441"),
                Preset("Past the edge", {"alpha": "0.132"}, _OUT, "It does not rest there either."),
                _momentum("0.0441", "It stays.", "Its speed is too low for the rim."),
            ),
        ),
        "himmelblau": Case(
            "Himmelblau",
            changes={"surface": "himmelblau", "start": "0,0", "alpha": "0.0122"},
            presets=(
                _careful("0.0122"),
                Preset("Past the edge", {"alpha": "0.0366"}, _OUT, "It does not rest there either."),
                _momentum("0.0061", _OUT, _OVER),
            ),
        ),
        "bowl": Case(
            "Bowl",
            "One valley, as in linear and logistic regression.",
            {"surface": "bowl", "start": "-4,2", "alpha": "0.15"},
            presets=(
                Preset("A small rate", {"alpha": "0.1"}, "It comes to rest.", "There is no other valley."),
                Preset("Past the edge", {"alpha": "0.22"}, "It leaves the map.", "There is nothing to find out there."),
            ),
        ),
    },
    predict="With the rate on the slider, where will this run end?",
    prediction=where_it_ends,
    check=check,
    live=("alpha", "momentum", "noise"),
    case_of=case_of,
    lacks=lacks,
    answers=(
        Answer(
            7,
            "Does a larger rate help to leave a local minimum?",
            "Yes, if it is above 2/L there; a wide minimum has a small L, so it holds a larger rate.",
        ),
    ),
)
