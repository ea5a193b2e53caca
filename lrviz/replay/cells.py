"""The numbers in the cells of a log, and the history in its rows."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from lrviz.knob import BadInput, shown
from lrviz.replay.columns import Column
from lrviz.replay.history import MOST_VALUES, History

NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE)
COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
NOTHING = {"", "na", "n/a", "none", "null"}
"""What stands in a cell where nothing was logged; "nan" is a value."""
Row = tuple[int, Sequence[Any]]
"""The number of a line, or of a record, and its cells."""


def place(text: str, position: int) -> str:
    """Line and column of a position in a text."""
    line = text.count("\n", 0, position) + 1
    return f"Line {line}, column {position - text.rfind(chr(10), 0, position)}"


def cell_number(cell: Any, comma: bool) -> float | None:
    """The number in a cell, None where nothing was logged; raises ValueError. comma: may decimals follow a comma?"""
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        try:
            return cell if cell is None else float(cell)
        except OverflowError:  # a whole number beyond all of float64
            raise ValueError from None
    if isinstance(cell, np.generic) and cell.dtype.kind in "fiu":
        return float(cell)
    if not isinstance(cell, str):
        raise ValueError
    text = cell.strip().replace("−", "-")
    if text.lower() in NOTHING:
        return None
    if comma and COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not NUMBER.fullmatch(text):
        raise ValueError
    return float(text)


def is_number(cell: Any, comma: bool = False) -> bool:
    """Does this cell hold a number?"""
    try:
        return cell_number(cell, comma) is not None
    except ValueError:
        return False


def no_number(names: Sequence[str]) -> Callable[[int, int, Any], str]:
    """The sentence for a cell of a table."""

    def wrong(line: int, k: int, cell: Any) -> str:
        return f"Line {line}, column {k + 1} ({shown(names[k])[1:-1]}): {shown(cell)} is no number."

    return wrong


def history_in(
    names: Sequence[str], rows: Iterable[Row], chosen: Column, wrong: Callable[[int, int, Any], str], comma: bool
) -> History:
    """The history in the rows of a table.   wrong(line, column, cell): the sentence for what is no number."""
    values: list[float] = []
    rates: list[float] = []
    epochs: list[float] = []
    rate, passed = math.nan, 0

    def number(line: int, cells: Sequence[Any], column: int | None) -> float | None:
        if column is None or column >= len(cells):
            return None
        try:
            return cell_number(cells[column], comma)
        except ValueError:
            raise BadInput(wrong(line, column, cells[column])) from None

    for line, cells in rows:
        logged = number(line, cells, chosen.rate)
        rate = rate if logged is None else logged
        value = number(line, cells, chosen.monitored)
        if value is None:
            passed += 1
            continue
        if len(values) == MOST_VALUES:
            raise BadInput(f"Line {line}: there are more than {MOST_VALUES} values, the most that are replayed.")
        epoch = number(line, cells, chosen.epoch)
        values.append(value)
        rates.append(rate)
        epochs.append(math.nan if epoch is None else epoch)
    name = names[chosen.monitored].strip()
    if not values:
        raise BadInput(f"Column {shown(name)} is empty.")
    without = "1 row was" if passed == 1 else f"{passed} rows were"
    notes = (f"{without} passed over: no {name} there.",) if passed else ()
    return History(np.array(values), _plain_name(name), _filled(rates), _an_epoch(epochs), tuple(names), notes)


def _plain_name(name: str) -> str:
    """What was monitored, without the run's name before it."""
    short = name.rpartition(" - ")[2].strip() or name
    return "val_loss" if short.lower() in ("value", "") else short


def _filled(rates: list[float]) -> np.ndarray | None:
    """The rates, the first known one before those that are not; None where none is."""
    array = np.array(rates)
    known = np.flatnonzero(~np.isnan(array))
    if not known.size:
        return None
    array[: known[0]] = array[known[0]]
    return array


def _an_epoch(epochs: list[float]) -> int:
    """How many values there are an epoch: the median over the epochs."""
    counts = Counter(math.floor(epoch) for epoch in epochs if math.isfinite(epoch))
    return max(1, int(np.median(list(counts.values())))) if sum(counts.values()) == len(epochs) else 1
