"""Where the page is for others: what a visitor may copy, print as a QR code or put into a frame."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

INNER = "/~/+"
"""Community Cloud shows an app in a frame whose address begins with this, below an outer page at the same address
without it. Only the outer page wakes an app that sleeps, so only its address is for others."""


def here() -> str:
    """The address of this page as others can open it, without parameters; "" before the browser has sent it."""
    try:
        url = urlsplit(st.context.url or "")
    except ValueError:  # no browser's
        return ""
    return url._replace(path=url.path.removeprefix(INNER) or "/").geturl() if url.netloc else ""


def address(params: Mapping[str, str], path: str | None = None) -> str:
    """The whole address of this page, or of another page of the app, with these parameters."""
    folder, _, page = (here() or "http://localhost:8501/").rpartition("/")
    query = urlencode(params, safe=":;,")
    return f"{folder}/{page if path is None else path}" + (f"?{query}" if query else "")
