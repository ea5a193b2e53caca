"""Recorded values from text: pasted numbers, CSV and JSON as the usual loggers write them.

Keras's ``CSVLogger`` and ``History.history``, Lightning's ``metrics.csv``, Hugging Face's ``trainer_state.json``,
TensorBoard's and Weights & Biases' exports are tables, as any other CSV or JSON is: columns with names, of which one is
monitored (val_loss, if nothing else is said) and one may be the rate. What is wrong is one sentence with its line and
column. Nothing in a text is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lrviz.knob import BadInput, shown
from lrviz.replay.cells import cell_number, history_in, is_number
from lrviz.replay.columns import check_count, choose
from lrviz.replay.from_json import from_json
from lrviz.replay.from_text import SHOWN, from_list, from_progress
from lrviz.replay.history import MOST_VALUES, History
from lrviz.replay.tables import from_table, has_header

MOST_BYTES = 10_000_000
DECIMALS = ("auto", ".", ",")
AROUND = re.compile(
    r"\A([^\S\n]*[a-z_][\w.]*[^\S\n]*=)(?=[^\S\n]*[\[({])|\b((?:np\.float\d+|tensor|array)\()([^()]*)\)",
    re.ASCII | re.IGNORECASE,
)
"""What a notebook has around numbers: the name of the list, np.float64(...), tensor(...)."""


def read(source: str | bytes, column: str | None = None, decimal: str = "auto") -> History:
    """The history in a text or file.

    column: the name, or number from 1, of what is monitored; without it val_loss, or what comes nearest. decimal: the
    sign before decimals, "." or ","; auto tells them apart where it can. Raises ``BadInput``.
    """
    if decimal not in DECIMALS:
        raise BadInput(f"decimal is {shown(decimal)}, but must be one of {' '.join(DECIMALS)}")
    if len(source) > MOST_BYTES:
        raise BadInput(f"This has {len(source) / 1e6:.1f} MB, but at most {MOST_BYTES // 1_000_000} MB are read.")
    text = _decoded(source) if isinstance(source, bytes) else source
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = AROUND.sub(_blank, text)
    begin = text.lstrip()[:1]
    if not begin:
        raise BadInput("There is nothing to read.")
    if begin == "{" or (begin == "[" and not _is_list(text)):
        return from_json(text, column)
    if SHOWN.search(text):
        return from_progress(text, column)
    if has_header(text):
        return from_table(text, column, decimal)
    return from_list(text, column, decimal)


def _blank(found: re.Match[str]) -> str:
    """The numbers alone, each where it was."""
    name, call, inside = found.groups()
    return " " * len(name) if name else f"{' ' * len(call)}{inside} "


def _decoded(source: bytes) -> str:
    try:
        return source.decode(_encoding(source))
    except UnicodeDecodeError as wrong:
        before = source[: wrong.start]
        line, after = before.count(b"\n") + 1, before.rpartition(b"\n")[2]
        raise BadInput(f"Line {line}, column {len(after) + 1}: this is no text in UTF-8.") from None


def _encoding(source: bytes) -> str:
    """UTF-8 or, as some programs of Windows write, UTF-16: by its mark, or because every other byte is 0."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = source[0:200:2], source[1:200:2]
    if odd and not any(odd) and any(even):
        return "utf-16-le"
    return "utf-16-be" if even and not any(even) and any(odd) else "utf-8-sig"


def _is_list(text: str) -> bool:
    """Is this a list of numbers as Python prints it, with nan and inf as they are there?"""
    return not re.search(r"[{\"]|\[[^\]]*\[", text[:MOST_BYTES])


def from_columns(columns: Mapping[str, Sequence[Any]], column: str | None = None) -> History:
    """The history in columns by name, as ``History.history`` has them."""
    names = list(columns)
    if not names:
        raise BadInput("There are no columns.")
    check_count(names)
    long = max(len(column) for column in columns.values())
    held = list(columns.values())

    def numeric(k: int) -> bool:
        return any(is_number(cell) for cell in held[k][:50])

    def wrong(line: int, k: int, cell: Any) -> str:
        return f"{names[k]}, value {line}: {shown(cell)} is no number."

    chosen = choose(names, column, numeric)
    rows = ((k + 1, [column[k] if k < len(column) else None for column in held]) for k in range(long))
    return history_in(names, rows, chosen, wrong, comma=False)


def from_numbers(values: Sequence[Any], monitor: str = "val_loss") -> History:
    """The history in a list."""
    if len(values) > MOST_VALUES:
        raise BadInput(f"There are {len(values)} values, but at most {MOST_VALUES} are replayed.")
    numbers = []
    for k, value in enumerate(values):
        try:
            number = cell_number(value, comma=False)
        except ValueError:
            number = None
        if number is None:
            raise BadInput(f"Value {k + 1}: {shown(value)} is no number.")
        numbers.append(number)
    return History(np.array(numbers), monitor)
