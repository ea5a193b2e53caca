"""``replay``: the plateau rules on recorded losses."""

from __future__ import annotations

import argparse

from lrviz.cli.files import read_bytes
from lrviz.cli.options import Commands, add_knobs, pairs
from lrviz.knob import BadInput, shown
from lrviz.replay.reading import read
from lrviz.replay.report import REPORTS
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES
from lrviz.replay.settings import MODE, RATE, RESUME_AFTER, Settings


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("replay", help="the plateau rules on recorded losses", allow_abbrev=False)
    parser.set_defaults(command=_replay)
    parser.add_argument(
        "file", help="CSV, JSON or numbers, as Keras, Lightning and others log them; - is standard input"
    )
    parser.add_argument("--column", help="what is monitored, by name or number; without it val_loss")
    parser.add_argument("--decimal", default="auto", help="what stands before decimals: . or ,")
    parser.add_argument("--framework", help=f"whose rules, such as {','.join(RULES)}; without it all")
    parser.add_argument("--float32", action="store_true", help="Keras and optax in float32, their default")
    add_knobs(parser, (RATE, MODE, RESUME_AFTER), "patience=3, min_delta=0, ...: any other knob")
    parser.add_argument("--format", default="text", help="text, json or csv")


def _replay(options: argparse.Namespace) -> str:
    if options.format not in REPORTS:
        raise BadInput(f"format is {shown(options.format)}, but must be one of {', '.join(REPORTS)}.")
    given = {
        key: value for key in (RATE.key, MODE.key, RESUME_AFTER.key) if (value := getattr(options, key)) is not None
    }
    frameworks = tuple(RULES) if options.framework is None else tuple(options.framework.split(","))
    settings = Settings(frameworks, options.float32, {**given, **dict(pairs(options, "patience=3"))})
    history = read(read_bytes(options.file), options.column, options.decimal)
    return REPORTS[options.format](Replay(history, settings))
