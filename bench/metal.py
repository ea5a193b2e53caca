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
from pathlib import Path

import numpy as np

from bench.clock import bounded, figure, median
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


def compared(what: str, ours: float, theirs: float, most: float | None) -> None:
    """One line: both times and how many times ours is theirs."""
    bounded(f"{what}: {ours * 1e3:.1f} ms, {theirs * 1e3:.2f} ms", ours / theirs, "x", most=most)


def maps(library: ctypes.CDLL, side: int, times: int) -> None:
    """side x side runs over alpha and the steepness of Rosenbrock's walls: the best loss of each."""
    alphas, walls = np.geomspace(1e-5, 1e-3, side), np.linspace(10, 100, side)
    lr, b = (np.ascontiguousarray(grid.ravel()) for grid in np.meshgrid(alphas, walls, indexing="ij"))
    cuts = np.linspace(0, lr.size // 128, THREADS + 1).astype(int) * 128
    for adam, optimizer, most in ((0, "gradient_descent", 4), (1, "adam", 3)):
        scenario = Scenario(surface="rosenbrock", start=START, optimizer=optimizer, steps=STEPS)
        best = np.empty(lr.size)

        def ours(scenario: Scenario = scenario) -> np.ndarray:
            return survey(scenario, columns=("best_loss",), alpha=alphas.tolist(), b=walls.tolist()).best_loss

        def theirs(adam: int = adam, best: np.ndarray = best) -> None:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda i: library.ends(cuts[i], cuts[i + 1], STEPS, adam, lr, b, best), range(THREADS)))

        theirs()
        np.testing.assert_allclose(ours().ravel(), best, rtol=1e-6)
        name = f"{side * side:,} runs of {scenario.optimizer_row.name}"
        taken = median(ours, times)
        compared(f"{name}, C", taken, median(theirs, times), most)
        with figure("numba"):
            loop = numba_ends()
            compared(f"{name}, numba", taken, median(lambda: loop(STEPS, bool(adam), lr, b, best), times), None)  # noqa: B023


def main() -> None:
    """Print the figures."""
    print(f"\nNearer to the metal: {STEPS} steps on Rosenbrock, {os.cpu_count()} cores, C with {THREADS} threads")
    library = built()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    maps(library, 256, 7)
    maps(library, 1024, 1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bounded("memory of all maps", grown, "MB", most=500)
    adam = Scenario(surface="rosenbrock", start=START, optimizer="adam", alpha=0.001, steps=STEPS)
    alphas, short = np.geomspace(1e-4, 1e-2, 64).tolist(), adam.having(steps=300)
    out = np.empty((STEPS, 9))
    batch = median(lambda: [library.path(300, alpha, 100.0, out) for alpha in alphas], 41)
    compared(
        "64 runs x 300 steps with their paths, C", median(lambda: simulate_many(short, alpha=alphas), 41), batch, 9
    )
    library.path(STEPS, 0.001, 100.0, out)
    np.testing.assert_allclose(simulate(adam).x[1:], out[:, :2], rtol=1e-6)
    one = median(lambda: library.path(STEPS, 0.001, 100.0, out), 201)
    compared("one run with its path, C", median(lambda: simulate(adam), 101), one, 20)


if __name__ == "__main__":
    main()
