"""While the server runs: at its start what only Plotly needed goes and the browser opens; later, sessions that ended
and files that were downloaded go when their time is over."""

from __future__ import annotations

import asyncio
import gc
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from plotly.validator_cache import ValidatorCache
from streamlit.runtime import Runtime

from lrviz import programs
from lrviz.server.downloads import keep_downloads

_LOG = logging.getLogger(__name__)

SOON = 0.5
"""Seconds from here until the server listens, and more."""
EVERY = 15.0
"""Seconds between two looks at the sessions that ended."""


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Of the server."""
    forget_plotly()
    keep_downloads(Runtime.instance())
    _open_browser()
    expiring = asyncio.create_task(_expire(EVERY))
    yield
    expiring.cancel()


def forget_plotly() -> None:
    """Streamlit has Plotly read a description of all that it can draw, 18 MB, for a theme of its own. Figures go
    unchecked here (`lrviz.figures.Figure`), so nobody needs it again; who did would read it anew."""
    ValidatorCache._json_cache = None
    ValidatorCache._cache.clear()


def _open_browser() -> None:
    """Where there is a screen, as Streamlit 1.67 does for a script and not for an `st.App`. ``server.headless`` says
    that there is none: hosts set it, or Streamlit finds out."""
    if not st.get_option("server.headless"):
        browser = Thread(target=webbrowser.open, args=(_address(),), daemon=True)  # some wait until they are closed
        asyncio.get_running_loop().call_later(SOON, browser.start)


def _address() -> str:
    host = st.get_option("server.address") or "localhost"
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"http://{'localhost' if host in ('0.0.0.0', '::') else host}:{st.get_option('server.port')}/{path}"


async def _expire(every: float) -> None:
    while True:
        await asyncio.sleep(every)
        Runtime.instance().media_file_mgr.remove_orphaned_files()
        if expire_sessions(Runtime.instance()):
            await asyncio.to_thread(_tidy)


def _tidy() -> None:
    """Ended sessions are circles of objects, which nobody else collects (`runner.postScriptGC` is off)."""
    gc.collect()
    programs.forget_traces()


def expire_sessions(runtime: Runtime) -> int:
    """Ends the sessions whose visitors left longer ago than ``server.disconnectedSessionTTL`` (two minutes, in which a
    lost socket finds its session again). Streamlit 1.67 forgets these only when the next visitor leaves.
    -> how many they were
    """
    ended = runtime._session_mgr._session_storage._cache.expire()  # type: ignore[attr-defined]
    for _, stored in ended:
        try:
            stored.session.shutdown()
        except Exception:
            _LOG.exception("A session could not be ended.")
    return len(ended)
