"""The command line: ``python -m lrviz list``, ``run``, ``map``, ``train``, ``replay``, ``code`` and ``export``."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NoReturn, cast
from urllib.parse import parse_qsl, urlsplit

from lrviz.catalogue import as_text, catalogue
from lrviz.codegen import difference, program, real_lines
from lrviz.codegen.text import comment
from lrviz.export import files, numbers
from lrviz.export.choices import KINDS, LARGEST, MOST_FRAMES, PANELS, SIZES, SMALLEST, KindName
from lrviz.frameworks import FRAMEWORKS, PROGRAMS
from lrviz.knob import BadInput, shown, unknown
from lrviz.link import Link
from lrviz.maps.axis import Axis
from lrviz.maps.files import NUMBERS
from lrviz.maps.grid import compute
from lrviz.maps.map import TOLERANCE, Map
from lrviz.maps.shown import SHOWN
from lrviz.optimizers import OPTIMIZERS
from lrviz.palette import PALETTES, Theme
from lrviz.play import message
from lrviz.play.map_tiles import whole
from lrviz.race import Race
from lrviz.replay.reading import MOST_BYTES, read
from lrviz.replay.report import REPORTS
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES as RULES_OF_REPLAY
from lrviz.replay.settings import MODE, RATE, RESUME_AFTER, Settings
from lrviz.scenario import ALPHA, MONITOR, NOISE, RUN_KNOBS, SEED, STEPS, STEPS_PER_EPOCH, Scenario, simulate
from lrviz.schedules import SCHEDULES
from lrviz.surfaces import SURFACES
from lrviz.training import CSV, DATA, MODELS, NOT_OFFERED, Training, train
from lrviz.training import NAMES as TRAINING_NAMES
from lrviz.training import read as read_table
from lrviz.training.models import ACTIVATION, LAYERS
from lrviz.training.numbers import WRITERS
from lrviz.training.training import MONITOR_MODE
from lrviz.training.training import RUN_KNOBS as TRAINING_KNOBS
from lrviz.trajectory import Trajectory

BAD_INPUT = 2
RULES = " or ".join(FRAMEWORKS)
MAP_KINDS = ("png", "svg", *NUMBERS)


class _Parser(argparse.ArgumentParser):
    """One clear line for bad input, and no more."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}. Try: {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, or 2 for bad input."""
    try:
        options = _parser().parse_args(argv)
        text = options.command(options)
    except BadInput as error:
        print("lrviz:", "".join(c if c.isprintable() else "?" for c in str(error)), file=sys.stderr)
        return BAD_INPUT
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader, head for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m lrviz", description="The learning-rate lab on the command line.", allow_abbrev=False)
    commands = parser.add_subparsers(
        required=True, metavar="run | map | train | replay | code | list | export", parser_class=_Parser
    )

    rows = commands.add_parser("list", help="every surface, optimizer, schedule and knob", allow_abbrev=False)
    rows.add_argument("--json", action="store_true", help="as JSON")
    rows.set_defaults(command=_list)

    run = commands.add_parser("run", help="run one scenario", allow_abbrev=False)
    run.set_defaults(command=_run)
    _add_scenario(run, "framework", RULES)
    run.add_argument("--format", help="json or csv; without it a short summary")

    plane = commands.add_parser("map", help="every value of two knobs at once", allow_abbrev=False)
    plane.set_defaults(command=_map)
    _add_scenario(plane, "framework", RULES)
    axis = "knob=low:high:points:scale, such as"
    plane.add_argument("--x", help=f"the axis across: {axis} alpha=1e-4:10:256:log, or a knob alone")
    plane.add_argument("--y", help=f"the axis up: {axis} factor=0.05:0.95:256, or a knob alone")
    plane.add_argument("--show", help=f"what is shown of each run: one of {', '.join(SHOWN)}; without it loss")
    plane.add_argument(f"--{TOLERANCE.key}", help=f"{TOLERANCE.help} {TOLERANCE.allowed}")
    plane.add_argument("--link", help="a link of the lab's maps, or what follows its question mark")
    plane.add_argument("--to", help=f"the file; its ending is one of {', '.join(MAP_KINDS)}")
    plane.add_argument("--theme", default="light", help="of a picture: light or dark")
    plane.add_argument("--size", default=_sides(SIZES["png"]), help="of a picture, in pixels")

    _add_training(commands.add_parser("train", help="train a model on data", allow_abbrev=False))

    again = commands.add_parser("replay", help="the plateau rules on recorded losses", allow_abbrev=False)
    again.set_defaults(command=_replay)
    again.add_argument(
        "file", help="CSV, JSON or numbers, as Keras, Lightning and others log them; - is standard input"
    )
    again.add_argument("--column", help="what is monitored, by name or number; without it val_loss")
    again.add_argument("--decimal", default="auto", help="what stands before decimals: . or ,")
    again.add_argument("--framework", help=f"whose rules, such as {','.join(RULES_OF_REPLAY)}; without it all")
    again.add_argument("--float32", action="store_true", help="Keras and optax in float32, their default")
    for knob in (RATE, MODE, RESUME_AFTER):
        names = (f"--{knob.key.replace('_', '-')}", f"--{knob.key}")
        again.add_argument(*dict.fromkeys(names), dest=knob.key, help=f"{knob.help} {knob.allowed}")
    again.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="patience=3, min_delta=0, ...: any other knob"
    )
    again.add_argument("--format", default="text", help="text, json or csv")

    code = commands.add_parser("code", help="the same run as a program", allow_abbrev=False)
    code.set_defaults(command=_code)
    _add_scenario(code, "rules", f"by whose rules the run is: {RULES}; without it those of --framework")
    code.add_argument("--framework", help="what the program is for: one of " + ", ".join(PROGRAMS))
    code.add_argument("--lines", action="store_true", help="only what to paste into a training script")

    export = commands.add_parser("export", help="a run as a file to take away", allow_abbrev=False)
    export.set_defaults(command=_export)
    _add_scenario(export, "framework", RULES)
    kinds = ", ".join(f"{key} ({kind.what})" for key, kind in KINDS.items())
    export.add_argument("--to", help=f"the file; its ending says what it becomes: {kinds}")
    export.add_argument("--link", help="a link of the lab, or what follows its question mark: a race of several runs")
    export.add_argument("--panel", default="all", help=f"of a picture or film: one of {', '.join(PANELS)}")
    export.add_argument("--theme", default="light", help="light or dark; an html file follows its reader")
    export.add_argument("--size", help=f"in pixels, as {_sides(SIZES['gif'])}")
    export.add_argument("--frames", help="of a gif; without it as many as the run needs")
    return parser


def _add_scenario(parser: argparse.ArgumentParser, framework: str, what_framework: str) -> None:
    """The flags that define a run."""
    for name, what in (
        ("surface", "one of " + ", ".join(SURFACES)),
        ("start", "where to begin, as --start=-4,2"),
        ("optimizer", "one of " + ", ".join(OPTIMIZERS)),
        (framework, what_framework),
        ("schedule", "one of " + ", ".join(SCHEDULES)),
    ):
        parser.add_argument(f"--{name}", help=what)
    for knob in (ALPHA, STEPS, STEPS_PER_EPOCH, MONITOR, NOISE, SEED):
        also = ("--lr", "--learning-rate") if knob is ALPHA else ()
        parser.add_argument(
            f"--{knob.key.replace('_', '-')}", f"--{knob.key}", *also, dest=knob.key, help=f"{knob.help} {knob.allowed}"
        )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="any other knob, as often as needed"
    )


def _add_training(parser: argparse.ArgumentParser) -> None:
    """The flags that define a training."""
    parser.set_defaults(command=_train)
    for name, what in (
        ("data", f"one of {', '.join(DATA)}; {CSV} with --file"),
        ("file", "a CSV file of your own, its last column the target; - is standard input"),
        ("model", "one of " + ", ".join(MODELS)),
        ("optimizer", "one of " + ", ".join(key for key in OPTIMIZERS if key not in NOT_OFFERED)),
        ("framework", RULES),
        ("schedule", "one of " + ", ".join(SCHEDULES)),
    ):
        parser.add_argument(f"--{name}", help=what)
    also = {ALPHA.key: ("--lr", "--learning-rate"), MONITOR_MODE.key: ("--mode",)}
    for knob in (*TRAINING_KNOBS, LAYERS, ACTIVATION):
        names = (f"--{knob.key.replace('_', '-')}", f"--{knob.key}", *also.get(knob.key, ()))
        parser.add_argument(*dict.fromkeys(names), dest=knob.key, help=f"{knob.help} {knob.allowed}")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="any other knob, as often as needed"
    )
    parser.add_argument("--sharpness", action="store_true", help="the largest eigenvalue of the Hessian, each epoch")
    parser.add_argument("--format", default="text", help="text, json or csv")


def _training(options: argparse.Namespace) -> Training:
    params = {
        name: value
        for name in (*TRAINING_NAMES, *(knob.key for knob in (*TRAINING_KNOBS, LAYERS, ACTIVATION)))
        if (value := getattr(options, name)) is not None
    }
    for key, value in _pairs(options, "factor=0.5"):
        if key in (*TRAINING_NAMES, "table"):
            raise BadInput(f"--set takes knobs; {key} is an option of its own.")
        params[key] = value
    if options.file is None:
        return Training.from_params(params)
    return Training.from_params({"data": CSV, **params}, read_table(_bytes_of(options.file)))


def _train(options: argparse.Namespace) -> str:
    if options.format not in WRITERS:
        raise BadInput(f"format is {shown(options.format)}, but must be one of {', '.join(WRITERS)}.")
    return WRITERS[options.format](train(_training(options), sharpness=int(options.sharpness)))


def _params(options: argparse.Namespace, framework: str | None) -> dict[str, str]:
    """The run that the flags define, by the rules of this framework, as a link has it."""
    named = {name: getattr(options, name) for name in ("surface", "start", "optimizer", "schedule")}
    named["framework"] = framework
    params = {name: value for name, value in named.items() if value is not None}
    params |= {knob.key: value for knob in RUN_KNOBS if (value := getattr(options, knob.key)) is not None}
    for key, value in _pairs(options, "momentum=0.9"):
        if key == ALPHA.key:  # which some classes have as another number
            names = {name: value for name, value in params.items() if name in ("optimizer", "framework", "schedule")}
            Scenario.from_params(names).arguments({ALPHA.key: value})
        params[key] = value
    return params


def _pairs(options: argparse.Namespace, example: str) -> Iterator[tuple[str, str]]:
    """The knobs that are set by ``--set``."""
    for pair in options.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"--set takes KNOB=VALUE, such as {example}, not {shown(pair)}.")
        yield key.strip(), value


def _scenario(options: argparse.Namespace, framework: str | None) -> Scenario:
    return Scenario.from_params(_params(options, framework))


def _run(options: argparse.Namespace) -> str:
    if options.format not in (None, "json", "csv"):
        raise BadInput(f"format is {shown(options.format)}, but must be json or csv.")
    scenario = _scenario(options, options.framework)
    run = simulate(scenario)
    if options.format is None:
        return summary(scenario, run)
    return numbers.content(scenario, run, options.format).decode().removesuffix("\n")


def _map(options: argparse.Namespace) -> str:
    target = _target(options.to, MAP_KINDS, "map.png")
    kind, plan = _ending(target), _plan(options)
    theme, size = _theme(options.theme), _size(options.size)
    if kind not in NUMBERS:
        with _drawing(kind):
            from lrviz.export import map_picture  # noqa: PLC0415
    begin = time.perf_counter()
    field = compute(plan)
    runs = f"{field.values.size:,} runs of {plan.scenario.steps} steps in {time.perf_counter() - begin:.2f} s"
    if kind in NUMBERS:
        content = NUMBERS[kind](plan, field)
    else:
        content = map_picture.draw(whole(plan, field), cast(Literal["png", "svg"], kind), theme, size)
    return f"{_written(target, content)}  {runs}"


def _plan(options: argparse.Namespace) -> Map:
    """The map that the flags define, or the link."""
    params = _params(options, options.framework)
    flags = {name: getattr(options, name) for name in ("x", "y", "show", TOLERANCE.key)}
    given = {name: value for name, value in flags.items() if value is not None}
    if options.link is not None:
        if params or given:
            raise BadInput(f"--link says which map is meant; it does not go with {', '.join((*params, *given))}.")
        return Map.from_params(_query(options.link))
    scenario = Scenario.from_params(params)
    for name in given.keys() & {"x", "y"}:
        given[name] = Axis.from_text(given[name].replace("=", ":", 1), scenario, between=":")
    return Map.of(scenario, **given)


def _query(link: str) -> dict[str, str]:
    """The parameters of a link, or of what follows its question mark."""
    query = urlsplit(link).query or link.rpartition("?")[2]
    if "=" not in query and "://" not in link:
        raise BadInput(f"{shown(link)} is no link of the lab: its parameters follow a question mark, as in ?alpha=0.1.")
    return dict(parse_qsl(query))


def _replay(options: argparse.Namespace) -> str:
    if options.format not in REPORTS:
        raise BadInput(f"format is {shown(options.format)}, but must be one of {', '.join(REPORTS)}.")
    given = {
        key: value for key in (RATE.key, MODE.key, RESUME_AFTER.key) if (value := getattr(options, key)) is not None
    }
    frameworks = tuple(RULES_OF_REPLAY) if options.framework is None else tuple(options.framework.split(","))
    settings = Settings(frameworks, options.float32, {**given, **dict(_pairs(options, "patience=3"))})
    history = read(_bytes_of(options.file), options.column, options.decimal)
    return REPORTS[options.format](Replay(history, settings))


def _bytes_of(name: str) -> bytes:
    """What is in a file, or comes in, a little more at most than is read."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no name of a file"
        raise BadInput(f"{shown(name)} cannot be read: {why}.") from None


def _export(options: argparse.Namespace) -> str:
    target = _target(options.to, KINDS, "run.html")
    kind = cast(KindName, _ending(target))
    race = _race_of(options)
    if kind in ("csv", "json") and len(race.scenarios) > 1:
        raise BadInput(f"A {kind} file holds one run; this link has {len(race.scenarios)}.")
    return _written(target, _content(options, race, kind))


def _target(name: str | None, kinds: Iterable[str], example: str) -> Path:
    """The file that ``--to`` names."""
    if not name:
        raise BadInput(f"--to is missing: it names the file, such as --to {example}.")
    target = Path(name)
    if _ending(target) not in kinds:
        raise BadInput(f"to is {shown(name)}, but must end in .{', .'.join(kinds)}.")
    return target


def _ending(target: Path) -> str:
    return target.suffix.lower().removeprefix(".")


def _written(target: Path, content: bytes) -> str:
    """Its name and size, once it is there."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{shown(str(target))} cannot be written: {error.strerror}.") from None
    return f"{target}  {len(content) / 1000:,.0f} kB"


def _theme(name: str) -> Theme:
    if name not in PALETTES:
        raise BadInput(unknown("theme", name, PALETTES))
    return name


@contextmanager
def _drawing(kind: str) -> Iterator[None]:
    """Around the import of what draws: matplotlib is loaded only then, and may be missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        needs = f"A {kind} file is drawn with the package {error.name}, which is not installed here."
        raise BadInput(f"{needs} pip install -r requirements.txt brings it.") from None


def _race_of(options: argparse.Namespace) -> Race:
    params = _params(options, options.framework)
    if options.link is None:
        return Race(Scenario.from_params(params))
    if params:
        raise BadInput(f"--link says which runs are meant; it does not go with {', '.join(params)}.")
    query = _query(options.link)
    told, wrong = Link.from_params(query)
    if wrong:
        raise BadInput(wrong[0])
    for sentence in told.race.changed(query):
        print("lrviz:", sentence, file=sys.stderr)
    return told.race


def _content(options: argparse.Namespace, race: Race, kind: KindName) -> bytes:
    """The file. What is wrong with an option is said before anything is computed."""
    if options.panel not in PANELS:
        raise BadInput(unknown("panel", options.panel, PANELS))
    theme = _theme(options.theme)
    size = _size(options.size or _sides(SIZES.get(kind, SIZES["png"])))
    frames = str(files.frames(race)) if options.frames is None else options.frames
    if not (frames.isascii() and frames.isdigit() and 2 <= int(frames) <= MOST_FRAMES):
        raise BadInput(f"frames is {shown(frames)}, but must be a whole number from 2 to {MOST_FRAMES}.")
    if kind == "html":
        return files.page(race)
    if kind in ("csv", "json"):
        return numbers.content(race.first, simulate(race.first), kind)
    with _drawing(kind):
        from lrviz.export import film, pictures  # noqa: PLC0415

    told = message(race)
    if kind == "gif":
        return film.gif(told, panel=options.panel, theme=theme, size=size, frames=int(frames))
    return pictures.draw(told, cast(Literal["png", "svg"], kind), panel=options.panel, theme=theme, size=size)


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text.strip().lower(), re.ASCII)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(SMALLEST <= side <= LARGEST for side in size):
        sides = f"such as {_sides(SIZES['gif'])}, each from {SMALLEST} to {LARGEST}"
        raise BadInput(f"size is {shown(text)}, but must be width and height in pixels {sides}.")
    return size


def _code(options: argparse.Namespace) -> str:
    framework = options.framework or "keras"
    rules = options.rules or (framework if framework in FRAMEWORKS else None)
    scenario = _scenario(options, rules)
    written = program(scenario, framework)
    if options.lines:
        lines = real_lines(scenario, framework)
        if not lines:
            none = f"There are no lines of this run to paste into a script for {framework}."
            raise BadInput(written.missing or none)
        return lines.rstrip("\n")
    if not written.code:
        raise BadInput(written.missing)
    note = f"{written.missing} {difference(scenario, framework)}".strip()
    return "\n".join([*comment(note), written.code.rstrip("\n")])


def summary(scenario: Scenario, run: Trajectory) -> str:
    """A few lines for people."""
    row, rate = scenario.optimizer_row, run.learning_rate
    lines = [
        f"{row.name} ({scenario.framework}) on {scenario.surface_row.title}, "
        f"{scenario.schedule_row.name.lower()} schedule, {run.steps} steps",
        f"start  ({run.x[0, 0]:.6g}, {run.x[0, 1]:.6g})  loss {run.loss[0]:.6g}",
        f"end    ({run.x[-1, 0]:.6g}, {run.x[-1, 1]:.6g})  loss {run.loss[-1]:.6g}",
        f"rate   {rate[0]:.6g}" + (f" to {rate[-1]:.6g}" if rate[-1] != rate[0] else ""),
    ]
    if run.diverged is not None:
        lines.append(f"The run leaves the finite at step {run.diverged}.")
    if run.plateau:
        cuts = ", ".join(str(step) for step in run.cuts[:12]) + (", …" if len(run.cuts) > 12 else "")
        lines.append(f"cuts   {len(run.cuts)}" + (f", after step {cuts}" if len(run.cuts) else ""))
    lines += [f"note   {note}" for note in (*scenario.notes, *scenario.surface_row.notes_at(scenario.coef))]
    return "\n".join(lines)


def _list(options: argparse.Namespace) -> str:
    rows = catalogue()
    return json.dumps(rows, ensure_ascii=False) if options.json else as_text(rows)
