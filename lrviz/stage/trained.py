"""Trainings as the player of the page gets them: curves over epochs, and weights from which it draws what the model
has learnt, so that no frame asks the server.

A training of E epochs is a row of each number, an entry an epoch, and the weights after some epochs. Those of all stops
of a slider travel as one pack, row after row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from lrviz.stage.message import RUN_COLOURS
from lrviz.stage.pack import pack
from lrviz.stage.recorded import small
from lrviz.view import SPEEDS

FIELDS = (
    "loss", "val_loss", "accuracy", "val_accuracy", "rate", "learning_rate", "best", "threshold", "wait", "cooldown",
    "cut", "sharpness",
)  # fmt: skip
Kind = Literal["line", "plane", "digits"]
"""One feature and what is predicted; a plane through the data; pictures of 8 x 8 pixels."""


class Curves(NamedTuple):
    """One training, so far. rows: a name of `FIELDS` -> (E,). weight_epochs (W,): after which epochs the weights (W, P)
    are. limit: bad epochs in a row that make a cut due. stopped, broke: the epoch after which early stopping ended it,
    the step that was not finite, None if there is none."""

    rows: dict[str, np.ndarray]
    weight_epochs: np.ndarray
    weights: np.ndarray
    limit: int
    pause: int
    stopped: int | None
    broke: int | None


class Axis(NamedTuple):
    """A direction of the picture of the data: a place p along it is mean + spread p in the feature's own unit."""

    name: str
    mean: float = 0.0
    spread: float = 1.0


class Seen(NamedTuple):
    """The data as they are drawn.

    key: their name, the same for the same data. x (n, d), y (n,): as they are fed to the model, x None where it is too
    much to send; x spread + mean, (d,) each, is as it was measured. train (n,): which rows train. place (n, 2): where
    each is drawn. basis (2, d): the directions of a plane. note: what the picture is, in words.
    """

    key: str
    kind: Kind
    x: np.ndarray | None
    mean: np.ndarray
    spread: np.ndarray
    y: np.ndarray
    train: np.ndarray
    place: np.ndarray
    basis: np.ndarray
    axes: Sequence[Axis]
    classes: Sequence[str]
    note: str


class Trained(NamedTuple):
    """What is shown of a training.

    name: in a race. seen: its data. sizes, activation, loss: its model. present: the name of these curves. epochs: how
    many there will be. monitor: what is watched; watched: by a plateau rule, whose line of the best so far is called
    ``best``. validates: are there rows held back. edge: what the sharpness is seen beside, its name and what it is
    times the rate. done: has it ended.
    """

    name: str
    seen: Seen
    sizes: Sequence[int]
    activation: str
    loss: str
    curves: Curves
    present: str
    epochs: int
    steps_per_epoch: int
    monitor: str
    rising: bool
    watched: bool
    best: str
    validates: bool
    edge: tuple[str, float]
    done: bool


def pack_trainings(
    values: Sequence[float], trainings: Sequence[Curves], others: Mapping[int, Sequence[Curves]] | None = None
) -> bytes:
    """The trainings at K stops -> bytes.   values: (K,)

    others: of a race, place -> the trainings there, of those that change too; each is a pack of its own.
    epochs, weight_counts (K,): of each, how many entries its rows and how many weights it has; then each field of all,
    one after the other, and the same of ``weight_epochs`` and ``weights``.
    """
    with np.errstate(over="ignore"):  # beyond the largest float32 is infinite
        arrays = {
            "values": np.asarray(values, float),
            "epochs": np.array([len(one.rows["loss"]) for one in trainings], np.uint32),
            "weight_counts": np.array([len(one.weight_epochs) for one in trainings], np.uint32),
            "limit": np.array([one.limit for one in trainings], np.int32),
            "pause": np.array([one.pause for one in trainings], np.int32),
            "stopped": _or_none([one.stopped for one in trainings]),
            "broke": _or_none([one.broke for one in trainings]),
            "weight_epochs": np.concatenate([one.weight_epochs for one in trainings]).astype(np.uint32),
            "weights": np.concatenate([one.weights.ravel() for one in trainings]).astype(np.float32),
        }
        for name in FIELDS:
            arrays[name] = np.concatenate([one.rows[name] for one in trainings]).astype(np.float32)
    for place, stops in (others or {}).items():
        arrays[f"other{place}"] = np.frombuffer(pack_trainings(values, stops), np.uint8)
    return pack({"numbers": trainings[0].weights.shape[1]}, arrays)


def _or_none(values: Sequence[int | None]) -> np.ndarray:
    return np.array([-1 if value is None else value for value in values], np.int32)


def compose_trained(
    trained: Trained, known: Collection[str] = (), others: Sequence[Trained] = ()
) -> tuple[dict[str, Any], dict[str, np.ndarray], set[str]]:
    """-> meta and arrays for `pack`, and the names of what is in it, without that which is ``known``.

    others: the other trainings of a race. In meta their rows are ``others``; an array of the one at place i begins with
    ``i.``, and what several share travels once.
    """
    sent: set[str] = set()
    arrays: dict[str, np.ndarray] = {}
    for place, one in enumerate([trained, *others]):
        for item, own in ((f"data:{one.seen.key}", _data), (f"present:{one.present}", _present)):
            if item not in known and item not in sent:
                arrays |= {f"{place}.{name}" if place else name: array for name, array in own(one).items()}
                sent.add(item)
    return _row(trained) | {"others": [_row(one) for one in others]}, arrays, sent


def alone(label: str, file: str, autoplay: bool, chosen: int = 0) -> dict[str, Any]:
    """What a player needs in meta where no page is round it, in a file of its own. file: a name for what it saves.
    chosen: of a race of trainings, whose picture is seen."""
    return {
        "jump": [0, None], "state": "done", "live": [], "echo": {}, "colours": RUN_COLOURS, "speeds": SPEEDS,
        "label": label, "file": file, "autoplay": autoplay, "chosen": chosen, "veiled": False, "fit": False,
    }  # fmt: skip


def _row(trained: Trained) -> dict[str, Any]:
    seen = trained.seen
    return {
        "name": trained.name,
        "data": seen.key,
        "present": trained.present,
        "sizes": list(trained.sizes),
        "activation": trained.activation,
        "loss": trained.loss,
        "epochs": trained.epochs,
        "stepsPerEpoch": trained.steps_per_epoch,
        "monitor": trained.monitor,
        "rising": trained.rising,
        "watched": trained.watched,
        "best": trained.best,
        "validates": trained.validates,
        "edge": list(trained.edge),
        "done": trained.done,
        "picture": {
            "kind": seen.kind,
            "axes": [axis._asdict() for axis in seen.axes],
            "classes": list(seen.classes),
            "note": seen.note,
        },
    }


def _data(trained: Trained) -> dict[str, np.ndarray]:
    seen = trained.seen
    own = {"y": seen.y, "place": seen.place, "basis": seen.basis, "mean": seen.mean, "spread": seen.spread}
    arrays = {f"data.{name}": array.astype(np.float32) for name, array in own.items()}
    arrays["data.train"] = seen.train.astype(np.uint8)
    if seen.x is not None:
        arrays["data.x"] = seen.x.astype(np.float32)
    return arrays


def _present(trained: Trained) -> dict[str, np.ndarray]:
    return {"present": small(pack_trainings([0.0], [trained.curves]))}
