"""What every lesson is made of: the stage, and beside it the steps: prediction, presets, story, reasons, check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz.lessons import LESSONS, STEPS, Lesson
from lrviz.lessons.lesson import Preset, Shown
from lrviz.server.training_queue import aside
from lrviz.training import Training, Trial
from lrviz.ui.code import your_code
from lrviz.ui.lab import Lab, open_lab
from lrviz.ui.pages import CLOSING, GLOSSARY, PLAYGROUND, TRAINING, lesson_page
from lrviz.ui.panel import notes
from lrviz.ui.player import player
from lrviz.ui.progress import store, stored
from lrviz.ui.record import CheckForm, Predicted, Record, made, record_of, restore
from lrviz.ui.share import copy_button
from lrviz.ui.terms import explained, note, open_terms, say, say_below
from lrviz.ui.training.lesson import TrialLab, open_trial, trial_player
from lrviz.ui.training.results import code_of
from lrviz.ui.walk import walk
from lrviz.ui.words import plain

T = TypeVar("T")
L = TypeVar("L", Lab, TrialLab)
"""The state of a lesson's page, as its stage plays runs over a map or a training."""


@dataclass(frozen=True)
class Page(Generic[L]):
    """A lesson on its page: its row, the state, what the visitor has done in it, and the places of the page. case: the
    one on the stage."""

    lesson: Lesson[Any]
    lab: L
    record: Record
    picture: DeltaGenerator
    bar: DeltaGenerator
    steps: Mapping[str, DeltaGenerator]

    @property
    def case(self) -> str:
        return self.lesson.case(self.lab.race.first)

    @property
    def predicted(self) -> Predicted | None:
        """What was predicted of this case."""
        return self.record.predicted.get(self.case)

    @property
    def seen(self) -> bool:
        """May the run be seen? Not before the prediction, but where there is nothing to predict."""
        return self.predicted is not None or bool(self.lesson.lacks(self.lab.race))

    def step(self, key: str) -> DeltaGenerator:
        """The place of this step."""
        return self.steps[key]


def current() -> Lab | TrialLab:
    """For callbacks: the state that the session has now."""
    return st.session_state.lab


def _computed(compute: Callable[[Any], T], first: Any) -> T:
    """What a lesson asks of this; of a training by a thread that keeps no other visitor waiting."""
    return aside(partial(compute, first)) if isinstance(first, Training) else compute(first)


def computed(compute: Callable[[Any], T], first: Any) -> T:
    """The same, with a sign while trainings are made for it."""
    if not isinstance(first, Training):
        return compute(first)
    with st.spinner("The trainings for this are made now. It takes some seconds."):
        return _computed(compute, first)


def open_lesson(key: str) -> Page[Any]:
    """The lesson's question as the title, its state, and the places: the stage, and the steps beside it."""
    lesson, place = LESSONS[key], list(LESSONS).index(key) + 1
    with st.container(key="title_row", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(lesson.question, anchor=False, width="content")
        st.caption(f"Lesson {place} of {len(LESSONS)}", width="content")
    lab = open_trial(lesson.race) if isinstance(lesson.race, Trial) else open_lab(lesson.race)
    record = record_of(lesson)
    restore(lesson, record, stored(key))
    open_terms()
    with st.container(key="lesson", horizontal=True, gap="medium"):
        picture = st.container(key="picture_of_lesson")
        with st.container(key="walk"):
            bar = st.container(key="walk_bar")
            steps = {step: st.container(key=f"step_{step}") for step in STEPS}
    return Page(lesson, lab, record, picture, bar, steps)


def show_stage(page: Page[Any], **how: Any) -> None:
    """The stage with the sliders of the lesson, and, over the steps, their bar and the case. how: of `player`, where it
    plays runs. A training that is none of the lesson's is not shown: it may be a long one."""
    lab, live = page.lab, page.lesson.live
    with page.picture:
        if isinstance(lab, TrialLab):
            trial_player(lab, live, veiled=page.predicted is None or bool(page.lesson.lacks(lab.race)))
        else:
            player(lab, live=live, veiled=not page.seen, **how)
    with page.bar:
        walk(lab)
        _lacks(page)
        _cases(page)


def _lacks(page: Page[Any]) -> None:
    why = page.lesson.lacks(page.lab.race)
    if why:
        st.warning(plain(why))
        st.button("Back to the lesson's own run", key=f"own_{page.lesson.key}", on_click=_own_run)


def _own_run() -> None:
    lab = current()
    _shown(lab, LESSONS[lab.page].race)


def _shown(lab: Lab | TrialLab, race: Any) -> None:
    """A callback of a step ends with this: the stage shows this, and is in sight."""
    lab.take(race)
    lab.shows += 1
    lab.notices = []
    lesson = LESSONS[lab.page]
    if lesson.case(race.first) not in record_of(lesson).predicted and not lesson.lacks(race):
        lab.open_step("predict")
    lab.redraw.stage_first()


# Cases ----------------------------------------------------------------------------------------------------------------


def _cases(page: Page[Any]) -> None:
    cases = page.lesson.cases
    if len(cases) < 2:
        return
    found = page.lesson.case_of(page.lab.race.first)
    own = found if found in cases else None
    key = page.lab.key("case", own)
    st.segmented_control(
        "Case", list(cases), format_func=lambda case: cases[case].label, default=own, required=True, key=key,
        on_change=_case_chosen, args=(key,), label_visibility="collapsed",
    )  # fmt: skip
    if own and cases[own].what:
        note(plain(cases[own].what))


def _case_chosen(key: str) -> None:
    lab = current()
    lesson = LESSONS[lab.page]
    case = lab.given(key, lesson.cases)
    if case is not None:
        _shown(lab, lesson.carried(lab.race, lesson.case_race(case)))


# Predict --------------------------------------------------------------------------------------------------------------


def predict(page: Page[Any]) -> None:
    """The question that is asked before the run may be seen: one click. Each case has its own.

    It is graded from the run on the page at the moment of the click; what was predicted, of which run, and what came
    out stay in sight. The choices stay where they are.
    """
    lesson, predicted = page.lesson, page.predicted
    if predicted is None and lesson.lacks(page.lab.race):
        return
    question = predicted.question if predicted else computed(lesson.prediction, page.lab.race.first)
    with st.container(key="prediction", gap="small"):
        say(plain(question.text or lesson.predict))
        note(_about(predicted.race if predicted else page.lab.race))
        if predicted is None:
            for i, choice in enumerate(question.choices):
                st.button(
                    choice, key=f"predict_{lesson.key}_{i}", width="stretch", on_click=_predict, args=(page.case, i)
                )
            say_below(*question.choices)
            return
        for i, choice in enumerate(predicted.question.choices):
            wrong = ":material/close:" if i == predicted.choice else None
            icon = ":material/check:" if i == predicted.question.right else wrong
            st.button(choice, key=f"predicted_{i}", width="stretch", icon=icon, disabled=True)
        say_below(*predicted.question.choices)
        with st.container(key="result"):
            say(_result(predicted))
        st.button("Predict again", key=f"again_{lesson.key}", type="tertiary", on_click=_again, args=(page.case,))


def _about(race: Shown) -> str:
    """Of which run: its map, its rate and its noise; or of which training."""
    if isinstance(race, Trial):
        return plain(f"{race.title}.")
    first = race.first
    noise = f", noise {first.knob('noise').text(first.noise)}" if first.noise else ""
    return plain(f"{race.title}{noise}.")


def _result(predicted: Predicted) -> str:
    good = predicted.choice == predicted.question.right
    chosen, right = (plain(predicted.question.choices[i]) for i in (predicted.choice, predicted.question.right))
    result = f"You predicted (right): *{chosen}*." if good else f"You predicted: *{chosen}*. It is: **{right}**."
    return f"{':material/check_circle:' if good else ':material/cancel:'} {result} {plain(predicted.question.because)}"


def _predict(case: str, choice: int) -> None:
    lab = current()
    lesson = LESSONS[lab.page]
    question = _computed(lesson.prediction, lab.race.first)
    record = record_of(lesson)
    if lesson.case(lab.race.first) != case or choice >= len(question.choices):
        return
    record.predicted[case] = Predicted(lab.race, choice, question)
    record.touched = True
    lab.results += 1


def _again(case: str) -> None:
    lab = current()
    record = record_of(LESSONS[lab.page])
    record.predicted.pop(case, None)
    record.touched = True


# Try ------------------------------------------------------------------------------------------------------------------

PRESET = 150
"""Pixels of a preset's button; beside it stands what is seen."""


def presets(page: Page[Any]) -> None:
    """One click each: settings of this case, what is then seen, and what to look for."""
    rows = page.lesson.cases[page.case].presets
    for i, row in enumerate(rows):
        with st.container(key=f"preset_{i}", horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                row.label, key=f"preset_{page.lesson.key}_{i}", icon=":material/play_arrow:", width=PRESET,
                on_click=_preset, args=(page.case, row),
            )  # fmt: skip
            note(plain(f"{row.see} {row.look}".strip()), width="stretch")


def _preset(case: str, row: Preset) -> None:
    lab = current()
    lesson = LESSONS[lab.page]
    _shown(lab, lesson.carried(lab.race, lesson.preset_race(case, row)))


def first_predict(page: Page[Any]) -> bool:
    """Before the prediction a step that tells of the run says so instead. Is there nothing to tell?"""
    if page.seen:
        return False
    st.markdown("The run is hidden until you have predicted it.")
    return True


# Check ----------------------------------------------------------------------------------------------------------------


def check(page: Page[Any]) -> None:
    """Three questions about the run that was on the stage when this step was opened, graded by running them. All right:
    the lesson is done."""
    form = _form(page)
    if form is None:
        return
    note(f"About this run: {_about(form.race)}")
    if form.sent:
        _graded(page, form)
        return
    for i, question in enumerate(form.questions):
        key = f"check_{page.lesson.key}_{i}_{page.record.check_number}"
        st.radio(
            explained(f"{i + 1}. {question.text}"), range(len(question.choices)), index=form.given[i],
            format_func=question.choices.__getitem__, key=key, on_change=_answered, args=(i, key),
        )  # fmt: skip
    say_below(*(choice for question in form.questions for choice in question.choices))
    with st.container(key="checking", horizontal=True, vertical_alignment="center"):
        st.button("Check", key=f"send_{page.lesson.key}", type="primary", on_click=_send)
        _tries(form)
    if form.incomplete:
        st.warning("Choose an answer to each of the three questions first.")


def _form(page: Page[Any]) -> CheckForm | None:
    """The questions: those that are open already, else of the run of the moment."""
    record, race = page.record, page.lab.race
    if record.check is None or not (record.check.fixed or record.check.race == race):
        questions = (
            None if page.lesson.lacks(race) else made(lambda: list(computed(page.lesson.check, page.lab.race.first)))
        )
        before, record.check = record.check, CheckForm(race, questions) if questions else None
        # Over a network those that are there are answered before these come: what reads the same stays chosen.
        if not (before and record.check and record.check.reads_as(before)):
            record.check_number += 1
    if record.check is not None:
        record.check.fixed |= page.lab.step == "check"
    return record.check


def _tries(form: CheckForm) -> None:
    """The runs that the questions are about, on the stage: the questions stay."""
    with st.container(horizontal=True, key="tries", vertical_alignment="center", gap="small"):
        st.caption("Try it out:", width="content")
        for i, question in enumerate(form.questions):
            run = question.tries or form.race.first
            there = form.race.leading(run)  # type: ignore[arg-type]  # of the same kind
            st.button(f"Run {i + 1}", key=f"try_{i}", type="tertiary", on_click=_try, args=(there,))


def _try(race: Any) -> None:
    lab = current()
    lab.take(race)
    lab.shows += 1
    lab.redraw.stage_first()


def _answered(place: int, key: str) -> None:
    record = record_of(LESSONS[current().page])
    choice = st.session_state.get(key)
    if record.check is not None and choice in (None, *range(len(record.check.questions[place].choices))):
        record.check.given[place] = choice
        record.check.fixed = record.touched = True


def _send() -> None:
    record = record_of(LESSONS[current().page])
    if record.check is not None:
        record.check.incomplete = None in record.check.given
        record.check.sent = not record.check.incomplete
        record.check.fixed = record.touched = True


def _graded(page: Page, form: CheckForm) -> None:
    for i, (choice, question) in enumerate(zip(form.given, form.questions, strict=True), start=1):
        good, answer = choice == question.right, plain(question.choices[question.right])
        chosen = "" if choice is None else f"You chose: *{plain(question.choices[choice])}*. "
        result = f"Right: {answer}." if good else f"{chosen}Not quite. The answer is: **{answer}**."
        (st.success if good else st.error)(explained(f"{i}. {plain(question.text)} {result} {plain(question.because)}"))
    _tries(form)
    if _all_right(form):
        st.markdown("**All three are right: this lesson is done.** The mark is kept in this browser only.")
    else:
        st.button("Answer again", key=f"retry_{page.lesson.key}", on_click=_retry)
    if form.race != page.lab.race:
        st.button("Ask about the run on the stage", key=f"renew_{page.lesson.key}", on_click=_renew)


def _all_right(form: CheckForm | None) -> bool:
    return form is not None and form.sent and form.given == [question.right for question in form.questions]


def _retry() -> None:
    record = record_of(LESSONS[current().page])
    if record.check is not None:
        record.check.sent = False
        record.check.given = [None] * len(record.check.questions)
        record.check_number += 1
        record.touched = True


def _renew() -> None:
    record = record_of(LESSONS[current().page])
    record.check = None
    record.touched = True


# The way on -----------------------------------------------------------------------------------------------------------


def onward(page: Page[Any]) -> None:
    """What the run's schedule class cannot do, the run as code, the link, the playground or the page of trainings with
    exactly this state, the glossary, and the next lesson; what was done is kept by the browser."""
    lab, key = page.lab, page.lesson.key
    trial = lab.race if isinstance(lab, TrialLab) else None
    with st.container(key="onward", horizontal=True, vertical_alignment="center"):
        copy_button("Copy link", key="copy_link")
        where, name = (TRAINING, "Train a model") if trial else (PLAYGROUND, "the playground")
        st.page_link(where, label=f"Open this in {name}", icon=":material/tune:", query_params=lab.race.to_params())
        st.page_link(GLOSSARY, label="Glossary", icon=":material/menu_book:")
        keys = list(LESSONS)
        place = keys.index(key) + 1
        if place < len(keys):
            following = LESSONS[keys[place]]
            st.page_link(
                lesson_page(following.key), label=f"Next: {following.question}", icon=":material/arrow_forward:"
            )
        else:
            st.page_link(CLOSING, label="Next: all questions, all answers", icon=":material/arrow_forward:")
    for remark in [plain(remark) for remark in trial.first.notes] if trial else notes(lab.race):
        st.caption(remark)
    if trial is None:
        your_code(lab.scenario)
    else:
        code_of(trial.first, "that the page Train a model makes")
    store(key, page.record.text() if page.record.touched else None, _all_right(page.record.check))
