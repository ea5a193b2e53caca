"""JSON as the usual loggers write it: columns, records or rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lrviz.knob import BadInput, shown
from lrviz.replay.cells import Row, history_in, is_number, place
from lrviz.replay.columns import check_count, choose
from lrviz.replay.history import History

MOST_ITEMS = 1_000_000
"""Of a JSON file, numbers and names together: so that what it is unpacked to stays bounded."""


def from_json(text: str, column: str | None) -> History:
    """The history in a JSON text, or in a dict as Python prints it."""
    if sum(map(text.count, ",[{")) > MOST_ITEMS:
        raise BadInput(f"Line 1, column 1: this JSON holds more than {MOST_ITEMS} items.")
    if re.match(r"\s*\{\s*'", text):
        text = _as_json(text)
    found = _loaded(text)
    try:
        return _from_plain(found, column)
    except _NoNumber as wrong:
        raise BadInput(f"{_where(text, wrong.cell)}: {wrong}") from None


def _as_json(text: str) -> str:
    """A dict of lists as Python prints it; what is none stays wrong."""
    names = {"nan": "NaN", "inf": "Infinity", "None": "null"}
    return re.sub(r"\b(nan|inf|None)\b", lambda found: names[found[0]], text.replace("'", '"'))


def _loaded(text: str) -> Any:
    """What JSON says, or JSON lines, an object a line. Raises ``BadInput``."""
    lines = text.split("\n")
    objects = [number for number, line in enumerate(lines) if line.strip()]
    several = len(objects) > 1 and all(lines[k].strip()[0] + lines[k].strip()[-1] == "{}" for k in objects)
    number = 0
    try:
        if not several:
            return json.loads(text, parse_int=float)
        found = []
        for number in objects:
            found.append(json.loads(lines[number], parse_int=float))
        return found
    except json.JSONDecodeError as wrong:
        raise BadInput(f"Line {number + wrong.lineno}, column {wrong.colno}: this is no JSON, {wrong.msg}.") from None
    except RecursionError:
        raise BadInput("Line 1, column 1: this JSON is nested too deeply.") from None


class _NoNumber(Exception):
    """A cell that is no number; where it stands in the text is found afterwards."""

    def __init__(self, cell: Any, sentence: str):
        super().__init__(sentence)
        self.cell = cell


def _where(text: str, cell: Any) -> str:
    """Where such a cell first stands in a JSON text."""
    for written in (json.dumps(cell), json.dumps(cell, ensure_ascii=False)):
        if written in text:
            return place(text, text.index(written))
    return place(text, max(text.find("[" if isinstance(cell, list) else "{", 1), 0))


def _from_plain(found: Any, column: str | None) -> History:
    """The history in what JSON holds: columns, records, rows or numbers, under log_history or history or at the top."""
    for key in ("log_history", "history"):  # Hugging Face's trainer_state.json; a History with its settings
        if isinstance(found, dict) and isinstance(found.get(key), list | dict):
            found = found[key]
    if isinstance(found, dict):
        if found and all(isinstance(held, dict) for held in found.values()):  # pandas: columns by row
            found = {name: list(held.values()) for name, held in found.items()}
        lists = {name: held for name, held in found.items() if isinstance(held, list)}
        if not lists:
            raise BadInput("Line 1, column 1: this JSON holds no list of values.")
        names, rows = list(lists), _turned(lists)
    elif found and all(isinstance(row, dict) for row in found):
        names = list(dict.fromkeys(name for row in found for name in row))
        rows = ((k, [row.get(name) for name in names]) for k, row in enumerate(found, 1))
    elif found and all(isinstance(row, list) for row in found):
        width = max(map(len, found))
        tensorboard = ["wall_time", "step", "value"]
        names = tensorboard if width == 3 else [f"column {k}" for k in range(1, width + 1)]
        rows = ((k, row) for k, row in enumerate(found, 1))
    else:
        names, rows = ["val_loss"], ((k, [value]) for k, value in enumerate(found, 1))
    check_count(names)
    kept = list(rows)

    def wrong(line: int, k: int, cell: Any) -> str:
        raise _NoNumber(cell, f"value {line} of {names[k]} is {shown(cell)}, which is no number.")

    def numeric(k: int) -> bool:
        return any(k < len(cells) and is_number(cells[k]) for _, cells in kept)

    return history_in(names, kept, choose(names, column, numeric), wrong, comma=False)


def _turned(columns: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
    """Rows from columns."""
    held = list(columns.values())
    for k in range(max(map(len, held))):
        yield k + 1, [column[k] if k < len(column) else None for column in held]
