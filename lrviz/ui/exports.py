"""Take it with you: the race of the page as a file. Pictures and films are drawn in processes of their own, a few at a
time for all visitors, so that nobody's slider waits for them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz import play
from lrviz.export import files, numbers
from lrviz.export.choices import KINDS, PANELS, SIZES, Drawn, KindName, Numbers, PanelName
from lrviz.export.render_queue import Job, Order, QueueFull, RenderQueue
from lrviz.maps.map import Map
from lrviz.palette import Theme
from lrviz.race import Race
from lrviz.server.visitors import presence
from lrviz.ui.address import here
from lrviz.ui.frame import theme
from lrviz.ui.lab import Lab
from lrviz.ui.widgets import fold

PLACES = 2
"""Processes at a time, for all visitors together."""
EVERY = 0.5
"""Seconds between two looks at what is being made."""

Subject = Race | Map | tuple[str, ...]
"""What a file is of: trainings by their names."""
Choice = KindName | Literal["webm"]
CHOICES: dict[Choice, str] = {**{key: kind.name for key, kind in KINDS.items()}, "webm": "Film, WebM or MP4"}


@dataclass(frozen=True)
class Made:
    """An order of this visit and what it was of."""

    subject: Subject
    order: Order
    job: Job


@st.cache_resource(show_spinner=False)
def render_queue() -> RenderQueue:
    """The one of this server."""
    return RenderQueue(PLACES)


def exports(lab: Lab) -> None:
    """The block of a page."""
    take = fold("Take it with you", key="take", icon=":material/download:")
    if take is None:
        return
    with take:
        st.fragment(_block, run_every=EVERY if busy() else None)(lab.race)


def _latest() -> Made | None:
    return st.session_state.get("export_made")


def busy() -> bool:
    """Is something of this visit being drawn? Then its block looks again and again."""
    made = _latest()
    return made is not None and made.job.state in ("waiting", "running")


def _block(race: Race) -> None:
    what, which, act = st.columns([3, 3, 2], vertical_alignment="bottom")
    choice = what.selectbox("File", list(CHOICES), format_func=CHOICES.__getitem__, key="export_as")
    if choice == "webm":
        _filming()
    elif choice in ("csv", "json"):
        names = race.names
        run = which.selectbox("Run", range(len(names)), format_func=names.__getitem__, key="export_run")
        _now(act, race, choice, run or 0)
    elif choice == "html":
        link = public_address()
        act.download_button(
            "Download", lambda: files.page(race, link), files.name(race, "html"), KINDS["html"].mime,
            on_click="ignore", width="stretch", key="export_now",
        )  # fmt: skip
        st.caption("The player with these runs, in one file: it opens without a network and plays anywhere.")
    else:
        panel = which.selectbox("Picture of", list(PANELS), format_func=PANELS.__getitem__, key="export_panel")
        order = _order(race, cast(Drawn, choice), panel, theme())
        drawn_elsewhere(act, race, order, files.name(race, order.kind), lambda: play.message(race))


def _now(place: DeltaGenerator, race: Race, kind: Numbers, run: int) -> None:
    """What takes no time is made when it is asked for."""

    def made() -> bytes:
        scenario = race.scenarios[run]
        return numbers.content(scenario, play.run_of(scenario), kind)

    place.download_button(
        "Download", made, files.name(Race(race.scenarios[run]), kind), KINDS[kind].mime,
        on_click="ignore", width="stretch", key="export_now",
    )  # fmt: skip


def _order(race: Race, kind: Drawn, panel: PanelName, now: Theme) -> Order:
    return Order(kind, panel, now, SIZES[kind], files.frames(race))


def drawn_elsewhere(
    place: DeltaGenerator, subject: Subject, order: Order, name: str, message: Callable[[], bytes]
) -> None:
    """What is drawn elsewhere: make, wait or cancel, download. message: what it is drawn from; name: of the file."""
    made = _latest()
    state = made.job.state if made else None
    if made and state in ("waiting", "running"):
        place.button("Cancel", on_click=made.job.cancel, width="stretch", key="export_cancel")
        what = KINDS[made.order.kind].name.split(",")[0].lower()
        if state == "waiting":
            st.progress(0.0, f"{made.job.ahead} before yours. It begins by itself as soon as there is a place.")
        else:
            st.progress(made.job.progress, f"Drawing the {what}: {made.job.progress:.0%}")
        st.session_state.export_watched = True
        return
    if st.session_state.pop("export_watched", False):  # it has come to its end: the page stops looking
        st.rerun()
    if made and made.job.result is not None and (made.subject, made.order) == (subject, order):
        place.download_button(
            "Download", made.job.result, name, KINDS[order.kind].mime,
            on_click="ignore", width="stretch", key="export_made_file",
        )  # fmt: skip
        st.caption(f"Ready: {len(made.job.result) / 1e6:.1f} MB.")
        return
    if place.button("Make", width="stretch", key="export_make"):
        _make(subject, order, message)
    if state == "failed" and made:
        st.error(made.job.fault)
    elif state == "cancelled" and made:
        st.caption(made.job.fault or "Cancelled.")


def _make(subject: Subject, order: Order, message: Callable[[], bytes]) -> None:
    try:
        job = render_queue().order(order, message(), presence())
    except QueueFull as full:
        st.warning(str(full))
        return
    st.session_state.export_made = Made(subject, order, job)
    st.rerun()


def _filming() -> None:
    st.markdown(
        "A film is recorded in your own browser, as you play it: press the camera beside the player's cursor, then "
        "*Record the run*. It plays once from the first step to the last, in the view and at the speed that you chose, "
        "and is saved at the end. Escape stops it. *Save picture* there keeps what is on the screen."
    )


def public_address() -> str:
    """Of this page, if others can open it too."""
    url = here()
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return url if "." in host else ""
    return ""
