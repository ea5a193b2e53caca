"""Imports run one way, every module is known, Streamlit is in few of them, and only three modules compile."""

from __future__ import annotations

import ast
import importlib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONCEPTS = {"surfaces", "optimizers", "schedules", "plateau"}
BELOW = {
    "frameworks": set(),
    "knob": set(),
    "palette": set(),
    "memory": set(),
    "view": set(),
    "columns": set(),
    "trajectory": set(),
    "formula": {"knob"},
    "plain": set(),
    "turns": set(),
    "untrusted": set(),
    **{concept: {"knob"} for concept in CONCEPTS},
    "surfaces": {"formula", "knob"},
    "programs": {"memory"},
    "engine": CONCEPTS - {"schedules"} | {"columns", "programs", "trajectory"},
    "once": {"programs"},
    "tuned": CONCEPTS - {"surfaces"} | {"frameworks", "knob"},
    "sharing": {"knob", "optimizers", "tuned"},
    "scenario": CONCEPTS | {"knob", "tuned"},
    "simulation": CONCEPTS - {"schedules"} | {"columns", "engine", "knob", "scenario", "trajectory"},
    "training": CONCEPTS - {"surfaces", "schedules"}
    | {"frameworks", "knob", "plain", "programs", "sharing"}
    | {"tuned"},
    "race": {"frameworks", "knob", "palette", "plateau", "scenario", "schedules", "sharing"},
    "link": {"knob", "maps", "race", "scenario", "view"},
    "maps": {"analysis", "knob", "plain", "scenario", "simulation", "untrusted"},
    "analysis": {"knob", "optimizers", "replay", "scenario", "simulation", "surfaces", "trajectory", "tuned"},
    "lessons": CONCEPTS - {"plateau", "surfaces"}
    | {"analysis", "columns", "frameworks", "knob", "link", "maps", "once", "race", "scenario", "training"}
    | {"simulation", "trajectory", "turns"},
    "glossary": {"scenario"},
    "figures": {"analysis", "knob", "lessons", "maps", "palette", "replay", "scenario", "training", "trajectory"},
    "stage": {"knob", "link", "palette", "untrusted", "view"},
    "play": {"analysis", "knob", "maps", "once", "plateau", "race", "replay", "scenario", "stage"}
    | {"simulation", "surfaces", "training", "trajectory"},
    "thumbnail": {"palette", "race", "scenario", "simulation", "training", "trajectory"},
    "export": {"knob", "maps", "palette", "plain", "play", "race", "scenario", "stage", "training", "trajectory"},
    "codegen": {"formula", "frameworks", "knob", "optimizers", "plateau", "scenario", "schedules", "training"}
    | {"simulation", "trajectory", "tuned"},
    "replay": {"frameworks", "knob", "palette", "plateau", "codegen"},
    "catalogue": CONCEPTS | {"frameworks", "knob", "replay", "scenario", "training"},
    "cli": CONCEPTS
    | {"catalogue", "export", "frameworks", "knob", "link", "maps", "palette", "play", "race", "replay", "scenario"}
    | {"simulation", "training", "trajectory", "codegen"},
    "server": {"engine", "knob", "maps", "play", "programs", "race", "stage", "training", "turns"},
    "__main__": {"cli"},
    "__init__": CONCEPTS - {"plateau"}  # the names of the package
    | {"analysis", "export", "knob", "race", "replay", "scenario", "simulation", "trajectory"},
}
BELOW["ui"] = BELOW.keys() - {"__main__"}
"""A module or package of lrviz -> what it may import of the others."""
KNOW_STREAMLIT = ("ui/", "server/", "stage/host.py")
COMPILE = ("engine/paths.py", "engine/survey.py", "training/loop.py")
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
    inside = path.relative_to(ROOT / "lrviz")
    module = inside.parts[0].removesuffix(".py")
    assert module in BELOW, f"{module} is new: say here what it may import"
    used = {name.split(".")[1] for name in imports(path) if name.startswith("lrviz.")}
    assert used <= BELOW[module] | {module}
    if not inside.as_posix().startswith(KNOW_STREAMLIT):
        assert not any(name.split(".")[0] == "streamlit" for name in imports(path))


def test_nothing_imports_itself_round_a_corner():
    order = list(TopologicalSorter(BELOW).static_order())
    assert order.index("knob") < order.index("scenario") < order.index("cli")


def test_no_module_is_known_that_is_gone():
    assert BELOW.keys() == {path.relative_to(ROOT / "lrviz").parts[0].removesuffix(".py") for path in FILES}


@pytest.mark.parametrize(
    "path", [path for path in FILES if "__all__ = " in path.read_text()], ids=lambda path: str(path.relative_to(ROOT))
)
def test_what_a_package_exports_is_there(path):
    package = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if str(path.relative_to(ROOT / "lrviz")) not in COMPILE],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_only_the_engine_and_its_sibling_compile(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("jit", "pmap")
