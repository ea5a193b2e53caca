"""Take it with you: the trainings of the page as a file. Pictures and films are drawn as those of runs are."""

from __future__ import annotations

from typing import cast

import streamlit as st

from lrviz import play
from lrviz.export import files
from lrviz.export.choices import KINDS, SIZES, Drawn, KindName
from lrviz.export.render_queue import Order
from lrviz.training.numbers import count
from lrviz.ui.exports import EVERY, busy, drawn_elsewhere, public_address
from lrviz.ui.frame import theme
from lrviz.ui.training.state import TrainingState, current
from lrviz.ui.widgets import opened

MOST_IN_JSON = 1_000_000
"""Numbers: some 5 MB of text, in a tenth of a second."""


def exports(own: TrainingState) -> None:
    """The block, empty while it is closed."""
    place = opened("Take it with you", "training_take", ":material/download:")
    if place is None:
        return
    with place:
        if not own.running.done or not all(history.epochs for history in own.histories):
            st.caption("When the training has ended it can be taken along.")
            return
        st.fragment(_block, run_every=EVERY if busy() else None)()


def _block() -> None:
    own = current()
    race, histories = own.racing, own.histories
    what, which, act = st.columns([3, 3, 2], vertical_alignment="bottom")
    names_of_kinds = {key: kind.name for key, kind in KINDS.items()}
    choice: KindName = what.selectbox(
        "File", list(KINDS), format_func=lambda key: names_of_kinds.get(key, key), key="training_export_as"
    )
    if choice not in KINDS:  # what a browser sends may be anything
        return
    name = f"{race.file_name}.{choice}"
    if choice in ("csv", "json"):
        names = race.names
        run = which.selectbox(
            "Training", range(len(names)), format_func=lambda place: names[place], key="training_export_run"
        )
        history = histories[run if run in range(len(names)) else 0]
        held = count(history.training, history.epochs)
        if choice == "json" and held > MOST_IN_JSON:
            st.caption(
                f"The JSON, with all batches, would hold {held:,} numbers; here it may hold {MOST_IN_JSON:,}. On the"
                " command line `python -m lrviz train --format json` writes it at any length."
            )
            return
        act.download_button(
            "Download", lambda: files.training_numbers(history, choice), name, KINDS[choice].mime,
            on_click="ignore", width="stretch", key="training_export_now",
        )  # fmt: skip
        rows = "A row an epoch, with the columns of Keras's CSVLogger."
        st.caption(rows if choice == "csv" else "Data, first and last weights, batches and epochs: all to retrace it.")
    elif choice == "html":
        link = public_address()
        act.download_button(
            "Download", lambda: files.training_page(race, histories, own.sharpness, link, own.chosen), name,
            KINDS["html"].mime, on_click="ignore", width="stretch", key="training_export_now",
        )  # fmt: skip
        st.caption("The player with what you see, in one file: it opens without a network and plays anywhere.")
    else:
        kind = cast(Drawn, choice)
        frames = files.frames_of(max(history.epochs for history in histories))
        order = Order(kind, "training", theme(), SIZES[kind], frames, None if kind == "gif" else own.epoch)
        subject = (*(own.name_of(training) for training in race.trainings), f"{own.chosen}")
        drawn_elsewhere(
            act, subject, order, name, lambda: play.training_message(race, histories, own.sharpness, own.chosen)
        )
