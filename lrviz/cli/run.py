"""``run``: one scenario, as a summary, JSON or CSV."""

from __future__ import annotations

import argparse

from lrviz.cli.options import BY, Commands, add_scenario, scenario_of
from lrviz.export import numbers
from lrviz.knob import BadInput, shown
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.trajectory import Trajectory


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("run", help="run one scenario", allow_abbrev=False)
    parser.set_defaults(command=_run)
    add_scenario(parser, "framework", BY)
    parser.add_argument("--format", help="json or csv; without it a short summary")


def _run(options: argparse.Namespace) -> str:
    if options.format not in (None, "json", "csv"):
        raise BadInput(f"format is {shown(options.format)}, but must be json or csv.")
    scenario = scenario_of(options, options.framework)
    run = simulate(scenario)
    if options.format is None:
        return summary(scenario, run)
    return numbers.content(scenario, run, options.format).decode().removesuffix("\n")


def summary(scenario: Scenario, run: Trajectory) -> str:
    """A few lines for people."""
    row, rate = scenario.optimizer_row, run.learning_rate
    lines = [
        f"{row.name} ({scenario.framework}) on {scenario.surface_row.title}, "
        f"{scenario.schedule_row.name.lower()} schedule, {run.steps} steps",
        f"start  ({run.x[0, 0]:.6g}, {run.x[0, 1]:.6g})  loss {run.loss[0]:.6g}",
        f"end    ({run.x[-1, 0]:.6g}, {run.x[-1, 1]:.6g})  loss {run.loss[-1]:.6g}",
        f"rate   {rate[0]:.6g}" + (f" to {rate[-1]:.6g}" if rate[-1] != rate[0] else ""),
    ]
    if run.diverged is not None:
        lines.append(f"The run leaves the finite at step {run.diverged}.")
    if run.plateau:
        cuts = ", ".join(str(step) for step in run.cuts[:12]) + (", …" if len(run.cuts) > 12 else "")
        lines.append(f"cuts   {len(run.cuts)}" + (f", after step {cuts}" if len(run.cuts) else ""))
    lines += [f"note   {note}" for note in (*scenario.notes, *scenario.surface_row.notes_at(scenario.coef))]
    return "\n".join(lines)
