"""Text as Markdown that shows it as it is, and a teacher's words with their few marks."""

from __future__ import annotations

import re

import numpy as np

from lrviz.knob import digits

JOINER = "\u2060"
"""Seen by nobody. It parts what would become a sign, an icon or a link even where each of its letters is escaped."""
_PARTED = re.compile(r"(?i)(?<=:)(?=//|material/|[\w+-]+:)|(?<=@)|(?<=\bwww)(?=\.)|(?<=[-<>~])(?=[-=>])")
_SPECIAL = re.compile(r"([\\`*\[\]{}<>#$~|:&!]|(?<![^\W_])_|_(?![^\W_]))")
_BEGIN = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|=))")
_ITEM = re.compile(r"(?:[-*]|(\d{1,3})[.)])\s+(?=\S)")
_SPAN = re.compile(
    r"(?<!\*)\*\*(?![\s*])(?P<bold>[^*]*[^\s*])\*\*(?!\*)"
    r"|(?<!\$)\$(?![\s$])(?P<formula>[^$`]*?[^\s$`\\])\$(?![\d$])"
)
_NO_FORMULA = re.compile(r"\\(rule|[a-z]*(kern|skip|space|def|let|command)|raisebox|href|url|include|html)")
"""Commands that cover the page, move, define or lead away."""


def plain(text: str) -> str:
    """Text as Markdown that shows it literally: whatever a link held, it is neither mark-up, nor a link, nor an icon.

    Source: what Streamlit's page adds to Markdown: icons, emoji, coloured text, arrows, formulas, GitHub's links.
    """
    return _BEGIN.sub(r"\1\\", _literal(" ".join(text.splitlines()).strip()))


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _PARTED.sub(JOINER, text))


def marked(text: str) -> str:
    """A teacher's words as Markdown: paragraphs, line breaks, lists, **bold** and $formulas$; all else as it was
    typed."""
    shown, last = "", ""
    for line in map(str.strip, text.splitlines()):
        item = _ITEM.match(line)
        mark = (f"{item[1]}. " if item[1] else "- ") if item else ""
        kind = mark[-2:] or ("text" if line else "")
        if kind:
            shown += ("\n\n" if kind != last else "\\\n" if kind == "text" else "\n") if shown else ""
            shown += mark + _BEGIN.sub(r"\1\\", _spans(line[item.end() :] if item else line))
        last = kind
    return shown


def _spans(text: str) -> str:
    """Within a line: bold, formulas, and the rest as it was typed."""
    shown, end = "", 0
    for found in _SPAN.finditer(text):
        shown += _literal(text[end : found.start()])
        if found["bold"]:
            shown += f"**{JOINER}{_spans(found['bold'])}{JOINER}**"
        else:
            shown += _literal(found[0]) if _NO_FORMULA.search(found[0]) else found[0]
        end = found.end()
    return shown + _literal(text[end:])


def at_end(loss: float) -> str:
    """The loss at the end of a run, as Markdown."""
    return plain(digits(loss)) if np.isfinite(loss) else "flies off"


def point(x: np.ndarray | tuple[float, float]) -> str:
    """(2,) -> "(-4, 2)"."""
    return f"({digits(float(x[0]))}, {digits(float(x[1]))})"
