"""A small class of real sessions over real websockets, as `bench.classroom` has a large one."""

from __future__ import annotations

import pytest

from bench.classroom import lesson
from tests.asgi import run
from tests.browser.conftest import started
from tests.sessions import Visitor


@pytest.fixture(scope="module")
def server():
    with started() as (url, _):
        yield url


@pytest.mark.parametrize("route", [True, False])
def test_a_class_of_five_sees_its_stage_predicts_and_moves_sliders(server, route):
    times = run(lesson(server, visitors=5, moves=2, route=route))
    assert (len(times.opened), len(times.moved)) == (5, 10)
    assert len(times.runs) + times.refused == (5 if route else 0)


def test_a_lost_socket_finds_its_session_again(server):
    async def visit() -> tuple[str, dict, str, dict]:
        async with Visitor(server, "how_long") as visitor:
            await visitor.rerun()
            await visitor.picture()
            await visitor.finished()
            await visitor.stage(idle={"seq": visitor.number()})
            await visitor.finished()
            await visitor.set("predict_how_long_0", trigger_value=True)
            await visitor.finished()
            first, before = visitor.id, visitor.meta
            visitor.socket.transport.abort()  # as when the network goes
            await visitor.connect()
            await visitor.rerun()
            await visitor.finished()
            return first, before, visitor.id, visitor.meta

    first, before, again, after = run(visit())
    assert again == first
    assert not before["veiled"] and not after["veiled"], "what was predicted is still known"
