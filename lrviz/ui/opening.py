"""Where there is a screen, the lab opens in the browser as soon as its server is there. Streamlit 1.67 does so for a
script and not for an `st.App`."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st

SOON = 0.5
"""Seconds from here until the server listens, and more."""


@asynccontextmanager
async def opening(app: st.App) -> AsyncIterator[None]:
    """The server's lifespan. ``server.headless`` says that there is no screen: hosts set it, or Streamlit finds out."""
    if not st.get_option("server.headless"):
        browser = Thread(target=webbrowser.open, args=(_address(),), daemon=True)  # some wait until they are closed
        asyncio.get_running_loop().call_later(SOON, browser.start)
    yield


def _address() -> str:
    host = st.get_option("server.address") or "localhost"
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"http://{'localhost' if host in ('0.0.0.0', '::') else host}:{st.get_option('server.port')}/{path}"
