"""Which column of a log is monitored, which holds the rate, and which counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from lrviz.knob import BadInput, shown, unknown

MOST_COLUMNS = 1000
RATE = re.compile(r"(^|[/_.\s-])(lr|learning[_ ]?rate)([-/_.\s\d]|$)", re.IGNORECASE)
COUNTER = re.compile(
    r"(.*(/| - ))?_?(epochs?|(global|training)?_?steps?|iter(ation)?s?|batch(es)?|(wall|relative)[_ ]?time"
    r"|time(stamp)?|runtime|index|unnamed: 0|)",
    re.IGNORECASE,
)
HELD_OUT = re.compile(r"(^|[^a-z])(val|eval|valid|validation|dev|test)([^a-z]|$)", re.IGNORECASE)
SPREAD = ("__min", "__max")
"""Weights & Biases exports the range of each column beside it."""


class WhichColumn(BadInput):
    """Several columns may be meant.   columns: the names of all."""

    def __init__(self, sentence: str, columns: Sequence[str]):
        super().__init__(sentence)
        self.columns = tuple(columns)


class Column(NamedTuple):
    """The columns that are read, by number from 0."""

    monitored: int
    rate: int | None
    epoch: int | None


def check_count(names: Sequence[str]) -> None:
    """Raises ``BadInput`` where there are too many columns."""
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"Line 1: there are {len(names)} columns, but at most {MOST_COLUMNS} are read.")


def choose(names: Sequence[str], column: str | None, numeric: Callable[[int], bool]) -> Column:
    """Which columns are monitored, rate and epoch.   numeric(k): does column k hold numbers?"""
    rates = [k for k, name in enumerate(names) if RATE.search(name) and not name.lower().endswith(SPREAD)]
    counters = [k for k, name in enumerate(names) if COUNTER.fullmatch(name.strip())]
    epochs = [k for k in counters if "epoch" in names[k].lower()]
    monitored = named(names, column) if column is not None else _guessed(names, {*rates, *counters}, numeric)
    rate = next((k for k in rates if k != monitored and numeric(k)), None)
    return Column(monitored, rate, next((k for k in epochs if k != monitored), None))


def _rank(name: str) -> int | None:
    """How near a column is to val_loss, 0 for itself; None for one that is no loss."""
    small = name.strip().lower()
    if small == "val_loss":
        return 0
    if "loss" in small:
        return (1 if HELD_OUT.search(name) else 3) + small.endswith(("_step", "/step")) + (small != "loss")
    return 9 if small == "value" else None  # TensorBoard's


def named(names: Sequence[str], column: str) -> int:
    """The place of the column of this name, or of this number from 1. Raises ``BadInput``."""
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
    if not free:  # what stands in the likeliest column is no number, and its cell says so
        likely = [(k in others, 10 if (rank := _rank(name)) is None else rank, k) for k, name in enumerate(names)]
        if not min(likely)[0]:
            return min(likely)[-1]
        raise BadInput(f"None of the columns {_listed(names)} holds values to replay.")
    raise WhichColumn(f"Which column is monitored: {_listed([names[k] for k in best])}? Say column.", names)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names[:10]) + (", …" if len(names) > 10 else "")
