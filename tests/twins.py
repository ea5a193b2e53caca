"""``make twins``: the programs of ``lrviz.twin``, run in the real Keras, PyTorch and optax, end where the app ends.

Every program has to end within 1e-6 of the app's end (relative, and 1e-9 more) after exactly as many cuts. Where a
framework computes the rate in float32 the end may be off by what that makes, up to 1e-4, and the largest is shown.
The lines for training scripts are pasted into real trainings, and the rate afterwards has to be what the app's rule
says. Exit status 1 if anything differs.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from lrviz import Scenario
from lrviz.plateau import PLATEAU, rest
from lrviz.trajectory import Trajectory
from lrviz.twin import cuts, in_float32, real_lines, twin
from tests.twin_cases import RTOL, agrees, cases, ends, read

COUNTS = {"keras": 36, "pytorch": 44, "optax": 30}
WORKERS = (("keras",), ("pytorch", "optax"))
"""Side by side, a process each."""
SUBPROCESSES = 2
SEED = 2026
RTOL_FLOAT32 = 1e-4
EPOCHS, BATCHES, BATCH = 14, 2, 32
"""Of the trainings; 32 is also what ``model.fit`` takes."""


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
    covered: dict[str, list[str]] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def told(code: str) -> str:
    """What a program prints, run in a namespace of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<twin>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def told_alone(code: str) -> str:
    """What a program prints as a process of its own, in a folder without this project."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "twin.py").write_text(code)
        done = subprocess.run([sys.executable, "twin.py"], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else done.stderr


def check_program(report: Report, near: Scenario, run: Trajectory, tell: Callable[[str], str]) -> None:
    """One program against the app."""
    loose = in_float32(near, report.framework)
    try:
        end, count = read(tell(twin(near, report.framework).code))
    except Exception as error:
        report.wrong.append(f"{type(error).__name__}: {error} in {near.to_json()}")
        return
    gap = float(np.max(np.abs(np.array(end) - run.x[-1]) / np.maximum(np.abs(run.x[-1]), 1e-3)))
    report.programs += 1
    report.cuts += count
    if loose:
        report.float32, report.worst_float32 = report.float32 + 1, max(report.worst_float32, gap)
    else:
        report.worst = max(report.worst, gap)
    if not agrees(end, run, RTOL_FLOAT32 if loose else RTOL) or count != cuts(near, run):
        app = f"{run.x[-1].tolist()} after {cuts(near, run)} cuts"
        report.wrong.append(f"ends at {end} after {count} cuts, the app at {app}: {near.to_json()}")


# The lines for training scripts ---------------------------------------------------------------------------------------

_RESTLESS = {"alpha": "0.3", "patience": "1", "factor": "0.5"}
LINES: tuple[dict[str, str], ...] = (
    {"optimizer": "momentum", "schedule": "plateau", "momentum": "0.9", **_RESTLESS},
    {"optimizer": "adam", "schedule": "plateau", "monitor": "loss", "cooldown": "1", "min_lr": "0.05", **_RESTLESS},
    {"optimizer": "rmsprop", "schedule": "plateau", "clipnorm": "0.5", **_RESTLESS},
    {"optimizer": "adam", "schedule": "exponential", "alpha": "0.1", "decay_steps": "20"},
    {"optimizer": "adamw", "schedule": "cosine", "alpha": "0.05"},
    {"optimizer": "nesterov", "schedule": "step_decay", "alpha": "0.02", "step_size": "10", "clipnorm": "1"},
    {"optimizer": "adagrad", "schedule": "drawn", "alpha": "0.1", "points": "0:0.1,40:0.01"},
    {"optimizer": "gradient_descent", "schedule": "one_cycle", "alpha": "0.1"},
)


def data() -> tuple[np.ndarray, np.ndarray]:
    """A small regression."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((96, 3))
    return inputs, inputs @ rng.standard_normal((3, 1)) + 0.3 * rng.standard_normal((96, 1))


def trained_by_keras(lines: str, monitor: str) -> tuple[list[float], float]:
    """The monitored losses of a real ``model.fit``, and the rate afterwards."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    x, y = data()
    given = {"x_train": x[:64], "y_train": y[:64], "x_val": x[64:], "y_val": y[64:]}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(
            compile("import keras\nimport numpy as np\n" + lines, "<lines>", "exec"),
            {"model": model, "loss": "mse", "epochs": EPOCHS, **given},
        )
    return model.history.history[monitor], float(model.optimizer.learning_rate)


def trained_by_pytorch(lines: str, monitor: str) -> tuple[list[float], float]:
    """The same in a real training loop of PyTorch."""
    import torch

    torch.manual_seed(0)
    x, y = (torch.tensor(part) for part in data())
    model = torch.nn.Linear(3, 1, dtype=torch.float64)
    seen: dict[str, list[float]] = {"loss": [], "val_loss": []}

    def loss_fn(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        loss = torch.nn.functional.mse_loss(output, target)
        seen["loss"].append(loss.item())
        return loss

    def evaluate(model: torch.nn.Module, loader: Iterable[Any]) -> float:
        with torch.no_grad():
            mean = float(np.mean([torch.nn.functional.mse_loss(model(a), b).item() for a, b in loader]))
        seen["val_loss"].append(mean)
        return mean

    given = {
        "model": model,
        "epochs": EPOCHS,
        "train_loader": list(zip(x[:64].split(BATCH), y[:64].split(BATCH), strict=True)),
        "val_loader": [(x[64:], y[64:])],
        "loss_fn": loss_fn,
        "evaluate": evaluate,
    }
    exec(compile("import numpy as np\nimport torch\n" + lines, "<lines>", "exec"), given)
    losses = np.reshape(seen["loss"], (EPOCHS, -1)).mean(axis=1).tolist() if monitor == "loss" else seen["val_loss"]
    return losses, float(given["optimizer"].param_groups[0]["lr"])


TRAIN = {"keras": trained_by_keras, "pytorch": trained_by_pytorch}


def ruled(scenario: Scenario, losses: list[float]) -> tuple[float, int]:
    """The rate that the app's own plateau rule leaves after these losses, and its cuts."""
    rule = PLATEAU[scenario.framework]
    numbers = [
        knob.choices.index(str(scenario[knob.key])) if knob.choices else float(scenario[knob.key])  # type: ignore[arg-type]
        for knob in rule.knobs
    ]
    hyper = rule.hyper(*(np.array([float(number)]) for number in numbers))
    state, count = rest(np.array([scenario.alpha]), scenario.framework), 0  # type: ignore[arg-type]
    for epoch, loss in enumerate(losses):
        state, verdict = rule.step(state, np.array([loss]), np.array([epoch == 0]), hyper)
        count += int(verdict.cut[0])
    return float(state.lr[0]), count


def check_lines(report: Report) -> None:
    """The pasted lines train a real model; the rate afterwards is what the app says."""
    done = 0
    for params in LINES:
        scenario = Scenario.from_params({**params, "steps": "60", "framework": report.framework})
        losses, rate = TRAIN[report.framework](real_lines(scenario, report.framework), scenario.monitor)
        if scenario.schedule_row.plateau:
            expected, count = ruled(scenario, losses)
            done += count
        else:
            expected = float(scenario.rates()[EPOCHS * BATCHES])
        report.lines += 1
        if not np.isclose(rate, expected, rtol=RTOL):
            report.wrong.append(f"lines leave the rate {rate}, the app {expected}: {scenario.to_json()}")
    if not done:
        report.wrong.append("no lines made the plateau rule cut: nothing was tested")


def work(framework: str) -> Report:
    """All that is checked for one framework."""
    began, report, passed_over = time.perf_counter(), Report(framework), Counter[str]()
    covered: dict[str, set[str]] = {"surface": set(), "optimizer": set(), "schedule": set()}
    for number, (near, run) in enumerate(
        chain(cases(framework, COUNTS[framework], SEED, passed_over), ends(framework))
    ):
        check_program(report, near, run, told)
        if number < SUBPROCESSES:
            check_program(report, near, run, told_alone)
            report.alone += 1
        for name, seen in covered.items():
            seen.add(getattr(near, name))
    if framework in TRAIN:
        check_lines(report)
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
        lines += [f"  {count:3} passed over: {why}" for why, count in r.passed_over.items()]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """With names of frameworks: check them here and print JSON. Without: check all, and sum up."""
    if arguments:
        print(json.dumps([asdict(work(framework)) for framework in arguments]))
        return 0
    command = [sys.executable, "-m", "tests.twins"]
    running = [subprocess.Popen([*command, *names], stdout=subprocess.PIPE, text=True) for names in WORKERS]
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
