"""Back and forward. Streamlit says whether a run is one, but forgets it where another message of the page comes before
the link is read (`ScriptRequests`: "a widget interaction that lands while a history rerun is still pending drops the
history bit"; a run that is stopped for the next one takes it along): the stage speaks by itself, when a run has played
to its end, and the visitor's step back was lost. So it is noted where the message arrives, until a page has read it;
and with the address that it led to: what the page wrote just before comes to the browser after the step, puts the old
address back, and the browser's next message says that one.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.query_params import EMBED_QUERY_PARAMS_KEYS

_went: WeakKeyDictionary[AppSession, tuple[str, str]] = WeakKeyDictionary()
"""Whose visitor went through the history since the last run of a whole page began: to which page, and which query."""


def note_step(session: AppSession, client_state: ClientState) -> None:
    """A message of this session has arrived: if it is a step through the history, that is kept."""
    if client_state.is_history_navigation:
        _went[session] = client_state.page_script_hash, client_state.query_string


def session_of(session_id: str, among: WeakKeyDictionary[AppSession, Any]) -> AppSession | None:
    """The one with this id, if it is one of these."""
    sessions = [kept() for kept in among.keyrefs()]
    return next((one for one in sessions if one and one.id == session_id), None)


def begin_history() -> None:
    """A run of a whole page begins: the step is its own, or of the next one if this one is stopped."""
    context = get_script_run_ctx()
    session = session_of(context.session_id, _went) if context else None
    if session is not None and context is not None:
        page, query = _went.pop(session)
        if page in ("", context.page_script_hash):  # else the query is none of this page
            st.session_state.went = query


class Arrival(NamedTuple):
    """How a run finds a page. params: its address. arrived: does the visitor come from another page. reads: is the
    page's state read from the address."""

    params: dict[str, str]
    arrived: bool
    reads: bool


def arrival(known: dict[str, str] | None) -> Arrival:
    """Once a run of a page. known: the address that its state last saw or wrote, None where it has no state yet.

    A link is read when the visitor comes with it, or goes back or forward to it; a page that is come back to without
    one is as it was left.
    """
    arrived, query = st.session_state.get("arrived", False), st.session_state.get("went")
    went = query is not None
    params = st.query_params.to_dict() if query is None else _params(query)
    reads = known is None or (went and params != known) or (arrived and bool(params))
    if reads and went:
        st.query_params.from_dict(params)  # what was written while the visitor left may have come after the step
    st.session_state.pop("arrived", None)  # now: a run may be stopped where it writes, and the next one reads
    went_through_history()
    return Arrival(params, arrived, reads)


def _params(query: str) -> dict[str, str]:
    """Of a query, as ``st.query_params`` has them."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return {key: value for key, value in pairs if key.lower() not in EMBED_QUERY_PARAMS_KEYS}


def went_through_history() -> None:
    """A step back or forward has been read, or leads to a page that has no link to read."""
    st.session_state.pop("went", None)
