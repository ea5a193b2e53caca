"""Over a real websocket: a click that comes in one message with what the stage says is a click on the page. A callback
runs to its end."""

from __future__ import annotations

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState

from lrviz.ui.messages import read_messages
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


def test_a_callback_is_not_ended_by_the_next_message():
    read_messages()
    ThreadState.initialize()
    requests = ScriptRequests()
    requests.request_rerun(RerunData())
    with ThreadState.scoped(run_location=RunLocation.CALLBACK):
        assert requests.on_scriptrunner_yield() is None
    request = requests.on_scriptrunner_yield()
    assert request is not None and request.type is ScriptRequestType.RERUN
