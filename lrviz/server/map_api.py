"""The tiles of a map, by an HTTP endpoint, from coarse to fine: each is drawn where it belongs as it comes.

One thread of low priority computes the tiles of all visitors, block by block: a slider's runs come first, and a tile
that nobody waits for any more is given up after the block under way. The tiles that were computed last are remembered.
"""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lrviz import engine, programs
from lrviz.knob import BadInput
from lrviz.maps.grid import LEVELS, TILES, Field, Place, Stop, assembled, cells, never
from lrviz.maps.map import Map
from lrviz.play.map_tiles import tile
from lrviz.server.priority import low_priority
from lrviz.server.visitors import PASS, Lane, answered, visitor

ADDRESS = "lab/map"
"""From the address of a page."""
LONGEST = 20_000
"""Bytes of a question."""
VISITOR, STRANGERS = (1, 3), (1, 8)
"""Tiles of one visitor, and of all who have no pass, that are computed at once, and how many more wait."""
LOOK_EVERY = 0.05
"""Seconds between two looks whether the visitor still waits."""


def read(question: bytes) -> tuple[Map, Place]:
    """JSON ``{"map": the parameters of its link, "x": [low, high], "y": [low, high], "points": 64, 256 or 1024,
    "across": 0, "up": 0}``. Raises ``BadInput`` with what is wrong with the question."""
    try:
        parts: Any = json.loads(question)
        params, x, y, points, across, up = (parts[part] for part in ("map", "x", "y", "points", "across", "up"))
        texts = [*params, *params.values()]
        ends = [*x, *y]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput("A question is a JSON object with map, x, y, points, across and up.") from None
    if not all(isinstance(text, str) for text in texts):
        raise BadInput("What is in map must be texts.")
    if len(ends) != 4 or len(x) != 2 or not all(type(end) in (int, float) for end in ends):
        raise BadInput("x and y must be two numbers each.")
    if points not in LEVELS or not all(type(part) is int and part >= 0 for part in (across, up)):
        raise BadInput(f"points must be one of {', '.join(map(str, LEVELS))}, across and up whole numbers from 0.")
    return Map.from_params(params).zoomed((x[0], x[1]), (y[0], y[1])), Place(points, across, up)


def answer(question: bytes, stop: Stop = never) -> bytes:
    """The tile that is wanted (`play.map_tiles.tile`), b"" where the map has none there. Raises ``BadInput``,
    ``engine.Cancelled``."""
    plan, place = read(question)
    try:
        return tile(plan, place, stop)
    except IndexError:
        return b""


_lanes: WeakValueDictionary[str, Lane] = WeakValueDictionary()
"""By the name of the visitor, as long as a question is in it."""
_place = CapacityLimiter(1)
_thread = ThreadPoolExecutor(1, "map", initializer=low_priority)
_compiler = ThreadPoolExecutor(1, "map compiler")


def _compiled(question: bytes, stop: Stop) -> bytes:
    with programs.without_compiling():
        return answer(question, stop)


def _compile(question: bytes) -> None:
    """What the map needs: four cells take the same program as thousands."""
    plan, _ = read(question)
    cells(plan, *plan.values(2))


def field(plan: Map, points: int) -> Field:
    """The whole map at so many points a side, for a file: tile by tile, in turn with those that others wait for."""
    return assembled(plan, points, lambda place: _thread.submit(TILES.tile, plan, place).result())


async def _tile(request: Request) -> Response:
    return await answered(request, LONGEST, _in_turn)


async def _in_turn(request: Request, question: bytes) -> bytes | None:
    """`answer`; None where there is no time for it, where nobody waits for it any more, and for a stranger where it
    would have to compile. While a visitor's program compiles, others have their tiles."""
    who = visitor(request.headers.get(PASS, ""))
    lane = _lanes.get(who) or _lanes.setdefault(who, Lane(*(VISITOR if who else STRANGERS)))
    if lane.full:
        return None
    async with lane.open:
        try:
            return await _once(request, question)
        except programs.NotCompiled:
            if not who or await request.is_disconnected():
                return None
        await asyncio.get_running_loop().run_in_executor(_compiler, _compile, question)
        try:
            return await _once(request, question)
        except programs.NotCompiled:  # so many programs that this one is gone already
            return None


async def _once(request: Request, question: bytes) -> bytes | None:
    """The tile, unless its visitor leaves meanwhile."""
    async with _place:
        if await request.is_disconnected():
            return None
        gone = threading.Event()
        work = asyncio.get_running_loop().run_in_executor(_thread, _compiled, question, gone.is_set)
        while not (await asyncio.wait({work}, timeout=LOOK_EVERY))[0]:
            if await request.is_disconnected():
                gone.set()
        try:
            return await work
        except engine.Cancelled:
            return None


def route(base: str = "") -> Route:
    """The way to `answer` on a server whose pages lie below ``base``: "" or "/lab"."""
    return Route(f"{base}/{ADDRESS}", _tile, methods=["POST"])
