"""What one client can take from the others: many questions to the sliders' route at once, and visitors who have
many programs compiled. Everything on this machine, over loopback."""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread, Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from bench.clock import bounded
from lrviz import OPTIMIZERS, SURFACES, Scenario, play, simulate
from lrviz.race import Race
from lrviz.server import slider_api
from tests.browser.conftest import served

QUESTIONS = 200
SECONDS = 10
EVERY = 0.1  # between two moves of the slider
LONGEST = 10.0  # after so many seconds an answer, or a page, has not come
SWITCHES, LATE = 45, 4  # seconds in all, and between two visitors
VISITORS, PROGRAMS = 4, 12
ROWS = [(surface, o.key, f) for surface in SURFACES for o in OPTIMIZERS.values() for f in o.rules]


def question(race: Race, knob: str, text: str) -> str:
    """One stop of a slider of the page, as a browser asks for it."""
    return json.dumps({"race": race.to_params(), "knob": knob, "text": text, "slice": None, "around": False})


# The sliders' route -----------------------------------------------------------------------------------------------


async def volleys(place: str) -> None:
    """The attackers: once a second many questions at once, each for another program over a connection of its own, until
    the process ends. It says when it begins, and the status of each answer."""
    host, port = place.split(":")

    async def ask(row: tuple[str, str, str]) -> None:
        surface, optimizer, framework = row
        body = question(Race(Scenario(surface, None, optimizer, framework)), "steps", "50")
        head = f"POST /{slider_api.ADDRESS} HTTP/1.1\r\nHost: {place}\r\nContent-Length: {len(body)}\r\n\r\n"
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write((head + body).encode())
            print((await reader.read(100))[9:12].decode(), flush=True)
            writer.close()

    print("ready", flush=True)
    under_way = set()
    while True:
        under_way |= {asyncio.create_task(ask(row)) for row in ROWS[:QUESTIONS]}
        await asyncio.sleep(1)


class Visit(NamedTuple):
    """A session: its socket, its pass ("" where the server gives none), and seconds from the request for the page to
    the end of the script's first run, which sends the stage."""

    socket: ClientConnection
    shown: str
    seconds: float


def opened(place: str, query: str) -> Visit:
    """A page and its session, as a browser has them, without the files and the drawing."""
    begin = time.perf_counter()
    server = HTTPConnection(place, timeout=LONGEST)
    server.request("GET", "/playground", headers={"Accept": "text/html"})
    assert server.getresponse().read()
    server.close()
    socket = connect(f"ws://{place}/_stcore/stream", subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
    back = BackMsg()
    back.rerun_script.query_string = query
    back.rerun_script.page_name = "playground"
    socket.send(back.SerializeToString())
    shown, message = "", ForwardMsg()
    while message.WhichOneof("type") != "script_finished":
        received = socket.recv(timeout=LONGEST)
        assert isinstance(received, bytes)
        message.ParseFromString(received)
        if found := re.search(rb'"visit": ?"([^"]+)"', received):
            shown = found[1].decode()
    return Visit(socket, shown, time.perf_counter() - begin)


class Moves(NamedTuple):
    """How long each answer of a slider took, in seconds, rising; and how many of them said that there was no time."""

    seconds: list[float]
    refused: int


def moves(place: str, shown: str, seconds: float) -> Moves:
    """A pointer that moves a slider for so long."""
    slider = play.slider_family(Race(Scenario()), "noise")
    assert slider
    taken: list[float] = []
    refused = 0
    server, end = HTTPConnection(place, timeout=LONGEST), time.perf_counter() + seconds
    while time.perf_counter() < end:
        text = slider.text[len(taken) % len(slider.text)]
        begin = time.perf_counter()
        try:
            server.request("POST", f"/{slider_api.ADDRESS}", question(Race(), "noise", text), {"Lab-Pass": shown})
            answer = server.getresponse()
            answer.read()
            refused += answer.status != 200
        except (OSError, HTTPException):
            server.close()
        taken.append(time.perf_counter() - begin)
        time.sleep(max(0.0, EVERY - taken[-1]))
    server.close()
    return Moves(sorted(taken), refused)


def processor(place: str) -> float:
    """Seconds of the processor that the server at this place has used so far."""
    port = place.split(":")[1].encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"streamlit" in (command := (folder / "cmdline").read_bytes()) and port in command.split(b"\0"):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    raise ProcessLookupError(f"no server at {place}")


def _ninety_five(values: list[float]) -> float:
    return values[int(0.95 * len(values))]


def questions() -> None:
    """A slider and a page beside the attackers, and what the server does when they have left."""
    print(f"{QUESTIONS} questions for different programs at once, once a second for {SECONDS} s: what others see of it")
    with served() as url:
        place = urlsplit(url).netloc
        opened(place, "").socket.close()  # the server's first page
        visit = opened(place, "")
        idle = moves(place, visit.shown, 5)
        attackers = [
            sys.executable,
            "-c",
            f"import asyncio; from bench.attacks import *; asyncio.run(volleys({place!r}))",
        ]
        with subprocess.Popen(attackers, stdout=subprocess.PIPE) as running:
            assert running.stdout and running.stdout.readline()
            leave = Timer(SECONDS, running.kill)
            leave.start()
            pages: list[float] = []

            def open_pages() -> None:
                end = time.perf_counter() + SECONDS
                while time.perf_counter() < end:
                    begin = time.perf_counter()
                    with suppress(OSError, HTTPException, WebSocketException):
                        opened(place, "").socket.close()
                    pages.append(time.perf_counter() - begin)
                    time.sleep(1)

            opening = Thread(target=open_pages)
            opening.start()
            attacked = moves(place, visit.shown, SECONDS)
            opening.join()
            leave.join()
            statuses = Counter(running.stdout.read().decode().split())
        visit.socket.close()
        before = processor(place)
        time.sleep(5)
        after = processor(place) - before
        ms = 1000  # said while the server is there: it may not end while it compiles
        print(f"  the attackers have answers: {dict(statuses) or 'none'}")
        bounded("a slider's answer, idle, median", ms * statistics.median(idle.seconds), "ms")
        bounded("95% within", ms * _ninety_five(idle.seconds), "ms")
        most = 3 * statistics.median(idle.seconds)
        bounded("under the attack, median", ms * statistics.median(attacked.seconds), "ms", most=ms * most)
        bounded("95% within", ms * _ninety_five(attacked.seconds), "ms", most=ms * 3 * _ninety_five(idle.seconds))
        bounded(f"of {len(attacked.seconds)}, left to Streamlit (204)", attacked.refused, "")
        bounded("a page and its first run of the script, slowest", max(pages), "s", most=5)
        bounded("the server's processor in the 5 s after they have left", after, "s", most=1)


# Compiling --------------------------------------------------------------------------------------------------------


def switching(own: list[tuple[str, str, str]], late: float, end: Event) -> list[float]:
    """A visitor who comes late and goes from one program to the next: seconds of each switch."""
    time.sleep(late)
    taken: list[float] = []
    while not end.is_set():
        surface, optimizer, framework = own[len(taken) % len(own)]
        begin = time.perf_counter()
        simulate(Scenario(surface, None, optimizer, framework, steps=20))
        taken.append(time.perf_counter() - begin)
        time.sleep(EVERY)
    return taken


def bystander(end: Event) -> list[float]:
    """A visitor who stays with one program and moves a slider."""
    taken: list[float] = []
    while not end.is_set():
        begin = time.perf_counter()
        simulate(Scenario(alpha=0.01 + 1e-4 * len(taken), steps=200))
        taken.append(time.perf_counter() - begin)
        time.sleep(max(0.0, EVERY - taken[-1]))
    return sorted(taken)


def switches() -> None:
    """Prints what `compiling` measures; in a process of its own."""
    own = [ROWS[1 + visitor :: VISITORS][:PROGRAMS] for visitor in range(VISITORS)]
    simulate(Scenario(steps=200))
    end, took = Event(), {}
    works = {str(i): lambda i=i: switching(own[i], i * LATE, end) for i in range(VISITORS)} | {
        "by": lambda: bystander(end)
    }
    threads = [Thread(target=lambda key=key, work=work: took.update({key: work()})) for key, work in works.items()]
    for thread in threads:
        thread.start()
    time.sleep(SWITCHES)
    end.set()
    for thread in threads:
        thread.join()
    print(json.dumps(took))


def compiling() -> None:
    """Visitors with more programs than are kept: the engine alone, a thread each, as Streamlit has one a session."""
    print(f"{VISITORS} visitors who go round {PROGRAMS} programs each for {SWITCHES} s, and one who stays with another")
    cold = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}  # nothing is compiled yet
    script = [sys.executable, "-c", "from bench.attacks import switches; switches()"]
    took = json.loads(subprocess.run(script, capture_output=True, text=True, check=True, env=cold).stdout)
    by = took.pop("by")
    counts = sorted(len(taken) for taken in took.values())
    bounded("switches of the visitor who got fewest", counts[0], "", least=20)
    bounded("of the one who got most, to that", counts[-1] / counts[0], "x")
    bounded("the slowest switch", max(map(max, took.values())), "s")
    bounded("the one who stays, median", 1000 * statistics.median(by), "ms")
    bounded("95% within", 1000 * _ninety_five(by), "ms")


def main() -> None:
    """Every figure."""
    questions()
    compiling()


if __name__ == "__main__":
    main()
