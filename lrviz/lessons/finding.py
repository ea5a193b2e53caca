"""Lesson 10: a good rate by hand, by searches of ten runs, and by one run whose rate grows, against all rates. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from lrviz import turns
from lrviz.analysis.finding import SUGGESTIONS, Effects, Sweep, effects, suggestions, sweep
from lrviz.analysis.sentences import Statement
from lrviz.analysis.stability import edge
from lrviz.knob import digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.maps.axis import Axis
from lrviz.maps.grid import LEVELS, TILES, Block, Place
from lrviz.maps.map import Map
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate, simulate_many, survey

SEEDS = 64
"""Runs, each with other noise; and random searches, each with other rates."""
LOWEST, HIGHEST, ALL = 1e-4, 10.0, 256
PIECE = 4096
"""Runs that are made before a look whether anybody still waits for them: as many as the engine makes at a time."""
RATES = tuple(np.geomspace(LOWEST, HIGHEST, ALL).tolist())
"""All rates: the same ones for every search."""
STEPS = 98
"""Of the test. With 100 a rate of it would be 1/L, which throws the point to the very bottom: an accident."""
BUDGET = 10
GRID = tuple(np.geomspace(LOWEST, HIGHEST, BUDGET).tolist())
EVEN = tuple(np.linspace(LOWEST, HIGHEST, BUDGET).tolist())
"""The budget of a search, spent on rates a factor apart, and on rates a difference apart."""
BEST_PART = 0.1
"""A rate is among the best if less than this part of all rates ends lower."""
FEWEST_STEPS, MOST_STEPS = 30, 1000
SLOWEST = 1e-12
"""Below this a rate is none: a tenth of it, and a slope over its logarithm, may be no number any more."""
LEAST = 1e-12
"""Of the loss at the start: below this all is the bottom."""


def constant(scenario: Scenario, rate: float = 1.0) -> Scenario:
    """The same run at this constant rate."""
    return scenario.having(schedule="constant", alpha=rate)


# Constant rates -------------------------------------------------------------------------------------------------------


class Ends(NamedTuple):
    """How runs with these constant rates end, each field (R,): the loss above the floor after the last step, inf where
    it is not finite. With noise the median of ``SEEDS`` noises, and between low and high their middle half. start: the
    loss above the floor before the first step."""

    rates: np.ndarray
    losses: np.ndarray
    low: np.ndarray
    high: np.ndarray
    start: float

    @property
    def best(self) -> int:
        """The place of the lowest."""
        return int(np.argmin(self.losses))

    def lower(self, loss: float) -> int:
        """How many of them end lower than this."""
        return int(np.sum(self.losses < loss))

    def flies_off(self, loss: float) -> bool:
        """Is it above the start?"""
        return not loss <= self.start


def ends(scenario: Scenario, rates: Sequence[float] = RATES) -> Ends:
    """Each of these rates, kept constant."""
    return _ends(constant(scenario), tuple(rates))


@made_once_for(QUESTIONS)
def _ends(plain: Scenario, rates: tuple[float, ...]) -> Ends:
    floor = plain.surface_row.floor(plain.coef)
    seeds = range(SEEDS) if plain.noise else [plain.seed]
    losses, side = [], PIECE // len(seeds)
    for begin in range(0, len(rates), side):
        turns.still_wanted()
        losses.append(survey(plain, columns=("loss",), alpha=rates[begin : begin + side], seed=seeds).loss)
    above = np.concatenate(losses) - floor
    above = np.sort(np.where(np.isfinite(above), np.maximum(above, 0), np.inf), axis=1)
    runs = above.shape[1]
    low, middle, high = (above[:, runs * part // 4] for part in (1, 2, 3))
    return Ends(np.array(rates), middle, low, high, _start(plain))


def _start(scenario: Scenario) -> float:
    """The loss above the floor before the first step."""
    surface = scenario.surface_row
    return float(surface.f(scenario.start, scenario.coef)) - surface.floor(scenario.coef)


class Found(NamedTuple):
    """What a search found: its best rate, how that ends, and how many of all rates end lower.
    With chance in it the median of ``SEEDS`` searches, with the middle half of how many end lower."""

    name: str
    rate: float
    loss: float
    lower: int
    middle: tuple[int, int] | None = None


def best_of(scenario: Scenario, name: str, rates: Sequence[float]) -> Found:
    """The best of these rates."""
    tried = ends(scenario, tuple(rates))
    loss = float(tried.losses[tried.best])
    return Found(name, float(tried.rates[tried.best]), loss, ends(scenario).lower(loss))


@made_once_for(QUESTIONS)
def at_random(scenario: Scenario) -> tuple[Found, list[int]]:
    """Ten of all rates, drawn ``SEEDS`` times: the median search, and how many of all rates end lower than the best of
    each, the fewest first."""
    every = ends(scenario)
    best = []
    for seed in range(SEEDS):
        drawn = np.random.default_rng(seed).choice(ALL, BUDGET, replace=False)
        best.append(int(drawn[np.argmin(every.losses[drawn])]))
    best.sort(key=lambda place: every.losses[place])
    lower = [every.lower(float(every.losses[place])) for place in best]
    place = best[SEEDS // 2]
    middle = (lower[SEEDS // 4], lower[3 * SEEDS // 4])
    found = Found("Random", float(every.rates[place]), float(every.losses[place]), lower[SEEDS // 2], middle)
    return found, lower


def searches(scenario: Scenario) -> list[Found]:
    """Those of ten runs."""
    return [
        best_of(scenario, "Log grid", GRID),
        best_of(scenario, "Even grid", EVEN),
        at_random(scenario)[0],
    ]


# The range test -------------------------------------------------------------------------------------------------------


def seen(scenario: Scenario) -> Sweep:
    """The range test that this run is."""
    return sweep(simulate(scenario), scenario.surface_row.floor(scenario.coef))


def lowest_rate(scenario: Scenario) -> tuple[int, float]:
    """The step before which the loss of this run is lowest, and the rate of that step."""
    run = simulate(scenario)
    step = int(np.nanargmin(np.where(np.isfinite(run.loss[:-1]), run.loss[:-1], np.inf)))
    return step, float(run.learning_rate[step])


class Advice(NamedTuple):
    """One of the four suggestions. rate: of this test. loss: how it ends, kept constant; lower: how many of all rates
    end lower. others (SEEDS,): what tests with other noise suggest; none without noise. off: how many of these fly off,
    kept constant."""

    key: str
    rate: float
    loss: float
    lower: int
    others: np.ndarray
    off: int

    @property
    def name(self) -> str:
        return SUGGESTIONS[self.key][0]

    @property
    def middle(self) -> tuple[float, float]:
        """The middle half of the others lies between these."""
        return float(self.others[len(self.others) // 4]), float(self.others[3 * len(self.others) // 4])


@made_once_for(QUESTIONS)
def advice(scenario: Scenario) -> list[Advice]:
    """The four suggestions of this range test; none where it stops too soon."""
    own = suggestions(seen(scenario))
    if not own:
        return []
    every, floor = ends(scenario), scenario.surface_row.floor(scenario.coef)
    turns.still_wanted()
    many = simulate_many(scenario, seed=list(range(SEEDS))) if scenario.noise else []
    read = [one for one in (suggestions(sweep(run, floor)) for run in many) if one]
    rates = sorted({rate for one in (own, *read) for rate in one.values()})
    loss_at = dict(zip(rates, ends(scenario, tuple(rates)).losses.tolist(), strict=True))
    rows = []
    for key, rate in own.items():
        others = np.sort([one[key] for one in read])
        off = sum(every.flies_off(loss_at[other]) for other in others.tolist())
        rows.append(Advice(key, rate, loss_at[rate], every.lower(loss_at[rate]), others, off))
    return rows


# Words ----------------------------------------------------------------------------------------------------------------


def story(scenario: Scenario) -> list[Statement]:
    """What all rates say of this range test and its suggestions."""
    every, rows = ends(scenario), advice(scenario)
    best = {"all": ALL, "rate": float(every.rates[every.best]), "loss": float(every.losses[every.best])}
    limit = edge(scenario)
    statements = [Statement(("finding.best", "finding.edge"), best | {"edge": limit}) if limit
            else Statement(("finding.best",), best)]  # fmt: skip
    if not rows:
        return [*statements, Statement(("finding.none",), {"steps": len(seen(scenario).rates)})]
    step, rate = lowest_rate(scenario)
    if every.flies_off(float(ends(scenario, (rate,)).losses[0])):
        statements.append(Statement(("finding.late",), {"step": step, "rate": rate}))
    off = [row.name for row in rows if every.flies_off(row.loss)]
    if off:
        statements.append(
            Statement(("finding.off",), {}, {"who": _and(off), "verb": "flies" if len(off) == 1 else "fly"})
        )
    good = [row.name for row in rows if row.lower < BEST_PART * ALL]
    verb = "is" if len(good) == 1 else "are"
    statements.append(
        Statement(("finding.good",), {"all": ALL}, {"who": _and(good), "verb": verb})
        if good
        else Statement(("finding.no_good",), {"all": ALL})
    )
    return statements


def _and(names: Sequence[str]) -> str:
    return f"**{names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' and ' + names[-1]}**"


# Which axis matters ---------------------------------------------------------------------------------------------------

_RATE = Axis("alpha", LOWEST, HIGHEST, scale="log")
_NOISY: dict[str, Any] = {"noise": 1.0, "monitor": "loss", "steps_per_epoch": 5}


def _beside(y: Axis, optimizer: str = "gradient_descent", **settings: Any) -> Map:
    return Map(Scenario(optimizer=optimizer, steps=100, **settings), _RATE, y)


BESIDE: dict[str, Map] = {
    "Momentum": _beside(Axis("momentum", 0, 0.99), "momentum"),
    "Adam's β₁": _beside(Axis("beta_1", 0, 0.99), "adam"),
    "Adam's ε": _beside(Axis("epsilon", 1e-8, 1, scale="log"), "adam"),
    "Factor of the cuts": _beside(Axis("factor", 0.05, 0.95), schedule="plateau", **_NOISY, values={"patience": 3}),
    "Patience": _beside(Axis("patience", 0, 20), schedule="plateau", **_NOISY, values={"factor": 0.5}),
}
"""The knob that is tuned beside the rate -> the map of both."""


@made_once_for(len(BESIDE))
def matters(which: str) -> tuple[np.ndarray, Effects]:
    """The map as it is judged, and how much of it each axis explains: log10 of the loss at the end, (ny, nx), no higher
    than at the start and no lower than a trillionth of it."""
    plan = BESIDE[which]
    field = TILES.tile(plan, Place(LEVELS[0]))
    corner = Block(plan, field.x[:1], field.y[:1])
    start = float(np.max(corner.start_loss - corner.floor))
    loss = np.where(np.isfinite(field.values), field.values, np.inf)
    height = np.log10(np.clip(loss, LEAST * start, start))
    return height, effects(height)


# The lesson -----------------------------------------------------------------------------------------------------------

OUTCOMES = (
    "It ends among the best tenth of all rates",
    "It comes down, but more than a tenth of the rates end lower",
    "It ends above the start",
)


@made_once_for(QUESTIONS)
def predict(scenario: Scenario) -> Question:
    """How the rate at which the test's loss is lowest ends, kept constant."""
    step, rate = lowest_rate(scenario)
    every, loss = ends(scenario), float(ends(scenario, (rate,)).losses[0])
    lower = every.lower(loss)
    right = 2 if every.flies_off(loss) else 0 if lower < BEST_PART * ALL else 1
    because = (
        f"The loss is lowest at step {step}, with a rate of {digits(rate)}. Kept constant, that rate ends at"
        f" {_loss(loss)}; {lower} of {ALL} rates end lower."
    )
    return Question("", OUTCOMES, right, because)


LATE = 0.15
"""A first rate at which most of what is to be seen has gone by. Not 0.1: that is 1/L of the
bowl, so its steep axis is at 0 after one step and the test never sees an edge."""
SHARES = ("Fewer than a third", "A third to two thirds", "More than two thirds")
KINDS = ("Each is the one before times a constant", "Each is the one before plus a constant")


@made_once_for(QUESTIONS)
def check(scenario: Scenario) -> list[Question]:
    """About a test that begins too late, about grids, and about chance."""
    late = scenario.having(alpha=LATE)
    every, rows = ends(late), advice(late)
    off = [f"{row.name} {digits(row.rate)}" for row in rows if every.flies_off(row.loss)]
    why = f"These end above the start: {', '.join(off) or 'none'}." if rows else "The test stops too soon."
    log, even, (_, lower) = best_of(scenario, "", GRID), best_of(scenario, "", EVEN), at_random(scenario)
    won = sum(rank < log.lower for rank in lower)
    part = 3 * won // SEEDS if won < SEEDS else 2
    grids = Question(
        "Ten rates on a grid: which grid finds the lower loss?",
        KINDS,
        int(even.loss < log.loss),
        f"We ran both. Log: {_loss(log.loss)} at {digits(log.rate)}; even: {_loss(even.loss)} at {digits(even.rate)}.",
        scenario,
    )
    draws = Question(
        f"How many of {SEEDS} random searches beat the log grid?",
        SHARES,
        part,
        f"{won} of {SEEDS} find a lower loss, each with ten rates.",
        scenario,
    )
    begins = how_many(
        f"If the test begins at {LATE}: how many of its four suggestions fly off?", len(off), why, len(SUGGESTIONS)
    )
    return [replace(begins, tries=late), grids, draws]


def _loss(loss: float) -> str:
    return digits(loss) if np.isfinite(loss) else "no number"


def lacks(race: Race) -> str:
    """It is about a range test that is neither short nor very long."""
    if not race.first.optimizer_row.has_rate:
        return f"{race.first.optimizer_row.name} has no learning rate, so there is none to find."
    if race.first.schedule != "range_test":
        return "This lesson is about a range test, and this link shows another schedule."
    if not _start(race.first) > 0:
        return "This run begins in a minimum: there is no way for a rate to lead."
    if not FEWEST_STEPS <= race.first.steps <= MOST_STEPS:
        return f"A range test in this lesson has {FEWEST_STEPS} to {MOST_STEPS} steps."
    if not race.first.rates().min() >= SLOWEST:
        return f"The rates of a range test in this lesson are {digits(SLOWEST)} or more."
    return ""


def case_of(scenario: Scenario) -> str:
    """Which of the lesson's cases a scenario shows, "" for none."""
    if scenario.surface != "bowl":
        return ""
    return {"gradient_descent": "noise" if scenario.noise else "bowl", "adam": "adam"}.get(scenario.optimizer, "")


_PRESETS = (
    Preset("The test begins low", {"alpha": "0.0001"}, "It sees all rates.", "The loss falls, then rises at once."),
    Preset("It begins late", {"alpha": f"{LATE}"}, "It sees only the end.", "See in the next step what it suggests."),
)

LESSON = Lesson(
    key="finding",
    question="How do I find a good rate?",
    teaser="Ten tries by hand, ten on a grid, ten at random, or one run whose rate grows: which finds the best?",
    race=Race(Scenario(alpha=LOWEST, schedule="range_test", steps=STEPS, values={"end_lr": HIGHEST})),
    cases={
        "bowl": Case("Bowl", presets=_PRESETS),
        "noise": Case("Noise", changes={"noise": "2"}, presets=_PRESETS),
        "adam": Case("Adam", changes={"optimizer": "adam"}, presets=_PRESETS),
    },
    predict="This is a range test: the rate grows within the run. Take the rate at which its loss is lowest, and keep"
    " it for a whole run. How does that run end?",
    prediction=predict,
    check=check,
    live=("alpha",),
    case_of=case_of,
    lacks=lacks,
    answers=(
        Answer(
            9,
            "How do I find a good rate?",
            "Try rates of all sizes, each some times the last; a range test says where to begin, not where to stop.",
        ),
    ),
)
