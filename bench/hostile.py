"""One visitor who forges what browsers say, on loopback alone: how many answers are an error, and what it costs."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import served
from tests.hostile_states import PARTS, SEQ, STATES, VALUES
from tests.sessions import STAGE, Session

PAGE = "playground"
VISITS = (
    (PAGE, ""),
    (PAGE, "run2=optimizer:adam&schedule=multi_step&optimizer=rmsprop", "share_more"),
    ("schedules", "", "predict_schedules_0"),
    ("adaptive", "", "predict_adaptive_0"),
    ("stuck", "", "predict_stuck_0"),
    ("valleys", "", "predict_valleys_0"),
    ("glossary", ""),
    ("class", "open=alpha,schedule,kappa,race&locked=steps"),
)
"""Page, its address, and the buttons that are pressed there: each kind of widget is on one of them."""
MILLION = 1_000_000
LONGEST = 120
"""Seconds at most for one curve."""


def child() -> int:
    """The process that this one has started last: the server."""
    started = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    return int(started[-1])


def megabytes(pid: int, field: str = "VmRSS") -> float:
    """Of a process now; ``VmHWM``: at its most so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) * 1024 / 1e6


def forged(url: str) -> tuple[int, int, int]:
    """How many messages were sent, how many of the answers were an error, and how many sessions never got over it."""
    sent = failed = lost = 0
    done: set[str] = set()

    def visit(page: str, query: str, buttons: Sequence[str]) -> Session:
        session = Session(url).open(page, query).unfold()
        for button in buttons:
            session.press(button)
        return session

    for page, query, *buttons in VISITS:
        session = visit(page, query, buttons)
        texts = [*STATES, *(f'{{"{part}":{text}}}' for part, texts in PARTS.items() for text in texts)]
        stage = session.find(STAGE)
        # Those of a dialog first: it closes as soon as the page is drawn anew.
        widgets = sorted(session.widgets.keys() - done, key=lambda widget: "-class_" not in widget)
        done |= set(widgets)
        forgeries = [(widget, value) for widget in widgets for value in VALUES]
        forgeries += [(stage, {"json_value": text}) for text in texts] if stage and page == PAGE else []
        for widget, value in forgeries:
            before, sent = dict(session.states), sent + 1
            failed += bool(session.set(widget, **value).faults)
            session.states = before
            session.send(before, session.fragment(widget))
            if session.faults:
                lost += 1
                session.socket.close()
                session = visit(page, query, buttons)
        session.socket.close()
    return sent, failed, lost


def curve(url: str, attackers: int) -> float:
    """Seconds until as many visitors at once have an answer to a curve of a million points, or are thrown out."""
    points = ",".join(f"[{i},0.1]" for i in range(MILLION))
    sessions = [Session(url, LONGEST).open(PAGE) for _ in range(attackers)]

    def attack(session: Session) -> None:
        try:
            stage = session.find(STAGE) or ""
            session.set(stage, json_value=f'{{"drawn":{{"seq":{SEQ},"points":[{points}]}}}}')
        except ConnectionClosed:
            pass

    threads = [threading.Thread(target=attack, args=(session,)) for session in sessions]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begin
    for session in sessions:
        session.socket.close()
    return taken


def main() -> None:
    """Print the figures."""
    logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)  # it says when a server hangs up
    with served() as url:
        sent, failed, lost = forged(url)
    verdict = "ok" if failed == lost == 0 else "TOO MANY"
    print(f"\nForged messages of a browser ({os.cpu_count()} cores)")
    print(f"  errors among the answers to {sent} messages    {failed:6}   (none)   {verdict}")
    print(f"  sessions that never got over one          {lost:6}   (none)   {verdict}")
    for attackers in (1, 4):
        with served() as url:
            pid = child()
            with Session(url).open(PAGE):
                before = megabytes(pid)
            seconds = curve(url, attackers)
            most, after = megabytes(pid, "VmHWM"), megabytes(pid)
            verdict = "ok" if seconds < 1 and most < before + 100 else "TOO MUCH"
            print(f"  a curve of a million points from {attackers} at once  {seconds:6.2f} s (below 1 s)")
            print(f"    memory before, most, after   {before:.0f}, {most:.0f}, {after:.0f} MB   {verdict}")


if __name__ == "__main__":
    main()
