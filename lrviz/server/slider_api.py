"""The runs of a slider, asked for past Streamlit: their picture does not wait for a script, nor for a page that is
drawn anew. All that an answer depends on is in its question, so nothing is remembered here.

Where the lab is served without this way (a host that only runs scripts), the picture comes with Streamlit's answer. So
it does where the server has no time for a question: the answer is then 204 with ``Retry-After``, at once.

No visitor keeps the others waiting. Each has a lane: of its questions some wait and few are worked on, and the lanes
take turns. A page says whose question it is by a pass, which only a session of this server has. All questions without
one share a lane, and none of them compiles anything.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from anyio import CapacityLimiter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lrviz import engine, play, stage
from lrviz.knob import BadInput
from lrviz.race import Race

_LOG = logging.getLogger(__name__)

ADDRESS = "lab/runs"
"""From the address of a page."""
PASS = "lab-pass"
"""The header in which a page shows its own (stage/web/slider_api.js)."""
LONGEST = 60_000
"""Bytes of a question: a race of six runs, each along 200 points that were typed, fits."""
THREADS = 3
"""Questions of all lanes that are worked on at once."""
VISITOR, STRANGERS = (2, 4), (1, 32)
"""Questions of one lane that are worked on at once (a family, and the notch meanwhile), and how many more wait: of a
visitor, and of all who have no pass, as the visitors of the other server, where a site has two."""
MOST_WISHES = 16
"""Visitors for whom something is to be compiled at a time."""
LATER = {"Retry-After": "1"}
"""Seconds. A 204 without it says that there are no such runs."""


def answer(question: bytes) -> bytes:
    """JSON ``{"race": the parameters of its link, "knob": its key, "text": what stands over the slider or a number,
    "slice": the place of the one that is seen or null, "around": true or false}``   -> `stage.pack_families`: the runs
    of the notches around this one, as many as there is room for; or of this one alone, in less than a tenth of the
    time. Nothing where there is no room, or where this race has no such slider or notch: the page may be ahead of its
    stage.

    Raises ``BadInput`` with what is wrong with the question.
    """
    race, knob, text, line, around = _read(question)
    if not around:
        found = play.slider_point(race, knob, text, line)
        return stage.pack_families(found[1], [found[0]], [text]) if found else b""
    slider = play.slider_family(race, knob, line)
    if slider is None or slider.runs is None:
        return b""
    notch = slider.text.index(text) if text in slider.text else max(slider.index, 0)
    return stage.pack_families(slider.runs(notch), slider.values, slider.text)


def _read(question: bytes) -> tuple[Race, str, str, int | None, bool]:
    try:
        asked: Any = json.loads(question)
        params, knob, text, line, around = (asked[part] for part in ("race", "knob", "text", "slice", "around"))
        texts = [knob, text, *params, *params.values()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput("A question is a JSON object with race, knob, text, slice and around.") from None
    if not all(isinstance(part, str) for part in texts):
        raise BadInput("knob, text and what is in race must be texts.")
    if not (line is None or type(line) is int) or not isinstance(around, bool):
        raise BadInput("slice must be a whole number or null, around true or false.")
    race, wrong = Race.from_params(params)
    if wrong:
        raise BadInput(" ".join(wrong))
    return race, knob, text, line, around


def own_pass() -> str:
    """The pass of this session, for its page to show: a name, signed with the server's secret. Servers that shall know
    each other's visitors have the same ``server.cookieSecret``."""
    name = st.session_state.setdefault("slider_pass", secrets.token_urlsafe(12))
    return f"{name}.{_signature(name)}"


def _signature(name: str) -> str:
    return hmac.new(st.get_option("server.cookieSecret").encode(), f"{ADDRESS} {name}".encode(), "sha256").hexdigest()


def _visitor(shown: str) -> str:
    """The name on a pass; "" if it is none."""
    name, _, signature = shown.rpartition(".")
    return name if hmac.compare_digest(signature.encode(), _signature(name).encode()) else ""


class _Lane:
    """The questions of one visitor that are worked on or wait to be."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.open = CapacityLimiter(at_once)
        self.waiting = waiting

    @property
    def full(self) -> bool:
        return self.open.statistics().tasks_waiting >= self.waiting


_lanes: WeakValueDictionary[str, _Lane] = WeakValueDictionary()
"""By the name of the visitor, as long as a question is in it."""
_places = CapacityLimiter(THREADS)
_threads = ThreadPoolExecutor(THREADS, "runs")
_compiler = ThreadPoolExecutor(1, "wishes")
_wished: set[str] = set()


def _compiled(question: bytes) -> bytes:
    """`answer` by programs that are compiled; raises ``NotCompiled`` where another one is needed."""
    with engine.without_compiling():
        return answer(question)


def _wish(visitor: str, question: bytes) -> None:
    """What this question needs is compiled, behind what others have wished for; one question of each visitor."""
    if visitor not in _wished and len(_wished) < MOST_WISHES:
        _wished.add(visitor)
        _compiler.submit(_grant, visitor, question)


def _grant(visitor: str, question: bytes) -> None:
    try:
        answer(question)
    except Exception:
        _LOG.exception("What a slider's runs need could not be compiled.")
    finally:
        _wished.discard(visitor)


def _is_foreign(headers: Headers) -> bool:
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


async def _runs(request: Request) -> Response:
    if _is_foreign(request.headers):
        return PlainTextResponse("Only the lab's own pages may ask.", 403)
    question = b""
    async for part in request.stream():
        question += part
        if len(question) > LONGEST:
            return PlainTextResponse(f"A question has at most {LONGEST} bytes.", 413)
    try:
        told = await _in_turn(request, question)
    except BadInput as wrong:
        return PlainTextResponse(str(wrong), 400)
    if told is None:
        return Response(status_code=204, headers=LATER)
    return Response(told, media_type="application/octet-stream") if told else Response(status_code=204)


async def _in_turn(request: Request, question: bytes) -> bytes | None:
    """`answer`; None where there is no time for it, or where it would have to compile."""
    visitor = _visitor(request.headers.get(PASS, ""))
    lane = _lanes.get(visitor) or _lanes.setdefault(visitor, _Lane(*(VISITOR if visitor else STRANGERS)))
    if lane.full:
        return None
    async with lane.open, _places:
        if await request.is_disconnected():
            return None  # nobody reads it
        try:
            return await asyncio.get_running_loop().run_in_executor(_threads, _compiled, question)
        except engine.NotCompiled:
            if visitor:
                _wish(visitor, question)
            return None


def route(base: str = "") -> Route:
    """The way to `answer` on a server whose pages lie below ``base``: "" or "/lab"."""
    return Route(f"{base}/{ADDRESS}", _runs, methods=["POST"])
