"""Tables: CSV with any of the usual signs between its columns, whose first line names them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lrviz.knob import BadInput
from lrviz.replay.cells import Row, history_in, is_number, no_number
from lrviz.replay.columns import check_count, choose
from lrviz.replay.history import History

LONGEST_LINE = 100_000
"""Of a table, in characters."""


def has_header(text: str) -> bool:
    """Does the first line name columns: is no cell a number, and is there a line below it?"""
    first = first_line(text)
    if len(first) > LONGEST_LINE or "\n" not in text.strip():
        return False
    (_, cells), *_ = *cells_of([first], delimiter_of(first)), (0, [])
    words = [cell for cell in cells if re.search(r"[^\W\d_]", cell)]
    return bool(words) and not any(is_number(cell, comma=True) for cell in cells)


def from_table(text: str, column: str | None, decimal: str) -> History:
    """The history in a table. It is read twice, a row at a time."""
    delimiter = delimiter_of(first_line(text))
    comma = decimal != "."  # in a cell of its own a comma can only be a decimal one
    rows = cells_of(lines_of(text), delimiter)
    _, names = next(rows)
    check_count(names)
    names = [name.strip() for name in names]
    hold = _numeric(rows, len(names), comma)

    def whole(line: int, cells: Sequence[Any]) -> Row:
        if len(cells) != len(names):
            place = f"Line {line}, column {min(len(cells), len(names)) + 1}"
            commas = delimiter == "," and len(cells) > len(names)
            hint = " Are there decimal commas? Then put semicolons between the columns." if commas else ""
            raise BadInput(
                f"{place}: this row has {len(cells)} cell{'s' * (len(cells) != 1)}, the header {len(names)}.{hint}"
            )
        return line, cells

    chosen = choose(names, column, hold.__contains__)
    again = cells_of(lines_of(text), delimiter)
    next(again)
    return history_in(names, (whole(*row) for row in again), chosen, no_number(names), comma)


def _numeric(rows: Iterable[Row], width: int, comma: bool) -> set[int]:
    """The columns that hold a number in some row."""
    open_ = set(range(width))
    for _, cells in rows:
        open_ -= {k for k in open_ if k < len(cells) and cells[k] and is_number(cells[k], comma)}
        if not open_:
            break
    return set(range(width)) - open_


def first_line(text: str) -> str:
    """The first line that is not empty."""
    return text.lstrip("\n \t").partition("\n")[0]


def delimiter_of(line: str) -> str:
    """The tab, semicolon, bar or comma that stands most often outside quotes; else spaces."""
    bare = re.sub(r'"[^"]*"', "", line)
    most = max("\t;|,", key=bare.count)
    return most if bare.count(most) else " " if " " in bare.strip() and '"' not in line else ","


def cells_of(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """The rows that are not empty, with the line in which each ends."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise BadInput(f"Line {reader.line_num}, column 1: this is no CSV, {wrong}.") from None
        if delimiter == " " and cells and not cells[-1]:
            cells.pop()
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def lines_of(text: str) -> Iterator[str]:
    """Line by line, each with its end; none is longer than a row of a table may be."""
    begin, number = 0, 1
    while begin < len(text):
        end = text.find("\n", begin) + 1 or len(text)
        if end - begin > LONGEST_LINE:
            raise BadInput(f"Line {number}, column {LONGEST_LINE}: a row of a table has at most so many characters.")
        yield text[begin:end]
        begin, number = end, number + 1
