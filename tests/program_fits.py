"""Runs the programs of ``lrviz.codegen.fit`` in the real Keras and PyTorch: ``python -m tests.program_fits``.

Half of the recorded trainings, each as a program: its weights end where the app's do, to 1e-6 of the largest, after the
same cuts. Keras takes the mean of a loss in float32, so that its small weights are not as near to themselves.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.codegen import fit
from lrviz.training import Training, train
from lrviz.training.numbers import as_json
from tests.golden.training_cases import cases

MOST = 1e-6
ONE_OF = 2
"""Every such case is run."""
_MOONS: dict[str, Any] = {
    "data": "moons", "model": "network", "alpha": 0.3, "schedule": "plateau", "batch_size": 32, "epochs": 18,
}  # fmt: skip
_RESUMED = {**_MOONS, "values": {"factor": 0.5, "patience": 2, "restart": 5}}
_BY_BATCH = {**_MOONS, "framework": "pytorch", "values": {"factor": 0.5, "patience": 9, "stepped": "batch"}}
CALLED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "keras": [("resumed", {**_RESUMED, "framework": "keras"})],
    "pytorch": [("resumed", {**_RESUMED, "framework": "pytorch"}), ("once a batch", _BY_BATCH)],
}
"""Callbacks that are made anew, and a scheduler that is stepped once a batch."""


def ended(code: str) -> tuple[np.ndarray, list[int]]:
    """Weights and cuts, as the program prints them."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "program", "exec"), {"__name__": "__main__"})
    output = {
        line.split()[0]: line.split()[1:] for line in out.getvalue().splitlines() if line.startswith(("end", "cuts"))
    }
    return np.array(output["end"], float), [int(epoch) for epoch in output.get("cuts", [])]


def main() -> int:
    """The number of programs that end elsewhere."""
    warnings.simplefilter("ignore")
    wrong = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for framework in ("pytorch", "keras"):
            for name, fields in [*list(cases(framework))[::ONE_OF], *CALLED[framework]]:
                history = train(Training(**fields))
                (Path(folder) / fit.FILE).write_text(as_json(history))
                here = Path.cwd()
                os.chdir(folder)
                try:
                    end, cuts = ended(fit.write(history.training))
                finally:
                    os.chdir(here)
                cut = history.cuts.tolist() if history.plateau else []
                far = np.abs(end - history.final).max() / np.abs(history.final).max()
                good = far <= MOST and cuts == cut
                count, wrong = count + 1, wrong + (not good)
                print(f"{'ok  ' if good else 'FAIL'} {framework}-{name:<28} {far:.1e}  cuts {cuts}", flush=True)
    print(f"{count} programs that train, {wrong} end elsewhere")
    return wrong


if __name__ == "__main__":
    sys.exit(main() > 0)
