"""The stage on a Streamlit page: what the visitor did, and the next message. The package tells how the sides talk."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np
import streamlit as st

from lrviz.link import View
from lrviz.stage.bundle import NEEDS, bundle
from lrviz.stage.incoming import Incoming, Wanted, incoming
from lrviz.stage.landscape import Landscape
from lrviz.stage.message import RUN_COLOURS, Live, Look, Profile, Run, compose
from lrviz.stage.pack import pack
from lrviz.stage.recorded import Recorded, compose_recorded
from lrviz.stage.trained import Trained, compose_trained
from lrviz.view import SPEEDS


@dataclass(frozen=True)
class StageResult:
    """What the visitor did since the last run of the page.

    live: knob -> value, at the end of a drag. start: where the start was moved to, `dragging` while it still moves.
    visible: run name -> on or off, all that was switched and not yet answered. drawn: the step:rate points of a curve
    that was drawn on the rate panel. wrong: a sentence for what could not be taken.
    """

    live: dict[str, float] = field(default_factory=dict)
    start: tuple[float, float] | None = None
    dragging: bool = False
    visible: dict[str, bool] = field(default_factory=dict)
    drawn: tuple[tuple[int, float], ...] | None = None
    wrong: str = ""


class Endpoint(NamedTuple):
    """The HTTP endpoint for the runs of a slider of the page (`lrviz.server.slider_api`), which bypasses the rerun. The
    browser fetches them as the pointer hovers over the slider: a `st.select_slider` with the key ``knob_<knob>``.

    to: an address, from the page's. visit: whose questions these are, as the server knows it. race: what defines these
    runs, which goes with each question (an answer holds for whatever the slider's own knob was set to: that has the
    same name there, and x and y are ``start``). labels: a knob -> the text over its slider.
    """

    to: str
    visit: str
    race: Mapping[str, str]
    labels: Mapping[str, str]


@cache
def _component() -> Callable[..., Any]:
    """The component as Streamlit knows it. Its code is in every message, so comments and indents stay at home."""
    lines = map(str.strip, (files("lrviz.stage") / "web" / "shim.js").read_text(encoding="utf-8").splitlines())
    shim = "\n".join(line for line in lines if not line.startswith(("//", "/**")))
    return st.components.v2.component("lrviz_stage", js=shim.replace("{NEEDS}", NEEDS))


@cache
def _code(entry: str = "main") -> tuple[str, np.ndarray]:
    """The player's identity, and its code as it travels: once to each browser, 53 kB instead of 176."""
    identity, code = bundle(f"stage/web/{entry}")
    return identity, np.frombuffer(gzip.compress(code), np.uint8)


def _memory(key: str) -> dict[str, Any]:
    """sent: what the browser has. done: the sequence number of each part that was answered last. knobs: those of the
    sliders that are there."""
    return st.session_state.setdefault(f"_stage_{key}", {"sent": set(), "done": {}, "knobs": ()})


def _incoming(key: str) -> Incoming:
    return incoming(st.session_state.get(key))


def read(key: str) -> StageResult:
    """What is new in the browser since the last `show` with this key: to be called before simulating.

    `show` returns the same.
    """
    now, memory = _incoming(key), _memory(key)
    done = memory["done"]
    new = {what for what, seq in now.seqs.items() if seq != done.get(what)}
    start = now.start if "start" in new else None
    drawn = now.drawn if "drawn" in new else None
    return StageResult(
        live={knob: now.live[knob].value for knob in memory["knobs"] if f"live.{knob}" in new},
        start=(start.x, start.y) if start else None,
        dragging=bool(start and start.dragging),
        visible=dict(now.visible.runs) if now.visible else {},
        drawn=(drawn.points or None) if drawn else None,
        wrong=drawn.wrong if drawn else "",
    )


def _forget_what_is_missing(key: str, memory: dict[str, Any]) -> None:
    if key not in st.session_state:  # a new mount: only the code is still in the browser
        memory["sent"] = {item for item in memory["sent"] if item.startswith("code:")}
        memory["done"] = {}
        return
    missing = _incoming(key).missing
    if missing and missing.seq != memory["done"].get("missing"):
        memory["done"]["missing"] = missing.seq
        memory["sent"] = set() if "code" in missing.items else memory["sent"] - missing.items


def _identity(live: Live) -> str | None:
    """The name of a slider's family: the same for the same runs, around whichever stop."""
    if live.family is None:
        return None
    if live.family_key is None:
        raise ValueError(f"what does the family of {live.knob!r} depend on? Say it with family_key=")
    return sha256(f"{live.knob}:{live.family_key}".encode()).hexdigest()[:16]


def _stop(live: Live, want: Wanted) -> int:
    """Where the pointer is, if the browser knows it; else the slider's own stop."""
    stop = want.stop
    return stop if stop is not None and stop < len(live.values) else max(live.index, 0)


def _live_row(live: Live, want: Wanted | None) -> tuple[dict, dict[str, np.ndarray]]:
    """A slider's row, and its family where the browser requested it just now."""
    identity = _identity(live)
    row = {
        "knob": live.knob,
        "label": live.label,
        "symbol": live.symbol,
        "unit": live.unit,
        "scale": live.scale,
        "values": [float(value) for value in live.values],
        "index": int(live.index),
        "family": identity,
        "text": None if live.text is None else list(live.text),
        "typed": [_bound(live.low), _bound(live.high), live.low_open, live.whole, live.allowed],
        "regimes": [[_bound(low), _bound(high), *names] for low, high, *names in live.regimes],
    }
    arrays = {}
    if live.family and want and want.family == identity:  # for what these settings mean, not for earlier ones
        packed = live.family(_stop(live, want))
        if packed:  # else there is no time for them now
            arrays[f"family.{live.knob}"] = np.frombuffer(packed, np.uint8)
    return row, arrays


def _add_sliders(key: str, live: Sequence[Live], meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """The sliders, with the batches that the browser requested since, and an echo of all that it sent."""
    now, done = _incoming(key), _memory(key)["done"]
    meta["live"] = []
    for slider in live:
        want = now.want.get(slider.knob)
        fresh = want and want.seq != done.get(f"want.{slider.knob}")
        row, more = _live_row(slider, want if fresh else None)
        meta["live"].append(row)
        arrays |= more
    meta["echo"] = {what: seq for what, seq in now.seqs.items() if what != "missing"}


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
    endpoint: Endpoint | None = None,
    explains: Mapping[str, str] | None = None,
    stale: bool = False,
    on_live: Callable[[dict[str, float]], None] | None = None,
    on_start: Callable[[tuple[float, float], bool], None] | None = None,
    on_visible: Callable[[Mapping[str, bool]], None] | None = None,
    on_view: Callable[[View], None] | None = None,
    on_drawn: Callable[[tuple[tuple[int, float], ...]], None] | None = None,
    on_wrong: Callable[[str], None] | None = None,
    on_idle: Callable[[], None] | None = None,
    **look: Unpack[Look],
) -> StageResult:
    """Play up to six runs. Run 0 is the one that the live sliders change.

    What is called, `on_live` and the others, is called before the page runs again, as a widget's on_change: there,
    other widgets' values may be set. endpoint: see `Endpoint`. explains: words of the stage -> the address of what
    explains them on this page. stale: something waits until this picture is drawn and no other follows; then `on_idle`
    is called. look: see `Look`.
    """
    memory = _memory(key)
    _forget_what_is_missing(key, memory)
    result = read(key)
    identity, code = _code()
    meta, arrays, sent = compose(
        runs,
        landscape,
        start=start,
        profiles=profiles,
        known=memory["sent"],
        **look,
    )
    meta |= {"code": identity, "stale": stale, "explains": dict(explains or {})}
    if endpoint and not look.get("veiled"):
        meta["endpoint"] = endpoint._asdict()
    if f"code:{identity}" not in memory["sent"]:
        arrays["code"] = code
        sent.add(f"code:{identity}")
    _add_sliders(key, live, meta, arrays)

    def live_changed() -> None:
        values = read(key).live
        if on_live and values:
            on_live(values)

    def start_changed() -> None:
        new = read(key)
        if on_start and new.start:
            on_start(new.start, new.dragging)

    def visible_changed() -> None:
        switched = read(key).visible
        if on_visible and switched:
            on_visible(switched)

    def view_changed() -> None:
        view = _incoming(key).view
        if on_view and view:
            on_view(view)

    def drawn_changed() -> None:
        new = read(key)
        if on_drawn and new.drawn:
            on_drawn(new.drawn)
        if on_wrong and new.wrong:
            on_wrong(new.wrong)

    _component()(
        key=key,
        data=pack(meta, arrays),
        on_live_change=live_changed,
        on_start_change=start_changed,
        on_want_change=lambda: None,
        on_missing_change=lambda: None,
        on_visible_change=visible_changed,
        on_view_change=view_changed,
        on_drawn_change=drawn_changed,
        on_idle_change=on_idle or (lambda: None),
    )
    # Not before: a script that is stopped while it sends has sent nothing.
    there = {item for item in memory["sent"] if not item.startswith("run:")}  # it may have forgotten earlier runs
    memory["sent"] = there | sent | {f"run:{row['key']}" for row in meta["runs"]}
    memory["done"] |= _incoming(key).seqs
    memory["knobs"] = tuple(slider.knob for slider in live)
    return result


WHY = "why"
"""The browser asks for sentences as for a slider's batch of runs."""


def show_recorded(
    recorded: Recorded,
    *,
    key: str,
    at: int,
    live: Sequence[Live],
    jump: tuple[int, int],
    label: str,
    on_live: Callable[[dict[str, float]], None],
    on_view: Callable[[View], None],
) -> None:
    """Play recorded values and what rules decide on them. live: their sliders, which have the decisions at each stop
    (`recorded.pack_stops`, as `small` makes it).

    at: the epoch of the cursor, from 0, as the page knows it. jump: (number, epoch from 1): the cursor goes there, once
    for each number. label: what is seen, in words. on_live, on_view: as for `show`; a view's step is the epoch.
    """
    memory = _memory(key)
    _forget_what_is_missing(key, memory)
    want = _incoming(key).want.get(WHY)
    if want and want.stop is not None and want.seq != memory["done"].get(f"want.{WHY}"):
        at = want.stop
    meta, arrays, sent = compose_recorded(recorded, min(at, len(recorded.values) - 1), memory["sent"])
    _mount(key, "replay", meta | {"jump": jump, "label": label}, arrays, sent, live, on_live, on_view)
    here = {f"history:{recorded.history}", f"present:{recorded.present}"}
    memory["sent"] = (
        {item for item in memory["sent"] if item.startswith("code:") or item in here}
        | sent
        | {item for item in memory["sent"] if item.startswith(f"why:{recorded.present}:")}
    )


def show_trained(
    trained: Trained,
    *,
    key: str,
    live: Sequence[Live],
    jump: tuple[int, int | None],
    label: str,
    state: str,
    veiled: bool = False,
    explains: Mapping[str, str] | None = None,
    lead: Literal["loss", "sharpness"] = "loss",
    on_live: Callable[[dict[str, float]], None],
    on_view: Callable[[View], None],
    on_press: Callable[[str], None],
    others: Sequence[Trained] = (),
    chosen: int = 0,
    on_choose: Callable[[int], None] = lambda place: None,
    fit: bool = False,
) -> None:
    """Play a training, or a race of this one and others.

    live: its sliders, which have the trainings at each stop (`trained.pack_trainings`, as `small` makes it). jump:
    (number, epoch): the cursor goes there once for each number, None for the last. state: waiting, running, done,
    cancelled or failed. veiled: the data and the model alone. lead: what has the large panel. fit: it fills its frame.
    on_press: called with "cancel" or "train". chosen: of a race, whose picture and numbers are seen, taken over with
    each jump; on_choose: called with another one. All else as for `show_recorded`.
    """
    memory = _memory(key)
    _forget_what_is_missing(key, memory)
    meta, arrays, sent = compose_trained(trained, memory["sent"], others)
    meta |= {"jump": jump, "label": label, "state": state, "veiled": veiled, "lead": lead, "fit": fit}
    meta |= {"chosen": chosen, "explains": dict(explains or {})}
    _mount(key, "training", meta, arrays, sent, live, on_live, on_view, on_press, on_choose)
    here = {item for one in (trained, *others) for item in (f"data:{one.seen.key}", f"present:{one.present}")}
    memory["sent"] = {item for item in memory["sent"] if item.startswith("code:") or item in here} | sent


def _mount(
    key: str,
    entry: str,
    meta: dict[str, Any],
    arrays: dict[str, np.ndarray],
    sent: set[str],
    live: Sequence[Live],
    on_live: Callable[[dict[str, float]], None],
    on_view: Callable[[View], None],
    on_press: Callable[[str], None] = lambda what: None,
    on_choose: Callable[[int], None] = lambda place: None,
) -> None:
    """A player with this code, and its sliders. What is sent with it is added to ``sent``."""
    memory = _memory(key)
    identity, code = _code(entry)
    meta |= {"code": identity, "colours": RUN_COLOURS, "speeds": SPEEDS}
    if f"code:{identity}" not in memory["sent"]:
        arrays["code"] = code
        sent.add(f"code:{identity}")
    _add_sliders(key, live, meta, arrays)

    def live_changed() -> None:
        values = read(key).live
        if values:
            on_live(values)

    def view_changed() -> None:
        view = _incoming(key).view
        if view:
            on_view(view)

    def pressed() -> None:
        press = _incoming(key).press
        if press and press.seq != memory["done"].get("press"):
            on_press(press.what)

    def choice_changed() -> None:
        chosen = _incoming(key).chosen
        if chosen and chosen.seq != memory["done"].get("chosen"):
            on_choose(chosen.place)

    _component()(
        key=key,
        data=pack(meta, arrays),
        on_live_change=live_changed,
        on_want_change=lambda: None,
        on_missing_change=lambda: None,
        on_view_change=view_changed,
        on_press_change=pressed,
        on_chosen_change=choice_changed,
    )
    memory["done"] |= _incoming(key).seqs
    memory["knobs"] = tuple(slider.knob for slider in live)
