"""Back and forward, over a real websocket: what the stage says at the same moment does not undo the step."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.conftest import served
from tests.sessions import Session


@pytest.fixture(scope="module")
def server():
    with served() as url:
        yield url


def says(session: Session, seq: int, step: int, whole: bool) -> None:
    """The stage says at which step it stands; whole: as by a message that is for no fragment."""
    stage = session.find("stage_playground") or ""
    view = {"seq": seq, "step": step, "speed": 30, "log": True, "slice": 0, "panel": "2d", "map": None}
    session.states[stage] = WidgetState(id=stage, json_value=json.dumps({"view": view}))
    session.post(fragment="" if whole else session.fragment(stage))


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_a_step_back_is_not_lost_where_the_stage_speaks_at_the_same_moment(server, whole, first):
    with Session(server, patience=30).open("playground", "steps=60") as session:
        for seq, steps in enumerate((70, 60, 80), 10):
            session.query = f"steps={steps}"
            if first:
                says(session, 2 * seq, seq, whole)
            session.post(history=True)
            if not first:
                says(session, 2 * seq, seq, whole)
            if first:  # its answer writes the address from before, which may come after the step
                session.query = ""
                while steps_of(session) != steps:
                    session.wait()
            session.stage(live={"alpha": {"seq": 2 * seq + 1, "value": seq / 100, "index": 1}}, idle={"seq": seq})
            while f"alpha={seq / 100}" not in session.query:
                session.wait()
            assert steps_of(session) == steps


@pytest.mark.parametrize("busy", [False, True])
def test_a_step_back_is_not_lost_where_the_page_writes_its_address_meanwhile(server, busy):
    """The browser puts that address back, and says it with its next message. busy: both messages are read as one."""
    with Session(server, patience=30).open("playground", "steps=60") as session:
        before = "steps=60"
        for seq, steps in enumerate((70, 80, 90), 10):
            if busy:
                session.post()
            session.query = f"steps={steps}"
            session.post(history=True)
            session.query = before
            says(session, 2 * seq, seq, whole=True)
            session.stage(live={"alpha": {"seq": 2 * seq + 1, "value": seq / 100, "index": 1}}, idle={"seq": seq})
            while f"alpha={seq / 100}" not in session.query:
                session.wait()
            assert steps_of(session) == steps
            before = session.query


def steps_of(session: Session) -> int:
    """Of the address as the server last wrote it."""
    return int(parse_qs(session.query).get("steps", ["0"])[0])
