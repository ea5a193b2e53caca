"""Exports take their turn in processes of their own: nobody waits for another's film, and each fault is told."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from lrviz.export import render_queue, worker
from lrviz.export.render_queue import Job, Order, QueueFull, RenderQueue
from tests.export.races import alive, until


def test_one_at_a_time_in_turn_and_a_cancelled_one_is_gone_at_once(message):
    queue = RenderQueue(places=1)
    long = queue.order(Order("gif", frames=900), message)
    second = queue.order(Order("png", "loss", size=(300, 200)), message)
    third = queue.order(Order("svg", "rate", size=(300, 200)), message)
    assert [job.state for job in (long, second, third)] == ["running", "waiting", "waiting"]
    assert [job.ahead for job in (long, second, third)] == [0, 1, 2]
    third.cancel()
    until(lambda: long.progress > 0)
    process = long.process
    assert process and alive(process) and os.getpriority(os.PRIO_PROCESS, process) >= 10
    long.cancel()
    until(lambda: not alive(process), 2)
    until(lambda: second.state == "done")
    assert (long.state, third.state, long.result, third.result) == ("cancelled", "cancelled", None, None)
    assert second.progress == 1 and second.result and second.result.startswith(b"\x89PNG")


def test_a_crowd_is_told(message, monkeypatch):
    monkeypatch.setattr(render_queue, "MOST_WAITING", 1)
    queue = RenderQueue(places=0)
    queue.order(Order("png"), message)
    with pytest.raises(QueueFull, match="waiting"):
        queue.order(Order("png"), message)


@pytest.mark.parametrize("drawn", [True, False])
def test_who_left_is_given_up_whether_drawn_or_waiting(drawn, message, monkeypatch):
    monkeypatch.setattr(render_queue, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(render_queue, "LEFT_AFTER", 0.2)
    here = {"first": True, "second": True}
    queue = RenderQueue(places=1)
    first = queue.order(Order("gif", frames=900), message, lambda: here["first"])
    second = queue.order(Order("gif", frames=900), message, lambda: here["second"])
    until(lambda: first.progress > 0)
    process = first.process
    left, stays = (first, second) if drawn else (second, first)
    here["first" if drawn else "second"] = False
    until(lambda: left.state == "cancelled", 5)
    assert "closed" in left.fault
    until(lambda: stays.state == "running", 5)
    if drawn:
        until(lambda: not alive(process), 2)
    stays.cancel()


def test_who_was_away_for_a_moment_is_not_given_up(message, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(render_queue.time, "monotonic", lambda: clock[0])
    here = [True]
    job = Job(RenderQueue(), Order("png"), message, lambda: here[0])
    for now, present, left in [
        (0, True, False),
        (2, False, False),
        (4, True, False),
        (8, False, False),
        (10, False, True),
    ]:
        clock[0], here[0] = now, present
        assert job._left() == left


SMALL = Order("png", "loss", size=(300, 200))


def failed(job: Job) -> str:
    until(lambda: job.state not in ("waiting", "running"))
    assert job.state == "failed" and job.result is None and "Traceback" not in job.fault
    return job.fault


def instead_of_the_worker(monkeypatch, code: str) -> None:
    monkeypatch.setattr(render_queue, "WORKER", (sys.executable, "-c", code))


def the_next_is_drawn(queue: RenderQueue, message: bytes) -> None:
    job = queue.order(SMALL, message)
    until(lambda: job.state == "done")


def test_what_fails_is_a_sentence_on_the_page_and_a_traceback_in_the_log(message, caplog):
    queue = RenderQueue(places=1)
    assert "log" in failed(queue.order(Order("png", panel="no such panel"), message))
    assert "Traceback" in caplog.text and "no such panel" in caplog.text
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    ("what", "fault"),
    [("lrviz export", "log"), ("lrviz watch", "log"), ("process", "could not begin to draw it: Resource temporarily")],
)
def test_a_place_is_not_lost_where_nothing_can_be_started(what, fault, message, monkeypatch, caplog):
    queue = RenderQueue(places=1)
    start = threading.Thread.start

    def no_thread(thread):
        if thread.name == what:
            raise RuntimeError("can't start new thread")
        start(thread)

    def no_process(*_, **__):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        if what == "process":
            patch.setattr(subprocess, "Popen", no_process)
        else:
            patch.setattr(threading.Thread, "start", no_thread)
        jobs = [queue.order(SMALL, message) for _ in range(3)]
        assert all(fault in failed(job) for job in jobs)
        assert what == "process" or caplog.text.count("can't start new thread") >= len(jobs)
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    "output",
    [
        "'half\\n'",
        "'NaN\\n'",
        "'1.5\\n'",
        "'-0.1\\n'",
        "'true\\n'",
        "'[' * 50_000 + '\\n'",
        "'0.5 ' * 60_000",
        "'{\"bytes\": -1}\\n'",
    ],
)
def test_a_process_that_writes_nonsense_is_ended(output, message, monkeypatch):
    queue = RenderQueue(places=1)
    with monkeypatch.context() as patch:
        instead_of_the_worker(
            patch, f"import sys, time; sys.stdout.write({output}); sys.stdout.flush(); time.sleep(100)"
        )
        job = queue.order(SMALL, b"short")
        assert failed(job) == render_queue.NONSENSE
        until(lambda: not alive(job.process), 2)
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import os; os.kill(os.getpid(), 9)", worker.NO_MEMORY),
        ("import os, sys; print('{\"bytes\": 9}', flush=True); os.kill(os.getpid(), 9)", worker.NO_MEMORY),
        ("import sys; sys.exit(3)", worker.BROKEN),
    ],
)
def test_how_a_process_ended_is_told(code, fault, monkeypatch):
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, b"short")) == fault


def test_what_takes_too_long_is_ended(message, monkeypatch):
    instead_of_the_worker(monkeypatch, "import time; time.sleep(100)")
    monkeypatch.setattr(render_queue, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(render_queue, "TOO_LONG", 0.2)
    job = RenderQueue().order(SMALL, b"short")
    assert failed(job) == render_queue.LATE
    until(lambda: not alive(job.process), 2)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (MemoryError(), worker.NO_MEMORY),
        (
            ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib"),
            worker.NO_PACKAGE.format("matplotlib"),
        ),
        (OSError(errno.ENOSPC, "No space left on device"), worker.NO_DISK),
        (ValueError("secret"), worker.BROKEN),
    ],
)
def test_each_fault_of_a_drawing_has_its_sentence(error, fault, monkeypatch):
    def fails(*_):
        raise error

    monkeypatch.setattr(worker, "made", fails)
    output = io.BytesIO()
    worker.answer({}, b"", output)
    answer = json.loads(output.getvalue())
    assert answer["fault"] == fault and "secret" not in fault and type(error).__name__ in answer["details"]
    with pytest.raises(render_queue.RenderError, match=re.escape(fault)):
        render_queue._read(output.getvalue())


def test_a_drawing_without_matplotlib_says_so(message, monkeypatch):
    instead_of_the_worker(
        monkeypatch, "import sys; sys.modules['matplotlib'] = None; from lrviz.export.worker import main; main()"
    )
    assert "package matplotlib is missing" in failed(RenderQueue().order(SMALL, message))


def test_a_disk_on_which_matplotlib_cannot_keep_its_fonts_is_told(monkeypatch, message):
    for home in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.setenv(home, "/dev/null")
    code = "import tempfile; tempfile.tempdir = '/dev/null'; from lrviz.export.worker import main; main()"
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, message)) == worker.NO_DISK


def test_more_memory_than_an_export_may_use_is_told(message, monkeypatch):
    code = "from lrviz.export import worker; worker.made = lambda *_: bytearray(2 * worker.MOST_MEMORY); worker.main()"
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, message)) == worker.NO_MEMORY


def test_a_full_disk_is_no_matter(message, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    monkeypatch.setattr(tempfile, "mkstemp", full)
    the_next_is_drawn(RenderQueue(), message)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told which process to end first")
def test_when_memory_ends_a_drawing_goes_before_the_server(message):
    job = RenderQueue().order(Order("gif", frames=900), message)
    until(lambda: job.progress > 0)
    assert Path(f"/proc/{job.process}/oom_score_adj").read_text().strip() == "1000"
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 1000
    job.cancel()


SLOW = """
import time
from lrviz.export import worker
worker.made = lambda job, message, progress: progress(0.5) or time.sleep(100)
worker.main()
"""
SERVER = f"""
import sys, time
from lrviz.export import render_queue
render_queue.WORKER = (sys.executable, "-c", {SLOW!r})
queue = render_queue.RenderQueue(places=2)
jobs = [queue.order(render_queue.Order("gif"), b"message") for _ in range(3)]
while not all(job.progress for job in jobs[:2]):
    time.sleep(0.02)
print(*[job.process for job in jobs[:2]], flush=True)
time.sleep(100)
"""
"""A server with two exports that never end, and one that waits."""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_nothing_is_left_of_a_server_that_ends(how, tmp_path):
    path = os.pathsep.join(filter(None, [str(render_queue.ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": path}
    with subprocess.Popen([sys.executable, "-c", SERVER], env=env, stdout=subprocess.PIPE, text=True) as server:
        processes = [int(number) for number in server.stdout.readline().split()]
        assert len(processes) == 2 and all(map(alive, processes))
        server.send_signal(how)
        server.wait()
    until(lambda: not any(map(alive, processes)), 2)
    assert not list(tmp_path.iterdir())
