"""The runs of a slider, by an HTTP endpoint that bypasses the rerun: their picture waits for no script,
nor for a page that is drawn anew. All that an answer depends on is in its question, so nothing is remembered here.

Where the lab is served without this way (a host that only runs scripts), the picture comes with Streamlit's answer. So
it does where the server has no time for a question: the answer is then 204 with ``Retry-After``, at once.

No visitor keeps the others waiting. Each has a lane: of its questions some wait and few are worked on, and the lanes
take turns. A page says whose question it is by a pass, which only a session of this server has. All questions without
one share a lane, and none of them compiles anything.
"""

from __future__ import annotations

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lrviz import play, programs, stage
from lrviz.knob import BadInput
from lrviz.race import Race
from lrviz.server.visitors import PASS, Lane, answered, visitor
from lrviz.turns import turns

_LOG = logging.getLogger(__name__)

ADDRESS = "lab/runs"
"""From the address of a page."""
LONGEST = 60_000
"""Bytes of a question: a race of six runs, each along 200 points that were typed, fits."""
THREADS = 3
"""Questions of all lanes that are worked on at once."""
VISITOR, STRANGERS = (2, 4), (1, 32)
"""Questions of one lane that are worked on at once (a family, and the stop meanwhile), and how many more wait: of a
visitor, and of all who have no pass, as the visitors of the other server, where a site has two."""
MOST_WISHES = 16
"""Visitors for whom something is to be compiled at a time."""


def answer(question: bytes) -> bytes:
    """JSON ``{"race": the parameters of its link, "knob": its key, "text": the label over the slider or a number,
    "slice": the place of the one that is seen or null, "around": true or false}``   -> `stage.pack_families`: the runs
    of the stops around this one, as many as there is room for; or of this one alone, in less than a tenth of the
    time. Nothing where there is no room, or where this race has no such slider or stop: the page may be ahead of its
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
    stop = slider.text.index(text) if text in slider.text else max(slider.index, 0)
    return stage.pack_families(slider.runs(stop), slider.values, slider.text)


def _read(question: bytes) -> tuple[Race, str, str, int | None, bool]:
    try:
        parts: Any = json.loads(question)
        params, knob, text, line, around = (parts[part] for part in ("race", "knob", "text", "slice", "around"))
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


_lanes: WeakValueDictionary[str, Lane] = WeakValueDictionary()
"""By the name of the visitor, as long as a question is in it."""
_places = CapacityLimiter(THREADS)
_threads = ThreadPoolExecutor(THREADS, "runs")
_compiler = ThreadPoolExecutor(1, "wishes")
_wished: set[str] = set()


def _compiled(question: bytes) -> bytes:
    """`answer` by programs that are compiled; raises ``NotCompiled`` where another one is needed."""
    with programs.without_compiling(), turns.run():
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


async def _runs(request: Request) -> Response:
    return await answered(request, LONGEST, _in_turn)


async def _in_turn(request: Request, question: bytes) -> bytes | None:
    """`answer`; None where there is no time for it, or where it would have to compile."""
    who = visitor(request.headers.get(PASS, ""))
    lane = _lanes.get(who) or _lanes.setdefault(who, Lane(*(VISITOR if who else STRANGERS)))
    if lane.full:
        return None
    async with lane.open, _places:
        if await request.is_disconnected():
            return None  # nobody reads it
        try:
            return await asyncio.get_running_loop().run_in_executor(_threads, _compiled, question)
        except programs.NotCompiled:
            if who:
                _wish(who, question)
            return None


def route(base: str = "") -> Route:
    """The way to `answer` on a server whose pages lie below ``base``: "" or "/lab"."""
    return Route(f"{base}/{ADDRESS}", _runs, methods=["POST"])
