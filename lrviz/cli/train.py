"""``train``: a model on data."""

from __future__ import annotations

import argparse

from lrviz.cli.files import read_bytes
from lrviz.cli.options import BY, Commands, add_knobs, pairs
from lrviz.knob import BadInput, shown
from lrviz.optimizers import OPTIMIZERS
from lrviz.schedules import SCHEDULES
from lrviz.training import CSV, DATA, MODELS, NAMES, NOT_OFFERED, Training, read, train
from lrviz.training.models import ACTIVATION, LAYERS
from lrviz.training.numbers import WRITERS
from lrviz.training.training import RUN_KNOBS


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
    parser.add_argument("--format", default="text", help="text, json or csv")


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


def _train(options: argparse.Namespace) -> str:
    if options.format not in WRITERS:
        raise BadInput(f"format is {shown(options.format)}, but must be one of {', '.join(WRITERS)}.")
    return WRITERS[options.format](train(_training(options), sharpness=int(options.sharpness)))
