"""The command line: ``python -m lrviz list``, ``run``, ``map``, ``train``, ``replay``, ``code`` and ``export``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from lrviz.cli import code, export, maps, replay, rows, run, train
from lrviz.knob import BadInput

BAD_INPUT, STOPPED = 2, 130


class _Parser(argparse.ArgumentParser):
    """One clear line for bad input, and no more."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}. Try: {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 2 for bad input, or 130 after Ctrl+C."""
    try:
        options = _parser().parse_args(argv)
        text = options.command(options)
    except BadInput as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return STOPPED
    return _write(text)


def _refuse(sentence: str) -> int:
    print("lrviz:", "".join(c if c.isprintable() else "?" for c in sentence), file=sys.stderr)
    return BAD_INPUT


def _write(text: str) -> int:
    """What its encoding cannot say, a Greek letter in a file on Windows for one, the output has as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would say so once more at its end
        if not isinstance(error, BrokenPipeError):  # the reader, head for one, has seen enough
            return _refuse(f"The output cannot be written: {error.strerror}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m lrviz", description="The learning-rate lab on the command line.", allow_abbrev=False)
    commands = parser.add_subparsers(
        required=True, metavar="run | map | train | replay | code | list | export", parser_class=_Parser
    )
    for command in (rows, run, maps, train, replay, code, export):
        command.add(commands)
    return parser
