"""``export``: a run as a file to take away."""

from __future__ import annotations

import argparse
import sys
from typing import Literal, cast

from lrviz.cli.files import ending, needs_matplotlib, target_of, write
from lrviz.cli.options import BY, Commands, add_scenario, frames_of, query_of, run_params, size_of, size_text, theme_of
from lrviz.export import files, numbers
from lrviz.export.choices import KINDS, PANELS, SIZES, KindName
from lrviz.knob import BadInput, unknown
from lrviz.link import Link
from lrviz.play import message
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("export", help="a run as a file to take away", allow_abbrev=False)
    parser.set_defaults(command=_export)
    add_scenario(parser, "framework", BY)
    kinds = ", ".join(f"{key} ({kind.what})" for key, kind in KINDS.items())
    parser.add_argument("--to", help=f"the file; its ending says what it becomes: {kinds}")
    parser.add_argument("--link", help="a link of the lab, or what follows its question mark: a race of several runs")
    parser.add_argument("--panel", default="all", help=f"of a picture or film: one of {', '.join(PANELS)}")
    parser.add_argument("--theme", default="light", help="light or dark; an html file follows its reader")
    parser.add_argument("--size", help=f"in pixels, as {size_text(SIZES['gif'])}")
    parser.add_argument("--frames", help="of a gif; without it as many as the run needs")


def _export(options: argparse.Namespace) -> str:
    target = target_of(options.to, KINDS, "run.html")
    kind = cast(KindName, ending(target))
    race = _race_of(options)
    if kind in ("csv", "json") and len(race.scenarios) > 1:
        raise BadInput(f"A {kind} file holds one run; this link has {len(race.scenarios)}.")
    return write(target, _content(options, race, kind))


def _race_of(options: argparse.Namespace) -> Race:
    params = run_params(options, options.framework)
    if options.link is None:
        return Race(Scenario.from_params(params))
    if params:
        raise BadInput(f"--link says which runs are meant; it does not go with {', '.join(params)}.")
    query = query_of(options.link)
    link, wrong = Link.from_params(query)
    if wrong:
        raise BadInput(wrong[0])
    for sentence in link.race.changed(query):
        print("lrviz:", sentence, file=sys.stderr)
    return link.race


def _content(options: argparse.Namespace, race: Race, kind: KindName) -> bytes:
    """The file. What is wrong with an option is said before anything is computed."""
    if options.panel not in PANELS:
        raise BadInput(unknown("panel", options.panel, PANELS))
    theme = theme_of(options.theme)
    size = size_of(options.size or size_text(SIZES.get(kind, SIZES["png"])))
    frames = frames_of(options.frames, max(scenario.steps for scenario in race.scenarios))
    if kind == "html":
        return files.page(race)
    if kind in ("csv", "json"):
        return numbers.content(race.first, simulate(race.first), kind)
    with needs_matplotlib(kind):
        from lrviz.export import film, pictures  # noqa: PLC0415

    sent = message(race)
    if kind == "gif":
        return film.gif(sent, panel=options.panel, theme=theme, size=size, frames=frames)
    return pictures.draw(sent, cast(Literal["png", "svg"], kind), panel=options.panel, theme=theme, size=size)
