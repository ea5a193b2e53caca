"""What the callback does to a run that is stuck: with and without it, by both frameworks, with every patience. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from lrviz.analysis.diagnosis import diagnose
from lrviz.analysis.verdicts import levels, next_rate
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import apart, digits, enough_digits
from lrviz.lessons.hyperparameter import jobs
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.once import made_once_for
from lrviz.scenario import Scenario, simulate, simulate_many
from lrviz.trajectory import Trajectory

LAST = 0.1
"""Of the steps: over these the loss at the end is a mean, for with noise a single one is chance."""
SAME = 0.01
"""Two losses above the floor that differ by less than this part of the larger are the same."""
LONGEST_PATIENCE = 20
MOST_TOLD = 6
"""So many steps or rates a sentence lists."""


@dataclass(frozen=True)
class Plateau:
    """A kind of plateau: its name, what it is in one sentence, and the settings that show it."""

    label: str
    what: str
    changes: Mapping[str, str]


_SHORT = {"noise": "0", "steps_per_epoch": "1", "monitor": "val_loss", "seed": "0"}
PLATEAUS: dict[str, Plateau] = {
    "noise": Plateau("Noise floor", "Chance is added to each gradient: the run wanders.", {}),
    "zigzag": Plateau(
        "Zig-zag",
        "The steps jump from wall to wall and never reach the floor of the valley.",
        {**_SHORT, "kappa": "10", "alpha": "0.2", "steps": "100", "patience": "5", "min_lr": "0.05"},
    ),
    "shelf": Plateau(
        "Shelf",
        "Almost flat ground, but no minimum: the drop is still far away.",
        {
            **_SHORT, "surface": "shelf", "x": "-4.5", "y": "1.8", "slope": "0.01", "alpha": "0.8", "steps": "200",
            "patience": "5", "min_delta": "0.001", "min_lr": "0.001",
        },
    ),
}  # fmt: skip
"""By key. Each is the lesson's own race with these changes; the first is that race."""


def kind(scenario: Scenario) -> str:
    """Which of ``PLATEAUS`` this scenario shows."""
    return "shelf" if scenario.surface == "shelf" else "noise" if scenario.noise else "zigzag"


# With and without -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """The loss at the end with the callback and with a constant rate, and of how many steps it is the mean.

    outcome: ``better`` (lower with the callback), ``worse`` or ``same``.
    """

    with_it: float
    without: float
    steps: int
    outcome: str


def last_steps(run: Trajectory) -> int:
    return max(1, round(LAST * run.steps))


def at_the_end(run: Trajectory) -> float:
    """The mean loss of the last tenth of the steps; inf where it is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(np.mean(run.loss[-last_steps(run) :]))
    return mean if np.isfinite(mean) else np.inf


def compare(scenario: Scenario) -> Compared:
    """The same run with the callback and without."""
    return _compare(scenario.to_json())


@lru_cache(maxsize=64)
def _compare(scenario_json: str) -> Compared:
    scenario = Scenario.from_json(scenario_json)
    run, plain = simulate(scenario), simulate(scenario.having(schedule="constant"))
    ends = at_the_end(run), at_the_end(plain)
    floor = scenario.surface_row.floor(scenario.coef)
    with_it, without = (end - floor for end in ends)
    differ = abs(with_it - without) > SAME * max(with_it, without) if np.isfinite(ends).any() else False
    outcome = "same" if not differ else "better" if with_it < without else "worse"
    return Compared(*ends, last_steps(run), outcome)


OUTCOMES = {
    "better": "It ends lower with the callback",
    "worse": "It ends higher with the callback",
    "same": "Both end at the same loss",
}


@made_once_for(QUESTIONS)
def does_it_help(scenario: Scenario, what: str = "") -> Question:
    """Does the callback help this run? Graded by running it with and without."""
    told = compare(scenario)
    because = f"We ran both. Loss at the end: {digits(told.with_it)} with it, {digits(told.without)} without."
    return Question(what, list(OUTCOMES.values()), list(OUTCOMES).index(told.outcome), because)


# The cuts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """One cut: after which step, the rate before and after, the mean loss on the stair before and on the one after.

    Each mean is over the second half of a stair, when it has settled; nan if no step follows the cut.
    """

    step: int
    old: float
    new: float
    loss_before: float
    loss_after: float


def cuts(run: Trajectory) -> list[Cut]:
    """Every cut of a run."""
    stairs = jobs(run)
    settled = [float(np.mean(run.loss[stair.end - stair.steps // 2 : stair.end + 1])) for stair in stairs]
    found = [
        Cut(after.begin, before.rate, after.rate, settled[i], settled[i + 1])
        for i, (before, after) in enumerate(pairwise(stairs))
        if after.begin in run.cuts
    ]
    if len(run.cuts) and run.cuts[-1] == run.steps:  # after the last step
        found.append(Cut(run.steps, stairs[-1].rate, float(run.epochs.learning_rate[-1]), settled[-1], float("nan")))
    return found


def reduced(scenario: Scenario, run: Trajectory) -> str:
    """What "reduce" means, with the numbers of the run."""
    factor, known = float(scenario["factor"]), levels(scenario, run)  # type: ignore[arg-type]
    if not len(run.cuts):
        rate = float(known[0])
        lower = next_rate(scenario, rate)
        if lower >= rate:
            return f"This run was not cut: its rate, {digits(rate)}, is not above the lowest, {digits(lower)}."
        before, after = apart(rate, lower)
        return f"This run was not cut. A cut would take the rate from {before} to {after}."

    def adds_up(said: Sequence[float], significant: int) -> bool:
        return said[1] == factor and digits(said[0] * factor, significant) == digits(said[2], significant)

    rates = [float(known[0]), *known[1:][run.epochs.cut].tolist()]
    old, times, product = enough_digits((rates[0], factor, rates[0] * factor), adds_up)
    warm = ", of what the warm-up rises to" if scenario["warmup_steps"] else ""
    said = f"The first cut of this run{warm}: {old} × {times} = {product}"
    said += f", but not below the lowest rate, {digits(rates[1])}." if rates[1] > rates[0] * factor else "."
    chain = " → ".join(apart(*rates[:MOST_TOLD]))
    more = f" and {len(rates) - MOST_TOLD} more" if len(rates) > MOST_TOLD else ""
    return f"{said} Cut by cut: {chain}{more}."


def weights_or_rate(scenario: Scenario, run: Trajectory) -> str:
    """What the steps change and what the cuts change, with the numbers of the run."""
    made = run.cuts
    times = {0: "never", 1: "once", 2: "twice"}.get(len(made), f"{len(made)} times")
    said = f"In this run {run.steps} steps moved the weights; the callback changed the rate {times}."
    if not len(made) or made[0] == run.steps:
        return said
    at = int(made[0])
    before, after = (float(np.hypot(*run.dx[k])) for k in (at - 1, at))
    x, y = (digits(float(part)) for part in run.x[at])
    said += f" The first cut, after step {at}, moved no weight: the point stayed at ({x}, {y})."
    return f"{said} The step before it was {digits(before)} long, the step after it {digits(after)}."


@made_once_for(QUESTIONS)
def which_rate(scenario: Scenario) -> Question:
    """To what does one cut take the rate? The wrong choices divide by the factor, or take that part away."""
    alpha, factor = float(scenario.alpha or 0), float(scenario["factor"])  # type: ignore[arg-type]
    right = next_rate(scenario, alpha)
    slips = (alpha / factor, alpha * (1 - factor), alpha * factor**2, alpha, alpha / 3)
    choices = [right]
    for slip in slips:
        if len(choices) < 3 and digits(slip) not in [digits(choice) for choice in choices]:
            choices.append(slip)
    choices.sort()
    floor = float(scenario["min_lr"])  # type: ignore[arg-type]
    bound = f", but not below the lowest rate {digits(floor)}" if alpha * factor < floor else ""
    because = f"A cut multiplies: {digits(alpha)} × {digits(factor)} = {digits(alpha * factor)}{bound}."
    what = f"The rate is {digits(alpha)} and the factor {digits(factor)}. What is the rate after one cut?"
    return Question(what, [digits(choice) for choice in choices], choices.index(right), because)


@made_once_for(QUESTIONS)
def how_many_cuts(scenario: Scenario) -> Question:
    """Fewer, as many or more cuts with twice the patience? Graded by running both."""
    most = int(scenario.knob("patience").high)
    patience = min(2 * max(int(scenario["patience"]), 1), most)  # type: ignore[arg-type]
    changed = scenario.having(patience=patience)
    what = f"With patience {patience} instead of {scenario['patience']}: how many cuts does this run get?"
    before, after = len(simulate(scenario).cuts), len(simulate(changed).cuts)
    choices = ["Fewer cuts", "As many", "More cuts"]
    return Question(
        what, choices, 1 + int(np.sign(after - before)), f"We ran both: {before} cuts now, {after} cuts then."
    )


# Keras and PyTorch ----------------------------------------------------------------------------------------------------


def rival(scenario: Scenario) -> dict[str, str]:
    """What a run in the other framework has of its own so that all numbers are the same.

    min_delta is an absolute difference, as PyTorch's threshold is in mode ``abs``; in mode ``rel`` nothing in Keras is
    like it.
    """
    if scenario.framework == "keras":
        threshold = scenario.knob("min_delta").text(scenario["min_delta"])
        return {"framework": "pytorch", "threshold": threshold, "threshold_mode": "abs"}
    return {"framework": "keras", "min_delta": scenario.knob("threshold").text(scenario["threshold"])}


def against(one: Scenario, other: Scenario) -> list[str]:
    """When two runs with the same numbers cut, in words, and how far apart the first cuts are."""
    runs = [simulate(scenario) for scenario in (one, other)]
    names = [FRAMEWORKS[scenario.framework] for scenario in (one, other)]
    said = [f"{name} cuts {_listed(run)}." for name, run in zip(names, runs, strict=True)]
    if all(len(run.cuts) for run in runs):
        said.append(_apart(names, runs, one.steps_per_epoch))
    ends = [digits(at_the_end(run)) for run in runs]
    said.append(f"Loss at the end: {ends[0]} in {names[0]}, {ends[1]} in {names[1]}.")
    return said


def _listed(run: Trajectory) -> str:
    if not len(run.cuts):
        return "never"
    more = f" and {len(run.cuts) - MOST_TOLD} times more" if len(run.cuts) > MOST_TOLD else ""
    steps = ", ".join(str(step) for step in run.cuts[:MOST_TOLD]) + more
    return f"after step{'s' * (len(run.cuts) > 1)} {steps}"


def _apart(names: Sequence[str], runs: Sequence[Trajectory], steps_per_epoch: int) -> str:
    epochs = [int(run.cuts[0]) // steps_per_epoch for run in runs]
    apart = epochs[1] - epochs[0]
    if not apart:
        return f"The first cut falls in the same epoch, {epochs[0]}."
    early, late = (0, 1) if apart > 0 else (1, 0)
    count = f"{abs(apart)} epoch{'s' * (abs(apart) > 1)}"
    first, second = (f"{names[i]}'s" for i in (early, late))
    return f"{first} first cut is in epoch {epochs[early]}, {second} in epoch {epochs[late]}: {count} later."


# Steps wasted ---------------------------------------------------------------------------------------------------------


def waste(scenario: Scenario, run: Trajectory) -> list[str]:
    """How many steps gained nothing, and which."""
    wasted = diagnose(scenario, run).wasted
    if not wasted.steps:
        return [f"None of the {run.steps} steps was wasted: each stretch went on gaining to its end."]
    said = [f"{wasted.steps} of {run.steps} steps ({wasted.share:.0%}) gained nothing."]
    longest = sorted(wasted.stretches, key=lambda stretch: stretch.begin - stretch.end)[:3]
    for stretch in sorted(longest):
        ended = "the cut came" if stretch.cut else "the run ended"
        said.append(f"The last gain was at step {stretch.begin}; {ended} at step {stretch.end}.")
    return said


@dataclass(frozen=True)
class Sweep:
    """One run a patience: the part of its steps that gained nothing, its loss at the end, how often it was cut."""

    patience: np.ndarray
    wasted: np.ndarray
    loss: np.ndarray
    cuts: np.ndarray


def sweep(scenario: Scenario) -> Sweep:
    """Patience from 0 to ``LONGEST_PATIENCE`` epochs, or to the scenario's own; each (P,)."""
    return _sweep(scenario.having(patience=0).to_json(), max(LONGEST_PATIENCE, int(scenario["patience"])))  # type: ignore[arg-type]


@lru_cache(maxsize=32)
def _sweep(scenario_json: str, longest: int) -> Sweep:
    scenario = Scenario.from_json(scenario_json)
    step = max(1, -(-longest // 60))
    patience = sorted({*range(0, longest + 1, step), longest})
    runs = simulate_many(scenario, patience=patience)
    wasted = [diagnose(scenario.having(patience=p), run).wasted.share for p, run in zip(patience, runs, strict=True)]
    return Sweep(
        np.array(patience),
        np.array(wasted),
        np.array([at_the_end(run) for run in runs]),
        np.array([len(run.cuts) for run in runs]),
    )


def told(scenario: Scenario, found: Sweep) -> str:
    """What the sweep says of this run's patience."""
    own = int(scenario["patience"])  # type: ignore[arg-type]
    here = int(np.flatnonzero(found.patience == own)[0])
    best = int(np.argmin(found.loss))
    mine = f"With patience {own}, {found.wasted[here]:.0%} of the steps are wasted,"
    mine += f" and the loss ends at {digits(found.loss[here])}."
    floor = scenario.surface_row.floor(scenario.coef)
    if found.loss[here] - floor <= (found.loss[best] - floor) * (1 + SAME):
        return f"{mine} No patience of this chart ends clearly lower."
    lowest = f"ends lowest, at {digits(found.loss[best])}, with {found.wasted[best]:.0%} wasted"
    return f"{mine} Of this chart, patience {found.patience[best]} {lowest}."
