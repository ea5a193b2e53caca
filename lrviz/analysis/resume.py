"""A training that was stopped and goes on: the weights come back, the callback's memory only if it was kept too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.analysis.sentences import Statement, counted
from lrviz.replay import History, Replay, Settings
from lrviz.scenario import Scenario
from lrviz.simulation import retrace
from lrviz.trajectory import Trajectory, unjudged


@dataclass(frozen=True, eq=False)
class Resumed:
    """The run, stopped after an epoch (from 1) in which ``wait`` epochs had been waited, and resumed with a fresh
    callback. ``run``: its points and rates; ``cuts``: the steps of its cuts."""

    epoch: int
    wait: int
    run: Trajectory
    cuts: tuple[int, ...]


def resumed(scenario: Scenario, run: Trajectory) -> Resumed | None:
    """Stop one epoch before the first cut that was waited for, and go on with a callback that has forgotten the best
    value and the wait. Weights, optimizer, rate and noise go on as they were.

    None where there is no such cut, or the rates rise in a warm-up.
    """
    waited = run.epochs.cut[1:] & (run.epochs.wait[:-1] > 0) if run.plateau else np.zeros(0, bool)
    if not waited.any() or scenario["warmup_steps"]:
        return None
    epoch = int(np.argmax(waited)) + 1
    length = scenario.steps_per_epoch
    numbers = {knob.key: scenario[knob.key] for knob in scenario.plateau_knobs if knob.key != "warmup_steps"}
    settings = Settings(
        (scenario.framework,), values={**numbers, "mode": "min", "rate": scenario.alpha, "resume_after": epoch}
    )
    rates = run.learning_rate
    for _ in range(len(run.epochs.step)):  # each turn makes one more change of the rate final
        again = retrace(scenario, rates)
        epochs = unjudged(again.loss, rates, length, scenario.monitor == "val_loss")
        replay = Replay(History(epochs.monitored, scenario.monitor), settings)
        used = np.repeat(replay.used_rates(scenario.framework), length)
        after = replay.decisions[scenario.framework].learning_rate[-1]
        wanted = np.append(used, np.full(scenario.steps - len(used), after))
        if np.array_equal(wanted, rates):
            made = epochs.step[replay.decisions[scenario.framework].cut]
            return Resumed(epoch, int(run.epochs.wait[epoch - 1]), again, tuple(int(step) for step in made))
        rates = wanted
    return None


def two_memories(run: Trajectory, found: Resumed) -> list[Statement]:
    """What each of the two loops remembers, and what a stop costs where one memory is lost."""
    step, cut = int(run.epochs.step[found.epoch - 1]), int(run.epochs.step[found.epoch])
    numbers = {"step": float(step), "cut": float(cut)}
    kept = Statement(("resume.kept",), numbers)
    waits = {"wait": counted(found.wait, "epoch")}
    late = next((made for made in found.cuts if made >= cut), None)
    if late is None:
        return [kept, Statement(("resume.forgotten", "resume.never"), numbers, waits)]
    length = int(run.epochs.step[0])
    later = {"later": counted((late - cut) / length, "epoch")}
    row = "resume.later" if late > cut else "resume.same"
    return [kept, Statement(("resume.forgotten", row), numbers | {"late": float(late)}, waits | later)]
