"""How patience and cooldown count: noise, batches, a patience of 0, no cut at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import apart, digits
from lrviz.replay.findings.case import Case, Finding

SOON = 3
"""Epochs after a cut in which a new best says that the cut answered noise."""
MANY = 300
"""So many values that are no validation loss may be a value a batch."""
HAIR = 1e-3
"""A fall of the best by less than this part of it, over a whole patience, is a fall by a hair."""


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
        f"{len(early)} of {len(case.cuts)} cuts came up to {SOON} {case.unit}s before {case.monitor} was {case.better}"
        f" than ever: with patience {case.patience} a single worse {case.unit} makes a cut, and noise makes those.",
        f"Set patience={enough} or more: nine in ten times the next improvement came within {longest + 1}"
        f" {case.unit}s.",
    )


def _patience_0(case: Case) -> Iterator[Finding]:
    """Keras takes it as 1, and optax waits for a count of 0."""
    if case.patience or not case.cuts:
        return
    if case.framework == "keras":
        yield Finding(
            "patience_0",
            case.cuts[0] + 1,
            f"Keras takes patience 0 as 1: one {case.unit} without improvement makes a cut.",
            "Set patience=1, which says so.",
        )
    elif case.framework == "optax":
        yield Finding(
            "patience_0",
            case.cuts[0] + 1,
            f"With patience 0 optax cuts in each {case.unit} that improves: its count is then 0, which is what it waits"
            " for.",
            f"Set patience=1, which cuts after one {case.unit} without improvement.",
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
            f"Patience counts steps, and there are {steps} an epoch: patience {case.patience} is"
            f" {digits(case.patience / steps, 2)} epochs{when}.",
            remedy,
        )
    elif n >= MANY and case.cuts and 10 * case.patience < n and not _known_held_out(case):
        last = case.cuts[-1]
        yield Finding(
            "batches",
            first + 1,
            f"If these {n} values are one a batch, patience counts batches: the first cut comes after {first + 1} of"
            f" them and the last after {last + 1}.",
            remedy,
        )


def _known_held_out(case: Case) -> bool:
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
            f"Cooldown 1 changes nothing in Keras: it is counted down before the {case.unit} after the cut is looked"
            " at.",
            f"Set cooldown=2 for one {case.unit} that is not counted.",
        )
    elif case.patience <= 1:
        yield Finding(
            "cooldown",
            epoch,
            f"With patience {case.patience} Keras cuts again in the last {case.unit} of the cooldown: every"
            f" {case.cooldown} {case.unit}s, not {case.cooldown + 1}.",
            f"Set cooldown={case.cooldown + 1}, or a larger patience.",
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
            f"No cut: in the last {window} {case.unit}s the best only went from {old} to {new}, but {times} by enough"
            " to begin the count anew.",
            f"Set a larger {case.tolerance}.",
        )
    elif case.patience_for(most) >= 0 and most:
        yield Finding(
            "no_cut",
            longest + 1,
            f"No cut: at most {most} {case.unit}{'s' * (most != 1)} in a row, up to {case.when(longest + 1)}, were no"
            f" improvement, and patience {case.patience} asks for {needed}.",
            f"With patience={case.patience_for(most)} there would be one.",
        )


def _by_a_hair(case: Case) -> bool:
    window = min(len(case.low) - 1, 2 * case.needed)
    if window < 2 or case.made.improved[-window:].sum() < 2:
        return False
    old, new = float(case.made.best[-1 - window]), float(case.made.best[-1])
    return 0 < abs(old - new) < HAIR * abs(old)


KINDS = (_noise, _patience_0, _batches, _cooldown_in_keras, _no_cut)
