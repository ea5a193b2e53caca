"""The runs of a slider, asked for past Streamlit: their picture does not wait for a script, nor for a page that is
drawn anew. All that an answer depends on is in its question, so nothing is remembered here.

Where the lab is served without this way (a host that only runs scripts), the picture comes with Streamlit's answer.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lrviz import stage
from lrviz.knob import BadInput
from lrviz.race import Race
from lrviz.ui import scene

ADDRESS = "lab/runs"
"""From the address of a page."""
LONGEST = 60_000
"""Bytes of a question: a race of six runs, each along 200 points that were typed, fits."""


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
        found = scene.at_notch(race, knob, text, line)
        return stage.pack_families(found[1], [found[0]], [text]) if found else b""
    slider = scene.near(race, knob, line)
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


async def _runs(request: Request) -> Response:
    question = b""
    async for part in request.stream():
        question += part
        if len(question) > LONGEST:
            return PlainTextResponse(f"A question has at most {LONGEST} bytes.", 413)
    try:
        told = await run_in_threadpool(answer, question)
    except BadInput as wrong:
        return PlainTextResponse(str(wrong), 400)
    return Response(told, media_type="application/octet-stream") if told else Response(status_code=204)


def route(base: str = "") -> Route:
    """The way to `answer` on a server whose pages lie below ``base``: "" or "/lab"."""
    return Route(f"{base}/{ADDRESS}", _runs, methods=["POST"])
