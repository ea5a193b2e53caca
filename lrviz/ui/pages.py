"""The files of the pages, wherever the main script lies."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parents[2] / "pages"
WELCOME = PAGES / "start" / "welcome.py"
GLOSSARY = PAGES / "start" / "glossary.py"
CLOSING = PAGES / "start" / "closing.py"
PLAYGROUND = PAGES / "lab" / "playground.py"
REPLAY = PAGES / "lab" / "replay.py"
MAPS = PAGES / "lab" / "maps.py"
TRAINING = PAGES / "training" / "training.py"
ASSIGNMENT = PAGES / "lab" / "classroom.py"
TRAINING_ASSIGNMENT = PAGES / "training" / "classroom.py"


def lesson_page(key: str) -> Path:
    """The file of a lesson."""
    return PAGES / "lessons" / f"{key}.py"
