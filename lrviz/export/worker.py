"""One picture or film, drawn in a process of its own: ``python -m lrviz.export.worker``.

    standard input    one line of JSON (kind, panel, theme, size, frames, target), then the packed message
    standard output   the part that is done, 0 to 1, a line each
    target            the file, written when all is done

It takes itself a low priority, one core, and no more memory than it says: a page that somebody moves a slider on comes
first. Neither JAX nor Streamlit is loaded.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

NICE = 15
MOST_MEMORY = 1_500_000_000
"""Bytes of address space; a film of the usual size uses a tenth of it."""


def _modest() -> None:
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        import resource  # noqa: PLC0415  not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def made(job: dict[str, Any], message: bytes) -> bytes:
    """What a job asks for."""
    size = (int(job["size"][0]), int(job["size"][1]))
    if job["kind"] == "gif":
        from lrviz.export import film  # noqa: PLC0415  drawn only here

        return film.gif(
            message,
            panel=job["panel"],
            theme=job["theme"],
            size=size,
            frames=int(job["frames"]),
            progress=lambda part: print(f"{part:.4f}", flush=True),
        )
    from lrviz.export import pictures  # noqa: PLC0415

    return pictures.draw(message, job["kind"], panel=job["panel"], theme=job["theme"], size=size)


def main() -> int:
    """Status 0, and the target is there."""
    _modest()
    job = json.loads(sys.stdin.buffer.readline())
    target = Path(job["target"])
    target.write_bytes(made(job, sys.stdin.buffer.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
