"""Imports run one way, and only the engine compiles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONCEPTS = {"surfaces", "optimizers", "schedules", "plateau"}
BELOW = {
    "knob": set(),
    "palette": set(),
    "memory": set(),
    "trajectory": {"scenario", "export"},  # to type what it is a run of, and to show it in a notebook
    **{concept: {"knob", concept} for concept in CONCEPTS},
    "engine": CONCEPTS - {"schedules"} | {"memory", "trajectory"},
    "scenario": CONCEPTS | {"engine", "knob", "trajectory"},
    "stability": {"scenario"},
    "verdicts": {"knob", "scenario", "trajectory"},
    "diagnosis": {"knob", "scenario", "stability", "surfaces", "trajectory", "verdicts"},
    "figures": {"knob", "lessons", "palette", "replay", "scenario", "trajectory"},
    "twin": {"knob", "scenario", "trajectory"},
    "replay": {"knob", "plateau", "twin"},
    "cli": CONCEPTS
    | {"export", "knob", "link", "palette", "race", "replay", "scenario", "scene", "trajectory", "twin"},
    "race": {"knob", "optimizers", "scenario", "schedules"},
    "link": {"knob", "race"},
    "lessons": CONCEPTS - {"plateau"} | {"diagnosis", "knob", "race", "scenario", "trajectory", "verdicts"},
    "thumbnail": {"palette", "race", "scenario", "trajectory"},
    "glossary": {"scenario"},
    "stage": {"knob", "link", "palette", "trajectory"},
    "export": {"knob", "palette", "race", "scenario", "scene", "stage", "trajectory"},
    "scene": {"engine", "plateau", "race", "scenario", "stage", "surfaces", "trajectory"},
}
FILES = sorted(path for path in (ROOT / "lrviz").rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "lrviz":
            yield from (f"lrviz.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    module = path.relative_to(ROOT / "lrviz").parts[0].removesuffix(".py")
    used = {name.split(".")[1] for name in imports(path) if name.startswith("lrviz.")}
    if module in BELOW:
        assert used <= BELOW[module] | {module}
    if module not in ("ui", "stage"):
        assert not any(name.split(".")[0] == "streamlit" for name in imports(path))


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.name != "engine.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_only_the_engine_compiles(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("jit", "pmap")
