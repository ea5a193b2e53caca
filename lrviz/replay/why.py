"""Why a rule decided as it did in one epoch: one computed sentence, with as many digits as it takes to be true."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrviz.knob import digits, enough_digits
from lrviz.replay.result import Replay


def why(replay: Replay, framework: str, epoch: int) -> str:
    """Such as: 0.4521 is not below 0.452 − 1e-4: wait 3 of 3, cut to 5e-4.   epoch: from 0."""
    return Reasons(replay, framework).of(epoch)


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
    (text,) = enough_digits((value,), lambda rounded, _: rounded[0] == value)
    return text


class Reasons:
    """Why one framework's rule decided as it did, epoch by epoch."""

    def __init__(self, replay: Replay, framework: str):
        self.replay, self.framework = replay, framework
        self.made, self.numbers = replay.decisions[framework], replay.settings.numbers(framework)
        self.beats, self.formula = comparison(framework, self.numbers, replay.rising)
        self.size = int(self.numbers.get("accumulation_size", 1))
        self.starts, self.needed = starts(replay), replay.needed[framework]
        self.beyond = "above" if replay.rising else "below"
        self.compared: dict[tuple[float, float, bool], str] = {}

    def of(self, epoch: int) -> str:
        """epoch: from 0."""
        if self.size > 1:
            begin = max(start for start in self.starts if start <= epoch)
            if (epoch + 1 - begin) % self.size:
                return f"One of {self.size} values that are averaged."
        return f"{self._compared(epoch)}: {self._counted(epoch)}."

    def _compared(self, epoch: int) -> str:
        """The value and what it had to be below."""
        made = self.made
        value, improved = float(made.seen[epoch]), bool(made.improved[epoch])
        begins = epoch in self.starts
        if begins and (self.framework == "keras" or improved):
            return f"{digits(value, 4)} is the first value"
        best = (-math.inf if self.replay.rising else math.inf) if begins else float(made.best[epoch - 1])
        key = (value, best, improved)
        text = self.compared.get(key)
        if text is None:
            text = self.compared[key] = self._comparison(*key)
        return text

    def _comparison(self, value: float, best: float, improved: bool) -> str:
        beats, same = self.beats, value == best

        def holds(rounded: Sequence[float], _: int) -> bool:
            return beats(rounded[0], rounded[1]) == improved and (rounded[0] == rounded[1]) == same

        true = holds((value, best), 0)  # else float32 decided, and no number of digits shows it
        now, of = enough_digits((value, best), holds) if true else (digits(value, 8), digits(best, 8))
        where = "" if true else " in float32"
        return f"{now} is {'' if improved else 'not '}{self.beyond} {self.formula.format(of)}{where}"

    def _counted(self, epoch: int) -> str:
        """How far the rule has counted, and whether it cut."""
        made, needed = self.made, self.needed
        due, cut = bool(made.due[epoch]), bool(made.cut[epoch])
        if not due and made.improved[epoch]:
            return "the best, wait 0"
        wait = needed if due else int(made.wait[epoch])
        if not wait and not due:  # a bad epoch that is not counted
            left, unit = int(made.cooldown[epoch]), self.replay.unit
            return f"cooldown, not counted, {left} to go" if left else f"the last {unit} of the cooldown, not counted"
        if self.framework == "pytorch":
            patience = int(self.numbers["patience"])
            counted = f"wait {wait}, {'' if wait > patience else 'not '}more than {patience}"
        else:
            counted = f"wait {wait} of {needed}"
        if cut:
            return f"{counted}, cut to {digits(float(made.learning_rate[epoch]), 4)}"
        if due:
            floor = self.numbers.get("min_lr", self.replay.rate * self.numbers.get("min_scale", 0.0))
            at_floor = made.learning_rate[epoch] <= floor
            reason = "the rate is at min_lr" if at_floor else "the cut is no more than eps: dropped"
            return f"{counted}, but {reason}"
        if self.framework == "keras" and wait >= needed:
            return f"{counted}, but the rate is at min_lr"
        return counted
