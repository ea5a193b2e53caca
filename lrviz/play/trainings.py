"""A training as the player has it: its curves, its data, and the trainings at the stops of its sliders."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import repeat

import numpy as np

from lrviz import stage
from lrviz.analysis.stability import bound_of
from lrviz.knob import BadInput, Knob
from lrviz.once import made_once
from lrviz.plateau import limit
from lrviz.play.sliders import live_slider, live_stops, reach_within, stops_around
from lrviz.stage.pack import pack
from lrviz.stage.recorded import small
from lrviz.stage.trained import FIELDS, Axis, Curves, Kind, Seen, Trained, alone, compose_trained, pack_trainings
from lrviz.training import History, Training, TrainingRace

MOST_WEIGHTS, MOST_UNDER_WAY, MOST_OF_STOPS = 200_000, 40_000, 300_000
"""Weights of a training that travel, over all epochs; while it is under way; and of all stops of a slider."""
MOST_DATA = 120_000
"""Numbers of the data that travel beside where they are drawn."""
AT_ONCE = 1.0
"""Seconds of a processor that the trainings of a slider's stops may take."""
LIVE = ("alpha", "factor", "patience", "batch_size", "l2")
"""The knobs that have a slider beside the picture."""
Together = Callable[[Sequence[Training]], list[History]]
"""Trains these, each as if it were alone."""


def trained(history: History, sharpness: bool = False, name: str = "") -> Trained:
    """All that is shown of it now. name: in a race."""
    training, shape = history.training, history.training.shape
    return Trained(
        name=name or training.optimizer_row.name,
        seen=seen(training),
        sizes=shape.sizes,
        activation=shape.activation,
        loss=shape.loss,
        curves=curves(history, MOST_WEIGHTS if history.done else MOST_UNDER_WAY),
        present=f"{identity(training)}:{int(sharpness)}:{history.epochs}",
        epochs=training.epochs,
        steps_per_epoch=training.steps_per_epoch,
        monitor=str(training.monitor),
        rising=training.rising,
        watched=training.schedule_row.plateau,
        best=f"best {'batch' if training.by_batch else training.monitor} so far",
        validates=bool(training.validation),
        edge=edge_of(training),
        done=history.done,
    )


EDGES = {"momentum": "(2 + 2μ)/α", "nesterov": "(2 + 2μ)/((1 + 2μ)α)"}
"""The sharpness up to which an optimizer is stable, where it is not 2/α."""


def edge_of(training: Training) -> tuple[str, float]:
    """What its sharpness is seen beside: the edge of its optimizer, or that of plain descent where none is known."""
    bound = bound_of(training)
    return ("2/α", 2.0) if bound is None else (EDGES.get(training.optimizer, "2/α"), bound)


def training_message(
    race: TrainingRace,
    histories: Sequence[History],
    sharpness: bool = False,
    chosen: int = 0,
    *,
    autoplay: bool = False,
) -> bytes:
    """Trainings that have ended as one packed message: the player's, and all that a picture is drawn from. chosen:
    whose picture it is."""
    shown = [trained(*one) for one in zip(histories, repeat(sharpness), race.names, strict=False)]
    meta, arrays, _ = compose_trained(shown[0], others=shown[1:])
    return pack(meta | alone(race.title, race.file_name, autoplay, chosen), arrays)


def curves(history: History, most: int = MOST_WEIGHTS) -> Curves:
    """Its rows, and as many of its weights as there is room for."""
    training, few = history.training, history.thinned(most)
    rows = {name: getattr(history.log, name, history.sharpness) for name in FIELDS}
    bad = limit(training.framework, int(training["patience"])) if training.plateau_knobs else 0  # type: ignore[arg-type]
    pause = int(training["cooldown"]) if training.plateau_knobs else 0  # type: ignore[arg-type]
    return Curves(rows, few.weight_epochs, few.weights, bad, pause, history.stopped, history.broke)


def identity(training: Training, but: Knob | None = None) -> str:
    """All that defines it, whatever this knob is set to; one's own data by what they hold."""
    fields = training.to_dict()
    if but is not None:
        (fields if but.key in fields else fields["values"])[but.key] = None
    table = b"" if training.table is None else training.table.x.tobytes() + training.table.y.tobytes()
    return sha256(json.dumps(fields, sort_keys=True).encode() + table).hexdigest()[:16]


def seen(training: Training) -> Seen:
    """Its data as they are drawn."""
    split, row = training.split, training.data_row
    drawn = _drawn(training)
    train = np.zeros(len(split.x), bool)
    train[split.train] = True
    drawn_as = repr((training.data, row.name, training.shape.loss, drawn.note)).encode()
    name = sha256(split.x.tobytes() + training.y.tobytes() + train.tobytes() + drawn_as).hexdigest()[:16]
    x = split.x if split.x.size <= MOST_DATA else None
    return Seen(
        key=name,
        kind=drawn.kind,
        x=x,
        mean=split.mean,
        spread=split.spread,
        y=training.y,
        train=train,
        place=drawn.place,
        basis=drawn.basis,
        axes=drawn.axes,
        classes=row.classes,
        note=drawn.note,
    )


@dataclass(frozen=True)
class _Drawn:
    kind: Kind
    place: np.ndarray
    basis: np.ndarray
    axes: tuple[Axis, Axis]
    note: str


def _drawn(training: Training) -> _Drawn:
    """How these data are seen: of one feature against what is predicted, of two as they are, digits as pictures, all
    others on the plane of their first two principal components."""
    split, row = training.split, training.data_row
    x, features = split.x, row.features
    own = [Axis(name, float(split.mean[i]), float(split.spread[i])) for i, name in enumerate(features[:2])]
    if x.shape[1] == 1:
        y = training.y if training.shape.loss != "squared_error" or not row.classes else (training.y + 1) / 2
        target = getattr(training.table, "target", "") or "y"
        up = Axis("class") if row.classes else Axis(target, split.target_mean, split.target_spread)
        place = np.stack([x[:, 0], np.minimum(y, 1.0) if row.classes else y], axis=1)
        note = "Data and what the model predicts"
        return _Drawn("line", place, np.eye(1, 2).T.copy(), (own[0], up), note)
    if training.data == "digits":
        return _Drawn(
            "digits", np.zeros((len(x), 2)), np.zeros((2, x.shape[1])), (Axis(""), Axis("")), "What the model looks for"
        )
    if x.shape[1] == 2:
        what = "decision surface" if row.classes else "what the model predicts"
        return _Drawn("plane", x, np.eye(2), (own[0], own[1]), f"Data and {what}")
    basis, share = components(x[split.train])
    axes = (Axis("first principal component"), Axis("second"))
    note = f"The first two principal components of {x.shape[1]} features: {100 * share:.0f}% of their variance"
    return _Drawn("plane", x @ basis.T, basis, axes, note)


def components(x: np.ndarray) -> tuple[np.ndarray, float]:
    """The first two principal components of rows whose mean is 0, and their share of the variance.   x (n, d) -> (2, d)

    Jolliffe (2002), Principal Component Analysis; the largest entry of each is made positive.
    """
    _, sizes, axes = np.linalg.svd(x, full_matrices=False)
    basis = np.zeros((2, x.shape[1]))
    basis[: min(2, len(axes))] = axes[:2]
    largest = np.abs(basis).argmax(axis=1)
    basis *= np.where(basis[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
    total = float((sizes**2).sum())
    return basis, float((sizes[:2] ** 2).sum()) / total if total else 1.0


def training_sliders(
    training: Training, together: Together, live: Collection[str] = LIVE, others: Sequence[Mapping[str, str]] = ()
) -> list[stage.Live]:
    """A slider for each of these knobs that it has. others: what the others of a race have of their own; the sliders
    are the first one's, and who shares their knob goes with it."""
    race = TrainingRace(training, tuple(others))
    return [_slider(race, training.rows[knob], together) for knob in live if knob in training.rows]


def present(training: Training, knob: Knob) -> float:
    """The value of its slider."""
    value = training[knob.key]
    return float(training.batch if value is None else value)


def _slider(race: TrainingRace, knob: Knob, together: Together) -> stage.Live:
    now = present(race.first, knob)
    values, stops = _stops(race, knob, now)
    costs = [sum(training.seconds() for training in there) for there in stops]
    sides = reach_within(costs, AT_ONCE) if race.first.table is None else 0
    family_key = _FamilyKey(identity(race.first, knob) + repr(race.others), knob.key, race, together)
    return live_slider(
        knob, values, now, family_key.key, partial(_family, family_key, tuple(values), sides) if sides else None
    )


def _stops(race: TrainingRace, knob: Knob, now: float) -> tuple[list[float], list[list[Training]]]:
    """The stops of its slider, but those of too many steps, and what is trained for each."""
    values, stops = [], []
    for value in live_stops(knob, now):
        try:
            stops.append(list(_changed(race, knob.key, value).values()))
        except BadInput:
            continue
        values.append(value)
    return values, stops


def _changed(race: TrainingRace, knob: str, value: float) -> dict[int, Training]:
    """Place -> the training there, of those that the knob changes: the first, and who shares it."""
    there = race.leading(race.first.having(**{knob: value}))
    shares = [i for i, (own, one) in enumerate(zip(race.others, there.trainings[1:], strict=True), start=1)
              if knob not in own and knob in one.rows]  # fmt: skip
    return {place: there.trainings[place] for place in (0, *shares)}


@dataclass(frozen=True)
class _FamilyKey:
    """A race and one of its knobs, as a key: the same whatever this knob is set to."""

    key: str
    knob: str
    race: TrainingRace = field(compare=False)
    together: Together = field(compare=False)


def _family(family_key: _FamilyKey, values: tuple[float, ...], sides: int, stop: int) -> bytes:
    """Nothing where the server has no time for them: the slider is then answered when it is let go."""
    try:
        return _family_of(family_key, tuple(stops_around(values, sides, stop)))
    except TimeoutError:
        return b""


@made_once(16)
def _family_of(family_key: _FamilyKey, values: tuple[float, ...]) -> bytes:
    """The trainings at these stops. Remembered: a class wants the same."""
    stops = [_changed(family_key.race, family_key.knob, value) for value in values]
    histories = iter(family_key.together([training for there in stops for training in there.values()]))
    made: dict[int, list[Curves]] = {place: [] for place in stops[0]}
    most = MOST_OF_STOPS // (len(values) * len(made))
    for there in stops:
        for place in there:
            made[place].append(curves(next(histories), most))
    return small(pack_trainings(values, made.pop(0), made)).tobytes()
