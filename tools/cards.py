"""``make cards``: the pictures on the cards of the lessons, into ``lrviz/lessons/cards/``. A test compares them."""

from __future__ import annotations

from lrviz.lessons import LESSONS, card
from lrviz.palette import PALETTES
from lrviz.thumbnail import thumbnail

if __name__ == "__main__":
    for key, lesson in LESSONS.items():
        for theme in PALETTES:
            card(key, theme).write_text(thumbnail(lesson.race, theme), encoding="utf-8")
