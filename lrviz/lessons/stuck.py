"""Lesson 2: what the callback does to a run that is stuck: with and without it, by both frameworks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.analysis.resume import Resumed, resumed, two_memories
from lrviz.analysis.sentences import Statement, sentences
from lrviz.analysis.verdicts import levels, next_rate, remarks
from lrviz.analysis.waste import last_steps, outcome, wasted
from lrviz.analysis.waste import waste as waste_of
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import apart, digits, enough_digits
from lrviz.lessons.hyperparameter import jobs
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.pairs import pairs
from lrviz.lessons.questions import QUESTIONS, Question
from lrviz.once import made_once_for
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate, simulate_many
from lrviz.trajectory import Trajectory

SAME = 0.01
"""Two losses above the floor that differ by less than this part of the larger are the same."""
SEEDS = 64
"""With noise, so many runs say whether the callback helps."""
LONGEST_PATIENCE = 20
MOST_LISTED = 6
"""So many steps or rates a sentence lists."""


def kind(scenario: Scenario) -> str:
    """Which of the lesson's cases this scenario shows."""
    return "shelf" if scenario.surface == "shelf" else "noise" if scenario.noise else "zigzag"


# With and without -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """The loss at the end with the callback and with a constant rate, each the mean of the last ``steps`` steps; with
    noise the medians over ``seeds`` noises. lower, higher: for how many of these it is so with the callback. sure: not
    by chance.

    outcome: ``better`` (lower with the callback), ``worse`` or ``same``, also where it may be chance.
    """

    with_it: float
    without: float
    steps: int
    outcome: str
    seeds: int
    lower: int
    higher: int
    sure: bool


def at_the_end(run: Trajectory) -> float:
    """The mean loss of the last tenth of the steps; inf where it is not finite."""
    return float(outcome(run.loss))


@made_once_for(64)
def compare(scenario: Scenario) -> Compared:
    """The same run with the callback and without."""
    both = [_ends(one) for one in (scenario, scenario.having(schedule="constant"))]
    ends = [float(np.median(found)) for found in both]
    floor = scenario.surface_row.floor(scenario.coef)
    with_it, without = (end - floor for end in ends)
    differ = abs(with_it - without) > SAME * max(with_it, without) if np.isfinite(ends).any() else False
    found = pairs(*both)
    sure = not scenario.noise or found.lower is not None
    outcome = "same" if not (differ and sure) else "better" if with_it < without else "worse"
    return Compared(
        ends[0], ends[1], last_steps(scenario.steps), outcome, len(both[0]), found.first, found.second, sure
    )


def _ends(scenario: Scenario) -> np.ndarray:
    """The mean loss at the end: of each of ``SEEDS`` noises, or of the one run without noise."""
    runs = simulate_many(scenario, seed=range(SEEDS)) if scenario.noise else [simulate(scenario)]
    return np.array([at_the_end(run) for run in runs])


OUTCOMES = {
    "better": "It ends lower with the callback",
    "worse": "It ends higher with the callback",
    "same": "It makes no clear difference",
}


@made_once_for(QUESTIONS)
def does_it_help(scenario: Scenario, what: str = "") -> Question:
    """Does the callback help this run? Graded by running it with and without."""
    compared = compare(scenario)
    of = f"Median loss at the end over {compared.seeds} noises" if compared.seeds > 1 else "Loss at the end"
    ends = f"{digits(compared.with_it)} with it, {digits(compared.without)} without"
    because = f"We ran both. {of}: {ends}.{how_often(compared)}"
    return Question(what, list(OUTCOMES.values()), list(OUTCOMES).index(compared.outcome), because)


def how_often(found: Compared) -> str:
    """With noise: for how many noises the callback helped, and whether that may be chance; after another sentence."""
    if found.seeds == 1:
        return ""
    counts = {"lower": found.lower, "higher": found.higher, "the same": found.seeds - found.lower - found.higher}
    (how, first), *others = [(how, count) for how, count in counts.items() if count]
    more = "".join(f", {count} {how}" for how, count in others)
    chance = "" if found.sure or not (found.lower or found.higher) else ": that may be chance"
    return f" Of {found.seeds} runs, {first} end{'s' * (first == 1)} {how} with it{more}{chance}."


def never_cut(scenario: Scenario, run: Trajectory) -> str:
    """Where the callback never cut: that, and what is found first of its settings; '' where it did."""
    if len(run.cuts):
        return ""
    never = "The run on the stage was never cut, so the pale run lies hidden under it."
    return " ".join([never, *remarks(scenario, run)[:1]])


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
            return Statement(("reduce.lowest",), {"rate": rate, "lowest": lower}).sentence
        before, after = apart(rate, lower)
        return Statement(("reduce.would",), {}, {"before": before, "after": after}).sentence

    def adds_up(rounded: Sequence[float], significant: int) -> bool:
        return rounded[1] == factor and digits(rounded[0] * factor, significant) == digits(rounded[2], significant)

    rates = [float(known[0]), *known[1:][run.epochs.cut].tolist()]
    old, times, product = enough_digits((rates[0], factor, rates[0] * factor), adds_up)
    rows = ("reduce.first", *(("reduce.held",) if rates[1] > rates[0] * factor else ()), "reduce.chain")
    texts = {
        "warm": ", of what the warm-up rises to" if scenario["warmup_steps"] else "",
        "old": old, "times": times, "product": product,
        "chain": " → ".join(apart(*rates[:MOST_LISTED])),
        "more": f" and {len(rates) - MOST_LISTED} more" if len(rates) > MOST_LISTED else "",
    }  # fmt: skip
    return Statement(rows, {"lowest": rates[1]}, texts).sentence


@made_once_for(64)
def forgotten(scenario: Scenario) -> tuple[Resumed | None, tuple[str, ...]]:
    """This run stopped one epoch before its first cut and resumed with a fresh callback, and what that tells."""
    run = simulate(scenario)
    found = resumed(scenario, run)
    return found, tuple(sentences(two_memories(run, found))) if found else ()


@made_once_for(QUESTIONS)
def which_rate(scenario: Scenario) -> Question:
    """To what does one cut take the rate? The wrong choices divide by the factor, or take that part away."""
    alpha, factor = float(scenario.alpha or 0), float(scenario["factor"])  # type: ignore[arg-type]
    right = next_rate(scenario, alpha)
    wrong = (alpha / factor, alpha * (1 - factor), alpha * factor**2, alpha, alpha / 3)
    choices = [right]
    for rate in wrong:
        if len(choices) < 3 and digits(rate) not in [digits(choice) for choice in choices]:
            choices.append(rate)
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
    because = f"We ran both: {before} cuts now, {after} cuts then."
    return Question(what, choices, 1 + int(np.sign(after - before)), because, changed)


def what_a_cut_changes(scenario: Scenario) -> Question:
    """The rate or the weights? Read from the run."""
    run = simulate(scenario)
    moved = f"{run.steps} steps moved the weights, {len(run.cuts)} cuts moved nothing"
    because = f"In this run {moved}: a cut only changes how long the next steps are."
    return Question("What does a cut change?", ("The weights", "The learning rate", "Both"), 1, because)


def predicted_floor(scenario: Scenario, rate: float) -> float | None:
    """The mean loss at which plain descent with this rate stays: the sum over both axes of a sigma^2/(2 (2 - a L)).

    None where that is not so: for another optimizer, without noise, past an edge. Bottou, Curtis & Nocedal (2018).
    """
    if scenario.optimizer != "gradient_descent" or not scenario.noise or scenario.surface != "bowl":
        return None
    lowest = scenario.surface_row.minima(scenario.coef)[0]
    curvatures = scenario.surface_row.curvature(scenario.coef, lowest)[0]
    if rate * float(curvatures.max()) >= 2:
        return None
    return float(sum(rate * scenario.noise**2 / (2 * (2 - rate * curvature)) for curvature in curvatures))


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
    texts = [f"{name} cuts {_listed(run)}." for name, run in zip(names, runs, strict=True)]
    if all(len(run.cuts) for run in runs):
        texts.append(_apart(names, runs, one.steps_per_epoch))
    ends = [digits(at_the_end(run)) for run in runs]
    texts.append(f"Loss at the end: {ends[0]} in {names[0]}, {ends[1]} in {names[1]}.")
    return texts


def _listed(run: Trajectory) -> str:
    if not len(run.cuts):
        return "never"
    more = f" and {len(run.cuts) - MOST_LISTED} times more" if len(run.cuts) > MOST_LISTED else ""
    steps = ", ".join(str(step) for step in run.cuts[:MOST_LISTED]) + more
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
    """How many steps were wasted, and how one would have known."""
    return sentences(waste_of(scenario, run))


@dataclass(frozen=True)
class Sweep:
    """What each patience costs and brings, each (P,): the part of the steps that was wasted, the loss at the end, how
    often the rate was cut. With noise the medians of ``SEEDS`` runs; low, high: their middle half ends between these.
    """

    patience: np.ndarray
    wasted: np.ndarray
    loss: np.ndarray
    low: np.ndarray
    high: np.ndarray
    cuts: np.ndarray
    seeds: int


TRIED = (0, 1, 2, 3, 5, 8, 12, 16, 20)
"""Patiences of a sweep over many noises."""


def sweep(scenario: Scenario) -> Sweep:
    """Patience from 0 to ``LONGEST_PATIENCE`` epochs, or to the scenario's own."""
    own = int(scenario["patience"])  # type: ignore[arg-type]
    return _sweep(scenario.having(patience=0, **({"seed": 0} if scenario.noise else {})), own)


@made_once_for(32)
def _sweep(scenario: Scenario, own: int) -> Sweep:
    longest = max(LONGEST_PATIENCE, own)
    every = range(0, longest + 1, max(1, -(-longest // 60)))
    patience = sorted({*(TRIED if scenario.noise else every), longest, own})
    seeds = list(range(SEEDS)) if scenario.noise else [scenario.seed]
    rows: list[tuple[float, ...]] = []
    for epochs in patience:
        runs = simulate_many(scenario.having(patience=epochs), seed=seeds)
        ends = np.array([at_the_end(run) for run in runs])
        share = np.median([wasted(scenario, run).share for run in runs])
        middle = np.percentile(ends, (25, 50, 75), method="nearest")
        cuts = float(np.median([len(run.cuts) for run in runs]))
        rows.append((float(share), middle[1], middle[0], middle[2], cuts))
    share, loss, low, high, made = np.array(rows).T
    return Sweep(np.array(patience), share, loss, low, high, made, len(seeds))


def story(scenario: Scenario, found: Sweep) -> str:
    """What the sweep says of this patience."""
    own = int(scenario["patience"])  # type: ignore[arg-type]
    here = int(np.flatnonzero(found.patience == own)[0])
    best = int(np.argmin(found.loss))
    of = f", in the median of {found.seeds} noises," if found.seeds > 1 else ""
    mine = f"With patience {own}{of} {found.wasted[here]:.0%} of the steps are wasted,"
    mine += f" and the loss ends at {digits(found.loss[here])}."
    floor = scenario.surface_row.floor(scenario.coef)
    threshold = found.low[here] if found.seeds > 1 else floor + (found.loss[here] - floor) / (1 + SAME)
    if found.loss[best] >= threshold:
        return f"{mine} No patience of this chart ends clearly lower."
    lowest = f"gives the lowest final loss, {digits(found.loss[best])}, with {found.wasted[best]:.0%} wasted"
    return f"{mine} In this chart patience {found.patience[best]} {lowest}."


# The lesson -----------------------------------------------------------------------------------------------------------


def carried(before: Race, after: Race) -> Race:
    """The other framework goes on racing, with the numbers of the new case."""
    return Race(after.first, (rival(after.first),) if rival_of(before) else ())


def rival_of(race: Race) -> Scenario | None:
    """The run of the race in the other framework, if there is one."""
    return next((other for other in race.scenarios[1:] if other.framework != race.first.framework), None)


def lacks(race: Race) -> str:
    """It is about the callback."""
    if race.first.plateau_knobs:
        return ""
    name = race.first.schedule_row.name.lower()
    return f"This link has no callback (its schedule: {name}), and this lesson is about the callback."


def check(scenario: Scenario) -> list[Question]:
    """About one cut, about patience, and about what a cut changes."""
    return [which_rate(scenario), how_many_cuts(scenario), what_a_cut_changes(scenario)]


_PATIENT = Preset(
    "Patience 16", {"patience": "16"}, "The first cut comes late, or never.", "Most steps are taken at the first rate."
)
_SMALL = Preset("Factor 0.9", {"factor": "0.9"}, "The cuts are too small to see.", "The floor hardly sinks.")
_SHORT = {"noise": "0", "steps_per_epoch": "1", "monitor": "val_loss", "seed": "0"}

LESSON = Lesson(
    key="stuck",
    question="Stuck: why go slower?",
    teaser="The loss has stalled, and the callback makes the steps smaller. When does that help?",
    race=Race(
        Scenario(
            alpha=0.4,
            schedule="plateau",
            monitor="loss",
            steps_per_epoch=10,
            steps=300,
            noise=2,
            seed=54,
            values={"kappa": 2, "factor": 0.5, "patience": 3, "min_lr": 0.01},
        )
    ),
    cases={
        "noise": Case("Noise floor", "Chance in each gradient makes the run wander.", {}, (_PATIENT, _SMALL)),
        "zigzag": Case(
            "Zig-zag",
            "The steps jump from wall to wall of a valley.",
            {**_SHORT, "kappa": "10", "alpha": "0.2", "steps": "100", "patience": "5", "min_lr": "0.05"},
            (
                Preset(
                    "Patience 30",
                    {"patience": "30"},
                    "The cut comes late, and the end is lower.",
                    "Few steps are taken at the lowest rate, which is slow.",
                ),
                Preset(
                    "A lowest rate of 0.2",
                    {"min_lr": "0.2"},
                    "It is never cut.",
                    "It jumps between the walls to the end.",
                ),
            ),
        ),
        "shelf": Case(
            "Shelf",
            "The ground is almost flat, but it is no minimum.",
            {
                **_SHORT,
                "surface": "shelf",
                "x": "-4.5",
                "y": "1.8",
                "slope": "0.01",
                "alpha": "0.8",
                "steps": "200",
                "patience": "5",
                "min_delta": "0.001",
                "min_lr": "0.001",
            },
            (
                Preset(
                    "Patience 60",
                    {"patience": "60"},
                    "It is never cut, and arrives.",
                    "The slow walk over the shelf ends at the drop.",
                ),
                Preset(
                    "min_delta 0",
                    {"min_delta": "0"},
                    "Each small fall counts as better.",
                    "No cut comes before the drop.",
                ),
            ),
        ),
    },
    predict="The loss of this run stalls. Will the callback ReduceLROnPlateau, which cuts the rate, help?",
    prediction=does_it_help,
    check=check,
    live=("alpha", "factor", "patience"),
    case_of=kind,
    carried=carried,
    lacks=lacks,
    answers=(
        Answer(
            2,
            "Is lowering the rate the same as updating the weights?",
            "No: a step moves the weights, a cut moves nothing and makes the next step shorter.",
        ),
        Answer(
            4,
            "If learning has stalled, why take smaller steps?",
            "Because the steps may be too long, thrown about by noise or by steep walls; on a flat shelf it is worse.",
            case="shelf",
        ),
        Answer(
            6,
            "How many steps did nothing, and how would one have known earlier?",
            "Those between the last better loss and the cut: a shorter patience makes them fewer.",
            changes={"patience": "16"},
        ),
    ),
)
