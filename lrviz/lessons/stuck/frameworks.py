"""The same numbers in the other framework: when each cuts, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import digits
from lrviz.lessons.stuck.comparison import at_the_end
from lrviz.lessons.stuck.cut import MOST_LISTED
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.trajectory import Trajectory


def rival(scenario: Scenario) -> dict[str, str]:
    """What a run in the other framework has of its own so that all numbers are the same.

    min_delta is an absolute difference, as PyTorch's threshold is in mode ``abs``; in mode ``rel`` nothing in Keras is
    like it.
    """
    if scenario.framework == "keras":
        threshold = scenario.knob("min_delta").text(scenario["min_delta"])
        return {"framework": "pytorch", "threshold": threshold, "threshold_mode": "abs"}
    return {"framework": "keras", "min_delta": scenario.knob("threshold").text(scenario["threshold"])}


def rival_of(race: Race) -> Scenario | None:
    """The run of the race in the other framework, if there is one."""
    return next((other for other in race.scenarios[1:] if other.framework != race.first.framework), None)


def carried(before: Race, after: Race) -> Race:
    """The other framework goes on racing, with the numbers of the new case."""
    return Race(after.first, (rival(after.first),) if rival_of(before) else ())


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
