"""The engine against plain C with the same arithmetic in float64, and against numba: maps, a batch of runs, one run."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from bench.clock import bounded, fastest, figure
from lrviz import Scenario, simulate, simulate_many, survey

STEPS = 500
START = (-1.2, 1.0)
THREADS = 2
SOURCE = r"""
#include <math.h>
#define LANES 128
#define LOSS(x, y, b) ((1 - (x)) * (1 - (x)) + (b) * ((y) - (x) * (x)) * ((y) - (x) * (x)))

/* Lanes begin to end through all steps, in blocks that stay in the first cache. */
static inline __attribute__((always_inline)) void through(
    int begin, int end, int steps, const int adam, const double *restrict lr, const double *restrict b,
    double *restrict best) {
  for (int at = begin; at < end; at += LANES) {
    double x[LANES], y[LANES], mx[LANES], my[LANES], vx[LANES], vy[LANES], least[LANES];
    for (int i = 0; i < LANES; i++) {
      x[i] = -1.2; y[i] = 1; mx[i] = my[i] = vx[i] = vy[i] = 0; least[i] = LOSS(x[i], y[i], b[at + i]);
    }
    for (int k = 1; k <= steps; k++) {
      double scale = adam ? sqrt(1 - pow(0.999, k)) / (1 - pow(0.9, k)) : 1;
      for (int i = 0; i < LANES; i++) {
        double away = y[i] - x[i] * x[i];
        double gx = -2 * (1 - x[i]) - 4 * b[at + i] * x[i] * away, gy = 2 * b[at + i] * away;
        if (adam) {
          mx[i] += (gx - mx[i]) * (1 - 0.9); my[i] += (gy - my[i]) * (1 - 0.9);
          vx[i] += (gx * gx - vx[i]) * (1 - 0.999); vy[i] += (gy * gy - vy[i]) * (1 - 0.999);
          gx = mx[i] * scale / (sqrt(vx[i]) + 1e-7); gy = my[i] * scale / (sqrt(vy[i]) + 1e-7);
        }
        x[i] -= lr[at + i] * gx; y[i] -= lr[at + i] * gy;
        double loss = LOSS(x[i], y[i], b[at + i]);
        least[i] = loss < least[i] ? loss : least[i];
      }
    }
    for (int i = 0; i < LANES; i++) best[at + i] = least[i];
  }
}

/* adam: 0 or 1. */
void ends(int begin, int end, int steps, int adam, const double *lr, const double *b, double *best) {
  if (adam) through(begin, end, steps, 1, lr, b, best); else through(begin, end, steps, 0, lr, b, best);
}

/* One run of Adam with its path: x, y, loss, both gradients and both moments of each. */
void path(int steps, double lr, double b, double *out) {
  double x = -1.2, y = 1, mx = 0, my = 0, vx = 0, vy = 0;
  for (int k = 1; k <= steps; k++, out += 9) {
    double scale = lr * sqrt(1 - pow(0.999, k)) / (1 - pow(0.9, k)), away = y - x * x;
    double gx = -2 * (1 - x) - 4 * b * x * away, gy = 2 * b * away;
    mx += (gx - mx) * (1 - 0.9); my += (gy - my) * (1 - 0.9);
    vx += (gx * gx - vx) * (1 - 0.999); vy += (gy * gy - vy) * (1 - 0.999);
    x -= mx * scale / (sqrt(vx) + 1e-7); y -= my * scale / (sqrt(vy) + 1e-7);
    out[0] = x; out[1] = y; out[2] = LOSS(x, y, b); out[3] = gx; out[4] = gy;
    out[5] = mx; out[6] = my; out[7] = vx; out[8] = vy;
  }
}
"""
SAME = 100
"""Last places: C contracts a b + c into one rounding, and adds up a gradient in another order."""
Work = Callable[[], object]
DOUBLES = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")


def built() -> ctypes.CDLL:
    """The C library, compiled for this processor."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    folder = Path(tempfile.mkdtemp())
    (folder / "metal.c").write_text(SOURCE)
    options = ["-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, "metal.c", "-o", "metal.so", "-lm"], cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "metal.so"))
    library.ends.argtypes = [ctypes.c_int] * 4 + [DOUBLES] * 3
    library.path.argtypes = [ctypes.c_int, ctypes.c_double, ctypes.c_double, DOUBLES]
    return library


def numba_ends() -> Callable[..., None]:
    """The same loop by numba, one run after the other, its threads over the runs."""
    import numba

    @numba.njit(parallel=True, fastmath=False)
    def ends(steps: int, adam: bool, lr: np.ndarray, b: np.ndarray, best: np.ndarray) -> None:
        for i in numba.prange(lr.size):
            x, y, mx, my, vx, vy = -1.2, 1.0, 0.0, 0.0, 0.0, 0.0
            least = (1 - x) ** 2 + b[i] * (y - x * x) ** 2
            p1, p2 = 1.0, 1.0
            for _ in range(steps):
                away = y - x * x
                gx, gy = -2 * (1 - x) - 4 * b[i] * x * away, 2 * b[i] * away
                if adam:
                    p1, p2 = p1 * 0.9, p2 * 0.999
                    mx, my = mx + (gx - mx) * (1 - 0.9), my + (gy - my) * (1 - 0.9)
                    vx, vy = vx + (gx * gx - vx) * (1 - 0.999), vy + (gy * gy - vy) * (1 - 0.999)
                    scale = np.sqrt(1 - p2) / (1 - p1)
                    gx, gy = mx * scale / (np.sqrt(vx) + 1e-7), my * scale / (np.sqrt(vy) + 1e-7)
                x, y = x - lr[i] * gx, y - lr[i] * gy
                loss = (1 - x) ** 2 + b[i] * (y - x * x) ** 2
                least = min(least, loss)
            best[i] = least

    numba.set_num_threads(min(THREADS, numba.config.NUMBA_NUM_THREADS))
    return ends


def apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, as a part of the larger number, in units of a float64's last place."""
    part = np.abs(ours - theirs) / np.maximum(np.abs(ours), np.abs(theirs))
    return float(np.max(part) / np.finfo(float).eps)


def same(what: str, differences: list[float]) -> None:
    """One line: the largest of these; none where one is no number."""
    bounded(f"{what}: numbers apart by, last places", float(np.max(differences)), "", most=SAME)


def compared(what: str, times: int, most: float | None, ours: Work, c: Work, **others: Work) -> None:
    """A line for each of the others: both times, how many times ours is theirs, first of the processor. They take
    turns."""
    own, *theirs = fastest((ours, c, *others.values()), times)
    for name, taken in zip(("C", *others), theirs, strict=True):
        wall = f"{own.wall * 1e3:.2f} and {taken.wall * 1e3:.2f} ms"
        processor = f"processor {own.processor / taken.processor:.1f} x"
        bound = most if name == "C" else None
        bounded(f"{what}, {name}: {wall}, {processor}", own.wall / taken.wall, "x", most=bound)


def maps(library: ctypes.CDLL, loop: Callable[..., None] | None, side: int, times: int) -> None:
    """side x side runs over alpha and the steepness of Rosenbrock's walls: the best loss of each."""
    alphas, walls = np.geomspace(1e-5, 1e-3, side), np.linspace(10, 100, side)
    lr, b = (np.ascontiguousarray(grid.ravel()) for grid in np.meshgrid(alphas, walls, indexing="ij"))
    cuts = np.linspace(0, lr.size // 128, THREADS + 1).astype(int) * 128
    for adam, optimizer, most in ((0, "gradient_descent", 4), (1, "adam", 3)):
        scenario = Scenario(surface="rosenbrock", start=START, optimizer=optimizer, steps=STEPS)
        best, differences = np.empty(lr.size), []

        def ours(scenario: Scenario = scenario) -> np.ndarray:
            return survey(scenario, columns=("best_loss",), alpha=alphas.tolist(), b=walls.tolist()).best_loss

        def theirs(adam: int = adam, best: np.ndarray = best) -> None:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda i: library.ends(cuts[i], cuts[i + 1], STEPS, adam, lr, b, best), range(THREADS)))

        others: dict[str, Work] = {"numba": partial(loop, STEPS, bool(adam), lr, b, best)} if loop else {}
        works: list[Work] = [theirs, *others.values()]
        for work in works:
            best[:] = np.nan
            work()
            differences.append(apart(ours().ravel(), best))
        name = f"{side * side:,} runs of {scenario.optimizer_row.name}"
        same(name, differences)
        compared(name, times, most, ours, theirs, **others)


def paths(library: ctypes.CDLL) -> None:
    """Runs with their paths: 64 of 300 steps, and one; each is read."""
    adam = Scenario(surface="rosenbrock", start=START, optimizer="adam", alpha=0.001, steps=STEPS)
    short, alphas = adam.having(steps=300), np.geomspace(1e-4, 1e-2, 64).tolist()
    many, one = np.empty((len(alphas), short.steps, 9)), np.empty((STEPS, 9))

    def batch() -> None:
        for alpha, out in zip(alphas, many, strict=True):
            library.path(short.steps, alpha, 100.0, out)

    def single() -> None:
        library.path(STEPS, 0.001, 100.0, one)

    batch()
    single()
    runs, outs = [*simulate_many(short, alpha=alphas), simulate(adam)], [*many, one]
    same("runs with their paths", [apart(run.x[1:], out[:, :2]) for run, out in zip(runs, outs, strict=True)])
    compared("64 runs x 300 steps", 101, 9, lambda: simulate_many(short, alpha=alphas), batch)
    compared("and read", 101, None, lambda: [run.x for run in simulate_many(short, alpha=alphas)], batch)
    compared("one run, and read", 301, 20, lambda: simulate(adam).x, single)


def main() -> None:
    """Print the figures."""
    print(f"\nNearer to the metal: {STEPS} steps on Rosenbrock, {os.cpu_count()} cores, C with {THREADS} threads")
    library, loop = built(), None
    with figure("numba"):
        loop = numba_ends()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    maps(library, loop, 256, 15)
    maps(library, None, 1024, 3)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bounded("memory of all maps", grown, "MB", most=500)
    paths(library)


if __name__ == "__main__":
    main()
