"""The endpoint of the sliders: the same runs, and a clear sentence for a question of nonsense."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from lrviz import Scenario, play, programs, simulate
from lrviz.engine import program
from lrviz.knob import BadInput
from lrviz.race import Race
from lrviz.server import slider_api, visitors
from lrviz.server.slider_api import ADDRESS, LONGEST, MOST_WISHES, STRANGERS, THREADS, VISITOR, answer, route
from lrviz.stage.pack import unpack
from tests.asgi import ask, asking, run

RACE = Race(Scenario(steps=60, noise=0.1, values={"kappa": 5}), ({"optimizer": "adam"}, {"noise": "0.5"}))
APP = Starlette(routes=[route()])
PATH = f"/{ADDRESS}"


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """What a page compiles before it has sliders."""
    answer(question())


def question(of: Race = RACE, **more) -> bytes:
    whole = {"race": of.to_params(), "knob": "noise", "text": "0.2", "slice": None, "around": False}
    return json.dumps(whole | more).encode()


def unpacked(message: bytes) -> tuple[dict, dict, list[tuple[dict, dict] | None]]:
    """Meta and arrays of an answer, and its families, None for a run that stays."""
    meta, arrays = unpack(message)
    packs = [arrays.get(f"family.{i}") for i in range(meta["runs"])]
    return meta, arrays, [None if pack is None else unpack(pack.tobytes()) for pack in packs]


def assert_run(family: tuple[dict, dict], scenario: Scenario) -> None:
    """This family of one stop is the run of the scenario, to the digits and the range of a float32."""
    run = simulate(scenario)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(family[1]["loss"], run.loss.astype(np.float32))
        np.testing.assert_array_equal(family[1]["x"].reshape(-1, 2), run.x.astype(np.float32))


@pytest.mark.parametrize("knob", ["noise", "kappa", "x", "steps", "seed"])
def test_a_stop_is_the_runs_of_the_race_there(knob):
    slider = play.slider_family(RACE, knob)
    for place in (0, len(slider.text) // 2, -1):
        text, value = slider.text[place], slider.values[place]
        meta, arrays, families = unpacked(answer(question(knob=knob, text=text)))
        assert (meta["text"], arrays["values"].tolist()) == ([text], [value])
        there = RACE.leading(RACE.first.having(**{knob: value})).scenarios
        assert len(families) == 3
        for before, after, family in zip(RACE.scenarios, there, families, strict=True):
            if family is None:
                assert before == after
                continue
            assert_run(family, after)
        landscape = "landscape.basis" in families[0][1]
        assert landscape == (knob == "kappa")


def test_a_run_by_another_frameworks_rule_goes_along():
    race = Race(Scenario(steps=60, noise=0.5, schedule="plateau", values={"patience": 3}), ({"framework": "pytorch"},))
    _, _, (own, other) = unpacked(answer(question(race, knob="patience", text="1 epochs")))
    there = race.leading(race.first.having(patience=1)).scenarios
    assert_run(own, there[0])
    assert_run(other, there[1])


def test_around_a_stop_are_the_runs_of_the_slider():
    slider = play.slider_family(RACE, "noise")
    meta, arrays, families = unpacked(answer(question(around=True)))
    assert (meta["text"], arrays["values"].tolist()) == (slider.text, slider.values)
    assert [family is None for family in families] == [False, False, True], "the third has a noise of its own"
    assert families[0][0]["stops"] == len(slider.values)


def test_a_number_between_the_stops_has_a_run_too():
    """A slider of the stage has stops of its own."""
    _, arrays, families = unpacked(answer(question(text="0.123456789012345")))
    assert arrays["values"].tolist() == [0.123456789012345]
    assert_run(families[0], RACE.first.having(noise=0.123456789012345))


def test_a_slider_at_what_is_derived_has_a_run_too():
    race = Race(Scenario(schedule="one_cycle", steps=60, values={"max_lr": 0.2}))
    derived = race.first.having(max_lr=None)
    _, arrays, (family,) = unpacked(answer(question(race, knob="max_lr", text=play.labels(derived)["max_lr"])))
    assert np.isnan(arrays["values"]).all()
    assert_run(family, derived)


def test_the_slice_that_is_seen_comes_along():
    for line, own in enumerate(play.profiles(RACE.first.having(kappa=9))):
        for around in (False, True):
            _, _, families = unpacked(answer(question(knob="kappa", text="9", slice=line, around=around)))
            assert families[0][0]["slice"] == own.label
    _, _, families = unpacked(answer(question(knob="noise", slice=1)))
    assert families[0][0]["slice"] is None, "it moves no slice"


def test_the_label_over_each_slider_is_one_of_its_stops():
    for scenario in (RACE.first, Scenario(schedule="one_cycle"), Scenario(surface="twin_valleys", optimizer="adamw")):
        labels = play.labels(scenario)
        assert {"steps", "noise", "alpha", "x"} <= labels.keys()
        assert labels.keys() == {key for key in scenario.rows if play.slider_family(Race(scenario), key)}
        for knob, text in labels.items():
            slider = play.slider_family(Race(scenario), knob)
            assert slider.index == (slider.text.index(text) if text in slider.text else -1)


@pytest.mark.parametrize(
    "more",
    [
        {"knob": "nothing"},
        {"knob": "monitor"},
        {"text": "0,5"},
        {"text": "nan"},
        {"text": "-0.1"},
        {"text": "auto"},
        {"knob": "monitor", "around": True},
        {"race": {"steps": "20000"}, "around": True},
    ],
)
def test_where_there_are_no_such_runs_the_answer_is_nothing(more):
    assert answer(question(**more)) == b""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"race": {"alpha": "nan"}}, "alpha"),
        ({"race": {"surface": "moon"}}, "moon"),
        ({"race": ["alpha"]}, "JSON object"),
        ({"race": {"alpha": 1}}, "must be texts"),
        ({"slice": "1"}, "slice must be"),
        ({"slice": True}, "slice must be"),
        ({"around": 1}, "around"),
    ],
)
def test_a_question_of_nonsense_gets_a_sentence(more, says):
    with pytest.raises(BadInput, match=says):
        answer(question(**more))


NONSENSE = st.binary(max_size=60) | st.recursive(st.none() | st.text(max_size=5), st.lists).map(
    lambda plain: json.dumps(plain).encode()
)


@given(NONSENSE)
@settings(max_examples=200, deadline=None)
def test_no_question_breaks_the_answer(body):
    with pytest.raises(BadInput):
        answer(body)


@pytest.mark.parametrize("line", [-1, 4, 10**9])
def test_a_slice_that_is_not_there_is_left_out(line):
    for around in (False, True):
        _, _, families = unpacked(answer(question(knob="kappa", text="9", slice=line, around=around)))
        assert families[0][0]["slice"] is None


def test_over_the_wire():
    status, headers, body = ask(APP, PATH, "POST", question())
    assert (status, headers["content-type"], body) == (200, "application/octet-stream", answer(question()))
    status, headers, body = ask(APP, PATH, "POST", question(slice="x"))
    assert (status, body.decode()) == (400, "slice must be a whole number or null, around true or false.")
    status, _, body = ask(APP, PATH, "POST", b" " * (LONGEST + 1))
    assert (status, body.decode()) == (413, f"A question has at most {LONGEST} bytes.")
    assert ask(APP, PATH, "GET")[0] == 405
    assert ask(APP, PATH, "POST", question(text="x"))[::2] == (204, b"")


def test_it_lies_below_the_servers_base_path():
    app = Starlette(routes=[route("/some/where")])
    assert ask(app, f"/some/where/{ADDRESS}", "POST", question())[::2] == (200, answer(question()))
    assert ask(app, f"/{ADDRESS}", "POST", question())[0] == 404


def test_the_longest_race_fits_into_a_question():
    points = ",".join(f"{99_000 + i}:{(i + 1) / 3e6!r}" for i in range(200))
    race = Race(Scenario(schedule="drawn", values={"points": points}), ({"points": points},) * 5)
    body = question(race)
    assert LONGEST / 3 < len(body) < LONGEST
    assert ask(APP, PATH, "POST", body)[0] == 200


# Who may ask, and how much of it --------------------------------------------------------------------------------------


def shown(name: str) -> dict[str, str]:
    """The pass of this visitor, as a header."""
    return {"lab_pass": f"{name}.{visitors.signature(name)}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "same-origin", "origin": "http://lab.test", "host": "rewritten:8501"}, 200),
        ({"sec_fetch_site": "cross-site", "origin": "http://lab.test", "host": "lab.test"}, 403),
        ({"sec_fetch_site": "same-site", "origin": "http://evil.lab.test", "host": "lab.test"}, 403),
        ({"origin": "http://lab.test:8501", "host": "lab.test:8501"}, 200),
        ({"origin": "https://lab.test", "host": "inner:8501", "x_forwarded_host": "lab.test, proxy"}, 200),
        ({"origin": "http://evil.test", "host": "lab.test"}, 403),
        ({"origin": "http://lab.test.evil.test", "host": "lab.test"}, 403),
        ({"origin": "http://lab.test:81", "host": "lab.test"}, 403),
        ({"origin": "null", "host": "lab.test"}, 403),
        ({"origin": "http://[", "host": "lab.test"}, 403),
        ({"origin": "", "host": ""}, 403),
        ({"host": "lab.test"}, 200),
    ],
)
def test_no_other_sites_page_may_ask(headers, status):
    assert ask(APP, PATH, "POST", question(), **headers)[0] == status


def test_where_a_proxy_does_not_keep_the_host_the_public_address_is_named(monkeypatch):
    options = {"server.corsAllowedOrigins": ["https://lab.test"], "server.cookieSecret": "secret"}
    monkeypatch.setattr(visitors.st, "get_option", options.get)
    assert ask(APP, PATH, "POST", question(), origin="https://lab.test", host="inner")[0] == 200
    assert ask(APP, PATH, "POST", question(), origin="https://evil.test", host="inner")[0] == 403


@pytest.fixture
def compiled(monkeypatch):
    """What is compiled in a test, where nothing is compiled or remembered when it begins."""
    of, compiles = [], program._compile
    monkeypatch.setattr(programs, "_programs", OrderedDict())
    monkeypatch.setattr(program, "_compile", lambda *more: of.append(more) or compiles(*more))
    play.run_of.cache_clear()
    play.sliders._family_of.cache_clear()
    return of


def granted() -> None:
    """Until all that was wished for is compiled."""
    slider_api._compiler.submit(int).result(60)


@pytest.mark.parametrize("headers", [{}, {"lab_pass": "eve.0123"}, {"lab_pass": "é"}, {"lab_pass": "."}])
@pytest.mark.parametrize("around", [False, True])
def test_where_a_program_is_missing_a_stranger_has_no_answer_and_nothing_is_compiled(compiled, headers, around):
    status, reply, body = ask(APP, PATH, "POST", question(around=around), **headers)
    assert (status, reply["retry-after"], body) == (204, "1", b"")
    granted()
    assert not compiled


@pytest.mark.parametrize(("around", "count"), [(False, 2), (True, 2)])
def test_where_a_program_is_missing_it_is_compiled_for_a_visitor_who_asks_again(compiled, around, count):
    status, reply, _ = ask(APP, PATH, "POST", question(around=around), **shown("ann"))
    assert (status, reply["retry-after"]) == (204, "1")
    granted()
    assert len(compiled) == count
    assert ask(APP, PATH, "POST", question(around=around))[0] == 200, "to all who ask"
    granted()
    assert len(compiled) == count


def test_a_visitor_has_one_wish_at_a_time_and_what_fails_is_forgotten(monkeypatch):
    free, begun = Event(), []

    def fails(body):
        begun.append(body)
        assert free.wait(20)
        raise MemoryError

    monkeypatch.setattr(slider_api, "answer", fails)
    for i in range(2 * MOST_WISHES):
        slider_api._wish("ann", b"ann")
        slider_api._wish(f"{i}", b"more")
    assert len(slider_api._wished) == MOST_WISHES
    free.set()
    granted()
    assert (begun.count(b"ann"), len(begun), slider_api._wished) == (1, MOST_WISHES, set())


def test_a_pass_is_one_of_this_server_and_of_one_session(monkeypatch):
    passes = []
    for session in ({}, {}):
        monkeypatch.setattr(visitors.st, "session_state", session)
        passes += [visitors.own_pass(), visitors.own_pass()]
    ann, again, ben, _ = passes
    assert ann == again != ben
    assert visitors.visitor(ann) and visitors.visitor(ben) != visitors.visitor(ann)
    assert {visitors.visitor(shown) for shown in (ann.replace(".", "x."), "", "." + ann)} == {""}
    monkeypatch.setattr(visitors.st, "get_option", {"server.cookieSecret": "another"}.get)
    assert visitors.visitor(ann) == ""


class Work:
    """In the place of the runs: a question of this name is begun, and waits until it may go on."""

    def __init__(self, monkeypatch):
        self.begun, self.free = [], Event()
        monkeypatch.setattr(slider_api, "_compiled", self)

    def __call__(self, body: bytes) -> bytes:
        self.begun.append(body)
        assert body != b"slow" or self.free.wait(20)
        return body


def tasks(number: int, body: bytes, **more) -> list[asyncio.Task]:
    return [asyncio.create_task(asking(APP, PATH, "POST", body, **more)) for _ in range(number)]


async def until(true) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(("who", "lane"), [({}, STRANGERS), (shown("eve"), VISITOR)], ids=["strangers", "visitor"])
def test_a_lane_that_is_full_refuses_at_once_and_leaves_the_others_a_place(monkeypatch, who, lane):
    work = Work(monkeypatch)

    async def visit():
        room = sum(lane)
        slow = tasks(room + 3, b"slow", **who)
        for refused in slow[room:]:
            status, reply, _ = await refused
            assert (status, reply["retry-after"]) == (204, "1")
        assert (await asking(APP, PATH, "POST", b"quick", **shown("ben")))[::2] == (200, b"quick")
        assert work.begun == [b"slow"] * lane[0] + [b"quick"] and lane[0] < THREADS
        work.free.set()
        assert {status for status, *_ in await asyncio.gather(*slow[:room])} == {200}

    run(visit())
    assert not slider_api._lanes


def test_lanes_take_turns(monkeypatch):
    work = Work(monkeypatch)

    async def visit():
        waiting = tasks(sum(VISITOR), b"slow", **shown("eve"))
        waiting += tasks(THREADS - VISITOR[0], b"slow", **shown("mallory"))
        await until(lambda: len(work.begun) == THREADS)
        waiting += tasks(1, b"quick", **shown("ann"))
        await until(lambda: slider_api._places.statistics().tasks_waiting)
        work.free.set()
        assert {status for status, *_ in await asyncio.gather(*waiting)} == {200}

    run(visit())
    assert work.begun[THREADS] == b"quick", "before all that waited in the lane of another"


def test_a_question_whose_client_is_gone_is_dropped(monkeypatch):
    work = Work(monkeypatch)

    async def visit():
        left = asyncio.Event()
        slow = [task for who in "abc" for task in tasks(1, b"slow", **shown(who))]
        await until(lambda: len(work.begun) == THREADS)
        waiting = tasks(1, b"gone", leaves=left, **shown("ann")) + tasks(1, b"there", **shown("ben"))
        await until(lambda: slider_api._places.statistics().tasks_waiting == 2)
        left.set()
        work.free.set()
        await asyncio.gather(*slow, *waiting)

    run(visit())
    assert b"there" in work.begun and b"gone" not in work.begun


def test_a_class_shares_the_runs_of_a_slider_wherever_each_has_moved_it():
    races = [Race(Scenario(steps=60, values={"kappa": kappa}), ({"optimizer": "adam"},)) for kappa in (5, 8)]
    one, other = (play.slider_family(race, "kappa") for race in races)
    assert one.values == other.values and one.index != other.index
    for mine, theirs in zip(one.runs(3), other.runs(3), strict=True):
        assert mine is theirs is not None
    longer = play.slider_family(Race(Scenario(steps=61, values={"kappa": 5})), "kappa")
    assert longer.runs(3)[0] != one.runs(3)[0]
