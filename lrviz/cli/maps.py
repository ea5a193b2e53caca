"""``map``: every value of two knobs at once, as a picture or numbers."""

from __future__ import annotations

import argparse
import time
from typing import Literal, cast

from lrviz.cli.files import ending, needs_matplotlib, target_of, write
from lrviz.cli.options import BY, Commands, add_scenario, query_of, run_params, size_of, size_text, theme_of
from lrviz.export.choices import SIZES
from lrviz.knob import BadInput
from lrviz.maps.axis import Axis
from lrviz.maps.files import NUMBERS
from lrviz.maps.grid import compute
from lrviz.maps.map import TOLERANCE, Map
from lrviz.maps.shown import SHOWN
from lrviz.plateau import ON_TOP, PLATEAU
from lrviz.play.map_tiles import whole
from lrviz.scenario import Scenario

KINDS = ("png", "svg", *NUMBERS)


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("map", help="every value of two knobs at once", allow_abbrev=False)
    parser.set_defaults(command=_map)
    add_scenario(parser, "framework", BY)
    axis = "knob=low:high:points:scale, such as"
    parser.add_argument("--x", help=f"the axis across: {axis} alpha=1e-4:10:256:log, or a knob alone")
    parser.add_argument("--y", help=f"the axis up: {axis} factor=0.05:0.95:256, or a knob alone")
    parser.add_argument("--show", help=f"what is shown of each run: one of {', '.join(SHOWN)}; without it loss")
    parser.add_argument(f"--{TOLERANCE.key}", help=f"{TOLERANCE.help} {TOLERANCE.allowed}")
    parser.add_argument("--link", help="a link of the lab's maps, or what follows its question mark")
    parser.add_argument("--to", help=f"the file; its ending is one of {', '.join(KINDS)}")
    parser.add_argument("--theme", default="light", help="of a picture: light or dark")
    parser.add_argument("--size", default=size_text(SIZES["png"]), help="of a picture, in pixels")


def _map(options: argparse.Namespace) -> str:
    target = target_of(options.to, KINDS, "map.png")
    kind, plan = ending(target), _plan(options)
    theme, size = theme_of(options.theme), size_of(options.size)
    if kind not in NUMBERS:
        with needs_matplotlib(kind):
            from lrviz.export import map_picture  # noqa: PLC0415
    begin = time.perf_counter()
    field = compute(plan)
    runs = f"{plan.size()} in {time.perf_counter() - begin:.2f} s"
    if kind in NUMBERS:
        content = NUMBERS[kind](plan, field)
    else:
        content = map_picture.draw(whole(plan, field), cast(Literal["png", "svg"], kind), theme, size)
    return f"{write(target, content)}  {runs}"


def _plan(options: argparse.Namespace) -> Map:
    """The map that the flags define, or the link. An axis of the plateau rule means that rule, without a schedule."""
    params = run_params(options, options.framework)
    flags = {name: getattr(options, name) for name in ("x", "y", "show", TOLERANCE.key)}
    given = {name: value for name, value in flags.items() if value is not None}
    if options.link is not None:
        if params or given:
            raise BadInput(f"--link says which map is meant; it does not go with {', '.join((*params, *given))}.")
        return Map.from_params(query_of(options.link))
    axes = {given[name].partition("=")[0].strip() for name in given.keys() & {"x", "y"}}
    if ON_TOP.key not in params and axes & {knob.key for rule in PLATEAU.values() for knob in rule.knobs}:
        params = {"schedule": "plateau"} | params
    scenario = Scenario.from_params(params)
    for name in given.keys() & {"x", "y"}:
        given[name] = Axis.from_text(given[name].replace("=", ":", 1), scenario, between=":")
    return Map.of(scenario, **given)
