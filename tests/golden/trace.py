"""The loop every framework is driven through, and the measure of how far its result can be trusted."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

HERE = Path(__file__).parent
NUDGE = 1e-13  # about the rounding a few hundred float64 steps can pile up
ROUNDING = 2.0**-52  # one step's
TOLERANCE = 1e-10
NEW = "new"


class Machine(Protocol):
    """One framework at one point of one run."""

    def point(self) -> list[float]:
        """Where the run stands."""

    def loss(self) -> float:
        """The loss there."""

    def rate(self) -> float:
        """The learning rate the next step will use."""

    def step(self) -> None:
        """Take the gradient here and update."""

    def move(self, point: list[float]) -> None:
        """Stand somewhere else, with the same state."""

    def judge(self, epoch: int, monitored: float) -> None:
        """Tell ReduceLROnPlateau how an epoch ended."""

    def go_on(self) -> None:
        """What comes after a step and an epoch's decision."""


def trace(machine: Machine, scenario: dict[str, Any], rounding: float = 0.0) -> dict[str, Any]:
    """Run a scenario and write down every point, loss, rate and verdict. rounding: how far each point is moved."""
    draws = np.random.default_rng(0)
    length = scenario["steps_per_epoch"]
    plateau = scenario["schedule"] == "plateau" or "plateau_on_top" in scenario["values"]
    points, losses, rates, epochs = [machine.point()], [machine.loss()], [], []
    for done in range(1, scenario["steps"] + 1):
        rates.append(machine.rate())
        machine.step()
        if rounding:
            machine.move((np.array(machine.point()) * (1 + rounding * draws.choice([-1, 1], 2))).tolist())
        points.append(machine.point())
        losses.append(machine.loss())
        if plateau and done % length == 0:
            before = machine.rate()
            # "loss" is the mean where the gradients were taken, so the newest point is not part of it.
            at_the_end = scenario["monitor"] == "val_loss"
            monitored = losses[-1] if at_the_end else sum(losses[-1 - length : -1]) / length
            machine.judge(len(epochs), monitored)
            after = machine.rate()
            epochs.append({"monitored": monitored, "learning_rate": after, "cut": after < before})
        machine.go_on()
    return {"x": points, "loss": losses, "learning_rate": rates, "epochs": epochs}


def distance(one: dict[str, Any], other: dict[str, Any]) -> float:
    """How far two traces are apart, relative to their size (or to 1 where they are smaller)."""
    verdicts = [[epoch["cut"] for epoch in t["epochs"]] for t in (one, other)]
    if verdicts[0] != verdicts[1]:
        return np.inf
    worst = 0.0
    for key in ("x", "loss", "learning_rate"):
        a, b = np.array(one[key]), np.array(other[key])
        finite = np.isfinite(a)
        if not np.array_equal(a[~finite], b[~finite], equal_nan=True) or not np.isfinite(b[finite]).all():
            return np.inf
        gap = np.abs(a[finite] - b[finite]) / np.maximum(1, np.abs(a[finite]))
        worst = max(worst, float(gap.max(initial=0)))
    return worst


def nudged(scenario: dict[str, Any]) -> dict[str, Any]:
    """The scenario started a hair's breadth away."""
    x, y = scenario["start"]
    return {**scenario, "start": [x * (1 + NUDGE), y * (1 - NUDGE)]}


def record(
    build: Callable[[dict[str, Any]], Machine], cases: Iterable[tuple[str, dict[str, Any]]], filename: str
) -> None:
    """Trace every case, measure its sensitivity to the start, and write one line each.

    With ``new`` on the command line the lines of cases that are recorded already stay as they are.
    """
    path = HERE / filename
    lines = path.read_text(encoding="utf-8").splitlines() if NEW in sys.argv and path.exists() else []
    recorded = {
        case["name"]: (case["scenario"], line) for line, case in zip(lines, map(json.loads, lines), strict=True)
    }
    with path.open("w", encoding="utf-8") as file:
        for name, scenario in cases:
            there, line = recorded.get(name, (None, ""))
            if there == scenario:
                file.write(line + "\n")
                continue
            run = trace(build(scenario), scenario)
            there = nudged(scenario)
            gaps = {
                f"a start moved by {NUDGE:g}": distance(run, trace(build(there), there)),
                "a last digit moved at each step": distance(run, trace(build(scenario), scenario, ROUNDING)),
            }
            gap = max(gaps.values())
            why = next((f"{what} ends {gap:.1e} away" for what, gap in gaps.items() if not gap < TOLERANCE), "")
            line = {"name": name, "smooth": not why, "why": why, "scenario": scenario, **run}
            file.write(json.dumps(line) + "\n")
            cuts = sum(epoch["cut"] for epoch in run["epochs"])
            first, last = run["loss"][0], run["loss"][-1]
            print(f"{name:40} gap {gap:8.1e}  cuts {cuts:2}  loss {first:.3g} -> {last:.3g}")
