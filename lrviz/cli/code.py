"""``code``: the same run as a program."""

from __future__ import annotations

import argparse

from lrviz.cli.options import BY, Commands, add_scenario, scenario_of
from lrviz.codegen import difference, program, real_lines
from lrviz.codegen.text import comment
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.knob import BadInput


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("code", help="the same run as a program", allow_abbrev=False)
    parser.set_defaults(command=_code)
    add_scenario(parser, "rules", f"by whose rules the run is: {BY}; without it those of --framework")
    parser.add_argument("--framework", help="what the program is for: one of " + ", ".join(PROGRAMS))
    parser.add_argument("--lines", action="store_true", help="only what to paste into a training script")


def _code(options: argparse.Namespace) -> str:
    framework = options.framework or "keras"
    rules = options.rules or (framework if framework in FRAMEWORKS else None)
    scenario = scenario_of(options, rules)
    written = program(scenario, framework)
    if options.lines:
        lines = real_lines(scenario, framework)
        if not lines:
            none = f"There are no lines of this run to paste into a script for {framework}."
            raise BadInput(written.missing or none)
        return lines.rstrip("\n")
    if not written.code:
        raise BadInput(written.missing)
    note = f"{written.missing} {difference(scenario, framework)}".strip()
    return "\n".join([*comment(note), written.code.rstrip("\n")])
