"""The command line: ``python -m lrviz list``, ``python -m lrviz run`` and ``python -m lrviz code``."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from lrviz.knob import BadInput, Knob, shown
from lrviz.optimizers import CLIPNORM, OPTIMIZERS
from lrviz.optimizers import FRAMEWORKS as RULES
from lrviz.plateau import PLATEAU
from lrviz.scenario import ALPHA, MONITOR, NOISE, RUN_KNOBS, SEED, STEPS, STEPS_PER_EPOCH, Scenario, simulate
from lrviz.schedules import SCHEDULES, WARMUP
from lrviz.surfaces import SURFACES
from lrviz.trajectory import Trajectory
from lrviz.twin import FRAMEWORKS, difference, real_lines, twin

BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    """One clear line for bad input, and no more."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}. Try: {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, or 2 for bad input."""
    try:
        options = _parser().parse_args(argv)
        text = options.command(options)
    except BadInput as error:
        print("lrviz:", "".join(c if c.isprintable() else "?" for c in str(error)), file=sys.stderr)
        return BAD_INPUT
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader, head for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m lrviz", description="The learning-rate lab on the command line.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="run | code | list", parser_class=_Parser)

    rows = commands.add_parser("list", help="every surface, optimizer, schedule and knob", allow_abbrev=False)
    rows.add_argument("--json", action="store_true", help="as JSON")
    rows.set_defaults(command=_list)

    run = commands.add_parser("run", help="run one scenario", allow_abbrev=False)
    run.set_defaults(command=_run)
    _add_scenario(run, "framework", "keras or pytorch")
    run.add_argument("--format", help="json or csv; without it a short summary")

    code = commands.add_parser("code", help="the same run as a program", allow_abbrev=False)
    code.set_defaults(command=_code)
    _add_scenario(code, "rules", "by whose rules the run is: keras or pytorch; without it those of --framework")
    code.add_argument("--framework", help="what the program is for: one of " + ", ".join(FRAMEWORKS))
    code.add_argument("--lines", action="store_true", help="only what to paste into a training script")
    return parser


def _add_scenario(parser: argparse.ArgumentParser, framework: str, what_framework: str) -> None:
    """The flags that define a run."""
    for name, what in (
        ("surface", "one of " + ", ".join(SURFACES)),
        ("start", "where to begin, as --start=-4,2"),
        ("optimizer", "one of " + ", ".join(OPTIMIZERS)),
        (framework, what_framework),
        ("schedule", "one of " + ", ".join(SCHEDULES)),
    ):
        parser.add_argument(f"--{name}", help=what)
    for knob in (ALPHA, STEPS, STEPS_PER_EPOCH, MONITOR, NOISE, SEED):
        parser.add_argument(
            f"--{knob.key.replace('_', '-')}", f"--{knob.key}", dest=knob.key, help=f"{knob.help} {knob.allowed}"
        )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="any other knob, as often as needed"
    )


def _scenario(options: argparse.Namespace, framework: str | None) -> Scenario:
    """The run that the flags define, by the rules of this framework."""
    named = {name: getattr(options, name) for name in ("surface", "start", "optimizer", "schedule")}
    named["framework"] = framework
    params = {name: value for name, value in named.items() if value is not None}
    params |= {knob.key: value for knob in RUN_KNOBS if (value := getattr(options, knob.key)) is not None}
    for pair in options.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"--set takes KNOB=VALUE, such as momentum=0.9, not {shown(pair)}.")
        params[key.strip()] = value
    return Scenario.from_params(params)


def _run(options: argparse.Namespace) -> str:
    if options.format not in (None, "json", "csv"):
        raise BadInput(f"format is {shown(options.format)}, but must be json or csv.")
    scenario = _scenario(options, options.framework)
    run = simulate(scenario)
    if options.format == "json":
        return json.dumps(as_json(scenario, run), allow_nan=False)
    return as_csv(run) if options.format == "csv" else summary(scenario, run)


def _code(options: argparse.Namespace) -> str:
    framework = options.framework or "keras"
    rules = options.rules or (framework if framework in RULES else None)
    scenario = _scenario(options, rules)
    written = twin(scenario, framework)
    if not written.code:
        raise BadInput(written.missing)
    if options.lines:
        text = real_lines(scenario, framework)
        if not text:
            raise BadInput(f"There are no lines of this run to paste into a script for {framework}.")
        return text.rstrip("\n")
    note = f"{written.missing} {difference(scenario, framework)}".strip()
    return (f"# {note}\n" if note else "") + written.code.rstrip("\n")


def as_json(scenario: Scenario, run: Trajectory) -> dict[str, Any]:
    """The whole run. JSON has no numbers that are not finite: they stand as the text ``nan``, ``inf`` or ``-inf``."""
    return {
        "scenario": scenario.to_dict(),
        "x": _plain(run.x),
        "loss": _plain(run.loss),
        "grad": _plain(run.grad),
        "learning_rate": _plain(run.learning_rate),
        "dx": _plain(run.dx),
        "terms": {name: _plain(term) for name, term in run.terms.items()},
        "epochs": [
            {name: _plain(value) for name, value in zip(run.epochs._fields, row, strict=True)}
            for row in zip(*run.epochs, strict=True)
        ],
        "cuts": _plain(run.cuts),
        "diverged": run.diverged,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        return [_plain(item) for item in value]
    item = value.item() if hasattr(value, "item") else value
    return str(item) if isinstance(item, float) and not math.isfinite(item) else item


def as_csv(run: Trajectory) -> str:
    """A row a step: point, loss and gradient before it, the rate, the update and its terms; last the final point."""
    terms = list(run.terms)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        [
            "step",
            "x0",
            "x1",
            "loss",
            "grad0",
            "grad1",
            "learning_rate",
            "dx0",
            "dx1",
            *(f"{name}{axis}" for name in terms for axis in (0, 1)),
        ]
    )
    for step in range(run.steps + 1):
        taken: Iterable[Any] = ()
        if step < run.steps:
            taken = (
                run.learning_rate[step],
                *run.dx[step],
                *(value for name in terms for value in run.terms[name][step]),
            )
        writer.writerow([step, *(float(v) for v in (*run.x[step], run.loss[step], *run.grad[step], *taken))])
    return table.getvalue().rstrip("\n")


def summary(scenario: Scenario, run: Trajectory) -> str:
    """A few lines for people."""
    row, rate = scenario.optimizer_row, run.learning_rate
    lines = [
        f"{row.name} ({scenario.framework}) on {scenario.surface_row.name}, "
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
    return "\n".join(lines)


def _knob(knob: Knob) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": knob.key,
        "label": knob.label,
        "kind": knob.kind,
        "default": knob.default,
        "allowed": knob.allowed,
    }
    if knob.kind in ("number", "integer", "flag"):
        row |= {"low": knob.low, "high": knob.high, "scale": knob.scale}
    return row | {"choices": list(knob.choices), "unit": knob.unit, "help": knob.help}


def registry() -> dict[str, Any]:
    """Every surface, optimizer, schedule and knob with range and default, as plain data."""
    return {
        "surfaces": [
            {
                "key": s.key,
                "name": s.name,
                "domain": s.domain,
                "start": s.start,
                "alpha": s.alpha,
                "source": s.source,
                "knobs": [_knob(k) for k in s.knobs],
            }
            for s in SURFACES.values()
        ],
        "optimizers": [
            {
                "key": o.key,
                "name": o.name,
                "has_rate": o.has_rate,
                "frameworks": {
                    name: {
                        "formula": rule.formula,
                        "source": rule.source,
                        "alpha": o.alpha.get(name),
                        "knobs": [_knob(k) for k in rule.knobs],
                    }
                    for name, rule in o.rules.items()
                },
            }
            for o in OPTIMIZERS.values()
        ],
        "schedules": [
            {
                "key": s.key,
                "name": s.name,
                "formula": s.formula,
                "keras": s.keras,
                "pytorch": s.pytorch,
                "source": s.source,
                "knobs": [_knob(k) for k in s.knobs],
            }
            for s in SCHEDULES.values()
        ],
        "plateau": {framework: [_knob(k) for k in rule.knobs] for framework, rule in PLATEAU.items()},
        "warmup": [_knob(k) for k in WARMUP],
        "run": [_knob(k) for k in (*RUN_KNOBS, CLIPNORM)],
    }


def _list(options: argparse.Namespace) -> str:
    rows = registry()
    if options.json:
        return json.dumps(rows, ensure_ascii=False)
    lines: list[str] = []
    for kind in ("surfaces", "optimizers", "schedules"):
        lines += ["", kind.upper()]
        for row in rows[kind]:
            lines.append(f"  {row['key']:<18} {row['name']}")
            for framework, rule in row.get("frameworks", {"": row}).items():
                lines += [f"    {framework:<8} {_knob_line(knob)}" for knob in rule["knobs"]]
    for framework, knobs in rows["plateau"].items():
        lines += ["", f"PLATEAU RULE, {framework}", *(f"    {_knob_line(knob)}" for knob in knobs)]
    lines += ["", "WARM-UP, before any schedule", *(f"    {_knob_line(knob)}" for knob in rows["warmup"])]
    lines += ["", "EVERY RUN", *(f"    {_knob_line(knob)}" for knob in rows["run"])]
    return "\n".join(lines[1:])


def _knob_line(knob: dict[str, Any]) -> str:
    default = (
        "auto"
        if knob["default"] is None
        else f"{knob['default']:g}"
        if isinstance(knob["default"], float)
        else knob["default"]
    )
    return f"{knob['key']} = {default}   ({knob['allowed']})"
