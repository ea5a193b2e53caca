"""How many words a lesson has, and how hard they are to read: ``python tools/reading.py [key ...]``.

The text is what a learner meets who predicts (the first choice) and goes through all steps: title, sentences, choices,
buttons. Numbers, formulas and tables are no words of ours. The grade is that of Flesch and Kincaid (1975):

    0.39 words/sentences + 11.8 syllables/words - 15.59

Syllables are counted as groups of vowels, without a silent e: within 5% of a dictionary for running text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

WORD = re.compile(r"[^\W\d_](?:[\w'’]|-(?=\w))*")
TEXTS = (
    "title",
    "subheader",
    "markdown",
    "caption",
    "warning",
    "info",
    "success",
    "error",
    "button",
    "radio",
    "expander",
)


class Reading(NamedTuple):
    """words: all of them. grade: school years of English, of whole sentences alone."""

    words: int
    grade: float


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    small = re.sub(r"[^a-z]", "", word.lower())
    small = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouy])es$|(?<=[^aeioutdy])ed$", "", small)
    return max(1, len(re.findall(r"[aeiouy]+", small)))


def bare(text: str) -> str:
    """Markdown -> its words: no formulas, code, links' addresses, icons and tables."""
    text = re.sub(
        r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|:material/\w+:|:(?:small|gray|red|green)(?=\[)", " ", text, flags=re.S
    )
    text = re.sub(r"\]\([^)]*\)", "]", text)
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("|")]
    return re.sub(r"[*#\\\[\]]", "", "\n".join(lines))


def reading(texts: Iterable[str]) -> Reading:
    """Of all texts together."""
    count, words, sentences = 0, [], 0
    for text in map(bare, texts):
        count += len(WORD.findall(text))
        for line in text.splitlines():
            for sentence in re.findall(r"[^.!?]+[.!?](?=\s|$)", re.sub(r"(?<=\d)\.(?=\d)|\bet al\.", "", line)):
                found = WORD.findall(sentence)
                if len(found) > 2:
                    words += found
                    sentences += 1
    grade = 0.39 * len(words) / max(sentences, 1) + 11.8 * sum(map(syllables, words)) / max(len(words), 1) - 15.59
    return Reading(count, round(grade, 1))


def texts(at: Any) -> Iterator[str]:
    """Every text of a page under AppTest."""
    for kind in TEXTS:
        for element in at.get(kind):
            yield str(getattr(element, "value", None) if kind not in ("button", "radio", "expander") else element.label)
            if kind == "radio":
                yield from map(str, element.options)


def lesson_texts(key: str) -> list[str]:
    """What a learner reads in this lesson."""
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415  slow to load

    from lrviz.ui import lesson_page  # noqa: PLC0415
    from tests.visits import followed  # noqa: PLC0415

    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    at.switch_page(str(lesson_page(key)))
    followed(at.run())
    choices = [button for button in at.button if str(button.key).startswith(f"predict_{key}_")]
    before = [button.label for button in choices]
    choices[0].click().run()
    followed(at)
    return list(dict.fromkeys([*before, *texts(at)]))


if __name__ == "__main__":
    from lrviz.lessons import LESSONS

    for lesson in sys.argv[1:] or LESSONS:
        found = reading(lesson_texts(lesson))
        print(f"{lesson:16} {found.words:5} words  grade {found.grade:4}")
