"""``make programs``: the programs of ``lrviz.codegen`` end where the app ends, in the real Keras, PyTorch and optax.

Every program has to end within 1e-6 of the app's end (relative, and 1e-9 more) after exactly as many cuts. Where a
framework computes the rate in float32 the end may be off by what that makes, up to 1e-4, and the largest is shown.
The lines for training scripts are pasted into real trainings: see ``trainings``. Exit status 1 if anything differs.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from lrviz import Scenario
from lrviz.codegen import cuts, in_float32, program
from lrviz.trajectory import Trajectory
from tests.program_cases import RTOL, agrees, cases, ends, read
from tests.program_trainings import CASES, check

COUNTS = {"keras": 36, "pytorch": 44, "optax": 30}
WORKERS = (("keras",), ("pytorch", "optax"))
"""Side by side, a process each."""
COMPILED_ONCE = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
SUBPROCESSES = 2
SEED = 2026
RTOL_FLOAT32 = 1e-4


@dataclass
class Report:
    """What one framework did. ``wrong``: what differs, a line each."""

    framework: str
    programs: int = 0
    alone: int = 0
    lines: int = 0
    cuts: int = 0
    float32: int = 0
    worst: float = 0.0
    worst_float32: float = 0.0
    seconds: float = 0.0
    seconds_of_lines: float = 0.0
    covered: dict[str, list[str]] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def executed(code: str) -> str:
    """What a program prints, run in a namespace of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def executed_alone(code: str) -> str:
    """What a program prints as a process of its own, in a folder without this project."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "program.py").write_text(code)
        done = subprocess.run([sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else done.stderr


def check_program(report: Report, closest: Scenario, run: Trajectory, execute: Callable[[str], str]) -> None:
    """One program against the app."""
    loose = in_float32(closest, report.framework)
    try:
        end, count = read(execute(program(closest, report.framework).code))
    except Exception as error:
        report.wrong.append(f"{type(error).__name__}: {error} in {closest.to_json()}")
        return
    gap = float(np.max(np.abs(np.array(end) - run.x[-1]) / np.maximum(np.abs(run.x[-1]), 1e-3)))
    report.programs += 1
    report.cuts += count
    if loose:
        report.float32, report.worst_float32 = report.float32 + 1, max(report.worst_float32, gap)
    else:
        report.worst = max(report.worst, gap)
    if not agrees(end, run, RTOL_FLOAT32 if loose else RTOL) or count != cuts(closest, run):
        app = f"{run.x[-1].tolist()} after {cuts(closest, run)} cuts"
        report.wrong.append(f"ends at {end} after {count} cuts, the app at {app}: {closest.to_json()}")


def check_lines(report: Report) -> None:
    """The pasted lines train a real model; the rate of each step is what the app says."""
    done = 0
    for params in CASES[report.framework]:
        wrong, count = check(report.framework, params)
        report.lines, done = report.lines + 1, done + count
        report.wrong += [wrong] if wrong else []
    if not done:
        report.wrong.append("no lines made the plateau rule cut: nothing was tested")


def work(framework: str) -> Report:
    """All that is checked for one framework."""
    began, report, passed_over = time.perf_counter(), Report(framework), Counter[str]()
    covered: dict[str, set[str]] = {"surface": set(), "optimizer": set(), "schedule": set()}
    for number, (closest, run) in enumerate(
        chain(cases(framework, COUNTS[framework], SEED, passed_over), ends(framework))
    ):
        check_program(report, closest, run, executed)
        if number < SUBPROCESSES:
            check_program(report, closest, run, executed_alone)
            report.alone += 1
        for name, seen in covered.items():
            seen.add(getattr(closest, name))
    began_lines = time.perf_counter()
    check_lines(report)
    report.seconds_of_lines = time.perf_counter() - began_lines
    report.covered = {name: sorted(seen) for name, seen in covered.items()}
    report.passed_over = dict(passed_over.most_common())
    report.seconds = time.perf_counter() - began
    return report


def table(reports: list[Report]) -> str:
    """The summary."""
    lines = [f"{'':<10}{'programs':>9}{'alone':>7}{'cuts':>6}{'largest gap':>13}{'lines':>7}{'seconds':>9}{'wrong':>7}"]
    for r in reports:
        row = f"{r.framework:<10}{r.programs:>9}{r.alone:>7}{r.cuts:>6}{r.worst:>13.1e}{r.lines:>7}"
        lines.append(f"{row}{r.seconds:>9.0f}{len(r.wrong):>7}")
    for r in reports:
        lines += ["", f"{r.framework}: " + ", ".join(f"{len(v)} {k}s" for k, v in r.covered.items())]
        if r.float32:
            lines.append(
                f"  {r.float32:3} whose rate {r.framework} computes in float32, largest gap {r.worst_float32:.1e}"
            )
        lines.append(f"  {r.lines:3} trainings with the lines, in {r.seconds_of_lines:.0f} s")
        lines += [f"  {count:3} passed over: {why}" for why, count in r.passed_over.items()]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """With names of frameworks: check them here and print JSON. Without: check all, and sum up."""
    if arguments:
        print(json.dumps([asdict(work(framework)) for framework in arguments]))
        return 0
    command = [sys.executable, "-m", "tests.programs"]
    with tempfile.TemporaryDirectory() as cache:  # a training that goes on would compile its step again
        env = os.environ | {"JAX_COMPILATION_CACHE_DIR": cache, **COMPILED_ONCE}
        running = [
            subprocess.Popen([*command, *names], stdout=subprocess.PIPE, text=True, env=env) for names in WORKERS
        ]
        outs = [worker.communicate()[0] for worker in running]
    if any(worker.returncode for worker in running):
        return 1
    reports = [Report(**report) for out in outs for report in json.loads(out.strip().split("\n")[-1])]
    print(table(reports))
    wrong = [f"{report.framework}: {line}" for report in reports for line in report.wrong]
    print("\n".join(["", *wrong, "" if wrong else "Every program ends where the app ends."]).rstrip())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
