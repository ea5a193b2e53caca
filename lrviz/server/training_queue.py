"""The trainings of all visitors, in threads of low priority: each for a tenth of a second, then the next one's part, so
that a long one keeps nobody waiting and is cancelled at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Literal, TypeVar

from lrviz.server.priority import low_priority
from lrviz.training import History, Training, run
from lrviz.training.loop import MOST_NUMBERS as MOST_HELD
from lrviz.turns import turns

PACE = 0.1
"""Seconds of a part."""
THREADS = 2
"""While one compiles the other trains."""
MOST_NUMBERS = 400_000
"""Weights that a visit keeps of a training: 3 MB."""
MOST_LARGE = 6
"""Large jobs that are under way, at most; each holds up to 32 MB of weights."""
LONGEST = 60.0
"""Seconds that a slider's batch is waited for."""
State = Literal["waiting", "running", "done", "cancelled", "failed"]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Job:
    """Trainings, one after the other: side by side they would differ in the last digit, which a training at the edge
    makes a visible one. wanted: does anybody still wait for them?

    histories: those that have ended and the one under way, so far. state: where it is; ``ended`` is set when it has
    come to its end, in whichever way.
    """

    def __init__(self, trainings: Sequence[Training], sharpness: int, wanted: Callable[[], bool]) -> None:
        self.trainings = list(trainings)
        self.sharpness = sharpness
        self.wanted = wanted
        self.histories: list[History] = []
        self.state: State = "waiting"
        self.ended = threading.Event()
        self._parts: Iterator[list[History]] | None = None

    @property
    def history(self) -> History | None:
        """Of the first, so far; None before its first part."""
        return self.histories[0] if self.histories else None

    @property
    def done(self) -> bool:
        return self.ended.is_set()

    @cached_property
    def large(self) -> bool:
        """Does it hold more weights while it is under way than a visit keeps of a training?"""
        held = (min(training.shape.weights * (training.epochs + 1), MOST_HELD) for training in self.trainings)
        return sum(held) > MOST_NUMBERS

    def wait(self, seconds: float) -> bool:
        """Wait so long for its end, which keeps no other run of a page waiting.   -> has it ended?"""
        with turns.away():
            return self.ended.wait(seconds)

    def cancel(self) -> None:
        """No more parts; the one under way is of no interest any more."""
        if not self.done:
            self._end("cancelled")

    def _end(self, state: State) -> None:
        self.state = state
        self.ended.set()

    def go_on(self) -> None:
        """One part."""
        if self.done:
            return
        if not self.wanted():
            self.cancel()
            return
        self.state = "running"
        if self._parts is None:
            self._parts = _one_by_one(self.trainings, self.sharpness)
        try:
            histories = next(self._parts, None)
        except Exception:
            _LOG.exception("A training failed.")
            self._end("failed")
            return
        if self.done:  # cancelled meanwhile
            return
        if histories is None:
            self._end("done")
            return
        self.histories = [history.thinned(MOST_NUMBERS) for history in histories]
        if len(histories) == len(self.trainings) and histories[-1].done:
            self._end("done")


def _one_by_one(trainings: Sequence[Training], sharpness: int) -> Iterator[list[History]]:
    ended: list[History] = []
    for training in trainings:
        for history in run(training, sharpness=sharpness, pace=PACE):
            yield [*ended, history]
        ended.append(history)


_threads = ThreadPoolExecutor(THREADS, "training", initializer=low_priority)
_lock = threading.Lock()
_waiting: list[Job] = []
_begun: set[Job] = set()


def begin(trainings: Sequence[Training], sharpness: int = 0, wanted: Callable[[], bool] = lambda: True) -> Job:
    """Train these, in turn with those of others."""
    job = Job(trainings, sharpness, wanted)
    with _lock:
        _waiting.append(job)
    _fill()
    return job


def together(trainings: Sequence[Training], wanted: Callable[[], bool] = lambda: True) -> list[History]:
    """Train these and wait for it. Raises ``TimeoutError`` where others take too long."""
    job = begin(trainings, wanted=wanted)
    if not job.wait(LONGEST) or job.state != "done":
        job.cancel()
        raise TimeoutError("The trainings of a slider did not come in time.")
    return job.histories


def aside(work: Callable[[], T]) -> T:
    """This work by a thread of low priority, waited for."""
    with turns.away():
        return _threads.submit(work).result()


def _fill() -> None:
    """Who waits begins: a large one where there is a place."""
    with _lock:
        places = MOST_LARGE - sum(job.large for job in _begun)
        waiting = [job for job in _waiting if not job.done]
        _waiting.clear()
        for job in waiting:
            if job.large and not places:
                _waiting.append(job)
                continue
            places -= job.large
            _begun.add(job)
            _threads.submit(_turn, job)


def _turn(job: Job) -> None:
    job.go_on()
    if not job.done:
        _threads.submit(_turn, job)
        return
    job._parts = None
    with _lock:
        _begun.discard(job)
    _fill()
