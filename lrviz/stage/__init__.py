"""The stage: runs that play on a landscape, with sliders that answer within a frame.

    visitor = stage.read("lab")                      # what the visitor did since the last run: before simulating
    stage.show([Run("Adam", trajectory, 0)], landscape, key="lab", start=scenario.start, live=[...])

How the two sides talk. Everything to the browser is one message (pack.py). Everything back is a *state* value of the
component, never a trigger: Streamlit merges reruns that come quickly, and a merged state value is the latest one, where
a trigger may be lost. Each value carries a sequence number; `read` hands out what is new and `show` echoes the number,
so the browser knows which answer belongs to which question and drops an older one. Code, landscape and families are
sent once and remembered in the browser; where it lacks one (a message was overtaken by the next) it asks, and it is
sent again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal, Protocol

import numpy as np
import streamlit as st

from lrviz.palette import PALETTES
from lrviz.stage.bundle import bundle
from lrviz.stage.family import pack_family
from lrviz.stage.ground import Landscape, ground_arrays
from lrviz.stage.pack import pack

__all__ = ["Landscape", "Live", "Panel", "Profile", "Run", "StageResult", "Trajectory", "pack_family", "read", "show"]

Panel = Literal["2d", "slice", "3d"]
PANELS: tuple[Panel, ...] = ("2d", "slice", "3d")
RUN_COLOURS = {theme: palette.runs for theme, palette in PALETTES.items()}


class Trajectory(Protocol):
    """What the stage reads of a run; `lrviz.trajectory.Trajectory` is one.

    x (N+1, 2), loss (N+1,), grad (N+1, 2), learning_rate (N,), terms {name: (N, 2)}. plateau: is ReduceLROnPlateau on.
    epochs: step, best, wait, cut and threshold (what had to be undercut in that epoch), each (E,).
    """

    @property
    def x(self) -> np.ndarray: ...
    @property
    def loss(self) -> np.ndarray: ...
    @property
    def grad(self) -> np.ndarray: ...
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
    """A named run. colour: its place (0-5) in the palette's runs, which decides marker and dash too. formula: LaTeX."""

    name: str
    trajectory: Trajectory
    colour: int = 0
    formula: str = ""
    visible: bool = True


@dataclass(frozen=True)
class Profile:
    """The loss along base + s * direction, (n,) values of s: the runs bounce on it."""

    label: str
    base: Sequence[float]
    direction: Sequence[float]
    s: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True)
class Live:
    """A slider inside the stage; it changes run 0.

    family: the runs for every value (`pack_family`), or a function that makes them when the visitor's hand comes near.
    With a function, `family_key` says what they depend on: the function is called once for each key.
    regimes: (low, high, name) painted on the track. text: the values as shown, where numbers and unit are not enough.
    """

    knob: str
    label: str
    values: Sequence[float]
    index: int
    symbol: str = ""
    unit: str = ""
    scale: Literal["log", "linear"] = "linear"
    family: bytes | Callable[[], bytes] | None = None
    family_key: str | None = None
    regimes: Sequence[tuple[float, float, str]] = ()
    text: Sequence[str] | None = None


@dataclass(frozen=True)
class StageResult:
    """What the visitor did since the last run of the page.

    live: knob -> value, at the end of a drag. start: where the start was moved to, `dragging` while it still moves.
    wanted: knobs whose family the browser asked for. visible: run name -> on or off, all that were ever switched.
    drawn: the step:rate points of a curve that was drawn on the rate panel.
    """

    live: dict[str, float] = field(default_factory=dict)
    start: tuple[float, float] | None = None
    dragging: bool = False
    wanted: frozenset[str] = frozenset()
    visible: dict[str, bool] = field(default_factory=dict)
    drawn: tuple[tuple[int, float], ...] | None = None


@cache
def _component() -> Callable[..., Any]:
    """The component as Streamlit knows it. Its code is in every message, so the comments stay at home."""
    lines = (files("lrviz.stage") / "web" / "shim.js").read_text(encoding="utf-8").splitlines()
    shim = "\n".join(line for line in lines if not line.lstrip().startswith(("//", "/**")))
    return st.components.v2.component("lrviz_stage", js=shim)


def _memory(key: str) -> dict[str, Any]:
    return st.session_state.setdefault(f"_stage_{key}", {"sent": set(), "echo": {}, "done": {}, "families": {}})


def read(key: str) -> StageResult:
    """What is new in the browser since the last `show` with this key: to be called before simulating.

    `show` returns the same.
    """
    state = st.session_state.get(key) or {}
    memory = _memory(key)
    done, echo = memory["done"], memory["echo"]
    live = {knob: told["value"] for knob, told in (state.get("live") or {}).items() if told["seq"] > done.get(knob, 0)}
    start = state.get("start")
    fresh = start if start is not None and start["seq"] > done.get("start", 0) else None
    for knob, told in (state.get("live") or {}).items():
        echo[f"live.{knob}"] = told["seq"]
    if start is not None:
        echo["start"] = start["seq"]
    drawn = state.get("drawn")
    new = drawn is not None and drawn["seq"] > done.get("drawn", 0)
    if drawn is not None:
        echo["drawn"] = drawn["seq"]
    return StageResult(
        live=live,
        start=(fresh["x"], fresh["y"]) if fresh else None,
        dragging=bool(fresh and fresh["dragging"]),
        wanted=frozenset(state.get("want") or {}),
        visible=dict(state.get("visible") or {}),
        drawn=tuple((step, rate) for step, rate in drawn["points"]) if drawn and new else None,
    )


def _forget_what_is_missing(key: str, memory: dict[str, Any]) -> None:
    if key not in st.session_state:  # a new mount: only the code is still in the browser
        memory["sent"] = {item for item in memory["sent"] if item.startswith("code:")}
        memory["done"], memory["echo"], memory["families"] = {}, {}, {}
        return
    missing = st.session_state[key].get("missing")
    if missing and missing["at"] > memory["done"].get("missing", 0):
        memory["done"]["missing"] = missing["at"]
        memory["sent"] = set() if "code" in missing["items"] else memory["sent"] - set(missing["items"])


def _rate_arrays(rate: np.ndarray) -> dict[str, np.ndarray]:
    """A staircase as its stairs (value, length), anything else as it is."""
    starts = np.flatnonzero(np.append(True, rate[1:] != rate[:-1])) if len(rate) else np.zeros(0, int)
    if len(starts) * 12 < len(rate) * 8:
        return {"rate.value": rate[starts], "rate.length": np.diff(np.append(starts, len(rate))).astype(np.uint32)}
    return {"rate": rate}


def _run_arrays(index: int, run: Run, steps: int | None = None) -> tuple[dict, dict[str, np.ndarray]]:
    """A run, or no more than so many steps of it."""
    t = run.trajectory
    n = len(t.learning_rate) if steps is None else steps
    with np.errstate(over="ignore"):
        arrays = {
            "x": np.asarray(t.x[: n + 1], float),
            "loss": np.asarray(t.loss[: n + 1], float),
            "grad": np.asarray(t.grad[: n + 1], float).astype(np.float32),
            **_rate_arrays(np.asarray(t.learning_rate[:n], float)),
        }
        for name, term in t.terms.items():
            arrays[f"term.{name}"] = np.asarray(term[:n], float).astype(np.float32)
        plateau, epochs = bool(t.plateau) and steps is None, t.epochs
        if plateau:
            step = np.asarray(epochs.step).astype(np.int32)
            regular = len(step) > 1 and np.all(np.diff(step) == step[0])
            arrays["epoch.step"] = step[:1] if regular else step
            arrays["epoch.best"] = np.asarray(epochs.best, float).astype(np.float32)
            arrays["epoch.wait"] = np.asarray(epochs.wait).astype(np.int32).astype(np.uint16)
            arrays["epoch.cut"] = np.asarray(epochs.cut).astype(np.uint8)
            arrays["epoch.threshold"] = np.asarray(epochs.threshold, float).astype(np.float32)
    meta = {
        "name": run.name,
        "colour": run.colour % 6,
        "formula": run.formula,
        "visible": run.visible,
        "plateau": plateau,
        "steps": n,
    }
    return meta, {f"run{index}.{name}": array for name, array in arrays.items()}


def _live_row(live: Live, memory: dict[str, Any], wanted: dict[str, str]) -> tuple[dict, dict[str, np.ndarray]]:
    """A slider's row, and its family where the browser needs it now."""
    family, arrays = live.family, {}
    identity: str | None = None
    if callable(family):
        if live.family_key is None:
            raise ValueError(f"the family of {live.knob!r} is a function: say what it depends on with family_key=")
        identity = sha256(f"{live.knob}:{live.family_key}".encode()).hexdigest()[:16]
        needed = wanted.get(live.knob) == identity  # asked for what these settings mean, not for earlier ones
    elif family is not None:
        identity = sha256(family).hexdigest()[:16]
        needed = True
    if family is not None and needed and f"family:{identity}" not in memory["sent"]:
        body = family() if callable(family) else family
        arrays[f"family.{live.knob}"] = np.frombuffer(body, np.uint8)
        memory["sent"].add(f"family:{identity}")
    row = {
        "knob": live.knob,
        "label": live.label,
        "symbol": live.symbol,
        "unit": live.unit,
        "scale": live.scale,
        "index": int(live.index),
        "family": identity,
        "text": None if live.text is None else list(live.text),
        "regimes": [[_bound(low), _bound(high), name] for low, high, name in live.regimes],
    }
    return row, {f"live.{live.knob}": np.asarray(live.values, float), **arrays}


def _bound(end: float) -> float | None:
    """The end of a regime; JSON has no infinity, and None stands for it."""
    return None if np.isinf(end) else float(end)


def show(
    runs: Sequence[Run],
    landscape: Landscape,
    *,
    key: str,
    start: Sequence[float],
    live: Sequence[Live] = (),
    profiles: Sequence[Profile] = (),
    panels: Sequence[Panel] = PANELS,
    panel: str | None = None,
    start_draggable: bool = True,
    autoplay: bool = False,
    veiled: bool = False,
    jump: tuple[int, int] | None = None,
    drawable: bool = False,
    label: str = "Descent on the loss landscape",
    height: int = 384,
    on_live: Callable[[dict[str, float]], None] | None = None,
    on_start: Callable[[tuple[float, float], bool], None] | None = None,
    on_drawn: Callable[[tuple[tuple[int, float], ...]], None] | None = None,
) -> StageResult:
    """Play up to six runs. Run 0 is the one that the live sliders change.

    `on_live` and `on_start` are called before the page runs again, as a widget's on_change: there, other widgets'
    values may be set. height: of the landscape in pixels where the page is wide. panel: which of `panels` is open at
    first. veiled: nothing of the runs is sent but their start, and when the veil is lifted they play. jump: (number,
    step), the cursor goes to this step, once for each number. drawable: a curve may be drawn on the rate panel;
    `on_drawn` gets it.
    """
    memory = _memory(key)
    _forget_what_is_missing(key, memory)
    result = read(key)
    identity, code = bundle()
    arrays: dict[str, np.ndarray] = {}
    if f"code:{identity}" not in memory["sent"]:
        arrays["code"] = np.frombuffer(code, np.uint8)
        memory["sent"].add(f"code:{identity}")
    meta: dict[str, Any] = {
        "code": identity,
        "echo": dict(memory["echo"]),
        "landscape": landscape.key,
        "start": [float(v) for v in start],
        "draggable": start_draggable,
        "autoplay": autoplay,
        "veiled": veiled,
        "jump": jump,
        "drawable": drawable,
        "panels": [p for p in panels if p != "slice" or profiles],
        "panel": panel,
        "label": label,
        "height": height,
        "colours": RUN_COLOURS,
    }
    if f"landscape:{landscape.key}" not in memory["sent"]:
        meta["ground"], ground = ground_arrays(landscape)
        arrays |= {f"ground.{name}": array for name, array in ground.items()}
        memory["sent"].add(f"landscape:{landscape.key}")

    meta["runs"], meta["live"], meta["profiles"] = [], [], []
    for i, run in enumerate(runs[:6]):
        row, more = _run_arrays(i, run, 0 if veiled else None)
        meta["runs"].append(row)
        arrays |= more
    wanted = {knob: told["family"] for knob, told in ((st.session_state.get(key) or {}).get("want") or {}).items()}
    for slider in live:
        row, more = _live_row(slider, memory, wanted)
        meta["live"].append(row)
        arrays |= more
    for i, profile in enumerate(profiles):
        s, loss = np.asarray(profile.s, float), np.asarray(profile.loss, float)
        name = sha256(s.tobytes() + loss.tobytes()).hexdigest()[:16]
        base, direction = [float(v) for v in profile.base], [float(v) for v in profile.direction]
        meta["profiles"].append({"key": name, "label": profile.label, "base": base, "direction": direction})
        if f"profile:{name}" not in memory["sent"]:
            arrays |= {f"profile{i}.s": s, f"profile{i}.loss": loss}
            memory["sent"].add(f"profile:{name}")

    def live_changed() -> None:
        told = read(key).live
        if on_live and told:
            on_live(told)

    def start_changed() -> None:
        told = read(key)
        if on_start and told.start:
            on_start(told.start, told.dragging)

    def drawn_changed() -> None:
        told = read(key)
        if on_drawn and told.drawn:
            on_drawn(told.drawn)

    _component()(
        key=key,
        data=pack(meta, arrays),
        on_live_change=live_changed,
        on_start_change=start_changed,
        on_drawn_change=drawn_changed,
        on_want_change=lambda: None,
        on_missing_change=lambda: None,
        on_visible_change=lambda: None,
    )
    state = st.session_state.get(key) or {}
    memory["done"] |= {knob: told["seq"] for knob, told in (state.get("live") or {}).items()}
    for told in ("start", "drawn"):
        if state.get(told):
            memory["done"][told] = state[told]["seq"]
    return result
