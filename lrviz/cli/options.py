"""What several commands have in common: the flags of a run, of links and of pictures."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from lrviz.export import files
from lrviz.export.choices import LARGEST, MOST_FRAMES, SIZES, SMALLEST
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import BadInput, Knob, shown, unknown
from lrviz.optimizers import OPTIMIZERS
from lrviz.palette import PALETTES, Theme
from lrviz.scenario import ALPHA, MONITOR, NOISE, RUN_KNOBS, SEED, STEPS, STEPS_PER_EPOCH, Scenario
from lrviz.schedules import SCHEDULES
from lrviz.surfaces import SURFACES
from lrviz.training.training import MONITOR_MODE

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
BY = " or ".join(FRAMEWORKS)
"""Whose rules a run may go by."""
ALSO = {ALPHA.key: ("--lr", "--learning-rate"), MONITOR_MODE.key: ("--mode",)}
"""Other names of a knob's flag."""


def add_scenario(parser: argparse.ArgumentParser, framework: str, what_framework: str) -> None:
    """The flags that define a run."""
    for name, what in (
        ("surface", "one of " + ", ".join(SURFACES)),
        ("start", "where to begin, as --start=-4,2"),
        ("optimizer", "one of " + ", ".join(OPTIMIZERS)),
        (framework, what_framework),
        ("schedule", "one of " + ", ".join(SCHEDULES)),
    ):
        parser.add_argument(f"--{name}", help=what)
    add_knobs(parser, (ALPHA, STEPS, STEPS_PER_EPOCH, MONITOR, NOISE, SEED))


def add_knobs(
    parser: argparse.ArgumentParser, knobs: Iterable[Knob], others: str = "any other knob, as often as needed"
) -> None:
    """A flag for each of these knobs, with dashes and with underscores, and ``--set`` for the others."""
    for knob in knobs:
        names = (f"--{knob.key.replace('_', '-')}", f"--{knob.key}", *ALSO.get(knob.key, ()))
        parser.add_argument(*dict.fromkeys(names), dest=knob.key, help=f"{knob.help} {knob.allowed}")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help=others)


def run_params(options: argparse.Namespace, framework: str | None) -> dict[str, str]:
    """The run that the flags define, by the rules of this framework, as a link has it.

    Raises ``BadInput`` for a ``--set`` that names no value, or a rate that the schedule has as another number.
    """
    named = {name: getattr(options, name) for name in ("surface", "start", "optimizer", "schedule")}
    named["framework"] = framework
    params = {name: value for name, value in named.items() if value is not None}
    params |= {knob.key: value for knob in RUN_KNOBS if (value := getattr(options, knob.key)) is not None}
    for key, value in pairs(options, "momentum=0.9"):
        if key == ALPHA.key:  # which some classes have as another number
            names = {name: value for name, value in params.items() if name in ("optimizer", "framework", "schedule")}
            Scenario.from_params(names).arguments({ALPHA.key: value})
        params[key] = value
    return params


def pairs(options: argparse.Namespace, example: str) -> Iterator[tuple[str, str]]:
    """What ``--set`` sets, as (key, value). Raises ``BadInput``, with this example, where no = stands between them."""
    for pair in options.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"--set takes KNOB=VALUE, such as {example}, not {shown(pair)}.")
        yield key.strip(), value


def scenario_of(options: argparse.Namespace, framework: str | None) -> Scenario:
    """The run that the flags define. Raises ``BadInput`` for a value that its knob does not allow."""
    return Scenario.from_params(run_params(options, framework))


def query_of(link: str) -> dict[str, str]:
    """The parameters of a link, or of what follows its question mark. Raises ``BadInput`` where there are none."""
    try:
        query = urlsplit(link).query or link.rpartition("?")[2]
    except ValueError:  # a host that can be none
        raise BadInput(f"{shown(link)} is no link.") from None
    if "=" not in query and "://" not in link:
        raise BadInput(f"{shown(link)} is no link of the lab: its parameters follow a question mark, as in ?alpha=0.1.")
    return dict(parse_qsl(query, keep_blank_values=True))


def theme_of(name: str) -> Theme:
    """The theme of this name. Raises ``BadInput`` for another one."""
    if name not in PALETTES:
        raise BadInput(unknown("theme", name, PALETTES))
    return name


def frames_of(text: str | None, steps: int) -> int:
    """Of a film: what was said, or as many as a run of so many steps needs. Raises ``BadInput``."""
    if text is None:
        return files.frames_of(steps)
    if not (text.isascii() and text.isdigit() and 2 <= int(text) <= MOST_FRAMES):
        raise BadInput(f"frames is {shown(text)}, but must be a whole number from 2 to {MOST_FRAMES}.")
    return int(text)


def size_text(size: tuple[int, int]) -> str:
    """(800, 500), in pixels -> "800x500"."""
    return f"{size[0]}x{size[1]}"


def size_of(text: str) -> tuple[int, int]:
    """ "800x500" -> (800, 500), in pixels. Raises ``BadInput`` for anything else, and for sides out of range."""
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text.strip().lower(), re.ASCII)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(SMALLEST <= side <= LARGEST for side in size):
        such = f"such as {size_text(SIZES['gif'])}, each from {SMALLEST} to {LARGEST}"
        raise BadInput(f"size is {shown(text)}, but must be width and height in pixels {such}.")
    return size
