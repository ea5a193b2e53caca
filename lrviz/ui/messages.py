"""What a message of the browser asks for, where Streamlit's answer would lose what a visitor did.

The browser sends what changed in one moment as one message, and asks for the one fragment that any of it belongs to: a
click beside the stage, in the moment in which the stage speaks by itself, ran its callback, and nothing of the page was
drawn anew (`WidgetStateManager.scheduleFlush`; a known limit, streamlit/streamlit#12747). Such a message is one for the
whole page. A message that arrives while the callbacks of the one before run ended them wherever they looked at
``st.session_state``, and what they were about to do was not done: they run to their end now, and the next message's run
begins after them. A step through the history is noted (`history`).
"""

from __future__ import annotations

from contextlib import nullcontext
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequest, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates

from lrviz.ui.history import note_step, own_session

_as_it_comes = AppSession.request_rerun
_at_once = ScriptRequests.on_scriptrunner_yield
_run_callbacks = SessionState.on_script_will_rerun

_said: WeakKeyDictionary[AppSession, dict[str, WidgetState]] = WeakKeyDictionary()
"""The values of the last message of a browser: a callback may not have taken them yet. A click is not kept."""

_callbacks: WeakKeyDictionary[AppSession, Lock] = WeakKeyDictionary()
"""Held while those of a message run."""


def _read(session: AppSession, client_state: ClientState | None) -> None:
    if client_state is not None:
        _callbacks.setdefault(session, Lock())
        note_step(session, client_state)
        if client_state.fragment_id and _brings_more(session, client_state):
            client_state.fragment_id = ""
        states = client_state.widget_states.widgets
        _said[session] = {state.id: state for state in states if "trigger" not in (state.WhichOneof("value") or "")}
    _as_it_comes(session, client_state)


def _after_callbacks(requests: ScriptRequests) -> ScriptRequest | None:
    """Is there a request that ends the run under way?"""
    return None if ThreadState.get().run_location is RunLocation.CALLBACK else _at_once(requests)


def _one_after_the_other(state: SessionState, *values: Any, **more: Any) -> None:
    """The callbacks of a message, in the thread of its run: the one before may still be in another."""
    session = own_session(_callbacks)
    with nullcontext() if session is None else _callbacks[session]:
        _run_callbacks(state, *values, **more)


def _brings_more(session: AppSession, client_state: ClientState) -> bool:
    """Is there a click or another value of a widget that the fragment does not draw? A browser says all its values.

    They are compared as Streamlit does it before callbacks (``SessionState._widget_changed``), with what is held now.
    """
    said = _said.get(session, {})
    now, before = session.session_state._new_widget_state, session.session_state._old_state
    beside = {
        state.id: (Serialized(state), row)
        for state in client_state.widget_states.widgets
        if state != said.get(state.id)
        and (row := now.widget_metadata.get(state.id))
        and row.fragment_id != client_state.fragment_id
    }
    sent = WStates({one: state for one, (state, _) in beside.items()}, {one: row for one, (_, row) in beside.items()})
    return any(sent[one] != now.get(one, before.get(one, sent[one])) for one in beside)


def read_messages() -> None:
    """From now on; once or more often."""
    AppSession.request_rerun = _read  # type: ignore[assignment,method-assign]
    ScriptRequests.on_scriptrunner_yield = _after_callbacks  # type: ignore[assignment,method-assign]
    SessionState.on_script_will_rerun = _one_after_the_other  # type: ignore[assignment,method-assign]
