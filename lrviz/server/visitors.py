"""Who asks the endpoints that bypass the rerun: a visitor with a pass, a stranger, another site's page. And lanes in
which their questions wait, so that no visitor keeps the others waiting."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable

import streamlit as st
from anyio import CapacityLimiter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.knob import BadInput

PASS = "lab-pass"
"""The header in which a page shows its own (stage/web/slider_api.js)."""
LATER = {"Retry-After": "1"}
"""Seconds. A 204 without it says that there is no such thing."""


def presence() -> Callable[[], bool]:
    """Whether the page of this script is still connected: Streamlit keeps a session for a while after its page has
    left, but not as an active one."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    return lambda: not runtime.exists() or runtime.get_instance().is_active_session(session)


def own_pass() -> str:
    """The pass of this session, for its page to show: a name, signed with the server's secret. Servers that shall know
    each other's visitors have the same ``server.cookieSecret``."""
    name = st.session_state.setdefault("slider_pass", secrets.token_urlsafe(12))
    return f"{name}.{signature(name)}"


def signature(name: str) -> str:
    """Of a visitor's name, by the server's secret."""
    return hmac.new(st.get_option("server.cookieSecret").encode(), f"lab {name}".encode(), "sha256").hexdigest()


def visitor(shown: str) -> str:
    """The name on a pass; "" if it is none."""
    name, _, signed = shown.rpartition(".")
    return name if hmac.compare_digest(signed.encode(), signature(name).encode()) else ""


class Lane:
    """The questions of one visitor that are worked on or wait to be."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.open = CapacityLimiter(at_once)
        self.waiting = waiting

    @property
    def full(self) -> bool:
        return self.open.statistics().tasks_waiting >= self.waiting


def is_foreign(headers: Headers) -> bool:
    """Does another site's page ask? A browser says so itself where it trusts the connection, over TLS or on its own
    machine; elsewhere it names that page's site, and what a proxy makes of ours. Who says neither is no browser, and
    asks in nobody's name.
    """
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    if (origin := headers.get("origin")) is None:
        return False
    ours = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")]
    ours += [allowed.partition("://")[2] for allowed in st.get_option("server.corsAllowedOrigins")]
    return origin.partition("://")[2] not in {host.strip() for host in ours if host.strip()}


async def read_question(request: Request, longest: int) -> bytes | Response:
    """The body of a question; the answer to one that is not read: it is too long, or another site's page asks."""
    if is_foreign(request.headers):
        return PlainTextResponse("Only the lab's own pages may ask.", 403)
    question = b""
    async for part in request.stream():
        question += part
        if len(question) > longest:
            return PlainTextResponse(f"A question has at most {longest} bytes.", 413)
    return question


async def answered(
    request: Request, longest: int, ask: Callable[[Request, bytes], Awaitable[bytes | None]]
) -> Response:
    """What ``ask`` says to the question: 204 without an answer, with ``LATER`` where there is no time for one (None);
    400 and a sentence where the question is wrong."""
    question = await read_question(request, longest)
    if isinstance(question, Response):
        return question
    try:
        content = await ask(request, question)
    except BadInput as wrong:
        return PlainTextResponse(str(wrong), 400)
    if content is None:
        return Response(status_code=204, headers=LATER)
    return Response(content, media_type="application/octet-stream") if content else Response(status_code=204)
