"""Where the numbers come from: a prepared history, a text that is pasted, a file that is dropped."""

from __future__ import annotations

from collections import Counter

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.analysis.sentences import counted
from lrviz.replay.from_text import OneOrTwo
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import MOST_BYTES
from lrviz.replay.settings import LONGEST
from lrviz.ui.replay.state import ReplayState, current
from lrviz.ui.terms import note
from lrviz.ui.words import plain

MOST_PASTED, MOST_SENT = 200_000, 900_000
"""Characters that are read, for a browser sends them with each click; and that a field takes at all, to say so: a
message of a megabyte would end the visit (server.maxWidgetStateSize)."""
OWN = "own"
PAIR = {",": "one number", ".": "two numbers"}
LOG_FILES = ["csv", "json", "txt", "tsv", "log"]


def bring_numbers(own: ReplayState) -> None:
    """One row: prepared, pasted, dropped; below it what is to be chosen, and what is wrong."""
    with st.container(key="numbers"):
        prepared, pasted, dropped = st.columns([4, 5, 4], gap="medium")
        with prepared:
            _prepared(own)
        with pasted:
            _pasted(own)
        with dropped:
            _dropped()
    with st.container():  # there without them too: the player below would else be mounted anew as they come and go
        _choose(own)
        if "source" in own.wrong:
            st.error(plain(own.wrong["source"]))
        for text in own.shown.history.notes:
            note(plain(text))
        if not own.shown.is_whole:
            count = len(own.shown.history)
            note(f"The link holds the settings alone: of {count} values it has no room for more than {LONGEST}.")


def _prepared(own: ReplayState) -> None:
    now = own.shown.prepared or OWN
    names = {key: row.label for key, row in PREPARED.items()} | ({OWN: "Your own numbers"} if now == OWN else {})
    key = own.keys.key("replay_prepared", now)
    st.selectbox(
        "A prepared history", list(names), list(names).index(now), format_func=lambda one: names.get(one, one), key=key,
        on_change=_take_prepared, args=(key,),
    )  # fmt: skip
    note(plain(PREPARED[now].what if now in PREPARED else _of(own)))


def _of(own: ReplayState) -> str:
    """What is replayed, in few words."""
    history = own.shown.history
    rates = " with the rates that the file has" if history.rates is not None else ""
    named = f"{own.name}: " if own.name else ""
    return f"{named}{counted(len(history), 'value')} of {history.monitor}{rates}."


def _take_prepared(key: str) -> None:
    own = current()
    chosen = own.given(key)
    if chosen in PREPARED:
        own.prepare(chosen)


def _pasted(own: ReplayState) -> None:
    key = own.keys.key("replay_pasted", own.pasted)
    st.text_area(
        "Or paste your losses", own.pasted, height=68, max_chars=MOST_SENT, key=key, on_change=_take_pasted,
        args=(key,), placeholder="0.52 0.48 0.47 …, a CSV or JSON log",
        help="Numbers with spaces, commas or lines between them, or a log as Keras, Lightning, Hugging Face,"
        " TensorBoard or Weights & Biases write it. Nothing is stored.",
    )  # fmt: skip


def _take_pasted(key: str) -> None:
    own = current()
    text = own.given(key)
    if not isinstance(text, str) or not text.strip():
        return
    if len(text) > MOST_PASTED:
        own.wrong["source"] = f"This has {len(text)} characters, but at most {MOST_PASTED} are pasted; drop a file."
        return
    own.bring(text)


def _dropped() -> None:
    own = current()
    key = own.keys.key("replay_file", None)
    st.file_uploader(
        "Or drop a file", LOG_FILES, key=key, max_upload_size=MOST_BYTES // 1_000_000, on_change=_take_file,
        args=(key,),
    )  # fmt: skip


def _take_file(key: str) -> None:
    """The file is read and forgotten: the next run draws an empty field."""
    own, context = current(), get_script_run_ctx()
    file = own.given(key)
    if file is None:
        return
    own.bring(file.getvalue(), file.name[:100])
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def _choose(own: ReplayState) -> None:
    """Which column, where there are several; what a comma means, where it may be both."""
    question = own.question
    if isinstance(question, OneOrTwo):
        key = own.keys.key("replay_decimal", None)
        st.segmented_control(
            f"{plain(question.pair)} can be one number or two. It is", list(PAIR),
            format_func=lambda one: PAIR.get(one, one), key=key, on_change=_take_decimal, args=(key,),
        )  # fmt: skip
        return
    columns = own.columns
    if len(columns) > 1:
        named = Counter(columns)
        means = [name if named[name] == 1 else str(place) for place, name in enumerate(columns, start=1)]
        monitor = own.shown.history.monitor
        now = own.column or (monitor if not question and monitor in columns else None)
        key = own.keys.key("replay_column", now)
        place = means.index(now) if now in means else None
        st.selectbox(
            "Which column is monitored?", means, place, format_func=lambda one: _column(one, means, columns), key=key,
            on_change=_take_column, args=(key,), placeholder="Choose a column",
        )  # fmt: skip


def _column(one: str, means: list[str], columns: tuple[str, ...]) -> str:
    return columns[means.index(one)] if one in means else one


def _take_decimal(key: str) -> None:
    own = current()
    chosen = own.given(key)
    if chosen in PAIR:
        own.decimal = chosen
        own.read()


def _take_column(key: str) -> None:
    own = current()
    chosen = own.given(key)
    if isinstance(chosen, str):
        own.column = chosen
        own.read()
