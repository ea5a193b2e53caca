"""The stage with a race on it. What the visitor does there changes the page's state like any widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from lrviz import play, stage
from lrviz.link import View
from lrviz.server import slider_api
from lrviz.server.visitors import own_pass
from lrviz.turns import turns
from lrviz.ui.drawing import take_drawn
from lrviz.ui.lab import Lab, current
from lrviz.ui.redraw import STAGE, wait_for_pictures
from lrviz.ui.terms import words_of_stage
from lrviz.ui.widgets import complaint

Extra = Callable[[Lab], Sequence[stage.Run]]

LOWER = 320
"""The height in pixels of a landscape above more than one slider, or below the field of a formula: all that belongs
together shall be in sight on 1280 x 800."""


def player(
    lab: Lab, live: Sequence[str] | None = None, regimes: bool = False, extra: Extra | None = None, **look: Any
) -> None:
    """The stage. live: the knobs that have a slider on it; by default what matters most. regimes: paint the slider of
    alpha with what each rate does. extra: runs beside those of the race, which depend on them. look: the rest of what
    `stage.show` can do, such as ``veiled`` before the run may be seen.

    The picture comes first: when the visitor arrives, while the start is dragged and when a knob of the page moves, the
    rest of the page follows when the stage's picture stands.
    """
    lab.redraw.parts.add(STAGE)
    lab.redraw.stale = lab.arriving
    if (live and len(live) > 1) or lab.scenario.surface_row.found:
        look.setdefault("height", LOWER)
    _stage(live, regimes, extra, look)
    if lab.arriving:
        st.stop()
    wait_for_pictures()


@st.fragment(key=STAGE)
def _stage(live: Sequence[str] | None, regimes: bool, extra: Extra | None, look: Mapping[str, Any]) -> None:
    with turns.run():
        _show(current(), live, regimes, extra, look)
    complaint(current(), current().stage)


def _show(lab: Lab, live: Sequence[str] | None, regimes: bool, extra: Extra | None, look: Mapping[str, Any]) -> None:
    first = lab.race.first
    runs = [*play.race_runs(lab.race), *(extra(lab) if extra else ())]
    stage.show(
        runs,
        play.landscape(first),
        key=lab.stage,
        start=first.start or (),
        live=play.live(first, live, regimes),
        endpoint=stage.Endpoint(slider_api.ADDRESS, own_pass(), lab.race.to_params(), play.labels(first)),
        explains=words_of_stage(runs),
        profiles=play.profiles(first),
        jump=lab.jump,
        plays=lab.plays,
        view=(lab.links, asdict(lab.view)),
        stale=lab.redraw.stale,
        label=lab.race.title,
        file=lab.race.file_name,
        on_live=_moved,
        on_start=_dragged,
        on_visible=_switched,
        on_view=_looked,
        on_drawn=_drawn,
        on_wrong=_wrong,
        on_idle=_idle,
        **look,
    )


def _moved(values: dict[str, float]) -> None:
    lab = current()
    if lab.change(lab.stage, **values):
        lab.with_words()
    st.rerun()


def _dragged(start: tuple[float, float], dragging: bool) -> None:
    lab = current()
    lab.change(lab.stage, x=start[0], y=start[1])
    if not dragging:
        st.rerun()


def _switched(visible: Mapping[str, bool]) -> None:
    lab = current()
    for place, name in enumerate(lab.race.names):
        lab.take(lab.race.show(place, visible.get(name, place not in lab.race.hidden)))
    st.rerun()


def _drawn(points: tuple[tuple[int, float], ...]) -> None:
    take_drawn(points)
    st.rerun()


def _wrong(sentence: str) -> None:
    lab = current()
    lab.notices = [sentence]
    st.rerun()


def _looked(view: View) -> None:
    """Only the address follows: nothing else on the page tells how the stage is looked at."""
    lab = current()
    lab.look(view)
    lab.write()


def _idle() -> None:
    current().redraw.follow()
