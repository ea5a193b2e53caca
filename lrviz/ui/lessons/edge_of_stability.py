"""The edge of stability: a rate of one's own with the height that one expects, the story, and many rates."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lrviz.analysis.sentences import sentences
from lrviz.analysis.sharpening import Stretch
from lrviz.figures.lessons.edge_of_stability import rates_figure
from lrviz.knob import BadInput, Knob, digits
from lrviz.lessons import edge_of_stability as lesson
from lrviz.lessons.edge_of_stability import RATES, Measured
from lrviz.server import training_queue
from lrviz.training import Training
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lesson import Page, computed, current, first_predict
from lrviz.ui.terms import say, say_below
from lrviz.ui.training.lesson import TrialLab
from lrviz.ui.training.results import say_sentence
from lrviz.ui.widgets import draw_knob, face_value, opened
from lrviz.ui.words import marked, plain

YOURS = {
    row.key: row
    for row in (
        Knob("rate", "Your rate α", 0.05, 0.5, 0.25, "log"),
        Knob("height", "The sharpness you expect", 1, 100, 10, "log"),
    )
}
EXPECTED = "edge_expected"
"""In the session: the training that was asked for, and the height that was expected."""


def _chosen() -> dict[str, Any]:
    """What the visitor has set: a key of `YOURS` -> its value."""
    return st.session_state.setdefault("edge_chosen", {row.key: row.default for row in YOURS.values()})


def your_rate(page: Page[Any]) -> None:
    """A rate, the height that one expects, and then the training."""
    lab = page.lab
    if first_predict(page) or page.lesson.lacks(lab.race):
        return
    say("**Your turn.** Set a rate, and the height at which you expect the sharpness. Then train.")
    for row in YOURS.values():
        shown = _chosen()[row.key]
        key = lab.key(f"edge_{row.key}", face_value(row, shown))
        draw_knob(row, shown, key, on_change=_set, args=(row.key, key))
    st.button("Train it", key="edge_train", type="primary", on_click=_train)
    training, height = st.session_state.get(EXPECTED, (None, 0.0))
    if training == lab.race.first:
        say(plain(_compared(_parts(training)[-1], height)))


def _set(knob: str, key: str) -> None:
    value = current().given(key)
    if value is None:
        return
    try:
        _chosen()[knob] = YOURS[knob].check(value)
    except BadInput:
        return


def _train() -> None:
    lab: TrialLab = st.session_state.lab
    chosen = _chosen()
    training = lab.race.first.having(alpha=chosen["rate"])
    st.session_state[EXPECTED] = (training, chosen["height"])
    lab.take(lab.race.leading(training))
    lab.shows += 1
    lab.redraw.stage_first()


def _compared(last: Stretch, height: float) -> str:
    if last.where == "gone":
        return f"You expected {digits(height)}. It flies off: this rate is too large."
    return (
        f"You expected {digits(height)}. Over the last {last.counted} epochs the sharpness is {digits(last.height)} in"
        f" the mean; the edge is at {digits(last.edge)}."
    )


def _parts(training: Training) -> list[Stretch]:
    return training_queue.aside(partial(lesson.parts, training))


def where_the_sharpness_went(page: Page[Any]) -> None:
    """The training on the stage in words, and trainings with many rates: one at a time."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    with run_text():
        words, rates = st.tabs(["In words", "Many rates"])
        with words, st.container(key="story", gap="small"):
            story = computed(lesson.story, page.lab.race.first)
            for place, sentence in enumerate(story):
                say_sentence(place, sentence)
            say_below(*(sentence.text for sentence in story))
        with rates:
            _many_rates(page.lab)


def _many_rates(lab: TrialLab) -> None:
    say(f"The network of this lesson, trained with {len(RATES)} rates: where does the sharpness end?")
    place = opened(f"Train with {len(RATES)} rates", key="edge_rates")
    if place is None:
        return
    with place:
        found = _measured()
        (sentence,) = sentences([lesson.judged(found)])
        chart(rates_figure(found, _parts(lab.race.first)[-1], theme()), "rates_chart", sentence)
        say(marked(sentence))


def _measured() -> Measured:
    """One training after the other, each made once for all visitors, so that nobody else waits for all of them."""
    done, rows = st.progress(0.0), []
    for place, rate in enumerate(RATES, start=1):
        rows.append(training_queue.aside(partial(lesson.at_rate, rate)))
        done.progress(place / len(RATES), f"{place} of {len(RATES)}")
    done.empty()
    return lesson.measured(rows)
