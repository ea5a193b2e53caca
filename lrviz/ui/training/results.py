"""A training in words: its story, its loss surface, the program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lrviz.codegen import fit
from lrviz.figures.training import surface_figure, surface_words
from lrviz.frameworks import PROGRAMS
from lrviz.knob import BadInput
from lrviz.server import training_queue
from lrviz.training import History, Training, TrainingRace
from lrviz.training.story import Sentence, race_sentence, story_of
from lrviz.training.surface import LossSurface, loss_surface
from lrviz.ui.frame import chart, theme
from lrviz.ui.terms import say, say_below
from lrviz.ui.training.state import TrainingState, current
from lrviz.ui.widgets import opened
from lrviz.ui.words import plain

SURFACE = "training_surface"


def sentences(history: History) -> list[str]:
    """The story in words, for who cannot see the picture."""
    return [f"{history.training.title}.", *(sentence.text for sentence in story_of(history))]


def race_story(race: TrainingRace, histories: Sequence[History], chosen: int = 0) -> list[Sentence]:
    """The story of the chosen one, and of a race which ends lowest."""
    sentences = story_of(histories[chosen])
    most = race_sentence(race.names, histories)
    if most is None:
        return sentences
    return [most, *(sentence._replace(text=f"{race.names[chosen]}: {sentence.text}") for sentence in sentences)]


def story(own: TrainingState) -> None:
    """What happened, in two or three sentences; a click shows the epoch."""
    with st.container(key="story_of_training", horizontal=True, gap="small"):
        if not own.running.done or not all(history.epochs for history in own.histories):
            st.caption("What happened is told when the training has ended.")
            return
        texts = race_story(own.racing, own.histories, own.chosen)
        for place, sentence in enumerate(texts):
            say_sentence(place, sentence)
        say_below(*(sentence.text for sentence in texts))


def say_sentence(place: int, sentence: Sentence) -> None:
    """The place-th of a story; a click shows its epoch."""
    if sentence.epoch is None:
        say(plain(sentence.text))
        return
    st.button(
        plain(sentence.text), key=f"training_story_{place}", type="tertiary", icon=":material/my_location:",
        on_click=_look_at, args=(sentence.epoch,),
    )  # fmt: skip


def _look_at(epoch: int) -> None:
    current().jump(epoch)


def surface(own: TrainingState) -> None:
    """The loss over the plane of the training that is seen, with its path."""
    place = opened("Its loss surface", SURFACE, ":material/landscape:")
    history = own.histories[own.chosen]
    if place is None or not history.epochs or not own.running.done:
        return
    with place:
        try:
            drawn = _surface(history)
        except BadInput as wrong:
            st.info(plain(str(wrong)))
            return
        words = surface_words(drawn)
        whose = f"{own.racing.names[own.chosen]}: " if own.racing.others else ""
        say(plain(f"{whose}{words}"))
        chart(surface_figure(drawn, history, own.epoch, theme()), "training_surface_chart", words)


def _surface(history: History) -> LossSurface:
    """Remembered as long as the visit shows this training."""
    made: tuple[History, LossSurface] | None = st.session_state.get("training_surface_made")
    if made is None or made[0] is not history:
        made = st.session_state.training_surface_made = (history, training_queue.aside(partial(loss_surface, history)))
    return made[1]


def code(own: TrainingState) -> None:
    """The training that is seen as a program."""
    which = "its JSON file" if own.racing.others else "the JSON file"
    code_of(own.racing.trainings[own.chosen], f"which is {which} under *Take it with you*")


def code_of(training: Training, file: str) -> None:
    """The program of a training. file: where the file comes from that it reads."""
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
            f" `{fit.FILE}`, {file}."
        )
        written = fit.write(training)
        st.code(written, language="python", wrap_lines=True)
        st.download_button(
            "Download the program", written, f"training_{training.framework}.py", "text/x-python",
            key="training_program", on_click="ignore",
        )  # fmt: skip
