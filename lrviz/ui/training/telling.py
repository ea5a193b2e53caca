"""What is told of a training: its story, the numbers as files, the program."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lrviz.codegen import fit
from lrviz.figures.training import surface_figure, surface_words
from lrviz.frameworks import PROGRAMS
from lrviz.knob import BadInput
from lrviz.server import training_queue
from lrviz.training import History, Training
from lrviz.training.numbers import as_csv, as_json, count
from lrviz.training.story import Sentence, story_of
from lrviz.training.surface import LossSurface, loss_surface
from lrviz.ui.frame import chart, theme
from lrviz.ui.training.state import Own, current
from lrviz.ui.widgets import opened
from lrviz.ui.words import plain

MOST_IN_JSON = 1_000_000
"""Numbers: some 5 MB of text, in a tenth of a second."""

SURFACE = "training_surface"


def sentences(history: History) -> list[str]:
    """The story in words, for who cannot see the picture."""
    training = history.training
    head = f"{training.model_row.name} on {training.data_row.name.lower()}, {training.optimizer_row.name}."
    return [head, *(sentence.text for sentence in story_of(history))]


def story(own: Own) -> None:
    """What happened, in two or three sentences; a click shows the epoch."""
    job = own.running
    if job.history is None or not job.done:
        st.caption("What happened is told when the training has ended.")
        return
    with st.container(key="story", gap="small"):
        for place, sentence in enumerate(story_of(job.history)):
            say_sentence(place, sentence)


def say_sentence(place: int, sentence: Sentence) -> None:
    """The place-th of a story; a click shows its epoch."""
    if sentence.epoch is None:
        st.markdown(plain(sentence.text))
        return
    st.button(
        plain(sentence.text), key=f"training_story_{place}", type="tertiary", icon=":material/my_location:",
        on_click=_look_at, args=(sentence.epoch,),
    )  # fmt: skip


def _look_at(epoch: int) -> None:
    current().jump(epoch)


def surface(own: Own) -> None:
    """The loss over the plane of the training, with its path."""
    place = opened("Its loss surface", SURFACE, ":material/landscape:")
    job, history = own.running, own.running.history
    if place is None or history is None or not job.done:
        return
    with place:
        try:
            drawn = _surface(history)
        except BadInput as wrong:
            st.info(plain(str(wrong)))
            return
        words = surface_words(drawn)
        st.markdown(plain(words))
        chart(surface_figure(drawn, history, own.epoch, theme()), "training_surface_chart", words)


def _surface(history: History) -> LossSurface:
    """Remembered as long as the visit shows this training."""
    made: tuple[History, LossSurface] | None = st.session_state.get("training_surface_made")
    if made is None or made[0] is not history:
        made = st.session_state.training_surface_made = (history, training_queue.aside(partial(loss_surface, history)))
    return made[1]


def numbers(own: Own) -> None:
    """All numbers as files."""
    place = opened("Take the numbers with you", "training_numbers", ":material/download:")
    history = own.running.history
    if place is None or history is None:
        return
    name = f"{own.training.data}-{own.training.model}-{own.training.optimizer}"
    with place, st.container(horizontal=True):
        st.download_button(
            "CSV, a row an epoch", lambda: as_csv(history), f"{name}.csv", "text/csv", key="training_csv",
            on_click="ignore",
        )  # fmt: skip
        held = count(own.training, history.epochs)
        if held > MOST_IN_JSON:
            st.caption(
                f"The JSON, with all batches, would hold {held:,} numbers; here it may hold {MOST_IN_JSON:,}. On the"
                " command line `python -m lrviz train --format json` writes it at any length."
            )
            return
        st.download_button(
            "JSON, all to retrace it", lambda: as_json(history), f"{name}.json", "application/json",
            key="training_json", on_click="ignore",
        )  # fmt: skip


def code(own: Own) -> None:
    """The same training as a program."""
    code_of(own.training)


def code_of(training: Training) -> None:
    """The program of a training."""
    place = opened("Your code", "training_code", ":material/code:")
    if place is None:
        return
    with place:
        missing = fit.missing(training)
        if missing:
            st.info(plain(missing))
            return
        st.markdown(
            f"The same training in {PROGRAMS[training.framework]}. It reads data, first weights and batches from"
            f" `{fit.FILE}`, which is the JSON file above."
        )
        written = fit.write(training)
        st.code(written, language="python", wrap_lines=True)
        st.download_button(
            "Download the program", written, f"training_{training.framework}.py", "text/x-python",
            key="training_program", on_click="ignore",
        )  # fmt: skip
