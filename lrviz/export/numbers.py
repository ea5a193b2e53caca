"""A run as numbers: a table or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from lrviz.export.choices import Numbers
from lrviz.plain import plain
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory


def content(scenario: Scenario, run: Trajectory, kind: Numbers) -> bytes:
    """The file."""
    text = as_csv(run) if kind == "csv" else json.dumps(as_json(scenario, run), allow_nan=False)
    return f"{text}\n".encode()


def as_json(scenario: Scenario, run: Trajectory) -> dict[str, Any]:
    """The whole run."""
    return {
        "scenario": scenario.to_dict(),
        "x": plain(run.x),
        "loss": plain(run.loss),
        "grad": plain(run.grad),
        "learning_rate": plain(run.learning_rate),
        "dx": plain(run.dx),
        "terms": {name: plain(term) for name, term in run.terms.items()},
        "epochs": [
            {name: plain(value) for name, value in zip(run.epochs._fields, row, strict=True)}
            for row in zip(*run.epochs, strict=True)
        ],
        "cuts": plain(run.cuts),
        "diverged": run.diverged,
        "notes": [*scenario.notes, *scenario.surface_row.notes_at(scenario.coef)],
    }


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
