"""Long exports are drawn in processes of low priority, so many at a time; the others wait their turn.

    queue = RenderQueue(places=2)
    job = queue.order(Order("gif", panel="landscape"), message, present=lambda: True)
    job.state, job.progress, job.ahead, job.result, job.fault
    job.cancel()

A job whose visitor has left is given up, whether it waits or is being drawn. Whatever goes wrong, the job fails with a
sentence for its visitor, the log says the rest, and the next job begins.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from lrviz.export.choices import SIZES, USUAL_FRAMES, Drawn
from lrviz.export.worker import BROKEN, NO_MEMORY
from lrviz.palette import Theme

ROOT = Path(__file__).parents[2]
WORKER = (sys.executable, "-m", "lrviz.export.worker")
LOOK_EVERY = 1.0
"""Seconds between two looks at who has left and what takes too long."""
LEFT_AFTER = 5.0
"""Seconds without a visitor before a job is given up: a connection that is lost for a moment comes back sooner."""
TOO_LONG = 180.0
"""Seconds after which a process is ended whatever it does."""
EXIT_WITHIN = 5.0
"""Seconds that a process has to exit by itself after its result."""
MOST_WAITING = 20
LONGEST_LINE = 100_000
"""Bytes of a line that a process writes; the traceback of a fault fits."""
LARGEST_RESULT = 100_000_000
"""Bytes of a file."""
KILLED = -9
"""The exit status of a process that the system ended, or we."""

LATE = f"It took more than {TOO_LONG / 60:.0f} minutes and was ended. Try one panel, or fewer runs."
NONSENSE = "The process that drew it sent what is no picture, and was ended. Please try again."
LEFT = "Given up, because this page was closed or not connected."

LOG = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Order:
    """What is to be drawn; ``frames`` matters to a film only, ``step``, the last where it is None, to a picture."""

    kind: Drawn
    panel: str = "all"
    theme: Theme = "light"
    size: tuple[int, int] = SIZES["gif"]
    frames: int = USUAL_FRAMES
    step: int | None = None


class QueueFull(RuntimeError):
    """Too many are waiting."""


class RenderError(Exception):
    """A sentence for the visitor, and what the log holds besides."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class Job:
    """One order. ``result`` is there when ``state`` is done, ``fault`` is a sentence when it has failed or was given
    up."""

    def __init__(self, queue: RenderQueue, order: Order, message: bytes, present: Callable[[], bool]) -> None:
        self.order = order
        self.state: State = "waiting"
        self.progress = 0.0
        self.result: bytes | None = None
        self.fault = ""
        self._queue, self._message, self._present = queue, message, present
        self._seen = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ahead(self) -> int:
        """How many are before this one, those that are being drawn too; 0 once it is being drawn."""
        return self._queue._ahead(self)

    @property
    def process(self) -> int | None:
        """The id of its process."""
        return self._process.pid if self._process else None

    def cancel(self) -> None:
        """At once, wherever it stands."""
        self._queue._cancel(self)

    def _left(self) -> bool:
        """Whether the visitor has been away for too long, as far as was looked."""
        now = time.monotonic()
        if self._present():
            self._seen = now
        return now - self._seen > LEFT_AFTER


class RenderQueue:
    """``places``: how many processes at a time."""

    def __init__(self, places: int = 2) -> None:
        self.places = places
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []

    def order(self, order: Order, message: bytes, present: Callable[[], bool] = lambda: True) -> Job:
        """Begin, or wait for a place; raises ``QueueFull``. ``present`` says whether the visitor is still there: it is
        called about once a second from another thread, and must not wait for anything."""
        job = Job(self, order, message, present)
        with self._lock:
            self._give_up()
            if len(self._waiting) >= MOST_WAITING:
                raise QueueFull(f"{MOST_WAITING} exports are waiting already. Please try again in a minute.")
            self._waiting.append(job)
            self._next()
        return job

    def _next(self) -> None:
        """Whoever is first takes a free place."""
        with self._lock:
            while self._waiting and len(self._running) < self.places:
                job = self._waiting.popleft()
                job.state = "running"
                self._running.append(job)
                try:
                    threading.Thread(target=self._make, args=(job,), daemon=True, name="lrviz export").start()
                except (RuntimeError, MemoryError) as error:  # there are as many threads as the system allows
                    self._running.remove(job)
                    self._end(job, "failed", BROKEN, str(error))

    def _ahead(self, job: Job) -> int:
        with self._lock:
            return len(self._running) + self._waiting.index(job) if job in self._waiting else 0

    def _give_up(self) -> None:
        """End all whose visitors have left."""
        with self._lock:
            for job in [*self._waiting, *self._running]:
                if job._left():
                    self._cancel(job, LEFT)

    def _cancel(self, job: Job, why: str = "") -> None:
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
            self._end(job, "cancelled", why)
            if job._process is not None:
                job._process.kill()

    def _end(self, job: Job, state: State, fault: str = "", details: str = "", result: bytes | None = None) -> None:
        """The first end of a job is its end."""
        with self._lock:
            if job.state not in ("waiting", "running"):
                return
            job.state, job.fault, job.result, job._message = state, fault, result, b""
            if state == "done":
                job.progress = 1.0
        if state == "failed":
            LOG.error("Export of %s (%s) failed. %s %s", job.order.kind, job.order.panel, fault, details)

    def _make(self, job: Job) -> None:
        try:
            self._end(job, "done", result=self._drawn(job))
        except RenderError as error:
            self._end(job, "failed", str(error), error.details)
        except Exception:
            self._end(job, "failed", BROKEN, traceback.format_exc())
        finally:
            with self._lock:
                self._running.remove(job)
                self._next()

    def _drawn(self, job: Job) -> bytes:
        """The file; raises ``RenderError``."""
        with self._lock:
            if job.state != "running":
                raise RenderError("")
            message = job._message
            job._process = process = _started()
        ended = threading.Event()
        try:
            threading.Thread(target=self._watch, args=(job, process, ended), daemon=True, name="lrviz watch").start()
            return _file(process, job, message)
        finally:
            ended.set()
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # it still held something for a process that is gone
                    pipe.close()  # type: ignore[union-attr]
            process.wait()

    def _watch(self, job: Job, process: subprocess.Popen[bytes], ended: threading.Event) -> None:
        """While this job is drawn. Who waits is looked after too: somebody waits only while others are drawn."""
        begin = time.monotonic()
        while not ended.wait(LOOK_EVERY):
            self._give_up()
            if time.monotonic() - begin > TOO_LONG:
                self._end(job, "failed", LATE)
                process.kill()


def _started() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    quiet = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    try:
        return subprocess.Popen(  # what it writes as errors joins the server's own
            WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **quiet, "PYTHONPATH": path, "MPLBACKEND": "agg"},
        )
    except OSError as error:
        raise RenderError(f"The server could not begin to draw it: {error.strerror or 'an error'}.") from error


def _file(process: subprocess.Popen[bytes], job: Job, message: bytes) -> bytes:
    """Hand the job over, read how far it is, and then the file (`lrviz.export.worker` says how they are written). Its
    input stays open: a process whose server is gone reads the end of it, and exits."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):  # it has ended; its exit status says how
        process.stdin.write(json.dumps({**asdict(job.order), "bytes": len(message)}).encode() + b"\n" + message)
        process.stdin.flush()
    while line := process.stdout.readline(LONGEST_LINE):
        answer = _read(line)
        if isinstance(answer, int):
            content = process.stdout.read(answer)
            if len(content) < answer:
                break
            with suppress(subprocess.TimeoutExpired):  # it may have to clean up
                process.wait(EXIT_WITHIN)
            return content
        job.progress = answer
    status = process.wait()
    raise RenderError(NO_MEMORY if status == KILLED else BROKEN, f"It exited with status {status}.")


def _read(line: bytes) -> float | int:
    """What a line says: the part that is done, a float; or how many bytes of a file follow, an int. Raises
    ``RenderError`` for a fault, and for what is none of these."""
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    match answer:
        case float() if 0 <= answer <= 1:
            return answer
        case {"bytes": int(size)} if 0 < size <= LARGEST_RESULT:
            return size
        case {"fault": str(sentence), "details": str(details)}:
            raise RenderError(sentence, details)
    raise RenderError(NONSENSE, f"It wrote {line[:200]!r}.")
