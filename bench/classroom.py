"""A class that opens a lesson within a second, predicts, moves sliders and leaves: fifty real sessions of Streamlit,
and what the server keeps of them. The visitors are one process, the server another."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench.clock import bounded
from lrviz.lessons import LESSONS
from lrviz.server.slider_api import ADDRESS
from tests.browser.conftest import started
from tests.sessions import Visitor

VISITORS, WITHIN = 50, 1.0  # how many come, in how many seconds
MOVES, EVERY = 5, 1.0  # of each visitor, and the seconds between two
DRAWN, IDLE = 0.04, 0.12  # seconds after which the stage says that its picture is drawn: web/instance.js
CLASSES = ("how_long", "how_long", "stuck", "valleys", "adaptive")
OPEN_BOUND, MEMORY_BOUND, CONFINED = 1000, 400, 448  # milliseconds, megabytes, megabytes
ENDED = 140.0  # seconds after which a session that ended has gone


@dataclass
class Lesson:
    """Seconds of all visitors. opened: from the socket to the stage's message; moved: from a slider of the page to it;
    runs: from the question for a slider's runs to the answer; refused: questions that had none.
    """

    opened: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)
    refused: int = 0


async def lesson(
    url: str, page: str = CLASSES[0], visitors: int = VISITORS, moves: int = MOVES, route: bool = True,
    there: Callable[[], None] = lambda: None,
) -> Lesson:  # fmt: skip
    """A class in this lesson. route: each requests its slider's runs from the endpoint as a pointer hovers;
    without, all comes by reruns. there: called while all are there."""
    times, begin, everybody = Lesson(), time.perf_counter(), asyncio.Barrier(visitors)

    async def one(place: int) -> None:
        await _until(begin + WITHIN * place / visitors)
        came = time.perf_counter()
        async with Visitor(url, page) as visitor:
            await visitor.rerun()
            await visitor.picture()
            times.opened.append(time.perf_counter() - came)
            await _words(visitor, DRAWN)
            await _predict(visitor, place)
            await everybody.wait()
            if place == 0:
                there()
            first = time.perf_counter() + EVERY * place / visitors
            for move in range(moves):
                await _until(first + EVERY * move)
                if route and move == 0 and "endpoint" in visitor.meta:
                    await _ask(visitor, times)
                await _move(visitor, place + move, times)
            await everybody.wait()
        assert not visitor.faults, visitor.faults

    await asyncio.gather(*map(one, range(visitors)))
    return times


async def _until(when: float) -> None:
    await asyncio.sleep(max(0.0, when - time.perf_counter()))


async def _words(visitor: Visitor, after: float) -> None:
    """The picture is drawn and no other follows: the rest of the page comes."""
    await visitor.finished()
    if visitor.meta.get("stale"):  # a player of trainings has all its words at once
        await asyncio.sleep(after)
        await visitor.stage(idle={"seq": visitor.number()})
        await visitor.finished()


async def _predict(visitor: Visitor, choice: int) -> None:
    choices = [key for key in visitor.keys if key.startswith("predict_")]
    await visitor.set(choices[choice % len(choices)], trigger_value=True)
    await visitor.finished()


def _sliders(visitor: Visitor) -> list[str]:
    """The keys of those of the page, the latest of each knob last."""
    return [key for key, element in visitor.keys.items() if element.kind == "slider" and key.startswith("knob_")]


async def _ask(visitor: Visitor, times: Lesson) -> None:
    """As the pointer hovers over a slider, of the page or of the stage; a server without time is queried again."""
    endpoint, sliders = visitor.meta["endpoint"], _sliders(visitor)
    knob = sliders[0].split("-")[0].removeprefix("knob_") if sliders else visitor.meta["live"][0]["knob"]
    question = {"race": endpoint["race"], "knob": knob, "text": endpoint["labels"][knob], "slice": None, "around": True}
    begin = time.perf_counter()
    for pause in (1, 2, 4, 0):
        status, _ = await visitor.post(ADDRESS, json.dumps(question).encode(), lab_pass=endpoint["visit"])
        if status == 200:
            break
        await asyncio.sleep(pause)
    if status == 200:
        times.runs.append(time.perf_counter() - begin)
    else:
        times.refused += 1


async def _move(visitor: Visitor, place: int, times: Lesson) -> None:
    """A slider is let go of at another stop: the first one of the page; where it has none, of the stage."""
    sliders, begin = _sliders(visitor), time.perf_counter()
    if sliders:
        key = [key for key in sliders if key.split("-")[0] == sliders[0].split("-")[0]][-1]
        options = visitor.keys[key].message.options
        await visitor.set(key, string_array_value=[options[place % len(options)]])
    else:
        knob = visitor.meta["live"][0]["knob"]
        values = visitor.arrays[f"live.{knob}"]
        stop = place % len(values)
        await visitor.stage(live={knob: {"seq": visitor.number(), "value": float(values[stop]), "index": stop}})
    await visitor.picture()
    times.moved.append(time.perf_counter() - begin)
    await _words(visitor, IDLE)


class Costs(NamedTuple):
    """Milliseconds of the server's processor. session: to open a lesson, with its words; prediction: a click on one;
    move: of a slider, with the words that follow."""

    session: float
    prediction: float
    move: float


async def costs(url: str, server: int, page: str, visitors: int = 10, moves: int = MOVES) -> Costs:
    """In this lesson, one visitor after the other: that does not depend on what else the machine has to do."""
    spent, times = [0.0] * 3, Lesson()
    for place in range(visitors):
        async with Visitor(url, page) as visitor:
            marks = [processor(server)]
            await visitor.rerun()
            await _words(visitor, DRAWN)
            marks.append(processor(server))
            await _predict(visitor, place)
            marks.append(processor(server))
            for move in range(moves):
                await _move(visitor, place + move, times)
            marks.append(processor(server))
            spent = [before + end - begin for before, (begin, end) in zip(spent, pairwise(marks), strict=True)]
    session, prediction, moved = (1000 * seconds / visitors for seconds in spent)
    return Costs(session, prediction, moved / moves)


async def everything(url: str) -> None:
    """All pages one after the other, a film and a picture, and twenty visitors."""
    for page in ("", "glossary", "answers", "maps", "training", "replay"):
        async with Visitor(url, page) as visitor:
            await visitor.rerun()
            await visitor.finished()
            assert not visitor.faults, visitor.faults
    for page in LESSONS:
        await lesson(url, page, visitors=1, moves=1)
    async with Visitor(url, "playground") as visitor:
        await visitor.rerun()
        await visitor.picture()
        await _words(visitor, DRAWN)
        await visitor.set("take", bool_value=True)
        await visitor.finished()
        for kind in ("Animation, GIF", "Picture, PNG"):
            await visitor.set("export_as", string_value=kind)
            await visitor.finished()
            await visitor.set("export_make", trigger_value=True)
            visitor.elements.pop(visitor.find("export_made_file") or "", None)
            while not visitor.find("export_made_file"):
                await visitor.finished()
                await asyncio.sleep(0.5)
                await visitor.rerun(visitor.keys["export_as"].fragment)
        assert not visitor.faults, visitor.faults
    await lesson(url, visitors=20)


@contextmanager
def confined(megabytes: int) -> Iterator[list[str] | None]:
    """A command that runs the one behind it in a control group of so much memory; None where none can be had."""
    root = Path("/sys/fs/cgroup")
    limits = {root: "memory.max", root / "memory": "memory.limit_in_bytes"}  # version 2, version 1
    above = next((above for above in limits if (above / "cgroup.procs").exists()), root)
    group, command = above / f"lrviz-{os.getpid()}", None
    with suppress(OSError):  # not ours to make, or memory is not among what it limits
        group.mkdir()
        (group / limits[above]).write_text(str(megabytes << 20))
        command = ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$0" "$@"']
    try:
        yield command
    finally:
        if group.exists():
            group.rmdir()


def resident(process: int) -> float:
    """Megabytes of a process."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(rows["VmRSS"].split()[0]) / 1024


def processor(process: int) -> float:
    """Seconds of the processor that a process has used so far; its clock is that of clock_getcpuclockid(3)."""
    return time.clock_gettime((~process << 3) | 2)


def descriptors(process: int) -> int:
    """Files and sockets that a process has open."""
    return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())


def nearly_all(times: list[float]) -> float:
    """Milliseconds within which 95% are."""
    return 1000 * sorted(times)[int(0.95 * (len(times) - 1))]


def _costs(url: str, server: int) -> None:
    for page in LESSONS:
        asyncio.run(costs(url, server, page, visitors=2))  # compiles
        spent = asyncio.run(costs(url, server, page))
        print(f"  {page}: processor of the server, one visitor after the other")
        bounded("  to open it, with its words", spent.session, "ms")
        bounded("  a prediction", spent.prediction, "ms")
        bounded("  a move of a slider, with its words", spent.move, "ms")


def _classes(url: str, server: int) -> None:
    asyncio.run(lesson(url, visitors=1))  # compiles
    bounded("memory of the server after one visitor", resident(server), "MB")
    most, before = [0], descriptors(server)
    for number, page in enumerate(CLASSES):
        route, began, mine = number != 1, time.perf_counter(), time.process_time()
        asyncio.run(lesson(url, page, visitors=1, moves=1))
        times = asyncio.run(lesson(url, page, route=route, there=lambda: most.append(descriptors(server))))
        share = (time.process_time() - mine) / (time.perf_counter() - began)
        ways = f"runs from the endpoint, {times.refused} refused" if route else "all by reruns"
        print(f"  {page}: {ways}; the visitors themselves took {100 * share:.0f}% of a core")
        bounded("  from opening to the stage's message, median", 1000 * statistics.median(times.opened), "ms")
        bounded("  95% of them within", nearly_all(times.opened), "ms", most=OPEN_BOUND)
        bounded("  from a slider to the stage's message, 95% within", nearly_all(times.moved), "ms")
        if times.runs:
            bounded("  from the question for a slider's runs to them, 95% within", nearly_all(times.runs), "ms")
        if number == 0:
            bounded("descriptors of a visitor", (max(most) - before) / VISITORS, "")
            bounded("memory after one class", resident(server), "MB")
    bounded(f"memory after {len(CLASSES)} classes", resident(server), "MB", most=MEMORY_BOUND)
    bounded("descriptors of those who left, within two minutes", descriptors(server) - before, "")
    time.sleep(ENDED)
    bounded("and then", descriptors(server) - before, "", most=5)
    bounded("memory", resident(server), "MB", most=MEMORY_BOUND)


def main() -> None:
    """Print the figures."""
    print(f"A class of {VISITORS} that opens a lesson within {WITHIN:g} s ({os.cpu_count()} cores for all)")
    if not sys.platform.startswith("linux"):
        print("  no /proc here: NOT measured")
        return
    with started() as (url, server):
        _costs(url, server)
    with started() as (url, server):
        _classes(url, server)
    with confined(CONFINED) as inside:
        if inside is None:
            print(f"  all pages, exports and twenty visitors in {CONFINED} MB: NOT measured, no control group here")
            return
        with started(inside=inside) as (url, server):
            asyncio.run(everything(url))
            bounded(f"all pages, exports and twenty visitors in {CONFINED} MB: done; memory", resident(server), "MB")


if __name__ == "__main__":
    main()
