"""Over a real websocket: a click that comes in one message with what the stage says is a click on the page. A callback
runs to its end. What a page has drawn is sent whole."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from lrviz.ui import messages
from tests.browser.conftest import served
from tests.sessions import Session


@pytest.fixture(scope="module")
def server():
    with served() as url:
        yield url


def with_the_stage(session: Session, key: str, **value: object) -> None:
    """This widget has this value, and in the same moment the stage speaks: one message, for the stage's fragment."""
    stage, state = session.stage_state({"idle": {"seq": 9}})
    session.states[stage] = WidgetState(id=stage, json_value=state)
    session.send(session.changed(session.find(key) or "", value), session.fragment(stage))


def test_a_click(server):
    with Session(server, patience=30).open("how_long") as session:
        with_the_stage(session, "predict_how_long_2", trigger_value=True)
        assert session.find("again_how_long"), "the page still asks"


def test_a_value(server):
    with Session(server, patience=30).open("replay", "prepared=noisy") as session:
        with_the_stage(session, "replay_prepared", string_value="Flat")
        assert session.query.endswith("prepared=flat"), "the page is still about another history"


SLOW = """
import time
import streamlit as st
from lrviz.ui.messages import read_messages

read_messages()

def take():
    time.sleep(0.5)
    st.session_state.taken = st.session_state.knob

st.text_input("Knob", key="knob", on_change=take)
st.markdown(f"taken: {st.session_state.get('taken')}")
"""


def test_a_callback_runs_to_its_end_though_the_next_message_has_come(tmp_path):
    """To which the value that it was about to take is no news any more."""
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    with served(str(script)) as url, Session(url, patience=30).open() as session:
        session.post(session.changed(session.find("knob") or "", {"string_value": "5"}))
        time.sleep(0.2)
        session.post()
        while "taken: 5" not in session.texts:
            session.wait()


class Alone:
    """A session with one text field on the page, which has this value."""

    id = "visit"

    def __init__(self, value: str):
        self.session_state = SessionState()
        row = WidgetMetadata("field", lambda sent: sent or "", str, "string_value")
        self.session_state._set_widget_metadata(row)
        self.session_state._new_widget_state.set_from_value("field", value)


def test_what_the_last_message_said_is_no_news(monkeypatch):
    """Its callback may not have run yet: a part that speaks right after a move still draws nothing but itself."""
    asked = []
    monkeypatch.setattr(messages, "_as_it_comes", lambda _, client_state: asked.append(client_state.fragment_id))
    session = Alone("a")
    for fragment, value in [("", "b"), ("part", "b"), ("part", "c"), ("part", "c"), ("part", "a")]:
        said = ClientState(fragment_id=fragment)
        said.widget_states.widgets.append(WidgetState(id="field", string_value=value))
        messages._read(session, said)
    assert asked == ["", "part", "", "part", "part"]


def test_one_run_at_a_time_has_the_state_of_a_visit(monkeypatch):
    """The next one begins while the last one ends, and takes out of the state what it did not draw."""
    state = SessionState()
    visit = Alone("")
    runs = [SimpleNamespace(_session_state=SafeSessionState(state, lambda: None)) for _ in range(2)]
    monkeypatch.setattr(messages, "_as_it_comes", lambda *_: None)
    monkeypatch.setattr(messages, "_made", lambda *_: None)
    messages._read(visit, None)
    for run in runs:
        messages._with_one_lock(run, "visit")

    taken = []
    with runs[0]._session_state._lock:
        reader = threading.Thread(target=lambda: taken.append("knob" in runs[1]._session_state))
        reader.start()
        reader.join(0.2)
        assert not taken
    reader.join()
    assert taken == [False]


def drawn(*fragments: str) -> ForwardMsgQueue:
    """What is still to be sent of a run that drew one element in each of these fragments; "" is none."""
    messages.read_messages()
    queue = ForwardMsgQueue()
    for place, fragment in enumerate(fragments):
        message = ForwardMsg()
        message.metadata.delta_path.append(place)
        message.delta.fragment_id = fragment
        message.delta.new_element.markdown.body = "drawn"
        queue.enqueue(message)
    return queue


def ended(queue: ForwardMsgQueue, how: ForwardMsg.ScriptFinishedStatus.ValueType) -> ForwardMsgQueue:
    queue.enqueue(ForwardMsg(script_finished=how))
    return queue


@pytest.mark.parametrize(
    ("queue", "left"),
    [
        (lambda: ended(drawn("", "stage"), ForwardMsg.FINISHED_SUCCESSFULLY), ["", "stage", "all"]),
        (lambda: drawn("", "stage"), [""]),
        (lambda: ended(drawn("stage"), ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY), ["cut short"]),
    ],
    ids=["a page to its end", "a page under way", "the fragment"],
)
def test_a_page_that_is_drawn_to_its_end_is_sent_whole_though_its_stage_is_drawn_anew(queue, left):
    """The browser takes away what is missing from such a page. Of any other, what is drawn anew is not sent twice."""
    held = queue()
    held.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["stage"])
    said = {ForwardMsg.FINISHED_SUCCESSFULLY: "all", ForwardMsg.FINISHED_EARLY_FOR_RERUN: "cut short"}
    sent = held.flush()
    assert [m.delta.fragment_id if m.HasField("delta") else said[m.script_finished] for m in sent] == left


def test_what_is_drawn_anew_follows_the_page_that_is_drawn_to_its_end():
    """It does not take the place of the page's own: it belongs to the next run."""
    queue = ended(drawn("stage"), ForwardMsg.FINISHED_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["stage"])
    anew = drawn("stage").flush()
    queue.enqueue(anew[0])
    assert [m.WhichOneof("type") for m in queue.flush()] == ["delta", "script_finished", "delta"]
