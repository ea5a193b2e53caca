"""The endpoint of the tiles: the cells themselves, a sentence for nonsense, nobody waits long."""

from __future__ import annotations

import asyncio
import json
from threading import Event

import numpy as np
import pytest
from starlette.applications import Starlette

from lrviz import Scenario, engine, programs
from lrviz.knob import BadInput
from lrviz.maps.axis import Axis
from lrviz.maps.grid import cells
from lrviz.maps.map import Map
from lrviz.server import map_api, visitors
from lrviz.server.map_api import ADDRESS, LONGEST, answer, route
from lrviz.stage.pack import unpack
from tests.asgi import ask, asking, run

PLAN = Map.of(Scenario(steps=40), x=Axis("alpha", 0.01, 1, scale="log"), y=Axis("kappa", 1, 50))
APP = Starlette(routes=[route()])
PATH = f"/{ADDRESS}"
ANN = {"lab_pass": f"ann.{visitors.signature('ann')}"}


def question(**more) -> bytes:
    whole = {"map": PLAN.to_params(), "x": [0.1, 0.2], "y": [5, 20], "points": 64, "across": 0, "up": 0}
    return json.dumps(whole | more).encode()


def test_a_tile_is_the_cells_of_its_region_and_tells_the_measures():
    status, _, body = ask(APP, PATH, "POST", question(), **ANN)
    meta, arrays = unpack(body)
    there = PLAN.zoomed((0.1, 0.2), (5, 20))
    x, y = there.values(64)
    assert (status, meta["points"], meta["size"]) == (200, 64, [64, 64])
    np.testing.assert_array_equal(arrays["x"], x)
    np.testing.assert_array_equal(arrays["values"], np.log10(cells(there, x, y)).astype(np.float32))
    assert meta["lines"][0]["name"] == "2/L" and meta["span"]["low"] < meta["span"]["high"]


def test_beyond_the_map_there_is_no_tile():
    assert answer(question(points=256, across=1)) == b""
    assert ask(APP, PATH, "POST", question(points=256, up=2), **ANN)[::2] == (204, b"")


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"[]", b"{}", question(map={"map": "x:alpha"}, x=[1]), question(x=["a", 1]), question(points=100),
        question(points=1e9), question(across=-1), question(map={"surface": 3}), question(map={"surface": "hole"}),
        question(x=[1, 0.5]), question(x=[float("nan"), 1]), question(y=[5, float("inf")]),
        question(map={"map": "x:steps,1,9"}),
    ],
)  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(wrong):
    with pytest.raises(BadInput):
        answer(wrong)
    status, _, body = ask(APP, PATH, "POST", wrong, **ANN)
    assert status == 400 and body.endswith(b".")


def test_other_sites_and_long_questions_are_refused():
    assert ask(APP, PATH, "POST", question(), sec_fetch_site="cross-site")[0] == 403
    assert ask(APP, PATH, "POST", b" " * (LONGEST + 1))[0] == 413


def test_for_a_visitor_the_program_is_compiled_and_for_a_stranger_none(monkeypatch):
    made = []

    def compiled(_question: bytes, _stop: object) -> bytes:
        if not made:
            raise programs.NotCompiled
        return b"tile"

    monkeypatch.setattr(map_api, "_compiled", compiled)
    monkeypatch.setattr(map_api, "_compile", lambda _question: made.append(1))
    status, headers, _ = ask(APP, PATH, "POST", question())
    assert (status, headers["retry-after"], made) == (204, "1", [])
    assert ask(APP, PATH, "POST", question(), **ANN)[::2] == (200, b"tile") and made == [1]


def test_a_tile_that_nobody_waits_for_is_given_up_and_the_next_begins(monkeypatch):
    begun, stopped = Event(), []

    def compiled(body: bytes, stop) -> bytes:
        if body == b"quick":
            return b"tile"
        begun.set()
        while not stop():
            pass
        stopped.append(body)
        raise engine.Cancelled

    monkeypatch.setattr(map_api, "_compiled", compiled)

    async def visit():
        left = asyncio.Event()
        slow = asyncio.create_task(asking(APP, PATH, "POST", b"slow", leaves=left, **ANN))
        await asyncio.to_thread(begun.wait, 20)
        quick = asyncio.create_task(asking(APP, PATH, "POST", b"quick"))
        await asyncio.sleep(0)
        left.set()
        assert (await quick)[::2] == (200, b"tile")
        await slow

    run(visit())
    assert stopped == [b"slow"]


def test_a_lane_that_is_full_refuses_at_once(monkeypatch):
    free = Event()
    monkeypatch.setattr(map_api, "_compiled", lambda _question, _stop: free.wait(20) and b"tile")

    async def visit():
        waiting = [asyncio.create_task(asking(APP, PATH, "POST", b"slow", **ANN)) for _ in range(sum(map_api.VISITOR))]
        await asyncio.sleep(0.05)
        status, headers, _ = await asking(APP, PATH, "POST", b"more", **ANN)
        assert (status, headers["retry-after"]) == (204, "1")
        free.set()
        assert {status for status, *_ in await asyncio.gather(*waiting)} == {200}

    run(visit())


def test_a_file_has_the_cells_of_all_tiles():
    plan = PLAN.zoomed((0.01, 1), (1, 50))
    field = map_api.field(plan, 256)
    np.testing.assert_array_equal(field.values, cells(plan, *plan.values(256)))
