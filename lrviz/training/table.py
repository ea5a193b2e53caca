"""One's own data: a CSV file whose last column is what is to be predicted. A bad file gets one sentence."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import NamedTuple

import numpy as np

from lrviz.knob import BadInput, shown
from lrviz.training.data import CSV, Data, Task

MOST_BYTES = 10_000_000
MOST_ROWS, MOST_COLUMNS, FEWEST_ROWS = 5000, 100, 10
LONGEST_CELL = 100
LARGEST = 1e12
"""The largest number, up or down."""
MOST_CLASSES = 20
FEW = 10
"""So many different whole numbers, or fewer, are classes; more are numbers."""
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Table:
    """What a file holds.   x (n, d), y (n,): a number, or the index of a class; features, classes: their names.
    ``target``: the name of the last column."""

    x: np.ndarray = field(repr=False, compare=False)
    y: np.ndarray = field(repr=False, compare=False)
    features: tuple[str, ...]
    classes: tuple[str, ...]
    target: str = ""
    name: str = "Your data"

    @property
    def row(self) -> Data:
        """The same row that every data set has."""
        task: Task = "numbers" if not self.classes else "two classes" if len(self.classes) == 2 else "classes"
        return Data(CSV, self.name, task, self.features, self.classes, len(self.x), "Your own file", "Yours")


def read(content: bytes, name: str = "Your data") -> Table:
    """The table of a CSV file: comma, semicolon or tab; with or without a line of names; raises ``BadInput``."""
    header, rows = _named(list(_rows(*_text(content))))
    if not FEWEST_ROWS <= len(rows) <= MOST_ROWS:
        raise BadInput(f"The file has {len(rows):,} rows of data, but must have {FEWEST_ROWS} to {MOST_ROWS:,}.")
    names = header or [f"column {i + 1}" for i in range(len(rows[0].cells))]
    x = np.array([[_number(cell, row.line, j, names) for j, cell in enumerate(row.cells[:-1])] for row in rows])
    y, classes = _target(rows, names)
    return Table(x, y, tuple(names[:-1]), classes, names[-1], name)


class _Row(NamedTuple):
    """line: in the file, from 1."""

    line: int
    cells: list[str]


def _text(content: bytes) -> tuple[str, str]:
    """The text and its delimiter: of comma, semicolon and tab the one that the first line has most of."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"The file is larger than {MOST_BYTES // 1_000_000} MB, the most that is read.")
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"Row {row} is not text in UTF-8: save the file as CSV in UTF-8.") from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput(f"Row {row} holds a character 0: this is no CSV file in UTF-8.")
    if not text.strip():
        raise BadInput("The file is empty.")
    first = text.lstrip()[: 2 * MOST_COLUMNS * LONGEST_CELL].partition("\n")[0]
    return text, max(DELIMITERS, key=first.count)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Row after row, empty ones left out, so that a large file is refused at the first row that is too much."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    count = length = 0
    try:
        for cells in reader:
            if reader.line_num > 2 * MOST_ROWS:
                raise BadInput(f"The file has more than {2 * MOST_ROWS:,} lines, the most that are read.")
            if not any(cell.strip() for cell in cells):
                continue
            count, line = count + 1, reader.line_num
            if count > MOST_ROWS + 1:
                raise BadInput(f"The file has more than {MOST_ROWS:,} rows, the most that are read.")
            if len(cells) > MOST_COLUMNS:
                raise BadInput(f"Row {line} has {len(cells):,} columns, but at most {MOST_COLUMNS} are read.")
            if len(cells) < 2:
                raise BadInput(f"Row {line} has one column, but needs one for a feature and the last for the target.")
            if length and len(cells) != length:
                raise BadInput(f"Row {line} has {len(cells)} columns, but the rows before it have {length}.")
            length = len(cells)
            for j, cell in enumerate(cells):
                if len(cell) > LONGEST_CELL:
                    raise BadInput(f"Row {line}, column {j + 1} has {len(cell):,} characters, too many for one cell.")
            yield _Row(line, [cell.strip() for cell in cells])
    except csv.Error:
        raise BadInput(
            f"Row {reader.line_num + 1} cannot be read as CSV: a cell is too long, or a quote is not closed."
        ) from None


def _named(rows: list[_Row]) -> tuple[list[str], list[_Row]]:
    """The names, if the first row holds some, and the rows below."""
    if not rows:
        raise BadInput("The file holds no data.")
    first = rows[0].cells
    if all(_parsed(cell) is not None for cell in first[:-1]):
        return [], rows
    return [cell or f"column {j + 1}" for j, cell in enumerate(first)], rows[1:]


def _parsed(cell: str) -> float | None:
    """The number in a cell, with a decimal point or a decimal comma; None if it holds none."""
    text = cell.replace(",", ".", 1) if "," in cell and "." not in cell else cell
    try:
        return float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None


def _number(cell: str, row: int, column: int, names: list[str]) -> float:
    value = _parsed(cell)
    where = f"Row {row}, column {column + 1} ({shown(names[column])})"
    if value is None:
        raise BadInput(f"{where} is {shown(cell)}, not a number." if cell else f"{where} is empty.")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise BadInput(f"{where} is {shown(cell)}; numbers from -{LARGEST:g} to {LARGEST:g} are read.")
    return value


def _target(rows: list[_Row], names: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Numbers and no classes, or the indices of classes and their names, in order."""
    column = len(names) - 1
    cells = [row.cells[-1] for row in rows]
    if "" in cells:
        line = rows[cells.index("")].line
        raise BadInput(f"Row {line}, column {column + 1} ({shown(names[column])}) is empty.")
    kinds = set(cells)
    if len(kinds) == 1:
        raise BadInput(f"Column {column + 1}, the last, is {shown(cells[0])} in every row: nothing is to be predicted.")
    values = {cell: _parsed(cell) for cell in kinds}
    numbers = [value for value in values.values() if value is not None]
    if len(numbers) == len(kinds) and not (len(kinds) <= FEW and all(value.is_integer() for value in numbers)):
        return np.array([_number(row.cells[-1], row.line, column, names) for row in rows]), ()
    if len(kinds) > MOST_CLASSES:
        odd = next(row for row in rows if values[row.cells[-1]] is None)
        raise BadInput(
            f"Row {odd.line}, column {column + 1} ({shown(names[column])}) is {shown(odd.cells[-1])}, not a number; as"
            f" labels the column has {len(kinds):,}, but at most {MOST_CLASSES} are read."
        )
    order = sorted(kinds, key=lambda cell: (values[cell] is None, values[cell] or 0.0, cell))
    return np.array([order.index(cell) for cell in cells]), tuple(order)
