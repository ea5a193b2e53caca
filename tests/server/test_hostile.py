"""A real server, and visitors who say what no browser says: no answer is an error, and the page works on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from lrviz.ui.guard import LONGEST
from tests.browser.conftest import served
from tests.hostile_states import PARTS, SEQ, STATES, VALUES
from tests.sessions import Session

PAGE = "playground"
RACE = "run2=optimizer:adam&schedule=multi_step&optimizer=rmsprop"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as url:
        yield url


def works(session: Session) -> None:
    """A slider of the stage and a switch of the page are answered, and the address follows."""
    session.states.clear()
    session.stage(live={"alpha": {"seq": SEQ + 10**6, "value": 0.0625, "index": 1}}, idle={"seq": SEQ + 10**6})
    assert session.faults == [] and "alpha=0.0625" in session.query
    session.set(session.find("name_surface") or "", string_value="Rosenbrock")
    assert session.faults == [] and "surface=rosenbrock" in session.follow().query


@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_part_of_the_stages_state_is_no_error(server, part):
    with Session(server).open(PAGE) as session:
        stage = session.find(f"stage_{PAGE}") or ""
        for text in PARTS[part]:
            session.set(stage, json_value=f'{{"{part}":{text}}}')
            assert session.faults == [], text[:80]
            assert len(session.query) < 2000
        works(session)


def test_a_hostile_state_of_the_stage_is_no_error(server):
    with Session(server).open(PAGE) as session:
        stage = session.find(f"stage_{PAGE}") or ""
        for text in STATES:
            assert session.set(stage, json_value=text).faults == [], text[:80]
        works(session)


def test_a_hostile_state_of_the_map_is_no_error(server):
    odd = ('{"point":{"seq":9,"x":1e300,"y":-1e300,"play":true}}', '{"window":{"seq":9,"x":[1,2],"y":[1e300,1e301]}}')
    with Session(server).open("maps") as session:
        plane = session.find("lab_map") or ""
        for text in (*STATES, *odd, '{"point":{"seq":9}}', '{"want":{"seq":8,"x":[0.1,0.2],"y":[-5,9]}}'):
            assert session.set(plane, json_value=text).faults == [], text[:80]
            assert len(session.query) < 2000
        session.set(plane, json_value='{"point":{"seq":10,"x":0.25,"y":7,"play":true}}').send()
        assert "alpha=0.25" in session.query and session.faults == []


FORGED = {
    "patience": (2.5, -1, 1e300, True, "3", [3], None), "factor": (-5, 2, 1e400, "x"), "rate": (0.1,), "mode": (1,),
}  # fmt: skip
STOPS: tuple[Any, ...] = (-1, 0, 10**9, 2**60, 1.5, "1", None)
VIEWED: dict[str, Any] = {"panel": "2d", "slice": 0, "speed": 1, "log": True, "map": None}
REPLAYED: dict[str, list[Any]] = {
    "live": [{knob: {"value": value}} for knob, values in FORGED.items() for value in values],
    "want": [
        {name: {"family": family, "stop": stop}}
        for name in ("why", "patience", "x" * 300)
        for family in ("", "f", 7)
        for stop in STOPS
    ],
    "view": [VIEWED | {"step": step} for step in (*STOPS, True, [])],
    "missing": [{"items": items} for items in (["code"], ["why:"], [["x"]], "code", 7, [])],
}
"""Besides what is hostile to any stage."""


@pytest.mark.parametrize("part", REPLAYED)
def test_a_hostile_part_of_the_state_of_a_replays_player_is_no_error(server, part):
    with Session(server).open("replay", "prepared=noisy") as session:
        player = session.find("lrviz_stage") or ""
        for text in PARTS[part]:
            session.set(player, json_value=f'{{"{part}":{text}}}')
            assert session.faults == [], text[:80]
        for seq, value in enumerate(REPLAYED[part], SEQ):
            rows = value.values() if part in ("live", "want") else [value]
            for row in rows:
                row["at" if part == "missing" else "seq"] = seq
            session.set(player, json_value=json.dumps({part: value}))
            assert session.faults == [] and len(session.query) < 2000, value
        session.states.clear()
        later = {"patience": {"seq": SEQ + 10**6, "value": 4, "index": 4}}
        session.set(player, json_value=json.dumps({"live": later}))
        assert session.faults == [] and "patience=4" in session.query


@pytest.mark.parametrize(
    ("page", "query", "widget"),
    [
        (PAGE, "", "name_optimizer"), (PAGE, "", "knob_kappa"), (PAGE, RACE, "knob_milestones"),
        (PAGE, RACE, "run_1_optimizer"), (PAGE, RACE, "run_1_alpha"), (PAGE, RACE, "export_as"),
        (PAGE, RACE, "exact_which"), (PAGE, RACE, "knob_centered"), ("schedules", "", "schedule_pills"),
        ("adaptive", "", "which_rates"), ("adaptive", "", "axes_of"), ("stuck", "", "case"),
        ("valleys", "", "case"), ("valleys", "", "valleys_against"),
        ("glossary", "", "glossary_search"), ("", "", "progress"),
        ("replay", "", "replay_exact_which"), ("replay", "", "replay_rate"), ("replay", "", "replay_prepared"),
        ("replay", "", "replay_pasted"),
        ("replay", "", "replay_frameworks"), ("replay", "", "replay_mode"),
        ("replay", "", "replay_file"), ("replay", "", "replay_table_tabs_3"),
        ("maps", "", "map_x"), ("maps", "", "map_show"), ("maps", "", "map_preset"), ("maps", "", "map_as"),
    ],
)  # fmt: skip
def test_a_hostile_value_of_a_widget_is_no_error(server, page, query, widget):
    with Session(server).open(page, query).unfold() as session:
        if session.find(f"predict_{page}_0"):
            session.press(f"predict_{page}_0")
        assert session.find(widget), "it is on the page"
        before = session.query
        for value in VALUES:
            identity = session.find(widget)  # another one may stand there now
            assert session.set(identity or "", **value).faults == [], value
            session.states.pop(identity or "", None)
        session.send()
        assert session.faults == [] and len(session.query) < len(before) + 2000


def test_what_a_browser_remembers_of_lessons_is_no_error_whatever_it_is(server):
    with Session(server).open() as session:
        progress = session.find("progress") or ""
        for done in (*STATES, "5", '["stuck"]', '{"stuck":1}', '"<b>,,stuck"', f'"{"x" * 20_000}"'):
            assert session.set(progress, json_value=f'{{"done":{done}}}').faults == [], done[:80]


def test_a_race_that_lost_a_run_meanwhile_is_no_error(server):
    """Two things in one message: out with the run, and another optimizer for it."""
    with Session(server).open(PAGE, RACE) as session:
        out, optimizer = session.find("run_1_out") or "", session.find("run_1_optimizer") or ""
        session.send({
            out: WidgetState(id=out, trigger_value=True),
            optimizer: WidgetState(id=optimizer, string_value="Adagrad"),
        })  # fmt: skip
        assert session.faults == [] and "run2" not in session.follow().query


def test_a_curve_with_too_many_points_gets_a_sentence(server):
    with Session(server).open(PAGE, "schedule=drawn") as session:
        session.stage(drawn={"seq": SEQ, "points": [[i, 0.1] for i in range(201)]})
        assert session.faults == [] and "The curve has 201 points, but may have 200 at most." in session.texts
        session.stage(drawn={"seq": SEQ + 1, "points": [[0, 0.1], [9, 0.01]]})
        assert "points=0:0.1,9:0.01" in session.follow().query.replace("%3A", ":").replace("%2C", ",")


def test_a_start_off_every_map_gets_a_sentence(server):
    with Session(server).open(PAGE) as session:
        session.stage(start={"seq": SEQ, "x": 1e8, "y": 0, "dragging": False})
        assert session.faults == [] and any("x is" in text and "must be" in text for text in session.texts)


@pytest.mark.parametrize("points", [10**5, 10**6])
def test_a_huge_message_ends_the_connection_and_nothing_else(server, points):
    """Of 1.3 MB, which the server receives and does not look at; of 13 MB, which it does not receive."""
    with Session(server).open(PAGE) as session, Session(server).open(PAGE) as other:
        with pytest.raises(ConnectionClosed):
            session.stage(drawn={"seq": SEQ, "points": [[i, 0.1] for i in range(points)]})
        works(other)


def test_a_state_that_is_short_enough_to_come_is_read_only_if_it_is_a_stages(server):
    with Session(server).open(PAGE) as session:
        long = json.dumps({"live": {"alpha": {"seq": SEQ, "value": 0.0625}}, "more": "x" * LONGEST})
        session.set(session.find(f"stage_{PAGE}") or "", json_value=long)
        assert session.faults == [] and "alpha" not in session.query


def test_what_ends_a_run_goes_to_the_log_and_not_to_the_visitor(tmp_path):
    (tmp_path / "fault.py").write_text("import streamlit as st\nraise ValueError('what only we may see')\n")
    with served(str(tmp_path / "fault.py")) as url, Session(url).open() as session:
        (fault,) = session.faults
        assert "what only we may see" not in fault and "ValueError" not in fault
