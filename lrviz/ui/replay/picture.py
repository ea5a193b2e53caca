"""The picture, and the cursor over its epochs."""

from __future__ import annotations

import streamlit as st

from lrviz.figures.replay import replay_figure
from lrviz.replay import report
from lrviz.ui.frame import chart, theme
from lrviz.ui.replay.state import Own, current


def show_replay(own: Own) -> None:
    """Losses and rates, and below them the epoch that is looked at."""
    replay, at = own.replay, own.shown.at
    alt = f"{report.head(replay)}. {' '.join(report.story(replay))}"
    chart(replay_figure(replay, at, f"replay-{own.revision}", theme()), "replay_figure", alt)
    last = len(replay.history)
    if last > 1:
        key = own.keys.key("replay_epoch", at + 1)
        st.slider("Epoch", 1, last, at + 1, key=key, on_change=_look, args=(key,))


def _look(key: str) -> None:
    own = current()
    epoch = own.given(key)
    if isinstance(epoch, int):
        own.look(epoch)
