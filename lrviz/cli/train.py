"""``train``: a model on data."""

from __future__ import annotations

import argparse
from typing import Literal, cast

from lrviz import play
from lrviz.cli.files import ending, needs_matplotlib, read_bytes, target_of, write
from lrviz.cli.options import BY, Commands, add_knobs, frames_of, pairs, query_of, size_of, size_text, theme_of
from lrviz.export import files
from lrviz.export.choices import KINDS, SIZES, KindName
from lrviz.knob import BadInput, shown
from lrviz.link import ASSIGNED, STEP
from lrviz.optimizers import OPTIMIZERS
from lrviz.schedules import SCHEDULES
from lrviz.training import CSV, DATA, MODELS, NAMES, NOT_OFFERED, Training, TrainingRace, read, train
from lrviz.training.models import ACTIVATION, LAYERS
from lrviz.training.numbers import WRITERS
from lrviz.training.training import RUN_KNOBS

LOOKED_AT = ("epoch", "sharpness", "chosen", STEP, *ASSIGNED)
"""Parts of a link that say how a training is looked at, and what a class does with it."""


def add(commands: Commands) -> None:
    """Add the command with its flags."""
    parser = commands.add_parser("train", help="train a model on data", allow_abbrev=False)
    parser.set_defaults(command=_train)
    for name, what in (
        ("data", f"one of {', '.join(DATA)}; {CSV} with --file"),
        ("file", "a CSV file of your own, its last column the target; - is standard input"),
        ("model", "one of " + ", ".join(MODELS)),
        ("optimizer", "one of " + ", ".join(key for key in OPTIMIZERS if key not in NOT_OFFERED)),
        ("framework", BY),
        ("schedule", "one of " + ", ".join(SCHEDULES)),
    ):
        parser.add_argument(f"--{name}", help=what)
    add_knobs(parser, (*RUN_KNOBS, LAYERS, ACTIVATION))
    parser.add_argument("--sharpness", action="store_true", help="the largest eigenvalue of the Hessian, each epoch")
    parser.add_argument("--format", help="text, json or csv; without it text")
    parser.add_argument("--link", help="a link of the lab's page of trainings, or what follows its question mark")
    kinds = ", ".join(f"{key} ({kind.what})" for key, kind in KINDS.items() if key != "csv")
    parser.add_argument("--to", help=f"a file; its ending says what it becomes: {kinds}, csv (a row an epoch)")
    parser.add_argument("--theme", default="light", help="of a picture or film: light or dark")
    parser.add_argument("--size", help=f"of a picture or film, in pixels, as {size_text(SIZES['gif'])}")
    parser.add_argument("--frames", help="of a gif; without it as many as the training needs")


def _training(options: argparse.Namespace) -> Training:
    params = {
        name: value
        for name in (*NAMES, *(knob.key for knob in (*RUN_KNOBS, LAYERS, ACTIVATION)))
        if (value := getattr(options, name)) is not None
    }
    for key, value in pairs(options, "factor=0.5"):
        if key in (*NAMES, "table"):
            raise BadInput(f"--set takes knobs; {key} is an option of its own.")
        params[key] = value
    if options.file is None:
        return Training.from_params(params)
    return Training.from_params({"data": CSV, **params}, read(read_bytes(options.file)))


def _race(options: argparse.Namespace) -> TrainingRace:
    """That of the flags, or of the link. Raises ``BadInput`` for the first thing that is wrong."""
    if options.link is None:
        return TrainingRace(_training(options))
    named = (*NAMES, "file", *(knob.key for knob in (*RUN_KNOBS, LAYERS, ACTIVATION)))
    if given := [name for name in named if getattr(options, name) is not None] or options.set:
        raise BadInput(f"--link says which trainings are meant; it does not go with {', '.join(given)}.")
    params = {key: value for key, value in query_of(options.link).items() if key not in LOOKED_AT}
    race, wrong = TrainingRace.from_params(params)
    if wrong:
        raise BadInput(wrong[0])
    return race


def _train(options: argparse.Namespace) -> str:
    if options.to is not None:
        return _export(options)
    form = "text" if options.format is None else options.format
    if form not in WRITERS:
        raise BadInput(f"format is {shown(form)}, but must be one of {', '.join(WRITERS)}.")
    trainings = _race(options).trainings
    if len(trainings) > 1:
        raise BadInput(f"--format writes one training, and this link has {len(trainings)}; --to race.html takes all.")
    return WRITERS[form](train(trainings[0], sharpness=int(options.sharpness)))


def _export(options: argparse.Namespace) -> str:
    """A file. What is wrong with an option is said before anything is trained."""
    if options.format is not None:
        raise BadInput("--to says by its ending what the file becomes; it does not go with --format.")
    target = target_of(options.to, KINDS, "training.html")
    kind = cast(KindName, ending(target))
    race, theme = _race(options), theme_of(options.theme)
    size = size_of(options.size or size_text(SIZES.get(kind, SIZES["png"])))
    frames = frames_of(options.frames, race.first.epochs)
    if kind in ("csv", "json") and race.others:
        raise BadInput(f"A {kind} file holds one training; this link has {len(race.trainings)}.")
    if kind in ("gif", "png", "svg"):
        with needs_matplotlib(kind):
            from lrviz.export import film, pictures  # noqa: PLC0415
    histories = [train(training, sharpness=int(options.sharpness)) for training in race.trainings]
    if kind in ("csv", "json"):
        return write(target, files.training_numbers(histories[0], kind))
    if kind == "html":
        return write(target, files.training_page(race, histories, options.sharpness))
    message = play.training_message(race, histories, options.sharpness)
    if kind == "gif":
        return write(target, film.gif(message, panel="training", theme=theme, size=size, frames=frames))
    drawn = cast(Literal["png", "svg"], kind)
    return write(target, pictures.draw(message, drawn, panel="training", theme=theme, size=size))
