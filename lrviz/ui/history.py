"""Back and forward. Streamlit says whether a run is one, but forgets it where another message of the page comes before
the link is read (`ScriptRequests`: "a widget interaction that lands while a history rerun is still pending drops the
history bit"; a run that is stopped for the next one takes it along): the stage speaks by itself, when a run has played
to its end, and the visitor's step back was lost. So it is noted where the message arrives, until a page has read it.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

_went: WeakValueDictionary[str, AppSession] = WeakValueDictionary()
"""The sessions whose visitor went through the history since their last run of a whole page began."""
_as_it_comes = AppSession.request_rerun


def _noting(session: AppSession, client_state: ClientState | None) -> None:
    if client_state is not None and client_state.is_history_navigation:
        _went[session.id] = session
    _as_it_comes(session, client_state)


def note_history() -> None:
    """From now on steps through the history are noted; once or more often."""
    AppSession.request_rerun = _noting  # type: ignore[assignment,method-assign]


def begin_history() -> None:
    """A run of a whole page begins: the step is its own, or of the next one if this one is stopped."""
    context = get_script_run_ctx()
    if context is not None and _went.pop(context.session_id, None) is not None:
        st.session_state.went = True


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
    params = st.query_params.to_dict()
    arrived, went = st.session_state.pop("arrived", False), went_through_history()
    reads = known is None or (went and params != known) or (arrived and bool(params))
    if reads and went:
        st.query_params.from_dict(params)  # what was written while the visitor left may have come after the step
    return Arrival(params, arrived, reads)


def went_through_history() -> bool:
    """Has the visitor gone back or forward to this address since a page last asked?"""
    return bool(st.session_state.pop("went", False))
