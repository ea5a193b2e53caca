"""Every surface, optimizer, schedule and knob with its range and default: as plain data, and as text."""

from __future__ import annotations

from typing import Any

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import Knob
from lrviz.optimizers import CLIPNORM, OPTIMIZERS
from lrviz.plateau import PLATEAU
from lrviz.replay.settings import KNOBS as REPLAY_KNOBS
from lrviz.scenario import RUN_KNOBS
from lrviz.schedules import SCHEDULES, WARMUP
from lrviz.surfaces import SURFACES
from lrviz.training import DATA, MODELS
from lrviz.training.data import DATA_SEED
from lrviz.training.training import RUN_KNOBS as TRAINING_KNOBS
from lrviz.training.training import STOP_PATIENCE


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


def catalogue() -> dict[str, Any]:
    """As plain data."""
    return {
        "surfaces": [
            {
                "key": s.key,
                "name": s.name,
                "domain": s.domain,
                "start": s.start,
                "alpha": s.alpha,
                "source": s.source,
                "knobs": [_knob(k) for k in (*s.settings, *s.knobs)],
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
                "aliases": list(s.aliases),
                "frameworks": {name: {"knobs": [_knob(k) for k in s.knobs_in(name)]} for name in FRAMEWORKS},
            }
            for s in SCHEDULES.values()
        ],
        "plateau": {framework: [_knob(k) for k in rule.knobs] for framework, rule in PLATEAU.items()},
        "replay": [_knob(k) for k in REPLAY_KNOBS.values()],
        "warmup": {framework: [_knob(k) for k in knobs] for framework, knobs in WARMUP.items()},
        "run": [_knob(k) for k in (*RUN_KNOBS, CLIPNORM)],
        "data": [
            {
                "key": d.key,
                "name": d.name,
                "task": d.task,
                "features": list(d.features),
                "classes": list(d.classes),
                "rows": d.rows,
                "source": d.source,
                "licence": d.licence,
                "knobs": [_knob(k) for k in d.knobs],
            }
            for d in DATA.values()
        ],
        "models": [
            {"key": m.key, "name": m.name, "tasks": list(m.tasks), "knobs": [_knob(k) for k in m.knobs]}
            for m in MODELS.values()
        ],
        "training": [_knob(k) for k in (*TRAINING_KNOBS, DATA_SEED, STOP_PATIENCE)],
    }


def as_text(rows: dict[str, Any]) -> str:
    """The catalogue for people, a line a row and a line a knob."""
    lines: list[str] = []
    for kind in ("surfaces", "optimizers", "schedules"):
        lines += ["", kind.upper()]
        for row in rows[kind]:
            also = [name for name in row.get("aliases", ()) if name != name.lower()]
            lines.append(f"  {row['key']:<18} {row['name']}" + (f"   ({', '.join(also)})" if also else ""))
            lines += _by_framework({name: rule["knobs"] for name, rule in row.get("frameworks", {"": row}).items()})
    for framework, knobs in rows["plateau"].items():
        lines += ["", f"PLATEAU RULE, {framework}", *(f"    {_knob_line(knob)}" for knob in knobs)]
    lines += ["", "REPLAY, of recorded losses", *(f"    {_knob_line(knob)}" for knob in rows["replay"])]
    lines += ["", "WARM-UP, before any schedule", *_by_framework(rows["warmup"])]
    lines += ["", "EVERY RUN", *(f"    {_knob_line(knob)}" for knob in rows["run"])]
    for kind in ("data", "models"):
        lines += ["", f"{kind.upper()}, of trainings"]
        for row in rows[kind]:
            what = f"{row['task']}; {row['licence']}" if kind == "data" else ", ".join(row["tasks"])
            lines += [
                f"  {row['key']:<18} {row['name']}   ({what})",
                *(f"    {_knob_line(knob)}" for knob in row["knobs"]),
            ]
    lines += ["", "EVERY TRAINING", *(f"    {_knob_line(knob)}" for knob in rows["training"])]
    return "\n".join(lines[1:])


def _by_framework(knobs: dict[str, list[dict[str, Any]]]) -> list[str]:
    """A line a knob; where the frameworks differ in it, a line for each."""
    rows = [(name, knob) for name, its in knobs.items() for knob in its]
    shared = [knob for _, knob in rows if all(knob in its for its in knobs.values())]
    own = [(name, knob) for name, knob in rows if knob not in shared]
    once = [knob for i, knob in enumerate(shared) if knob not in shared[:i]]
    return [f"    {name:<8} {_knob_line(knob)}" for name, knob in [*(("", knob) for knob in once), *own]]


def _knob_line(knob: dict[str, Any]) -> str:
    default = (
        "auto"
        if knob["default"] is None
        else f"{knob['default']:g}"
        if isinstance(knob["default"], float)
        else knob["default"]
    )
    return f"{knob['key']} = {default}   ({knob['allowed']})"
