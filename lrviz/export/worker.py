"""One picture or film, drawn in a process of its own: ``python -m lrviz.export.worker``.

    standard input    one line of JSON (kind, panel, theme, size, frames, step, bytes), then so many bytes: the packed
                      message. It stays open; where it ends, the server has ended, and so does this process
    standard output   lines of JSON: the part that is done, 0.0 to 1.0, as often as it likes; then {"bytes": n} and n
                      bytes, the file, or {"fault": a sentence for the visitor, "details": a traceback for the log}

Nothing of it is written to a disk. The process takes itself a low priority, one core, and no more memory than it says:
a page that somebody moves a slider on comes first. Where memory ends nevertheless, the system ends this process before
the server. Neither JAX nor Streamlit is loaded.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

NICE = 15
MOST_MEMORY = 1_500_000_000
"""Bytes of address space; a film of the usual size uses a tenth of it."""
FIRST_TO_GO = "1000"
"""The highest ``oom_score_adj`` of Linux: this process is ended first when memory ends."""
LONGEST_DETAILS = 8_000
"""Characters of a traceback, the last ones."""

NO_MEMORY = "There was not enough memory to draw it. Try one panel, or fewer runs."
NO_PACKAGE = "Pictures and films cannot be drawn here: the package {} is missing on the server."
NO_DISK = "The server's disk is full or cannot be written. Nothing is wrong with your runs: try again later."
BROKEN = "It could not be drawn, for a reason that is in the server's log."


def modest() -> None:
    """Take little, where the system lets a process say so."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")
    try:
        import resource  # noqa: PLC0415  not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def made(job: dict[str, Any], message: bytes, progress: Callable[[float], None]) -> bytes:
    """What a job asks for."""
    size = (int(job["size"][0]), int(job["size"][1]))
    if job["kind"] == "gif":
        from lrviz.export import film  # noqa: PLC0415  drawn only here

        frames = int(job["frames"])
        return film.gif(message, panel=job["panel"], theme=job["theme"], size=size, frames=frames, progress=progress)
    if job["panel"] == "map":
        from lrviz.export import map_picture  # noqa: PLC0415

        return map_picture.draw(message, job["kind"], theme=job["theme"], size=size)
    from lrviz.export import pictures  # noqa: PLC0415

    return pictures.draw(message, job["kind"], panel=job["panel"], theme=job["theme"], size=size, step=job["step"])


def sentence(error: Exception) -> str:
    """A sentence for the visitor."""
    match error:
        case MemoryError():
            return NO_MEMORY
        case ModuleNotFoundError(name=str(name)):
            return NO_PACKAGE.format(name)
        case OSError():  # matplotlib, which keeps a list of fonts on a disk, raises one without a number
            return NO_DISK
    return BROKEN


def answer(job: dict[str, Any], message: bytes, output: IO[bytes]) -> None:
    """Draw, and write how it goes and what comes of it."""

    def line(value: object) -> None:
        output.write(json.dumps(value).encode() + b"\n")
        output.flush()

    try:
        content = made(job, message, lambda part: line(float(part)))
    except BrokenPipeError:  # nobody reads it any more
        return
    except Exception as error:
        line({"fault": sentence(error), "details": traceback.format_exc()[-LONGEST_DETAILS:]})
        return
    line({"bytes": len(content)})
    output.write(content)
    output.flush()


def _end_with_the_server() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    """Answer one job."""
    modest()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints joins the errors
    head = sys.stdin.buffer.readline()
    if not head:
        return
    job = json.loads(head)
    message = sys.stdin.buffer.read(job["bytes"])
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    answer(job, message, output)


if __name__ == "__main__":
    main()
