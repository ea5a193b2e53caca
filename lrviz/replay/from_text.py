"""Text that is no table: what Keras prints while it trains, and pasted numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np

from lrviz.knob import BadInput, shown
from lrviz.replay.cells import COMMA, NUMBER, Row, cell_number, history_in, no_number, place
from lrviz.replay.columns import Column, WhichColumn, check_count, choose, named
from lrviz.replay.history import MOST_VALUES, History
from lrviz.replay.tables import LONGEST_LINE, cells_of, delimiter_of, first_line, lines_of

SHOWN = re.compile(rf"\bloss: {NUMBER.pattern}", re.ASCII | re.IGNORECASE)
NAMED = re.compile(rf"\b([a-z_]\w*): ({NUMBER.pattern})", re.ASCII | re.IGNORECASE)
EPOCH = re.compile(r"^[^\S\n]*epoch", re.IGNORECASE | re.MULTILINE)
TOKEN = r"[^\s,;\[\]()]+"


class OneOrTwo(BadInput):
    """A comma may stand before decimals or between numbers.   pair: such as 0,5."""

    def __init__(self, sentence: str, pair: str):
        super().__init__(sentence)
        self.pair = pair


def from_progress(text: str, column: str | None) -> History:
    """What is printed while a model trains, ``loss: 0.9 - val_loss: 0.8``. Read twice, and few columns are kept."""
    names: dict[str, None] = {}
    for _, pairs in islice(_epochs(text), MOST_VALUES + 1):
        names |= dict.fromkeys(pairs)
        check_count(list(names))
    rows = ((number, [pairs.get(name) for name in names]) for number, pairs in _epochs(text))
    every = list(names)
    return history_in(every, rows, choose(every, column, lambda _: True), no_number(every), comma=False)


def _epochs(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines that name a loss: number, and name -> value; where some begin with Epoch, as Keras's do, the last of
    each epoch."""
    one_by_one = not EPOCH.search(text)
    held = None
    for number, line in enumerate(lines_of(text), start=1):
        pairs = {match[1]: match[2] for match in NAMED.finditer(line)}
        if held and (one_by_one or EPOCH.match(line) or ("val_loss" in held[1] and pairs)):
            yield held
            held = None
        if any("loss" in name for name in pairs):
            held = number, pairs
    if held:
        yield held


def from_list(text: str, column: str | None, decimal: str) -> History:
    """The history in pasted numbers, or in rows of a count and numbers."""
    if decimal != "," and (table := _counted_rows(text)) is not None:
        names = [f"column {k}" for k in range(1, len(table[0][1]) + 1)]
        at = Column(named(names, column) if column else 1, None, 0)
        if column is None and len(names) > 2:
            raise WhichColumn(f"Which column is monitored: 2 to {len(names)}? Say column.", names)
        comma = decimal != "." and delimiter_of(first_line(text)) != ","
        if decimal == "auto" and not comma and all(",".join(cells).replace(",", "", 1).isdigit() for _, cells in table):
            raise _one_or_two(text, ",".join(table[0][1]))
        read = history_in(names, table, at, no_number(names), comma)
        return History(read.values, "val_loss", None, read.steps_per_epoch, tuple(names))
    comma = decimal == "," or (decimal == "auto" and _has_decimal_commas(text))
    values: list[float] = []
    for token in re.finditer(f"{COMMA.pattern}|{TOKEN}" if comma else TOKEN, text, re.IGNORECASE):
        try:
            value = cell_number(token[0], comma)
        except ValueError:
            value = None
        if value is None:
            raise BadInput(f"{place(text, token.start())}: {shown(token[0])} is no number.")
        if len(values) == MOST_VALUES:
            raise BadInput(
                f"{place(text, token.start())}: there are more than {MOST_VALUES} values, the most that are replayed."
            )
        values.append(value)
    if not values:
        raise BadInput("Line 1, column 1: there is no number.")
    return History(np.array(values), column if column else "val_loss")


def _counted_rows(text: str) -> list[Row] | None:
    """The rows of a table without names whose first column counts 0, 1, 2, ... or 1, 2, 3, ...; None if it is none."""
    first = first_line(text)
    if len(first) > LONGEST_LINE:
        return None
    delimiter = delimiter_of(first)
    try:
        rows = list(zip(range(MOST_VALUES + 1), cells_of(lines_of(text), delimiter), strict=False))
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
    if padded or (len(set(whole)) == 1 and set(decimals) != set(whole)) or _spread(whole) <= 1 < _spread(decimals):
        raise _one_or_two(text, f"{whole[0]},{decimals[0]}")
    return False


def _spread(digits: list[str]) -> float:
    """From the least to the greatest."""
    numbers = [float(one) for one in digits]
    return max(numbers) - min(numbers)


def _one_or_two(text: str, pair: str) -> OneOrTwo:
    """The question what a comma means."""
    at = place(text, max(text.find(pair), 0))
    sentence = f'{at}: {pair} can be one number or two; put spaces between numbers, or say decimal "," or ".".'
    return OneOrTwo(sentence, pair)
