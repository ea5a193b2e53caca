"""``make programs``: the programs of ``lrviz.replay.code``, run in the real frameworks, decide as the replay does.

Exit status 1 if anything differs.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np

from lrviz.replay import History, Replay, Settings
from lrviz.replay.code import program

SHOWN = [0.5, 0.45, 0.455, 0.452, 0.451, 0.45, 0.43]
CASES: dict[str, tuple[list[float], str, dict[str, float | int | str | None]]] = {
    "plain": (SHOWN, "val_loss", {"patience": 2, "factor": 0.5}),
    "rising": ([0.6, 0.7, 0.65, 0.7, 0.69, math.nan, 0.71], "val_accuracy", {"patience": 1, "cooldown": 2}),
    "stopped": ([1, *[0.5] * 9, -math.inf, 0], "loss", {"patience": 2, "resume_after": 4, "min_lr": 1e-4}),
    "many": (np.cos(np.arange(300.0)).tolist(), "score", {"patience": 5, "threshold_mode": "abs", "atol": 0.01}),
}


def replays(framework: str, float32: bool) -> dict[str, Replay]:
    """The replays whose programs are run, by name."""
    return {
        name: Replay(History(np.array(values, float), monitor), Settings((framework,), float32, knobs))
        for name, (values, monitor, knobs) in CASES.items()
    }


def rows(code: str, values: np.ndarray) -> np.ndarray:
    """What a program prints: rate, best and wait, a row an epoch."""
    out = io.StringIO()
    Path("values.txt").write_text("\n".join(map(str, values.tolist())))
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
    return np.array([line.split()[1:] for line in out.getvalue().splitlines()], float)


def check(framework: str, float32: bool) -> int:
    """Run the programs of one framework and precision in this process; how many differ."""
    wrong = 0
    for name, replay in replays(framework, float32).items():
        made = replay.decisions[framework]
        mine = np.stack([made.learning_rate, made.best, made.wait], axis=1)
        same = np.array_equal(rows(program(replay, framework), replay.history.values), mine, equal_nan=True)
        wrong += not same
        kind = "float32" if float32 else "float64"
        print(f"  replay, {framework:<8} {kind} {name:<8} {'as the replay' if same else 'DIFFERS'}", flush=True)
    return wrong


def main() -> int:
    """Run all, a process for each framework and precision, as both are set for good when they are loaded."""
    if sys.argv[1:]:
        jax.config.update("jax_enable_x64", sys.argv[2] == "float64")  # which lrviz sets
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            return check(sys.argv[1], sys.argv[2] == "float32")
    kinds = [(framework, kind) for framework in ("keras", "pytorch", "optax") for kind in ("float64", "float32")]
    kinds.remove(("pytorch", "float32"))  # its numbers are Python's
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    return max(
        subprocess.run([sys.executable, "-m", "tests.program_replays", *kind], env=environment, check=False).returncode
        for kind in kinds
    )


if __name__ == "__main__":
    sys.exit(main())
