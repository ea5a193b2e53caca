"""What a message of the browser asks for, where Streamlit's answer would lose what a visitor did, and what is drawn.

The browser sends what changed in one moment as one message, and asks for the one fragment that any of it belongs to: a
click beside the stage, in the moment in which the stage speaks by itself, ran its callback, and nothing of the page was
drawn anew (`WidgetStateManager.scheduleFlush`; a known limit, streamlit/streamlit#12747). Such a message is one for the
whole page. A message that arrives while the callbacks of the one before run ended them wherever they looked at
``st.session_state``, and what they were about to do was not done: they run to their end now, and the next message's run
begins after them. A step through the history is noted (`history`).

What a run draws is a queue of messages to the browser. Where a fragment's run began while a whole page that had ended
was still in it, Streamlit took the page's drawing of that fragment out again, and kept the sentence that all is drawn:
the browser took the fragment away, and mounted what stands below it anew. Then all of it is sent.
"""

from __future__ import annotations

from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequest, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
from streamlit.runtime.state.session_state import Serialized, WStates

from lrviz.ui.history import note_step, session_of

_as_it_comes = AppSession.request_rerun
_at_once = ScriptRequests.on_scriptrunner_yield
_made = ScriptRunner.__init__
_clear = ForwardMsgQueue.clear

_said: WeakKeyDictionary[AppSession, dict[str, WidgetState]] = WeakKeyDictionary()
"""The values of the last message of a browser: a callback may not have taken them yet. A click is not kept."""

_locks: WeakKeyDictionary[AppSession, Any] = WeakKeyDictionary()
"""Held while the state of a visit is read or changed, by callbacks all the time that they run."""


def _read(session: AppSession, client_state: ClientState | None) -> None:
    _locks.setdefault(session, RLock())
    if client_state is not None:
        note_step(session, client_state)
        if client_state.fragment_id and _brings_more(session, client_state):
            client_state.fragment_id = ""
        states = client_state.widget_states.widgets
        _said[session] = {state.id: state for state in states if "trigger" not in (state.WhichOneof("value") or "")}
    _as_it_comes(session, client_state)


def _after_callbacks(requests: ScriptRequests) -> ScriptRequest | None:
    """Is there a request that ends the run under way?"""
    return None if ThreadState.get().run_location is RunLocation.CALLBACK else _at_once(requests)


def _with_one_lock(runner: ScriptRunner, session_id: str, *rest: Any, **more: Any) -> None:
    """The run of a message begins in a new thread while the one before it ends; Streamlit's lock is a thread's own."""
    _made(runner, session_id, *rest, **more)
    session = session_of(session_id, _locks)
    if session:
        object.__setattr__(runner._session_state, "_lock", _locks[session])


def _unless_the_page_is_drawn(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """A run begins, for these fragments or for the whole page: what it draws anew need not be sent any more."""
    if fragment_ids_this_run and any(
        message.WhichOneof("type") == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        for message in queue._queue
    ):
        queue._delta_index_map = {}  # what is drawn from here on follows it
    else:
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)


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
    ScriptRunner.__init__ = _with_one_lock  # type: ignore[assignment,method-assign]
    ForwardMsgQueue.clear = _unless_the_page_is_drawn  # type: ignore[assignment,method-assign]
