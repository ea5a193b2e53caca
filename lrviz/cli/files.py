"""The files that a command reads and writes, and what drawing them needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lrviz.knob import BadInput, shown
from lrviz.replay.reading import MOST_BYTES


def read_bytes(name: str) -> bytes:
    """What a file holds, or standard input for ``-``, up to one byte more than a reader takes, which then refuses it.

    Raises ``BadInput`` where it cannot be read.
    """
    if name == "-" and sys.stdin is None:
        raise BadInput("Standard input is closed: there is nothing to read.")
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no name of a file"
        raise BadInput(f"{shown(name)} cannot be read: {why}.") from None


def target_of(name: str | None, kinds: Iterable[str], example: str) -> Path:
    """The file that ``--to`` names.

    Raises ``BadInput``, with this example, where there is none, where its ending is none of these kinds, or where it
    cannot be written: before anything is computed for it.
    """
    if not name:
        raise BadInput(f"--to is missing: it names the file, such as --to {example}.")
    target = Path(name)
    if ending(target) not in kinds:
        raise BadInput(f"to is {shown(name)}, but must end in .{', .'.join(kinds)}.")
    try:
        if not target.parent.is_dir():
            raise BadInput(f"{shown(name)} cannot be written: there is no folder {shown(str(target.parent))}.")
        if target.is_dir() or not os.access(target if target.exists() else target.parent, os.W_OK):
            raise BadInput(f"{shown(name)} cannot be written here.")
    except OSError as error:  # a name that is too long
        raise BadInput(f"{shown(name)} cannot be written: {error.strerror}.") from None
    return target


def ending(target: Path) -> str:
    """In lower case, without the dot."""
    return target.suffix.lower().removeprefix(".")


def write(target: Path, content: bytes) -> str:
    """Write a file.   -> its name and size, to print. Raises ``BadInput`` where it cannot be written."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{shown(str(target))} cannot be written: {error.strerror}.") from None
    return f"{target}  {len(content) / 1000:,.0f} kB"


@contextmanager
def needs_matplotlib(kind: str) -> Iterator[None]:
    """Around the import of what draws: matplotlib is loaded only then. Raises ``BadInput`` where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        needs = f"A {kind} file is drawn with the package {error.name}, which is not installed here."
        raise BadInput(f"{needs} pip install -r requirements.txt brings it.") from None
