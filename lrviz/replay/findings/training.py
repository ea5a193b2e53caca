"""What stands around the rule: its mode, a stop and its state, EarlyStopping, settings that are refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.knob import digits
from lrviz.replay.findings.case import Case, Finding
from lrviz.replay.mode import known_to_keras
from lrviz.replay.why import starts


def _refused(case: Case) -> Iterator[Finding]:
    if case.framework == "optax" and not case.numbers["rtol"] and not case.numbers["atol"]:
        yield Finding(
            "refused",
            1,
            "optax raises ValueError where rtol and atol are both 0: what is shown is what its rule would have done.",
            "Set an atol or rtol above 0, as small as you like.",
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


def _forgotten(case: Case) -> Iterator[Finding]:
    """What the stop changed."""
    stops = starts(case.replay)[1:]
    if not stops:
        return
    whole = np.flatnonzero(case.decided_on(case.replay.history.values).cut)
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


KINDS = (_refused, _name_without_direction, _forgotten, _stopped_first)
