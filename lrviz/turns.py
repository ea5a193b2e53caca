"""Pictures before words: which of the runs under way goes first, where all visitors share one interpreter.

A class that opens a lesson at once waits for fifty pictures, 10 ms of the processor each, and each visitor's words take
two to four times that. As threads share an interpreter, every picture would wait for most of the words. So words begin
when no picture is being made, one run after the other, and a visitor who moves on meanwhile needs the old ones no more.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AT_ONCE = 1
"""Runs that make words. With two 95% of a class had its stage after 0.6-1.1 s instead of 0.5-0.7 s."""
LONGEST = 2.0
"""Seconds that words wait at most."""
LOOK_EVERY = 0.05
"""Seconds between two looks whether anybody still waits for them."""


def _wanted() -> None:
    """Somebody waits for it."""


still_wanted: Callable[[], None] = _wanted
"""Called between two pieces of long work: raises where nobody waits for it any more. The pages set it, for who computes
does not know who waits."""


class Turns:
    """Of the runs in many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures = self._words = 0
        self._waiting: deque[threading.Event] = deque()
        self._here = threading.local()

    @contextmanager
    def run(self) -> Iterator[None]:
        """Around a run: it makes a picture, up to its `words`. Inside another one of the same thread it is a part of
        that one."""
        if hasattr(self._here, "ends"):
            yield
            return
        self._pass(pictures=1)
        self._here.ends = {"pictures": -1}
        try:
            yield
        finally:
            self._pass(**self._here.__dict__.pop("ends"))

    def words(self, look: Callable[[], None]) -> None:
        """From here on this run makes words: it waits for its turn. look: raises where nobody waits for them any more.
        Outside of `run` nothing is waited for."""
        if "pictures" not in (ends := getattr(self._here, "ends", {})):
            return
        self._here.ends = {}
        turn = threading.Event()
        with self._lock:
            self._waiting.append(turn)
        self._pass(**ends)
        try:
            end = time.monotonic() + LONGEST
            while not turn.wait(LOOK_EVERY) and time.monotonic() < end:
                look()
        finally:
            with self._lock:
                if turn.is_set():
                    self._here.ends = {"words": -1}
                else:
                    self._waiting.remove(turn)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Around a part of a run in which it makes nothing but waits, for a training say: nobody waits for it."""
        ends = getattr(self._here, "ends", {})
        self._pass(**ends)
        try:
            yield
        finally:
            self._pass(**{kind: -change for kind, change in ends.items()})

    def _pass(self, pictures: int = 0, words: int = 0) -> None:
        """So many more of these are under way; those whose turn it is now go on."""
        with self._lock:
            self._pictures += pictures
            self._words += words
            while self._waiting and not self._pictures and self._words < AT_ONCE:
                self._words += 1
                self._waiting.popleft().set()


turns = Turns()
"""Those of this process."""
