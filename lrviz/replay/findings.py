"""What a replay shows that its settings do not seem to say: each finding has an epoch, a sentence and a remedy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lrviz.knob import apart, digits, enough_digits
from lrviz.replay.mode import known_to_keras
from lrviz.replay.result import SAME_RATE, Replay
from lrviz.replay.rules import Decisions, bad_in_a_row, decide
from lrviz.replay.why import starts

SOON = 3
"""Epochs after a cut in which a new best says that the cut answered noise."""
MANY = 300
"""So many values that are no validation loss may be a value a batch."""
LONE = 3.0
"""A best is alone if it lies so many times the usual step below all that follow."""
HAIR = 1e-3
"""A fall of the best by less than this part of it, over a whole patience, is a fall by a hair."""


@dataclass(frozen=True)
class Finding:
    """key: its kind; epoch: from 1, where it begins; sentence; remedy: what to set instead, a sentence too."""

    key: str
    epoch: int
    sentence: str
    remedy: str


When = Callable[[int], str]
"""An epoch, from 1, in words."""


def _epoch(epoch: int) -> str:
    return f"epoch {epoch}"


class Case:
    """One framework's part of a replay, with values turned so that lower is better."""

    def __init__(self, replay: Replay, framework: str, when: When, made: Decisions | None):
        self.replay, self.framework, self.when = replay, framework, when
        self.numbers: dict[str, Any] = replay.settings.numbers(framework)
        self.made = made or replay.decisions[framework]
        self.monitor = replay.history.monitor
        self.patience, self.cooldown = int(self.numbers["patience"]), int(self.numbers["cooldown"])
        self.needed = replay.needed[framework]
        self.sign = -1.0 if replay.rising else 1.0
        self.better, self.worse = ("higher", "lower") if replay.rising else ("lower", "higher")

    @cached_property
    def low(self) -> np.ndarray:
        return self.sign * self.made.seen

    @cached_property
    def before(self) -> np.ndarray:
        """The best before each epoch, inf where there is none.   -> (n,)"""
        best = np.concatenate([[math.inf], (self.sign * self.made.best)[:-1]])
        for start in starts(self.replay):
            best[start] = math.inf
        return best

    @cached_property
    def cuts(self) -> list[int]:
        return np.flatnonzero(self.made.cut).tolist()

    @cached_property
    def bad(self) -> np.ndarray:
        return bad_in_a_row(np.flatnonzero(self.made.improved).tolist(), len(self.low))

    @property
    def tolerance(self) -> str:
        return {"keras": "min_delta", "pytorch": "threshold", "optax": "atol" if self.numbers.get("atol") else "rtol"}[
            self.framework
        ]

    def value(self, epoch: int) -> float:
        return float(self.made.seen[epoch])

    def patience_for(self, bad: int) -> int:
        """The largest patience under which so many bad epochs in a row make a cut."""
        return bad - 1 if self.framework == "pytorch" else bad


@np.errstate(all="ignore")
def find(replay: Replay, framework: str, when: When = _epoch, made: Decisions | None = None) -> list[Finding]:
    """All that there is to say of one framework's rule, by epoch. made: what it did, if not what the replay did."""
    case = Case(replay, framework, when, made)
    found = [finding for kind in KINDS for finding in kind(case)]
    return sorted(found, key=lambda finding: finding.epoch)


FIRST_OF_ALL = (
    "relative_below_zero", "refused", "improvement_too_small", "best_beyond_beating", "batches", "lone_best",
    "patience_and_noise", "forgotten", "stopped_first", "eps", "patience_0", "cooldown", "by_a_hair", "no_cut", "floor",
    "mode", "float32_floor",
)  # fmt: skip
"""The kinds of findings, the most important first."""


def most_important(replay: Replay, most: int = 6) -> list[tuple[tuple[str, ...], Finding]]:
    """The findings of all frameworks with the frameworks' keys: first one of each kind, then what others have of it."""
    whose: dict[Finding, list[str]] = {}
    for framework in replay.decisions:
        for finding in find(replay, framework):
            whose.setdefault(finding, []).append(framework)
    before: dict[str, int] = {}
    ranked = []
    for finding, frameworks in whose.items():
        again = before[finding.key] = before.get(finding.key, -1) + 1
        ranked.append((again, FIRST_OF_ALL.index(finding.key), tuple(frameworks), finding))
    ranked.sort(key=lambda row: row[:2])
    return [(frameworks, finding) for _, _, frameworks, finding in ranked[:most]]


def _relative_below_zero(case: Case) -> Iterator[Finding]:
    """best (1 - threshold) lies above a negative best."""
    at = np.flatnonzero(case.made.improved & np.isfinite(case.before) & (case.low >= case.before))
    if not at.size:
        return
    times = f"{at.size} epoch{'s' * (at.size > 1)} counted as better without a {case.better} {case.monitor}"
    sign = "+" if case.replay.rising and case.framework == "pytorch" else "−"
    formula = f"best × (1 {sign} {case.tolerance})"
    yield Finding(
        "relative_below_zero",
        int(at[0]) + 1,
        f"{times}: {formula} is easier to beat than a negative best, so a flat {case.monitor} is never cut.",
        'Set threshold_mode="abs".' if case.framework == "pytorch" else "Set rtol=0 and an atol above 0.",
    )


def _fell_too_little(case: Case) -> Iterator[Finding]:
    """A cut in an epoch that was better than the best, by less than is asked for."""
    at = [epoch for epoch in case.cuts if case.low[epoch] < case.before[epoch] and not case.made.improved[epoch]]
    if not at:
        return
    epoch, key = at[0], case.tolerance
    best, now = apart(case.sign * float(case.before[epoch]), case.value(epoch))
    gain = float(case.before[epoch] - case.low[epoch])
    verb = "rose" if case.replay.rising else "fell"
    relative = key == "rtol" or case.numbers.get("threshold_mode") == "rel"
    largest = gain / abs(float(case.before[epoch])) if relative and case.before[epoch] else gain
    part = " of the best" if relative else ""
    more = f" So did {len(at) - 1} more." if len(at) > 1 else ""
    yield Finding(
        "improvement_too_small",
        epoch + 1,
        f"The cut after {case.when(epoch + 1)} came while {case.monitor} {verb} from {best} to {now}: that is less"
        f" than {key}, {digits(float(case.numbers[key]))}{part}, and so no improvement.{more}",
        f"Set {key} to {_rounded_down(largest)} or less.",
    )


def _rounded_down(value: float) -> str:
    """To two digits, and less than the value."""
    if not 1e-300 < value < math.inf:
        return "0"
    place = 10.0 ** (math.floor(math.log10(value)) - 1)
    return digits((math.ceil(value / place) - 1) * place)


def _noise(case: Case) -> Iterator[Finding]:
    """One bad epoch makes a cut, and soon after the value is better than ever."""
    if case.needed != 1:
        return
    improved = np.flatnonzero(case.made.improved)
    following = np.searchsorted(improved, case.cuts, side="right")
    early = [
        epoch
        for epoch, k in zip(case.cuts, following, strict=True)
        if k < improved.size and improved[k] - epoch <= SOON
    ]
    if not early:
        return
    runs = case.bad[improved[1:] - 1]
    longest = int(np.percentile(runs, 90)) if runs.size else 1
    enough = case.patience_for(longest + 1)
    yield Finding(
        "patience_and_noise",
        early[0] + 1,
        f"{len(early)} of {len(case.cuts)} cuts came up to {SOON} epochs before {case.monitor} was {case.better} than"
        f" ever: with patience {case.patience} a single worse epoch makes a cut, and noise makes those.",
        f"Set patience={enough} or more: nine in ten times the next improvement came within {longest + 1} epochs.",
    )


def _patience_0(case: Case) -> Iterator[Finding]:
    """Keras takes it as 1, and optax waits for a count of 0."""
    if case.patience or not case.cuts:
        return
    if case.framework == "keras":
        yield Finding(
            "patience_0",
            case.cuts[0] + 1,
            "Keras takes patience 0 as 1: one epoch without improvement makes a cut.",
            "Set patience=1, which says so.",
        )
    elif case.framework == "optax":
        yield Finding(
            "patience_0",
            case.cuts[0] + 1,
            "With patience 0 optax cuts in each epoch that improves: its count is then 0, which is what it waits for.",
            "Set patience=1, which cuts after one epoch without improvement.",
        )


def _dropped(case: Case) -> Iterator[Finding]:
    """PyTorch makes no cut by eps or less; from the first such on it drops all."""
    if case.framework != "pytorch":
        return
    factor, min_lr, eps = (float(case.numbers[key]) for key in ("factor", "min_lr", "eps"))
    for epoch in np.flatnonzero(case.made.due & ~case.made.cut).tolist()[:1]:
        rate = float(case.made.learning_rate[epoch])
        lower = max(rate * factor, min_lr)
        if lower < rate * (1 - SAME_RATE):  # else it is at its floor, but for rounding
            old, new, bound = _dropped_digits(rate, lower, eps)
            yield Finding(
                "eps",
                epoch + 1,
                f"From {case.when(epoch + 1)} on PyTorch drops each cut: from {old} to {new} is no more than eps,"
                f" {bound}.",
                f"Set eps to {_rounded_down(rate - lower)} or less.",
            )


def _dropped_digits(rate: float, lower: float, eps: float) -> list[str]:
    """In as many digits as it takes for what is said to hold."""
    return enough_digits((rate, lower, eps), lambda said, _: 0 < said[0] - said[1] <= said[2] == eps)


def _floor(case: Case) -> Iterator[Finding]:
    """Since when is the rate as low as it may be?"""
    key = "min_scale" if case.framework == "optax" else "min_lr"
    low = float(case.numbers[key]) * (case.replay.rate if case.framework == "optax" else 1.0)
    at = np.flatnonzero(case.made.learning_rate <= low * (1 + SAME_RATE))
    if not low or not at.size:
        return
    epoch = int(at[0])
    if case.replay.rate <= low * (1 + SAME_RATE):
        said = f"The rate begins at its floor, {digits(low)}, or below it: there is never a cut."
    else:
        said = f"The rate is at its floor, {digits(low)}, since {case.when(epoch + 1)}."
    yield Finding("floor", epoch + 1, said, f"Set a lower {key}, a factor nearer to 1 or a larger patience.")


def _rounded_floor(case: Case) -> Iterator[Finding]:
    """A cut that float32 alone makes: the rate was rounded to a little above its floor."""
    rates = np.concatenate([[case.replay.rate], case.made.learning_rate])
    for epoch in case.cuts:
        if case.framework == "keras" and rates[epoch + 1] > rates[epoch] * (1 - SAME_RATE):
            yield Finding(
                "float32_floor",
                epoch + 1,
                f"The cut announced after {case.when(epoch + 1)} changes nothing but rounding: in float32 the rate"
                f" stood a little above min_lr, {digits(float(case.numbers['min_lr']))}.",
                "There is nothing to set: it is the last one.",
            )


def _batches(case: Case) -> Iterator[Finding]:
    """The rule was stepped once a batch."""
    steps, n = case.replay.steps_per_epoch, len(case.low)
    first = case.cuts[0] if case.cuts else 0
    remedy = "Step the rule once an epoch, with the validation loss."
    if steps > 1:
        when = f": the first cut comes in epoch {first // steps + 1}, after {first + 1} of them" if case.cuts else ""
        yield Finding(
            "batches",
            first + 1,
            f"Patience counts values, and there are {steps} an epoch: patience {case.patience} is"
            f" {digits(case.patience / steps, 2)} epochs{when}.",
            remedy,
        )
    elif n >= MANY and case.cuts and 10 * case.patience < n and not known_held_out(case):
        last = case.cuts[-1]
        yield Finding(
            "batches",
            first + 1,
            f"If these {n} values are one a batch, patience counts batches: the first cut comes after {first + 1} of"
            f" them and the last after {last + 1}.",
            remedy,
        )


def known_held_out(case: Case) -> bool:
    """Does a file say that these are validation losses, which nobody computes once a batch?"""
    return bool(case.replay.history.columns) and "val" in case.monitor


def _cooldown_in_keras(case: Case) -> Iterator[Finding]:
    """Keras counts the cooldown down before it looks, so that its last epoch counts already."""
    if case.framework != "keras" or not case.cuts or not case.cooldown:
        return
    epoch = case.cuts[0] + 1
    if case.cooldown == 1:
        yield Finding(
            "cooldown",
            epoch,
            "Cooldown 1 changes nothing in Keras: it is counted down before the epoch after the cut is looked at.",
            "Set cooldown=2 for one epoch that is not counted.",
        )
    elif case.patience <= 1:
        yield Finding(
            "cooldown",
            epoch,
            f"With patience {case.patience} Keras cuts again in the last epoch of the cooldown: every {case.cooldown}"
            f" epochs, not {case.cooldown + 1}.",
            f"Set cooldown={case.cooldown + 1}, or a larger patience.",
        )


def _lone_best(case: Case) -> Iterator[Finding]:
    """A best far below all that follows, without which the first cuts would not have come."""
    usual = _median(np.abs(np.diff(case.low)))
    bests = np.flatnonzero(case.made.improved)
    for epoch in case.cuts[:3]:
        best = int(bests[np.searchsorted(bests, epoch, side="right") - 1]) if bests.size else 0
        if not 0 < best < epoch:
            continue
        after = case.low[best + 1 : epoch + 1]
        after = after[np.isfinite(after)]
        gap = float(after.min() - case.low[best]) if after.size else 0.0
        if not LONE * max(usual, _median(np.abs(np.diff(after)))) < gap < math.inf:
            continue
        without = case.replay.history.values.copy()
        without[best] = math.nan
        other = _decided_on(case, without)
        if not other.cut[epoch]:
            later = np.flatnonzero(other.cut[epoch:])
            then = f"come after {case.when(int(later[0]) + epoch + 1)}" if later.size else "not come"
            yield Finding(
                "lone_best",
                best + 1,
                f"The best, {digits(case.value(best))} in {case.when(best + 1)}, is alone: the next {epoch - best} are"
                f" {digits(gap)} {case.worse} or more. Without it the cut after {case.when(epoch + 1)} would {then}.",
                "Monitor a smoother value, such as a mean over epochs, or set a larger patience.",
            )
            return


def _median(values: np.ndarray) -> float:
    """Of those that are finite, 0 if none is."""
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else 0.0


def _decided_on(case: Case, values: np.ndarray, resume_after: int | None = None) -> Decisions:
    """What the same rule would have decided on other values, or without a stop."""
    replay = case.replay
    return decide(
        case.framework,
        values,
        case.numbers,
        replay.rate,
        rising=replay.rising,
        float32=replay.settings.float32,
        resume_after=resume_after,
    )


def _best_beyond_beating(case: Case) -> Iterator[Finding]:
    """NaN as Keras's first best, or an infinite one: nothing is ever better."""
    best = case.sign * case.made.best
    stuck = np.isneginf(best) | (np.isnan(best) if case.framework == "keras" else False)
    if np.any(stuck):
        epoch = int(np.argmax(stuck))
        yield Finding(
            "best_beyond_beating",
            epoch + 1,
            f"Since {case.when(epoch + 1)} the best is {digits(float(case.made.best[epoch]))}: nothing is"
            f" {case.better}.",
            "Find out where it comes from, and start the rule after it.",
        )


def _forgotten(case: Case) -> Iterator[Finding]:
    """What the stop changed."""
    stops = starts(case.replay)[1:]
    if not stops:
        return
    whole = np.flatnonzero(_decided_on(case, case.replay.history.values).cut)
    lost = sorted(set(whole.tolist()) ^ set(case.cuts))
    rate = f" Its scale begins at 1, so the rate is {digits(case.replay.rate)} again."
    restarts = case.framework == "optax" and case.made.learning_rate[stops[0] - 1] < case.replay.rate
    if lost or restarts:
        epoch = (lost or stops)[0]
        one, other = ("Without", "with it") if epoch in whole else ("With", "without it")
        had = f"{one} the stop there is a cut after {case.when(epoch + 1)}, and {other} none."
        keep = {
            "keras": "Keep best, wait and cooldown_counter of the callback, and set them after on_train_begin.",
            "pytorch": "Save the scheduler's state_dict() and load it.",
            "optax": "Save the rule's state with the optimizer's.",
        }
        yield Finding(
            "forgotten",
            stops[0] + 1,
            f"A fresh rule after {case.when(stops[0])} has forgotten best and wait. {had if lost else ''}".strip()
            + (rate if restarts else ""),
            keep[case.framework],
        )


def _name_without_direction(case: Case) -> Iterator[Finding]:
    if case.framework == "keras" and case.replay.settings["mode"] == "auto" and not known_to_keras(case.monitor):
        meant = "max" if case.replay.rising else "min"
        yield Finding(
            "mode",
            1,
            f"In mode auto Keras 3 raises ValueError for {case.monitor}, unless a metric of that name says which way is"
            f" better; {meant} is meant here.",
            f'Set mode="{meant}".',
        )


def _refused(case: Case) -> Iterator[Finding]:
    if case.framework == "optax" and not case.numbers["rtol"] and not case.numbers["atol"]:
        yield Finding(
            "refused",
            1,
            "optax raises ValueError where rtol and atol are both 0: what is shown is what its rule would have done.",
            "Set an atol or rtol above 0, as small as you like.",
        )


def _stopped_first(case: Case) -> Iterator[Finding]:
    """EarlyStopping ends the training before a cut could help."""
    stop = case.replay.stop
    if stop is None:
        return
    earlier = [epoch for epoch in case.cuts if epoch < stop]
    if not earlier:
        when = f"the first cut, after {case.when(case.cuts[0] + 1)}" if case.cuts else "any cut"
        ends = f"EarlyStopping ends the training after {case.when(stop + 1)}"
        sentence = f"{ends}, before {when}."
        if case.cuts and case.cuts[0] == stop:
            sentence = f"{ends}, that of the first cut: it is for nothing."
        yield Finding(
            "stopped_first", stop + 1, sentence, "Give EarlyStopping at least twice the patience of the rule that cuts."
        )


def _no_cut(case: Case) -> Iterator[Finding]:
    """Why nothing was cut: how near it came; and whether the best only fell by a hair."""
    if case.cuts or case.made.due.any() or not len(case.low):
        return
    longest = int(np.argmax(case.made.wait))
    most, needed = int(case.made.wait[longest]), case.needed
    if most >= needed:  # at the floor
        return
    if _by_a_hair(case):
        window = min(len(case.low) - 1, 2 * needed)
        old, new = apart(*(float(case.made.best[k]) for k in (-1 - window, -1)))
        count = int(case.made.improved[-window:].sum())
        times = f"{count} time{'s' * (count > 1)}"
        yield Finding(
            "by_a_hair",
            len(case.low) - window + 1,
            f"No cut: in the last {window} epochs the best only went from {old} to {new}, but {times} by enough to"
            " begin the count anew.",
            f"Set a larger {case.tolerance}.",
        )
    elif case.patience_for(most) >= 0 and most:
        yield Finding(
            "no_cut",
            longest + 1,
            f"No cut: at most {most} epoch{'s' * (most != 1)} in a row, up to {case.when(longest + 1)}, were no"
            f" improvement, and patience {case.patience} asks for {needed}.",
            f"With patience={case.patience_for(most)} there would be one.",
        )


def _by_a_hair(case: Case) -> bool:
    window = min(len(case.low) - 1, 2 * case.needed)
    if window < 2 or case.made.improved[-window:].sum() < 2:
        return False
    old, new = float(case.made.best[-1 - window]), float(case.made.best[-1])
    return 0 < abs(old - new) < HAIR * abs(old)


KINDS = (
    _refused,
    _name_without_direction,
    _relative_below_zero,
    _fell_too_little,
    _noise,
    _patience_0,
    _dropped,
    _floor,
    _rounded_floor,
    _batches,
    _cooldown_in_keras,
    _lone_best,
    _best_beyond_beating,
    _forgotten,
    _stopped_first,
    _no_cut,
)
