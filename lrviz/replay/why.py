"""Why a rule decided as it did in one epoch: one computed sentence, with as many digits as it takes to be true."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrviz.knob import digits, enough_digits
from lrviz.replay.result import Replay


def why(replay: Replay, framework: str, epoch: int) -> str:
    """Such as: 0.4521 is not below 0.452 − 1e-4: wait 3 of 3, cut to 5e-4.   epoch: from 0."""
    size = replay.settings["accumulation_size"] if framework == "optax" else 1
    begin = max(start for start in starts(replay) if start <= epoch)
    if (epoch + 1 - begin) % size:
        return f"One of {size} values that are averaged."
    return f"{_compared(replay, framework, epoch)}: {_counted(replay, framework, epoch)}."


def starts(replay: Replay) -> tuple[int, ...]:
    """The epochs in which a rule begins: 0, and the one after a stop."""
    stop = replay.settings["resume_after"]
    return (0, stop) if stop and stop < len(replay.history) else (0,)


Beats = Callable[[float, float], bool]


def comparison(framework: str, numbers: dict[str, Any], rising: bool) -> tuple[Beats, str]:
    """Is a value better than a best, as the rule computes it in float64; and the bar as a formula, {} for the best."""
    sign, word = (1.0, "+") if rising else (-1.0, "−")

    def beyond(value: float, bar: float) -> bool:
        return value > bar if rising else value < bar

    if framework == "keras":
        delta = numbers["min_delta"]
        formula = f"{{}} {word} {_exact(delta)}" if delta else "{}"
        return (lambda value, best: beyond(value - sign * delta, best)), formula
    if framework == "optax":
        rtol, atol = numbers["rtol"], numbers["atol"]
        part = f"{{}} × (1 − {_exact(rtol)})" if rtol else "{}"
        formula = part + (f" {word} {_exact(atol)}" if atol else "")
        return (lambda value, best: beyond(value, best * (1 - rtol) + sign * atol)), formula
    threshold = numbers["threshold"]
    if numbers["threshold_mode"] == "rel":
        formula = f"{{}} × (1 {word} {_exact(threshold)})" if threshold else "{}"
        return (lambda value, best: beyond(value, best * (1 + sign * threshold))), formula
    formula = f"{{}} {word} {_exact(threshold)}" if threshold else "{}"
    return (lambda value, best: beyond(value, best + sign * threshold)), formula


def _exact(value: float) -> str:
    (text,) = enough_digits((value,), lambda said, _: said[0] == value)
    return text


def _compared(replay: Replay, framework: str, epoch: int) -> str:
    """The value and what it had to be below."""
    made, numbers = replay.decisions[framework], replay.settings.numbers(framework)
    value, improved = float(made.seen[epoch]), bool(made.improved[epoch])
    begins = epoch in starts(replay)
    if begins and (framework == "keras" or improved):
        return f"{digits(value, 4)} is the first value"
    best = (-math.inf if replay.rising else math.inf) if begins else float(made.best[epoch - 1])
    beats, formula = comparison(framework, numbers, replay.rising)

    def holds(said: Sequence[float], _: int) -> bool:
        return beats(said[0], said[1]) == improved and (said[0] == said[1]) == (value == best)

    true = holds((value, best), 0)  # else float32 decided, and no number of digits shows it
    now, of = enough_digits((value, best), holds) if true else (digits(value, 8), digits(best, 8))
    where = "" if true else " in float32"
    return f"{now} is {'' if improved else 'not '}{'above' if replay.rising else 'below'} {formula.format(of)}{where}"


def _counted(replay: Replay, framework: str, epoch: int) -> str:
    """How far the rule has counted, and whether it cut."""
    made, numbers = replay.decisions[framework], replay.settings.numbers(framework)
    patience = int(numbers["patience"])
    needed = replay.needed[framework]
    due, cut = bool(made.due[epoch]), bool(made.cut[epoch])
    wait = needed if due else int(made.wait[epoch])
    if framework == "pytorch":
        counted = f"wait {wait}, {'' if wait > patience else 'not '}more than {patience}"
    else:
        counted = f"wait {wait} of {needed}"
    if cut:
        return f"{counted}, cut to {digits(float(made.learning_rate[epoch]), 4)}"
    if due:
        floor = numbers.get("min_lr", replay.rate * numbers.get("min_scale", 0.0))
        at_floor = made.learning_rate[epoch] <= floor
        return f"{counted}, but " + ("the rate is at its floor" if at_floor else "the cut is no more than eps: dropped")
    if made.improved[epoch]:
        return "the best, wait 0"
    if not wait:  # a bad epoch that is not counted
        left = int(made.cooldown[epoch])
        return f"cooldown, not counted, {left} to go" if left else "the last epoch of the cooldown, not counted"
    if framework == "keras" and wait >= needed:
        return f"{counted}, but the rate is at its floor"
    return counted
