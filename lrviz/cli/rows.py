"""``list``: every surface, optimizer, schedule and knob."""

from __future__ import annotations

import argparse
import json

from lrviz.catalogue import as_text, catalogue
from lrviz.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("list", help="every surface, optimizer, schedule and knob", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(command=_list)


def _list(options: argparse.Namespace) -> str:
    rows = catalogue()
    return json.dumps(rows, ensure_ascii=False) if options.json else as_text(rows)
