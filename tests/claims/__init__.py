"""Is each sentence about a run true? One about a cut, a plateau, an end that grows or a limit is read back from
its text, and its claim computed anew from the losses, points and rates of the run; the plateau rules stand here once
more, as the loops of the frameworks."""

from __future__ import annotations

import numpy as np

from lrviz import diagnose, simulate
from tests.claims.events import EVENTS
from tests.claims.plateau_rule import reduced
from tests.claims.rule import looked
from tests.claims.runs import scenarios
from tests.claims.words import words

__all__ = ["Claims", "scenarios"]


class Claims:
    """All sentences about one run; ``false`` holds those that are not true, each with what is wrong."""

    def __init__(self, scenario, run=None):
        self.scenario, self.run, self.quickly = scenario, simulate(scenario) if run is None else run, run is not None
        self.rows = looked(scenario, self.run) if scenario.plateau_knobs else []
        self.found = diagnose(scenario, self.run)
        self.checked: list[tuple[str, str]] = []
        self.false: list[tuple[str, str]] = []
        with np.errstate(all="ignore"):
            for event in self.found.events:
                EVENTS[event.kind](self, event)
            words(self)
            if self.rows and scenario.optimizer_row.has_rate and not scenario.on_top:
                reduced(self)

    def claim(self, sentence, **claims):
        self.checked.append((sentence, " ".join(claims)))
        wrong = [name for name, holds in claims.items() if not holds]
        if wrong:
            self.false.append((sentence, ", ".join(wrong)))
