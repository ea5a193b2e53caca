"""What a message to the player holds, made of runs, landscape and slices: plain data, and no word of Streamlit."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, NamedTuple, Protocol, TypedDict, Unpack

import numpy as np

from lrviz.palette import MOST_RUNS, PALETTES
from lrviz.stage.landscape import Landscape, landscape_arrays
from lrviz.stage.stairs import folded
from lrviz.stage.terms import recipes, single
from lrviz.view import PANELS, SPEEDS, Panel

RUN_COLOURS = {theme: palette.runs for theme, palette in PALETTES.items()}


class Trajectory(Protocol):
    """What the stage reads of a run; `lrviz.trajectory.Trajectory` is one.

    x (N+1, 2), loss (N+1,), grad (N+1, 2), used_grad (N, 2), learning_rate (N,), terms {name: (N, 2)}. plateau: is
    ReduceLROnPlateau on.
    epochs: step, monitored, best, wait, cooldown, cut and threshold (what had to be undercut in that epoch), each (E,).
    """

    @property
    def x(self) -> np.ndarray: ...
    @property
    def loss(self) -> np.ndarray: ...
    @property
    def grad(self) -> np.ndarray: ...
    @property
    def used_grad(self) -> np.ndarray: ...
    @property
    def learning_rate(self) -> np.ndarray: ...
    @property
    def terms(self) -> Mapping[str, np.ndarray]: ...
    @property
    def plateau(self) -> bool: ...
    @property
    def epochs(self) -> Any: ...


@dataclass(frozen=True)
class Run:
    """A named run. colour: its place (0-5) in the palette's runs, which decides marker and dash too. formula: LaTeX.

    symbols, knobs: what the letters of the formula are, for its numbers: a letter -> the term that is its value after
    each step; a knob -> its letter and its value. None: the formula stays as it is.
    rule: of ReduceLROnPlateau, where it watches: limit, so many bad epochs in a row make a cut; late, by how many it is
    above patience; cooldown. rated: does its optimizer use a rate? points: a letter -> the term that is a point of the
    landscape, and begins at the start. pale: is it only there for comparison?
    """

    name: str
    trajectory: Trajectory
    colour: int = 0
    formula: str = ""
    visible: bool = True
    rule: Mapping[str, int] | None = None
    symbols: Mapping[str, str] | None = None
    knobs: Mapping[str, tuple[str, float]] | None = None
    points: Mapping[str, str] | None = None
    rated: bool = True
    pale: bool = False


@dataclass(frozen=True)
class Profile:
    """The loss along base + s * direction, (n,) values of s: the runs bounce on it."""

    label: str
    base: Sequence[float]
    direction: Sequence[float]
    s: np.ndarray
    loss: np.ndarray


class Zone(NamedTuple):
    """A part of a slider's track. name: a word below it; about: the same with its bounds, beside the value and for a
    screen reader."""

    low: float
    high: float
    name: str
    about: str


@dataclass(frozen=True)
class Live:
    """A slider inside the stage, which changes run 0.

    family: a stop -> the runs for the values around it, for all of them where they are not too many (`pack_family`);
    called when the pointer or the focus comes to the slider, and again at a stop without runs. `family_key`
    says what else they depend on.
    regimes: painted on the track. text: the values as shown, where numbers and unit are not enough.
    low, high: what may be typed, without low itself if ``low_open``, whole numbers alone if ``whole``; allowed: that in
    words which end a sentence.
    """

    knob: str
    label: str
    values: Sequence[float]
    index: int
    symbol: str = ""
    unit: str = ""
    scale: Literal["log", "linear"] = "linear"
    family: Callable[[int], bytes] | None = None
    family_key: str | None = None
    regimes: Sequence[Zone] = ()
    text: Sequence[str] | None = None
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    whole: bool = False
    allowed: str = "a number"


def _run_arrays(
    index: int, run: Run, floor: float = 0.0, steps: int | None = None, exact: bool = False
) -> tuple[dict, dict[str, np.ndarray]]:
    """A run, or no more than so many steps of it. exact: positions and losses keep all their digits."""
    t = run.trajectory
    n = len(t.learning_rate) if steps is None else steps
    with np.errstate(over="ignore"):
        x, loss, grad = (np.asarray(a[: n + 1], float) for a in (t.x, t.loss, t.grad))
        rate = np.asarray(t.learning_rate[:n], float)
        terms = {name: np.asarray(term[:n], float) for name, term in t.terms.items()}
        used = np.asarray(t.used_grad[:n], float)
        recipe_of, adds_up = recipes(x, used, rate, terms)
        arrays = {
            # a small step is no difference of rounded numbers
            "x": x.astype(np.float32) if adds_up and not exact else x,
            "loss": loss.astype(np.float32) if floor == 0 and single(loss) and not exact else loss,
            "grad": grad.astype(np.float32),
            **({} if np.array_equal(used, grad[:n], equal_nan=True) else {"used": used.astype(np.float32)}),
            **folded("rate", rate),
        }
        for name, recipe in recipe_of.items():
            if recipe is None:
                arrays[f"term.{name}"] = terms[name].astype(np.float32)
        plateau, epochs = bool(t.plateau) and steps is None, t.epochs
        if plateau:
            step = np.asarray(epochs.step).astype(np.int32)
            regular = len(step) > 1 and np.all(np.diff(step) == step[0])
            arrays["epoch.step"] = step[:1] if regular else step
            for name in ("best", "threshold"):
                arrays |= folded(f"epoch.{name}", np.asarray(getattr(epochs, name), float).astype(np.float32))
            wait = np.asarray(epochs.wait).astype(np.int32)
            arrays["epoch.wait"] = wait.astype(np.uint8 if wait.max(initial=0) < 256 else np.uint16)
            arrays["epoch.cut"] = np.packbits(np.asarray(epochs.cut, bool), bitorder="little")
            if np.any(epochs.cooldown):
                arrays["epoch.cooldown"] = np.asarray(epochs.cooldown).astype(np.int32).astype(np.uint16)
            back = next((k for k in (0, 1) if np.array_equal(epochs.monitored, t.loss[step - k], equal_nan=True)), None)
            if back is None:
                arrays["epoch.monitored"] = np.asarray(epochs.monitored, float).astype(np.float32)
    meta = {
        "name": run.name,
        "colour": run.colour % MOST_RUNS,
        "formula": run.formula,
        "symbols": None if run.symbols is None else dict(run.symbols),
        "knobs": dict(run.knobs or {}),
        **({"points": dict(run.points)} if run.points else {}),
        "visible": run.visible,
        "rated": run.rated,
        "pale": run.pale,
        "plateau": plateau,
        "monitorsBefore": bool(plateau and back == 1),
        "rule": dict(run.rule) if plateau and run.rule else None,
        "steps": n,
        "terms": recipe_of,
        "addsUp": adds_up,
    }
    return meta, {f"run{index}.{name}": array for name, array in arrays.items()}


def _name_of(arrays: Mapping[str, np.ndarray], prefix: str = "") -> str:
    """Arrays that are the same, under the same names but for the prefix, have the same."""
    content = sha256()
    for name, array in arrays.items():
        content.update(f"{name.removeprefix(prefix)}:{array.dtype}{array.shape}".encode())
        content.update(array.tobytes())
    return content.hexdigest()[:16]


class Look(TypedDict, total=False):
    """How a stage looks and what it allows.

    panels: the views of the landscape, all by default; panel: which is open at first. lead: the large panel,
    the landscape or the learning rate with a name at each line. rate_log: is the rate on a log scale at first.
    start_draggable: True by default. autoplay: it plays when it appears. small: the panels and the player alone, for a
    picture beside words. fit: it fills the height of its frame, and has a link to the whole page. veiled: nothing of
    the runs is sent but their start (and, where the rate leads, the rates that a schedule sets), and when the veil is
    lifted they play. jump: (number, step), the cursor goes to
    this step, once for each number. plays: where this number changes, they play from the start. view: (number, what
    a link asks to be seen: panel, slice, step, speed, log, map), the same way. drawable: a curve may be drawn on
    the rate panel. label: what is seen, in words. file: the name of what the visitor saves, without its ending.
    height: of the landscape in pixels where the page is wide.
    """

    panels: Sequence[Panel]
    panel: str | None
    lead: Literal["land", "rate"]
    rate_log: bool
    start_draggable: bool
    autoplay: bool
    small: bool
    fit: bool
    veiled: bool
    jump: tuple[int, int] | None
    plays: int
    view: tuple[int, Mapping[str, Any]] | None
    drawable: bool
    label: str
    file: str
    height: int


PLAIN = Look(
    panels=PANELS, panel=None, lead="land", rate_log=True, start_draggable=True, autoplay=False, small=False, fit=False,
    veiled=False, jump=None, plays=0, view=None, drawable=False, label="Descent on the loss landscape", file="run",
    height=384,
)  # fmt: skip


def compose(
    runs: Sequence[Run],
    landscape: Landscape,
    *,
    start: Sequence[float],
    profiles: Sequence[Profile] = (),
    exact: bool = False,
    known: Collection[str] = (),
    **look: Unpack[Look],
) -> tuple[dict[str, Any], dict[str, np.ndarray], set[str]]:
    """-> meta and arrays for `pack`, and the names of the landscape, runs and slices in it, without those in ``known``.

    exact: positions and losses keep all their digits.
    """
    seen: Look = {**PLAIN, **look}
    veiled = seen["veiled"]
    sent: set[str] = set()
    arrays: dict[str, np.ndarray] = {}
    meta: dict[str, Any] = {
        "code": "",
        "echo": {},
        "landscape_key": landscape.key,
        "start": [float(v) for v in start],
        "draggable": seen["start_draggable"],
        "drawable": seen["drawable"] and not veiled,
        "panels": [p for p in seen["panels"] if p != "slice" or profiles],
        **{
            key: seen[key]
            for key in (
                "autoplay",
                "small",
                "fit",
                "veiled",
                "jump",
                "plays",
                "view",
                "panel",
                "lead",
                "rate_log",
                "label",
                "file",
                "height",
            )
        },
        "colours": RUN_COLOURS,
        "speeds": SPEEDS,
        "runs": [],
        "live": [],
        "profiles": [],
    }
    if f"landscape:{landscape.key}" not in known:
        meta["landscape"], drawn = landscape_arrays(landscape)
        arrays |= {f"landscape.{name}": array for name, array in drawn.items()}
        sent.add(f"landscape:{landscape.key}")
    for i, run in enumerate(runs[:MOST_RUNS]):
        row, more = _run_arrays(i, run, landscape.floor, 0 if veiled else None, exact)
        if veiled and seen["lead"] == "rate" and not run.trajectory.plateau:
            more[f"run{i}.plan"] = np.asarray(run.trajectory.learning_rate, float)
        row["key"] = _name_of(more, f"run{i}.")
        meta["runs"].append(row)
        if f"run:{row['key']}" not in known:
            arrays |= more
            sent.add(f"run:{row['key']}")
    for i, profile in enumerate(profiles):
        s, loss = np.asarray(profile.s, float), np.asarray(profile.loss, float)
        name = _name_of({"s": s, "loss": loss})
        base, direction = [float(v) for v in profile.base], [float(v) for v in profile.direction]
        meta["profiles"].append({"key": name, "label": profile.label, "base": base, "direction": direction})
        if f"profile:{name}" not in known:
            arrays |= {f"profile{i}.s": s, f"profile{i}.loss": loss}
            sent.add(f"profile:{name}")
    return meta, arrays, sent
