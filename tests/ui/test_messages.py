"""Over a real websocket: a click that comes in one message with what the stage says is a click on the page. A callback
runs to its end."""

from __future__ import annotations

import time

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
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
