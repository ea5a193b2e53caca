"""Where exports are made that take long: in processes of low priority, so many at a time, the others wait their turn.

    shop = Workshop(places=2)
    job = shop.order(Order("gif", panel="landscape"), message)
    job.state, job.progress, job.ahead, job.result, job.fault
    job.cancel()

A job that nobody has looked at for a while is given up: its visitor has left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from lrviz.export.choices import SIZES, USUAL_FRAMES, Drawn
from lrviz.palette import Theme

ROOT = Path(__file__).parents[2]
LEFT_AFTER = 90.0
"""Seconds without a look before a job is given up: a hidden tab looks once a minute."""
TOO_LONG = 180.0
"""Seconds after which a process is ended whatever it does."""
MOST_WAITING = 20

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Order:
    """What is to be drawn; ``frames`` matters to a film only."""

    kind: Drawn
    panel: str = "all"
    theme: Theme = "light"
    size: tuple[int, int] = SIZES["gif"]
    frames: int = USUAL_FRAMES


class Full(RuntimeError):
    """Too many are waiting."""


class Job:
    """One order. ``result`` is there when ``state`` is done."""

    def __init__(self, shop: Workshop, order: Order, message: bytes) -> None:
        self.order = order
        self.progress = 0.0
        self.result: bytes | None = None
        self.fault = ""
        self._shop, self._message = shop, message
        self._state: State = "waiting"
        self._seen = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> State:
        """Looking keeps the job alive."""
        self._seen = time.monotonic()
        return self._state

    @property
    def ahead(self) -> int:
        """How many are before this one, those that are being made too; 0 once it is being made."""
        return self._shop._ahead(self)

    @property
    def process(self) -> int | None:
        """The id of its process."""
        return self._process.pid if self._process else None

    @property
    def left(self) -> bool:
        return time.monotonic() - self._seen > LEFT_AFTER

    def cancel(self) -> None:
        """At once, wherever it stands."""
        self._shop._cancel(self)


class Workshop:
    """``places``: how many processes at a time."""

    def __init__(self, places: int = 2) -> None:
        self.places = places
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []

    def order(self, order: Order, message: bytes) -> Job:
        """Begin, or wait for a place; raises ``Full``."""
        job = Job(self, order, message)
        with self._lock:
            for gone in [other for other in self._waiting if other.left]:
                self._waiting.remove(gone)
                gone._state = "cancelled"
            if len(self._waiting) >= MOST_WAITING:
                raise Full(f"{MOST_WAITING} exports are waiting already. Please try again in a minute.")
            self._waiting.append(job)
            self._next()
        return job

    def _next(self) -> None:
        """With the lock held: whoever is first and still there takes a free place."""
        while self._waiting and len(self._running) < self.places:
            job = self._waiting.popleft()
            if job.left:
                job._state = "cancelled"
                continue
            job._state = "running"
            self._running.append(job)
            threading.Thread(target=self._make, args=(job,), daemon=True, name="lrviz export").start()

    def _ahead(self, job: Job) -> int:
        with self._lock:
            return len(self._running) + self._waiting.index(job) if job in self._waiting else 0

    def _cancel(self, job: Job) -> None:
        with self._lock:
            if job._state in ("waiting", "running"):
                job._state = "cancelled"
            if job in self._waiting:
                self._waiting.remove(job)
            if job._process is not None and job._process.poll() is None:
                job._process.kill()

    def _make(self, job: Job) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="lrviz-") as folder:
                self._watch(job, Path(folder) / "made")
        except OSError as wrong:
            self._end(job, "failed", f"The server could not make it: {wrong.strerror or 'an error'}.")
        finally:
            job._message = b""
            with self._lock:
                self._running.remove(job)
                self._next()

    def _watch(self, job: Job, target: Path) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        quiet = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        with self._lock:
            if job._state != "running":
                return
            job._process = process = subprocess.Popen(
                [sys.executable, "-m", "lrviz.export.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **quiet, "PYTHONPATH": path, "MPLBACKEND": "agg"},
            )
        late = threading.Timer(TOO_LONG, process.kill)
        late.daemon = True
        late.start()
        try:
            with process:
                self._hand_over(process, job, target)
                for line in process.stdout or ():
                    job.progress = float(line)
                    if job.left:
                        job.cancel()
        finally:
            late.cancel()
        if process.returncode == 0 and target.exists():
            job.result = target.read_bytes()
            self._end(job, "done")
        else:
            self._end(job, "failed", "It took too long, or more memory than there is. Try a smaller one.")

    @staticmethod
    def _hand_over(process: subprocess.Popen[bytes], job: Job, target: Path) -> None:
        head = json.dumps({**asdict(job.order), "target": str(target)}).encode() + b"\n"
        try:
            if process.stdin is not None:
                process.stdin.write(head + job._message)
                process.stdin.close()
        except BrokenPipeError:  # killed already
            pass

    def _end(self, job: Job, state: State, fault: str = "") -> None:
        with self._lock:
            if job._state == "running":
                job._state, job.fault = state, fault
            if state == "done":
                job.progress = 1.0
