"""What the plateau rule decided in a run: why it cut, and where its settings do not do what they seem to say.

A sentence has as many digits as it needs to be true as it stands: 0.4499 is not 0.45 there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from lrviz.analysis.sentences import Statement, counted, sentences
from lrviz.knob import enough_digits
from lrviz.replay import History, Replay, Settings
from lrviz.replay.findings import find
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

FLOAT64 = (
    "All numbers are the frameworks' in float64. In its default, float32, Keras may announce one more cut at the lowest"
    " rate: rounding leaves the rate a little above it."
)


def cut(scenario: Scenario, run: Trajectory, epoch: int) -> Statement:
    """The cut after this epoch, and why it came.

    bar: what the monitored value had to be below; wait: the bad epochs that were counted, the same bar in all of them;
    held: the bad ones right before, which a cooldown kept from being counted.
    """
    epochs, step = run.epochs, int(run.epochs.step[epoch])
    wait = int(epochs.wait[epoch - 1]) + 1 if epoch else 1  # the row of a cut has 0 again
    numbers = {
        "monitored": float(epochs.monitored[epoch]),
        "best": float(epochs.best[epoch]),
        "bar": float(epochs.threshold[epoch]),
        "tolerance": float(scenario[_tolerance(scenario)]),  # type: ignore[arg-type]
        "wait": float(wait),
        "held": float(_held(run, epoch - wait)),
        "patience": float(scenario["patience"]),  # type: ignore[arg-type]
        "old_rate": float(run.learning_rate[step - 1]),
        "new_rate": float(epochs.learning_rate[epoch]),
    }
    missed, exact = _missed(scenario, numbers)
    texts = {"monitor": scenario.monitor, "name": _tolerance(scenario), "wait": counted(wait, "epoch")}
    texts |= {"held": counted(numbers["held"], "epoch")} | exact
    return Statement(("cut", *missed, *_waited(scenario, numbers)), numbers | {"step": float(step)}, texts)


def _tolerance(scenario: Scenario) -> str:
    return "min_delta" if scenario.framework == "keras" else "threshold"


def _relative(scenario: Scenario) -> bool:
    return scenario.framework == "pytorch" and scenario["threshold_mode"] == "rel"


def _held(run: Trajectory, epoch: int) -> int:
    """So many bad epochs, up to this one and without a gap, a cooldown kept from being counted. The epoch of a cut was
    counted, and so was that of a cut smaller than PyTorch's eps."""
    count, epochs = 0, run.epochs
    bad = (epochs.wait == 0) & ~epochs.improved & ~epochs.cut
    while epoch > 0 and bad[epoch] and epochs.cooldown[epoch - 1] > 0:
        count, epoch = count + 1, epoch - 1
    return count


def _missed(scenario: Scenario, numbers: dict[str, float]) -> tuple[tuple[str, ...], dict[str, str]]:
    """What the monitored value has not been below, and of what that is made: its rows, and the numbers in digits."""
    best, bar, tolerance = numbers["best"], numbers["bar"], numbers["tolerance"]
    if tolerance == 0 or not math.isfinite(best):
        begins = math.isnan(best) or (best == math.inf and scenario.framework == "pytorch")
        return ("cut.begin" if begins else "cut.best",), {}

    def adds_up(rounded: Sequence[float], significant: int) -> bool:
        now, of, below = rounded
        made = of * (1 - tolerance) if _relative(scenario) else of - tolerance
        largest = max(abs(of), abs(below))
        place = 10.0 ** (math.floor(math.log10(largest)) + 1 - significant) if largest else 0.0
        return (of == below) == (best == bar) and not now < max(made, below) and abs(made - below) <= place

    now, of, below = enough_digits((numbers["monitored"], best, bar), adds_up)
    (size,) = enough_digits((tolerance,), lambda rounded, _: rounded[0] == tolerance)
    fell = numbers["monitored"] < best and now != of
    rows = ("cut.fell" if fell else "cut.missed", "cut.relative" if _relative(scenario) else "cut.absolute")
    return rows, {"monitored": now, "best": of, "bar": below, "tolerance": size}


def _waited(scenario: Scenario, numbers: dict[str, float]) -> tuple[str, ...]:
    """For how many epochs, and what that is to the patience and the cooldown."""
    keras = "cut.keras" if numbers["patience"] else "cut.keras_0"
    bound = "cut.pytorch" if scenario.framework == "pytorch" else keras
    return (bound, "cut.held") if numbers["held"] else (bound,)


# Where settings do not do what they seem to say -----------------------------------------------------------------------


def next_rate(scenario: Scenario, rate: float) -> float:
    """The rate after a cut: max(rate factor, min_lr)."""
    return max(rate * float(scenario["factor"]), float(scenario["min_lr"]))  # type: ignore[arg-type]


def levels(scenario: Scenario, run: Trajectory) -> np.ndarray:
    """The rate before the first epoch and after each, as the rule knows it: before any warm-up.   -> (E + 1,)"""
    rates = [float(scenario.alpha or 0)]
    for cut in run.epochs.cut:
        rates.append(next_rate(scenario, rates[-1]) if cut else rates[-1])
    return np.array(rates)


OF_A_LOG = ("batches", "mode", "float32_floor", "forgotten", "stopped_first")
"""Findings on a recorded history that a run cannot have."""
OF_THE_RATE = ("eps", "floor")
"""Those that hold where nothing but the rule moves the rate."""


def remarks(scenario: Scenario, run: Trajectory) -> list[str]:
    """What is found in this run's epochs, as in a recorded history: where the settings do not do what they seem to say,
    and what to set instead. A sentence or two each, in the order of their epochs."""
    return sentences(statements(scenario, run))


def statements(scenario: Scenario, run: Trajectory) -> Iterator[Statement]:
    """The same as statements."""
    if not run.plateau or not scenario.optimizer_row.has_rate or not len(run.epochs.step):
        return
    numbers = {knob.key: scenario[knob.key] for knob in scenario.plateau_knobs}
    settings = Settings((scenario.framework,), values={**numbers, "mode": "min", "rate": scenario.alpha})
    replay = Replay(History(run.epochs.monitored, scenario.monitor), settings)

    def when(epoch: int) -> str:
        return f"step {int(run.epochs.step[epoch - 1])}"

    made = replay.decisions[scenario.framework]
    if scenario.on_top:
        made = made._replace(cut=run.epochs.cut)
    for finding in find(replay, scenario.framework, when, made):
        if finding.key not in OF_A_LOG + OF_THE_RATE * scenario.on_top:
            text = f"{finding.sentence} {finding.remedy}".removesuffix(".")
            yield Statement(("rule.finding",), {}, {"finding": text})
