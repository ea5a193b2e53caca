"""Sessions whose visitors left are kept for two minutes and then ended, whether or not somebody else comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo

from lrviz.server.lifespan import expire_sessions

ROOT = Path(__file__).parents[2]


class Left:
    """A session without a visitor."""

    def __init__(self, name: str) -> None:
        self.id, self.ended = name, False

    def shutdown(self) -> None:
        self.ended = True


def test_who_left_two_minutes_ago_is_ended_and_who_left_just_now_is_kept():
    now = 0.0
    storage = MemorySessionStorage()
    storage._cache._timer = lambda: now
    runtime = SimpleNamespace(_session_mgr=SimpleNamespace(_session_storage=storage))
    first, second = Left("first"), Left("second")
    storage.save(SessionInfo(None, first))
    now = 100.0
    storage.save(SessionInfo(None, second))
    now = 119.0
    assert expire_sessions(runtime) == 0
    assert storage.get("first").session is first, "a lost socket finds its session again"
    now = 121.0
    assert expire_sessions(runtime) == 1
    assert first.ended and not second.ended
    assert storage.get("second").session is second


SERVER = """
import asyncio, sys, time
from streamlit.runtime.session_manager import SessionInfo
import app
from tests.server.test_lifespan import Left

sys.modules["lrviz.server.lifespan"].EVERY = 0.01
storage = app.app._create_runtime()._session_mgr._session_storage
left = Left("left")
storage.save(SessionInfo(None, left))

async def serve():
    async with app.server.lifespan(app.app):
        await asyncio.sleep(0.1)
        print(left.ended)
        storage._cache._timer = lambda: time.monotonic() + 121
        await asyncio.sleep(0.5)
        print(left.ended)

asyncio.run(serve())
"""


def test_the_server_looks_by_itself():
    command = [sys.executable, "-c", SERVER]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"], done.stderr
