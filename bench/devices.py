"""Surveys on the devices that JAX has here, a GPU for instance, against the processors of the same machine: times, and
how far their numbers are apart."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np

from bench.clock import bounded, fastest
from lrviz import Scenario, survey

TIMES = 5
SIDES = (256, 1024)
BASE = Scenario(surface="rosenbrock", start=(-1.2, 1.0), steps=500)
SURVEYS = {
    "gradient descent": (BASE, ("x", "best_loss")),
    "momentum with the plateau rule": (
        BASE.having(optimizer="momentum", schedule="plateau", patience=3),
        ("x", "loss", "cuts"),
    ),
    "Adam": (BASE.having(optimizer="adam"), ("x", "best_loss")),
    "Adam, a cosine for each rate": (BASE.having(optimizer="adam", schedule="cosine"), ("x", "loss")),
}


def measured(folder: Path) -> None:
    """Each survey on this process's devices: its seconds, and where it has few runs what it found, as files."""
    for name, (scenario, columns) in SURVEYS.items():
        for side in SIDES:
            alphas, walls = np.geomspace(1e-5, 1e-3, side).tolist(), np.linspace(10, 100, side).tolist()

            def work(
                scenario: Scenario = scenario,
                columns: tuple[str, ...] = columns,
                alphas: list[float] = alphas,
                walls: list[float] = walls,
            ) -> object:
                return survey(scenario, columns=columns, alpha=alphas, b=walls)

            found = work()
            arrays = {column: getattr(found, column) for column in columns if side == SIDES[0]}
            taken = fastest([work], TIMES if side == SIDES[0] else 2)[0].wall
            np.savez(folder / f"{name}-{side}.npz", seconds=taken, **arrays)


def on_processors(folder: Path) -> None:
    """The same in a process of its own, which has no other devices."""
    code = f"from pathlib import Path; from bench.devices import measured; measured(Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "JAX_PLATFORMS": "cpu"})


def main() -> None:
    """Print the figures."""
    names = ", ".join(device.device_kind for device in jax.local_devices())
    print(f"\nSurveys on {names} against {os.cpu_count()} cores: 500 steps on Rosenbrock")
    if jax.default_backend() == "cpu":
        print("  JAX has no other device than the processors here")
        return
    folder = Path(tempfile.mkdtemp())
    ours, theirs = folder / "devices", folder / "processors"
    for empty in (ours, theirs):
        empty.mkdir()
    measured(ours)
    on_processors(theirs)
    for name in SURVEYS:
        for side in SIDES:
            file = f"{name}-{side}.npz"
            here, there = np.load(ours / file), np.load(theirs / file)
            times = f"{here['seconds'] * 1e3:.0f} and {there['seconds'] * 1e3:.0f} ms"
            bounded(f"{side * side:,} runs, {name}: {times}", here["seconds"] / there["seconds"], "x")
            for column in sorted(set(here.files) - {"seconds"}):
                a, b = here[column], there[column]
                same = (a == b) | (np.isnan(a) & np.isnan(b))
                with np.errstate(all="ignore"):
                    apart = np.nanmax(np.where(same, 0, np.abs(a - b) / np.abs(b)))
                print(f"    {column}: the same bits in {np.mean(same):.1%}, at most {apart:.1e} apart")


if __name__ == "__main__":
    main()
