"""Recorded values from text: pasted numbers, CSV and JSON as the usual loggers write them.

Keras's ``CSVLogger`` and ``History.history``, Lightning's ``metrics.csv``, Hugging Face's ``trainer_state.json``,
TensorBoard's and Weights & Biases' exports are tables, as any other CSV or JSON is: columns with names, of which one is
monitored (val_loss, if nothing else is said) and one may be the rate. What is wrong is one sentence with its line and
column. Nothing in a text is ever run.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from lrviz.knob import BadInput, shown, unknown
from lrviz.replay.history import MOST_VALUES, History

MOST_BYTES = 10_000_000
MOST_COLUMNS = 1000
MOST_ITEMS = 1_000_000
"""Of a JSON file, numbers and names together: so that what it is unpacked to stays bounded."""
LONGEST_LINE = 100_000
"""Of a table, in characters."""
NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE)
COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
TOKEN = r"[^\s,;\[\]()]+"
NOTHING = {"", "na", "n/a", "none", "null"}
"""What stands in a cell where nothing was logged; "nan" is a value."""
DECIMALS = ("auto", ".", ",")


class WhichColumn(BadInput):
    """Several columns may be meant.   columns: the names of all."""

    def __init__(self, sentence: str, columns: Sequence[str]):
        super().__init__(sentence)
        self.columns = tuple(columns)


class OneOrTwo(BadInput):
    """A comma may stand before decimals or between numbers.   pair: such as 0,5."""

    def __init__(self, sentence: str, pair: str):
        super().__init__(sentence)
        self.pair = pair


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
    begin = text.lstrip()[:1]
    if not begin:
        raise BadInput("There is nothing to read.")
    if begin == "{" or (begin == "[" and not _is_list(text)):
        return _from_json(text, column)
    if SHOWN.search(text):
        return _from_progress(text, column)
    if _has_header(text):
        return _from_table(text, column, decimal)
    return _from_list(text, column, decimal)


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


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"Line {line}, column {position - text.rfind(chr(10), 0, position)}"


# Columns --------------------------------------------------------------------------------------------------------------

RATE = re.compile(r"(^|[/_.\s-])(lr|learning[_ ]?rate)([-/_.\s\d]|$)", re.IGNORECASE)
COUNTER = re.compile(
    r"(.*(/| - ))?_?(epochs?|(global|training)?_?steps?|iter(ation)?s?|batch(es)?|(wall|relative)[_ ]?time"
    r"|time(stamp)?|runtime|index|unnamed: 0|)",
    re.IGNORECASE,
)
HELD_OUT = re.compile(r"(^|[^a-z])(val|eval|valid|validation|dev|test)([^a-z]|$)", re.IGNORECASE)
SPREAD = ("__min", "__max")
"""Weights & Biases exports the range of each column beside it."""


class Column(NamedTuple):
    """The columns that are read, by number from 0."""

    monitored: int
    rate: int | None
    epoch: int | None


def _rank(name: str) -> int | None:
    """How near a column is to val_loss, 0 for itself; None for one that is no loss."""
    small = name.strip().lower()
    if small == "val_loss":
        return 0
    if "loss" in small:
        return (1 if HELD_OUT.search(name) else 3) + small.endswith(("_step", "/step")) + (small != "loss")
    return 9 if small == "value" else None  # TensorBoard's


def _chosen(names: Sequence[str], column: str | None, numeric: Callable[[int], bool]) -> Column:
    """Which columns are monitored, rate and epoch.   numeric(k): does column k hold numbers?"""
    rates = [k for k, name in enumerate(names) if RATE.search(name) and not name.lower().endswith(SPREAD)]
    counters = [k for k, name in enumerate(names) if COUNTER.fullmatch(name.strip())]
    epochs = [k for k in counters if "epoch" in names[k].lower()]
    monitored = _named(names, column) if column is not None else _guessed(names, {*rates, *counters}, numeric)
    rate = next((k for k in rates if k != monitored and numeric(k)), None)
    return Column(monitored, rate, next((k for k in epochs if k != monitored), None))


def _named(names: Sequence[str], column: str) -> int:
    for same in (
        lambda name: name == column,
        lambda name: name.strip().lower() == column.strip().lower(),
        lambda name: name.lower().endswith(f" - {column.strip().lower()}"),  # Weights & Biases: run - column
    ):
        found = [k for k, name in enumerate(names) if same(name)]
        if len(found) > 1:
            raise BadInput(f"There are {len(found)} columns called {shown(column)}; choose one by its number.")
        if found:
            return found[0]
    number = column.strip()
    if number.isascii() and number.isdigit() and len(number) < 9 and 1 <= int(number) <= len(names):
        return int(number) - 1
    raise BadInput(unknown("column", column, [shown(name, 60)[1:-1] for name in names[:40]]))


def _guessed(names: Sequence[str], others: set[int], numeric: Callable[[int], bool]) -> int:
    free = [k for k in range(len(names)) if k not in others and not names[k].lower().endswith(SPREAD) and numeric(k)]
    ranked = [(rank, k) for k in free if (rank := _rank(names[k])) is not None]
    best = [k for rank, k in ranked if rank == min(ranked)[0]] or free
    if len(best) == 1:
        return best[0]
    if not free:
        meant = [(rank, k) for k, name in enumerate(names) if (rank := _rank(name)) is not None]
        if meant:  # what stands there is no number, and its cell says so
            return min(meant)[1]
        raise BadInput(f"None of the columns {_listed(names)} holds values to replay.")
    raise WhichColumn(f"Which column is monitored: {_listed([names[k] for k in best])}? Say column.", names)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names[:10]) + (", …" if len(names) > 10 else "")


# Cells ----------------------------------------------------------------------------------------------------------------


def _number(cell: Any, comma: bool) -> float | None:
    """The number in a cell, None where nothing was logged; raises ValueError. comma: may decimals follow a comma?"""
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        return cell if cell is None else float(cell)
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


Row = tuple[int, Sequence[Any]]
"""The number of a line, or of a record, and its cells."""


def _history(
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
            return _number(cells[column], comma)
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
            raise BadInput(f"Line {line}: there are more than {MOST_VALUES} values, and so many are replayed.")
        epoch = number(line, cells, chosen.epoch)
        values.append(value)
        rates.append(rate)
        epochs.append(math.nan if epoch is None else epoch)
    name = names[chosen.monitored].strip()
    if not values:
        raise BadInput(f"Column {shown(name)} is empty.")
    notes = (f"{passed} rows without {name} were passed over.",) if passed else ()
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


def from_columns(columns: Mapping[str, Sequence[Any]], column: str | None = None) -> History:
    """The history in columns by name, as ``History.history`` has them."""
    names = list(columns)
    if not names:
        raise BadInput("There are no columns.")
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"There are {len(names)} columns, but at most {MOST_COLUMNS} are read.")
    long = max(len(column) for column in columns.values())
    held = list(columns.values())

    def numeric(k: int) -> bool:
        return any(_is_number(cell) for cell in held[k][:50])

    def wrong(line: int, k: int, cell: Any) -> str:
        return f"{names[k]}, value {line}: {shown(cell)} is no number."

    chosen = _chosen(names, column, numeric)
    rows = ((k + 1, [column[k] if k < len(column) else None for column in held]) for k in range(long))
    return _history(names, rows, chosen, wrong, comma=False)


def from_numbers(values: Sequence[Any], monitor: str = "val_loss") -> History:
    """The history in a list."""
    if len(values) > MOST_VALUES:
        raise BadInput(f"There are {len(values)} values, but at most {MOST_VALUES} are replayed.")
    numbers = []
    for k, value in enumerate(values):
        try:
            number = _number(value, comma=False)
        except ValueError:
            number = None
        if number is None:
            raise BadInput(f"Value {k + 1}: {shown(value)} is no number.")
        numbers.append(number)
    return History(np.array(numbers), monitor)


def _is_number(cell: Any, comma: bool = False) -> bool:
    try:
        return _number(cell, comma) is not None
    except ValueError:
        return False


# JSON -----------------------------------------------------------------------------------------------------------------


def _from_json(text: str, column: str | None) -> History:
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
            return _place(text, text.index(written))
    return _place(text, max(text.find("[" if isinstance(cell, list) else "{", 1), 0))


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
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"Line 1: there are {len(names)} columns, but at most {MOST_COLUMNS} are read.")
    kept = list(rows)

    def wrong(line: int, k: int, cell: Any) -> str:
        raise _NoNumber(cell, f"value {line} of {names[k]} is {shown(cell)}, which is no number.")

    def numeric(k: int) -> bool:
        return any(k < len(cells) and _is_number(cells[k]) for _, cells in kept)

    return _history(names, kept, _chosen(names, column, numeric), wrong, comma=False)


def _turned(columns: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
    """Rows from columns."""
    held = list(columns.values())
    for k in range(max(map(len, held))):
        yield k + 1, [column[k] if k < len(column) else None for column in held]


# Tables ---------------------------------------------------------------------------------------------------------------


def _first_line(text: str) -> str:
    return text.lstrip("\n \t").partition("\n")[0]


def _delimiter(line: str) -> str:
    """The tab, semicolon or comma that stands most often outside quotes; else spaces."""
    bare = re.sub(r'"[^"]*"', "", line)
    most = max("\t;,", key=bare.count)
    return most if bare.count(most) else " " if " " in bare.strip() and '"' not in line else ","


def _cells(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
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


def _lines(text: str) -> Iterator[str]:
    """Line by line, each with its end; none is longer than a row of a table may be."""
    begin, number = 0, 1
    while begin < len(text):
        end = text.find("\n", begin) + 1 or len(text)
        if end - begin > LONGEST_LINE:
            raise BadInput(f"Line {number}, column {LONGEST_LINE}: a row of a table has at most so many characters.")
        yield text[begin:end]
        begin, number = end, number + 1


def _has_header(text: str) -> bool:
    """Does the first line name columns: is no cell a number, and is there a line below it?"""
    first = _first_line(text)
    if len(first) > LONGEST_LINE or "\n" not in text.strip():
        return False
    (_, cells), *_ = *_cells([first], _delimiter(first)), (0, [])
    words = [cell for cell in cells if re.search(r"[^\W\d_]", cell)]
    return bool(words) and not any(_is_number(cell, comma=True) for cell in cells)


def _from_table(text: str, column: str | None, decimal: str) -> History:
    delimiter = _delimiter(_first_line(text))
    comma = decimal != "."  # in a cell of its own a comma can only be a decimal one
    rows = _cells(_lines(text), delimiter)
    _, names = next(rows)
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"Line 1: there are {len(names)} columns, but at most {MOST_COLUMNS} are read.")
    names = [name.strip() for name in names]
    hold = _numeric(rows, len(names), comma)

    def whole(line: int, cells: Sequence[Any]) -> Row:
        if len(cells) != len(names):
            place = f"Line {line}, column {min(len(cells), len(names)) + 1}"
            commas = delimiter == "," and len(cells) > len(names)
            hint = " Are there decimal commas? Then put semicolons between the columns." if commas else ""
            raise BadInput(f"{place}: this row has {len(cells)} cells, the header {len(names)}.{hint}")
        return line, cells

    chosen = _chosen(names, column, hold.__contains__)
    again = _cells(_lines(text), delimiter)
    next(again)
    return _history(names, (whole(*row) for row in again), chosen, _no_number(names), comma)


def _no_number(names: Sequence[str]) -> Callable[[int, int, Any], str]:
    """The sentence for a cell of a table."""

    def wrong(line: int, k: int, cell: Any) -> str:
        return f"Line {line}, column {k + 1} ({shown(names[k])[1:-1]}): {shown(cell)} is no number."

    return wrong


def _numeric(rows: Iterable[Row], width: int, comma: bool) -> set[int]:
    """The columns that hold a number in some row."""
    open_ = set(range(width))
    for _, cells in rows:
        open_ -= {k for k in open_ if k < len(cells) and cells[k] and _is_number(cells[k], comma)}
        if not open_:
            break
    return set(range(width)) - open_


# Progress -------------------------------------------------------------------------------------------------------------

SHOWN = re.compile(rf"\bloss: {NUMBER.pattern}", re.ASCII | re.IGNORECASE)
NAMED = re.compile(rf"\b([a-z_]\w*): ({NUMBER.pattern})", re.ASCII | re.IGNORECASE)


def _from_progress(text: str, column: str | None) -> History:
    """What Keras prints while it trains, ``loss: 0.9 - val_loss: 0.8``: of each epoch the last line."""
    found: list[tuple[int, dict[str, str]]] = []
    fresh = True
    for number, line in enumerate(_lines(text), start=1):
        fresh = fresh or line.lstrip().lower().startswith("epoch")
        pairs = {match[1]: match[2] for match in NAMED.finditer(line)}
        if not any("loss" in name for name in pairs):
            continue
        if not fresh and "val_loss" not in found[-1][1]:
            found.pop()
        found.append((number, pairs))
        fresh = False
    names = list(dict.fromkeys(name for _, pairs in found for name in pairs))
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"Line 1: there are {len(names)} columns, but at most {MOST_COLUMNS} are read.")
    rows = ((number, [pairs.get(name) for name in names]) for number, pairs in found)
    return _history(names, rows, _chosen(names, column, lambda _: True), _no_number(names), comma=False)


# Pasted numbers -------------------------------------------------------------------------------------------------------


def _is_list(text: str) -> bool:
    """Is this a list of numbers as Python prints it, with nan and inf as they are there?"""
    return not re.search(r"[{\"]|\[[^\]]*\[", text[:MOST_BYTES])


def _from_list(text: str, column: str | None, decimal: str) -> History:
    if decimal != "," and (table := _counted_rows(text)) is not None:
        names = [f"column {k}" for k in range(1, len(table[0][1]) + 1)]
        at = Column(_named(names, column) if column else 1, None, 0)
        if column is None and len(names) > 2:
            raise WhichColumn(f"Which column is monitored: 2 to {len(names)}? Say column.", names)
        comma = decimal != "." and _delimiter(_first_line(text)) != ","
        if decimal == "auto" and not comma and all(",".join(cells).replace(",", "", 1).isdigit() for _, cells in table):
            raise _one_or_two(text, ",".join(table[0][1]))
        read = _history(names, table, at, _no_number(names), comma)
        return History(read.values, "val_loss", None, read.steps_per_epoch, tuple(names))
    comma = decimal == "," or (decimal == "auto" and _has_decimal_commas(text))
    values: list[float] = []
    for token in re.finditer(f"{COMMA.pattern}|{TOKEN}" if comma else TOKEN, text, re.IGNORECASE):
        try:
            value = _number(token[0], comma)
        except ValueError:
            value = None
        if value is None:
            raise BadInput(f"{_place(text, token.start())}: {shown(token[0])} is no number.")
        if len(values) == MOST_VALUES:
            raise BadInput(
                f"{_place(text, token.start())}: there are more than {MOST_VALUES} values, and so many are replayed."
            )
        values.append(value)
    if not values:
        raise BadInput("Line 1, column 1: there is no number.")
    return History(np.array(values), column if column else "val_loss")


def _counted_rows(text: str) -> list[Row] | None:
    """The rows of a table without names whose first column counts 0, 1, 2, ... or 1, 2, 3, ...; None if it is none."""
    first = _first_line(text)
    if len(first) > LONGEST_LINE:
        return None
    delimiter = _delimiter(first)
    try:
        rows = list(zip(range(MOST_VALUES + 1), _cells(_lines(text), delimiter), strict=False))
    except BadInput:
        return None
    table = [row for _, row in rows]
    widths = {len(cells) for _, cells in table}
    counter = [cells[0] for _, cells in table]
    if (
        len(table) < 2
        or len(widths) != 1
        or widths == {1}
        or not all(cell.isascii() and cell.isdigit() and len(cell) < 9 for cell in counter)
    ):
        return None
    counts = all(int(b) == int(a) + 1 for a, b in pairwise(counter)) and int(counter[0]) in (0, 1)
    return table if counts else None


def _has_decimal_commas(text: str) -> bool:
    """Do the numbers have decimal commas? Raises ``BadInput`` where 0,5 can be one number or two."""
    if "," not in text or "." in text:
        return False
    tokens = re.split(r"[\s;]+", text.strip("\n \t[]()"))[:MOST_VALUES]
    tokens = [token for token in tokens if token.strip(",")]
    if len(tokens) > 1:
        return (
            any("," in token for token in tokens)
            and all(
                COMMA.fullmatch(token.strip(",")) or ("," not in token and NUMBER.fullmatch(token)) for token in tokens
            )
            and not all(token.endswith(",") and token.count(",") == 1 for token in tokens[:-1])
        )
    parts = text.strip("\n \t,[]()").split(",")[:MOST_VALUES]
    whole, decimals = parts[0::2], parts[1::2]
    if not all(part.isascii() and part.isdigit() for part in parts) or len(whole) != len(decimals):
        return False
    padded = any(len(part) > 1 and part.startswith("0") for part in parts)
    if padded or (len(set(whole)) == 1 and set(decimals) != set(whole)):
        raise _one_or_two(text, f"{whole[0]},{decimals[0]}")
    return False


def _one_or_two(text: str, pair: str) -> OneOrTwo:
    """The question what a comma means."""
    place = _place(text, max(text.find(pair), 0))
    sentence = f'{place}: {pair} can be one number or two; put spaces between numbers, or say decimal "," or ".".'
    return OneOrTwo(sentence, pair)
