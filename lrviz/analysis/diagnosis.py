"""What happened in a run: its events with their numbers, wasted steps, stability, and the few that tell its story.

"Across" and "along" a valley are the eigen-axes of the Hessian, so a bent valley has them too; on a quadratic they are
fixed and all numbers are exact. What is smaller than a thousandth of the way covered so far is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.analysis import events
from lrviz.analysis.events import Event
from lrviz.analysis.gauge import Gauge, gauge
from lrviz.analysis.path import Path
from lrviz.analysis.swings import overshoots, swings
from lrviz.analysis.waste import Wasted, wasted
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

RANK = (
    "divergence", "local_minimum", "cut", "converged", "plateau", "oscillation", "overshoot", "left_map", "unfinished",
)  # fmt: skip
"""The most important first."""
MOST = 3
"""Sentences of a story."""
LONG = 0.4
"""Of the steps: so long a plateau up to the end says that nothing was gained any more."""


@dataclass(frozen=True)
class Diagnosis:
    """The events of a run in the order of their steps, its wasted steps, its stability."""

    events: tuple[Event, ...]
    wasted: Wasted
    gauge: Gauge

    def of(self, kind: str) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == kind)

    def story(self, most: int = MOST) -> tuple[Event, ...]:
        """The most important events in the order of their steps: one of a kind, of those that last the longest."""
        important = [max(self.of(kind), key=_length) for kind in RANK if self.of(kind)]
        return tuple(sorted(important[: min(most, MOST)], key=_place))


def _length(event: Event) -> int:
    return 0 if event.until is None else event.until - event.step


def _place(event: Event) -> tuple[int, int]:
    return event.step, RANK.index(event.kind)


def diagnose(scenario: Scenario, run: Trajectory) -> Diagnosis:
    """Everything at once; the surface's Hessian is taken along the whole path by numpy, so nothing compiles."""
    with np.errstate(all="ignore"):  # a run that leaves the finite is a result
        path = Path(scenario, run)
        limits, waste = gauge(path), wasted(scenario, run)
        found: list[Event] = [*events.left_map(scenario, run), *events.cut_events(scenario, run)]
        if path.n > 0:
            found += _measured(path, limits, waste)
        elif run.diverged is not None:
            found += events.divergence(path, limits)
        return Diagnosis(tuple(sorted(found, key=_place)), waste, limits)


def _measured(path: Path, limits: Gauge, waste: Wasted) -> Iterator[Event]:
    divergence = events.divergence(path, limits)
    converged = [] if divergence else events.converged(path)
    plateaus = [] if divergence else events.plateaus(path, converged[0].step if converged else path.n)
    swung = list(swings(path))
    stalled = [plateau for plateau in plateaus if not _is_more(plateau, swung, path, waste)]
    yield from (*divergence, *converged, *swung, *stalled, *overshoots(path))
    if not (divergence or converged or plateaus):
        yield from events.unfinished(path)


def _is_more(plateau: Event, swung: Sequence[Event], path: Path, waste: Wasted) -> bool:
    """Does the run more than stall there? Without noise it swings for most of that time, or its mean loss still falls
    up to the end, from above a lowest loss that it only passed."""
    begin, end = plateau.step, plateau.until or plateau.step
    if not path.scenario.noise and waste.settled is None and end == path.n and end - begin > LONG * path.n:
        return True
    spans = [(swing.step, swing.until or swing.step) for swing in swung]
    both = [(min(end, last) - max(begin, first) + 1, max(end - begin, last - first) + 1) for first, last in spans]
    return plateau.detail in ("flat gradient", "small rate") and any(shared > longer / 2 for shared, longer in both)
