"""What the plateau rule decided in a run, in words: why it cut, and where its settings do not do what they seem to say.

All text is plain. A sentence has as many digits as it needs to be true as it stands: 0.4499 is not 0.45 there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from lrviz.knob import apart, digits, enough_digits
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

FLOAT64 = (
    "All numbers are the frameworks' in float64. In its default, float32, Keras may announce one more cut at the lowest"
    " rate: rounding leaves the rate a little above it."
)


def cut(scenario: Scenario, run: Trajectory, epoch: int) -> tuple[dict[str, float], str]:
    """The numbers of the cut after this epoch, and the sentence that explains it.

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
    old, new = apart(numbers["old_rate"], numbers["new_rate"])
    said = f"After step {step} the rate is cut from {old} to {new}: {_missed(scenario, numbers)}"
    return numbers, f"{said} for {_waited(scenario, numbers)}."


def _tolerance(scenario: Scenario) -> str:
    return "min_delta" if scenario.framework == "keras" else "threshold"


def _relative(scenario: Scenario) -> bool:
    return scenario.framework == "pytorch" and scenario["threshold_mode"] == "rel"


def _held(run: Trajectory, epoch: int) -> int:
    """So many bad epochs, up to this one and without a gap, were not counted. The epoch of a cut was counted."""
    count, epochs = 0, run.epochs
    while epoch >= 0 and epochs.wait[epoch] == 0 and not epochs.improved[epoch] and not epochs.cut[epoch]:
        count, epoch = count + 1, epoch - 1
    return count


def _missed(scenario: Scenario, numbers: dict[str, float]) -> str:
    """What the monitored value has not been below, and of what that is made."""
    best, bar, tolerance = numbers["best"], numbers["bar"], numbers["tolerance"]
    if tolerance == 0 or not math.isfinite(best):
        begins = math.isnan(best) or (best == math.inf and scenario.framework == "pytorch")
        what = "with which the rule began" if begins else "the best"
        return f"{scenario.monitor}, now {digits(numbers['monitored'])}, has not been below {digits(best)}, {what},"

    def adds_up(said: Sequence[float], significant: int) -> bool:
        now, of, below = said
        made = of * (1 - tolerance) if _relative(scenario) else of - tolerance
        largest = max(abs(of), abs(below))
        place = 10.0 ** (math.floor(math.log10(largest)) + 1 - significant) if largest else 0.0
        return (of == below) == (best == bar) and not now < max(made, below) and abs(made - below) <= place

    now, of, below = enough_digits((numbers["monitored"], best, bar), adds_up)
    (size,) = enough_digits((tolerance,), lambda said, _: said[0] == tolerance)
    less = f"× (1 − threshold {size})" if _relative(scenario) else f"− {_tolerance(scenario)} {size}"
    fell = numbers["monitored"] < best and now != of
    what = f"{scenario.monitor} fell too little: now {now}, it" if fell else f"{scenario.monitor}, now {now},"
    return f"{what} has not been below {below} (best {of} {less})"


def _waited(scenario: Scenario, numbers: dict[str, float]) -> str:
    """For how many epochs, and what that is to the patience and the cooldown."""
    patience = int(numbers["patience"])
    if scenario.framework == "pytorch":
        bound = f"more than patience {patience}"
    else:
        bound = f"patience {patience}" if patience else "patience 0 counts as 1"
    held = int(numbers["held"])
    said = f"{_epochs(int(numbers['wait']))} ({bound})"
    return f"{said}, after {_epochs(held)} of cooldown that did not count" if held else said


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count != 1)}"


# Where settings do not do what they seem to say -----------------------------------------------------------------------


def next_rate(scenario: Scenario, rate: float) -> float:
    """The rate after a cut: max(rate factor, min_lr)."""
    return max(rate * float(scenario["factor"]), float(scenario["min_lr"]))  # type: ignore[arg-type]


def levels(scenario: Scenario, run: Trajectory) -> np.ndarray:
    """The rate before the first epoch and after each, as the rule knows it: before any warm-up.   -> (E + 1,)

    On top of a schedule it is the schedule's, as far as it got.
    """
    if scenario.on_top:
        return np.append(run.learning_rate[:1], run.epochs.learning_rate)
    rates = [float(scenario.alpha or 0)]
    for cut in run.epochs.cut:
        rates.append(next_rate(scenario, rates[-1]) if cut else rates[-1])
    return np.array(rates)


def remarks(scenario: Scenario, run: Trajectory) -> list[str]:
    """One sentence each on what the rule did in this run though its settings seem to say otherwise."""
    if not run.plateau or not scenario.optimizer_row.has_rate:
        return []
    found = (*_as_keras_reads(scenario, run), *_relative_below_zero(scenario, run), *_dropped(scenario, run))
    return list(found)


def _as_keras_reads(scenario: Scenario, run: Trajectory) -> Iterator[str]:
    if scenario.framework != "keras" or not len(run.cuts):
        return
    if scenario["patience"] == 0:
        yield "Keras takes patience 0 as 1: one epoch without improvement makes a cut."
    if scenario["cooldown"] == 1:
        yield "Keras takes cooldown 1 as none: it counts the cooldown down before it looks at the loss."


def _relative_below_zero(scenario: Scenario, run: Trajectory) -> Iterator[str]:
    """best (1 - threshold) lies above a negative best, so that a flat loss, and a slightly worse one, is better."""
    if not _relative(scenario):
        return
    epochs = run.epochs
    best = np.append(np.inf, epochs.best[:-1])
    count = int((epochs.improved & (best < 0) & (epochs.monitored >= best)).sum())
    if count:
        yield (
            f"{_epochs(count)} counted as better without a lower {scenario.monitor}: PyTorch's relative threshold,"
            " best × (1 − threshold), lies above a negative best."
        )


def dropped(scenario: Scenario, run: Trajectory) -> int | None:
    """The first epoch whose cut PyTorch dropped, as it would have been by no more than ``eps``; None if there is none.

    From then on it drops all, as the rate stays.
    """
    if scenario.framework != "pytorch":
        return None
    epochs = run.epochs
    rates = run.learning_rate[epochs.step - 1] if scenario.on_top else levels(scenario, run)[:-1]
    wait, cooldown = (np.append(0.0, rows[:-1]) for rows in (epochs.wait, epochs.cooldown))
    due = ~epochs.improved & (cooldown == 0) & (wait >= float(scenario["patience"])) & ~epochs.cut  # type: ignore[arg-type]
    lower = np.array([next_rate(scenario, rate) for rate in rates])
    at = np.flatnonzero(due & (lower < rates))
    return int(at[0]) if at.size else None


def _dropped(scenario: Scenario, run: Trajectory) -> Iterator[str]:
    epoch = dropped(scenario, run)
    if epoch is None:
        return
    known = run.learning_rate[run.epochs.step - 1] if scenario.on_top else levels(scenario, run)
    rate, eps = float(known[epoch]), float(scenario["eps"])  # type: ignore[arg-type]

    def holds(said: Sequence[float], _: int) -> bool:
        return 0 < said[0] - said[1] <= said[2] == eps

    old, new, bound = enough_digits((rate, next_rate(scenario, rate), eps), holds)
    step = int(run.epochs.step[epoch])
    drops = f"At step {step} PyTorch drops a cut" if scenario.on_top else f"From step {step} on PyTorch drops each cut"
    yield f"{drops}: from {old} to {new} is no more than eps, {bound}."
